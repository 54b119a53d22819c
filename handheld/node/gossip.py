"""Says to the neighbours what they may not know of who hears whom, so that everybody can draw the chart.

Nothing floods: what is new is said once more, together with other news, by whoever has neighbours that did not
hear it yet as far as he knows. Now and then each says of whom he knows, and who knows more tells him.
"""

from collections.abc import Iterable

from handheld.clock import Entropy
from handheld.errors import WireError
from handheld.node.chart import Chart, Node
from handheld.wire.around import TAG, Entry, pack, unpack

NEWS = 1
KNOWN = 2
BITS = 512

LONG = 235

START_AIRTIMES = 48
START_SPREAD = 28
WINDOW_AIRTIMES = 24
FRESH_AIRTIMES = 150
ASK_AIRTIMES = 100
ASK_MAX_MS = 3_600_000


class Gossip:
    def __init__(self, key: bytes, chart: Chart, entropy: Entropy) -> None:
        self._tag = key[:TAG]
        self._chart = chart
        self._entropy = entropy
        self._version = entropy.below(256)
        self._lacks: dict[bytes, set[Node]] = {}
        self._due: dict[bytes, int] = {}
        self._said: frozenset[int] | None = None
        self._said_at = 0
        self._own_at: int | None = None
        self._ask_at: int | None = None
        self._ask_ms = 0
        self._asked = 0
        self._airtime_us = 0

    def _ms(self, airtimes: int) -> int:
        return max(1, airtimes * self._airtime_us // 1000)

    def radio_up(self, longest_us: int, now: int) -> None:
        self._airtime_us = longest_us
        self._own_at = now + self._ms(START_AIRTIMES) + self._entropy.below(self._ms(START_SPREAD))
        self._ask_ms = self._ms(ASK_AIRTIMES)
        self._ask_at = self._own_at + self._ask_ms // 2 + self._entropy.below(self._ask_ms)

    def radio_down(self) -> None:
        self._own_at = self._ask_at = None

    def greeted(self, names: bytes, quality: int, now: int) -> None:
        """A collecting frame came by these radios."""
        if self._chart.near(names[-1], quality) and self._said is not None and self._own_at is None:
            fresh = self._ms(FRESH_AIRTIMES)
            self._own_at = max(now, self._said_at + fresh) + self._entropy.below(fresh // 8)

    def receive(self, names: bytes, quality: int, body: bytes, now: int) -> None:
        self.greeted(names, quality, now)
        if body[0] == NEWS:
            self._news(names, quality, unpack(body[1:]), now)
        elif body[0] == KNOWN and quality:
            self._known(names[-1], body[1:], now)
        else:
            raise WireError("enum", "x")

    def _news(self, names: bytes, quality: int, entries: Iterable[Entry], now: int) -> None:
        ours = self._chart.neighbours()
        speaker = self._chart.node(names[-1])
        for entry in entries:
            if not entry.name:
                entry = entry._replace(name=names[0])
                if len(names) == 1:
                    self._chart.is_near(names[0], entry.tag)
                    speaker = entry.tag
            if entry.tag == self._tag:
                self._echo(entry)
                continue
            self._one(entry, speaker, ours, now)

    def _echo(self, entry: Entry) -> None:
        if 0 < (entry.version - self._version & 255) < 128:
            self._version = entry.version
            self._said = None

    def _one(self, entry: Entry, speaker: Node, ours: set[Node], now: int) -> None:
        age = self._chart.take(entry, now)
        covered = {speaker, entry.tag, *self._chart.listeners(speaker)}
        if age > 0:
            self._drop(entry.tag)
            self._lack(entry.tag, ours - covered, now)
        elif age == 0 and entry.tag in self._lacks:
            self._lacks[entry.tag] -= covered
            if not self._lacks[entry.tag]:
                self._drop(entry.tag)
        elif age < 0 and speaker in ours:
            self._lack(entry.tag, {speaker}, now)

    def _known(self, name: int, bits: bytes, now: int) -> None:
        known = int.from_bytes(bits[1:], "big")
        speaker = self._chart.node(name)
        for entry in self._chart:
            if entry.hears and entry.tag != speaker and not known >> _bit(entry.tag, bits[0]) & 1:
                self._lack(entry.tag, {speaker}, now)

    def _lack(self, tag: bytes, nodes: set[Node], now: int) -> None:
        if not nodes:
            return
        lacks = self._lacks[tag] = self._lacks.get(tag, set()) | nodes
        window = self._ms(WINDOW_AIRTIMES)
        due = now + window // 8 + window // (1 + len(lacks)) + self._entropy.below(window // 4)
        self._due[tag] = min(due, self._due.get(tag, due))

    def _drop(self, tag: bytes) -> None:
        self._lacks.pop(tag, None)
        self._due.pop(tag, None)

    def next_deadline(self) -> int | None:
        if self._ask_at is None:
            return None
        times = [self._ask_at, *(() if self._own_at is None else (self._own_at,))]
        if self._said is not None and self._due:
            times.append(min(self._due.values()))
        return min(times)

    def due(self, now: int) -> bytes | None:
        if self._ask_at is None:
            return None
        if now >= self._ask_at:
            return self._ask(now)
        own = self._own(now)
        if not own and (self._said is None or not self._due or min(self._due.values()) > now):
            return None
        body = own
        soon = now + self._ms(WINDOW_AIRTIMES) // 4
        for tag in sorted((tag for tag, due in self._due.items() if due <= soon), key=lambda tag: (self._due[tag], tag)):
            entry = self._chart.entry(tag)
            packed = b"" if entry is None else pack(entry)
            if len(body) + len(packed) > LONG:
                for late in self._due:
                    self._due[late] = max(self._due[late], now + self._ms(4))
                break
            body += packed
            self._drop(tag)
        return bytes([NEWS]) + body

    def _own(self, now: int) -> bytes:
        if self._own_at is None or now < self._own_at:
            return b""
        self._own_at = None
        hears = self._chart.hears()
        if self._said == frozenset(hears):
            return b""
        self._version = self._version + 1 & 255
        self._said, self._said_at = frozenset(hears), now
        return pack(Entry(self._tag, self._version, 0, hears))

    def _ask(self, now: int) -> bytes:
        self._ask_at = now + self._ask_ms // 2 + self._entropy.below(self._ask_ms)
        self._ask_ms = min(ASK_MAX_MS, self._ask_ms * 2)
        self._asked ^= 1
        known = 0
        for entry in self._chart:
            if entry.hears:
                known |= 1 << _bit(entry.tag, self._asked)
        known |= 1 << _bit(self._tag, self._asked)
        return bytes([KNOWN, self._asked]) + known.to_bytes(BITS // 8, "big")


def _bit(tag: bytes, which: int) -> int:
    return int.from_bytes(tag[which & 1 :][:2], "big") % BITS
