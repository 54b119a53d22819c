"""Five people along a road, each radio in reach of the next house only, in real time and in virtual time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from handheld.api.client import Client
from handheld.clock import SeededEntropy
from handheld.commands import People, Post, Read, Send, Status
from handheld.errors import NodeUnreachable
from handheld.sim.air import ESPNOW, Air
from handheld.sim.cast import BOARD, PATH_LOSS, Cast, Person
from handheld.sim.place import Ground, still
from handheld.sim.plan import messages, number_of
from handheld.sim.reader import parse
from handheld.sim.run import Options
from handheld.sim.run import Village as VirtualVillage
from handheld.sim.timing import process_start_us
from handheld.sim.village import Village
from handheld.sim.virtual import Fleet
from handheld.sim.wired import WiredStation
from handheld.store import messages as store

SPACING_M = 115
NAMES = ("ana", "bo", "cem", "dee", "eva")
LETTERS = ((0, 4), (1, 3), (4, 1), (2, 0))
"""Who writes to whom; besides, everybody writes one post."""

LOSS_FREE = replace(ESPNOW, harmless_us=1_000_000)
"""Two who do not hear each other may talk at once; in real time nobody can say when."""

UP_S = 120.0
LOOK_S = 0.05
GREET_S = 0.5

SCENARIO = f"""
name = "five along a road"
duration_s = 120
[air]
model = "espnow"
tx_dbm = 20
path_loss = "log-distance"
exponent = 3.5
reference_db = 40
[place]
kind = "line"
width_m = {SPACING_M * (len(NAMES) - 1)}
[[nodes]]
count = {len(NAMES)}
"""


class Arrived(NamedTuple):
    """A message at its reader: a post has hops, a letter a writer who knows that it arrived."""

    writer: int
    reader: int
    hops: int | None = None
    acked: bool = False


def in_virtual_time() -> set[Arrived]:
    """What arrives in the simulator."""
    traffic = [("post", number, '"all"') for number in range(len(NAMES))]
    traffic += [("dm", writer, f'"n{reader + 1}"') for writer, reader in LETTERS]
    text = SCENARIO + "".join(
        f'[[traffic]]\nkind = "{kind}"\nfrom = "n{writer + 1}"\nto = {to}\nat_s = [{30 + 5 * number}]\n'
        for number, (kind, writer, to) in enumerate(traffic)
    )
    with Fleet() as fleet:
        village = VirtualVillage(parse(text), Options(fast=False), fleet)
        village.play()
        return _found(village)


def _found(village: VirtualVillage) -> set[Arrived]:
    written = {message.number: message for message in messages(village._scenario)}
    hosts = [one._host for one in village.world._stations if isinstance(one, WiredStation) and one._host]
    rows = {number: store.page(host._store, "", b"", 0, 200) for number, host in enumerate(hosts)}
    delivered = {row.text for kept in rows.values() for row in kept if row.own and row.state == "delivered"}
    return {
        Arrived(written[number_of(row.text)].sender, reader, row.hops, row.text in delivered)
        for reader, kept in rows.items()
        for row in kept
        if not row.own
    }


def in_real_time() -> set[Arrived]:
    """What arrives between processes: nodes, radios and the air, cables as ptys."""
    people = tuple(Person(name, name, still(SPACING_M * number, 0)) for number, name in enumerate(NAMES))
    with Village(Cast(people, ()), process_start_us()) as village:
        ground = Ground([person.walk for person in people], PATH_LOSS)
        village.switch_on(Air(LOSS_FREE, ground, SeededEntropy("air")))
        return asyncio.run(_live(village))


async def _live(village: Village) -> set[Arrived]:
    village.start_nodes()
    try:
        async with _clients(village.homes) as clients, asyncio.timeout(UP_S):
            keys = [(await client.ask(Status())).key for client in clients]
            await _acquainted(clients)
            return {
                *[one for number in range(len(clients)) for one in await _post(clients, number)],
                *[await _letter(clients, keys, *pair) for pair in LETTERS],
            }
    finally:
        village.pull_cables()


@asynccontextmanager
async def _clients(homes: list[Path]) -> AsyncIterator[list[Client]]:
    clients = [await _client(home) for home in homes]
    try:
        yield clients
    finally:
        for client in clients:
            await client.close()


async def _client(home: Path) -> Client:
    while True:
        try:
            return await Client.connect(home)
        except NodeUnreachable:
            await asyncio.sleep(LOOK_S)


async def _acquainted(clients: list[Client]) -> None:
    """Two profiles that were said at once may have met in the air: who is not known greets."""
    while True:
        known = [{person.name for person in await client.ask(People())} for client in clients]
        missing = [
            number
            for number, name in enumerate(NAMES)
            if any(name not in names for other, names in enumerate(known) if other != number)
        ]
        if not missing:
            return
        await asyncio.sleep(GREET_S)
        for number in missing:
            await clients[number].ask(Post(BOARD, "Good morning"))
            await asyncio.sleep(LOOK_S)


async def _post(clients: list[Client], writer: int) -> list[Arrived]:
    text = f"Here is number {writer}"
    await clients[writer].ask(Post(BOARD, text))
    found = []
    for reader, client in enumerate(clients):
        if reader != writer:
            hops = await _arrival(client, text)
            found.append(Arrived(writer, reader, hops))
    return found


async def _letter(clients: list[Client], keys: list[str], writer: int, reader: int) -> Arrived:
    text = f"From {writer} to {reader}"
    kept = await clients[writer].ask(Send(keys[reader], text))
    await _arrival(clients[reader], text)
    while True:
        states = {one.id: one.state for one in await clients[writer].ask(Read())}
        if states[kept.id] == "delivered":
            return Arrived(writer, reader, acked=True)
        await asyncio.sleep(LOOK_S)


async def _arrival(client: Client, text: str) -> int | None:
    while True:
        for message in await client.ask(Read()):
            if message.text == text:
                hops: int | None = message.hops
                return hops
        await asyncio.sleep(LOOK_S)
