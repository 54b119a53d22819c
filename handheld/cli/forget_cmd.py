"""`pocketmesh forget`: a file goes."""

from __future__ import annotations

from handheld.cli import attach, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Take a file away from this device, with all that came of it. Others keep theirs; what you shared yourself is
not called back."""
EXAMPLES = """\
pocketmesh forget 3f2a91c0"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `forget`."""
    parser.add_argument("id", metavar="ID", help="at least four digits of the file's id")
    parser.add_argument("--json", action="store_true", help='{"forgotten": ID}')


def run(args: Namespace) -> int:
    """Tell the node."""
    attach.ask(args, "file_forget", id=args.id)
    if args.json:
        show.as_json({"forgotten": args.id})
    else:
        show.out("It is gone from this device.")
    return 0
