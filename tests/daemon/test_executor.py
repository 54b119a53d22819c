"""Effects on a real database: what a person waits for does not wait for what nobody waits for."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random

import pytest

from handheld.clock import SeededEntropy
from handheld.commands import Files, PinFile, Post, Read, Share
from handheld.crypto.curve import key_pair
from handheld.crypto.identity import Identity
from handheld.crypto.sealing import probe, seal_known
from handheld.crypto.signing import sign_profile
from handheld.daemon import executor as module
from handheld.daemon.executor import Executor
from handheld.daemon.filedesk import FileDesk
from handheld.daemon.radio_view import NO_RADIO, RadioView
from handheld.daemon.system import SystemClock
from handheld.errors import DiskFull
from handheld.events import Event, FileChanged, MessageState
from handheld.node.effects import KeepLetter, KeepOdometer, KeepPetname, KeepProfile, KeepState
from handheld.node.filecourier import PAYLOAD
from handheld.node.mail import PRIVATE
from handheld.node.node import Node
from handheld.node.prekeys import LIFE_S
from handheld.node.saved import Saved
from handheld.node.shelf import read_public
from handheld.node.unsaved import AGAIN_MS
from handheld.store import answered, files, keyfile, messages, meta
from handheld.store import database as store
from handheld.store.database import Database
from handheld.wire.air import decode_air, flood
from handheld.wire.codec import decode, encode
from handheld.wire.constants import AirKind, LetterKind
from handheld.wire.records import Letter, Private
from tests.support.file_village import Village
from tests.support.patience import PATIENCE_S
from tests.support.store import VAULT, fill, small_disk

FOREVER_S = 3600
PROFILE = KeepProfile(b"k" * 32, 0, b"profile", 0)
OTHER = KeepProfile(b"o" * 32, 0, b"profile", 0)


@dataclass
class Bench:
    """A running executor, what it published, and whether it has carried something out."""

    executor: Executor
    database: Database
    told: list[Event]
    sent: list[bytes]
    carried: asyncio.Event
    node: Node


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Bench]:
    entropy = SeededEntropy("executor")
    node = Node(Identity.create(entropy), "ana", entropy, Saved())
    database = Database.open(folder / "db", VAULT)
    told: list[Event] = []
    sent: list[bytes] = []
    carried = asyncio.Event()
    node.radio_up(2_540, 0)

    def transmit(_token: int, air: bytes) -> None:
        sent.append(air)

    keep_keys = partial(keyfile.rewrite, folder / "identity")
    executor = Executor(node, database, SystemClock(), transmit, told.append, carried.set, keep_keys)
    task = asyncio.create_task(executor.run())
    try:
        yield Bench(executor, database, told, sent, carried, node)
    finally:
        task.cancel()
        await asyncio.wait([task])
        await database.close()


async def test_news_of_a_message_does_not_wait_for_a_row_that_waits_for_company(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GROUP_S", FOREVER_S)
    monkeypatch.setattr(store, "GROUP_MS", FOREVER_S * 1000)
    async with running(tmp_path) as bench:
        await bench.executor.carry_out([PROFILE])
        bench.carried.clear()
        bench.executor.submit([OTHER])
        await asyncio.sleep(0)
        bench.executor.submit([KeepState(1, "delivered")])
        await asyncio.wait_for(bench.carried.wait(), PATIENCE_S)
        assert bench.told == [MessageState(1, "delivered")]
        assert await bench.database.read(_people) == 2


async def test_a_row_that_nobody_waits_for_is_saved_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GROUP_S", 0.01)
    async with running(tmp_path) as bench:
        bench.executor.submit([PROFILE])
        await asyncio.wait_for(bench.carried.wait(), PATIENCE_S)
        assert await bench.database.read(_people) == 1


def letter(number: int, text: bytes = b"hello", author: bytes = b"b" * 32) -> KeepLetter:
    """A private message of somebody, as it was opened."""
    return KeepLetter(author, author, number, 1, text, False, None, b"p" * 8, bytes([number]) + b"c" * 7)


def kinds(frames: list[bytes]) -> list[str]:
    return [AirKind(decode_air(frame).kind).name for frame in frames]


async def test_nothing_is_told_or_acknowledged_before_the_disk_has_it(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        go = threading.Event()
        held = asyncio.create_task(bench.database.write(lambda _: go.wait(PATIENCE_S), urgent=True))
        await asyncio.sleep(0)
        taking = asyncio.create_task(bench.executor.carry_out([letter(1)]))
        own = asyncio.create_task(bench.executor.carry_out(bench.node.post(Post("here", "mine"), 0)))
        await asyncio.sleep(0.1)
        assert (bench.told, bench.sent) == ([], [])
        go.set()
        await asyncio.gather(held, taking, own)
        assert len(bench.told) == 2
        assert sorted(kinds(bench.sent)) == ["ACK", "POST"]


async def test_a_letter_that_could_not_be_saved_is_not_acknowledged(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1024) as disk:
        async with running(disk) as bench:
            fill(disk / "ballast")
            saved = 0
            try:
                for number in range(1, 200):
                    await bench.executor.carry_out([letter(number, b"x" * 167)])
                    saved += 1
            except DiskFull:
                pass
            assert saved < 199
            assert len(bench.sent) == len(bench.told) == saved


async def test_the_same_letter_is_acknowledged_again_and_another_under_its_number_is_not(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as bench:
        first, again = letter(1), replace(letter(1), commitment=b"d" * 8)
        await bench.executor.carry_out([first])
        await bench.executor.carry_out([again])
        await bench.executor.carry_out([letter(1, b"something else")])
        assert len(bench.told) == 1
        assert kinds(bench.sent) == ["ACK", "ACK"]
        assert bench.node.dropped["number used twice"] == 1


async def test_a_stranger_fills_no_card_and_a_friend_has_more_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "STRANGER_LETTERS_MAX", 3)
    monkeypatch.setattr(messages, "STRANGERS_LETTERS_MAX", 5)
    async with running(tmp_path) as bench:
        for author in (b"b" * 32, b"c" * 32):
            for number in range(1, 6):
                await bench.executor.carry_out([letter(number, author=author)])
        assert await bench.executor.count() == 5
        assert bench.node.dropped["too many of one person"] == 5
        await bench.executor.carry_out([KeepPetname(b"b" * 32, "bo"), letter(5)])
        assert await bench.executor.count() == 6


async def test_how_far_a_message_got_is_saved_when_the_disk_has_room_again(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1024) as disk:
        async with running(disk) as bench:
            post = (await bench.executor.carry_out(bench.node.post(Post("here", "mine"), 0)))[0]
            fill(disk / "ballast")
            with suppress(DiskFull):
                for number in range(1, 200):
                    await bench.executor.carry_out([letter(number, b"x" * 167)])
            bench.executor.submit([KeepState(post.id, "aired")])
            await asyncio.sleep(0.1)
            assert MessageState(post.id, "aired") not in bench.told
            (disk / "ballast").unlink()
            bench.executor.submit([KeepState(10_000, "aired")])
            while MessageState(post.id, "aired") not in bench.told:
                await asyncio.wait_for(bench.carried.wait(), PATIENCE_S)
                bench.carried.clear()
            assert (await bench.executor.read(Read(limit=1, before=post.id + 1)))[0].state == "aired"


def _people(connection: store.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM people").fetchone()[0])


async def test_a_letter_between_devices_is_kept_and_acknowledged_and_no_screen_is_told(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as bench:
        kept = await bench.executor.carry_out([replace(letter(1), kind=LetterKind.ROOM_KEY)])
        assert [message.seq for message in kept] == [1]
        assert bench.told == []
        assert kinds(bench.sent) == ["ACK"]
        assert await bench.executor.read(Read(who="62" * 32)) == []
        assert await bench.executor.count() == 1


async def test_an_erased_prekey_is_nowhere_in_the_folder_and_its_mail_opens_no_more(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        node, erased = bench.node, bench.node._identity.prekey_secret
        sealed = _sealed_to(node._identity)
        node.receive(flood(AirKind.PROFILE, 8, encode(sign_profile(WRITER, 0, b"w"))), -50, 0, 0)
        keyfile.write(tmp_path / "identity", node._identity.blob)
        assert any(isinstance(one, KeepLetter) for one in node.receive(sealed, -50, 0, 0))
        await bench.executor.carry_out([letter(number) for number in range(50)])
        await bench.executor.carry_out(node.renew(0))
        assert erased in (tmp_path / "identity").read_bytes()
        node._odometer._base += LIFE_S
        await bench.executor.carry_out(node.tick(0))
        assert node.keys(0).older == 1
        # The database, its log and free pages, both generations of the identity.
        files = _contents(tmp_path)
        assert {"db", "db-wal", "identity", "identity.old"} <= set(files)
        assert all(erased not in content for content in files.values())
        for content in (files["identity"], files["identity.old"]):
            for at in range(len(content) - 31):
                found = probe(decode(Private, decode_air(sealed).body), key_pair(content[at : at + 32]))
                assert found.hint != WRITER.key[:4]
        assert not any(isinstance(one, KeepLetter) for one in node.receive(sealed, -50, 20_000, 0))


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


WRITER = Identity.create(SeededEntropy("writer"))


def _sealed_to(reader: Identity) -> bytes:
    letter = Letter(LetterKind.TEXT, 1, 1, b"until it is erased")
    keys = {"reader": reader.key, "prekey": reader.prekey, "ephemeral": b"e" * 32}
    return flood(AirKind.PRIVATE, 7, seal_known(WRITER, letter, first=PRIVATE, **keys).body)


async def test_acks_that_were_given_and_the_odometer_are_on_the_disk(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.executor.carry_out([replace(letter(1), powered=50), replace(letter(1), powered=60)])
        await bench.executor.carry_out([replace(letter(1, b"another"), powered=70, commitment=b"x" * 8)])
        await bench.executor.carry_out(bench.node.stop(0))
        assert await bench.database.read(answered.all) == [(letter(1).commitment, 2, 50)]
        await bench.executor.carry_out([KeepOdometer(90), KeepOdometer(80)])
        assert await bench.database.read(lambda connection: meta.get(connection, meta.ODOMETER)) == 90
        await bench.executor.carry_out([KeepOdometer(50 + LIFE_S + 1)])
        assert await bench.database.read(answered.all) == []


async def test_a_private_message_tells_which_before_it_are_missing(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        for seq in (1, 2, 5, 6, 8):
            letter = KeepLetter(b"b" * 32, b"b" * 32, seq, seq, b"letter", False, None, b"preimage")
            await bench.executor.carry_out([letter])
        page = await bench.executor.read(Read(who=(b"b" * 32).hex()))

        assert [one.missing for one in page] == [[], [], [3, 4], [], [7, 7]]


async def test_a_file_that_met_a_full_disk_is_shared_whole_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1024) as disk:
        async with running(disk) as bench:
            fill(disk / "ballast")
            sharing, content = bench.node.files.organ, Random(1).randbytes(200_000)
            sharing.limit = len(content)
            desk = FileDesk(bench.node, SystemClock(), bench.executor, RadioView(NO_RADIO))
            path = tmp_path / "map.png"
            path.write_bytes(content)
            for _ in range(2):
                with pytest.raises(DiskFull, match="full"):
                    await desk.share(Share(str(path)))
                assert await desk.everything(Files()) == []
                assert not any(isinstance(event, FileChanged) for event in bench.told)
                assert sharing.next_deadline() is None
            (disk / "ballast").unlink()
            assert (await desk.share(Share(str(path)))).state == "here"
            (entry,) = sharing.shelf

            ((_, raw),) = await bench.database.read(messages.unaired)
            assert read_public(raw) == entry.manifest
            assert await bench.database.read(partial(files.load, tag=entry.tag)) == [(PAYLOAD, content)]
            assert entry.tag in {row.tag for row in await bench.database.read(files.all)}


def frames_of(content: bytes) -> list[bytes]:
    """What somebody sends who shares this, his profile and the manifest before its pieces."""
    village = Village(["ana", "bo"])
    village.start()
    village.hosts["ana"].node.files.organ.limit = len(content)
    village.share("ana", content)
    village.run(60_000)
    return [air for _, who, air in village.aired if who == "ana"]


async def not_saved(bench: Bench, times: int) -> None:
    """Wait until so much could not be saved."""
    async with asyncio.timeout(PATIENCE_S):
        while bench.node.dropped["not saved"] < times:
            bench.carried.clear()
            await bench.carried.wait()


async def test_a_full_disk_takes_nothing_from_a_file_that_is_shared_or_pinned(tmp_path: Path) -> None:
    content = Random(2).randbytes(100_000)
    path = tmp_path / "map.png"
    path.write_bytes(content)
    with small_disk(tmp_path / "disk", 1024) as disk:
        async with running(disk) as bench:
            sharing = bench.node.files.organ
            sharing.limit = len(content)
            desk = FileDesk(bench.node, SystemClock(), bench.executor, RadioView(NO_RADIO))
            await bench.executor.carry_out(bench.node.follow("here"))
            for air in frames_of(content)[:100]:
                await bench.executor.carry_out(bench.node.receive(air, -60, 1, 0))
            (before,) = await desk.everything(Files())
            fill(disk / "ballast")
            with pytest.raises(DiskFull, match="full"):
                await desk.share(Share(str(path)))
            with pytest.raises(DiskFull, match="full"):
                await desk.pin(PinFile(before.id, pinned=True))
            (after,) = await desk.everything(Files())
            assert (after.state, after.have, after.own, after.pinned) == ("coming", before.have, False, False)


async def test_a_file_that_comes_while_the_disk_is_full_is_saved_when_there_is_room(tmp_path: Path) -> None:
    content = Random(2).randbytes(100_000)
    frames = frames_of(content)
    with small_disk(tmp_path / "disk", 1024) as disk:
        async with running(disk) as bench:
            sharing = bench.node.files.organ
            sharing.limit = len(content)
            await bench.executor.carry_out(bench.node.follow("here"))
            for air in frames[:100]:
                await bench.executor.carry_out(bench.node.receive(air, -60, 1, 0))
            (entry,) = sharing.shelf
            assert 0 < entry.held < entry.shape.symbols

            fill(disk / "ballast")
            bench.executor.submit(
                [effect for air in frames[100:] for effect in bench.node.receive(air, -60, 1, 0)]
            )
            await not_saved(bench, 1)
            assert entry.whole
            assert sharing.info(entry, 1).state == "full"
            states = [event.file.state for event in bench.told if isinstance(event, FileChanged)]
            assert states[-1] == "full"
            assert "here" not in states

            # Still none: it stays in memory.
            later = bench.executor._clock.now() + 2 * AGAIN_MS
            bench.executor.submit(sharing.pump(later))
            await not_saved(bench, 2)
            assert entry.unsaved

            (disk / "ballast").unlink()
            await bench.executor.carry_out(sharing.pump(later + 2 * AGAIN_MS))
            assert sharing.info(entry, later).state == "here"
            kept = await bench.database.read(partial(files.load, tag=entry.tag))
            assert kept == [(PAYLOAD, content)]
            (row,) = await bench.database.read(files.all)
            assert row.whole
