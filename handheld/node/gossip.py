"""Tells the neighbours what they may not know of who hears whom, so that everybody can draw the chart.

Nothing floods: news go one hop, many of them in one frame, and are said once more by those alone who have
neighbours that did not hear them yet, as far as they know. Now and then everybody says of whom he knows, and
somebody who knows more tells him. All times are airtimes of the longest frame.
"""

from collections import deque
from collections.abc import Iterator

from handheld.clock import Entropy
from handheld.errors import WireError
from handheld.node.chart import Chart
from handheld.wire.around import FORMER_MAX, TAG, Entry, Grade, pack, pack_known, unknown, unpack
from handheld.wire.constants import AIR_FRAME_MAX, PATH_HEADER, ExtensionType
from handheld.wire.records import Extension

START = 60, 40
"""What is said of oneself first waits this and at random so much more: first the radios greet each other."""

WINDOW = 24
"""Who has news for one neighbour waits about half of this, who has them for many less."""

FRESH = 300
"""What is said of oneself is not said anew before."""

AGAIN_MS = 4 * 60 * 60 * 1000
"""After this at the latest it is."""

ASK = 160
ASK_MAX_MS = 60 * 60 * 1000
"""Until everybody says for the first time of whom he knows; then twice as long each time, to an hour."""

BURST, EVERY = 16, 60
"""So many frames may follow each other, in the long run one in that time: what is made up costs no more."""

CHANGED = 4
"""Part of the neighbours that came or went since it was said, from which it is said anew."""

RENAMES = 3
"""So often our radio gives up its name within AGAIN_MS: who claims every name moves nobody on and on."""

PENDING_MAX = 512
CONTENT_MAX = AIR_FRAME_MAX - PATH_HEADER - 1


class Gossip:
    """`receive`, `greeted`, `next_deadline` and `due` are its verbs; on fast air it keeps silent.

    With a `tag` of chance instead of the owner's nobody learns who is at this radio.
    """

    def __init__(self, tag: bytes, chart: Chart, entropy: Entropy) -> None:
        self._tag = tag[:TAG]
        self.chart = chart
        self._entropy = entropy
        self._version = 0
        # By tag: the names of our neighbours that did not hear of it, and when it is to be said.
        self._lacks: dict[bytes, set[int]] = {}
        self._due: dict[bytes, int] = {}
        self._said: dict[int, Grade] | None = None
        self._said_at = 0
        self._own_at: int | None = None
        self._ask_at: int | None = None
        self._ask_ms = 0
        self._airtime_us = 0
        self._frames = BURST
        self._filled_at = 0
        self._name = 0
        self._former = b""
        self._across: set[int] = set()
        self._anew = False
        self._renamed: deque[int] = deque(maxlen=RENAMES)
        self.takes = 0
        """The name that our radio is to take, until it says that it has; else 0."""

    def _ms(self, airtimes: int) -> int:
        return max(1, airtimes * self._airtime_us // 1000)

    def radio_up(self, longest_us: int, now: int) -> None:
        """A radio is there whose longest frame takes so many microseconds."""
        self._airtime_us = longest_us
        self._filled_at = now
        if self._said is None:
            self._version = self._entropy.below(256)
        least, more = START
        self._own_at = now + self._ms(least) + self._entropy.below(self._ms(more))
        self._ask_ms = self._ms(ASK)
        self._ask_at = self._own_at + self._ask_ms // 2 + self._entropy.below(self._ask_ms)

    def radio_down(self) -> None:
        """Nothing can be said."""
        self._own_at = self._ask_at = None

    def ours(self, name: int, now: int) -> None:
        """Our own radio says that it is called so."""
        if name == self.takes:
            self.takes = 0
        elif not self.takes and name != self._name:
            self._called(name, now)
            self._yield(now)

    def _called(self, name: int, now: int) -> None:
        if self._name and self._own_at is not None:
            self._former = (self._former + bytes([self._name]))[-FORMER_MAX:]
            self._anew = True
            self._own_at = min(self._own_at, now + self._entropy.below(self._ms(WINDOW)))
        self._name = name
        self.chart.ours(name)

    def _yield(self, now: int) -> None:
        """Of two radios of one name the one with the lower tag keeps it; both can tell which that is."""
        yields = any(tag < self._tag for tag in self.chart.twins(self._name)) and self._own_at is not None
        lately = len(self._renamed) == RENAMES and now - self._renamed[0] < AGAIN_MS
        taken = self.chart.names()
        free = [name for name in range(1, 256) if name not in taken]
        if yields and free and not lately:
            self._renamed.append(now)
            self.takes = free[self._entropy.below(len(free))]
            self._called(self.takes, now)

    def renamed(self, names: bytes, quality: int, now: int) -> None:
        """Our neighbour of the first name took the other one; the `quality` is that of his link."""
        self.chart.renamed(names[0], names[1])
        self.chart.near(names[1], quality, now)

    def greeted(self, names: bytes, quality: int, now: int) -> None:
        """A frame came by these radios; its last link has this quality."""
        if self.chart.near(names[-1], quality, now) and self._said is not None and self._own_at is not None:
            fresh = max(now, self._said_at + self._ms(FRESH)) + self._entropy.below(self._ms(WINDOW))
            self._own_at = min(self._own_at, fresh)

    def said(self, names: bytes, quality: int, heard: bytes, now: int) -> None:
        """The first of these radios says that it hears those; the frame came by all of them."""
        self.greeted(names, quality, now)
        self.chart.path(names, quality)
        for speaker in heard:
            self.chart.link(speaker, names[0])

    def receive(self, names: bytes, quality: int, said: Extension, now: int) -> None:
        """A neighbour's host says something; WireError if it is nothing that is known here.

        It may have come over radios without a host.
        """
        self.greeted(names, quality, now)
        self.chart.path(names, quality)
        if said.type == ExtensionType.AROUND:
            self._around(names, said.content, now)
        elif said.type == ExtensionType.KNOWN:
            self._known(names[-1], said.content, now)
        else:
            raise WireError("enum", f"extension {said.type}")

    def _around(self, names: bytes, content: bytes, now: int) -> None:
        for entry in list(unpack(content)):
            if not entry.name and len(names) == 1:
                self.chart.is_near(names[0], entry.tag)
            if entry.tag != self._tag:
                self._learn(entry._replace(name=entry.name or names[0]), names[-1], now)
            elif 0 < (entry.version - self._version & 255) < 128:
                # Said before our last start: what we say from now on has to be newer.
                self._version = entry.version
                self._said, self._own_at = None, now

    def _learn(self, entry: Entry, speaker: int, now: int) -> None:
        age = self.chart.take(entry, now)
        if age < 0:
            self._lack(entry.tag, {speaker} & self.chart.neighbours(), now)
        elif age > 0:
            self._drop(entry.tag)
            if entry.name == self._name and not self.takes:
                self._yield(now)
            self._lack(entry.tag, self._unreached(self.chart.neighbours(), speaker, entry.tag), now)
        elif entry.tag in self._lacks:
            self._lacks[entry.tag] = self._unreached(self._lacks[entry.tag], speaker, entry.tag)
            if not self._lacks[entry.tag]:
                self._drop(entry.tag)

    def _unreached(self, names: set[int], speaker: int, tag: bytes) -> set[int]:
        """Those of these neighbours who neither said it, nor heard who said it, nor are meant."""
        node = self.chart.node(speaker)
        reached = {node, tag, *self.chart.listeners(node)}
        return {name for name in names if self.chart.node(name) not in reached}

    def _known(self, name: int, content: bytes, now: int) -> None:
        tags = [self._tag] if self._said is not None else []
        missing = list(unknown(content, [*tags, *(entry.tag for entry in self.chart.entries())]))
        if name in self.chart.neighbours():
            for tag in missing:
                self._lack(tag, {name}, now)

    def _lack(self, tag: bytes, names: set[int], now: int) -> None:
        """These neighbours did not hear of this radio: the more there are, the sooner it is said."""
        if not names or len(self._lacks) >= PENDING_MAX:
            return
        lacks = self._lacks[tag] = self._lacks.get(tag, set()) | names
        window = self._ms(WINDOW)
        due = now + window // 8 + window // (1 + len(lacks)) + self._entropy.below(window // 4 + 1)
        self._due[tag] = min(due, self._due.get(tag, due))

    def _drop(self, tag: bytes) -> None:
        self._lacks.pop(tag, None)
        self._due.pop(tag, None)

    def next_deadline(self) -> int | None:
        """When `due` wants to be asked; None while there is nothing to say, or no radio."""
        if self._ask_at is None:
            return None
        times = [self._ask_at]
        if self._own_at is not None:
            times.append(self._own_at)
        if self._due and self._said is not None:
            times.append(min(self._due.values()))
        if self._frames:
            return min(times)
        return max(min(times), self._filled_at + self._ms(EVERY))

    def due(self, now: int) -> Extension | None:
        """What to say now, to whoever is near; asking again gives the next."""
        wanted = self.next_deadline()
        if wanted is None or now < wanted:
            return None
        self._refill(now)
        said = self._ask(now) if self._ask_at is not None and now >= self._ask_at else self._news(now)
        self._frames -= said is not None
        return said

    def _refill(self, now: int) -> None:
        earned = (now - self._filled_at) // self._ms(EVERY)
        self._frames = min(BURST, self._frames + earned)
        self._filled_at = now if self._frames == BURST else self._filled_at + earned * self._ms(EVERY)

    def _news(self, now: int) -> Extension | None:
        content = self._own(now)
        if not content and (self._said is None or min(self._due.values(), default=now + 1) > now):
            return None
        for tag, packed in self._ripe(now + self._ms(WINDOW) // 4):
            if len(content) + len(packed) > CONTENT_MAX:
                # The rest goes with the next one.
                break
            content += packed
            self._drop(tag)
        return Extension(ExtensionType.AROUND, content) if content else None

    def _ripe(self, until: int) -> Iterator[tuple[bytes, bytes]]:
        """What is due by then, the most urgent first, as it goes into a frame."""
        for _, tag in sorted((due, tag) for tag, due in self._due.items() if due <= until):
            entry = self._last if tag == self._tag else self.chart.entry(tag)
            if entry is None:
                self._drop(tag)
            else:
                yield tag, pack(entry)

    @property
    def _last(self) -> Entry | None:
        if self._said is None:
            return None
        return Entry(self._tag, self._version, 0, self._said, self._former)

    def _own(self, now: int) -> bytes:
        if self._own_at is None or now < self._own_at:
            return b""
        self._own_at = now + AGAIN_MS - self._entropy.below(AGAIN_MS // 8)
        hears = self.chart.hears()
        if self._said is not None and now - self._said_at < AGAIN_MS // 2 and not self._anew:
            # Who has another name now is no other one.
            changed = max(len(hears.keys() - self._said.keys()), len(self._said.keys() - hears.keys()))
            if changed * CHANGED <= len(self._said):
                return b""
        self._version = self._version + 1 & 255
        self._said, self._said_at, self._anew = hears, now, False
        self._drop(self._tag)
        return pack(Entry(self._tag, self._version, 0, hears, self._former))

    def _ask(self, now: int) -> Extension:
        self._ask_at = now + self._ask_ms // 2 + self._entropy.below(self._ask_ms)
        self._ask_ms = min(ASK_MAX_MS, self._ask_ms * 2)
        names, ours = self.chart.across()
        for tag in [self._tag, *ours] if names - self._across else ():
            # They cannot ask us: we do not hear them.
            self._lack(tag, names - self._across, now)
        self._across |= names
        tags = [self._tag, *(entry.tag for entry in self.chart.entries())]
        return Extension(ExtensionType.KNOWN, pack_known(tags, self._entropy.below(256)))
