"""Whose a private frame is, if it is for us: our live prekeys against the people we hold."""

from typing import NamedTuple

from handheld.crypto.sealing import (
    FIRST_CONTACT,
    Opened,
    Probe,
    first_static,
    open_first,
    open_known,
    probe,
)
from handheld.errors import CryptoError
from handheld.node.effects import KeepLetter
from handheld.node.people import People
from handheld.node.prekeys import Prekeys
from handheld.values import dataclass
from handheld.wire.records import Letter, Private


@dataclass(frozen=True, slots=True)
class Arrived:
    """A private frame as it was heard; `at` is a wall-time label."""

    private: Private
    first: int
    now: int
    at: int
    flooded: bool
    carried: bool = False
    static: bytes = b""
    """Of a first contact whose writer is unknown so far: the key that his profile will name."""


class Found(NamedTuple):
    """A frame for us. `opened` is None when no profile names its writer's `static` key yet."""

    author: bytes
    opened: Opened | None
    static: bytes = b""


class Opener:
    """Tries a frame with every live prekey, at the price of one X25519 each."""

    def __init__(self, prekeys: Prekeys, people: People) -> None:
        self._prekeys = prekeys
        self._people = people

    def open(self, arrived: Arrived) -> Found | None:
        """Whose it is and what is in it; None if it is for somebody else, or from somebody unknown.

        CryptoError("low-order"): nobody can open it.
        """
        for prekey in self._prekeys.live:
            probed = probe(arrived.private, prekey)
            if probed.hint == FIRST_CONTACT and (first := self._first(arrived, probed)):
                return first
            for author in self._people.candidates(probed.hint):
                if author != self._own and (opened := self._known(arrived, probed, author)):
                    return Found(author, opened)
        return None

    @property
    def _own(self) -> bytes:
        return self._prekeys.identity.key

    def _known(self, arrived: Arrived, probed: Probe, author: bytes) -> Opened | None:
        try:
            return open_known(
                arrived.private,
                probed,
                first=arrived.first,
                author=author,
                static=self._people.static(author),
                reader=self._own,
            )
        except CryptoError:
            return None  # another's frame whose hint fell on this one by chance

    def _first(self, arrived: Arrived, probed: Probe) -> Found | None:
        first, reader = arrived.first, self._own
        try:
            static = first_static(arrived.private, probed, first=first, reader=reader)
        except CryptoError:
            return None  # not for us: a hint is four bytes, so any may fall on any
        for author in self._people.with_static(static):
            try:
                opened = open_first(
                    arrived.private, probed, first=first, author=author, static=static, reader=reader
                )
            except CryptoError:
                continue
            return Found(author, opened)
        return Found(b"", None, static)


def received(author: bytes, letter: Letter, powered: int, at: int, preimage: bytes, rank: int) -> KeepLetter:
    """A letter that was opened, as it is kept; `rank`: of its author."""
    return KeepLetter(
        peer=author,
        author=author,
        seq=letter.seq,
        lamport=letter.lamport,
        text=letter.text,
        own=False,
        at=at,
        preimage=preimage,
        kind=letter.kind,
        powered=powered,
        rank=rank,
    )
