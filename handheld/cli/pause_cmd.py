"""`pocketmesh pause`: a file waits."""

from __future__ import annotations

from handheld.cli import attach, file_words, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Neither ask for a file nor send it to others, until it is resumed. What came of it stays, over restarts
too."""
EXAMPLES = """\
pocketmesh pause 3f2a91c0"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `pause`."""
    parser.add_argument("id", metavar="ID", help="at least four digits of the file's id")
    parser.add_argument("--json", action="store_true", help="FileInfo of handheld/events.py")


def run(args: Namespace) -> int:
    """Tell the node."""
    file = attach.ask(args, "file_pause", id=args.id)
    if args.json:
        show.as_json(file)
    else:
        show.out(f"{file['name']}: {file_words.state(file)}. To go on: pocketmesh resume {file['id'][:8]}")
    return 0
