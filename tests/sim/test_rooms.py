"""A room over real nodes, real firmware and simulated air that loses one frame of ten."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from handheld.api.client import Client
from handheld.clock import SeededEntropy
from handheld.commands import Invite, JoinRoom, NewRoom, People, Read, Remove, Rooms, Say, Status
from handheld.events import Room
from handheld.sim.air import ESPNOW, Air
from handheld.sim.cast import HOUSES, PATH_LOSS, valley
from handheld.sim.place import Ground, still
from handheld.sim.timing import process_start_us
from handheld.sim.village import Village
from tests.support.lossy_village import READERS, UP_S, WRITER, connect

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="its processes are ended as Linux does it")

LOSS = 0.1
KITCHEN = "kitchen"


def test_three_share_a_room_and_one_is_taken_out() -> None:
    cast = valley(3600, SeededEntropy("cast"))
    cast = replace(
        cast, people=tuple(replace(one, walk=still(*one.walk.points[0][1:])) for one in cast.people)
    )
    with Village(cast, process_start_us()) as village:
        ground = Ground([person.walk for person in cast.people], PATH_LOSS)
        village.switch_on(Air(ESPNOW, ground, SeededEntropy("air"), extra_loss=LOSS))
        read, after = asyncio.run(_live(village))

    assert "for three" in read[0]
    assert "for three" in read[1]
    assert "for two" in read[1]
    assert "for two" not in read[0]
    assert (after.epoch, len(after.members)) == (2, 1)


async def _live(village: Village) -> tuple[list[list[str]], Room]:
    village.start_nodes()
    homes = [village.homes[list(HOUSES).index(role)] for role in (WRITER, READERS[1], READERS[2])]
    try:
        async with asyncio.timeout(2 * UP_S):
            host, guest, friend = clients = [await connect(home) for home in homes]
            keys = [(await client.ask(Status())).key for client in clients]
            for client in clients:
                await _until(lambda client=client: _status(client))
            card = await host.ask(NewRoom(KITCHEN, 6))
            await guest.ask(JoinRoom(KITCHEN, card.words))
            await _until(lambda: _invited(host, keys[2], friend))
            await friend.ask(JoinRoom(KITCHEN))
            await _until(lambda: _said(host, "for three", guest, friend))
            await _until(lambda: _said(guest, "the guest", host))
            await host.ask(Remove(KITCHEN, keys[1]))
            await _until(lambda: _epoch(friend))
            await _until(lambda: _said(host, "for two", friend))
            read = [await _texts(client) for client in (guest, friend)]
            (after,) = await host.ask(Rooms())
            for client in clients:
                await client.close()
    finally:
        village.pull_cables()
    return read, after


async def _until(what: Callable[[], Awaitable[Any]]) -> None:
    while not await what():  # noqa: ASYNC110  what happens in another process has no event here
        await asyncio.sleep(0.2)


async def _status(client: Client) -> bool:
    status = await client.ask(Status())
    return bool(status.radio.state == "up" and status.neighbours)


async def _invited(host: Client, who: str, guest: Client) -> bool:
    if await guest.ask(Rooms()):
        return True
    if not (await host.ask(Rooms()))[0].members or not await _knows(host, who):
        return False
    await host.ask(Invite(KITCHEN, who))
    await asyncio.sleep(2)
    return bool(await guest.ask(Rooms()))


async def _knows(client: Client, key: str) -> bool:
    return key in [person.key for person in await client.ask(People())]


async def _said(writer: Client, text: str, *readers: Client) -> bool:
    """Said once more, as posts are not acknowledged; whether all have read it."""
    await writer.ask(Say(KITCHEN, text))
    await asyncio.sleep(0.5)
    return all([text in await _texts(reader) for reader in readers])


async def _epoch(client: Client) -> bool:
    return bool((await client.ask(Rooms()))[0].epoch == 2)


async def _texts(client: Client) -> list[str]:
    return [message.text for message in await client.ask(Read(room=KITCHEN))]
