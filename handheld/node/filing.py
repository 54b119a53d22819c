"""The organ for files, built when the first one is heard of, shared or was kept: most nodes start without."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from handheld.errors import WireError
from handheld.node.effects import Effect, KeepFile, KeepLetter, KeepPost, KeepRoomPost
from handheld.node.letters import Kind
from handheld.wire.air import AirFrame
from handheld.wire.constants import AirKind, LetterKind, PostType, RoomType

if TYPE_CHECKING:
    from handheld.clock import Entropy
    from handheld.node.mail import Mail
    from handheld.node.odometer import Odometer
    from handheld.node.outbound import Outbound
    from handheld.node.people import People
    from handheld.node.prekeys import Prekeys
    from handheld.node.rooms import Rooms
    from handheld.node.sharing import Sharing, Write

Listen = Callable[[AirKind, Callable[[AirFrame, int], list[Effect]]], None]
"""Has the frames of a kind handed over."""

LIMIT = 64 << 10
"""Bytes of a file over the air, unless the settings say more."""


class Filing:
    """Stands for `Sharing`, which is made of `organs` and whose verbs it has; `kept`: what the store held.

    A `box` gathers what is public for those who come later, and keeps ten times as much.
    """

    def __init__(
        self,
        organs: tuple[People, Mail, Rooms, Odometer, Outbound, Entropy, Prekeys],
        write: Write,
        kept: Iterable[tuple[KeepFile, int]],
        *,
        box: bool,
        invisible: bool = False,
    ) -> None:
        self._organs = organs
        self._write = write
        self._box = box
        self._invisible = invisible
        self._sharing: Sharing | None = None
        self._airtime_us = 0
        self._limit = LIMIT
        organs[1].kinds[LetterKind.FILE_KEY] = Kind("file", self._shown, self._letter)
        self._kept = list(kept)

    @property
    def organ(self) -> Sharing:
        """The organ itself, from now on."""
        if self._sharing is None:
            from handheld.node.fileholders import Holders  # noqa: PLC0415
            from handheld.node.sharing import Sharing  # noqa: PLC0415 - most nodes start without

            people, mail, rooms, odometer, outbound, entropy, prekeys = self._organs
            sharing = Sharing(people, mail, rooms, odometer, outbound, entropy, self._write)
            moved = sharing.shelf, sharing.courier, outbound, entropy
            sharing.holders = Holders(prekeys, people, *moved, invisible=self._invisible)
            self._sharing = sharing
            self._sharing.limit = self._limit
            if self._box:
                self._sharing.gather_all()
            self._sharing.radio(self._airtime_us, 0)
        return self._sharing

    def open(self, listen: Listen) -> list[Effect]:
        """Hear frames about files, take in what the store held; what of it could not be read."""
        listen(AirKind.SYMBOL, self._symbol)
        listen(AirKind.NEED, self._need)
        kept, self._kept = self._kept, []
        return self.organ.restore(kept) if kept else []

    def limit(self, kilobytes: int) -> None:
        """The largest file that is shared, or comes unasked."""
        self._limit = kilobytes << 10
        if self._sharing is not None:
            self._sharing.limit = self._limit

    def _symbol(self, air: AirFrame, now: int) -> list[Effect]:
        return self.organ.symbol(air, now)

    def _need(self, air: AirFrame, now: int) -> list[Effect]:
        return self.organ.need(air, now)

    def unsaved(self, effects: Iterable[Effect], now: int) -> list[Effect]:
        """None of these could be saved: what to tell of it."""
        sharing = self._sharing
        waiting = sharing.unsaved.failed(effects, now) if sharing is not None else []
        return [told for entry in waiting for told in self.organ.tell(entry, now)]

    def kept(self, keep: KeepPost | KeepRoomPost | KeepFile, now: int) -> list[Effect]:
        """A row is durable: somebody else's manifest, or what is known of a file."""
        if isinstance(keep, KeepFile):
            return self.organ.kept(keep, now)
        kind = PostType.FILE if isinstance(keep, KeepPost) else RoomType.FILE
        return self.organ.told(keep, now) if keep.kind == kind and not keep.own else []

    def radio(self, airtime_us: int, now: int) -> list[Effect]:
        """A radio is there whose longest frame takes so long."""
        self._airtime_us = airtime_us
        return self._sharing.radio(airtime_us, now) if self._sharing is not None else []

    def next_deadline(self) -> int | None:
        """When `pump` is wanted."""
        return self._sharing.next_deadline() if self._sharing is not None else None

    def pump(self, now: int) -> list[Effect]:
        """Give the radio one frame of a file, if nothing else waits for it."""
        return self._sharing.pump(now) if self._sharing is not None else []

    def expire(self, powered: int) -> list[Effect]:
        """Forget what is too old."""
        return self._sharing.expire(powered) if self._sharing is not None else []

    def _letter(self, letter: KeepLetter, now: int) -> list[Effect]:
        return self.organ.letter(letter, now)

    def _shown(self, body: bytes, _own: bool) -> str:
        from handheld.files.names import described  # noqa: PLC0415 - most nodes start without
        from handheld.node.shelf import read_sealed  # noqa: PLC0415

        try:
            return described(read_sealed(body)[1])
        except WireError:
            return "A file whose manifest cannot be read."
