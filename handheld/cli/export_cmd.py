"""`pocketmesh export`: all that is public or sealed onto a stick."""

from __future__ import annotations

from handheld.cli import attach, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Write everything that may be carried into one file in DIR, such as a USB stick: public posts, the profiles of
those who wrote them, and sealed mail, yours and what you carry for others. No key, no name that you gave, and
nothing private in clear; SECURITY.md says what a finder learns. Several devices can write to one stick; each
replaces its own file. Whoever gets the stick says: pocketmesh import DIR"""
EXAMPLES = """\
pocketmesh export /media/stick
pocketmesh export /media/stick --json"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `export`."""
    parser.add_argument("dir", metavar="DIR", help="a folder on the stick")
    parser.add_argument("--json", action="store_true", help='one JSON object: {"file", "records", "bytes"}')


def run(args: Namespace) -> int:
    """Ask page by page, and write."""
    from pathlib import Path

    from handheld.cli import stick
    from handheld.wire.stick import RECORDS_MAX

    records: list[str] = []
    with attach.connect(args) as node:
        page = node.ask("records")
        records += page["records"]
        while page["after"] and len(records) < RECORDS_MAX:
            page = node.ask("records", {"after": page["after"]})
            records += page["records"]
    path = stick.write(Path(args.dir), page["device"], records[:RECORDS_MAX])
    size = path.stat().st_size
    if args.json:
        show.as_json({"file": str(path), "records": len(records), "bytes": size})
    else:
        show.out(f"{show.count(len(records), 'record')} are in {path}, {size // 1024 + 1} KiB.")
    return 0
