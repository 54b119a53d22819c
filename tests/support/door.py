"""A real door with a small node behind it, in this loop or in a thread of its own."""

import asyncio
import base64
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from handheld.api.server import Door
from handheld.commands import (
    AlertOver,
    Alerts,
    AskCost,
    Boards,
    CallHelp,
    ChangeSetting,
    Chats,
    Command,
    Compare,
    Delete,
    Edit,
    Files,
    FindPerson,
    FollowBoard,
    ForgetFile,
    GetFile,
    Introduce,
    Invite,
    JoinRoom,
    LeaveRoom,
    Lock,
    Meet,
    Name,
    NewRoom,
    PauseFile,
    People,
    Post,
    Prekeys,
    Publish,
    Radio,
    RadioLog,
    RadioSet,
    Read,
    ReadFile,
    Relate,
    Remove,
    Rooms,
    SawAlert,
    Say,
    Search,
    Seen,
    Send,
    Settings,
    Share,
    ShowCard,
    ShowMeeting,
    ShowRoomCard,
    Status,
    TakeCard,
    Unmeet,
    WhoHas,
    Wipe,
)
from handheld.config import RULES, Config, meant, spelled, with_value
from handheld.errors import Refused, UsageError
from handheld.events import (
    RADIO_UP,
    Alert,
    Board,
    BoardChanged,
    Card,
    Carried,
    Chat,
    Event,
    FileChanged,
    FileCost,
    FileForgotten,
    FileInfo,
    FilePart,
    Keys,
    Meeting,
    MeetingChanged,
    Message,
    MessageChanged,
    MessageKept,
    NodeStatus,
    Person,
    PublishedList,
    RadioEntry,
    RadioInfo,
    Room,
    RoomCard,
    RoomChanged,
    Setting,
)
from handheld.node.postings import place_of
from handheld.qr import drawn
from tests.support.patience import PATIENCE_S

ADA = Person("ad" * 32, "Ada", "self", "*", False, None, None, None, named=True)
BOB = Person("b0" * 32, "Bob", "met", "=", True, 2, -71, 240)
CAI = Person("ca" * 32, "", "unknown", "?", False, None, None, 7200, beside="olive-tiger")
UP = RadioInfo(
    RADIO_UP, "", "/dev/ttyUSB0", "esp32s3", "espnow", 6, "0.1.0", 1200, 4, {"heard": 12, "relayed": 3}
)
CARD = Card(
    "PM1ADAD", drawn("PM1" + "A" * 70), "one two three four five six seven eight nine ten eleven twelve"
)
ROOM_CARD = RoomCard(
    "kitchen", "PMR:AAAA", drawn("PMR:" + "A" * 72), "one two three four five six", "obey throw"
)
WORDS = "spend hamster faint bread"
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
    carried=Carried(frames=12, most=2_000, bytes=2_400, disk=90_000, box=False),
)


def message(number: int = 1, text: str = "hello", board: str = "here", **changes: Any) -> Message:
    """A post of Bob's, two hops away."""
    post = Message(number, board, BOB.key, "Bob", "=", text, number, number, False, 2, -71, None)
    return replace(post, **changes)


def file(number: str = "0123456789ab", **changes: Any) -> FileInfo:
    """A whole file of Bob's."""
    return replace(
        FileInfo(number, "map.png", 16_384, 16_384, "here", 73, 73, False, False, BOB, "here"), **changes
    )


@dataclass
class SmallNode:
    """Answers each command from what the test put in. `asked` is what came, in order."""

    status: NodeStatus = STATUS
    people: list[Person] = field(default_factory=lambda: [BOB, CAI, ADA])
    messages: list[Message] = field(default_factory=list)
    asked: list[Command] = field(default_factory=list)
    boards: list[str] = field(default_factory=lambda: ["here"])
    seen: dict[str, int] = field(default_factory=dict)
    meeting: Meeting = Meeting("none")  # noqa: RUF009  # frozen
    slow: bool = False
    rooms: list[Room] = field(default_factory=list)
    published: dict[str, bool] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)
    files: list[FileInfo] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    left: int = 0
    gone: set[int] = field(default_factory=set)
    note: str = ""
    radio_log: list[RadioEntry] = field(default_factory=list)
    has_passphrase: bool = False
    config: Config = Config()  # noqa: RUF009  # frozen
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
        kept = replace(kept, own=True, named=True, mark="*", hops=None, rssi=None)
        if command.kind != "note":
            kept = replace(kept, kind=command.kind, left_s=3600 * (command.hours or 168))
        self.messages.append(kept)
        self.publish(MessageKept(kept))
        return kept

    def _call(self, command: CallHelp) -> Message:
        if command.place:
            place_of(command.place)
        called = self._post(Post("here", command.text))
        called = replace(called, kind="alert", place=command.place, left_s=86_400)
        self.alerts.insert(0, Alert(called, repeats=True))
        return called

    def _saw(self, command: SawAlert) -> Message:
        self.alerts = [
            replace(one, answered=one.answered or one.message.id == command.id) for one in self.alerts
        ]
        return message(90, f"I saw your alert. {command.text}", kind="seen", own=True)

    def _over(self, _command: AlertOver) -> Message:
        if not any(one.message.own and not one.over for one in self.alerts):
            raise Refused("You have no alert on the air.")
        self.alerts = [replace(one, over=one.over or one.message.own) for one in self.alerts]
        return message(91, "The alert is over.", kind="over", own=True)

    def _delete(self, command: Delete) -> None:
        if not any(one.own and one.id == command.id for one in self.messages):
            raise Refused("Only what you wrote yourself can be deleted.")
        self.messages = [one for one in self.messages if one.id != command.id]
        self.publish(BoardChanged("here"))

    def _edit(self, command: Edit) -> Message:
        if command.id in self.gone:
            raise Refused("It has gone out already, or may have. Write another message to correct it.")
        at = next(at for at, one in enumerate(self.messages) if one.id == command.id)
        self.messages[at] = replace(self.messages[at], text=command.text)
        self.publish(MessageChanged(self.messages[at]))
        return self.messages[at]

    def settings(self) -> list[Setting]:
        """All of them, as the desk of a real node tells them."""
        return [
            Setting(key, spelled(self.config, key), rule.kind, rule.meaning, list(rule.choices))
            for key, rule in RULES.items()
        ]

    def _set(self, command: ChangeSetting) -> Setting:
        try:
            value = meant(command.name, command.value)
        except UsageError as error:
            raise Refused(str(error)) from None
        self.config = with_value(self.config, command.name, value)
        if command.name == "name":
            self.status = replace(self.status, name=str(value))
        changed = next(one for one in self.settings() if one.name == command.name)
        return replace(changed, applied="at the next start" if command.name == "radio" else "now")

    def _share(self, command: Share) -> FileInfo:
        if command.who not in {"", "Bob", BOB.key}:
            raise Refused(f"You have no name {command.who} for anybody.")
        shared = file(f"{len(self.files):012x}", board=command.board, room=command.room, own=True)
        self.files.append(shared)
        return shared

    def has_file(self, number: str, **changes: Any) -> FileInfo:
        """A file is another way from now on."""
        at = next(at for at, one in enumerate(self.files) if one.id == number)
        self.files[at] = replace(self.files[at], **changes)
        return self.files[at]

    def _forget(self, command: ForgetFile) -> None:
        if any(one.id == command.id and one.state != "known" for one in self.files):
            self.publish(FileChanged(self.has_file(command.id, state="known", have=0)))
            return
        self.files = [one for one in self.files if one.id != command.id]
        self.publish(FileForgotten(command.id))

    def _read_file(self, command: ReadFile) -> FilePart:
        content = self.contents[command.id]
        part = content[command.offset : command.offset + 100]
        return FilePart("map.png", len(content), command.offset, base64.b64encode(part).decode("ascii"))

    def _lock(self, _command: Lock) -> None:
        if not self.has_passphrase:
            raise Refused("There is no passphrase yet.")

    def _send(self, command: Send) -> Message:
        if command.who not in {"Bob", BOB.key}:
            raise Refused(f"You have no name {command.who} for anybody. See: pocketmesh people")
        kept = message(len(self.messages) + 1, command.text, "", author=ADA.key, name="Ada")
        kept = replace(kept, own=True, named=True, mark="*", hops=None, rssi=None, state="queued")
        kept = replace(kept, peer=BOB.key, peer_name="Bob", peer_named=True, note=self.note)
        self.messages.append(kept)
        self.publish(MessageKept(kept))
        return kept

    def _name(self, command: Name) -> Person:
        name = command.petname or BOB.name
        return replace(BOB, name=name, petname=command.petname, named=bool(command.petname))

    def _meet(self, command: Meet) -> Meeting:
        if command.people > 10:
            raise Refused("A meeting is for 2 to 10 people.")
        return self.goes_on(Meeting("gathering", command.number, command.people, 1))

    def goes_on(self, meeting: Meeting) -> Meeting:
        """The meeting gets so far."""
        self.meeting = meeting
        self.publish(MeetingChanged(meeting))
        return meeting

    def _compare(self, command: Compare) -> Meeting:
        if command.same and self.meeting.state != "comparing":
            raise Refused("There are no words to compare.")
        if not command.same:
            return self.goes_on(
                replace(self.meeting, state="over", words="", others=[], say="Nobody is met.")
            )
        return self.goes_on(replace(self.meeting, state="met", words=""))

    def _take_card(self, command: TakeCard) -> Person:
        if not command.card.startswith("PM1"):
            raise Refused("This is no card of pocketmesh.")
        return replace(CAI, level="met", mark="=", beside="")

    def _introduce(self, command: Introduce) -> Message:
        return self._send(Send(command.to, f"You introduced {command.who}."))

    def _relate(self, command: Relate) -> Person:
        if command.relation == "followed" and command.who == "nobody":
            raise Refused("You have no name nobody for anybody.")
        at = next(at for at, one in enumerate(self.people) if command.who in {one.key, one.name})
        known = replace(self.people[at], relation=command.relation if command.on else "")
        if command.relation != "obeyed":
            known = replace(known, **{command.relation: command.on})
        self.people[at] = known
        return known

    def _follow_board(self, command: FollowBoard) -> None:
        board = command.board.removeprefix("#")
        if command.on and board not in self.boards:
            self.boards.append(board)
        elif not command.on:
            self.boards.remove(board)

    def _publish_list(self, command: Publish) -> PublishedList:
        if command.on is not None:
            self.published[command.list] = command.on
        public = self.published.get(command.list, False)
        return PublishedList(command.list, 3, 3 if public else 0, public)

    def _say(self, command: Say) -> Message:
        kept = message(
            len(self.messages) + 1, command.text, "", author=ADA.key, name="Ada", room=command.room
        )
        kept = replace(kept, own=True, named=True, mark="*", hops=None, rssi=None, state="queued")
        self.messages.append(kept)
        self.publish(MessageKept(kept))
        return kept

    def _enter(self, command: NewRoom | JoinRoom) -> RoomCard:
        if getattr(command, "secret", "").startswith("foo"):
            raise Refused('"foo" is not in the word list. Did you mean "food"?')
        self.rooms = [one for one in self.rooms if one.name != command.name]
        self.rooms.append(Room(command.name, 1, "obey throw", []))
        self.publish(RoomChanged(command.name))
        return replace(ROOM_CARD, name=command.name)

    def _leave(self, command: LeaveRoom) -> None:
        self.rooms = [one for one in self.rooms if one.name != command.room]
        self.publish(RoomChanged(command.room))

    def _room(self, command: Invite | Remove) -> Room:
        return next(one for one in self.rooms if one.name == command.room)

    def _keys(self, command: Prekeys) -> Keys:
        if command.renew:
            older = self.status.keys.older + 1
            self.status = replace(self.status, keys=replace(self.status.keys, age_s=0, older=older))
        return self.status.keys

    def _read(self, command: Read) -> list[Message]:
        board = command.board.removeprefix("#").lower()
        if board and board not in self.boards:
            self.boards.append(board)
        found = [one for one in self.messages if board in {"", one.board} and command.room in {"", one.room}]
        found = [one for one in found if command.who in {"", one.peer_name, one.peer}]
        if command.before:
            found = [one for one in found if one.id < command.before]
        return found[-command.limit :]

    def _chats(self, _: Chats) -> list[Chat]:
        newest = {(one.board, one.peer): one for one in self.messages if not one.room}
        names = [*newest, *((board, "") for board in self.boards if (board, "") not in newest)]
        chats = [self._chat(board, peer, newest.get((board, peer))) for board, peer in names]
        for room in self.rooms:
            said = [one for one in self.messages if one.room == room.name]
            asked = room.inviter is not None
            chats.append(
                Chat("", "", "", "", 0, said[-1] if said else None, room=room.name, invitation=asked)
            )
        return sorted(chats, key=lambda chat: -(chat.last.id if chat.last else 0))

    def _chat(self, board: str, peer: str, last: Message | None) -> Chat:
        new = [one for one in self.messages if (one.board, one.peer, one.own) == (board, peer, False)]
        unread = sum(one.id > self.seen.get(board or peer, 0) for one in new)
        known = next((one for one in self.people if one.key == peer), None)
        if known is None:
            return Chat(board, peer, "", "", unread, last)
        return Chat(board, peer, known.name, known.mark, unread, last, known.named, known.beside)

    def _radio_set(self, command: RadioSet) -> RadioInfo:
        if command.what != "power":
            raise Refused(f"No {command.what}.")
        return replace(self.status.radio, region="EU868", power_dbm=int(command.value), power_max_dbm=14)

    def _seen(self, command: Seen) -> None:
        self.seen[command.board or command.who or command.room] = command.id

    def has_left(self) -> None:
        """What the door calls when nobody is left."""
        self.left += 1

    _ANSWERS: "dict[type[Command], Callable[..., object]]" = field(
        default_factory=lambda: {
            Status: lambda node, _: node.status,
            People: lambda node, _: node.people,
            Radio: lambda node, _: node.status.radio,
            RadioSet: SmallNode._radio_set,
            Post: SmallNode._post,
            Alerts: lambda node, _: node.alerts,
            CallHelp: SmallNode._call,
            SawAlert: SmallNode._saw,
            AlertOver: SmallNode._over,
            Search: lambda node, command: [one for one in node.messages if command.words in one.text],
            Delete: SmallNode._delete,
            Edit: SmallNode._edit,
            Boards: lambda node, _: [Board(name, 2, 1, {"need": 1}, 86_400) for name in node.boards],
            Files: lambda node, _: node.files,
            AskCost: lambda node, _: FileCost(16_384, 16_384, 74, 3, 112_000, "LoRa", slow=node.slow),
            Share: SmallNode._share,
            GetFile: lambda node, command: node.has_file(
                command.id,
                state="here" if command.look else "coming",
                waits=node.slow and not command.yes,
            ),
            PauseFile: lambda node, command: node.has_file(command.id, state="paused"),
            WhoHas: lambda node, command: node.has_file(command.id),
            ForgetFile: SmallNode._forget,
            ReadFile: SmallNode._read_file,
            Send: SmallNode._send,
            Name: SmallNode._name,
            Meet: SmallNode._meet,
            Compare: SmallNode._compare,
            ShowMeeting: lambda node, _: node.meeting,
            ShowCard: lambda _, __: CARD,
            TakeCard: SmallNode._take_card,
            Unmeet: lambda _, __: replace(BOB, level="unknown", mark="?"),
            Introduce: SmallNode._introduce,
            Relate: SmallNode._relate,
            FollowBoard: SmallNode._follow_board,
            Publish: SmallNode._publish_list,
            Say: SmallNode._say,
            Rooms: lambda node, _: node.rooms,
            NewRoom: SmallNode._enter,
            JoinRoom: SmallNode._enter,
            LeaveRoom: SmallNode._leave,
            Invite: SmallNode._room,
            Remove: SmallNode._room,
            ShowRoomCard: lambda _, command: replace(ROOM_CARD, name=command.room),
            Prekeys: SmallNode._keys,
            FindPerson: lambda node, command: next(
                one for one in node.people if command.who in {one.name, one.key}
            ),
            Read: SmallNode._read,
            Chats: SmallNode._chats,
            Seen: SmallNode._seen,
            RadioLog: lambda node, _: node.radio_log,
            Settings: lambda node, _: node.settings(),
            ChangeSetting: SmallNode._set,
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

    def watchers(self) -> int:
        """How many of them hear events."""
        return sum(guest._watching for guest in list(self._door._guests.values()))

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run something in the loop of the door."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

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
    ready.wait(PATIENCE_S)
    door, loop, stop = made[:3]
    try:
        yield DoorThread(door, loop)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE_S)
    assert len(made) == 3, made[3:]
