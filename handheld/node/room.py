"""One room: its keys, who is in it, and what keeps everybody on the same key. Pure values, no effects.

Nobody leads. Of two keys the one with the greater rank holds, and of what is known of a member the greatest
epoch: both are the same in whatever order they come. What is left to do after each change is a question to
the room, `duty`, and its answer is empty once all is well.
"""

import json
from dataclasses import field

from handheld.clock import Entropy
from handheld.crypto.rooms import RoomKey, next_key
from handheld.errors import CryptoError, Refused
from handheld.values import dataclass
from handheld.wire.constants import LetterKind
from handheld.wire.rooms import GONE_MAX, ROOM, RoomKeyLetter

KEYS_LIVE = 3
"""Keys of one room that are tried: the one that holds, and two that are older or lost against it."""

MEMBERS_MAX = 32
"""Others in one room, those who are gone included. A new key is a letter to each."""

EPOCH_LEAP = 256
"""A letter moves the epoch by this much at the most: one lie must not use all of them up."""

KIND = LetterKind.ROOM_KEY
_PREFIX = 8


@dataclass(frozen=True, repr=False)
class Held:
    """A key; the first 8 bytes of who was left out of it, of its maker (or none), of who is in again."""

    key: RoomKey
    gone: tuple[bytes, ...] = ()
    maker: bytes = b""
    back: tuple[bytes, ...] = ()


@dataclass(slots=True)
class Member:
    """Somebody else. In the room if `since`, the last epoch that others gave him, is above `gone`.

    `gone`: the last epoch he was left out of. `ours`: it was we who invited him or took him out, and nobody
    else may know of it yet.
    """

    since: int = 0
    gone: int = 0
    ours: bool = False

    @property
    def inside(self) -> bool:
        """Whether he is in the room."""
        return self.since > self.gone


@dataclass(frozen=True)
class Duty:
    """What a change leaves to do: make a new key, or else write `held` to these, or the one that holds."""

    rotate: bool = False
    tell: tuple[bytes, ...] = ()
    held: Held | None = None


@dataclass()
class Room:
    """A room we are in, or, with an `inviter`, one we are asked into. The first of `keys` holds.

    `own` is our own identity.
    """

    name: str
    own: bytes
    keys: list[Held] = field(repr=False)
    members: dict[bytes, Member] = field(default_factory=dict)
    words: str = field(default="", repr=False)
    inviter: bytes = b""

    @property
    def id(self) -> bytes:
        """Its number, 8 bytes."""
        return self.current.key.room

    @property
    def current(self) -> Held:
        """The key that holds."""
        return self.keys[0]

    @property
    def inside(self) -> list[bytes]:
        """The others who are in it."""
        return [key for key, member in self.members.items() if member.inside]

    @property
    def leaked(self) -> list[bytes]:
        """Members who are gone and may have the key that holds, until there is another."""
        return [
            key
            for key, member in self.members.items()
            if not member.inside and key[:_PREFIX] in self._out() and key[:_PREFIX] not in self.current.gone
        ]

    def is_gone(self, author: bytes) -> bool:
        """Whether he was in, and is no more."""
        member = self.members.get(author)
        return self._listed(author) > 0 if member is None else not member.inside

    @property
    def is_ours(self) -> bool:
        """Whether we made the key that holds."""
        return self.current.maker == self._name

    def is_old(self, key: RoomKey) -> bool:
        """Whether another key holds now."""
        return key.ident != self.current.key.ident

    def heard(self, author: bytes) -> bool:
        """He wrote under one of its keys; whether that told us something.

        Who is gone stays so: he may have a key from somebody who did not know it yet. Only a letter lets
        him in again.
        """
        member = self._member(author)
        if member is None or (member.since and not (member.ours and member.inside)):
            return False
        member.since = member.since or 1
        member.ours = member.ours and not member.inside
        return True

    def invite(self, who: bytes, entropy: Entropy) -> Duty:
        """Let somebody in; whoever was gone gets in with a new key. Refused when it is full."""
        member = self._member(who)
        if member is None:
            raise Refused(f"The room is full: {MEMBERS_MAX} others are in it, or were.")
        member.ours = True
        if self.is_gone(who) and member.gone:
            member.since = self.current.key.epoch + 1
            return self._rotate(entropy, (who[:_PREFIX],))
        member.since = self.current.key.epoch
        return Duty(tell=(who,))

    def remove(self, who: bytes, entropy: Entropy) -> Duty:
        """Take somebody out: everybody else gets a new key. Refused if he is not in it."""
        member = self.members.get(who)
        if member is None or not member.inside:
            raise Refused("This person is not known to be in the room.")
        member.gone, member.ours = self.current.key.epoch + 1, True
        return self.rotate(entropy)

    def leave(self, entropy: Entropy) -> Held:
        """The key that those who stay are to have; to be written to all `inside`, and forgotten."""
        key = self._next(entropy)
        return Held(key, (self._name, *self._out())[:GONE_MAX], self._name)

    def rotate(self, entropy: Entropy) -> Duty:
        """Make a key of the next epoch for all who are in it."""
        return self._rotate(entropy)

    def _rotate(self, entropy: Entropy, back: tuple[bytes, ...] = ()) -> Duty:
        # In a letter an empty place stands before those who are in again.
        places = GONE_MAX - len(back) - 1 if back else GONE_MAX
        held = Held(self._next(entropy), self._out()[:places], self._name, back)
        # Who is left out of it has what came before at the most, whatever he writes under that.
        self._mark(held)
        self._add(held)
        return Duty(tell=tuple(self.inside))

    def take(self, held: Held, sender: bytes) -> Duty | None:
        """A key that `sender` wrote to us, or (b"") a card brought; None if it is refused, or no news."""
        before, member = self.current, self.members.get(sender)
        gone = self._listed(sender) if member is None else member.gone
        # What he made before he could know that he was left out still counts.
        if self.is_gone(sender) and held.key.epoch > gone:
            return None
        if held.key.epoch > before.key.epoch + EPOCH_LEAP:
            return None
        known = any(one.key.ident == held.key.ident for one in self.keys)
        if sender and member is None and self.inside and not known:
            # Whoever once was here knows the room's number for ever. Only members make its keys.
            return None
        news = self._mark(held) or not known
        if sender and sender[:_PREFIX] not in held.gone and sender not in self.members:
            news = self.heard(sender) or news
        if not known:
            self._add(held)
        return self._duty(before, sender) if news else None

    def _slipped_in(self, sender: bytes) -> bool:
        """Whether somebody whom another key leaves out made the current one, so that he can read it."""
        if not sender or not self.is_gone(sender):
            return False
        current = self.current.key.ident
        return any(sender[:_PREFIX] in one.gone and one.key.ident != current for one in self.keys)

    def _duty(self, before: Held, sender: bytes) -> Duty:
        now, first = self.current, min(self.inside, default=self.own)
        missing = [prefix for prefix in self._out() if prefix not in now.gone]
        if now is not before and self._slipped_in(sender):
            missing.append(sender[:_PREFIX])
        # Some do it, and not all: whose doing it was, and the first in order, should both of those be gone.
        if missing and (self.is_ours or any(map(self._took_out, missing)) or self.own <= first):
            return Duty(rotate=True)
        if now.maker in missing:
            # The first in order may have refused this key: it came from somebody whom he knew to be gone.
            return Duty(tell=(first,))
        if missing:
            # Nor need he have any key that says so, and the one that holds does not.
            says = (one for one in self.keys if not set(missing).isdisjoint(one.gone))
            if held := next(says, None):
                return Duty(tell=(first,), held=held)
        if now is before or self.is_ours:
            return Duty()
        # Those to whom ours was given may be unknown to whoever made this one, and so may our guests be.
        lost = before.maker == self._name and before.key.epoch == now.key.epoch
        return Duty(
            tell=tuple(key for key in self.inside if key != sender and (lost or self.members[key].ours))
        )

    def letter(self, held: Held) -> RoomKeyLetter:
        """What is written to bring this key."""
        places = [*held.gone, bytes(_PREFIX), *held.back] if held.back else held.gone
        gone = b"".join(places).ljust(GONE_MAX * _PREFIX, b"\0")
        key = held.key
        maker = held.maker.ljust(_PREFIX, b"\0")
        return RoomKeyLetter(key.room, key.epoch, key.secret, maker, gone, self.name.encode())

    def pack(self) -> bytes:
        """All but number and name, for the store."""
        keys = [
            [
                one.key.epoch,
                one.key.secret.hex(),
                [prefix.hex() for prefix in one.gone],
                one.maker.hex(),
                [prefix.hex() for prefix in one.back],
            ]
            for one in self.keys
        ]
        members = [[key.hex(), one.since, one.gone, one.ours] for key, one in self.members.items()]
        content = {"inviter": self.inviter.hex(), "words": self.words, "keys": keys, "members": members}
        return json.dumps(content, separators=(",", ":")).encode()

    @classmethod
    def unpack(cls, number: bytes, name: str, own: bytes, packed: bytes) -> "Room":
        """What `pack` made; ValueError if it is damaged."""
        try:
            content = json.loads(packed)
            keys = [
                Held(
                    RoomKey(number, epoch, bytes.fromhex(secret)),
                    tuple(map(bytes.fromhex, gone)),
                    bytes.fromhex(maker),
                    tuple(map(bytes.fromhex, back)),
                )
                for epoch, secret, gone, maker, back in content["keys"]
            ]
            members = {bytes.fromhex(key): Member(*rest) for key, *rest in content["members"]}
            inviter = bytes.fromhex(content["inviter"])
            room = cls(name, own, keys, members, content["words"], inviter)
        except (KeyError, TypeError) as error:
            raise ValueError(str(error)) from None
        if not keys or len(number) != ROOM:
            raise ValueError("no key")
        return room

    @property
    def _name(self) -> bytes:
        return self.own[:_PREFIX]

    def _next(self, entropy: Entropy) -> RoomKey:
        try:
            return next_key(self.current.key, entropy)
        except CryptoError:
            raise Refused("This room has had all its keys. Make a new one, and invite everybody.") from None

    def _add(self, held: Held) -> None:
        self.keys = sorted([*self.keys, held], key=lambda one: one.key.rank, reverse=True)[:KEYS_LIVE]
        if self.current is held:
            self.words = ""  # they stand for the first key

    def _mark(self, held: Held) -> bool:
        """Note whom this key was not given to, and who is in again by it; whether any of it was news."""
        news, epoch = False, held.key.epoch
        for key, member in self.members.items():
            if key[:_PREFIX] in held.gone and member.gone < epoch:
                member.gone, news = epoch, True
            if key[:_PREFIX] in held.back and member.since < epoch:
                member.since, news = epoch, True
        return news

    def _member(self, who: bytes) -> Member | None:
        """His entry, made if there is room for it."""
        if who not in self.members and len(self.members) < MEMBERS_MAX:
            self.members[who] = Member(gone=self._listed(who))
        return self.members.get(who)

    def _listed(self, who: bytes) -> int:
        """The last epoch that a key we hold leaves him out of; 0 if one lets him in again."""
        gone = max((one.key.epoch for one in self.keys if who[:_PREFIX] in one.gone), default=0)
        back = max((one.key.epoch for one in self.keys if who[:_PREFIX] in one.back), default=0)
        return gone if gone >= back else 0

    def _took_out(self, prefix: bytes) -> bool:
        return any(member.ours for key, member in self.members.items() if key[:_PREFIX] == prefix)

    def _out(self) -> tuple[bytes, ...]:
        """Who is gone, the latest first, as many as a letter has room for."""
        known = {key[:_PREFIX]: member for key, member in self.members.items()}
        gone = {prefix: member.gone for prefix, member in known.items() if not member.inside and member.gone}
        for held in self.keys:
            for prefix in held.gone:
                if prefix not in known and self._listed(prefix):
                    gone[prefix] = max(gone.get(prefix, 0), held.key.epoch)
        latest = sorted(gone.items(), key=lambda item: (item[1], item[0]), reverse=True)
        return tuple(prefix for prefix, _ in latest[:GONE_MAX])
