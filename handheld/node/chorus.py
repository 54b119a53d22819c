"""prototype"""
from handheld.clock import Entropy
from handheld.node.chart import Chart, TAG, grade_of
from handheld.node.traffic import airtime_us

LONG = 235
START_MS = 100_000
WAIT_AIRTIMES = 16
WINDOW_AIRTIMES = 24
FRESH_MS = 300_000
SUM_MS = 200_000
SUM_MAX_MS = 3_600_000


class Chorus:
    def __init__(self, own: bytes, chart: Chart, entropy: Entropy) -> None:
        self._tag = own[:TAG]
        self._chart = chart
        self._entropy = entropy
        self._version = entropy.below(256)
        self._pending: dict[bytes, set[int]] = {}
        self._due: dict[bytes, int] = {}
        self._said: bytes | None = None
        self._said_at = 0
        self._at: int | None = None
        self._sum_at: int | None = None
        self._sum_wait = SUM_MS
        self._airtime_us = 0
        self.name = 0
        self.rename = False
        self.renames = 0

    def radio_up(self, longest_us, now):
        self._airtime_us = longest_us
        self._at = now + START_MS + self._entropy.below(60_000)
        self._sum_at = self._at + SUM_MS // 2 + self._entropy.below(SUM_MS)

    def choose(self):
        taken = {r.name for r in self._chart.radios.values()} | set(self._chart.near)
        for _ in range(32):
            name = 1 + self._entropy.below(255)
            if name not in taken: break
        print('rename', self.name, name)
        self.name = name
        self.rename = True
        self.renames += 1

    def radio_down(self):
        self._at = None

    def _wait(self):
        w = WAIT_AIRTIMES * self._airtime_us // 1000
        return w // 2 + self._entropy.below(w)

    def heard(self, path, quality, now):
        if self._chart.heard(path[-1], quality, now): self._changed(now)

    def receive(self, path: bytes, body: bytes, quality: int, now: int) -> None:
        chart = self._chart
        speaker, origin = path[-1], path[0]
        self.heard(path, quality, now)
        ears = chart.ears()
        covered = set(ears.get(speaker, ())) | {speaker}
        ours = {n for n, q in chart.near.items() if q}
        if body[0] == 2:
            bits = int.from_bytes(body[1:], "big")
            if quality:
                for tag, r in chart.radios.items():
                    if not bits >> r.name & 1 and r.hears and r.name != speaker:
                        self._queue(tag, {speaker}, now)
            return
        for tag, version, name, hears in parse(body[1:]):
            name = name or origin
            if tag == self._tag:
                if version == self._version and name != self.name:
                    self.name = chart.own = name
                    chart._new()
                if 0 < (version - self._version & 255) < 128:
                    self._version = version + 1 & 255
                    self._said = None
                continue
            if name == self.name and tag > self._tag:
                self.choose()
                self._said = None
                self._at = min(self._at, now + self._wait()) if self._at is not None else None
            what = chart.take(tag, version, name, hears, now)
            if what > 0:
                lack = ours - covered - {name}
                self._drop(tag)
                if lack: self._queue(tag, lack, now)
            elif what == 0:
                if tag in self._pending:
                    self._pending[tag] -= covered
                    if not self._pending[tag]: self._drop(tag)
            elif quality:
                self._queue(tag, {speaker}, now)

    def _queue(self, tag, lack, now):
        self._pending[tag] = lack = self._pending.get(tag, set()) | lack
        w = self._window
        due = now + w // 8 + w // (1 + len(lack)) + self._entropy.below(w // 4)
        self._due[tag] = min(due, self._due.get(tag, due))
        if self._at is not None and (self._said is not None):
            self._at = min(self._at, self._due[tag])

    @property
    def _window(self):
        return WINDOW_AIRTIMES * self._airtime_us // 1000

    def _drop(self, tag):
        self._pending.pop(tag, None)
        self._due.pop(tag, None)

    def _changed(self, now):
        if self._said is None or self._at is None: return
        self._at = min(self._at, max(now, self._said_at + FRESH_MS) + self._wait())

    def next_deadline(self):
        if self._at is None: return None
        return 0 if self.rename else min(self._at, self._sum_at)

    def due(self, now) -> bytes | None:
        if self._at is None: return None
        chart = self._chart
        if now >= self._sum_at:
            self._sum_at = now + self._sum_wait // 2 + self._entropy.below(self._sum_wait)
            self._sum_wait = min(SUM_MAX_MS, self._sum_wait * 2)
            bits = 0
            for r in chart.radios.values():
                if r.hears: bits |= 1 << r.name
            bits |= 1 << self.name
            return b"\2" + bits.to_bytes(32, "big")
        if now < self._at: return None
        hears = set(sorted(chart.near)[:30])
        if self._said is None or (hears != self._said and now - self._said_at >= FRESH_MS):
            self._version = self._version + 1 & 255
            self._said, self._said_at = hears, now
            body = entry(self._tag, self._version, 0, {n: grade_of(q) for n, q in chart.near.items() if n in hears})
        else:
            body = b""
        soon = now + self._window // 4
        order = sorted((t for t in self._pending if self._due[t] <= soon or body == b"" and 0), key=lambda t: (self._due[t], t))
        if not body and not any(self._due[t] <= now for t in order): order = []
        for tag in order:
            r = chart.radios[tag]
            e = entry(tag, r.version, r.name, r.hears)
            if len(body) + len(e) > LONG: break
            body += e
            self._drop(tag)
        self._at = min(self._due.values(), default=now + 3_600_000)
        if self._at <= now: self._at = now + self._window // 8
        return b"\1" + body if body else None


def entry(tag, version, name, hears):
    groups = [bytes(sorted(n for n, g in hears.items() if g == grade))[:15] for grade in (2, 1, 0)]
    return tag + bytes([version, name, len(groups[0]) << 4 | len(groups[1]), len(groups[2])]) + b"".join(groups)


def parse(body: bytes):
    i = 0
    while i + TAG + 4 <= len(body):
        tag, version, name, c, w = body[i : i + TAG], body[i + TAG], body[i + TAG + 1], body[i + TAG + 2], body[i + TAG + 3]
        i += TAG + 4
        hears = {}
        for grade, n in ((2, c >> 4), (1, c & 15), (0, w)):
            for x in body[i : i + n]: hears[x] = grade
            i += n
        yield tag, version, name, hears
