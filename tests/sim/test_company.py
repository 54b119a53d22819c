"""Neighbours who listen to a guest and speak to him, over a real door."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from handheld.clock import SeededEntropy
from handheld.commands import Post, Send
from handheld.errors import NodeUnreachable
from handheld.events import MessageKept, PersonHeard
from handheld.sim import company as module
from handheld.sim.cast import valley, with_guest
from handheld.sim.company import Neighbour, company
from handheld.sim.manners import Meeting
from tests.support.door import BOB, CAI, SmallNode, message, open_door
from tests.support.patience import PATIENCE_S

GUEST = replace(BOB, hops=1)
MEETING = Meeting("ada", "the mill", "Bob", None)
HEARD = replace(MEETING, hops=1)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    for table in (module.GREETING_S, module.PRIVATE_GREETING_S, module.ANSWER_S):
        for role in table:
            monkeypatch.setitem(table, role, 0.0)
    monkeypatch.setattr(module, "PRIVATE_ANSWER_S", 0.0)


@asynccontextmanager
async def living(folder, role, node):
    """Somebody at home, listening and speaking."""
    async with open_door(folder, node) as door:
        neighbour = Neighbour(role, MEETING, folder)
        tasks = [asyncio.create_task(part) for part in (neighbour.listen(), neighbour.speak())]
        await until(lambda: door.clients == 2 and len(node.asked) >= 1)
        try:
            yield door
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def until(what):
    async with asyncio.timeout(PATIENCE_S):
        while not what():  # noqa: ASYNC110  what happens in the door has no event of its own
            await asyncio.sleep(0.01)


def said(node):
    return [command for command in node.asked if isinstance(command, Post | Send)]


def wrote(text, author=GUEST.key, **other):
    return MessageKept(message(7, text, author=author, **other))


async def test_a_guest_is_greeted_once(tmp_path):
    node = SmallNode(people=[CAI])
    async with living(tmp_path, "mill", node) as door:
        door.publish(PersonHeard(replace(GUEST, neighbour=False), fresh=False))
        door.publish(PersonHeard(CAI, fresh=True))
        door.publish(PersonHeard(GUEST, fresh=True))
        door.publish(PersonHeard(GUEST, fresh=False))
        door.publish(wrote("Where are you?"))
        await until(lambda: len(said(node)) == 2)
    assert said(node) == [Post("here", HEARD.greeting()), Post("here", HEARD.answer("where", False, 0))]


async def test_a_guest_who_was_heard_before_is_greeted_too(tmp_path):
    node = SmallNode(people=[CAI, GUEST])
    async with living(tmp_path, "school", node):
        await until(lambda: said(node))
    assert said(node) == [Send(GUEST.key, HEARD.private_greeting())]


async def test_what_the_node_refuses_is_not_said_and_life_goes_on(tmp_path):
    # This node knows nobody by his key, so it refuses the private greeting.
    node = SmallNode(people=[GUEST])
    async with living(tmp_path, "school", node) as door:
        await until(lambda: len(said(node)) == 1)
        door.publish(wrote("psst", board="", peer="ad" * 32))
        await until(lambda: len(said(node)) == 2)
    assert said(node)[1] == Send(GUEST.key, HEARD.answer("psst", True, 0))


async def test_a_post_is_answered_by_some_only_and_on_its_board(tmp_path):
    for role, answers in (("bridge", [Post("market", HEARD.answer("So it is", False, 0))]), ("church", [])):
        (tmp_path / role).mkdir()
        node = SmallNode(people=[GUEST])
        async with living(tmp_path / role, role, node) as door:
            door.publish(wrote("Not by the guest", author=CAI.key))
            door.publish(wrote("So it is", board="market"))
            door.publish(wrote("psst", board="", peer="ad" * 32))
            await until(lambda node=node: any(isinstance(command, Send) for command in node.asked))
        assert said(node)[:-1] == answers


async def test_who_writes_faster_than_they_think_gets_fewer_answers(tmp_path, monkeypatch):
    monkeypatch.setitem(module.ANSWER_S, "bridge", 0.2)
    node = SmallNode(people=[GUEST])
    async with living(tmp_path, "bridge", node) as door:
        for number in range(20):
            door.publish(wrote(f"number {number}"))
        await until(lambda: len(said(node)) == module.WAITING_MAX)
        door.publish(wrote("hello"))
        await until(lambda: any("Hello" in command.text for command in said(node)))
    assert len(said(node)) <= module.WAITING_MAX + 2


async def test_a_node_that_ends_is_reported(tmp_path):
    async with open_door(tmp_path, SmallNode(people=[])) as door:
        listening = asyncio.create_task(Neighbour("mill", MEETING, tmp_path).listen())
        await until(lambda: door.clients == 1)
    with pytest.raises(NodeUnreachable):
        await listening


async def test_everybody_but_the_guest_keeps_him_company(tmp_path):
    cast = valley(30, SeededEntropy(1))
    folders = [tmp_path / person.name for person in cast.people]
    assert company(cast, folders) == []
    parts = company(with_guest(cast, "hill"), folders)
    assert len(parts) == 2 * (len(cast.people) - 1)
    for part in parts:
        part.close()
