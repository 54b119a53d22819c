"""Nodes on local networks: real processes, each with a network stack of its own, and cables that are cut."""

import asyncio
import base64
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from random import Random

from handheld.api.client import Client
from handheld.clock import SeededEntropy
from handheld.commands import Files, People, Post, Read, ReadFile, Send, Share, Status
from handheld.crypto.identity import Identity
from handheld.crypto.signing import sign_post, sign_profile
from handheld.errors import NodeUnreachable
from handheld.wire.air import NO_MAC, collecting, decode_air, flood
from handheld.wire.codec import encode
from handheld.wire.constants import PUBLIC_START_TTL, AirKind, AirMode
from tests.support.networks import Host, hosts, ip
from tests.support.plug import Plug, plugged

PATIENCE_S = 180.0
"""What one end of a cable sends before the other end is ready is repaired, and that may take two minutes."""


@contextmanager
def node(host: Host, folder: Path, settings: str = "", radio: str = "none") -> Iterator[None]:
    """A node that runs on this host."""
    folder.mkdir()
    (folder / "config.toml").write_text(f'name = "{folder.name}"\n[bearers]\nlan = true\n{settings}')
    command = [sys.executable, "-m", "handheld", "node", "--data", str(folder), "--radio", radio]
    process = subprocess.Popen([*host.run, *command], stderr=subprocess.PIPE, text=True)
    try:
        yield
    finally:
        process.kill()
        process.communicate()


async def until(what: Callable[[], Awaitable[bool]]) -> None:
    """Wait for it to be so."""
    deadline = time.monotonic() + PATIENCE_S
    while not await what():
        assert time.monotonic() < deadline, "it never came to that"
        await asyncio.sleep(0.05)


@asynccontextmanager
async def doors(*folders: Path) -> AsyncIterator[list[Client]]:
    """Clients of these nodes, once all of them answer."""
    async with AsyncExitStack() as stack:
        clients: list[Client] = []

        async def connect() -> bool:
            try:
                clients.append(await Client.connect(folders[len(clients)]))
            except NodeUnreachable:
                return False
            stack.push_async_callback(clients[-1].close)
            return len(clients) == len(folders)

        await until(connect)
        yield clients


async def knows(client: Client, *names: str) -> None:
    """Wait until these are neighbours."""

    async def so() -> bool:
        return {one.name for one in await client.ask(People()) if one.neighbour} >= set(names)

    await until(so)


async def reads(client: Client, *texts: str) -> None:
    """Wait until these have been read."""

    async def so() -> bool:
        return {message.text for message in await client.ask(Read())} >= set(texts)

    await until(so)


async def content_at(client: Client, place: int = 0) -> bytes:
    """Wait until a file is there, the first or so; what it holds."""

    async def here() -> bool:
        files = await client.ask(Files())
        return len(files) > place and files[place].state == "here"

    await until(here)
    file = (await client.ask(Files()))[place]
    content = b""
    while len(content) < file.size:
        part = await client.ask(ReadFile(file.id, len(content)))
        content += base64.b64decode(part.data)
    return content


async def key(client: Client) -> str:
    return (await client.ask(Status())).key


async def test_three_hosts_in_a_row_and_a_cable_that_is_cut_and_mended(tmp_path: Path) -> None:
    with hosts("a", "b", "c") as (a, b, c):
        a.cable(b, 1)
        b.cable(c, 2)
        folders = [tmp_path / name for name in ("ana", "bo", "cy")]
        with node(a, folders[0]), node(b, folders[1]), node(c, folders[2]):
            async with doors(*folders) as (ana, bo, cy):
                await knows(ana, "bo", "cy")
                await knows(cy, "ana", "bo")
                hops = {one.name: (one.hops, one.rssi, one.by) for one in await ana.ask(People())}
                assert hops == {"bo": (1, None, "lan"), "cy": (2, None, "lan")}

                await ana.ask(Post("here", "water at the school"))
                await cy.ask(Send(await key(ana), "are you safe?"))
                await reads(bo, "water at the school")
                await reads(cy, "water at the school")
                await reads(ana, "are you safe?")

                async def delivered() -> bool:
                    return not (await cy.ask(Status())).outbox

                await until(delivered)
                status = await bo.ask(Status())
                assert status.lan is not None
                assert status.lan.networks == ["c1", "c2"]
                assert status.lan.near >= 2
                assert status.lan.counters["handed on"] > 0
                assert not set(status.lan.dropped) - {"known"}

                b.cut(2)

                async def alone() -> bool:
                    lan = (await cy.ask(Status())).lan
                    return lan is not None and lan.networks == [] and "No network" in lan.why

                await until(alone)
                waiting = await cy.ask(Post("here", "nobody hears this yet"))
                assert waiting.state == "queued"
                await ana.ask(Post("here", "the bridge is closed"))
                await reads(bo, "the bridge is closed")
                assert (await cy.ask(Status())).queued == 1

                b.mend(2)
                await reads(ana, "nobody hears this yet")
                await bo.ask(Send(await key(cy), "there you are"))
                await reads(cy, "there you are")


async def test_addresses_given_by_hand_reach_where_no_group_does(tmp_path: Path) -> None:
    with hosts("a", "b") as (a, b):
        a.cable(b, 1)
        for host in (a, b):
            ip("-n", host.name, "link", "set", "c1", "multicast", "off")
        ip("-n", a.name, "-6", "address", "add", "200:77::1/64", "dev", "c1", "nodad")
        ip("-n", b.name, "-6", "address", "add", "200:77::2/64", "dev", "c1", "nodad")
        folders = [tmp_path / "ana", tmp_path / "bo"]
        by_6 = 'lan_peers = ["[200:77::2]:24042"]'
        by_4 = 'lan_peers = ["10.77.1.1", "[200:77::1]", "nowhere.invalid:1"]'
        with node(a, folders[0], by_6), node(b, folders[1], by_4):
            async with doors(*folders) as (ana, bo):
                await knows(ana, "bo")
                await bo.ask(Post("here", "by hand"))
                await reads(ana, "by hand")
                lan = (await bo.ask(Status())).lan
                assert lan is not None
                assert (lan.networks, lan.peers) == ([], ["10.77.1.1:24042", "[200:77::1]:24042"])


def strange_frames() -> list[bytes]:
    """What somebody on the radio's side sends: who he is, and a post."""
    identity = Identity.create(SeededEntropy("di"))
    profile = flood(AirKind.PROFILE, PUBLIC_START_TTL, encode(sign_profile(identity, 0, b"di")))
    post = sign_post(identity, "here", 1, 1, b"from the hills")
    return [profile, collecting(AirKind.POST, PUBLIC_START_TTL, encode(post))]


def hear(plug: Plug, air: bytes) -> bool:
    return bool(plug.radio.link.heard(air, len(air), -70, plug._ticks()))


async def test_a_handheld_with_a_radio_is_a_bridge(tmp_path: Path) -> None:
    with hosts("a", "b") as (a, b):
        a.cable(b, 1)
        folders = [tmp_path / "ana", tmp_path / "bo"]
        async with plugged() as plug:
            with node(a, folders[0], radio=plug.device), node(b, folders[1]):
                async with doors(*folders) as (ana, bo):
                    await knows(ana, "bo")
                    await until(lambda: _up(ana))
                    for air in strange_frames():
                        assert hear(plug, air)
                    await reads(bo, "from the hills")
                    (di,) = [one for one in await bo.ask(People()) if one.name == "di"]
                    assert (di.hops, di.by) == (2, "lan")

                    await bo.ask(Post("here", "from the valley"))
                    await ana.ask(Post("here", "from between"))

                    async def both_on_the_air() -> bool:
                        given = [frame for frames in plug.radio.taken.values() for frame in frames]
                        posts = [decode_air(one) for one in given if one[0] >> 2 & 15 == AirKind.POST]
                        texts = {one.body[20:-64]: one for one in posts}
                        if len(texts) < 2:
                            return False
                        assert set(texts) == {b"from the valley", b"from between"}
                        handed_on = texts[b"from the valley"]
                        assert (handed_on.mode, handed_on.ttl, handed_on.mac) == (
                            AirMode.FLOOD,
                            PUBLIC_START_TTL - 1,
                            NO_MAC,
                        )
                        return True

                    await until(both_on_the_air)
                    await reads(bo, "from between")


async def _up(client: Client) -> bool:
    return (await client.ask(Status())).radio.state == "up"


async def test_where_no_network_is_up_the_radio_does_it_alone(tmp_path: Path) -> None:
    with hosts("a") as (a,):
        folder = tmp_path / "ana"
        async with plugged() as plug:
            with node(a, folder, radio=plug.device):
                async with doors(folder) as (ana,):
                    await until(lambda: _up(ana))
                    await ana.ask(Post("here", "by radio"))

                    async def aired() -> bool:
                        return (await ana.ask(Read()))[0].state == "aired"

                    await until(aired)
                    given = [frame for frames in plug.radio.taken.values() for frame in frames]
                    assert [one for one in given if b"by radio" in one]
                    plug.unplug()

                    async def gone() -> bool:
                        return not await _up(ana)

                    await until(gone)
                    await ana.ask(Post("here", "later"))
                    status = await ana.ask(Status())
                    assert (status.queued, status.lan is not None) == (1, True)


async def test_a_file_goes_over_a_local_network_to_who_may_read_it(tmp_path: Path) -> None:
    content = Random(1).randbytes(20_000)
    (tmp_path / "map.bin").write_bytes(content)
    with hosts("a", "b", "c") as (a, b, c):
        a.cable(b, 1)
        b.cable(c, 2)
        folders = [tmp_path / name for name in ("ana", "bo", "cy")]
        with node(a, folders[0]), node(b, folders[1]), node(c, folders[2]):
            async with doors(*folders) as (ana, bo, cy):
                await knows(ana, "bo", "cy")
                await knows(cy, "ana")
                await ana.ask(Share(str(tmp_path / "map.bin"), board="here"))
                for reader in (bo, cy):
                    assert await content_at(reader) == content

                # Sealed: bo between them can only carry it.
                (tmp_path / "note.bin").write_bytes(content[::-1])
                await ana.ask(Share(str(tmp_path / "note.bin"), who=await key(cy)))
                assert await content_at(cy, 1) == content[::-1]
                assert len(await bo.ask(Files())) == 1
