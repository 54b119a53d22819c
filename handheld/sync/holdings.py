"""What is held here of the public window: for each author the numbers of his posts, and sums over all of it.

A number is held, missing (wanted, and not held), or gone: dropped, expired or deleted here, or gone wherever
it could have come from. Gone ones are never asked for again. A post that was heard live counts in the sums
only when it is a minute old: until then whoever lacks it may still be hearing it.
"""

from bisect import bisect_left, insort
from collections import OrderedDict
from hashlib import blake2b
from heapq import nlargest
from itertools import pairwise

from handheld.sync.feed import HASH, Feed
from handheld.sync.spans import Spans
from handheld.values import dataclass
from handheld.wire.sync import BUCKETS, FEEDS_MAX, HOLES_MAX, Entry, buckets_for, entry_bytes

RIPE_MS = 60_000
"""What was heard live is left out of the sums for so long."""

FEEDS_KEPT = 2_000
"""Feeds that are remembered, those without a post included; beyond, whoever had news longest ago goes."""

HELD_MAX = 40_000
"""Posts that are told of, twice as many as a box keeps; beyond, the feed that had news longest ago is not."""

YOUNG_MAX = 4_000
"""Posts and profiles that are too young to count; beyond, the oldest of them count at once."""

BELOW = 16
"""Of the numbers below the lowest that is held at start so many may still be wanted."""

_ALL = (1 << 64) - 1
_MOST = BUCKETS[-1]


@dataclass(frozen=True, slots=True)
class Differing:
    """Buckets of `size` in which somebody's feeds differ from ours, and how many feeds he has."""

    size: int
    buckets: tuple[int, ...]
    feeds: int


class Feeds:
    """All feeds. Every change costs the same, however much is held: `hashed` counts the hashes made."""

    def __init__(self) -> None:
        self.hashed = 0
        self._feeds: OrderedDict[bytes, Feed] = OrderedDict()
        self._epochs: dict[bytes, int] = {}
        self._window: OrderedDict[bytes, None] = OrderedDict()
        self._by_id: dict[bytes, list[bytes]] = {}
        self._buckets: list[list[tuple[int, bytes]]] = [[] for _ in range(_MOST)]
        self._sums = [0] * _MOST
        self._sum = 0
        self._held = 0
        # (author, number, or 0 for a profile), and when it counts.
        self._young: OrderedDict[tuple[bytes, int], tuple[int, int]] = OrderedDict()

    def __len__(self) -> int:
        """Feeds in the window."""
        return len(self._window)

    @property
    def digest(self) -> bytes:
        """8 bytes that are equal where the same is held."""
        return self._sum.to_bytes(HASH, "big")

    def sums(self, size: int) -> tuple[int, ...]:
        """The buckets of a beacon of this size, modulo 2^16 each."""
        return tuple(sum(self._sums[at::size]) & 0xFFFF for at in range(size))

    def differing(self, feeds: int, sums: tuple[int, ...]) -> Differing:
        """Where somebody's sums, over so many feeds, differ from ours; all buckets where none does."""
        size = min(len(sums), buckets_for(len(self)))
        theirs = [sum(sums[at::size]) & 0xFFFF for at in range(size)]
        found = [at for at, ours in enumerate(self.sums(size)) if ours != theirs[at]]
        return Differing(size, tuple(found or range(size)), feeds)

    def load(self, key: bytes, born: dict[int, int], old: int | None = None) -> None:
        """A feed as it was when the device was switched off: numbers, and when each was 0 s old.

        What came before one that was 0 s old at `old` or earlier, and is not here, has expired. Before a
        younger one it may have been under way, for the newest are handed out first.
        """
        if not born:
            return
        feed = self._feed(key)
        self._held += len(born.keys() - feed.born.keys())
        feed.born.update(born)
        numbers = sorted(born)
        feed.highest = numbers[-1]
        feed.floor = numbers[0] - 1
        feed.dropped = max(0, feed.floor - BELOW)
        if old is not None and born[numbers[0]] > old:
            # The sums do not tell of what is below the floor, so nobody else would ever speak of it.
            feed.missing.add(feed.dropped + 1, feed.floor)
            feed.floor = feed.dropped
        for before, after in pairwise(numbers):
            feed.missing.add(before + 1, after - 1)
        self._tell(feed)

    def add(self, key: bytes, seq: int, born: int, ripe_at: int | None = None) -> None:
        """A post is held. `ripe_at`: when it counts in the sums; at once if it came by repair."""
        if (feed := self._feed(key)) and seq in feed.born:
            return
        if ripe_at is None:
            self._settle(feed, seq, born)
        else:
            self._wait(key, seq, ripe_at, born)

    def profile(self, key: bytes, epoch: int, ripe_at: int | None = None) -> None:
        """The profile of this epoch is held."""
        if ripe_at is not None:
            self._wait(key, 0, ripe_at, epoch)
            return
        self._epochs.pop(key, None)
        self._epochs[key] = epoch
        if len(self._epochs) > 2 * FEEDS_KEPT:
            del self._epochs[next(iter(self._epochs))]
        if (feed := self._feeds.get(key)) is not None:
            feed.epoch = epoch
            self._tell(feed)

    def _wait(self, key: bytes, seq: int, ripe_at: int, value: int) -> None:
        self._young[key, seq] = (ripe_at, value)
        if len(self._young) > YOUNG_MAX:
            self._ripen_first()

    def ripen(self, now: int) -> bool:
        """Count what is old enough by now; whether anything changed."""
        changed = False
        while self._young and next(iter(self._young.values()))[0] <= now:
            self._ripen_first()
            changed = True
        return changed

    def _ripen_first(self) -> None:
        (key, seq), (_, value) = self._young.popitem(last=False)
        if seq:
            self._settle(self._feed(key), seq, value)
        else:
            self.profile(key, value)

    @property
    def ripe_at(self) -> int | None:
        """When `ripen` has something to do."""
        return next(iter(self._young.values()))[0] if self._young else None

    def drop(self, key: bytes, seq: int) -> None:
        """A post is held no more, and not wanted again; one that never came is never asked for."""
        self._young.pop((key, seq), None)
        if (feed := self._feeds.get(key)) is None:
            return
        self._held -= feed.born.pop(seq, None) is not None
        self.forgo(key, seq, seq)
        if not feed.born:
            feed.floor = feed.dropped = max(feed.floor, feed.highest)
        elif seq <= min(feed.born):
            feed.floor = feed.dropped = max(feed.floor, min(feed.born) - 1)
        feed.missing.cut(feed.floor)
        feed.gone.cut(feed.floor)
        self._tell(feed)

    def forgo(self, key: bytes, first: int, last: int) -> None:
        """These numbers are not wanted, held or not: none ever was, or they went."""
        feed = self._feed(key)
        feed.missing.take(first, last)
        feed.gone.add(first, last)
        if last > feed.highest:
            feed.missing.add(max(feed.highest, feed.floor) + 1, first - 1)
            feed.highest = last
        self._tell(feed)

    def holds(self, key: bytes, seq: int) -> bool:
        """Whether this post is held, however young."""
        feed = self._feeds.get(key)
        return (feed is not None and seq in feed.born) or (key, seq) in self._young

    def wanted(self, key: bytes, seq: int) -> bool:
        """Whether this post is neither held nor gone."""
        feed = self._feeds.get(key)
        if self.holds(key, seq) or feed is None:
            return feed is None
        return seq > feed.highest or feed.missing.has(seq)

    def born(self, key: bytes, seq: int) -> int | None:
        """The second of the odometer when a held post was 0 s old."""
        feed = self._feeds.get(key)
        return None if feed is None else feed.born.get(seq)

    def gaps(self, key: bytes) -> list[tuple[int, int]]:
        """Numbers that are missing between those that are held, the oldest first."""
        feed = self._feeds.get(key)
        if feed is None or not feed.born:
            return []
        oldest = min(feed.born)
        return [hole for hole in reversed(feed.missing.newest(HOLES_MAX)) if hole[0] > oldest]

    def entry(self, key: bytes) -> Entry:
        """How far we are with a feed, for a vector."""
        feed = self._feed(key)
        return feed.entry(feed.floor)

    def print(self, key: bytes, nonce: int) -> int:
        """The byte of a feed's state that a list of this nonce has."""
        return self._feeds[key].state >> 8 * (nonce % HASH) & 0xFF

    def in_bucket(self, size: int, bucket: int) -> list[bytes]:
        """Keys of the feeds in one bucket of this size, by their hashes."""
        found = [one for at in range(bucket, _MOST, size) for one in self._buckets[at]]
        return [key for _, key in sorted(found)]

    def check(self, size: int, bucket: int) -> int:
        """The byte that tells which feeds are in a bucket."""
        found = (one for at in range(bucket, _MOST, size) for one, _ in self._buckets[at])
        return sum(one >> 8 for one in found) & 0xFF

    def called(self, name: bytes) -> list[bytes]:
        """Keys of the feeds that have this id in a vector."""
        return self._by_id.get(name, [])

    def lacking(self, key: bytes, entry: Entry) -> list[int]:
        """Numbers of posts held here, and not young, that somebody lacks and wants; the newest first."""
        feed = self._feeds.get(key)
        if feed is None:
            return []

        def lacks(seq: int) -> bool:
            return seq > entry.highest or any(first <= seq <= last for first, last in entry.missing)

        # From the newest on, so that a feed that somebody is up to date with costs one look.
        return sorted((seq for seq in feed.born if seq > entry.floor and lacks(seq)), reverse=True)

    def wants(self, key: bytes, entry: Entry) -> bool:
        """Whether somebody has a post that is missing here."""
        feed = self._feeds.get(key)
        if feed is None:
            return entry.highest > entry.floor
        missing = list(feed.missing.newest(len(feed.missing)))
        top = max(feed.highest, feed.floor) + 1
        if entry.highest >= top:
            missing.append((top, entry.highest))
        theirs = Spans()
        theirs.add(entry.floor + 1, entry.highest)
        for first, last in (*entry.missing, *entry.gone):
            theirs.take(first, last)
        shared = [both for hole in missing for both in theirs.within(*hole)]
        count = sum(last - first + 1 for first, last in shared)
        young = sum(
            1
            for who, seq in self._young
            if who == key and any(first <= seq <= last for first, last in shared)
        )
        return count > young

    def believe(self, key: bytes, entry: Entry) -> bool:
        """What somebody who has all we lack says is gone, is gone; whether that changed anything."""
        feed = self._feeds.get(key)
        if feed is None or self.wants(key, entry):
            return False
        before = (feed.floor, len(feed.missing), feed.missing.count)
        feed.floor = max(feed.floor, entry.floor)
        feed.missing.cut(feed.floor)
        feed.gone.cut(feed.floor)
        for first, last in entry.gone:
            for lost in feed.missing.within(first, last):
                feed.gone.add(*lost)
            feed.missing.take(first, last)
        changed = before != (feed.floor, len(feed.missing), feed.missing.count)
        if changed:
            self._tell(feed)
        return changed

    def reopen(self, key: bytes, entry: Entry) -> None:
        """Somebody has older posts than were said to exist: those are wanted again."""
        feed = self._feeds.get(key)
        floor = 0 if feed is None else max(feed.dropped, feed.enough, entry.floor)
        if feed is None or floor >= feed.floor or not feed.born:
            return
        feed.missing.add(floor + 1, feed.floor)
        for seq in feed.born:
            feed.missing.take(seq, seq)
        for first, last in feed.gone.newest(len(feed.gone)):
            feed.missing.take(first, last)
        feed.floor = floor
        self._tell(feed)

    def reopen_all(self) -> None:
        """All that is older than what is held is wanted, unless it was dropped here."""
        for feed in self._feeds.values():
            feed.enough = 0
            self.reopen(feed.key, Entry(feed.id, feed.highest, None))

    def newest(self, most: int) -> list[tuple[bytes, int]]:
        """The newest posts in the window: author and number, the newest first."""
        posts = [(born, key, seq) for key in self._window for seq, born in self._feeds[key].born.items()]
        return [(key, seq) for _, key, seq in nlargest(most, posts)]

    def content(self, depth: int = 0) -> None:
        """Of what is older than what is held of each feed only so many posts are wanted."""
        for feed in self._feeds.values():
            if feed.born:
                feed.floor = feed.enough = max(feed.floor, min(feed.born) - 1 - depth)
                feed.missing.cut(feed.floor)
                self._tell(feed)

    def _feed(self, key: bytes) -> Feed:
        feed = self._feeds.get(key)
        if feed is None:
            feed = self._feeds[key] = Feed(key)
            feed.epoch = self._epochs.get(key)
            self._by_id.setdefault(feed.id, []).append(key)
            if len(self._feeds) > FEEDS_KEPT:
                self._forget(next(iter(self._feeds.values())))
        return feed

    def _forget(self, feed: Feed) -> None:
        self._leave(feed)
        self._held -= len(feed.born)
        del self._feeds[feed.key]
        self._by_id[feed.id].remove(feed.key)
        if not self._by_id[feed.id]:
            del self._by_id[feed.id]

    def _settle(self, feed: Feed, seq: int, born: int) -> None:
        self._held += seq not in feed.born
        feed.born[seq] = born
        if seq > feed.highest:
            feed.missing.add(max(feed.highest, feed.floor) + 1, seq - 1)
            feed.highest = seq
        else:
            feed.missing.take(seq, seq)
            feed.gone.take(seq, seq)
        self._feeds.move_to_end(feed.key)
        self._window.pop(feed.key, None)
        self._tell(feed, news=True)
        if len(self._window) > FEEDS_MAX[-1]:
            self._leave(self._feeds[next(iter(self._window))])
        if self._held > HELD_MAX:
            self._forget(next(iter(self._feeds.values())))

    def _tell(self, feed: Feed, *, news: bool = False) -> None:
        """Bring the sums up to date with one feed."""
        feed.bound()
        if not feed.born:
            self._leave(feed)
            return
        if not news and feed.key not in self._window and len(self._window) >= FEEDS_MAX[-1]:
            return
        if not feed.state:
            insort(self._buckets[feed.hash % _MOST], (feed.hash, feed.key))
        self._window[feed.key] = None
        self._count(feed, self._hash(feed))

    def _leave(self, feed: Feed) -> None:
        self._window.pop(feed.key, None)
        if feed.state:
            bucket = self._buckets[feed.hash % _MOST]
            del bucket[bisect_left(bucket, (feed.hash, feed.key))]
        self._count(feed, 0)

    def _count(self, feed: Feed, state: int) -> None:
        change = state - feed.state
        feed.state = state
        self._sum = (self._sum + change) & _ALL
        self._sums[feed.hash % _MOST] += change

    def _hash(self, feed: Feed) -> int:
        self.hashed += 1
        said = entry_bytes(feed.entry(0)._replace(gone=()))
        digest = blake2b(feed.key + said, digest_size=HASH, person=b"pm state").digest()
        return int.from_bytes(digest, "big") or 1
