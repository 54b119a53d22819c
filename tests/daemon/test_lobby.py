"""Locked and open again, in one process: what is heard meanwhile waits, and no key stays behind."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from handheld.api.client import Client
from handheld.clock import SeededEntropy
from handheld.commands import Lock, Meet, People, Prekeys, Radio, Read, Send, Status, Unlock, Wipe
from handheld.config import Config
from handheld.crypto.identity import Identity
from handheld.crypto.keyring import Keyring
from handheld.crypto.sealing import seal_first
from handheld.crypto.signing import sign_post, sign_profile
from handheld.daemon import service, wiring
from handheld.daemon.end import End
from handheld.daemon.lobby import HELD_MAX
from handheld.daemon.wiring import Phases
from handheld.errors import Locked, NodeUnreachable, Refused
from handheld.link.session import FrameHeard
from handheld.node.inbound import OURSELVES
from handheld.node.mail import PRIVATE
from handheld.store import keys
from handheld.store.folder import Folder
from handheld.wire.air import flood
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind, LetterKind
from handheld.wire.records import Letter
from tests.support import wreck
from tests.support.patience import PATIENCE_S
from tests.support.relocker import KEY, main

OPEN = Unlock(KEY.hex())


@asynccontextmanager
async def phases(path: Path, minutes: int = 0) -> AsyncIterator[tuple[Phases, asyncio.Task[End]]]:
    settings = Config(radio="none", lock_minutes=minutes)
    with Folder.open(path, explicit=True) as folder:
        async with Phases(folder, settings, ["here"], child=False, known=True) as running:
            task = asyncio.create_task(running.run())
            try:
                yield running, task
            finally:
                task.cancel()
                await asyncio.wait([task])


async def ask(path: Path, command: object, *, locked: bool | None = None) -> Any:
    """The answer of whichever phase is on, once the node is locked or open as it has to be."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        assert time.monotonic() < deadline, f"it is never so that locked is {locked}"
        try:
            client = await Client.connect(path)
            try:
                if locked is None or (await client.ask(Status())).locked is locked:
                    return await client.ask(command)
            finally:
                await client.close()
        except NodeUnreachable:
            pass
        await asyncio.sleep(0.02)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    wreck.furnish(tmp_path)
    main(tmp_path, "set")
    return tmp_path


def frames() -> list[bytes]:
    """A profile of somebody new, a post of his, and a sealed letter from him."""
    stranger = Identity.create(SeededEntropy("stranger"))
    letter = Letter(LetterKind.TEXT, 1, 1, b"for your eyes")
    sealed = seal_first(
        stranger, letter, first=PRIVATE, reader=wreck.SELF.key, prekey=wreck.SELF.prekey, ephemeral=b"e" * 32
    )
    return [
        flood(AirKind.PROFILE, 8, encode(sign_profile(stranger, 0, b"new"))),
        flood(AirKind.POST, 8, encode(sign_post(stranger, "here", 1, 1, b"for all"))),
        flood(AirKind.PRIVATE, 8, sealed.body),
    ]


async def test_what_is_heard_while_locked_is_read_after_it(path: Path) -> None:
    async with phases(path) as (running, _):
        assert (await ask(path, Radio())).state == "none"
        for air in frames():
            running._cable.report(FrameHeard(-60, air))
        with pytest.raises(Locked, match="pocketmesh unlock"):
            await ask(path, Read())
        with pytest.raises(Locked, match="not the passphrase"):
            await ask(path, Unlock("ab" * 32))
        with pytest.raises(Refused, match="hex"):
            await ask(path, Unlock("no hex"))
        assert await ask(path, Lock()) is None
        await ask(path, OPEN)
        assert "for all" in await until_read(path, "for your eyes")
        assert len(await ask(path, People())) == wreck.OTHERS + 1


async def test_what_the_radio_says_of_itself_is_nothing_heard(path: Path) -> None:
    async with phases(path) as (running, _):
        await ask(path, OPEN)
        (_, post, _), heard = frames(), await ask(path, Radio(), locked=False)
        assert heard.last_heard_s is None
        running._cable.report(FrameHeard(OURSELVES, post))
        assert (await ask(path, Radio(), locked=False)).last_heard_s is None
        running._cable.report(FrameHeard(-60, post))
        assert (await ask(path, Radio(), locked=False)).last_heard_s == 0


async def until_read(path: Path, text: str) -> list[str]:
    """All texts, once this one is among them."""
    deadline = time.monotonic() + PATIENCE_S
    while text not in (texts := [message.text for message in await ask(path, Read(), locked=False)]):
        assert time.monotonic() < deadline, texts
    return texts


async def test_a_flood_while_locked_takes_no_more_than_its_room(path: Path) -> None:
    async with phases(path) as (running, _):
        await ask(path, Radio())
        profile, post, letter = frames()
        for number in range(2 * HELD_MAX):
            running._cable.report(FrameHeard(-60, post[:-1] + bytes([number % 256])))
        running._cable.report(FrameHeard(-60, letter))
        running._cable.report(FrameHeard(-60, profile))
        running._cable.report(FrameHeard(-60, b""))
        await ask(path, OPEN)
        await until_read(path, "for your eyes")
        assert "new" in {one.name for one in await ask(path, People(), locked=False)}
        # The profile came last into the same room, so at their time nobody knew the author of these posts.
        assert (await ask(path, Status(), locked=False)).dropped["unknown author"] == HELD_MAX - 1


async def test_after_the_lock_no_object_of_ours_holds_a_key(path: Path) -> None:
    ring = keys.read_ring(Folder(path), KEY)
    identity = Identity.from_blob(ring.identity)
    secrets = {
        "master": ring.masters[0],
        "box key": ring.vaults[0]._box_key,
        "nonce key": ring.vaults[0]._nonce_key,
        "seed": identity.sign_seed,
        "signing key": identity.signing_key,
        "static": identity.static_secret,
        "prekey": identity.prekey_secret,
        "passphrase": KEY,
    }
    known = [id(own) for own in (*secrets.values(), ring.identity, identity.signing_key)]
    async with phases(path):
        await ask(path, Status(), locked=True)
        await ask(path, Unlock(KEY.hex()))
        await ask(path, Send(wreck.OTHER[0].key.hex(), "hello"), locked=False)
        assert {name for name, _ in held(secrets, known)} >= {"box key", "seed"}
        await ask(path, Lock())
        await ask(path, Status(), locked=True)
        assert held(secrets, known) == []


def held(secrets: dict[str, bytes], known: list[int]) -> list[tuple[str, str]]:
    """Which secrets any object that Python knows holds, besides those of the test itself."""
    gc.collect()
    found: list[tuple[str, str]] = []
    for thing in gc.get_objects():
        if thing is secrets:
            continue
        for inner in gc.get_referents(thing):
            if isinstance(inner, bytes | bytearray | str) and id(inner) not in known:
                data = inner.encode("utf-8", "replace") if isinstance(inner, str) else bytes(inner)
                found += [(name, type(thing).__name__) for name, secret in secrets.items() if secret in data]
    return found


async def test_while_it_runs_no_older_keys_are_in_memory(tmp_path: Path) -> None:
    wreck.furnish(tmp_path)
    gc.collect()
    others = {id(thing): thing for thing in gc.get_objects() if isinstance(thing, Identity | Keyring)}
    async with phases(tmp_path):
        first = await ask(tmp_path, Prekeys())
        await ask(tmp_path, Meet(47, 2))
        newest = await ask(tmp_path, Prekeys(renew=True))
        gc.collect()
        alive = [thing for thing in gc.get_objects() if isinstance(thing, Identity | Keyring)]
        ours = [thing for thing in alive if id(thing) not in others and wreck.SELF.key == owner_of(thing)]
        assert newest.epoch > first.epoch
        assert [thing.epoch for thing in ours] == [newest.epoch] * len(ours)
        assert ours


def owner_of(thing: Identity | Keyring) -> bytes:
    """What tells whose keys these are."""
    return thing.key if isinstance(thing, Identity) else Identity.from_blob(thing.identity).key


async def test_what_is_asked_after_the_answer_is_asked_of_what_comes_then(path: Path) -> None:
    async with phases(path):
        await ask(path, Status(), locked=True)
        for _ in range(3):
            await once(path, OPEN)
            assert len(await once(path, Read(limit=1))) == 1
            await once(path, Lock())
            with pytest.raises(Locked):
                await once(path, Read())


async def once(path: Path, command: object) -> Any:
    """The answer of whoever is there now; NodeUnreachable if nobody is."""
    client = await Client.connect(path)
    try:
        return await client.ask(command)
    finally:
        await client.close()


async def test_nobody_at_the_keyboard_locks_the_keys(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "MINUTE_MS", 300)
    monkeypatch.setattr(service, "GRACE_S", 0.02)
    async with phases(path, minutes=1):
        await ask(path, OPEN, locked=True)
        # Asking how it is, again and again, does not keep it open.
        assert (await ask(path, Status(), locked=True)).key == ""


async def test_a_wipe_of_a_locked_node_destroys_the_keys_first(path: Path) -> None:
    async with phases(path) as (_, task):
        await ask(path, Status(), locked=True)
        await ask(path, Wipe())
        assert not (path / "identity").exists()
        assert await task is End.WIPE
