"""A real door with a small node behind it, in this loop or in a thread of its own."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from handheld.api.server import Door
from handheld.commands import (
    Chats,
    Command,
    FindPerson,
    Lock,
    Name,
    People,
    Post,
    Prekeys,
    Radio,
    Read,
    Seen,
    Send,
    Status,
    Wipe,
)
from handheld.errors import Refused
from handheld.events import RADIO_UP, Chat, Event, Keys, Message, MessageKept, NodeStatus, Person, RadioInfo

ADA = Person("ad" * 32, "Ada", "self", "*", False, None, None, None)
BOB = Person("b0" * 32, "Bob", "met", "=", True, 2, -71, 240)
CAI = Person("ca" * 32, "", "unknown", "?", False, None, None, 7200)
UP = RadioInfo(
    RADIO_UP, "", "/dev/ttyUSB0", "esp32s3", "espnow", 6, "0.1.0", 1200, 4, {"heard": 12, "relayed": 3}
)
STATUS = NodeStatus(
    version="0.1.0",
    pid=4711,
    folder="/home/ada/mesh",
    key=ADA.key,
    name="Ada",
    uptime_s=7300,
    radio=UP,
    neighbours=1,
    people=2,
    messages=3,
    queued=0,
    outbox={},
    dropped={"short": 2, "mac": 5},
    keys=Keys(epoch=3, age_s=13 * 3600, next_s=35 * 3600, older=2, life_s=192 * 3600),
)


def message(number: int = 1, text: str = "hello", board: str = "here", **changes: Any) -> Message:
    """A post of Bob's, two hops away."""
    post = Message(number, board, BOB.key, "Bob", "=", text, number, number, False, 2, -71, None)
    return replace(post, **changes)


@dataclass
class SmallNode:
    """Answers each command from what the test put in. `asked` is what came, in order."""

    status: NodeStatus = STATUS
    people: list[Person] = field(default_factory=lambda: [BOB, CAI, ADA])
    messages: list[Message] = field(default_factory=list)
    asked: list[Command] = field(default_factory=list)
    boards: list[str] = field(default_factory=lambda: ["here"])
    seen: dict[str, int] = field(default_factory=dict)
    left: int = 0
    note: str = ""
    has_passphrase: bool = False
    may_wipe: threading.Event | None = None
    publish: Callable[[Event], None] = lambda event: None

    async def answer(self, command: Command) -> object:
        """What the door calls."""
        self.asked.append(command)
        if isinstance(command, Wipe) and self.may_wipe is not None:
            await asyncio.to_thread(self.may_wipe.wait, 20)
        return self._ANSWERS[type(command)](self, command)

    def _post(self, command: Post) -> Message:
        if not command.text:
            raise Refused("A post without text says nothing.")
        number = len(self.messages) + 1
        kept = message(number, command.text, command.board.removeprefix("#"), author=ADA.key, name="Ada")
        kept = replace(kept, own=True, mark="*", hops=None, rssi=None)
        self.messages.append(kept)
        self.publish(MessageKept(kept))
        return kept

    def _lock(self, _command: Lock) -> None:
        if not self.has_passphrase:
            raise Refused("There is no passphrase yet.")

    def _send(self, command: Send) -> Message:
        if command.who not in {"Bob", BOB.key}:
            raise Refused(f"You have no name {command.who} for anybody. See: pocketmesh people")
        kept = message(len(self.messages) + 1, command.text, "", author=ADA.key, name="Ada")
        kept = replace(kept, own=True, mark="*", hops=None, rssi=None, state="queued")
        kept = replace(kept, peer=BOB.key, peer_name="Bob", note=self.note)
        self.messages.append(kept)
        self.publish(MessageKept(kept))
        return kept

    def _name(self, command: Name) -> Person:
        return replace(BOB, name=command.petname or BOB.name, petname=command.petname)

    def _keys(self, command: Prekeys) -> Keys:
        if command.renew:
            older = self.status.keys.older + 1
            self.status = replace(self.status, keys=replace(self.status.keys, age_s=0, older=older))
        return self.status.keys

    def _read(self, command: Read) -> list[Message]:
        board = command.board.removeprefix("#").lower()
        if board and board not in self.boards:
            self.boards.append(board)
        found = [one for one in self.messages if board in {"", one.board}]
        found = [one for one in found if command.who in {"", one.peer_name, one.peer}]
        if command.before:
            found = [one for one in found if one.id < command.before]
        return found[-command.limit :]

    def _chats(self, _: Chats) -> list[Chat]:
        newest = {(one.board, one.peer): one for one in self.messages}
        names = [*newest, *((board, "") for board in self.boards if (board, "") not in newest)]
        chats = [self._chat(board, peer, newest.get((board, peer))) for board, peer in names]
        return sorted(chats, key=lambda chat: -(chat.last.id if chat.last else 0))

    def _chat(self, board: str, peer: str, last: Message | None) -> Chat:
        new = [one for one in self.messages if (one.board, one.peer, one.own) == (board, peer, False)]
        unread = sum(one.id > self.seen.get(board or peer, 0) for one in new)
        known = next((one for one in self.people if one.key == peer), None)
        return Chat(board, peer, known.name if known else "", known.mark if known else "", unread, last)

    def _seen(self, command: Seen) -> None:
        self.seen[command.board or command.who] = command.id

    def has_left(self) -> None:
        """What the door calls when nobody is left."""
        self.left += 1

    _ANSWERS: "dict[type[Command], Callable[..., object]]" = field(
        default_factory=lambda: {
            Status: lambda node, _: node.status,
            People: lambda node, _: node.people,
            Radio: lambda node, _: node.status.radio,
            Post: SmallNode._post,
            Send: SmallNode._send,
            Name: SmallNode._name,
            Prekeys: SmallNode._keys,
            FindPerson: lambda node, command: next(one for one in node.people if one.name == command.who),
            Read: SmallNode._read,
            Chats: SmallNode._chats,
            Seen: SmallNode._seen,
            Lock: SmallNode._lock,
            Wipe: lambda node, _: None,
        }
    )


@asynccontextmanager
async def open_door(folder: Path, node: SmallNode, mistakes: list[Any] | None = None) -> AsyncIterator[Door]:
    """A door that is open inside the block. A mistake in it fails the test, unless it is to be collected."""
    unexpected: list[Any] = [] if mistakes is None else mistakes
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unexpected.append(context))
    door = Door(folder, node.answer, node.has_left)
    node.publish = door.publish
    await door.open()
    try:
        yield door
    finally:
        await door.close()
        assert mistakes is not None or not unexpected, unexpected


Result = TypeVar("Result")


class DoorThread:
    """A door in a loop of its own, for clients that block."""

    def __init__(self, door: Door, loop: asyncio.AbstractEventLoop) -> None:
        self._door = door
        self._loop = loop

    def publish(self, event: Event) -> None:
        """Tell all who watch; returns when it is on its way."""
        self.run(self._publish(event))

    def clients(self) -> int:
        """How many are connected."""
        return self._door.clients

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run something in the loop of the door."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def close(self) -> None:
        """Close the door early, as a node that ends."""
        self.run(self._door.close())

    async def _publish(self, event: Event) -> None:
        self._door.publish(event)


@contextmanager
def door_thread(folder: Path, node: SmallNode) -> Iterator[DoorThread]:
    """A door in another thread, open inside the block."""
    ready = threading.Event()
    made: list[Any] = []

    async def serve() -> None:
        stop = asyncio.Event()
        try:
            async with open_door(folder, node) as door:
                made.extend([door, asyncio.get_running_loop(), stop])
                ready.set()
                await stop.wait()
        except BaseException as error:
            made.append(error)
            ready.set()
            raise

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait(10)
    door, loop, stop = made[:3]
    try:
        yield DoorThread(door, loop)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
    assert len(made) == 3, made[3:]
