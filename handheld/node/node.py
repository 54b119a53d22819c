"""The node: commands and frames in, effects out. It holds no clock, chance, file or socket of its own."""

from collections import Counter
from collections.abc import Iterable, Iterator

from handheld.clock import Entropy
from handheld.commands import Name, Post, Send
from handheld.crypto.identity import Identity
from handheld.crypto.signing import sign_profile
from handheld.errors import Refused, WireError
from handheld.events import Keys, Message, Person
from handheld.node.acquaintance import Acquaintance
from handheld.node.alarms import Alarms
from handheld.node.boards import Boards, board_name
from handheld.node.chart import Chart
from handheld.node.copies import Copies
from handheld.node.effects import (
    CheckOwn,
    Dropped,
    Effect,
    Keep,
    KeepBoard,
    KeepCopy,
    KeepFile,
    KeepKeys,
    KeepLetter,
    KeepOdometer,
    KeepPetname,
    KeepPost,
    KeepProfile,
    KeepRank,
    KeepRoom,
    KeepRoomPost,
    KeepState,
)
from handheld.node.entry import Entry, State
from handheld.node.expiry import Expiry
from handheld.node.filing import Filing
from handheld.node.following import Following
from handheld.node.gaps import Gaps
from handheld.node.gossip import Gossip
from handheld.node.heralds import Heralds
from handheld.node.inbound import Inbound
from handheld.node.lamport import Lamport
from handheld.node.listening import Listening
from handheld.node.mail import Mail
from handheld.node.meet import Meet
from handheld.node.names import Names
from handheld.node.odometer import Odometer
from handheld.node.outbound import Outbound, Outgoing
from handheld.node.people import People
from handheld.node.postings import Postings
from handheld.node.prekeys import Prekeys
from handheld.node.presence import Presence
from handheld.node.public import flooded_profile, profile_frame, teaches_way
from handheld.node.records import Records
from handheld.node.repair import Upkeep
from handheld.node.rewriting import Rewriting
from handheld.node.rooms import Rooms
from handheld.node.routes import Routes
from handheld.node.saved import Saved
from handheld.node.showing import Showing
from handheld.node.texts import checked
from handheld.node.traffic import Traffic
from handheld.node.ways import Ways
from handheld.text import clean_name, cut
from handheld.wire.around import TAG
from handheld.wire.codec import decode
from handheld.wire.constants import NICKNAME_MAX, LetterKind
from handheld.wire.records import LETTER_TEXT_MAX, Profile


class Node:
    """Verbs: `receive`, `send`, `tick`, `next_deadline`, and what the radio says. All return effects.

    An `invisible` one never says that it is here; a `box` carries ten times as much for others.
    """

    def __init__(
        self,
        identity: Identity,
        nickname: str,
        entropy: Entropy,
        saved: Saved,
        *,
        invisible: bool = False,
        box: bool = False,
    ) -> None:
        self._prekeys = Prekeys(identity, entropy)
        # The identity is a file of its own: where the database is younger, it is the odometer that lags.
        self._odometer = Odometer(max(saved.odometer, identity.made))
        self.invisible = invisible
        self._nickname = cut(clean_name(nickname), NICKNAME_MAX)
        self.dropped: Counter[str] = Counter()
        profiles = list(self._readable(saved.profiles))
        others = (profile for profile in profiles if profile.author != identity.key)
        names = Names(identity.key, saved.petnames, saved.met, saved.introductions)
        self._people = People(identity.key, others, names, saved.relations)
        self._people.learn(sign_profile(identity, 0, self._nickname))
        self._people.copied.update(saved.twins)
        self._boards = Boards(saved.boards, saved.boards_heard)
        self._lamport = Lamport(saved.lamport)
        self._presence = Presence(entropy, told=any(self._is_ours_now(profile) for profile in profiles))
        self._outbound = Outbound()
        self._traffic = Traffic()
        self._ways = Ways()
        self._heralds = Heralds(entropy, invisible=invisible)
        gossip = Gossip(entropy.take(TAG) if invisible else identity.key, Chart(), entropy)
        self._routes = Routes(self._ways, gossip, self._heralds, entropy)
        organs = self._prekeys, self._odometer, self._people, self._presence, self._outbound, self._lamport
        self._mail = Mail(*organs, self._routes, entropy)
        self._mail.restore(
            saved.letter_seqs, saved.letter_floor, saved.known_to, saved.letters, saved.answered
        )
        self.carrying = self._mail.carrying
        self.carrying.restore(saved.carried, saved.receipts, saved.gone, box=box)
        self.rooms = Rooms(
            self._prekeys, self._people, self._presence, self._outbound, self._mail, self._lamport, entropy
        )
        held = saved.rooms, saved.room_seqs, saved.letter_floor, saved.room_posts
        self.dropped += Counter({"saved room": self.rooms.restore(*held, saved.clean)})
        self.rewriting = Rewriting(self._mail, self.rooms, self._outbound, identity.key)
        meet = Meet(self._prekeys, self._nickname, self._outbound, entropy)
        self.acquaintance = Acquaintance(identity.key, clean_name(nickname), self._people, self._mail, meet)
        self.gaps = Gaps(self._people, self._mail)
        self._join(saved, entropy)
        for message, raw in saved.unaired:
            self._listening.put(raw, message, 0)

    def _join(self, saved: Saved, entropy: Entropy) -> None:
        """The organs of what is public, which know those of people and mail."""
        self.postings = Postings(self._prekeys, self._lamport, self._odometer, self._outbound, saved.seq)
        self.following = Following(self._people, self._boards, self.postings.record, saved.lists)
        places = (self._people, self.following, self._outbound, self._odometer, self._traffic)
        self.upkeep = Upkeep(*places, entropy, saved.held, self._mail)
        self._showing = Showing(self._people, self._mail, self.rooms, self._odometer, self.upkeep.gaps)
        self.alarms = Alarms(
            self._people, self._odometer, self._outbound, self._showing.message, invisible=self.invisible
        )
        self.alarms.restore(saved.alerts, saved.dismissed)
        self._expiry = Expiry(self._odometer)
        self._copies = Copies(self._prekeys, self._odometer, entropy, saved.copied, lambda: self.postings.seq)
        organs = self.following, self._presence, self._mail, self.rooms, self.postings, self.upkeep
        self._inbound = Inbound(self._copies, *organs, self.acquaintance.receive)
        self.records = Records(self._inbound, self._prekeys, self._nickname, self._mail, self._count)
        self._listening = Listening(
            self.postings, self.upkeep, self._outbound, saved.restored, invisible=self.invisible
        )
        filers = self._people, self._mail, self.rooms, self._odometer, self._outbound, entropy, self._prekeys
        box, write = self.carrying.box, self.postings.record
        self.files = Filing(filers, write, saved.files, box=box, invisible=self.invisible)
        self._count(self.files.open(self._inbound.on))

    @property
    def _identity(self) -> Identity:
        return self._prekeys.identity

    @property
    def key(self) -> bytes:
        """Our own public key."""
        return self._identity.key

    @property
    def queued(self) -> int:
        """Own posts that wait for the radio."""
        return len(self._outbound)

    @property
    def outbox(self) -> dict[str, int]:
        """Own private messages on their way, counted by state."""
        return dict(self._mail.outbox.states())

    @property
    def ways(self) -> int:
        """To how many people a way is known."""
        return len(self._ways)

    def _is_ours_now(self, profile: Profile) -> bool:
        said = profile.author, profile.epoch, profile.nickname
        return said == (self.key, self._identity.epoch, self._nickname)

    def _readable(self, profiles: Iterable[bytes]) -> Iterator[Profile]:
        for raw in profiles:
            try:
                yield decode(Profile, raw[1:])
            except WireError:
                self.dropped["saved profile"] += 1

    def receive(self, data: bytes, rssi: int | None, now: int, at: int) -> list[Effect]:
        """A frame, heard at `rssi` dBm or (None) on a local network; `at`: wall label. Never raises on it."""
        self._traffic.heard(data if rssi is not None else b"", now)
        effects = self._inbound.receive(data, rssi, now, at)
        self._count(effects)
        self._presence.crowd(self._people.neighbours(now), self._heralds.crowd)
        return effects

    def post(self, command: Post, at: int) -> list[Effect]:
        """Write a post. Refused, with nothing changed, when it is empty, too long, or cannot be queued."""
        board = board_name(command.board)
        if self.rooms.holds(board) and not command.board.strip().startswith("#"):
            raise Refused(
                f"{board} is a room of yours. To write there: pocketmesh room say {board} TEXT. To write on "
                f'the public board all the same: pocketmesh post "#{board}" TEXT'
            )
        self._outbound.room()
        posts = self.postings.write(board, command, at)
        return [*self.follow(board), *posts]

    def send(self, command: Send, at: int) -> list[Effect]:
        """Write to one person. Refused, with nothing changed: nothing said, too much, or to nobody."""
        reader = self._people.find(command.who)
        if reader == self.key:
            raise Refused("That is your own key. A message to yourself goes nowhere; keep it as a note.")
        self._people.standing.refuse_blocked(reader)
        text = checked(command.text, LETTER_TEXT_MAX, "A private message")
        self._mail.outbox.room()
        return [self._mail.write(reader, LetterKind.TEXT, text, at)]

    def name(self, command: Name) -> tuple[bytes, list[Effect]]:
        """Call somebody by an own name, or no more: who it is, and what to keep. Refused says why not."""
        key = self._people.find(command.who)
        petname = clean_name(command.petname)
        if petname != command.petname.strip():
            raise Refused("A name is at most 24 visible characters on one line.")
        if key == self.key:
            raise Refused('That is you. Your own name is "name" in config.toml.')
        self._people.names.give(key, petname)
        return key, [KeepPetname(key, petname), KeepRank(key, self._people.standing.rank(key))]

    def find(self, who: str) -> bytes:
        """The key of the one person meant by a petname or a key's first digits; Refused if there is none."""
        return self._people.find(who)

    def follow(self, name: str) -> list[Effect]:
        """Follow a board from now on, and look again at the posts that waited for its name."""
        return [KeepBoard(name), *self._inbound.board_followed()] if self._boards.follow(name) else []

    def follows(self, name: str) -> bool:
        """Whether a board is followed."""
        return self._boards.follows(name)

    def kept(self, keep: Keep, message: int, now: int) -> list[Effect]:
        """A row is durable under this id: own messages may go out, others' letters are acknowledged."""
        filed = self.files.kept(keep, now) if isinstance(keep, KeepPost | KeepRoomPost | KeepFile) else []
        self._count(filed)
        if isinstance(keep, KeepPost):
            self.upkeep.kept(keep, now, new=message > 0)
            effects = self.alarms.kept(keep, message, now) if message else []
            if keep.own:
                effects += self.upkeep.introduce(keep.board, now) + self._listening.put(
                    keep.raw, message, now
                )
            return effects + filed
        if isinstance(keep, KeepRoom | KeepRoomPost):
            return self.rooms.kept(keep, message, now) + filed
        if isinstance(keep, KeepLetter) and keep.own:
            entry = Entry(message, keep.peer, keep.seq, keep.lamport, keep.text)
            entry.kind, entry.powered = keep.kind, keep.powered
            self._mail.outbox.add(entry, now)
            return self.tick(now)
        if isinstance(keep, KeepCopy):
            self.postings.seq = max(self.postings.seq, keep.floor)
            self._mail.leap(keep.floor)
            self.rooms.leap(keep.floor)
        if isinstance(keep, KeepKeys) and self._prekeys.kept(keep):
            # Everybody who writes to us has to hear of the new prekey before the old ones are gone.
            self._presence.stranger(now, unnamed=False)
            self._people.learn(sign_profile(self._identity, 0, self._nickname))
            self.upkeep.profile(self.key, self._identity.epoch, now, live=True)
        if isinstance(keep, KeepLetter):
            self.gaps.letter(keep.author, now)
            self._count(filed := self._mail.saved(keep, now))
        return filed

    def lost(self, posts: list[tuple[bytes, int]], now: int) -> list[Effect]:
        """These posts, by author and number, had to go to make room for others."""
        for post in posts:
            self.upkeep.gone(*post)
        return [effect for post in posts for effect in self.alarms.lost(*post, now)]

    def copied(self, check: CheckOwn, now: int) -> list[Effect]:
        """That post is not the one we wrote under its number: another device has our identity."""
        return self._copies.differs(check.seq, now)

    def is_copied(self, now: int) -> bool:
        """Whether the owner has to know that another device has our identity."""
        return self._copies.shown(now)

    def radio_up(self, airtime_us: int, now: int) -> list[Effect]:
        """A radio answered whose longest frame takes `airtime_us` on its air."""
        self._traffic.radio(airtime_us)
        self.acquaintance.radio(airtime_us)
        self.alarms.radio(up=True)
        self._presence.radio_up(airtime_us, now)
        self._routes.radio_up(airtime_us, len(self._people) - 1, now)
        self.upkeep.radio_up(airtime_us, now)
        self._listening.radio_up(now)
        effects = self._outbound.radio_up(now)
        self._mail.radio(up=True, now=now)
        return effects + self.files.radio(airtime_us, now)

    def radio_down(self, now: int) -> None:
        """The radio went: what was given to it waits again."""
        self._presence.radio_down()
        self._routes.radio_down()
        self.upkeep.radio_down()
        self._listening.radio_down()
        self.alarms.radio(up=False)
        self._outbound.radio_down()
        self._mail.radio(up=False, now=now)

    def sent(self, token: int, result: int, now: int) -> list[Effect]:
        """The radio says what became of a frame."""
        item = self._outbound.sent(token, result, now)
        effects = self._outbound.pump(now)
        if item is not None and (raw := flooded_profile(item.air)) and self._presence.flooded():
            effects.append(KeepProfile(self.key, self._identity.epoch, raw, None))
        if item is not None and teaches_way(item.air):
            self._heralds.told(now)
        if item is not None and item.waits:
            self.rooms.aired(item.message)
            effects.append(KeepState(item.message, State.AIRED.value))
        elif item is not None and item.message:
            effects += self._mail.aired(item.message, now)
        return effects + self.files.pump(now)

    def next_deadline(self) -> int | None:
        """When `tick` is wanted."""
        times = (
            self._presence.next_deadline(),
            self._routes.next_deadline(),
            self._outbound.next_deadline(),
            self._mail.next_deadline(),
            self.rooms.next_deadline(),
            self.alarms.next_deadline(),
            self._expiry.next_deadline(),
            self.upkeep.next_deadline(),
            self._listening.next_deadline(),
            self.acquaintance.next_deadline(),
            self.files.next_deadline(),
            self._odometer.next_deadline(),
            self.gaps.next_deadline(),
        )
        return min((time for time in times if time is not None), default=None)

    def tick(self, now: int) -> list[Effect]:
        """Time has come: announce ourselves if it is due, give the radio what waits."""
        self._mail.outbox.air(*self._traffic.now(now))
        effects = self._outbound.pump(now)
        if (announcement := self._presence.due(now)) is not None:
            profile = sign_profile(self._identity, announcement.flags, self._nickname)
            effects += self._outbound.put(Outgoing(profile_frame(profile, announcement)), now)
        for air in self._routes.due(self.key, now):
            effects += self._outbound.put(Outgoing(air), now)
        effects += self._mail.tick(now)
        effects += self.rooms.tick(now)
        effects += self.acquaintance.tick(now)
        effects += self.gaps.tick(now)
        effects += self.alarms.tick(now)
        effects += self._expiry.tick(now)
        effects += self.upkeep.tick(now)
        effects += self._listening.tick(now)
        if self._odometer.due(now):
            powered = self._odometer.read(now)
            effects += [KeepOdometer(powered), *self._prekeys.tick(powered), *self.files.expire(powered)]
        effects += self.files.pump(now)
        self._count(effects)
        return effects

    def stop(self, now: int) -> list[Effect]:
        """The node ends in good order: what to save."""
        return [KeepOdometer(self._odometer.read(now))]

    def renew(self, now: int) -> list[Effect]:
        """A new prekey, now. Refused when as many as can be are live."""
        return self._prekeys.renew(self._odometer.read(now))

    def keys(self, now: int) -> Keys:
        """How old the prekey is, and how many are live."""
        return self._prekeys.state(self._odometer.read(now))

    def _count(self, effects: list[Effect]) -> None:
        self.dropped.update(effect.reason for effect in effects if isinstance(effect, Dropped))

    def person(self, key: bytes, now: int, nickname: bytes = b"") -> Person:
        """Somebody as he is shown; `nickname` as long as no profile says what he calls himself."""
        return self._people.person(key, now, nickname)

    def everybody(self, now: int) -> list[Person]:
        """All people whose profile we hold, neighbours first."""
        return self._people.everybody(now)

    def neighbours(self, now: int) -> int:
        """How many neighbours there are."""
        return self._people.neighbours(now)

    def message(self, of: KeepPost | KeepLetter | KeepRoomPost, number: int, state: str, now: int) -> Message:
        """A saved message as it is shown."""
        return self._showing.message(of, number, state, now)
