"""What we call people and how sure we are of them: three names, three levels, and names that look alike.

My name for somebody goes before a friend's, and that before his own. `=` is somebody whom the owner met, or
whose card he took; to give a name is no meeting. Nothing that a peer sends changes whose key a name means.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from handheld.crypto.cards import check_words
from handheld.errors import Refused
from handheld.lookalike import skeletons

WHO_MIN = 4
"""Hex digits of a key that may stand for its person."""

INTRODUCED_MAX = 64
"""People whom one person can introduce."""

HEX_DIGITS = "0123456789abcdef"

SELF, MET, INTRODUCED, UNKNOWN = "self", "met", "introduced", "unknown"
MARKS = {SELF: "*", MET: "=", INTRODUCED: "~", UNKNOWN: "?"}

_skeletons = lru_cache(4_096)(skeletons)
_check_words = lru_cache(4_096)(check_words)

Introduction = tuple[bytes, bytes, str]
"""Whose key, who introduced him, and under which name."""


class Called(NamedTuple):
    """How somebody is shown; the fields are those of events.Person."""

    name: str
    level: str
    petname: str
    named: bool
    beside: str


class Names:
    """Petnames, meetings and introductions by full key, and who is called like whom."""

    def __init__(
        self,
        own: bytes,
        petnames: Iterable[tuple[bytes, str]] = (),
        met: Iterable[bytes] = (),
        introductions: Iterable[Introduction] = (),
    ) -> None:
        self._own = own
        self._petnames = dict(petnames)
        self._met = set(met)
        self._introductions: dict[bytes, dict[bytes, str]] = {}
        for key, introducer, name in introductions:
            self._introductions.setdefault(key, {})[introducer] = name
        self._nickname = ""
        self._met_as: dict[bytes, str] = {}
        self._like: dict[str, set[bytes]] | None = None

    def call_self(self, nickname: str) -> None:
        """The owner's nickname: others who take it are pointed out."""
        self._nickname, self._like = nickname, None

    def calls_himself(self, key: bytes, nickname: str) -> None:
        """What somebody says his name is. Who was met goes by it until named: others are pointed out."""
        if key in self._met and self._met_as.get(key) != nickname:
            self._met_as[key] = nickname
            self._like = None

    def keys(self) -> Iterator[bytes]:
        """Everybody whom the owner named, met, or was introduced to."""
        yield from {**self._petnames, **dict.fromkeys(self._met), **self._introductions}

    def petname(self, key: bytes) -> str:
        """The owner's own name for somebody, or ""."""
        return self._petnames.get(key, "")

    def level(self, key: bytes) -> str:
        """How sure we are of somebody."""
        if key == self._own:
            return SELF
        return MET if key in self._met else INTRODUCED if key in self._introductions else UNKNOWN

    def give(self, key: bytes, petname: str) -> None:
        """The owner's own name for somebody, "" takes it away. Refused when it finds another already."""
        if len(petname) >= WHO_MIN and not petname.lower().strip(HEX_DIGITS):
            raise Refused(f"{petname} could be taken for the digits of a key. Choose another name.")
        holder = self.owner_of(petname)
        if holder not in {None, key}:
            raise Refused(
                f"You call {holder.hex()[:8]} {petname} already. Choose another name, or rename that one."
            )
        if petname:
            self._petnames[key] = petname
        else:
            self._petnames.pop(key, None)
        self._like = None

    def owner_of(self, petname: str) -> bytes | None:
        """Whose name this is in the owner's own words; never a name that another chose."""
        return next((key for key, held in self._petnames.items() if same(held, petname)), None)

    def meet(self, key: bytes, *, met: bool) -> None:
        """The owner met the holder of this key; or says that he did not, after all."""
        (self._met.add if met else self._met.discard)(key)

    def introduce(self, key: bytes, introducer: bytes, name: str) -> bool:
        """A contact says who somebody is; whether that counts.

        Only the word of people whom the owner met or named does, and of each for a number of people.
        """
        if introducer not in self._met and introducer not in self._petnames:
            return False
        held = self._introductions.get(key, {})
        if key in {self._own, introducer} or not name:
            return False
        if introducer not in held and self._introduced_by(introducer) >= INTRODUCED_MAX:
            return False
        self._introductions.setdefault(key, {})[introducer] = name
        self._like = None
        return True

    def called(self, key: bytes, nickname: str) -> Called:
        """How to show the holder of a key, who calls himself `nickname`, cleaned."""
        self.calls_himself(key, nickname)
        level, petname = self.level(key), self.petname(key)
        if level == SELF:
            return Called(nickname, level, "", True, "")
        if petname:
            return Called(petname, level, petname, True, "")
        introducer, name = next(iter(self._introductions.get(key, {}).items()), (b"", ""))
        if introducer:
            by = self._petnames.get(introducer) or introducer.hex()[:8]
            return Called(name, level, "", True, f"{self._warning(key, name)}by {by}")
        beside = _check_words(key) if level == UNKNOWN else ""
        return Called(nickname, level, "", False, f"{self._warning(key, nickname)}{beside}".strip())

    def _warning(self, key: bytes, name: str) -> str:
        alike = self._alike(key, name)
        return f"not {alike}! " if alike else ""

    def _alike(self, key: bytes, name: str) -> str:
        """The name of somebody else that this one may be taken for, or ""."""
        if self._like is None:
            self._like = {}
            for known, called in self._known_names():
                for skeleton in _skeletons(called):
                    self._like.setdefault(skeleton, set()).add(known)
        if not name or not self._like:
            return ""
        others = {other for skeleton in _skeletons(name) for other in self._like.get(skeleton, ())} - {key}
        first = min(others, default=None)
        return "" if first is None else "you" if first == self._own else self._first_name(first)

    def _known_names(self) -> Iterator[tuple[bytes, str]]:
        yield self._own, self._nickname
        yield from self._petnames.items()
        yield from (
            (key, self._met_as[key]) for key in self._met_as if key in self._met - self._petnames.keys()
        )
        for key, names in self._introductions.items():
            yield from ((key, name) for name in names.values())

    def _first_name(self, key: bytes) -> str:
        names = (self._petnames.get(key), self._met_as.get(key), *self._introductions.get(key, {}).values())
        return next(name for name in names if name)

    def _introduced_by(self, introducer: bytes) -> int:
        return sum(introducer in names for names in self._introductions.values())


def same(one: str, other: str) -> bool:
    """Whether two names are one to people: case does not count."""
    return one.casefold() == other.casefold()


def alike(one: str, other: str) -> bool:
    """Whether two names may be taken for each other."""
    return not _skeletons(one).isdisjoint(_skeletons(other))


def stands_beside(key: bytes, check: str) -> bool:
    """Whether these two words, such as "olive-tiger", stand beside the holder of this key."""
    return _check_words(key) == check
