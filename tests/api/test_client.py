"""The screens' side of the door."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handheld.api import address, client, line, server
from handheld.api.client import Client
from handheld.api.server import Door
from handheld.commands import Command, People, Post, Radio, Read, Status, Watch
from handheld.errors import NodeUnreachable, Refused
from handheld.events import MessageKept, RadioLine
from tests.support.door import STATUS, SmallNode, message, open_door
from tests.support.patience import PATIENCE_S


@pytest.fixture
def node() -> SmallNode:
    return SmallNode()


@pytest.fixture
async def door(tmp_path: Path, node: SmallNode) -> AsyncIterator[Door]:
    async with open_door(tmp_path, node) as opened:
        yield opened


@pytest.fixture
async def screen(door: Door, tmp_path: Path) -> AsyncIterator[Client]:
    connected = await Client.connect(tmp_path)
    yield connected
    await connected.close()


async def test_every_answer_has_its_type(screen: Client, node: SmallNode) -> None:
    assert await screen.ask(Status()) == STATUS
    assert await screen.ask(Radio()) == STATUS.radio
    assert await screen.ask(People()) == node.people
    posted = await screen.ask(Post("here", "hi"))
    assert await screen.ask(Read("here")) == [posted]
    assert await screen.ask(Watch()) is None


async def test_questions_asked_at_once_get_their_own_answers(screen: Client) -> None:
    asked = [screen.ask(Post("here", str(n))) for n in range(50)]
    assert [post.text for post in await asyncio.gather(*asked)] == [str(n) for n in range(50)]


async def test_a_long_list_comes_whole(screen: Client, node: SmallNode) -> None:
    node.messages = [message(n, "ü" * 160) for n in range(1, 401)]
    found = await screen.ask(Read(limit=200))
    assert found == node.messages[-200:]


async def test_a_refusal_is_raised_and_the_connection_lives(screen: Client) -> None:
    with pytest.raises(Refused, match="says nothing"):
        await screen.ask(Post("here", ""))
    with pytest.raises(Refused, match="too long"):
        await screen.ask(Post("here", "x" * line.LINE_MAX))
    assert await screen.ask(Status()) == STATUS


async def test_events_come_in_order_between_answers(screen: Client, door: Door) -> None:
    await screen.ask(Watch())
    told = [RadioLine(str(n)) for n in range(100)]
    for event in told:
        door.publish(event)
    assert await screen.ask(Status()) == STATUS
    events = screen.events()
    assert [await anext(events) for _ in told] == told


async def test_an_asker_who_was_cancelled_leaves_no_trace(screen: Client) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await screen.ask(Status())
    assert await screen.ask(Radio()) == STATUS.radio


async def test_without_a_node_there_is_no_connection(tmp_path: Path) -> None:
    with pytest.raises(NodeUnreachable, match="No node runs in"):
        await Client.connect(tmp_path)


async def test_the_end_of_the_node_is_told_to_everybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "PARTING_S", 0.05)
    asked = asyncio.Event()

    class Stuck(SmallNode):
        async def answer(self, command: Command) -> object:
            asked.set()
            await asyncio.Event().wait()
            return None

    async with open_door(tmp_path, Stuck()) as door:
        screen = await Client.connect(tmp_path)
        question = asyncio.create_task(screen.ask(Status()))
        watcher = asyncio.create_task(anext(screen.events()))
        await asked.wait()
        server_close = asyncio.create_task(door.close())
        for end in (question, watcher):
            with pytest.raises(NodeUnreachable, match="has ended"):
                await asyncio.wait_for(end, PATIENCE_S)
        await server_close
    with pytest.raises(NodeUnreachable, match="has ended"):
        await screen.ask(Status())
    with pytest.raises(NodeUnreachable, match="has ended"):
        await anext(screen.events())
    await screen.close()


async def test_close_ends_what_waits(screen: Client, door: Door) -> None:
    watcher = asyncio.create_task(anext(screen.events()))
    await asyncio.sleep(0)
    await screen.close()
    with pytest.raises(NodeUnreachable, match="was closed"):
        await watcher
    with pytest.raises(NodeUnreachable, match="was closed"):
        await screen.ask(Status())


async def test_a_screen_that_takes_no_events_loses_the_connection(
    screen: Client, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "EVENTS_MAX", 10)
    await screen.ask(Watch())
    for _ in range(11):
        door.publish(MessageKept(message()))
    events = screen.events()
    with pytest.raises(NodeUnreachable, match="fell too far behind"):
        [event async for event in events]


@contextlib.asynccontextmanager
async def impostor(folder: Path, *lines: bytes) -> AsyncIterator[None]:
    """Something that listens where a node should, and answers the first request with `lines`."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.writelines(lines)
        await reader.read()
        writer.close()

    listener = await asyncio.start_unix_server(answer, sock=address.listen(str(folder)))
    yield
    listener.close()


STRANGE: list[tuple[bytes, type[Exception], str]] = [
    (b"hello\n", NodeUnreachable, "no JSON in UTF-8. The node and this program"),
    (b"x" * (line.LINE_MAX + 1) + b"\n", NodeUnreachable, "do not understand each other"),
    (
        b'{"v":2,"id":1,"ok":null}\n',
        NodeUnreachable,
        "version 1 of the door's language, the other 2. The n",
    ),
    (b'{"v":1,"id":1,"ok":{}}\n', NodeUnreachable, "The reply lacks"),
    (b'{"v":1,"id":1}\n', NodeUnreachable, "do not understand each other"),
    (b'{"v":1}\n', NodeUnreachable, "do not understand each other"),
    (b'{"v":1,"id":[],"ok":null}\n', NodeUnreachable, "whole number"),
    (b'{"v":1,"event":"party","with":{}}\n', NodeUnreachable, "no such event"),
    (b'{"v":1,"id":null,"error":{"code":3,"say":"Full."}}\n', Refused, "Full"),
    (b'{"v":1,"id":1,"part":3,"ok":{}}\n', NodeUnreachable, "lacks"),
]


@pytest.mark.parametrize(("strange", "kind", "sentence"), STRANGE, ids=[str(n) for n in range(len(STRANGE))])
async def test_a_strange_answer_is_an_error_and_never_a_hang(
    tmp_path: Path, strange: bytes, kind: type[Exception], sentence: str
) -> None:
    async with impostor(tmp_path, strange):
        screen = await Client.connect(tmp_path)
        with pytest.raises(kind, match=sentence):
            await asyncio.wait_for(screen.ask(Status()), PATIENCE_S)
        await screen.close()


async def test_an_answer_nobody_asked_for_is_passed_over(tmp_path: Path, node: SmallNode) -> None:
    async with impostor(tmp_path, b'{"v":1,"id":9,"ok":null}\n', b'{"v":1,"id":1,"ok":null}\n'):
        screen = await Client.connect(tmp_path)
        assert await asyncio.wait_for(screen.ask(Watch()), PATIENCE_S) is None
        await screen.close()
