"""A second private message between two people three hops apart, in a quiet village of 100: what it costs.

`python -m tests.benchmarks.second_message` prints a line for each pair, then the mean. Nothing else is
written meanwhile; the ways are those that the village has told itself within an hour.
"""

import sys
from collections import Counter
from dataclasses import replace
from random import Random

from handheld.sim.place import SECOND_US
from handheld.sim.plan import Message
from handheld.sim.run import Options, Village
from handheld.sim.scenario import DM
from tests.benchmarks.mesh import scenario

HOPS = 3
PAIRS = 20
QUIET_S = 3_600
GAP_S = 120
PER_HOP_MAX = 1.5
_OWN = ("private", "session", "ack")


class Pairs(Village):
    """A village in which nobody writes by himself. `ask` writes, and counts what that costs."""

    def ask(self, number: int, sender: int, reader: int) -> tuple[bool, float]:
        """Whether it was acknowledged within two minutes, and how often radios transmitted for it."""
        before = self.tally.frames.copy()
        message = Message(number, DM, sender, (reader,), self.world.now_us, f"#{number:x} once more")
        self.ledger.messages.append(message)
        self.world.write(sender, self.inhabitants.key(reader), message.text)
        self.world.run(self.world.now_us + GAP_S * SECOND_US)
        sent: Counter[str] = self.tally.frames - before
        return number in self.ledger.acked, sum(sent[kind] for kind in _OWN)

    def apart(self, chance: Random) -> tuple[int, int]:
        """Two people three hops apart there and back, as far as links reach at all."""
        while True:
            one = chance.randrange(len(self.ground))
            far = self._within(one, HOPS) & ~self._within(one, HOPS - 1)
            others = [other for other in range(len(self.ground)) if far >> other & 1]
            back = [other for other in others if self._within(other, HOPS) >> one & 1]
            if back:
                return one, chance.choice(back)

    def _within(self, number: int, hops: int) -> int:
        reached = self.reach.hops(number, 0)
        return reached[min(hops, len(reached) - 1)]


def measure(seed: int) -> list[tuple[bool, float]]:
    """For each pair: whether the second message was acknowledged, and its transmissions for each hop."""
    quiet = scenario(100, seed, DM)
    quiet = replace(quiet, traffic=tuple(replace(one, every_s=1e9) for one in quiet.traffic))
    village, chance = Pairs(quiet, Options()), Random(seed)
    village.world.run(QUIET_S * SECOND_US)
    found = []
    for number in range(PAIRS):
        sender, reader = village.apart(chance)
        village.ask(2 * number + 1, sender, reader)
        acked, sent = village.ask(2 * number + 2, sender, reader)
        found.append((acked, sent / (2 * HOPS)))
    return found


def main() -> None:
    """Seed 44, a line for each pair."""
    found = measure(44)
    for acked, per_hop in found:
        sys.stdout.write(f"{'acked' if acked else 'open'} {per_hop:.2f}\n")
    mean = sum(per_hop for _, per_hop in found) / len(found)
    sys.stdout.write(f"{sum(acked for acked, _ in found)} of {len(found)} acked, {mean:.2f} a hop\n")


if __name__ == "__main__":
    main()
