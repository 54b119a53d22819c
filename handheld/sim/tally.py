"""What the air carried: frames, bytes and air time by kind, and how much of it each radio took."""

from collections import Counter, deque
from typing import Any

from handheld.sim import junk
from handheld.sim.air import Began
from handheld.sim.ether import kind_name
from handheld.sim.ledger import ratio
from handheld.wire.constants import AirKind, AirMode

JUNK = "junk"
REPAIR = "repair"
"""Vectors, offers, and whatever is handed on by who carries it; beacons are a kind of their own."""
HOUR_US = 3_600_000_000
PPM = 1_000_000


class Tally:
    """Counts transmissions. `limit_ppm`: what each radio may take of any hour."""

    def __init__(self, radios: int, limit_ppm: int = PPM) -> None:
        self.frames: Counter[str] = Counter()
        self.bytes: Counter[str] = Counter()
        self.airtime_us: Counter[str] = Counter()
        self._modes: Counter[str] = Counter()
        self._by_radio = [0] * radios
        self._limit_us = limit_ppm * HOUR_US // PPM
        # Each radio's transmissions of the last hour as (begin, airtime), and what they take together.
        self._hours: list[deque[tuple[int, int]]] = [deque() for _ in range(radios)]
        self._taken = [0] * radios
        self._most_us = 0
        self._violations = 0
        self._junk: set[bytes] = set()
        self._outlaws: set[int] = set()

    def outlaw(self, number: int, frame: bytes) -> None:
        """From where this radio is comes junk: what others hand on of it counts, this radio's law no more."""
        self._outlaws.add(number)
        self._junk.add(junk.identity(frame))

    def began(self, event: Began) -> None:
        """One transmission."""
        kind = REPAIR if _is_repair(event.data) else kind_name(event.data)
        if self._junk and junk.identity(event.data) in self._junk:
            kind = JUNK
        self.frames[kind] += 1
        self.bytes[kind] += len(event.data)
        self.airtime_us[kind] += event.airtime_us
        self._modes[f"{kind} {AirMode(event.data[1] >> 6).name.lower().replace('_', '-')}"] += 1
        if event.sender not in self._outlaws:
            self._by_radio[event.sender] += event.airtime_us
            self._count_hour(event)

    def _count_hour(self, event: Began) -> None:
        hour, end_us = self._hours[event.sender], event.at_us + event.airtime_us
        hour.append((event.at_us, event.airtime_us))
        self._taken[event.sender] += event.airtime_us
        while hour[0][0] + hour[0][1] <= end_us - HOUR_US:
            self._taken[event.sender] -= hour.popleft()[1]
        # The oldest may stand in the hour with a part of it only.
        begun_us = max(0, end_us - HOUR_US - hour[0][0])
        taken = self._taken[event.sender] - begun_us
        self._most_us = max(self._most_us, taken)
        self._violations += taken > self._limit_us

    def summary(self, duration_us: int, fates: Counter[str]) -> dict[str, Any]:
        """The answer's "air"."""
        arrived = sum(fates[fate] for fate in ("heard", "collided", "deaf", "faded"))
        return {
            "frames": dict(sorted(self.frames.items())),
            "frames_by_mode": dict(sorted(self._modes.items())),
            "bytes": dict(sorted(self.bytes.items())),
            "airtime_s": {kind: seconds(us) for kind, us in sorted(self.airtime_us.items())},
            "total_airtime_s": seconds(sum(self.airtime_us.values())),
            "collided_share": ratio(fates["collided"], arrived),
            "deaf_share": ratio(fates["deaf"], arrived),
            "max_tx_share": ratio(max(self._by_radio), duration_us),
            "max_hour_share": ratio(self._most_us, HOUR_US),
            "duty_cycle_violations": self._violations,
        }

    def per_message(self, kind: str, count: int, counts: Counter[str]) -> float:
        """One kind's own frames and its share of the rest, by frames, over its messages (SCENARIOS)."""
        own = OWN.get(kind, ())
        everybodys = {one: sum(self.frames[name] for name in names) for one, names in OWN.items()}
        share = everybodys[kind] / total if (total := sum(everybodys.values())) else 1.0
        rest = sum(counts[name] for name in counts if not any(name in names for names in OWN.values()))
        return round((sum(counts[name] for name in own) + share * rest) / count, 3) if count else 0.0


def _is_repair(frame: bytes) -> bool:
    kind, mode, ttl = frame[0] >> 2 & 15, frame[1] >> 6, frame[1] >> 2 & 15
    carried = mode == AirMode.ONE_HOP and ttl == 1 and kind != AirKind.MEET
    return carried or kind in (AirKind.VECTOR, AirKind.OFFER)


OWN = {"dm": ("private", "session", "ack"), "post": ("post",), "file": ("symbol", "need")}
"""Which kinds of frames each kind of traffic makes by itself; the rest is everybody's."""


def seconds(us: int) -> float:
    """Microseconds as seconds."""
    return round(us / 1_000_000, 6)
