"""What sealed mail we carry for others: an index of ids and ages, and the order in which it gives way.

An item is told by its frame id, 8 bytes. The air says 4 bytes of it, so that is what is looked up: whoever
makes another frame with the same 4 bytes, for which he tries four thousand million, keeps one item from
being asked for by those who hold his. Ages and the odometer are powered seconds. The frames themselves lie
in the store.
"""

from bisect import bisect_left, insort
from collections import OrderedDict
from hashlib import blake2b
from typing import NamedTuple

QUOTA = 2_000
BOX_TIMES = 10
"""How much more a box holds."""

LIFE_S = 7 * 24 * 3600
"""Seconds of age after which mail is carried no more."""

SETTLED_S = 60
"""Younger items stay out of the digest: their flood, or its ack, may still be on its way."""

SHARE_PERCENT = 5
"""Of the quota, for what came from one known source."""

REFUSED_MAX = 12_000
"""Ids remembered of what was dropped or answered."""

PREFIX = 4
"""Bytes of an id that travel in an offer."""

OWN, VERIFIED, REST = 0, 1, 2
"""Ranks: own sealings; what a key of ours opened, such as posts in our rooms; what nobody here can read."""


class _Item(NamedTuple):
    born: int
    size: int
    rank: int
    source: bytes


class Mailbag:
    """The items, newest first for whoever asks, and those that are wanted no more."""

    def __init__(self, times: int = 1) -> None:
        self.quota = QUOTA * times
        self._items: dict[bytes, _Item] = {}
        self._born: list[tuple[int, bytes]] = []
        self._prefixes: dict[bytes, list[bytes]] = {}
        # By rank and source, in the order of coming.
        self._queues: dict[tuple[int, bytes], OrderedDict[bytes, None]] = {}
        self._refused: OrderedDict[bytes, None] = OrderedDict()
        self._refused_prefixes: dict[bytes, int] = {}
        self._settled_to = 0
        self._digest = 0
        self.size = 0
        """Bytes of all frames together."""

    @property
    def count(self) -> int:
        """How many items are carried."""
        return len(self._items)

    def __contains__(self, id8: bytes) -> bool:
        return id8 in self._items

    def add(
        self,
        id8: bytes,
        age_s: int,
        odometer_s: int,
        size: int,
        *,
        rank: int = REST,
        source: bytes = b"",
    ) -> list[bytes]:
        """Take an item of this age; one that is held stays as it is. The ids that had to go for it.

        What is own never goes, also over the quota. `source`: whom it came from, or empty.
        """
        if id8 in self._items:
            return []
        born = odometer_s - age_s
        self._items[id8] = _Item(born, size, rank, source)
        insort(self._born, (born, id8))
        if born <= self._settled_to - SETTLED_S:
            self._digest ^= _print(id8)
        self._prefixes.setdefault(id8[:PREFIX], []).append(id8)
        self._queues.setdefault((rank, source), OrderedDict())[id8] = None
        self.size += size
        return self._give_way(rank, source)

    def remove(self, id8: bytes) -> None:
        """Carry it no more; nothing if it is not carried."""
        if (item := self._items.pop(id8, None)) is None:
            return
        del self._born[bisect_left(self._born, (item.born, id8))]
        if item.born <= self._settled_to - SETTLED_S:
            self._digest ^= _print(id8)
        same = self._prefixes[id8[:PREFIX]]
        same.remove(id8)
        if not same:
            del self._prefixes[id8[:PREFIX]]
        queue = self._queues[item.rank, item.source]
        del queue[id8]
        if not queue:
            del self._queues[item.rank, item.source]
        self.size -= item.size

    def refuse(self, id8: bytes) -> None:
        """Drop it, or it was answered: never want it again, as far as can be remembered."""
        self.remove(id8)
        if id8 in self._refused:
            return
        self._refused[id8] = None
        prefix = id8[:PREFIX]
        self._refused_prefixes[prefix] = self._refused_prefixes.get(prefix, 0) + 1
        if len(self._refused) > REFUSED_MAX:
            self._remember_no_more(self._refused.popitem(last=False)[0])

    def refused(self, id8: bytes) -> bool:
        """Whether it was dropped or answered."""
        return id8 in self._refused

    def wanted(self, ident: bytes) -> bool:
        """Whether what is offered under this id, or its first 4 bytes, is neither held nor refused."""
        prefix = ident[:PREFIX]
        return prefix not in self._prefixes and prefix not in self._refused_prefixes

    def find(self, ident: bytes) -> list[bytes]:
        """The ids of items that begin with these 4 bytes or more."""
        return [id8 for id8 in self._prefixes.get(ident[:PREFIX], ()) if id8.startswith(ident)]

    def age(self, id8: bytes, odometer_s: int) -> int:
        """How old an item is that is held."""
        return max(0, odometer_s - self._items[id8].born)

    def digest(self, odometer_s: int) -> bytes:
        """8 bytes that are equal where the same items are held, those younger than a minute aside."""
        if self._settled_to < odometer_s:
            begin, end = self._settled(self._settled_to), self._settled(odometer_s)
            self._settled_to = odometer_s
            for _, id8 in self._born[begin:end]:
                self._digest ^= _print(id8)
        return self._digest.to_bytes(8, "big")

    def rank(self, id8: bytes) -> int:
        """The rank of an item that is held."""
        return self._items[id8].rank

    def newest(self, most: int, odometer_s: int) -> list[tuple[bytes, int]]:
        """Ids and ages of the newest items that are in the digest, at most so many."""
        end = self._settled(odometer_s)
        return [(id8, odometer_s - born) for born, id8 in reversed(self._born[max(0, end - most) : end])]

    def old(self, odometer_s: int) -> list[bytes]:
        """Items beyond their life."""
        return [id8 for _, id8 in self._born[: bisect_left(self._born, (odometer_s - LIFE_S,))]]

    def _settled(self, odometer_s: int) -> int:
        return bisect_left(self._born, (odometer_s - SETTLED_S + 1,))

    def _give_way(self, rank: int, source: bytes) -> list[bytes]:
        share = self.quota * SHARE_PERCENT // 100
        full = self._queues[rank, source]
        gone = []
        if rank == REST and source and len(full) > share:
            gone.append(next(iter(full)))
        elif len(self._items) > self.quota and (worst := max(one for one, _ in self._queues)) > OWN:
            # Of those who take most, the oldest: whoever writes much crowds himself out, not others.
            queues = [queue for (one, _), queue in self._queues.items() if one == worst]
            gone.append(next(iter(max(queues, key=len).keys())))
        for id8 in gone:
            self.refuse(id8)
        return gone

    def _remember_no_more(self, id8: bytes) -> None:
        prefix = id8[:PREFIX]
        self._refused_prefixes[prefix] -= 1
        if not self._refused_prefixes[prefix]:
            del self._refused_prefixes[prefix]


def _print(id8: bytes) -> int:
    return int.from_bytes(blake2b(id8, digest_size=8).digest(), "big")
