"""The journey up: an air frame that our radio heard becomes people, posts and events, or is dropped.

The order here is the order of distrust: shape, then authorship, then what we hold already.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from handheld.crypto.signing import verify_post, verify_profile
from handheld.errors import CryptoError, WireError
from handheld.events import PersonHeard
from handheld.node.carrying import frame_id
from handheld.node.effects import Dropped, Effect, KeepPost, KeepProfile, Tell
from handheld.node.following import Following
from handheld.node.mail import Mail
from handheld.node.postings import DISTRESS, Postings
from handheld.node.presence import Presence
from handheld.node.repair import Upkeep
from handheld.node.rooms import Rooms
from handheld.node.standing import BLOCKED
from handheld.node.trials import Trials
from handheld.values import dataclass
from handheld.wire.air import NO_MAC, AirFrame, AirPath, AirPlain, decode_air, hop_byte
from handheld.wire.codec import decode
from handheld.wire.constants import PUBLIC_START_TTL, AirKind, AirMode, ExtensionType, PostType, ProfileFlag
from handheld.wire.pairs import letters_of
from handheld.wire.receipts import preimages_of
from handheld.wire.records import NOBODY, Extension, Here, Post, Profile

_PUBLIC = (AirKind.PROFILE, AirKind.POST, AirKind.HERE)

REPAIR = (AirKind.BOARD, AirKind.BEACON, AirKind.VECTOR, AirKind.OFFER)
"""Kinds by which devices find out who lacks what."""

_RECORDS = (
    AirKind.PROFILE,
    AirKind.BOARD,
    AirKind.POST,
    AirKind.PRIVATE,
    AirKind.ACK,
    AirKind.ROOM,
)
"""Kinds that are worth carrying in a file; others are of a moment, or of one conversation."""

OURSELVES = 0
"""dBm at which our radio tells us of its own hello: nobody else is heard as loud."""

_OWN = Dropped("own", "signed by our own key")

PENDING_MAX = 64
"""Posts held in memory until their author's profile or their board is known."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """One frame as it was heard: its frame, when (ms), over how many hops, how strong (dBm), wall label.

    A frame from a local network has no strength. What was brought in a file was `age` seconds old then.
    """

    air: AirFrame
    now: int
    hops: int
    rssi: int | None
    at: int
    age: int = 0

    @property
    def carried(self) -> bool:
        """Whether somebody handed it on who carries it: its author need not be near."""
        return self.air.mode is AirMode.ONE_HOP and self.air.ttl == 1


class Echo(Protocol):
    """Who looks at what our own key has signed."""

    def profile(self, profile: Profile, now: int) -> list[Effect]:
        """A profile, by us or by a copy of us."""
        ...

    def post(self, post: Post, raw: bytes, now: int) -> list[Effect]:
        """A post; `raw` is byte 0 and the body."""
        ...


class Inbound:
    """Takes frames apart; holds nothing but the posts that wait for a profile."""

    def __init__(
        self,
        echo: Echo,
        following: Following,
        presence: Presence,
        mail: Mail,
        rooms: Rooms,
        postings: Postings,
        upkeep: Upkeep,
        meeting: Callable[[bytes, int], list[Effect]],
    ) -> None:
        self._echo = echo
        self._people = following.people
        self._following = following
        self._presence = presence
        self._pending: deque[Hearing] = deque(maxlen=PENDING_MAX)
        self._mail = mail
        self._rooms = rooms
        self._postings = postings
        self._upkeep = upkeep
        self._trials: dict[int, Trials[Any]] = {AirKind.PRIVATE: mail.trials, AirKind.ROOM: rooms.trials}
        self._by_kind: dict[int, Callable[[Hearing], list[Effect]]] = {
            AirKind.PROFILE: self._profile,
            AirKind.POST: self._post,
            AirKind.PRIVATE: self._private,
            AirKind.ACK: self._ack,
            AirKind.HERE: self._here,
            AirKind.ROOM: self._room,
            AirKind.MEET: lambda heard: meeting(heard.air.body, heard.now),
            AirKind.SESSION: self._session,
            AirKind.EXTENSION: self._extension,
            **dict.fromkeys(REPAIR, lambda heard: upkeep.receive(heard.air, heard.now)),
        }
        self._of_carriers: dict[int, Callable[[Extension, Hearing], list[Effect]]] = {
            ExtensionType.RECEIPTS: lambda said, heard: mail.answered(preimages_of(said), heard.now),
            ExtensionType.LETTERS: self._letters,
        }

    def on(self, kind: AirKind, take: Callable[[AirFrame, int], list[Effect]]) -> None:
        """Have an organ of its own take the frames of this kind."""
        self._by_kind[kind] = lambda heard: take(heard.air, heard.now)

    def receive(self, data: bytes, rssi: int | None, now: int, at: int) -> list[Effect]:
        """One frame from the radio. Whatever a peer did wrong comes back as a Dropped effect."""
        try:
            heard = self._hearing(data, rssi, now, at)
            return self._by_kind[heard.air.kind](heard)
        except (WireError, CryptoError) as error:
            return [Dropped(error.reason, str(error))]

    def brought(self, raw: bytes, age_s: int, now: int, at: int) -> list[Effect]:
        """One record, byte 0 and body, of a file: as if a carrier handed it on. Else as `receive`.

        What is sealed is tried at once: the cap on tries is for strangers on the air.
        """
        try:
            air = AirPlain(raw[0], hop_byte(AirMode.ONE_HOP, 1), NO_MAC, raw[1:])
            air.check()
            take = self._by_kind[air.kind] if air.kind in _RECORDS else self._no_record
            if air.kind in self._trials:
                self._trials[air.kind].allow()
            return take(Hearing(air, now, 1, None, at, age_s))
        except (WireError, CryptoError) as error:
            return [Dropped(error.reason, str(error))]

    def _no_record(self, heard: Hearing) -> list[Effect]:
        raise WireError("kind", f"air kind {heard.air.kind}")

    def board_followed(self) -> list[Effect]:
        """Try again what waited, now that one more board is known."""
        return self._retry(lambda post: bool(self._upkeep.boards.candidates(post.channel)))

    def _hearing(self, data: bytes, rssi: int | None, now: int, at: int) -> Hearing:
        air = decode_air(data)
        if air.kind not in self._by_kind:
            raise WireError("kind", f"air kind {air.kind}")
        hops = 1 if air.mode is AirMode.ONE_HOP else PUBLIC_START_TTL + 1 - air.ttl
        if air.kind in _PUBLIC and hops < 1:
            raise WireError("ttl", f"public frame with ttl {air.ttl}")
        return Hearing(air, now, hops, rssi, at)

    def _private(self, heard: Hearing) -> list[Effect]:
        age, effects = self._carry(heard)
        return [*effects, *self._mail.receive(heard.air, heard.now, heard.at - age)]

    def _carry(self, heard: Hearing) -> tuple[int, list[Effect]]:
        """How old a frame is that may be carried, and what comes of carrying it."""
        air = heard.air
        raw = bytes([air.first]) + air.body
        # Of a private frame no radio passes on any name but its own.
        source = air.path[-1:] if isinstance(air, AirPath) and air.mode is AirMode.COLLECT else b""
        carrying = self._mail.carrying
        if heard.age:
            carrying.expect(frame_id(raw), heard.age)
        if air.mode is AirMode.WAY:
            # Whoever it is for is in reach; its ack comes by way, too, and not to all who hear this.
            return 0, []
        if heard.carried:
            self._upkeep.handed(frame_id(raw), heard.now)
        return carrying.age(raw), carrying.heard(raw, heard.now, source)

    def _session(self, heard: Hearing) -> list[Effect]:
        return self._mail.receive_short(heard.air, heard.now, heard.at)

    def _ack(self, heard: Hearing) -> list[Effect]:
        return self._mail.acked(heard.air, heard.now)

    def _extension(self, heard: Hearing) -> list[Effect]:
        said = decode(Extension, heard.air.body)
        if said.type in self._of_carriers:
            if heard.air.mode is not AirMode.ONE_HOP:
                raise WireError("mode", "what carriers say, but further than one hop")
            return self._of_carriers[said.type](said, heard)
        if not isinstance(heard.air, AirPath) or not heard.air.path:
            raise WireError("mode", "an extension of nobody's radio")
        if heard.air.mode is AirMode.WAY:
            return []  # it is for the radio at the end of that way
        self._mail.routes.gossip.receive(heard.air.path, heard.air.quality, said, heard.now)
        return []

    def _letters(self, said: Extension, heard: Hearing) -> list[Effect]:
        """Each as if it had come by itself."""
        effects: list[Effect] = []
        for raw in letters_of(said):
            air = AirPlain(raw[0], hop_byte(AirMode.ONE_HOP, 1), NO_MAC, raw[1:])
            effects += self._private(replace(heard, air=air))
        return effects

    def _here(self, heard: Hearing) -> list[Effect]:
        here = decode(Here, heard.air.body)
        if not isinstance(heard.air, AirPath) or heard.air.mode is not AirMode.COLLECT:
            raise WireError("mode", f"a here in mode {heard.air.mode.name.lower()}")
        if self._people.own.startswith(here.author):
            raise WireError("own", "our own here came back")
        if heard.rssi == OURSELVES and here.author == NOBODY:
            self._mail.routes.gossip.ours(heard.air.path[-1], heard.now)
            return []
        if len(heard.air.path) == 2 and heard.air.ttl == 1:
            self._mail.routes.gossip.renamed(heard.air.path, heard.air.quality, heard.now)
        elif heard.air.path:
            self._mail.routes.gossip.said(heard.air.path, heard.air.quality, here.names, heard.now)
        if here.author == NOBODY:
            return []  # a radio speaks to radios, of links
        self._mail.routes.here(here.author, heard.now)
        self._learn_way(here.author, heard)
        return []

    def _learn_way(self, author: bytes, heard: Hearing) -> None:
        if isinstance(heard.air, AirPath) and heard.air.mode is AirMode.COLLECT:
            self._mail.routes.learn(author, heard.air.path, heard.air.quality, heard.now)

    def _room(self, heard: Hearing) -> list[Effect]:
        age, effects = self._carry(heard)
        return [*effects, *self._rooms.receive(heard.air, heard.now, heard.at - age)]

    def _profile(self, heard: Hearing) -> list[Effect]:
        profile = decode(Profile, heard.air.body)
        verify_profile(heard.air.first, profile)
        if heard.carried:
            self._upkeep.carried(profile.author, 0, heard.now)
        if profile.author == self._people.own:
            return [_OWN, *self._echo.profile(profile, heard.now)]
        known = profile.author in self._people.candidates(profile.author[:8])
        news = self._people.learn(profile)
        if not heard.carried:
            if not known or profile.flags & ProfileFlag.SOLICIT:
                self._presence.stranger(heard.now, unnamed=False)
            else:
                self._presence.answered(heard.now)
        raw = bytes([heard.air.first]) + heard.air.body
        effects: list[Effect] = []
        if news:
            self._upkeep.profile(profile.author, profile.epoch, heard.now, live=not heard.carried)
            effects.append(KeepProfile(profile.author, profile.epoch, raw, heard.at))
            effects += self._mail.learned(profile.author, heard.now)
        effects += self._heard(profile.author, heard)
        if not known:
            prefix = profile.author[:8]
            effects += self._retry(lambda post: post.author == prefix)
            effects += self._rooms.learned(profile.author, heard.now)
        return effects

    def _post(self, heard: Hearing) -> list[Effect]:
        post = decode(Post, heard.air.body)
        authors = self._people.candidates(post.author)
        boards = self._upkeep.boards.candidates(post.channel)
        if post.type == PostType.ALERT and DISTRESS not in boards:
            boards = [*boards, DISTRESS]
        if not authors and not heard.carried:
            self._presence.stranger(heard.now, unnamed=True)
        if not authors or not boards:
            self._pending.append(heard)
            waits = "author" if not authors else "board"
            raise WireError(f"unknown {waits}", "kept for a while, in case we learn of it")
        author, board = self._signed_by(heard.air.first, post, authors, boards)
        raw = bytes([heard.air.first]) + heard.air.body
        age = self._upkeep.carried(author, post.seq, heard.now) if heard.carried else 0
        age = heard.age or age
        if author == self._people.own:
            # What we wrote before we were restored from a backup comes back by those who kept it.
            news = not heard.carried or self._upkeep.holds(author, post.seq)
            return [_OWN, *(self._echo.post(post, raw, heard.now) if news else [])]
        rank = self._following.rank(author, board)
        if rank == BLOCKED:
            self._upkeep.refuse(author, post.seq)
            return [Dropped("blocked", "a post of somebody blocked"), *self._heard(author, heard)]
        powered, expires = self._postings.judge(author, heard.air.first, post, heard.now)
        lists = self._following.heard(author, post.seq, post.text) if post.type == PostType.FOLLOWS else []
        keep = KeepPost(
            author,
            post.seq,
            post.lamport,
            board,
            post.text,
            raw,
            False,
            None if heard.carried else heard.hops,
            None if heard.carried else heard.rssi,
            heard.at - heard.age,
            kind=post.type,
            age=age,
            powered=powered,
            expires=expires,
            rank=rank,
        )
        return [keep, *lists, *self._heard(author, heard)]

    def _signed_by(
        self, first: int, post: Post, authors: list[bytes], boards: list[str]
    ) -> tuple[bytes, str]:
        for author in authors:
            for board in boards:
                try:
                    verify_post(first, post, author, board)
                except CryptoError:
                    continue
                return author, board
        raise CryptoError("signature", "a post of nobody we know, on no board we follow")

    def _heard(self, key: bytes, heard: Hearing) -> list[Effect]:
        if heard.carried:
            return []
        if heard.hops == 1:
            self._upkeep.near(key, heard.now)
        fresh = self._people.heard(key, heard.now, heard.hops, heard.rssi)
        self._learn_way(key[:8], heard)
        self._mail.outbox.heard(key, heard.now)
        return [Tell(PersonHeard(self._people.person(key, heard.now), fresh))]

    def _retry(self, wanted: Callable[[Post], bool]) -> list[Effect]:
        effects: list[Effect] = []
        waiting, self._pending = self._pending, deque(maxlen=PENDING_MAX)
        for heard in waiting:
            if not wanted(decode(Post, heard.air.body)):
                self._pending.append(heard)
                continue
            try:
                effects += self._post(heard)
            except (WireError, CryptoError) as error:
                effects.append(Dropped(error.reason, str(error)))
        return effects
