"""Pure nodes in one room and virtual time: effects are carried out at once, frames arrive after 5 ms."""

import heapq
from collections.abc import Callable, Iterable

from handheld.clock import SeededEntropy
from handheld.commands import (
    Compare,
    Introduce,
    Invite,
    JoinRoom,
    LeaveRoom,
    Meet,
    Name,
    NewRoom,
    Post,
    Remove,
    Say,
    Send,
    Share,
)
from handheld.crypto.identity import Identity
from handheld.events import Event, Meeting, Person
from handheld.node.effects import (
    CheckOwn,
    DropCarried,
    Dropped,
    Effect,
    FindAgain,
    FindGaps,
    ForgetRoom,
    KeepBoard,
    KeepCarried,
    KeepCopy,
    KeepHeardBoard,
    KeepIntroduction,
    KeepKeys,
    KeepLetter,
    KeepMet,
    KeepOdometer,
    KeepPetname,
    KeepPost,
    KeepProfile,
    KeepRead,
    KeepReceipt,
    KeepRoom,
    KeepRoomPost,
    KeepSealing,
    KeepState,
    Serve,
    Tell,
    Transmit,
)
from handheld.node.entry import Entry, State
from handheld.node.node import Node
from handheld.node.repair import Found
from handheld.node.saved import Saved
from handheld.wire.constants import SentResult

AIRTIME_US = 2_540
KEPT = (
    "posts",
    "profiles",
    "boards",
    "letters",
    "own",
    "answered",
    "odometer",
    "states",
    "sealings",
    "petnames",
    "floor",
    "_ids",
)
"""What a Handheld has on its disk."""
WALL = 1_800_000_000


class Handheld:
    """One node with what its store and screen got."""

    def __init__(
        self, name: str, saved: Saved | None = None, *, seed: str = "", identity: Identity | None = None
    ) -> None:
        self.name = name
        self.identity = identity or Identity.create(SeededEntropy(f"{name} keys"))
        entropy = SeededEntropy(f"{name} {seed}")
        self.node = Node(self.identity, name, entropy, saved or Saved(boards=["here"]))
        self.posts: list[KeepPost] = []
        self.profiles: dict[bytes, KeepProfile] = {}
        self.boards: list[str] = []
        self.boards_heard: list[str] = []
        self.letters: list[KeepLetter] = []
        self.own: dict[int, KeepLetter] = {}
        self.answered: dict[bytes, tuple[int, int]] = {}
        self.odometer = 0
        self.copied: list[KeepCopy] = []
        self.floor = 0
        self.states: dict[int, list[str]] = {}
        self.sealings: dict[bytes, int] = {}
        self.petnames: dict[bytes, str] = {}
        self.rooms: dict[bytes, KeepRoom] = {}
        self.room_posts: list[KeepRoomPost] = []
        self.met: set[bytes] = set()
        self.introductions: list[tuple[bytes, bytes, str]] = []
        self.told_carriers: list[int] = []
        self.asked: list[FindGaps | FindAgain | KeepRead] = []
        self.carried: list[KeepCarried | DropCarried | KeepReceipt] = []
        self.told: list[Event] = []
        self.dropped: list[str] = []
        self.radio = False
        self._ids = 0

    def next_id(self) -> int:
        self._ids += 1
        return self._ids

    def restarted(self, seed: str, *, clean: bool = False) -> "Handheld":
        """The same device after a power cut, or a good end (`clean`): what it had kept, and nothing else."""
        states = {message: State((["queued", *self.states.get(message, [])])[-1]) for message in self.own}
        entries = []
        for message, letter in self.own.items():
            entry = Entry(message, letter.peer, letter.seq, letter.lamport, letter.text, states[message])
            entry.sealings = [sealing for sealing, of in self.sealings.items() if of == message]
            entry.kind, entry.powered = letter.kind, letter.powered
            entry.left = bool(entry.sealings) or not clean
            entries.append(entry)
        delivered = {
            letter.peer for message, letter in self.own.items() if states[message] is State.DELIVERED
        }
        saved = Saved(
            profiles=[keep.raw for keep in self.profiles.values()],
            petnames=list(self.petnames.items()),
            boards=["here", *self.boards],
            lamport=max((letter.lamport for letter in self.letters), default=0),
            letters=[entry for entry in entries if entry.state is not State.DELIVERED],
            letter_floor=self.floor,
            letter_seqs=[(letter.peer, letter.seq) for letter in self.own.values()],
            known_to=delivered | {letter.peer for letter in self.letters if not letter.own},
            odometer=self.odometer,
            answered=[(commitment, *held) for commitment, held in self.answered.items()],
        )
        again = Handheld(self.name, saved, seed=seed, identity=self.identity)
        again.__dict__.update({name: getattr(self, name) for name in KEPT})
        return again

    def note(self, effect: Effect) -> None:
        """What is only to be kept or told."""
        if isinstance(effect, Tell):
            self.told.append(effect.event)
        if isinstance(effect, Dropped):
            self.dropped.append(effect.reason)
        match effect:
            case KeepBoard(name):
                self.boards.append(name)
            case KeepState(message, state, carriers):
                self.states.setdefault(message, []).append(state)
                self.told_carriers += [carriers] if carriers else []
            case KeepSealing(message, commitment):
                self.sealings[commitment] = message
            case KeepPetname(key, petname):
                self.petnames[key] = petname
            case KeepMet(key, met):
                (self.met.add if met else self.met.discard)(key)
            case KeepIntroduction(key, introducer, name):
                self.introductions.append((key, introducer, name))
            case KeepOdometer(seconds):
                self.odometer = seconds
            case _:
                self._note_more(effect)

    def _note_more(self, effect: Effect) -> None:
        match effect:
            case KeepProfile(key):
                self.profiles[key] = effect
            case KeepRoom(number):
                self.rooms[number] = effect
            case ForgetRoom(number):
                del self.rooms[number]
                self.room_posts = [post for post in self.room_posts if post.room != number]
            case KeepHeardBoard(name):
                self.boards_heard.append(name)
            case KeepCopy():
                self.copied.append(effect)
            case FindGaps() | FindAgain() | KeepRead():
                self.asked.append(effect)
            case KeepCarried() | DropCarried() | KeepReceipt():
                self.carried.append(effect)
            case KeepKeys(blob):
                self.identity = Identity.from_blob(blob)

    def find(self, serve: Serve) -> list[Found]:
        """What is there of what is to be served."""
        return [
            Found(post.raw, post.author, post.seq, post.board)
            for post in self.posts
            if (post.author, post.seq) in serve.posts
        ]

    @property
    def aired(self) -> list[int]:
        return [message for message, states in self.states.items() if "aired" in states]

    def mail(self, *, own: bool = False) -> list[str]:
        return [letter.text.decode() for letter in self.letters if letter.own == own]

    def said(self) -> list[str]:
        """What others wrote in rooms, or that they came in."""
        return [post.text.decode() or "(joined)" for post in self.room_posts if not post.own]

    def texts(self) -> list[str]:
        return [post.text.decode() for post in self.posts]


class Room:
    """Everybody hears everybody, over `hops` hops, unless `deaf` holds the pair (sender, hearer)."""

    def __init__(self, handhelds: Iterable[Handheld]) -> None:
        self.handhelds = {handheld.name: handheld for handheld in handhelds}
        self.now = 0
        self.deaf: set[tuple[str, str]] = set()
        self.loss_percent = 0
        self.chance = SeededEntropy("room")
        self.hops = 1
        self.between: Callable[[str, str, bytes], None] | None = None
        """Who stands between all of them, and decides what of each frame arrives where: see `arrive`."""
        self.frames: list[tuple[int, str, bytes]] = []
        self._queue: list[tuple[int, int, str, bytes]] = []
        self._arrivals = 0

    def arrive(self, hearer: str, data: bytes) -> None:
        """A frame reaches somebody in 5 ms."""
        self._arrivals += 1
        heapq.heappush(self._queue, (self.now + 5, self._arrivals, hearer, data))

    def radio_up(self, *names: str) -> None:
        for name in names or tuple(self.handhelds):
            handheld = self.handhelds[name]
            handheld.radio = True
            self.carry_out(handheld, handheld.node.radio_up(AIRTIME_US, self.now))

    def radio_down(self, name: str) -> None:
        self.handhelds[name].radio = False
        self.handhelds[name].node.radio_down(self.now)

    def post(self, name: str, text: str, board: str = "here") -> None:
        handheld = self.handhelds[name]
        self.carry_out(handheld, handheld.node.post(Post(board, text), WALL))

    def send(self, name: str, who: str, text: str) -> None:
        """Write privately; `who` is somebody in the room, named by his key."""
        handheld = self.handhelds[name]
        key = self.handhelds[who].identity.key.hex() if who in self.handhelds else who
        self.carry_out(handheld, handheld.node.send(Send(key, text), WALL))

    def make_room(self, name: str, room: str = "kitchen", words: int = 0) -> str:
        """A new room; its card, or the words it is made of."""
        rooms = self.handhelds[name].node.rooms
        made, effects = rooms.make(NewRoom(room, words))
        self.carry_out(self.handhelds[name], effects)
        return rooms.card(made).words or rooms.card(made).card

    def join_room(self, name: str, secret: str = "", room: str = "kitchen") -> None:
        handheld = self.handhelds[name]
        self.carry_out(handheld, handheld.node.rooms.join(JoinRoom(room, secret), WALL)[1])

    def invite(self, name: str, who: str, room: str = "kitchen") -> None:
        handheld, key = self.handhelds[name], self.handhelds[who].identity.key.hex()
        self.carry_out(handheld, handheld.node.rooms.invite(Invite(room, key), WALL)[1])

    def remove(self, name: str, who: str, room: str = "kitchen") -> None:
        handheld, key = self.handhelds[name], self.handhelds[who].identity.key.hex()
        self.carry_out(handheld, handheld.node.rooms.remove(Remove(room, key), WALL)[1])

    def leave_room(self, name: str, room: str = "kitchen") -> None:
        handheld = self.handhelds[name]
        self.carry_out(handheld, handheld.node.rooms.leave(LeaveRoom(room), WALL))

    def say(self, name: str, text: str, room: str = "kitchen") -> None:
        handheld = self.handhelds[name]
        self.carry_out(handheld, handheld.node.rooms.say(Say(room, text), WALL))

    def name(self, name: str, who: str, petname: str) -> None:
        handheld = self.handhelds[name]
        key = self.handhelds[who].identity.key.hex()
        self.carry_out(handheld, handheld.node.name(Name(key, petname))[1])

    def meet(self, name: str, number: int, people: int) -> None:
        """Type the number of a meeting and how many meet."""
        handheld = self.handhelds[name]
        self.carry_out(handheld, handheld.node.acquaintance.begin(Meet(number, people), self.now))

    def compare(self, name: str, *, same: bool) -> None:
        """Say whether the words on all screens are the same."""
        handheld = self.handhelds[name]
        self.carry_out(handheld, handheld.node.acquaintance.compare(Compare(same), self.now))

    def meeting(self, name: str) -> Meeting:
        """What stands on somebody's screen."""
        return self.handhelds[name].node.acquaintance.meeting(self.now)

    def introduce(self, name: str, who: str, to: str) -> None:
        """Tell one in the room about another; all are named by their names here."""
        handheld = self.handhelds[name]
        keys = [self.handhelds[one].identity.key.hex() for one in (who, to)]
        self.carry_out(handheld, handheld.node.acquaintance.introduce(Introduce(*keys), WALL))

    def share(self, name: str, who: str, content: bytes) -> None:
        """Share a file with one person: its letter goes out, its symbols do not."""
        handheld, key = self.handhelds[name], self.handhelds[who].identity.key.hex()
        self.carry_out(handheld, handheld.node.files.organ.share(Share("map.png", who=key), content, WALL)[1])

    def person(self, name: str, who: str) -> Person:
        """How somebody is shown to another."""
        return self.handhelds[name].node.person(self.handhelds[who].identity.key, self.now)

    def run(self, milliseconds: int) -> None:
        """Let virtual time pass, frame by frame and deadline by deadline."""
        end = self.now + milliseconds
        while True:
            deadlines = [
                (at, name)
                for name, one in self.handhelds.items()
                if (at := one.node.next_deadline()) is not None
            ]
            due = min(deadlines, default=(end + 1, ""))
            if self._queue and self._queue[0][0] <= min(due[0], end):
                at, _, name, data = heapq.heappop(self._queue)
                self.now = max(self.now, at)
                hearer = self.handhelds[name]
                self.carry_out(hearer, hearer.node.receive(data, -60, self.now, WALL))
            elif due[0] <= end:
                self.now = max(self.now, due[0])
                ticked = self.handhelds[due[1]]
                self.carry_out(ticked, ticked.node.tick(self.now))
            else:
                self.now = end
                return

    def carry_out(self, handheld: Handheld, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, KeepPost):
                self._keep_post(handheld, effect)
            elif isinstance(effect, KeepLetter):
                self._keep_letter(handheld, effect)
            elif isinstance(effect, KeepRoomPost):
                self._keep_room_post(handheld, effect)
            elif isinstance(effect, CheckOwn):
                mine = [post.raw for post in handheld.posts if post.own and post.seq == effect.seq]
                if mine != [effect.raw]:
                    self.carry_out(handheld, handheld.node.copied(effect, self.now))
            elif isinstance(effect, KeepRoom | KeepCopy | KeepKeys):
                handheld.note(effect)
                self.carry_out(handheld, handheld.node.kept(effect, 0, self.now))
            elif isinstance(effect, Transmit):
                self._transmit(handheld, effect)
            elif isinstance(effect, Serve):
                self.carry_out(handheld, handheld.node.upkeep.served(handheld.find(effect), self.now))
            else:
                handheld.note(effect)

    def _keep_post(self, handheld: Handheld, post: KeepPost) -> None:
        if any((held.author, held.seq) == (post.author, post.seq) for held in handheld.posts):
            return
        handheld.posts.append(post)
        self.carry_out(handheld, handheld.node.kept(post, handheld.next_id(), self.now))

    def _keep_letter(self, handheld: Handheld, letter: KeepLetter) -> None:
        numbers = (letter.peer, letter.author, letter.seq)
        held = [one for one in handheld.letters if (one.peer, one.author, one.seq) == numbers]
        if held and held[0].text != letter.text:
            return
        number = 0 if held else handheld.next_id()
        if not held:
            handheld.letters.append(letter)
        if letter.own:
            handheld.own[number] = letter
        elif letter.commitment:
            count, first = handheld.answered.get(letter.commitment, (0, letter.powered))
            handheld.answered[letter.commitment] = (count + 1, first)
        self.carry_out(handheld, handheld.node.kept(letter, number, self.now))

    def _keep_room_post(self, handheld: Handheld, post: KeepRoomPost) -> None:
        held = [(one.room, one.author, one.seq) for one in handheld.room_posts]
        if (post.room, post.author, post.seq) not in held:
            handheld.room_posts.append(post)
            self.carry_out(handheld, handheld.node.kept(post, handheld.next_id(), self.now))

    def _transmit(self, sender: Handheld, effect: Transmit) -> None:
        self.frames.append((self.now, sender.name, effect.air))
        heard = bytearray(effect.air)
        heard[1] -= (self.hops - 1) << 2
        for name, handheld in self.handhelds.items():
            if name == sender.name or not handheld.radio or (sender.name, name) in self.deaf:
                continue
            if self.between is not None:
                self.between(sender.name, name, bytes(heard))
            elif self.chance.below(100) >= self.loss_percent:
                self.arrive(name, bytes(heard))
        self.carry_out(sender, sender.node.sent(effect.token, SentResult.ON_AIR, self.now))
