"""Rooms: made, joined, written in and left, and the letters that bring their keys.

What a room has to do after a change is for `room.Room` to say; here it is done. Frames are opened in `ears`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from handheld.clock import Entropy
from handheld.commands import Invite, JoinRoom, LeaveRoom, NewRoom, Remove, Say
from handheld.crypto import rooms as sealing
from handheld.crypto import words
from handheld.crypto.identity import Identity
from handheld.crypto.rooms import RoomKey
from handheld.errors import Refused, WireError
from handheld.events import Room as Shown
from handheld.events import RoomCard, RoomChanged
from handheld.node.ears import Ears, Said
from handheld.node.effects import Dropped, Effect, ForgetRoom, KeepLetter, KeepRoom, KeepRoomPost, Tell
from handheld.node.lamport import Lamport
from handheld.node.letters import Kind
from handheld.node.mail import Mail
from handheld.node.outbound import Outbound, Outgoing
from handheld.node.people import People
from handheld.node.prekeys import Prekeys
from handheld.node.presence import Presence
from handheld.node.room import KIND, Duty, Held, Room
from handheld.node.texts import checked
from handheld.qr import drawn
from handheld.text import clean_name, cut
from handheld.values import dataclass
from handheld.wire.air import AirFrame, first_byte, flood
from handheld.wire.codec import decode, encode
from handheld.wire.constants import PRIVATE_START_TTLS, AirKind, RoomType
from handheld.wire.rooms import ROOM_TEXT_MAX, RoomKeyLetter

ROOMS_MAX = 16
INVITED_MAX = 8
"""Invitations kept at the same time; the oldest goes."""

HELPED_MAX = 512

KINDS = {RoomType.NOTE: "text", RoomType.JOINED: "joined", RoomType.FILE: "file"}
"""The word of each type of post in events."""

JOINED_TEXT = "came into the room."


@dataclass(frozen=True, slots=True)
class Unaired:
    """An own post that waits for the radio, sealed under `key`; `left`: it may have gone out before."""

    message: int
    keep: KeepRoomPost
    key: RoomKey
    left: bool = False


class Rooms:
    """The organ for rooms; the node hands it frames, commands, letters and what became durable."""

    def __init__(
        self,
        prekeys: Prekeys,
        people: People,
        presence: Presence,
        outbound: Outbound,
        mail: Mail,
        lamport: Lamport,
        entropy: Entropy,
    ) -> None:
        self._prekeys = prekeys
        self._people = people
        self._outbound = outbound
        self._mail = mail
        self._lamport = lamport
        self._entropy = entropy
        self._rooms: dict[bytes, Room] = {}
        self._ears = Ears(self._rooms, people, presence, self._heard)
        self.trials = self._ears.trials
        self.unaired: dict[int, Unaired] = {}
        self._seq: dict[bytes, int] = {}
        self._floor = 0
        self._helped: set[tuple[bytes, bytes]] = set()
        mail.kinds[KIND] = Kind("room key", lambda _body, _own: "The key of a room.", self.take)

    def restore(
        self,
        rooms: Iterable[tuple[bytes, str, bytes]],
        seqs: Iterable[tuple[bytes, int]],
        floor: int,
        unaired: Iterable[tuple[int, KeepRoomPost]],
        clean: bool = False,
    ) -> int:
        """What the store held: rooms, last numbers given, posts not sent yet. How many rooms were damaged."""
        damaged = 0
        for number, name, content in rooms:
            try:
                self._rooms[number] = Room.unpack(number, name, self._identity.key, content)
            except ValueError:
                damaged += 1
        self._seq, self._floor = dict(seqs), floor
        for message, keep in unaired:
            # What lies here sealed since before may have been given to somebody.
            self._air(message, keep, 0, left=not clean or self._mail.carrying.seals(message))
        return damaged

    def leap(self, floor: int) -> None:
        """Give no own post this number or a smaller one."""
        self._floor = max(self._floor, floor)

    @property
    def _identity(self) -> Identity:
        return self._prekeys.identity

    # What the owner asks.

    def find(self, name: str, *, invitation: bool = False) -> Room:
        """The room of this name that we are in, or that we are asked into. Refused if there is none."""
        room = self._called(name)
        if room is None or bool(room.inviter) != invitation:
            what = "Nobody asks you into a room called" if invitation else "You are in no room called"
            raise Refused(f"{what} {clean_name(name) or '?'}. See: pocketmesh room list")
        return room

    def holds(self, name: str) -> bool:
        """Whether a room has this name."""
        return self._called(name) is not None

    def name_of(self, number: bytes) -> str:
        """What a room is called; "" if we have it no more."""
        room = self._rooms.get(number)
        return room.name if room else ""

    def invited(self, number: bytes) -> bool:
        """Whether we are asked into this room and not in it."""
        return number in self._rooms and bool(self._rooms[number].inviter)

    def everything(self, now: int) -> list[Shown]:
        """All rooms by name, invitations last."""
        ordered = sorted(self._rooms.values(), key=lambda room: (bool(room.inviter), room.name.casefold()))
        return [self.shown(room, now) for room in ordered]

    def shown(self, room: Room, now: int) -> Shown:
        """A room as it is shown."""
        return Shown(
            name=room.name,
            epoch=room.current.key.epoch,
            check=" ".join(room.current.key.check_words),
            members=[self._people.person(key, now) for key in room.inside],
            inviter=self._people.person(room.inviter, now) if room.inviter else None,
            may_read=[self._people.person(key, now) for key in room.leaked],
        )

    def card(self, room: Room) -> RoomCard:
        """What lets somebody else in."""
        key = room.current.key
        return RoomCard(room.name, key.card, drawn(key.card), room.words, " ".join(key.check_words))

    def make(self, command: NewRoom) -> tuple[Room, list[Effect]]:
        """A new room. Refused: its name, too many, fewer words than six."""
        name = self._new_name(command.name)
        said = words.generate(command.words, self._entropy)
        key = sealing.from_words(said) if said else sealing.new_key(self._entropy)
        room = self._rooms[key.room] = self._room(name, Held(key, maker=self._identity.key[:8]), said)
        return room, self._changed(room)

    def join(self, command: JoinRoom, at: int) -> tuple[Room, list[Effect]]:
        """Come into a room, and say so in it. Refused, with nothing changed, if there is no way in."""
        if not command.secret.strip():
            room = self.find(command.name, invitation=True)
            self._count()
            room.inviter = b""
            return room, [*self._changed(room), self._post(room, RoomType.JOINED, b"", at)]
        said = () if command.secret.strip().upper().startswith(sealing.CARD) else words.parse(command.secret)
        key = sealing.from_words(said) if said else sealing.from_card(command.secret)
        held = self._rooms.get(key.room)
        if held is not None and not held.inviter:
            return held, self._brought(held, key, at)
        name = self._new_name(command.name, instead=held)
        room = self._rooms[key.room] = self._room(name, Held(key), said)
        return room, [*self._changed(room), self._post(room, RoomType.JOINED, b"", at)]

    def _brought(self, room: Room, key: RoomKey, at: int) -> list[Effect]:
        """A card of a room we are in: of use if its key is newer than ours."""
        duty = room.take(Held(key), b"")
        if duty is None:
            raise Refused(f"You are in that room: you call it {room.name}.")
        return self._do(room, duty, at)

    def invite(self, command: Invite, at: int) -> tuple[Room, list[Effect]]:
        """Write the key to one person; with a new one to everybody if he was taken out before."""
        room, who = self.find(command.room), self._other(command.who)
        return room, self._do(room, room.invite(who, self._entropy), at)

    def remove(self, command: Remove, at: int) -> tuple[Room, list[Effect]]:
        """Take somebody out, and write a new key to everybody else."""
        room, who = self.find(command.room), self._other(command.who)
        return room, self._do(room, room.remove(who, self._entropy), at)

    def leave(self, command: LeaveRoom, at: int) -> list[Effect]:
        """Leave a room, or decline an invitation; nothing of it is kept."""
        room = self._called(command.room) or self.find(command.room)
        effects: list[Effect] = []
        if not room.inviter:
            self._mail.outbox.room()
            effects += self._letters(room, room.leave(self._entropy), room.inside, at)
        return [*effects, *self._forget(room)]

    def say(self, command: Say, at: int) -> list[Effect]:
        """Write in a room. Refused, with nothing changed, when it is empty, too long, or cannot be queued."""
        room = self.find(command.room)
        text = checked(command.text, ROOM_TEXT_MAX, "A post in a room")
        self._outbound.room()
        return [self._post(room, RoomType.NOTE, text, at)]

    def attach(self, room: Room, kind: RoomType, body: bytes, at: int) -> KeepRoomPost:
        """A post that is no text, to be kept; ask `Outbound.room` before."""
        return self._post(room, kind, body, at)

    # What is heard.

    def receive(self, air: AirFrame, now: int, at: int) -> list[Effect]:
        """A room frame: tried now, or as soon as the cap on tries allows. Raises WireError."""
        return self._ears.receive(air, now, at)

    def learned(self, key: bytes, now: int) -> list[Effect]:
        """A profile came: look again at the posts that waited for their author."""
        return self._ears.learned(key, now)

    def take(self, letter: KeepLetter, _now: int) -> list[Effect]:
        """A key that somebody wrote to us: an invitation, or the next key of a room we are in."""
        try:
            said = decode(RoomKeyLetter, letter.text)
        except WireError as error:
            return [Dropped(error.reason, "a letter with a room's key")]
        held = Held(RoomKey(said.room, said.epoch, said.key), said.without, said.maker, said.back)
        room = self._rooms.get(said.room)
        if room is None and self._people.standing.blocked(letter.author):
            return [Dropped("blocked", "an invitation by somebody blocked")]
        if room is None:
            return self._asked(held, clean_name(said.name), letter.author)
        duty = room.take(held, letter.author)
        if duty is None:
            return []
        return self._do(room, Duty() if room.inviter else duty, letter.at or 0)

    def next_deadline(self) -> int | None:
        """When `tick` has something to do."""
        return self._ears.next_deadline()

    def tick(self, now: int) -> list[Effect]:
        """Try what waits."""
        return self._ears.tick(now)

    # What became durable, and what was sent.

    def kept(self, keep: KeepRoom | KeepRoomPost, message: int, now: int) -> list[Effect]:
        """A room is on the disk as it is now, or a post: an own one may go out."""
        if isinstance(keep, KeepRoom):
            return self._settled(keep.id, now)
        return self._air(message, keep, now) if keep.own else []

    def _settled(self, number: bytes, now: int) -> list[Effect]:
        """What waits for the radio must not go out under an older key."""
        room = self._rooms.get(number)
        effects: list[Effect] = []
        for one in [one for one in self.unaired.values() if one.keep.room == number]:
            if room and room.is_old(one.key) and self._outbound.release(one.message):
                effects += self._air(one.message, one.keep, now, left=one.left)
        return effects

    def renumbered(self, keep: KeepRoomPost, text: bytes) -> KeepRoomPost:
        """The same post with another text, under the next number."""
        return replace(self._post(self._rooms[keep.room], RoomType.NOTE, text, 0), at=keep.at)

    def aired(self, message: int) -> None:
        """The radio sent it."""
        self.unaired.pop(message, None)

    def _heard(self, room: Room, said: Said, author: bytes) -> list[Effect]:
        """A post whose author is certain."""
        if author == self._identity.key:
            return [Dropped("own", "our own post in a room came back")]
        news = room.heard(author)
        if room.is_gone(author):
            return [Dropped("gone", "of somebody who was taken out of the room")]
        self._mail.carrying.verified(said.raw)
        post, old = said.post, room.is_old(said.held.key)
        self._lamport.see(post.lamport)
        effects: list[Effect] = self._changed(room) if news else []
        if old:
            effects += self._help(room, author, said.at)
        if post.type not in KINDS:
            return [*effects, Dropped("room post type", f"type {post.type}, from a newer pocketmesh")]
        text = post.text.rstrip(b"\0")
        rank = self._people.standing.rank(author)
        keep = KeepRoomPost(
            room.id, author, post.seq, post.lamport, text, False, said.at, post.type, old, rank
        )
        return [*effects, keep]

    def _help(self, room: Room, author: bytes, at: int) -> list[Effect]:
        """He writes under an old key: give him the one that holds, once; not every hearer need do it."""
        done = (room.current.key.ident, author)
        if done in self._helped or len(self._helped) >= HELPED_MAX:
            return []
        if not room.is_ours and self._entropy.below(len(room.inside) + 1):
            return []
        self._helped.add(done)
        return self._letters(room, room.current, [author], at)

    def _asked(self, held: Held, name: str, inviter: bytes) -> list[Effect]:
        invited = [room for room in self._rooms.values() if room.inviter]
        effects = self._forget(invited[0]) if len(invited) >= INVITED_MAX else []
        room = self._room(self._free_name(clean_name(cut(name, 20)) or "room"), held)
        room.inviter = inviter
        room.heard(inviter)
        self._rooms[room.id] = room
        return effects + self._changed(room)

    def _do(self, room: Room, duty: Duty, at: int) -> list[Effect]:
        if duty.rotate:
            duty = room.rotate(self._entropy)
        return [*self._changed(room), *self._letters(room, duty.held or room.current, duty.tell, at)]

    def _letters(self, room: Room, held: Held, readers: Iterable[bytes], at: int) -> list[Effect]:
        body = encode(room.letter(held))
        return [self._mail.write(reader, KIND, body, at) for reader in readers]

    def _changed(self, room: Room) -> list[Effect]:
        return [KeepRoom(room.id, room.name, room.pack()), Tell(RoomChanged(room.name))]

    def _forget(self, room: Room) -> list[Effect]:
        del self._rooms[room.id]
        for one in [one for one in self.unaired.values() if one.keep.room == room.id]:
            self._outbound.release(one.message)
            del self.unaired[one.message]
        return [ForgetRoom(room.id), Tell(RoomChanged(room.name))]

    def _post(self, room: Room, kind: RoomType, text: bytes, at: int) -> KeepRoomPost:
        self._seq[room.id] = max(self._seq.get(room.id, 0), self._floor) + 1
        lamport = self._lamport.tick()
        return KeepRoomPost(room.id, self._identity.key, self._seq[room.id], lamport, text, True, at, kind)

    def _air(self, message: int, keep: KeepRoomPost, now: int, *, left: bool = False) -> list[Effect]:
        room = self._rooms.get(keep.room)
        if room is None:
            return []
        self.unaired[message] = Unaired(message, keep, room.current.key, left)
        chance = self._entropy.take(16)
        body = sealing.seal_post(
            self._identity, room.current.key, RoomType(keep.kind), keep.seq, keep.lamport, keep.text, chance
        )
        ttl = PRIVATE_START_TTLS[self._entropy.below(len(PRIVATE_START_TTLS))]
        effects = self._outbound.put(Outgoing(flood(AirKind.ROOM, ttl, body), message, waits=True), now)
        return effects + self._mail.carrying.own(bytes([first_byte(AirKind.ROOM)]) + body, message, now)

    def _room(self, name: str, held: Held, said: Sequence[str] = ()) -> Room:
        return Room(name, self._identity.key, [held], words=" ".join(said))

    def _called(self, name: str) -> Room | None:
        wanted = name.strip().casefold()
        return next((room for room in self._rooms.values() if room.name.casefold() == wanted), None)

    def _other(self, who: str) -> bytes:
        key = self._people.find(who)
        if key == self._identity.key:
            raise Refused("That is your own key.")
        self._people.standing.refuse_blocked(key)
        self._mail.outbox.room()
        return key

    def _new_name(self, given: str, instead: Room | None = None) -> str:
        """The name of a room to come. Refused says what a name may be."""
        name = clean_name(given)
        if not name or name != given.strip() or name.startswith("#"):
            raise Refused(
                'A room\'s name is 1 to 24 visible characters on one line, and does not begin with "#".'
            )
        if len(name.encode()) > 24:
            raise Refused(f"{name} takes {len(name.encode())} bytes; the name of a room has at most 24.")
        if (room := self._called(name)) is not None and room is not instead:
            raise Refused(f"You have a room called {name} already. Choose another name.")
        self._count()
        return name

    def _count(self) -> None:
        if sum(not room.inviter for room in self._rooms.values()) >= ROOMS_MAX:
            raise Refused(
                f"You are in {ROOMS_MAX} rooms already; that is all this device tries. Leave one first."
            )

    def _free_name(self, name: str) -> str:
        number = 1
        free = name
        while self._called(free):
            number += 1
            free = f"{name} {number}"
        return free
