"""What `make image-check` found in other roots, part by part, as results/roots.json keeps it.

    python -m tests.benchmarks.roots LEDGER PART ARCH PYTHON COMMIT

Puts what the ledger (tests/support/ledger.py) says of one part in place of what was kept of it, and says it
in a line. Ends with 1 where a test failed.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.support.ledger import Entry, entries

RESULTS = Path(__file__).with_name("results") / "roots.json"


def summary(found: list[Entry], commit: str) -> dict[str, Any]:
    """The counts of a part, why tests were skipped, how often, and which failed."""
    counts = Counter(entry.outcome for entry in found)
    skipped = Counter(entry.why.removeprefix("Skipped: ") for entry in found if entry.outcome == "skipped")
    return {
        "commit": commit,
        "failed": counts["failed"],
        "failing": sorted(entry.test for entry in found if entry.outcome == "failed"),
        "passed": counts["passed"],
        "seconds": round(sum(entry.seconds for entry in found)),
        "skipped": counts["skipped"],
        "skips": dict(sorted(skipped.items())),
    }


def keep(results: Path, part: str, arch: str, python: str, answer: dict[str, Any]) -> None:
    """Put a part's summary into the file; the other parts stay as they are."""
    kept = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {}
    root = kept.setdefault(arch, {"parts": {}})
    root["python"] = python
    root["parts"][part] = answer
    results.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def main(ledger: str, part: str, arch: str, python: str, commit: str) -> int:
    found = [entry for entry in entries(Path(ledger)).values() if entry.part == part]
    answer = summary(found, commit)
    keep(RESULTS, part, arch, python, answer)
    counts = ", ".join(f"{answer[what]} {what}" for what in ("passed", "skipped", "failed"))
    sys.stdout.write(f"image-check: {arch}, {part}: {counts} ({answer['seconds']} s)\n")
    return int(answer["failed"] > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
