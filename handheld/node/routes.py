"""How a private frame travels: by the way to its reader if one is known, else as a flood to everybody."""

from collections import OrderedDict
from collections.abc import Iterator
from typing import NamedTuple

from handheld.clock import Entropy
from handheld.node.gossip import Gossip
from handheld.node.heralds import Heralds
from handheld.node.public import extension_frame, here_frame
from handheld.node.ways import Ways
from handheld.wire.air import PATH_BODY_MAX, collecting, first_byte, flood, way
from handheld.wire.constants import PATH_NAMES, PRIVATE_START_TTLS, AirKind
from handheld.wire.sync import one_hop_again

WAY_TRIES = 2
"""So many first tries go by way; after that every other one is a flood."""

ACK_TRIES = 2
"""So many acks of one letter go by way; who asks for it still again gets them as floods."""

CROWD = 40
"""Radios on the chart."""

PATIENCE = 500
"""In a crowd one in so many looks whether a way is known by now floods all the same."""

ANSWERS_REMEMBERED = 512
_NAMES = 255


class Route(NamedTuple):
    """A frame without its MAC, and over how many transmissions it goes by way; 0: it floods."""

    air: bytes
    hops: int


class Routes:
    """Makes private frames for the air, and learns from what comes back which ways are good."""

    def __init__(self, ways: Ways, gossip: Gossip, heralds: Heralds, entropy: Entropy) -> None:
        self._ways = ways
        self.gossip = gossip
        self._chart = gossip.chart
        self._herald_count = int.from_bytes(entropy.take(2), "big")
        self._heralds = heralds
        self._entropy = entropy
        self._answers: OrderedDict[tuple[bytes, int], int] = OrderedDict()

    def frame(self, kind: AirKind, body: bytes, reader: bytes, tries: int, now: int) -> Route:
        """The frame of this body for one person, of whom `tries` earlier ones were in vain."""
        names = self._way(reader, now)
        if names is None or self.floods(reader, tries, now):
            return Route(self.everywhere(kind, body), 0)
        return Route(self._by_way(kind, names, body), len(names))

    def by_hand(self, kind: AirKind, body: bytes, _reader: bytes, _tries: int, _now: int) -> Route:
        """As `frame`, for those near alone, who take it along."""
        return Route(one_hop_again(bytes([first_byte(kind)]) + body), 0)

    def floods(self, reader: bytes, tries: int, now: int) -> bool:
        """Whether `frame` would make a flood."""
        if self._way(reader, now) is None:
            return True
        return tries >= WAY_TRIES and tries % 2 == 0 and not self.crowded

    @property
    def crowded(self) -> bool:
        """Whether so many share slow air that floods of private messages would leave no room for anything.

        There a message whose way is not known had better wait until it is, and what was not answered goes by
        another way.
        """
        return self._heralds.slow and len(self._chart) >= CROWD

    @property
    def patient(self) -> bool:
        """Whether what would have to flood in a crowd looks for a way once more; asked anew it may say no."""
        return self._entropy.below(PATIENCE) > 0

    def _way(self, key: bytes, now: int) -> bytes | None:
        """What is on the chart is the best way of all; where nobody draws one, what a `here` taught."""
        return self._chart.lookup(key, now) or self._ways.lookup(key, now)

    def knows(self, reader: bytes, now: int) -> bool:
        """Whether a way to this person is known."""
        return self._way(reader, now) is not None

    def answer(self, body: bytes, author: bytes, seq: int, now: int) -> bytes:
        """The ack of this letter: by way if one is known. Who sends it again did not get the one before."""
        before = self._answers.pop((author, seq), 0)
        self._answers[author, seq] = before + 1
        if before:
            self.failed(author)
        names = self._way(author, now)
        if names is None or (before >= ACK_TRIES and not self.crowded):
            air = self.everywhere(AirKind.ACK, body)
        else:
            air = self._by_way(AirKind.ACK, names, body)
        if len(self._answers) > ANSWERS_REMEMBERED:
            self._answers.popitem(last=False)
        return air

    def radio_up(self, longest_us: int, known: int, now: int) -> None:
        """A radio is there whose longest frame takes so many microseconds; so many people are `known`.

        On slow air who hears whom goes from neighbour to neighbour, on fast air everybody floods a `here`.
        """
        self._heralds.radio_up(longest_us, known, now)
        if self._heralds.slow:
            self.gossip.radio_up(longest_us, now)

    def radio_down(self) -> None:
        """Nothing can be said."""
        self._heralds.radio_down()
        self.gossip.radio_down()

    def next_deadline(self) -> int | None:
        """When `due` wants to be asked; None while there is no radio."""
        times = (self._heralds.next_deadline(), self.gossip.next_deadline())
        return min((time for time in times if time is not None), default=None)

    def due(self, key: bytes, now: int) -> Iterator[bytes]:
        """Frames by which others learn the ways to us, whose key that is."""
        if (said := self.gossip.due(now)) is not None:
            yield extension_frame(said, self.gossip.takes)
        if self._heralds.due(now) and not self._heralds.slow:
            self._herald_count += 1
            yield here_frame(key, self._herald_count)

    def here(self, author: bytes, now: int) -> None:
        """Somebody says that he is here; `author` are the first 8 bytes of his key."""
        self._heralds.heard(author, now)

    def learn(self, author: bytes, path: bytes, quality: int, now: int) -> None:
        """Something of this author came over these radios: see `Ways.learn`."""
        self._ways.learn(author, path, quality, now)

    def worked(self, reader: bytes, now: int) -> None:
        """What went by way was answered."""
        self._chart.worked(reader)
        self._ways.worked(reader, now)

    def failed(self, reader: bytes) -> None:
        """What went by way was not answered in time."""
        self._chart.failed(reader)
        self._ways.failed(reader)

    def asked(self, now: int) -> None:
        """A letter to us came as a flood: its writer knows no way, and would learn it from a `here`."""
        self._heralds.wanted(now)

    def everywhere(self, kind: AirKind, body: bytes) -> bytes:
        """A frame of this body that floods."""
        # Eight bytes more tell each radio who transmitted, and so whom it need not serve: on slow air that
        # saves far more than it costs. Of a private frame no radio passes on any name but its own.
        if self._heralds.slow and len(body) <= PATH_BODY_MAX:
            return collecting(kind, self._ttl(), body)
        return flood(kind, self._ttl(), body)

    def _by_way(self, kind: AirKind, names: bytes, body: bytes) -> bytes:
        # Names before the cursor that never were: who hears this cannot tell whether it begins here.
        place = self._entropy.below(PATH_NAMES - len(names) + 1)
        decoys = bytes(1 + self._entropy.below(_NAMES) for _ in range(place))
        return way(kind, self._ttl(), decoys + names, place, body)

    def _ttl(self) -> int:
        return PRIVATE_START_TTLS[self._entropy.below(len(PRIVATE_START_TTLS))]
