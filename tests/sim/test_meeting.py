"""Two people meet over real nodes, real firmware and simulated air that loses one frame of five."""

import asyncio
import sys
from dataclasses import replace
from typing import Any

import pytest

from handheld.api.client import Client
from handheld.clock import SeededEntropy
from handheld.commands import Compare, FindPerson, Meet, ShowMeeting, Status
from handheld.events import Meeting
from handheld.sim.air import ESPNOW, Air
from handheld.sim.cast import HOUSES, PATH_LOSS, valley
from handheld.sim.place import Ground, still
from handheld.sim.timing import process_start_us
from handheld.sim.village import Village
from tests.support.lossy_village import READERS, UP_S, WRITER, connect

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="its processes are ended as Linux does it")

LOSS = 0.2


def test_two_neighbours_see_the_same_words_and_are_met() -> None:
    cast = valley(3600, SeededEntropy("cast"))
    cast = replace(
        cast, people=tuple(replace(one, walk=still(*one.walk.points[0][1:])) for one in cast.people)
    )
    with Village(cast, process_start_us()) as village:
        ground = Ground([person.walk for person in cast.people], PATH_LOSS)
        village.switch_on(Air(ESPNOW, ground, SeededEntropy("air"), extra_loss=LOSS))
        one, other, marks = asyncio.run(_meet(village))

    assert one.words == other.words
    assert len(one.words.split()) == 4
    assert marks == ["=", "="]


async def _meet(village: Village) -> tuple[Meeting, Meeting, list[str]]:
    village.start_nodes()
    homes = [village.homes[list(HOUSES).index(role)] for role in (WRITER, READERS[1])]
    try:
        async with asyncio.timeout(UP_S):
            clients = [await connect(home) for home in homes]
            keys = [(await client.ask(Status())).key for client in clients]
            await asyncio.gather(*map(_up, clients))
            await asyncio.gather(*(client.ask(Meet(47, 2)) for client in clients))
            words = await asyncio.gather(*map(_words, clients))
            await asyncio.gather(*(client.ask(Compare(same=True)) for client in clients))
            people: list[Any] = [
                await client.ask(FindPerson(key)) for client, key in zip(clients, reversed(keys), strict=True)
            ]
            for client in clients:
                await client.close()
    finally:
        village.pull_cables()
    return words[0], words[1], [person.mark for person in people]


async def _up(client: Client) -> None:
    for _ in range(int(10 * UP_S)):
        if (await client.ask(Status())).radio.state == "up":
            return
        await asyncio.sleep(0.1)


async def _words(client: Client) -> Meeting:
    while (meeting := await client.ask(ShowMeeting())).state != "comparing":
        assert meeting.state == "gathering", meeting.say
        await asyncio.sleep(0.05)
    return meeting
