"""The real node with the real store, in memory and in virtual time: effects are carried out on the spot."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, get_args

from handheld.clock import Entropy
from handheld.commands import READ_LIMIT, Post, Send, Share
from handheld.crypto.identity import Identity, leap
from handheld.crypto.vault import Vault
from handheld.daemon.saving import REFUSED, Stored, find, load, save_and_tell
from handheld.errors import Refused
from handheld.node.effects import (
    CheckOwn,
    Effect,
    FindAgain,
    FindGaps,
    Keep,
    KeepCopy,
    KeepFile,
    KeepKeys,
    KeepLetter,
    KeepPost,
    KeepRoom,
    KeepRoomPost,
    KeepState,
    LoadFile,
    Serve,
    Transmit,
)
from handheld.node.node import Node
from handheld.node.outbox import State
from handheld.node.saved import Saved
from handheld.node.shelf import NOBODY
from handheld.sim.ledger import CARRYING, LIVE, REPAIR
from handheld.store import messages, meta, migrate
from handheld.store.messages import Taken
from handheld.store.sealed import Connection

BOARD = "here"

WALL = 1_800_000_000
"""What the calendar says at second 0: a label, and nothing more."""

_VAULT = Vault(bytes(32))
"""Nothing of a simulated node is on a disk."""

_KEEPS = get_args(Keep)


def contents(head: bytes, size: int) -> bytes:
    """A file that nothing makes smaller, the same for the same head and size."""
    return head + b"\n" + hashlib.shake_128(head).digest(max(1, size - len(head) - 1))


def _how(keep: KeepPost | KeepLetter | KeepRoomPost) -> str:
    """How a message of somebody came: by itself, by repair, or carried."""
    if isinstance(keep, KeepPost):
        return REPAIR if keep.hops is None else LIVE
    return CARRYING if isinstance(keep, KeepLetter) and keep.carried else LIVE


class Host:
    """One Pi. `transmit` takes a token and a frame for the radio.

    `kept` hears the text of each message of others that was new, and how it came (see Ledger.kept),
    `delivered` the text of own ones with an ack.
    """

    def __init__(
        self,
        identity: Identity,
        build: Callable[[Identity, Saved], Node],
        transmit: Callable[[int, bytes], None],
        kept: Callable[[bytes, str], None],
        delivered: Callable[[bytes], None],
    ) -> None:
        self._identity = identity
        self._build = build
        self._transmit = transmit
        self._kept = kept
        self._delivered = delivered
        self._store = migrate.in_memory(_VAULT)
        self._aside: tuple[bytes, Connection] | None = None
        self._own: dict[int, bytes] = {}
        self._files: set[bytes] = set()
        self._wall = WALL
        self._start()

    def _start(self) -> None:
        self.node = self._build(self._identity, load(self._store, [BOARD], 0))

    def restart(self) -> None:
        """The process died, and was started again on what it had saved."""
        self._start()

    def back_up(self) -> None:
        """Put aside what a backup holds just now."""
        copy = migrate.in_memory(_VAULT)
        self._store.backup(copy)
        self._aside = self._identity.core, copy

    def restore(self, entropy: Entropy) -> None:
        """The device was lost, and made anew from what was put aside, as store/backup.py does it."""
        if self._aside is None:
            return
        core, self._store = self._aside
        self._aside = None
        messages.leap(self._store, messages.highest(self._store) + leap(entropy))
        self._identity = Identity.restored(core, meta.get(self._store, meta.ODOMETER), entropy)
        self._start()

    def texts(self) -> Iterator[bytes]:
        """Every message that is saved, newest first."""
        before = 0
        while page := messages.page(self._store, "", b"", before, READ_LIMIT):
            yield from (row.text for row in reversed(page))
            before = page[0].id

    def jump(self, seconds: int) -> None:
        """Somebody set the calendar."""
        self._wall += seconds

    def radio_up(self, airtime_us: int, now: int) -> None:
        """The radio answered; its longest frame takes `airtime_us`."""
        self.carry_out(self.node.radio_up(airtime_us, now), now)

    def radio_down(self, now: int) -> None:
        """The radio went."""
        self.node.radio_down(now)

    def heard(self, frame: bytes, rssi: int, now: int) -> None:
        """The radio hands up a new frame."""
        self.carry_out(self.node.receive(frame, rssi, now, self._wall + now // 1000), now)

    def sent(self, token: int, result: int, now: int) -> None:
        """The radio says what became of a frame."""
        self.carry_out(self.node.sent(token, result, now), now)

    def tick(self, now: int) -> None:
        """Do what is due."""
        self.carry_out(self.node.tick(now), now)

    def next_deadline(self) -> int | None:
        """When `tick` is wanted, in milliseconds."""
        return self.node.next_deadline()

    def write(self, reader: bytes | None, text: str, now: int, size: int = 0) -> None:
        """The owner writes, or shares a file of `size` bytes that begins with the text.

        A full queue refuses, as it would on a Pi: then it is never sent.
        """
        if size:
            who = reader.hex() if reader is not None else ""
            self.share(Share(text, who=who, yes=True), contents(text.encode(), size), now)
            return
        at = self._wall + now // 1000
        try:
            if reader is None:
                effects = self.node.post(Post(BOARD, text), at)
            else:
                effects = self.node.send(Send(reader.hex(), text), at)
        except Refused:
            return
        self.carry_out(effects, now)

    def share(self, command: Share, content: bytes, now: int) -> None:
        """The owner shares a file. What is refused is not shared."""
        try:
            _, effects = self.node.files.organ.share(command, content, self._wall + now // 1000)
        except Refused:
            return
        self.carry_out(effects, now)

    def carry_out(self, effects: list[Effect], now: int) -> None:
        """As daemon/executor.py: what stands before the first row at once, the rest when that is kept."""
        first = next((place for place, one in enumerate(effects) if isinstance(one, _KEEPS)), len(effects))
        self._act(effects[:first])
        keeps = [effect for effect in effects[first:] if isinstance(effect, _KEEPS)]
        more: list[Effect] = []
        saved, away = self._save(keeps)
        for keep, stored in zip(keeps, saved, strict=True):
            more += self._stored(keep, stored, now)
        more += self.node.lost(away, now)
        self._act(effects[first:])
        for effect in effects:
            if isinstance(effect, Serve):
                more += self.node.upkeep.served(find(self._store, effect), now)
        if more:
            self.carry_out(more, now)

    def _save(self, keeps: list[Keep]) -> tuple[list[Stored], list[tuple[bytes, int]]]:
        return save_and_tell(self._store, keeps)

    def _stored(self, keep: Keep, stored: Stored, now: int) -> list[Effect]:
        if isinstance(keep, KeepState) and keep.state == State.DELIVERED.value:
            self._delivered(self._own.pop(keep.message, b""))
        if isinstance(stored, list):
            return self._found(keep, stored, now)
        if isinstance(keep, KeepKeys):
            self._identity = Identity.from_blob(keep.blob)
        if isinstance(keep, KeepFile):
            self._look_at_file(keep)
        if isinstance(keep, KeepKeys | KeepCopy | KeepRoom | KeepFile):
            return self.node.kept(keep, 0, now)
        if isinstance(keep, CheckOwn):
            return self.node.copied(keep, now) if stored is Taken.DIFFERS else []
        if not isinstance(keep, KeepPost | KeepLetter | KeepRoomPost) or stored in REFUSED:
            return []
        if isinstance(stored, int) and keep.own:
            self._own[stored] = keep.text
        elif isinstance(stored, int):
            self._kept(keep.text, _how(keep))
        return self.node.kept(keep, stored if isinstance(stored, int) else 0, now)

    def _found(self, keep: Keep, found: list[Any], now: int) -> list[Effect]:
        if isinstance(keep, FindGaps):
            return self.node.gaps.found(keep.writer, found, now, self._wall)
        if isinstance(keep, FindAgain):
            return self.node.gaps.sealed_again(found, now)
        return self.node.files.organ.loaded(keep, found, now) if isinstance(keep, LoadFile) else []

    def _look_at_file(self, keep: KeepFile) -> None:
        """A file of somebody else's is whole: told once, if it is what was sent."""
        if keep.own or not keep.whole or keep.author == NOBODY or keep.tag in self._files:
            return
        self._files.add(keep.tag)
        entry = self.node.files.organ.shelf.get(keep.tag)
        try:
            content = self.node.files.organ.content(entry) if entry is not None else b""
        except Refused:
            return  # its manifest lied
        head = content.partition(b"\n")[0]
        if content == contents(head, len(content)):
            self._kept(head, LIVE)

    def _act(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Transmit):
                self._transmit(effect.token, effect.air)
