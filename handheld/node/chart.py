"""prototype"""

from dataclasses import dataclass, field

PATH_NAMES = 7
PEOPLE_MAX = 512
FORGET_MS = 10 * 60 * 60 * 1000
BOTH_WAYS = 10
ONE_WAY = 22
TWIN = 40
DOUBT = 15
DOUBT_MAX = 60
FAILURES_MAX = 4
TAG = 3
COST = (19, 13, 10)
ALONE = 34


def grade_of(quality):
    return 2 if quality >= 5 else 1 if quality >= 3 else 0


@dataclass(slots=True)
class Radio:
    tag: bytes
    version: int
    name: int
    hears: dict
    at: int
    former: tuple[int, ...] = ()


class Chart:
    def __init__(self) -> None:
        self.radios: dict[bytes, Radio] = {}
        self.near: dict[int, int] = {}      # name -> quality
        self._extra: dict[tuple[int, int], int] = {}
        self._doubts: dict[tuple[int, int], int] = {}
        self._costs = None
        self._ears = None
        self.own = 0

    def __len__(self) -> int:
        return len(self.radios)

    def _new(self):
        self._costs = self._ears = None

    def heard(self, name: int, quality: int, now: int) -> bool:
        new = name not in self.near or (quality > 0 and not self.near[name])
        if quality and self.near.get(name) != quality: new_q = True
        else: new_q = False
        if quality or name not in self.near:
            self.near[name] = quality
        if new or new_q:
            self._new()
        return new

    def path(self, names: bytes, quality: int, now: int) -> None:
        for speaker, listener in zip(names, names[1:], strict=False):
            self.link(speaker, listener, now)
            if quality:
                self.link(listener, speaker, now)

    def link(self, speaker: int, listener: int, now: int) -> None:
        if (speaker, listener) not in self._extra:
            self._new()
        self._extra[speaker, listener] = now

    def take(self, tag: bytes, version: int, name: int, hears: dict, now: int) -> int:
        """1 newer than what we have, 0 the same, -1 older."""
        held = self.radios.get(tag)
        former = ()
        if held is not None:
            ahead = version - held.version & 255
            if ahead == 0 and held.hears:
                return 0
            if ahead > 127:
                return -1
            former = held.former
            if held.name != name:
                former = (*former, held.name)[-4:]
        self.radios[tag] = Radio(tag, version, name, hears, now, former)
        self._new()
        return 1

    def ears(self) -> dict[int, set[int]]:
        """Who hears each."""
        if self._ears is not None:
            return self._ears
        called: dict[int, list[Radio]] = {}
        for radio in self.radios.values():
            for name in {radio.name, *radio.former}:
                called.setdefault(name, []).append(radio)
        ears: dict[int, dict[int, int]] = {}

        def resolve(name: int, listener: Radio | None) -> int:
            who = called.get(name, ())
            if len(who) == 1:
                return who[0].name
            if listener is not None and len(who) > 1:
                names = {listener.name, *listener.former}
                likely = [one for one in who if names & set(one.hears)]
                if len(likely) == 1:
                    return likely[0].name
            return -1 if who else name

        for radio in self.radios.values():
            for speaker, grade in radio.hears.items():
                ears.setdefault(resolve(speaker, radio), {})[radio.name] = grade
        for speaker, listener in self._extra:
            ears.setdefault(resolve(speaker, None), {}).setdefault(resolve(listener, None), 0)
        mine = ears.get(self.own, {}) if self.own else {}
        ears[0] = {(x := resolve(name, None)): mine.get(x, grade_of(quality)) for name, quality in self.near.items() if quality}
        for name, quality in self.near.items():
            ears.setdefault(resolve(name, None), {})[0] = grade_of(quality)
        ears.pop(-1, None)
        for who in ears.values(): who.pop(-1, None)
        self._ears = ears
        return ears

    def learn(self, author: bytes, name: int, now: int) -> None:
        tag = author[:TAG]
        held = self.radios.get(tag)
        if held is None:
            self.radios[tag] = Radio(tag, 0, name, {}, now)
            self._new()

    def lookup(self, key: bytes, now: int) -> bytes | None:
        held = self.radios.get(key[:TAG])
        if held is None:
            return None
        found = self.ways().get(held.name)
        return None if found is None else found[1]

    def ways(self):
        if self._costs is None:
            self._costs = self._search()
        return self._costs

    def worked(self, key: bytes, names: bytes, now: int) -> None:
        before = 0
        for name in names:
            if self._doubts.pop((before, name), 0):
                self._costs = None
            before = name

    def failed(self, key: bytes, names: bytes) -> None:
        before = 0
        for name in names:
            self._doubts[before, name] = min(DOUBT_MAX, self._doubts.get((before, name), 0) + DOUBT)
            before = name
        self._costs = None

    def _search(self):
        ears = self.ears()
        count: dict[int, int] = {}
        for radio in self.radios.values():
            count[radio.name] = count.get(radio.name, 0) + 1
        best = {0: (0, b"")}
        front = best
        for _ in range(PATH_NAMES):
            found = {}
            for name, (cost, names) in front.items():
                twin = TWIN if count.get(name, 0) > 1 else 0
                for other, grade in sorted(ears.get(name, {}).items()):
                    if other == 0:
                        continue
                    back = ears.get(other, {}).get(name)
                    total = cost + self._doubts.get((name, other), 0) + (COST[grade] + (ALONE if back is None else COST[back])) // 2 + twin
                    held = found.get(other) or best.get(other)
                    if held is None or total < held[0]:
                        found[other] = total, names + bytes([other])
            best = best | found
            front = found
        del best[0]
        return best
