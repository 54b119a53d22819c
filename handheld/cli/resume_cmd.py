"""`pocketmesh resume`: a file goes on."""

from __future__ import annotations

from handheld.cli import attach, file_words, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Go on with a file after a pause: ask for what is missing, or send it again to whoever lacks something."""
EXAMPLES = """\
pocketmesh resume 3f2a91c0"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `resume`."""
    parser.add_argument("id", metavar="ID", help="at least four digits of the file's id")
    parser.add_argument("--json", action="store_true", help="FileInfo of handheld/events.py")


def run(args: Namespace) -> int:
    """Tell the node."""
    file = attach.ask(args, "file_get", id=args.id)
    if args.json:
        show.as_json(file)
    else:
        show.out(f"{file['name']}: {file_words.state(file)}.")
    return 0
