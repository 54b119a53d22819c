"""`make soak`: loops too long for the test suite. Each goes on where it stopped; its sums are in results/.

A round is named by a number, which seeds its chance; one that failed can be run again alone:
`python -m tests.benchmarks.soak --round cable 41`.
"""

import argparse
import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.benchmarks import (
    damaged_cable,
    file_deaths,
    file_names,
    guessing,
    hostile_text,
    killed_node,
    killed_writer,
    lossy_mail,
    pairs,
    power_cuts,
    pulled_cables,
    relayed_frames,
    rough_villages,
    ruined_card,
)

RESULTS = Path(__file__).with_name("results")

LOOPS: dict[str, Callable[[int], Counter[str]]] = {
    "boxes": hostile_text.round_of,
    "cable": damaged_cable.round_of,
    "files": file_deaths.round_of,
    "names": file_names.round_of,
    "flash": pulled_cables.round_of,
    "guess": guessing.round_of,
    "kill": killed_writer.round_of,
    "node": killed_node.round_of,
    "mail": lossy_mail.round_of,
    "pairs": pairs.round_of,
    "power": power_cuts.round_of,
    "relay": relayed_frames.round_of,
    "rough": rough_villages.round_of,
    "ruin": ruined_card.round_of,
}
"""What a round counts, by name. A count called "lost" or "wrong" has to stay zero."""

FAULTS = ("lost", "wrong")
SAVE_S = 5.0


@dataclass
class Sums:
    """What all rounds of a loop have counted so far."""

    rounds: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    failed_rounds: list[int] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path) -> "Sums":
        """Those of a results file; none where there is no file yet."""
        return cls(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else cls()

    def save(self, path: Path) -> None:
        """Keep the sums; a reader sees the old or the new ones, whole."""
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self), indent=2, sort_keys=True) + "\n", encoding="utf-8")
        fresh.replace(path)

    def add(self, found: Counter[str]) -> None:
        """Take in the counts of the next round."""
        if any(found[fault] for fault in FAULTS):
            self.failed_rounds.append(self.rounds)
        self.rounds += 1
        for name, count in found.items():
            self.counts[name] = self.counts.get(name, 0) + count


def run(name: str, seconds: float) -> Sums:
    """Rounds of one loop for about this long; the sums of all its rounds so far."""
    path = RESULTS / f"{name}.json"
    sums = Sums.load(path)
    saved = time.monotonic()
    end = saved + seconds
    while time.monotonic() < end:
        sums.add(LOOPS[name](sums.rounds))
        if time.monotonic() - saved > SAVE_S:
            sums.save(path)
            saved = time.monotonic()
    sums.save(path)
    return sums


def main() -> int:
    """Run every loop for its share of the time; 1 if any round ever failed."""
    parser = argparse.ArgumentParser("soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="for all loops together")
    parser.add_argument(
        "--round", nargs=2, metavar=("LOOP", "NUMBER"), help="one round again, nothing is kept"
    )
    parser.add_argument("--only", choices=LOOPS, metavar="LOOP", help="this loop alone")
    options = parser.parse_args()
    logging.disable()  # what the loops provoke is no news
    if options.round:
        name, number = options.round
        sys.stdout.write(f"{name} {number}: {dict(LOOPS[name](int(number)))}\n")
        return 0
    failed = False
    names = [options.only] if options.only else list(LOOPS)
    for name in names:
        sums = run(name, options.minutes * 60 / len(names))
        sys.stdout.write(f"{name}: {sums}\n")
        failed = failed or bool(sums.failed_rounds)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
