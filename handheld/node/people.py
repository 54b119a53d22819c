"""The people whose signed profiles we hold, and who of them is a neighbour now."""

from collections.abc import Iterable
from dataclasses import dataclass

from handheld.errors import WireError
from handheld.events import Person
from handheld.text import clean_name
from handheld.wire.records import Profile

NEIGHBOUR_MS = 15 * 60 * 1000
"""A neighbour is the author of a signed public frame heard within this time."""

PEOPLE_MAX = 2_000
"""Profiles held in memory; beyond, whoever was heard least lately goes."""

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
    """Everybody by full key; eight bytes of it are a look-up with all candidates."""

    def __init__(self, own: bytes, profiles: Iterable[Profile] = ()) -> None:
        self._own = own
        self._known: dict[bytes, Known] = {}
        self._by_prefix: dict[bytes, list[bytes]] = {}
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
        """The full keys that begin with these eight bytes."""
        return self._by_prefix.get(prefix, [])

    def neighbours(self, now: int) -> int:
        """How many neighbours there are."""
        return sum(self._is_neighbour(known, now) for known in self._known.values())

    def person(self, key: bytes, now: int) -> Person:
        """Somebody as he is shown; a key without a profile has no name."""
        known = self._known.get(key)
        level = SELF if key == self._own else UNKNOWN
        if known is None:
            return Person(key.hex(), "", level, MARKS[level], False, None, None, None)
        heard_s = None if known.heard is None else (now - known.heard) // 1000
        return Person(
            key=key.hex(),
            name=clean_name(known.profile.nickname),
            level=level,
            mark=MARKS[level],
            neighbour=self._is_neighbour(known, now),
            hops=known.hops,
            rssi=known.rssi,
            heard_s=heard_s,
        )

    def everybody(self, now: int) -> list[Person]:
        """All but ourselves: neighbours first, nearest first, then by when they were heard, then by name."""
        people = [self.person(key, now) for key in self._known if key != self._own]
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
        self._by_prefix.setdefault(profile.author[:8], []).append(profile.author)

    def _forget_one(self) -> None:
        others = (key for key in self._known if key != self._own)
        key = min(others, key=lambda other: -1 if (at := self._known[other].heard) is None else at)
        del self._known[key]
        self._by_prefix[key[:8]].remove(key)
        if not self._by_prefix[key[:8]]:
            del self._by_prefix[key[:8]]
