"""The people whose signed profiles we hold, and who of them is a neighbour now."""

from collections.abc import Iterable
from dataclasses import dataclass

from handheld.errors import Refused, WireError
from handheld.events import Person, PersonHeard
from handheld.node.effects import Effect, Tell
from handheld.node.names import HEX_DIGITS, MARKS, WHO_MIN, Names, alike, same, stands_beside
from handheld.node.standing import FOLLOW, Standing
from handheld.text import clean_name
from handheld.wire.records import Profile

NEIGHBOUR_MS = 15 * 60 * 1000
"""A neighbour is the author of a signed public frame heard within this time."""

PEOPLE_MAX = 2_000
"""Profiles held in memory; beyond, whoever was heard least lately goes."""

TWO_DEVICES = "writes on two devices"
"""Beside whoever signed two posts under one number: one of them may be somebody who took his keys."""

_HEX = 64
_INDEX = 4


@dataclass(slots=True)
class Known:
    """One person: the newest profile, and when and how he was last heard in this run (None: not yet)."""

    profile: Profile
    heard: int | None = None
    hops: int | None = None
    rssi: int | None = None


class People:
    """Everybody by full key; a prefix of it is a look-up with all candidates. Names are not forgotten."""

    def __init__(
        self,
        own: bytes,
        profiles: Iterable[Profile] = (),
        names: Names | None = None,
        relations: Iterable[tuple[bytes, int]] = (),
    ) -> None:
        self.own = own
        self.names = names or Names(own)
        self.standing = Standing(self.names, relations)
        self.copied: set[bytes] = set()
        """Who signed two posts under one number, so writes on two devices."""
        self._known: dict[bytes, Known] = {}
        self._by_prefix: dict[bytes, list[bytes]] = {}
        for profile in profiles:
            self._insert(profile)

    def __len__(self) -> int:
        return len(self._known)

    def all_keys(self) -> list[bytes]:
        """Everybody whose profile is held, or whom the owner named, met, was introduced to, or relates to."""
        return list({**self._known, **dict.fromkeys((*self.names.keys(), *self.standing.keys()))})

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
        self._tell_name(profile)
        return profile.epoch != held.epoch or profile.nickname != held.nickname

    def heard(self, key: bytes, now: int, hops: int, rssi: int | None) -> bool:
        """Note a signed public frame of somebody known; True when he was no neighbour before.

        `rssi` is None for what came over a local network.
        """
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

    def profile(self, key: bytes) -> Profile | None:
        """The newest profile of somebody, None if none is held."""
        known = self._known.get(key)
        return None if known is None else known.profile

    def epoch(self, key: bytes) -> int | None:
        """The epoch of the profile that is held of somebody."""
        profile = self.profile(key)
        return None if profile is None else profile.epoch

    def epochs(self) -> dict[bytes, int]:
        """The epochs of all profiles that are held, by key."""
        return {key: known.profile.epoch for key, known in self._known.items()}

    def prekey(self, key: bytes) -> bytes | None:
        """The current prekey of somebody; None while his profile has not been heard."""
        known = self._known.get(key)
        return None if known is None else known.profile.prekey

    def find(self, who: str) -> bytes:
        """The one person meant by a petname, the two check words, or at least four hex digits of the key.

        Never by a name that he or anybody else chose for him. Refused says what to do.
        """
        who = who.strip()
        if (owner := self.names.owner_of(who)) is not None:
            return owner
        digits = who.lower()
        if len(digits) == _HEX and not digits.strip(HEX_DIGITS):
            return bytes.fromhex(digits)
        is_key = len(digits) >= WHO_MIN and not digits.strip(HEX_DIGITS)
        found = [
            key
            for key in self.all_keys()
            if (key.hex().startswith(digits) if is_key else "-" in who and stands_beside(key, digits))
        ]
        if len(found) == 1:
            return found[0]
        if found:
            shown = len(digits) + 4 if is_key else 8
            both = " and ".join(sorted(key.hex()[:shown] for key in found)[:2])
            fit = "begin with" if is_key else "have the words"
            raise Refused(f"{len(found)} keys {fit} {who}: {both}. Write more of the one you mean.")
        if is_key:
            raise Refused(f"Nobody known has a key that begins with {who}. See: pocketmesh people")
        raise Refused(self._no_petname(who))

    def namesakes(self, key: bytes) -> list[bytes]:
        """Others who call themselves what this person is called by us or by himself, or nearly so."""
        known = self._known.get(key)
        names = {self.names.petname(key), clean_name(known.profile.nickname) if known else ""} - {""}
        return [
            other
            for other, held in self._known.items()
            if other not in {key, self.own}
            and any(alike(clean_name(held.profile.nickname), name) for name in names)
        ]

    def _no_petname(self, who: str) -> str:
        called = [
            key.hex()[:8]
            for key, known in self._known.items()
            if key != self.own and same(clean_name(known.profile.nickname), who)
        ]
        if not called:
            return f"You have no name {who} for anybody. See: pocketmesh people"
        keys = ", key ".join(called[:3])
        return (
            f"You have no name {who} for anybody. Of those who call themselves that (key {keys}) each may be "
            f"anybody. Ask for the digits of the key, then say: pocketmesh name KEY {who}"
        )

    def near(self, key: bytes, now: int, within: int = NEIGHBOUR_MS) -> bool:
        """Whether this person is a neighbour, or was heard within so many milliseconds."""
        known = self._known.get(key)
        return known is not None and known.heard is not None and now - known.heard <= within

    def twin(self, key: bytes, now: int) -> list[Effect]:
        """Somebody writes on two devices: that is told, once."""
        if key in self.copied:
            return []
        self.copied.add(key)
        return [Tell(PersonHeard(self.person(key, now), False))]

    def neighbours(self, now: int) -> int:
        """How many neighbours there are."""
        return sum(self._is_neighbour(known, now) for known in self._known.values())

    def person(self, key: bytes, now: int, nickname: bytes = b"") -> Person:
        """Somebody as he is shown; `nickname` is used as long as no profile says what he calls himself."""
        known = self._known.get(key)
        called = self.names.called(key, clean_name(known.profile.nickname if known else nickname))
        heard = None if known is None else known.heard
        return Person(
            key=key.hex(),
            name=called.name,
            level=called.level,
            mark=MARKS[called.level],
            neighbour=known is not None and self._is_neighbour(known, now),
            hops=known.hops if known else None,
            rssi=known.rssi if known else None,
            heard_s=None if heard is None else (now - heard) // 1000,
            petname=called.petname,
            named=called.named,
            beside=called.beside,
            by=_by(known),
            followed=self.standing.has(key, FOLLOW),
            muted=self.standing.muted(key),
            blocked=self.standing.blocked(key),
            relation=self._relation(key),
        )

    def _relation(self, key: bytes) -> str:
        words = [self.standing.words(key), TWO_DEVICES if key in self.copied else ""]
        return ", ".join(filter(None, words))

    def everybody(self, now: int) -> list[Person]:
        """All but ourselves: neighbours first, nearest first, then by when they were heard, then by name."""
        people = [self.person(key, now) for key in self.all_keys() if key != self.own]
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
        self._tell_name(profile)

    def _tell_name(self, profile: Profile) -> None:
        self.names.calls_himself(profile.author, clean_name(profile.nickname))

    def _forget_one(self) -> None:
        kept = {self.own, *self.names.keys(), *self.standing.keys()}
        others = [key for key in self._known if key not in kept]
        others = others or [key for key in self._known if key != self.own]
        key = min(others, key=lambda other: -1 if (at := self._known[other].heard) is None else at)
        del self._known[key]
        self._by_prefix[key[:_INDEX]].remove(key)
        if not self._by_prefix[key[:_INDEX]]:
            del self._by_prefix[key[:_INDEX]]


def _by(known: Known | None) -> str:
    if known is None or known.heard is None:
        return ""
    return "lan" if known.rssi is None else "radio"
