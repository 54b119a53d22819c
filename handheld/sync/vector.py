"""What to say of feeds that differ, and what to make of what another says."""

from collections.abc import Iterable
from dataclasses import field

from handheld.sync.holdings import Differing, Feeds
from handheld.values import dataclass
from handheld.wire.sync import (
    BUCKETS,
    VECTOR_MAX,
    Entries,
    Entry,
    Listing,
    Vector,
    entry_bytes,
    pack_entries,
    pack_lists,
)

FRAMES_MAX = 2
"""Vectors of lists that are said at once; the rest comes with the next round."""

_LIST_MAX = 255


@dataclass()
class Answer:
    """Feeds of which entries are to be said: `keys`, `unknown` ids, and all those in `complete` buckets."""

    size: int = BUCKETS[0]
    keys: dict[bytes, None] = field(default_factory=dict)
    unknown: dict[bytes, None] = field(default_factory=dict)
    complete: set[int] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.keys or self.unknown or self.complete)

    def merge(self, other: "Answer") -> None:
        """Say this, too."""
        if other.complete and other.size != self.size:
            self.complete.clear()
            self.size = other.size
        self.keys.update(other.keys)
        self.unknown.update(other.unknown)
        self.complete.update(other.complete)


def open_round(feeds: Feeds, differing: Differing, nonce: int) -> list[Vector]:
    """Vectors of the buckets that differ: entries if they fit into one frame, else lists."""
    size, buckets = differing.size, differing.buckets
    keys = [key for bucket in buckets for key in feeds.in_bucket(size, bucket)]
    entries = [feeds.entry(key) for key in keys[:VECTOR_MAX]]
    if sum(len(entry_bytes(entry)) for entry in entries) <= VECTOR_MAX - size // 8:
        return [pack_entries(size, buckets, entries, nonce)]
    if 2 * abs(len(feeds) - differing.feeds) > len(buckets):
        # Lists say little where one side has feeds that the other has not.
        return [say_entries(feeds, Answer(size, complete=set(buckets)), nonce)]
    return _lists(feeds, size, buckets, nonce)


def _lists(feeds: Feeds, size: int, buckets: Iterable[int], nonce: int) -> list[Vector]:
    frames: list[dict[int, tuple[int, bytes]]] = [{}]
    room = VECTOR_MAX - size // 8
    for bucket in buckets:
        keys = feeds.in_bucket(size, bucket)
        needed = 2 + len(keys)
        if len(keys) > _LIST_MAX or needed > VECTOR_MAX - size // 8:
            continue  # somebody made hundreds of keys for one bucket: it waits for the entries of others
        if needed > room:
            if len(frames) == FRAMES_MAX:
                break
            frames.append({})
            room = VECTOR_MAX - size // 8
        prints = bytes(feeds.print(key, nonce) for key in keys)
        frames[-1][bucket] = (feeds.check(size, bucket), prints)
        room -= needed
    return [pack_lists(size, lists, nonce) for lists in frames if lists]


def answer_lists(feeds: Feeds, listing: Listing) -> Answer:
    """What to say of somebody's lists: feeds that differ, and buckets in which he has other feeds."""
    answer = Answer(listing.size)
    for bucket, (check, prints) in listing.lists.items():
        keys = feeds.in_bucket(listing.size, bucket)
        if len(keys) != len(prints) or feeds.check(listing.size, bucket) != check:
            answer.complete.add(bucket)
            continue
        for key, shown in zip(keys, prints, strict=True):
            if feeds.print(key, listing.nonce) != shown:
                answer.keys[key] = None
    return answer


def say_entries(feeds: Feeds, answer: Answer, nonce: int) -> Vector:
    """One vector of entries: what is asked for first, then as many complete buckets as fit."""
    room = VECTOR_MAX - answer.size // 8
    said: dict[bytes, Entry] = {}
    for entry in [feeds.entry(key) for key in answer.keys] + [
        Entry(name, 0, None) for name in answer.unknown
    ]:
        size = len(entry_bytes(entry))
        if entry.id not in said and size <= room:
            said[entry.id] = entry
            room -= size
    complete = []
    for bucket in sorted(answer.complete):
        found = [feeds.entry(key) for key in feeds.in_bucket(answer.size, bucket)]
        more = [entry for entry in found if entry.id not in said]
        size = sum(len(entry_bytes(entry)) for entry in more)
        if size <= room:
            said.update((entry.id, entry) for entry in more)
            complete.append(bucket)
            room -= size
    return pack_entries(answer.size, complete, said.values(), nonce)


def lacked(feeds: Feeds, entries: Entries) -> dict[bytes, Entry]:
    """Feeds of ours that are told of, or lie untold in a complete bucket: how far the sender is with each."""
    found = {key: entry for entry in entries.entries for key in feeds.called(entry.id)}
    for bucket in entries.complete:
        for key in feeds.in_bucket(entries.size, bucket):
            if key not in found:
                found[key] = Entry(feeds.entry(key).id, 0, None)
    return found


def covers(size: int, buckets: frozenset[int], differing: Differing) -> bool:
    """Whether these buckets of `size` hold all feeds of those that differ."""
    if size <= differing.size:
        return all(bucket % size in buckets for bucket in differing.buckets)
    return all(at in buckets for bucket in differing.buckets for at in range(bucket, size, differing.size))


def says_it(ours: Entry, theirs: Entry) -> bool:
    """Whether who answers that entry sends all that our own would make him send."""
    gaps = set(theirs.missing)
    return (
        theirs.highest <= ours.highest
        and (theirs.epoch or -1) <= (ours.epoch or -1)
        and theirs.floor <= ours.floor
        and all(hole in gaps or hole[0] > theirs.highest for hole in ours.missing)
    )
