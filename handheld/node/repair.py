"""Everybody up to date: where the engine of repair meets people, boards and posts."""

import heapq
from collections import OrderedDict
from collections.abc import Iterable

from handheld.clock import Entropy
from handheld.errors import Refused, WireError
from handheld.node.boards import LISTS, board_name, can_travel
from handheld.node.effects import Effect, KeepHeardBoard, KeepPost, Serve
from handheld.node.following import Following
from handheld.node.mail import Mail
from handheld.node.odometer import Odometer
from handheld.node.outbound import Outbound, Outgoing
from handheld.node.people import People
from handheld.node.presence import SLOW_US
from handheld.node.traffic import Traffic
from handheld.sync.holdings import RIPE_MS, Feeds
from handheld.sync.naming import KNOWN_BOARD
from handheld.sync.repair import Repair
from handheld.sync.serving import PROFILE, Record, Wanted
from handheld.text import clean
from handheld.values import dataclass
from handheld.wire.air import AirFrame, first_byte, flood
from handheld.wire.codec import decode, encode
from handheld.wire.constants import POST_LIFE_S, PUBLIC_START_TTL, AirKind, PostType
from handheld.wire.notices import Deleted
from handheld.wire.sync import BOARD_NAME_MAX, Beacon, BoardName, Leap, Offer

AWAY_MS, AWAY_SLOW_MS = 45 * 60 * 1_000, 6 * 60 * 60 * 1_000
"""Who was not heard directly for so long may hold what we lack: three times the period of announcements."""

NEAR_KEPT = 1_000

NEARLY_DEAD_S = POST_LIFE_S * 6 // 7
"""Of whose oldest post is older than this, those before it are taken to have expired, and not asked for."""


@dataclass(frozen=True, slots=True)
class Held:
    """A public post in the store, at start: `born` is the second of the odometer when it was 0 s old, `dies`
    the one when it has lived long enough. `gone`: only its number is there."""

    author: bytes
    seq: int
    born: int
    dies: int
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What the store has of what was to be served: a post by `author` and `seq`."""

    raw: bytes
    author: bytes = b""
    seq: int = 0
    board: str = ""


class Upkeep:
    """Verbs: `receive`, `tick`, `next_deadline`, `served`; and what the node tells of what it holds."""

    def __init__(
        self,
        people: People,
        following: Following,
        outbound: Outbound,
        odometer: Odometer,
        traffic: Traffic,
        entropy: Entropy,
        held: Iterable[Held],
        letters: Mail,
    ) -> None:
        self._people = people
        self.following = following
        self.boards = following.boards
        self._mail = letters
        self._outbound = outbound
        self._odometer = odometer
        self._traffic = traffic
        self._feeds = Feeds()
        self._dying: list[tuple[int, bytes, int]] = []
        self._left = 0
        self._load(held)
        self._engine = Repair(
            people.own, self._feeds, letters.carrying.bag, entropy, lambda: odometer.seconds
        )
        self._fetching: list[Wanted] = []
        self._away_ms = AWAY_MS
        self._near: OrderedDict[bytes, int] = OrderedDict()
        self._told: set[str] = {KNOWN_BOARD, LISTS}

    def _load(self, held: Iterable[Held]) -> None:
        by_author: dict[bytes, list[Held]] = {}
        for one in held:
            by_author.setdefault(one.author, []).append(one)
        for author, epoch in self._people.epochs().items():
            self._feeds.profile(author, epoch)
        old = self._odometer.seconds - NEARLY_DEAD_S
        for author, rows in by_author.items():
            # Of numbers that are gone nothing is to be asked for: they count as held until the others are in.
            self._feeds.load(author, {one.seq: one.born for one in rows}, old)
            for one in rows:
                if one.gone:
                    self._feeds.drop(author, one.seq)
            self._dying += [(one.dies, author, one.seq) for one in rows if not one.gone]
        heapq.heapify(self._dying)

    def __len__(self) -> int:
        """Authors whose posts are told of."""
        return len(self._feeds)

    @property
    def rounds(self) -> int:
        """How often somebody told what he holds, feed by feed."""
        return self._engine.rounds

    @property
    def own_highest(self) -> int:
        """The highest number of an own post that anybody said he has."""
        return self._engine.own_highest

    def gaps(self, key: bytes) -> list[tuple[int, int]]:
        """Numbers of somebody's posts that are missing between those that are held, the oldest first."""
        return self._feeds.gaps(key)

    # What comes in.

    def receive(self, air: AirFrame, now: int) -> list[Effect]:
        """A beacon, vector, offer or the name of a board; WireError if it is none."""
        self._odometer.read(now)
        if air.kind == AirKind.BOARD:
            return self._hear_board(decode(BoardName, air.body), now)
        self._engine.receive(air.kind, air.body, now)
        if air.kind == AirKind.BEACON:
            return self._mail.courier.same(decode(Beacon, air.body).mail, now)
        return self._mail.courier.offered(decode(Offer, air.body), now) if air.kind == AirKind.OFFER else []

    def _hear_board(self, heard: BoardName, now: int) -> list[Effect]:
        name = clean(heard.name, BOARD_NAME_MAX)
        try:
            spelled = board_name(name).encode()
        except Refused:
            spelled = b""
        if spelled != heard.name:
            raise WireError("text", "no board's name, or another spelling of one")
        self._engine.named(name, now)
        return [KeepHeardBoard(name)] if self.boards.hear(name) else []

    def carried(self, author: bytes, seq: int, now: int) -> int:
        """A post, or with number 0 the profile, came from a carrier: how old it is, in seconds."""
        what = Wanted(author, seq)
        self._engine.heard(what, now)
        return self._engine.age_of(what)

    def handed(self, id8: bytes, now: int) -> None:
        """A carried copy of this mail was heard."""
        self._engine.heard(Wanted(mail=id8), now)

    def near(self, key: bytes, now: int) -> None:
        """Somebody was heard directly."""
        before = self._near.pop(key, None)
        self._near[key] = now
        if len(self._near) > NEAR_KEPT:
            self._near.popitem(last=False)
        if before is None or now - before > self._away_ms:
            self._engine.met(now)

    def profile(self, key: bytes, epoch: int, now: int, *, live: bool) -> None:
        """A profile is held; `live`: others hear it at this time, too."""
        self._feeds.profile(key, epoch, now + RIPE_MS if live else None)

    def kept(self, keep: KeepPost, now: int, *, new: bool) -> None:
        """A post is on the disk; not `new`: it was there, or had to give way at once."""
        powered = self._odometer.read(now)
        if not new and not self._feeds.holds(keep.author, keep.seq):
            self._feeds.forgo(keep.author, keep.seq, keep.seq)
            return
        live = keep.own or keep.hops is not None
        self._engine.kept(keep.author, keep.seq, keep.age, now, live=live)
        life = POST_LIFE_S if keep.expires is None else keep.expires
        heapq.heappush(self._dying, (powered - keep.age + life, keep.author, keep.seq))
        self._skip(keep)

    def _skip(self, keep: KeepPost) -> None:
        """What a post says that does not come any more."""
        if keep.kind == PostType.DELETED:
            said = decode(Deleted, keep.text)
            for seq in range(said.seq, said.seq + said.count):
                self._feeds.drop(keep.author, seq)
        elif keep.kind == PostType.LEAP and (first := decode(Leap, keep.text).seq + 1) < keep.seq:
            self._feeds.forgo(keep.author, first, keep.seq - 1)

    def holds(self, author: bytes, seq: int) -> bool:
        """Whether this post is held."""
        return self._feeds.holds(author, seq)

    def refuse(self, author: bytes, seq: int) -> None:
        """A post came that is not to be held, and not wanted again."""
        self._feeds.forgo(author, seq, seq)

    def twin(self, author: bytes, now: int) -> list[Effect]:
        """Somebody signed two posts under one number: he writes on two devices."""
        return self._people.twin(author, now)

    def gone(self, author: bytes, seq: int) -> None:
        """A post is held no more, and is not wanted again."""
        self._feeds.drop(author, seq)
        self._left += 1
        if self._left > len(self._dying) // 2:
            # They would wait here for days; looked through when half of it may be such, so seldom.
            self._dying = [one for one in self._dying if self._feeds.holds(one[1], one[2])]
            heapq.heapify(self._dying)
            self._left = 0

    def older(self, now: int) -> None:
        """Older posts than what is held are wanted."""
        self._engine.older(now)

    # What goes out.

    def radio_up(self, airtime_us: int, now: int) -> None:
        """A radio whose longest frame takes so long."""
        self._away_ms = AWAY_SLOW_MS if airtime_us > SLOW_US else AWAY_MS
        self._engine.radio_up(airtime_us, now)
        self._mail.courier.radio_up(airtime_us)

    def radio_down(self) -> None:
        """The radio went."""
        self._engine.radio_down()
        self._fetching = []

    def next_deadline(self) -> int | None:
        """When `tick` is wanted."""
        return self._engine.next_deadline()

    def tick(self, now: int) -> list[Effect]:
        """Say what is to be said; have fetched what is to be handed out."""
        powered = self._odometer.read(now)
        while self._dying and self._dying[0][0] <= powered:
            _, author, seq = heapq.heappop(self._dying)
            self._feeds.drop(author, seq)
        _, load = self._traffic.now(now)
        todo = self._engine.due(now, load, busy=self._outbound.waiting > 0)
        effects = self._air(todo.air, now)
        if todo.fetch:
            self._fetching = todo.fetch
            posts = tuple((one.key, one.seq) for one in todo.fetch if not one.mail and one.seq != PROFILE)
            effects += [Serve(posts)] if posts else self.served([], now)
        return effects

    def served(self, found: Iterable[Found], now: int) -> list[Effect]:
        """What the store has of what was to be served. What it lacks is gone."""
        powered = self._odometer.read(now)
        by_what = {Wanted(one.author, one.seq): one for one in found}
        carrying = self._mail.carrying
        records = []
        for what in self._fetching:
            if what.mail:
                if (raw := carrying.raw(what.mail)) is not None:
                    records.append(Record(what, raw, carrying.bag.age(what.mail, powered)))
            elif what.seq == PROFILE:
                records += self._profile_record(what)
            elif (one := by_what.get(what)) is not None and one.raw:
                born = self._feeds.born(what.key, what.seq)
                age = 0 if born is None else powered - born
                # All know the one name, and no frame has room for one that an older version took.
                board = "" if one.board == LISTS or not can_travel(one.board) else one.board
                records.append(Record(what, one.raw, max(0, age), board))
            else:
                self._feeds.drop(what.key, what.seq)
        self._fetching = []
        handed = [record.what.mail for record in records if record.what.mail]
        return [
            *self._mail.courier.held(handed, now, more=True),
            *self._air(self._engine.fetched(records), now),
        ]

    def _profile_record(self, what: Wanted) -> list[Record]:
        profile = self._people.profile(what.key)
        if profile is None:
            return []
        return [Record(what, bytes([first_byte(AirKind.PROFILE)]) + encode(profile))]

    def introduce(self, board: str, now: int) -> list[Effect]:
        """Tell everybody the name of a board, before the own first post there."""
        if board in self._told or not can_travel(board):
            return []
        self._told.add(board)
        self._engine.named(board, now)
        frame = flood(AirKind.BOARD, PUBLIC_START_TTL, encode(BoardName(board.encode())))
        return self._outbound.put(Outgoing(frame), now)

    def _air(self, frames: Iterable[bytes], now: int) -> list[Effect]:
        effects: list[Effect] = []
        for frame in frames:
            effects += self._outbound.put(Outgoing(frame), now)
        return effects
