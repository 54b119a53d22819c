"""`pocketmesh resume`: a file goes on."""

from __future__ import annotations

from handheld.cli import attach, file_words, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Go on with a file after a pause: ask for what is missing, or send it again to whoever lacks something. On slow
air, such as LoRa, a file of more than 16 KB waits for a faster radio, or for --yes."""
EXAMPLES = """\
pocketmesh resume 3f2a91c0
pocketmesh resume 3f2a91c0 --yes"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `resume`."""
    parser.add_argument("id", metavar="ID", help="at least four digits of the file's id")
    parser.add_argument("--yes", action="store_true", help="ask nothing, also on slow air")
    parser.add_argument("--json", action="store_true", help="FileInfo of handheld/events.py")


def run(args: Namespace) -> int:
    """Tell the node."""
    with attach.connect(args) as connection:
        file = file_words.agreed(connection, {"id": args.id, "yes": args.yes}, asks=not args.json)
    if args.json:
        show.as_json(file)
    else:
        show.out(f"{file['name']}: {file_words.state(file)}.")
    return 0
