"""`pocketmesh import`: what others put onto a stick."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from handheld.cli import attach, show
from handheld.errors import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any

    from handheld.api.thin import Connection
    from handheld.cli.stick import Found, Source

DESCRIPTION = """\
Take in the files that `pocketmesh export` wrote into DIR: posts, profiles and sealed mail. Every signature is
checked, as of what comes over the air; what was edited, is damaged or is no record is counted and left out.
Works without a radio. Importing twice changes nothing."""
EXAMPLES = """\
pocketmesh import /media/stick
pocketmesh import /media/stick --json"""

_AT_ONCE = 64

_LINE_EACH = 1_000
"""Records between two lines about them in a pipe."""

_SEALED = (3, 6)
"""Air kinds PRIVATE and ROOM; the module that names them is not worth its time to load here."""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `import`."""
    parser.add_argument("dir", metavar="DIR", help="a folder on the stick")
    parser.add_argument(
        "--json",
        action="store_true",
        help='one JSON object: {"files", "new", "known", "refused": {why: number}, "left_out": {file: why}}',
    )


def run(args: Namespace) -> int:
    """Read file by file, and hand over by the handful."""
    from pathlib import Path

    from handheld.cli import stick

    found = stick.sources(Path(args.dir))
    good = [source for source in found if not source.fault]
    left_out = {source.path.name: source.fault for source in found if source.fault}
    if not good and not left_out:
        raise Refused(f"There is nothing of pocketmesh in {args.dir}. Somebody exports there first.")
    summary: dict[str, Any] = {"files": len(good), "new": 0, "known": 0, "refused": Counter()}
    with attach.connect(args) as node:
        _hand_over(node, good, summary)
    if args.json:
        show.as_json({**summary, "left_out": left_out})
    else:
        show.out("\n".join(lines(summary, left_out)))
    return 0


def _hand_over(node: Connection, files: list[Source], summary: dict[str, Any]) -> None:
    from handheld.cli import stick

    done, of = 0, sum(source.slots for source in files)
    # What is sealed is slow to try, so all the rest comes before it, and nothing waits for junk.
    for later, source in [(later, source) for later in (False, True) for source in files]:
        mine = (found for found in stick.read(source) if _sealed(found) is later)
        for handful in _handfuls(mine):
            records = [found.record for found in handful if found.record]
            summary["refused"].update(found.fault for found in handful if found.fault)
            if records:
                taken = node.ask("take_records", {"records": records})
                summary["new"] += taken["new"]
                summary["known"] += taken["known"]
                summary["refused"].update(taken["refused"])
            _progress(done, done + len(handful), of)
            done += len(handful)


def _sealed(found: Found) -> bool:
    """Whether a record, in hex after its age, is one that somebody's keys have to be tried on."""
    return bool(found.record) and int(found.record[2:4], 16) >> 2 & 15 in _SEALED


def _handfuls(found: Iterable[Found]) -> Iterator[list[Found]]:
    slots = iter(found)
    while handful := list(islice(slots, _AT_ONCE)):
        yield handful


def _progress(before: int, done: int, of: int) -> None:
    """On a terminal one line that changes, in a pipe a line for each thousand records."""
    if sys.stderr.isatty():
        end = "\n" if done >= of else ""
        print(f"\r{done} of {of} records", end=end, file=sys.stderr, flush=True)
    elif before // _LINE_EACH < done // _LINE_EACH:
        print(f"{done} of {of} records", file=sys.stderr, flush=True)


def lines(summary: dict[str, Any], left_out: dict[str, str]) -> list[str]:
    """The summary for a person."""
    new, files = show.count(summary["new"], "new record"), show.count(summary["files"], "file")
    said = [f"{new} from {files}, {summary['known']} known before."]
    refused = sorted(summary["refused"].items(), key=lambda item: -item[1])
    if refused:
        said.append("Left out: " + ", ".join(f"{number} {REASONS.get(why, why)}" for why, number in refused))
    return said + [f"{name} was left out. {why}" for name, why in sorted(left_out.items())]


REASONS = {
    "no room": "too old, or less than all that is kept here",
    "text": "that say what no record of their kind can say",
    "short": "cut off",
    "long": "longer than any of their kind",
    "version": "of a newer version",
    "blocked": "of people whom you blocked",
    "signature": "whose signature is wrong",
    "unknown author": "whose author is unknown",
    "unknown board": "on boards that you do not follow",
    "mail": "sealed for somebody else",
    "room": "of rooms that you are not in",
    "ack": "that answer nothing of yours",
    "damaged": "damaged",
    "size": "damaged",
    "cut off": "cut off at the end of a file",
}
"""What stands for a reason to refuse."""
