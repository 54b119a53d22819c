"""What we hold as a beacon, and where somebody's beacon differs from it."""

from handheld.sync.holdings import Differing, Feeds
from handheld.wire.sync import BUCKET, Beacon, buckets_for


def make(feeds: Feeds, mail: bytes, turn: int) -> Beacon:
    """Our beacon. `mail`: the digest of carried mail; `turn` makes it a frame of its own."""
    count = len(feeds)
    packed = b"".join(one.to_bytes(BUCKET, "big") for one in feeds.sums(buckets_for(count)))
    return Beacon(turn, count, feeds.digest, mail, packed)


def differing(feeds: Feeds, beacon: Beacon) -> Differing:
    """Where it differs from what we hold."""
    cells = (beacon.buckets[at : at + BUCKET] for at in range(0, len(beacon.buckets), BUCKET))
    return feeds.differing(beacon.feeds, tuple(int.from_bytes(cell, "big") for cell in cells))
