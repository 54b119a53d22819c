"""The people whose signed profiles we hold, and who of them is a neighbour now."""

from collections.abc import Iterable
from dataclasses import dataclass

from handheld.errors import Refused, WireError
from handheld.events import Person
from handheld.text import clean_name
from handheld.wire.records import Profile

NEIGHBOUR_MS = 15 * 60 * 1000
"""A neighbour is the author of a signed public frame heard within this time."""

PEOPLE_MAX = 2_000
"""Profiles held in memory; beyond, whoever was heard least lately goes."""

WHO_MIN = 4
"""Hex digits of a key that may stand for its person."""

_HEX = 64
_HEX_DIGITS = "0123456789abcdef"
_INDEX = 4

SELF, UNKNOWN = "self", "unknown"
MARKS = {SELF: "*", "met": "=", "introduced": "~", UNKNOWN: "?"}


@dataclass(slots=True)
class Known:
    """One person: the newest profile, and when and how he was last heard in this run (None: not yet)."""

    profile: Profile
    heard: int | None = None
    hops: int | None = None
    rssi: int | None = None


class People:
    """Everybody by full key; a prefix of it is a look-up with all candidates. Petnames are not forgotten."""

    def __init__(
        self,
        own: bytes,
        profiles: Iterable[Profile] = (),
        petnames: Iterable[tuple[bytes, str]] = (),
    ) -> None:
        self._own = own
        self._known: dict[bytes, Known] = {}
        self._by_prefix: dict[bytes, list[bytes]] = {}
        self._petnames: dict[bytes, str] = dict(petnames)
        for profile in profiles:
            self._insert(profile)

    def __len__(self) -> int:
        return len(self._known)

    def learn(self, profile: Profile) -> bool:
        """Take a verified profile; True when it tells something new.

        WireError("epoch") when it is older than what we hold, or says other keys under the same epoch.
        """
        known = self._known.get(profile.author)
        if known is None:
            self._insert(profile)
            return True
        held = known.profile
        if profile.epoch < held.epoch:
            raise WireError("epoch", f"{profile.epoch} after {held.epoch}")
        keys = (profile.static, profile.prekey)
        if profile.epoch == held.epoch and keys != (held.static, held.prekey):
            raise WireError("epoch", f"other keys under epoch {profile.epoch}")
        known.profile = profile
        return profile.epoch != held.epoch or profile.nickname != held.nickname

    def heard(self, key: bytes, now: int, hops: int, rssi: int) -> bool:
        """Note a signed public frame of somebody known; True when he was no neighbour before."""
        known = self._known[key]
        fresh = not self._is_neighbour(known, now)
        if known.heard is not None and known.heard > now:
            return False  # a post that waited for this profile is older than the profile
        known.heard, known.hops, known.rssi = now, hops, rssi
        return fresh

    def candidates(self, prefix: bytes) -> list[bytes]:
        """The full keys that begin with these four to 32 bytes."""
        return [key for key in self._by_prefix.get(prefix[:_INDEX], ()) if key.startswith(prefix)]

    def beginning(self, prefix: bytes) -> list[bytes]:
        """The full keys that begin with these few bytes, by looking at all."""
        return [key for key in self._known if key.startswith(prefix)]

    def with_static(self, static: bytes) -> list[bytes]:
        """Whose profiles name this X25519 static key: anybody may claim anybody's."""
        return [key for key, known in self._known.items() if known.profile.static == static]

    def static(self, key: bytes) -> bytes:
        """The X25519 static key of somebody known."""
        return self._known[key].profile.static

    def prekey(self, key: bytes) -> bytes | None:
        """The current prekey of somebody; None while his profile has not been heard."""
        known = self._known.get(key)
        return None if known is None else known.profile.prekey

    def name(self, key: bytes, petname: str) -> None:
        """Give somebody the owner's own name for him, or with "" take it away.

        Refused when another has it already: a petname must find one person.
        """
        if len(petname) >= WHO_MIN and not petname.lower().strip(_HEX_DIGITS):
            raise Refused(f"{petname} could be taken for the digits of a key. Choose another name.")
        holder = next((other for other, held in self._petnames.items() if _same(held, petname)), key)
        if holder != key:
            raise Refused(
                f"You call {holder.hex()[:8]} {petname} already. Choose another name, or rename that one."
            )
        if petname:
            self._petnames[key] = petname
        else:
            self._petnames.pop(key, None)

    def find(self, who: str) -> bytes:
        """The one person meant by a petname, or by at least four hex digits of his key.

        Never by the name somebody gave himself: anybody can take any name. Refused says what to do.
        """
        for key, petname in self._petnames.items():
            if _same(petname, who.strip()):
                return key
        digits = who.strip().lower()
        if len(digits) < WHO_MIN or digits.strip(_HEX_DIGITS):
            raise Refused(self._no_petname(who))
        if len(digits) == _HEX:
            return bytes.fromhex(digits)
        found = [key for key in {*self._known, *self._petnames} if key.hex().startswith(digits)]
        if len(found) > 1:
            both = " and ".join(sorted(key.hex()[: len(digits) + 4] for key in found)[:2])
            raise Refused(f"{len(found)} keys begin with {who}: {both}. Write more of the one you mean.")
        if not found:
            raise Refused(f"Nobody known has a key that begins with {who}. See: pocketmesh people")
        return found[0]

    def namesakes(self, key: bytes) -> list[bytes]:
        """Others who call themselves what this person is called, by us or by himself."""
        known = self._known.get(key)
        names = {self._petnames.get(key, ""), clean_name(known.profile.nickname) if known else ""} - {""}
        return [
            other
            for other, held in self._known.items()
            if other not in {key, self._own}
            and any(_same(clean_name(held.profile.nickname), name) for name in names)
        ]

    def _no_petname(self, who: str) -> str:
        called = [
            key.hex()[:8]
            for key, known in self._known.items()
            if key != self._own and _same(clean_name(known.profile.nickname), who)
        ]
        if not called:
            return f"You have no name {who} for anybody. See: pocketmesh people"
        keys = ", key ".join(called[:3])
        return (
            f"You have no name {who} for anybody. Of those who call themselves that (key {keys}) each may be "
            f"anybody. Ask for the digits of the key, then say: pocketmesh name KEY {who}"
        )

    def neighbours(self, now: int) -> int:
        """How many neighbours there are."""
        return sum(self._is_neighbour(known, now) for known in self._known.values())

    def person(self, key: bytes, now: int) -> Person:
        """Somebody as he is shown; a key without a profile has no name."""
        known = self._known.get(key)
        level = SELF if key == self._own else UNKNOWN
        petname = self._petnames.get(key, "")
        if known is None:
            return Person(key.hex(), petname, level, MARKS[level], False, None, None, None, petname)
        heard_s = None if known.heard is None else (now - known.heard) // 1000
        return Person(
            key=key.hex(),
            name=petname or clean_name(known.profile.nickname),
            level=level,
            mark=MARKS[level],
            neighbour=self._is_neighbour(known, now),
            hops=known.hops,
            rssi=known.rssi,
            heard_s=heard_s,
            petname=petname,
        )

    def everybody(self, now: int) -> list[Person]:
        """All but ourselves: neighbours first, nearest first, then by when they were heard, then by name."""
        people = [self.person(key, now) for key in {**self._known, **self._petnames} if key != self._own]
        never = 1 << 62

        def rank(person: Person) -> tuple[bool, int, int, str, str]:
            hops = person.hops if person.neighbour and person.hops is not None else never
            heard_s = never if person.heard_s is None else person.heard_s
            return (not person.neighbour, hops, heard_s, person.name, person.key)

        return sorted(people, key=rank)

    def _is_neighbour(self, known: Known, now: int) -> bool:
        return known.heard is not None and now - known.heard <= NEIGHBOUR_MS

    def _insert(self, profile: Profile) -> None:
        if len(self._known) >= PEOPLE_MAX:
            self._forget_one()
        self._known[profile.author] = Known(profile)
        self._by_prefix.setdefault(profile.author[:_INDEX], []).append(profile.author)

    def _forget_one(self) -> None:
        others = [key for key in self._known if key != self._own and key not in self._petnames]
        others = others or [key for key in self._known if key != self._own]
        key = min(others, key=lambda other: -1 if (at := self._known[other].heard) is None else at)
        del self._known[key]
        self._by_prefix[key[:_INDEX]].remove(key)
        if not self._by_prefix[key[:_INDEX]]:
            del self._by_prefix[key[:_INDEX]]


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
