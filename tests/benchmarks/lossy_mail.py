"""Private messages through air that loses frames: who gets them, when, and what that costs the air.

`python -m tests.benchmarks.lossy_mail` writes 120 letters of 40 characters, one a second, over one, two and
three hops, with 30 % of all frames lost at each receiver, and keeps what it found in results/. The village
is the demo's: real node processes, the real firmware in the radios. As a part of `make soak` it goes on
with other seeds.
"""

import argparse
import json
import math
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.support.lossy_village import READERS, Outcome, write_letters

RESULT = Path(__file__).with_name("results") / "lossy_mail.json"
COUNT = 120
LOSS_PERCENT = 30
ROUND = 30
"""Letters in one round of the soak."""

FAULTS = ("never shown", "shown twice", "reported failed")


def quantile(values: list[float], share: float) -> float | None:
    """The smallest value that this share of all does not exceed, in seconds; None of nothing."""
    return round(sorted(values)[math.ceil(share * len(values)) - 1], 3) if values else None


def figures(outcome: Outcome) -> dict[str, Any]:
    """What a run of letters shows, under the names of the results file."""
    return {
        "sent": outcome.sent,
        "never shown": outcome.sent - len(outcome.shown_s),
        "shown twice": outcome.twice,
        "reported failed": outcome.failed,
        "acknowledged": len(outcome.acked_s),
        "shown_s": {"p50": quantile(outcome.shown_s, 0.5), "p95": quantile(outcome.shown_s, 0.95)},
        "acked_s": {"p50": quantile(outcome.acked_s, 0.5), "p95": quantile(outcome.acked_s, 0.95)},
        "frames a letter": {
            kind: round(outcome.frames[kind] / outcome.sent, 1) for kind in ("private", "ack")
        },
    }


def round_of(number: int) -> Counter[str]:
    """A soak's round: 30 letters over one, two or three hops in turn."""
    outcome = write_letters(number % 3 + 1, ROUND, LOSS_PERCENT, seed=number + 1)
    found = figures(outcome)
    return Counter(
        letters=outcome.sent,
        acknowledged=found["acknowledged"],
        lost=found["never shown"],
        wrong=found["shown twice"] + found["reported failed"],
    )


def main() -> int:
    """Run over each distance, print and keep what came of it; 1 if a letter was lost, doubled or given up."""
    parser = argparse.ArgumentParser("lossy_mail", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help=f"letters over each distance ({COUNT})")
    parser.add_argument("--loss", type=int, default=LOSS_PERCENT, help=f"percent ({LOSS_PERCENT})")
    parser.add_argument("--hops", type=int, nargs="*", choices=sorted(READERS), default=sorted(READERS))
    parser.add_argument("--keep", action="store_true", help=f"write {RESULT.name}")
    options = parser.parse_args()
    results: dict[str, Any] = {"loss_percent": options.loss, "hops": {}}
    for hops in options.hops:
        found = figures(write_letters(hops, options.count, options.loss))
        results["hops"][str(hops)] = found
        sys.stdout.write(f"{hops}: {json.dumps(found)}\n")
        sys.stdout.flush()
    if options.keep:
        RESULT.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return int(any(found[fault] for found in results["hops"].values() for fault in FAULTS))


if __name__ == "__main__":
    sys.exit(main())
