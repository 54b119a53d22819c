"""Frames of rooms: opened with the keys we hold, and given to their authors.

A frame says nothing of its room, so each key is tried: one open apiece, at most 48 for a frame, and at most
20 frames a second, the rest later.
"""

from collections import deque
from collections.abc import Callable, Mapping

from handheld.crypto.rooms import open_post, verify_room_post
from handheld.errors import CryptoError
from handheld.node.effects import Dropped, Effect
from handheld.node.people import People
from handheld.node.presence import Presence
from handheld.node.room import Held, Room
from handheld.node.trials import Trials
from handheld.values import dataclass
from handheld.wire.air import AirFrame
from handheld.wire.codec import decode, encode
from handheld.wire.rooms import RoomFrame, RoomPost

PENDING_MAX = 64
"""Posts held in memory until their author's profile is known."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A room frame as it was heard; `at` is a wall-time label."""

    sealed: RoomFrame
    first: int
    now: int
    at: int


@dataclass(frozen=True, slots=True)
class Said:
    """A post that was opened with `held`, a key of the room of this number; `raw`: byte 0 and body."""

    room: bytes
    held: Held
    post: RoomPost
    raw: bytes
    at: int

    @property
    def first(self) -> int:
        """Byte 0."""
        return self.raw[0]


class Ears:
    """Tries frames with the keys of `rooms`, and tells `heard` of each post whose author is certain."""

    def __init__(
        self,
        rooms: Mapping[bytes, Room],
        people: People,
        presence: Presence,
        heard: Callable[[Room, Said, bytes], list[Effect]],
    ) -> None:
        self._rooms = rooms
        self._people = people
        self._presence = presence
        self._heard = heard
        self.trials: Trials[Arrived] = Trials()
        self._pending: deque[Said] = deque(maxlen=PENDING_MAX)

    def receive(self, air: AirFrame, now: int, at: int) -> list[Effect]:
        """A room frame: tried now, or as soon as the cap on tries allows. Raises WireError."""
        sealed = decode(RoomFrame, air.body)
        if all(room.inviter for room in self._rooms.values()):
            return [Dropped("room", "we are in no room")]
        kept = self.trials.put(Arrived(sealed, air.first, now, at))
        dropped: list[Effect] = [] if kept else [Dropped("trials", "too many room frames wait")]
        return dropped + self.tick(now)

    def learned(self, key: bytes, now: int) -> list[Effect]:
        """A profile came: look again at the posts that waited for their author."""
        effects: list[Effect] = []
        waiting, self._pending = self._pending, deque(maxlen=PENDING_MAX)
        for said in waiting:
            if not key.startswith(said.post.author):
                self._pending.append(said)
            elif said.room in self._rooms:
                effects += self._signed(self._rooms[said.room], said, now)
        return effects

    def next_deadline(self) -> int | None:
        """When `tick` has something to do."""
        return self.trials.next_deadline()

    def tick(self, now: int) -> list[Effect]:
        """Try what waits."""
        effects: list[Effect] = []
        for arrived in self.trials.take(now):
            effects += self._open(arrived)
        return effects

    def _open(self, arrived: Arrived) -> list[Effect]:
        tries = [(room, held) for room in self._rooms.values() if not room.inviter for held in room.keys]
        for room, held in tries:
            try:
                post = open_post(held.key, arrived.first, arrived.sealed)
            except CryptoError as error:
                if error.reason == "seal":
                    continue
                return [Dropped(error.reason, "a member sealed what is no post")]
            raw = bytes([arrived.first]) + encode(arrived.sealed)
            return self._signed(room, Said(room.id, held, post, raw, arrived.at), arrived.now)
        return [Dropped("room", "of a room we are not in")]

    def _signed(self, room: Room, said: Said, now: int) -> list[Effect]:
        prefix = said.post.author
        members = [key for key in room.members if key.startswith(prefix)]
        candidates = [*members, *(key for key in self._people.beginning(prefix) if key not in members)]
        for author in candidates:
            try:
                verify_room_post(said.held.key, said.first, said.post, author)
            except CryptoError:
                continue
            return self._heard(room, said, author)
        # Three bytes of a key are soon found again: that somebody has them says nothing of the author.
        self._pending.append(said)
        if candidates:
            return [Dropped("signature", "a post in a room, of nobody we know so far")]
        self._presence.stranger(now, unnamed=True)
        return [Dropped("unknown author", "kept for a while, in case we learn of it")]
