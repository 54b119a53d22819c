"""The door stays open whatever comes through it."""

import asyncio
import contextlib
import json
import os
import resource
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from handheld.api import address, line, server
from handheld.api.server import CLIENTS_MAX, Door
from handheld.commands import Command, People, Post
from handheld.errors import FolderDamaged, FolderHeld, FolderReadOnly, NodeUnreachable
from handheld.events import MessageKept, RadioLine
from tests.support.door import SmallNode, message, open_door
from tests.support.patience import PATIENCE_S


class Caller:
    """A client that sends any bytes it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def say(self, *contents: Any) -> None:
        for content in contents:
            raw = content if isinstance(content, bytes) else json.dumps({"v": 1, **content}).encode() + b"\n"
            self.writer.write(raw)

    async def hear(self) -> dict[str, Any]:
        heard = await asyncio.wait_for(self.reader.readline(), PATIENCE_S)
        assert heard, "the door hung up"
        content: dict[str, Any] = json.loads(heard)
        return content

    async def ask(self, *contents: Any) -> dict[str, Any]:
        self.say(*contents)
        return await self.hear()

    async def ended(self) -> bool:
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(self.reader.read(), PATIENCE_S) == b""
        return True


STATUS = {"id": 1, "do": "status"}


@pytest.fixture
def node() -> SmallNode:
    return SmallNode()


@pytest.fixture
async def door(tmp_path: Path, node: SmallNode) -> AsyncIterator[Door]:
    async with open_door(tmp_path, node) as opened:
        yield opened


@contextlib.asynccontextmanager
async def calling(folder: Path) -> AsyncIterator[Caller]:
    connection = address.dial(str(folder))
    assert connection is not None
    reader, writer = await asyncio.open_unix_connection(sock=connection, limit=1 << 20)
    try:
        yield Caller(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def until(condition: Any) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_the_socket_is_for_its_owner_alone_and_gone_afterwards(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        async with open_door(tmp_path, SmallNode()):
            mode = (tmp_path / "api.sock").stat().st_mode
            assert stat.S_ISSOCK(mode)
            assert stat.S_IMODE(mode) == 0o600
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
    assert not (tmp_path / "api.sock").exists()


async def test_a_request_is_answered_under_its_number(door: Door, tmp_path: Path) -> None:
    async with calling(tmp_path) as caller:
        reply = await caller.ask({"id": 41, "do": "post", "with": {"board": "here", "text": "hi"}})
    assert (reply["v"], reply["id"], reply["ok"]["text"]) == (1, 41, "hi")


async def test_requests_sent_at_once_are_answered_in_order(
    door: Door, tmp_path: Path, node: SmallNode
) -> None:
    async with calling(tmp_path) as caller:
        caller.say(*({"id": n, "do": "post", "with": {"board": "b", "text": str(n)}} for n in range(300)))
        assert [(await caller.hear())["id"] for _ in range(300)] == list(range(300))
    assert [one.text for one in node.messages] == [str(n) for n in range(300)]


async def test_a_client_with_a_thousand_requests_lets_others_have_their_turn(
    door: Door, tmp_path: Path, node: SmallNode
) -> None:
    async with calling(tmp_path) as greedy, calling(tmp_path) as other:
        await greedy.ask(STATUS)
        await other.ask(STATUS)
        greedy.say(*[STATUS] * 1000)
        assert "ok" in await other.ask({"id": 7, "do": "people"})
        assert node.asked.index(People()) < 100


async def test_a_client_that_closes_its_side_still_gets_its_answers(door: Door, tmp_path: Path) -> None:
    async with calling(tmp_path) as caller:
        caller.say(STATUS, {**STATUS, "id": 2})
        caller.writer.write_eof()
        assert [(await caller.hear())["id"] for _ in range(2)] == [1, 2]
        assert await caller.ended()


async def test_a_refusal_comes_with_code_and_sentence(door: Door, tmp_path: Path) -> None:
    async with calling(tmp_path) as caller:
        reply = await caller.ask({"id": 1, "do": "post", "with": {"board": "b", "text": ""}})
        assert reply["error"] == {"code": 3, "say": "A post without text says nothing."}
        assert "ok" in await caller.ask(STATUS)


HOSTILE = [
    b"hello\n",
    b"\n",
    b"[" * 10_000 + b"\n",
    b'{"v":1,"id":1,"do":' + b"[" * 30_000 + b"\n",
    b'{"v":1,"id":NaN,"do":"status"}\n',
    b'{"v":1,"id":1,"do":"status","with":{"\xff":1}}\n',
    b'{"v":2,"id":1,"do":"status"}\n',
    b'{"v":1,"id":' + b"9" * 10_000 + b"}\n",
    b'{"v":1,"id":1,"do":"post","with":{"board":"b","text":"\\udc80"}}\n',
    b"\0" * 1000 + b"\n",
]


@pytest.mark.parametrize("bad", HOSTILE, ids=lambda bad: bad[:16].decode("latin-1"))
async def test_a_hostile_line_is_refused_and_the_next_one_answered(
    door: Door, tmp_path: Path, node: SmallNode, bad: bytes
) -> None:
    async with calling(tmp_path) as caller:
        reply = await caller.ask(bad)
        assert reply["error"]["code"] == 3
        assert node.asked == []
        assert "ok" in await caller.ask(STATUS)


async def test_a_line_of_full_length_is_read_and_a_longer_one_ends_the_connection(
    door: Door, tmp_path: Path, node: SmallNode
) -> None:
    async with calling(tmp_path) as caller:
        full = json.dumps({"v": 1, **STATUS}).encode()
        assert "ok" in await caller.ask(full.ljust(line.LINE_MAX) + b"\n")
        reply = await caller.ask(full.ljust(line.LINE_MAX + 1) + b"\n")
        assert reply["error"]["say"] == "A line has at most 65536 bytes."
        assert await caller.ended()
    assert len(node.asked) == 1


async def test_an_endless_line_ends_the_connection(door: Door, tmp_path: Path) -> None:
    async with calling(tmp_path) as caller:
        caller.say(b"x" * 1_000_000)
        assert (await caller.hear())["error"]["code"] == 3
        assert await caller.ended()
    await until(lambda: door.clients == 0)


async def test_half_a_line_and_silence_disturb_nobody(door: Door, tmp_path: Path) -> None:
    async with calling(tmp_path) as silent, calling(tmp_path) as other:
        silent.say(b'{"v":1,"id":1,"do":"sta')
        assert "ok" in await other.ask(STATUS)
        assert "ok" in await silent.ask(b'tus"}\n')


async def test_one_client_too_many_is_told_so(door: Door, tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        callers = [await stack.enter_async_context(calling(tmp_path)) for _ in range(CLIENTS_MAX)]
        await until(lambda: door.clients == CLIENTS_MAX)
        async with calling(tmp_path) as extra:
            reply = await extra.hear()
            assert reply["id"] is None
            assert "Close one and try again" in reply["error"]["say"]
            assert await extra.ended()
        assert "ok" in await callers[0].ask(STATUS)
        callers[1].writer.close()
        await until(lambda: door.clients == CLIENTS_MAX - 1)
        async with calling(tmp_path) as next_one:
            assert "ok" in await next_one.ask(STATUS)


async def test_a_thousand_connections_leave_it_working(door: Door, tmp_path: Path, node: SmallNode) -> None:
    for _ in range(20):
        connections = [address.dial(str(tmp_path)) for _ in range(50)]
        for connection in connections:
            assert connection is not None
            with contextlib.suppress(ConnectionError):
                connection.send(b'{"v":1,"id":1,"do":"status"}\n{"half')
            connection.close()
        await asyncio.sleep(0)
    await until(lambda: door.clients == 0)
    async with calling(tmp_path) as caller:
        assert "ok" in await caller.ask(STATUS)


async def test_left_is_called_when_the_last_client_goes(door: Door, tmp_path: Path, node: SmallNode) -> None:
    async with calling(tmp_path) as first:
        await first.ask(STATUS)
        async with calling(tmp_path) as second:
            await second.ask(STATUS)
        await until(lambda: door.clients == 1)
        assert node.left == 0
    await until(lambda: node.left == 1)


async def test_only_those_who_watch_are_told(door: Door, tmp_path: Path) -> None:
    async with calling(tmp_path) as watcher, calling(tmp_path) as other:
        assert (await watcher.ask({"id": 5, "do": "watch"})) == {"v": 1, "id": 5, "ok": None}
        await other.ask(STATUS)
        door.publish(MessageKept(message(9, "news")))
        event = await watcher.hear()
        assert (event["event"], event["with"]["message"]["text"]) == ("message", "news")
        assert "ok" in await other.ask(STATUS)
        assert "ok" in await watcher.ask(STATUS)


async def test_a_watcher_that_does_not_read_is_cut_off_and_nobody_else(door: Door, tmp_path: Path) -> None:
    async with calling(tmp_path) as slow, calling(tmp_path) as quick:
        for caller in (slow, quick):
            await caller.ask({"id": 1, "do": "watch"})
        slow.writer.transport.pause_reading()
        told = 0
        while door.clients == 2:
            door.publish(RadioLine("x" * 10_000))
            told += 1
            assert told < 1000
            assert (await quick.hear())["event"] == "radio_line"
        assert (await quick.ask(STATUS))["id"] == 1
        door.publish(RadioLine("still here"))
        assert (await quick.hear())["with"]["text"] == "still here"


async def test_a_client_that_does_not_read_its_answers_is_cut_off(
    door: Door, tmp_path: Path, node: SmallNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "PATIENCE_S", 0.05)
    node.messages = [message(n, "x" * 4000) for n in range(1, 100)]
    async with calling(tmp_path) as caller:
        caller.writer.transport.pause_reading()
        caller.say(*({"id": n, "do": "read"} for n in range(20)))
        await until(lambda: node.left == 1)


async def test_a_mistake_of_ours_is_told_and_reported_and_survived(tmp_path: Path) -> None:
    class Clumsy(SmallNode):
        async def answer(self, command: Command) -> object:
            if isinstance(command, Post):
                raise ZeroDivisionError("secret detail")
            return await super().answer(command)

    mistakes: list[Any] = []
    async with open_door(tmp_path, Clumsy(), mistakes), calling(tmp_path) as caller:
        reply = await caller.ask({"id": 1, "do": "post", "with": {"board": "b", "text": "t"}})
        assert reply["error"] == {"code": 1, "say": server.INTERNAL_ERROR}
        assert "ok" in await caller.ask(STATUS)
    assert [type(mistake["exception"]) for mistake in mistakes] == [ZeroDivisionError]


async def test_close_lets_an_answer_under_way_be_finished(tmp_path: Path) -> None:
    started, finish = asyncio.Event(), asyncio.Event()

    class Slow(SmallNode):
        async def answer(self, command: Command) -> object:
            started.set()
            await finish.wait()
            return await super().answer(command)

    async with open_door(tmp_path, Slow()) as door, calling(tmp_path) as caller, calling(tmp_path) as idle:
        caller.say(STATUS)
        await started.wait()
        closing = asyncio.create_task(door.close())
        assert await idle.ended()
        finish.set()
        assert (await caller.hear())["id"] == 1
        await closing
        assert await caller.ended()
        await door.close()


async def test_a_client_that_comes_as_the_door_closes_is_hung_up(tmp_path: Path, node: SmallNode) -> None:
    async with open_door(tmp_path, node) as door:
        connection = address.dial(str(tmp_path))
        assert connection is not None
        assert door._listener is not None
        door._accept(door._listener)
        assert door.clients == 1
        await door.close()
        assert node.left == 1
        with connection:
            connection.settimeout(10)
            assert connection.recv(1) == b""


async def test_close_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PARTING_S", 0.05)
    started = asyncio.Event()

    class Stuck(SmallNode):
        async def answer(self, command: Command) -> object:
            started.set()
            await asyncio.Event().wait()
            return None

    async with open_door(tmp_path, Stuck()) as door, calling(tmp_path) as caller:
        caller.say(STATUS)
        await started.wait()
        await door.close()
        assert await caller.ended()


async def test_a_folder_with_a_long_name_has_a_door_too(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30) / ("name" * 30)
    folder.mkdir(parents=True)
    async with open_door(folder, SmallNode()), calling(folder) as caller:
        assert "ok" in await caller.ask(STATUS)
    assert list(folder.iterdir()) == []


async def test_a_node_that_is_stopped_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    with address.listen(str(tmp_path)) as listener:
        listener.listen(0)
        first = address.dial(str(tmp_path))
        assert first is not None
        with (
            first,
            pytest.raises(NodeUnreachable, match="cannot be reached: Resource temporarily unavailable"),
        ):
            address.dial(str(tmp_path), patience_s=0.1)


async def test_the_door_opens_again_when_there_are_file_descriptors_again(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "PAUSE_S", 0.05)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    waiting = address.dial(str(tmp_path))
    assert waiting is not None
    resource.setrlimit(resource.RLIMIT_NOFILE, (waiting.fileno() + 1, hard))
    try:
        await asyncio.sleep(0.02)
        assert door.clients == 0
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    await until(lambda: door.clients == 1)
    waiting.close()


async def test_who_leaves_takes_the_socket_away_unless_somebody_knocks(tmp_path: Path) -> None:
    alone = Door(tmp_path, SmallNode().answer, lambda: None)
    await alone.open()
    # Nothing has run in the loop since: this one is not let in yet.
    async with calling(tmp_path) as caller:
        assert not alone.leave()
        assert "ok" in await caller.ask(STATUS)
        assert not alone.leave()
        async with calling(tmp_path) as other:
            assert "ok" in await other.ask(STATUS)
    await until(lambda: alone.clients == 0)
    assert alone.leave()
    assert alone.leave()
    assert not (tmp_path / "api.sock").exists()
    await alone.close()


async def test_who_knocks_between_two_doors_is_answered_by_the_second(tmp_path: Path) -> None:
    first, second = (Door(tmp_path, SmallNode().answer, lambda: None) for _ in range(2))
    await first.open()
    async with calling(tmp_path) as before:
        assert "ok" in await before.ask(STATUS)
        listener = first.hand_on()
        async with calling(tmp_path) as between:
            between.say(STATUS)
            await first.close()
            assert await before.ended()
            assert first.clients == 0
            await second.open(listener)
            assert "ok" in await between.hear()
    await second.close()
    assert not (tmp_path / "api.sock").exists()


async def test_the_socket_of_a_dead_node_is_replaced(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "api.sock"))
    assert address.dial(str(tmp_path)) is None
    async with open_door(tmp_path, SmallNode()), calling(tmp_path) as caller:
        assert "ok" in await caller.ask(STATUS)


async def test_the_socket_of_a_living_node_is_left_alone(door: Door, tmp_path: Path) -> None:
    second = Door(tmp_path, SmallNode().answer, lambda: None)
    with pytest.raises(FolderHeld):
        await second.open()
    async with calling(tmp_path) as caller:
        assert "ok" in await caller.ask(STATUS)


async def test_a_file_in_the_way_is_not_deleted(tmp_path: Path) -> None:
    (tmp_path / "api.sock").write_text("precious")
    with pytest.raises(FolderDamaged, match="is in the way"):
        await Door(tmp_path, SmallNode().answer, lambda: None).open()
    assert (tmp_path / "api.sock").read_text() == "precious"


async def test_no_folder_no_socket(tmp_path: Path) -> None:
    with pytest.raises(FolderReadOnly, match="No socket can be made"):
        await Door(tmp_path / "absent", SmallNode().answer, lambda: None).open()


async def test_another_user_is_turned_away(
    door: Door, tmp_path: Path, node: SmallNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = address.dial(str(tmp_path))
    assert connection is not None
    uid = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: uid + 1)
    reader, writer = await asyncio.open_unix_connection(sock=connection)
    caller = Caller(reader, writer)
    reply = await caller.hear()
    assert reply["error"]["say"] == f"This node belongs to another user; you are {uid}."
    assert await caller.ended()
    assert node.asked == []
    writer.close()


async def test_the_node_of_another_user_is_not_spoken_to(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: uid + 1)
    with pytest.raises(NodeUnreachable, match=f"started by another user .{uid}."):
        address.dial(str(tmp_path))
