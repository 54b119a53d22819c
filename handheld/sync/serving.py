"""Handing out what others lack: what, in which order, how fast, and whether somebody else does it already."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import field
from hashlib import blake2b

from handheld.sync.pace import FAST_US, Pace
from handheld.sync.patience import Served
from handheld.values import dataclass
from handheld.wire.pairs import is_short
from handheld.wire.sync import ITEM_ID, short

BATCH = 40
"""Records that are offered in one frame, and then handed out."""

WANTED_MAX = 400
"""Records that are owed to others at most; beyond, the oldest wait to be asked for again."""

PROMISE_MS = 5_000
PROMISE_AIRTIMES = 8
"""An offer that is not kept, or not gone on with, for so long is void; on slow air so many longest frames."""

DISTRUST = 12
"""Who breaks his word is not waited for again within so many times as long."""

LEFT_MS, LEFT_MOST = 60_000, 4
"""Who says that he hands out some mail may lie, or be out of reach of who asked: he is believed so often."""

AGES_KEPT = 512

PROFILE = 0
"""Stands for the profile in the place of a number."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A public record by author and number (PROFILE for the profile), or mail by its id in `mail`."""

    key: bytes = b""
    seq: int = 0
    mail: bytes = b""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing to hand out: byte 0 and body, how old it is in seconds, and the board that a post is on."""

    what: Wanted
    raw: bytes
    age_s: int = 0
    board: str = ""


@dataclass()
class Todo:
    """`air`: frames for the radio, in order. `fetch`: what the store is to give to `fetched`."""

    air: list[bytes] = field(default_factory=list)
    fetch: list[Wanted] = field(default_factory=list)


def record_id(key: bytes, seq: int) -> bytes:
    """By what an offer names a public record."""
    return blake2b(key + seq.to_bytes(4, "big"), digest_size=ITEM_ID, person=b"pm record").digest()


def name_of(what: Wanted) -> bytes:
    """By what an offer names anything."""
    return what.mail[:ITEM_ID] if what.mail else short(record_id(what.key, what.seq))


class Ages:
    """How old things are that others offered, as they said it: age bytes by name."""

    def __init__(self) -> None:
        self._levels: OrderedDict[bytes, int] = OrderedDict()

    def say(self, pairs: Iterable[tuple[bytes, int]]) -> None:
        """An offer says so."""
        for name, level in pairs:
            self._levels.pop(name, None)
            self._levels[name] = level
        while len(self._levels) > AGES_KEPT:
            self._levels.popitem(last=False)

    def take(self, name: bytes) -> int:
        """What was said last of this; 0 if nothing was. It is told once."""
        return self._levels.pop(name, 0)


class Promises:
    """What others said that they hand out next. One does at a time: the others would only fill the air."""

    def __init__(self) -> None:
        self.busy_until = 0
        """Until when somebody else is trusted to go on; who broke his word stops nobody for a while."""
        self._promised: dict[bytes, None] = {}
        self._unheard: dict[bytes, None] = {}
        self._came: dict[bytes, None] = {}
        self._last = b""
        self._kept = True
        self._distrust_until = 0
        self._patience_ms = PROMISE_MS

    def radio(self, airtime_us: int) -> None:
        """How long the longest frame takes."""
        self._patience_ms = max(PROMISE_MS, PROMISE_AIRTIMES * airtime_us // 1_000)

    def offered(self, names: list[bytes], now: int, holds: Callable[[bytes], bool]) -> None:
        """Somebody offers these; `holds`: what of it is here for certain."""
        if not self._kept and self.busy_until:
            self._distrust_until = max(self._distrust_until, self.busy_until + DISTRUST * self._patience_ms)
        self._kept = False
        if now >= self._distrust_until:
            self.busy_until = now + self._patience_ms
        self._promised = dict.fromkeys(names)
        self._last = names[-1]
        # A second one who offers what has come already promises nothing that we lack.
        self._unheard.update((name, None) for name in names if name not in self._came and not holds(name))
        while len(self._unheard) > WANTED_MAX:
            del self._unheard[next(iter(self._unheard))]

    def heard(self, name: bytes, now: int) -> bool:
        """Something was handed out; if it was promised, more will follow. Whether it was the last of them."""
        last = name == self._last
        if self.awaits(name, now):
            self._kept = True
            self.busy_until = now if last else now + self._patience_ms
        self._promised.pop(name, None)
        self._unheard.pop(name, None)
        self._came[name] = None
        if len(self._came) > WANTED_MAX:
            del self._came[next(iter(self._came))]
        return last

    def begin(self) -> None:
        """We ask for all that we lack: what was promised before does not matter any more."""
        self._unheard.clear()
        self._came.clear()

    @property
    def open(self) -> bool:
        """Whether anything that was promised since `begin` was not heard, by whomever it was promised."""
        return bool(self._unheard)

    def awaits(self, name: bytes, now: int) -> bool:
        """Whether somebody who is trusted to do so will hand this out."""
        return name in self._promised and now < self.busy_until


class Serving:
    """What is owed to others. `take` gives a batch to be fetched, `fetched` frames to be said one by one."""

    def __init__(self, born: Callable[[Wanted], int], below: Callable[[int], int]) -> None:
        """`born` tells what is newer, `below` draws a number below its argument."""
        self.wait_ms = 1
        """The window for answers."""
        self._below = below
        self.promises = Promises()
        self._born = born
        self.served = Served()
        self._owed: OrderedDict[bytes, Wanted] = OrderedDict()
        self._left: OrderedDict[bytes, tuple[int, int]] = OrderedDict()
        self._fetching = False
        self._records: list[Record] = []
        self._at: int | None = None
        self._pairs = False
        self.pace = Pace()
        self.turn = 0
        """Of our last offer: where two offer the same, the greater one goes on."""

    @property
    def active(self) -> bool:
        """Whether there is anything to do."""
        return bool(self._owed or self._records or self._fetching)

    def radio_up(self, airtime_us: int, now: int) -> None:
        """A radio whose longest frame takes so long."""
        self.pace.radio_up(airtime_us, now)
        self._pairs = airtime_us <= FAST_US
        self.promises.radio(airtime_us)

    def radio_down(self) -> None:
        """Forget what is owed: who lacks it will ask again."""
        self._owed.clear()
        self._records.clear()
        self._fetching = False
        self._at = None

    def owe(self, what: Wanted, at: int, now: int) -> None:
        """Somebody lacks this: hand it out, not before `at` if it is the first."""
        name = name_of(what)
        if name in self._owed or len(self._owed) >= WANTED_MAX or not self.served.may(name, now):
            return
        if not self.active:
            self._at = at
        self._owed[name] = what

    def holds(self, name: bytes) -> bool:
        """Whether we hand this out, or did: what somebody else offers of it is nothing that we lack."""
        return (
            name in self._owed
            or name in self.served
            or any(name_of(one.what) == name for one in self._records)
        )

    def yields(self, theirs: int) -> None:
        """Somebody else hands out at the same time: he goes on if his turn is the greater."""
        if theirs > self.turn:
            self._owed.update((name_of(record.what), record.what) for record in self._records)
            self._records.clear()

    def leaves(self, names: Iterable[bytes], now: int) -> None:
        """Somebody else hands out this mail: it is left to him, but only some times in a minute.

        Whether he does cannot be heard: a radio says nothing of what it heard some minutes before, too.
        """
        for name in names:
            since, times = self._left.get(name, (now, 0))
            if now - since >= LEFT_MS:
                since, times = now, 0
            if times < LEFT_MOST and self._owed.pop(name, None) is not None:
                self._left[name] = since, times + 1
        while len(self._left) > WANTED_MAX:
            self._left.popitem(last=False)

    def heard(self, name: bytes, now: int) -> bool:
        """Somebody else handed this out; whether it was the last that he promised."""
        last = self.promises.heard(name, now)
        if self._owed.pop(name, None) is not None:
            self.served.note(name, now)
        self._records = [record for record in self._records if name_of(record.what) != name]
        return last

    def next_deadline(self) -> int | None:
        """When `take` or `next_record` has something to do."""
        if self._fetching or not (self._records or self._owed):
            return None
        if self._records or self._at is None:
            return self.pace.ready_at
        return max(self.pace.ready_at, self._at)

    def take(self, now: int, load: int) -> list[Wanted]:
        """The next batch to be fetched, profiles before their posts, the newest first; often none.

        `load`: how much of the air is taken, in percent.
        """
        if self._fetching or self._records or not self._owed or now < (self.next_deadline() or 0):
            return []
        if now < self.promises.busy_until:
            self._at = self.promises.busy_until + self._below(self.wait_ms)
            return []
        batch = self._batch()
        for what in batch:
            self._owed.pop(name_of(what))
            self.served.note(name_of(what), now)
        self.pace.offered(ITEM_ID * len(batch), now, load)
        self._fetching = True
        return batch

    def _batch(self) -> list[Wanted]:
        posts = list(self._owed.values())
        profiles = {what.key: what for what in posts if not what.mail and what.seq == PROFILE}
        rest = [what for what in posts if what.mail or what.seq != PROFILE]
        # Mail first: somebody waits for it. Then the newest news.
        rest.sort(key=lambda what: (not what.mail, -self._born(what)))
        chosen: list[Wanted] = []
        for what in rest:
            if len(chosen) + (what.key in profiles) >= BATCH:
                return chosen
            if (profile := profiles.pop(what.key, None)) is not None:
                chosen.append(profile)
            chosen.append(what)
        return (chosen + list(profiles.values()))[:BATCH]

    def fetched(self, records: list[Record]) -> None:
        """What was found of the batch."""
        self._fetching = False
        self._records = records
        self._at = None

    def next_records(self, now: int, load: int) -> list[Record]:
        """What to say in the next frame now; often none. `load`: how much of the air is taken, in percent."""
        if not self._records or now < self.pace.ready_at:
            return []
        records = [self._records.pop(0)]
        if self._pairs and is_short(records[0].raw):
            # A frame costs fast air its turn, whatever is in it. On slow air a longer one would be lost more.
            records += [one for one in self._records if is_short(one.raw)][:1]
            self._records = [one for one in self._records if one not in records]
        self.pace.spent(sum(len(one.raw) for one in records), now, load)
        return records
