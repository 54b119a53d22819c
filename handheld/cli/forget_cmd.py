"""`pocketmesh forget`: a file goes, and its name if only that is here."""

from __future__ import annotations

from handheld.cli import attach, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Take a file away from this device, with all that came of it. Others keep theirs; what you shared yourself is
not called back. Its name stays in the list for some days, as the board or conversation names it too:
`pocketmesh get` fetches it again from whoever has it. Forgotten once more, its name goes from the list."""
EXAMPLES = """\
pocketmesh forget 3f2a91c0"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `forget`."""
    parser.add_argument("id", metavar="ID", help="at least four digits of the file's id")
    parser.add_argument(
        "--json", action="store_true", help='{"forgotten": ID, "named": whether it is listed}'
    )


def run(args: Namespace) -> int:
    """Tell the node."""
    with attach.connect(args) as connection:
        connection.ask("file_forget", {"id": args.id})
        begins = args.id.strip().lower()
        named = any(file["id"].startswith(begins) for file in connection.ask("files", {}))
    if args.json:
        show.as_json({"forgotten": args.id, "named": named})
    elif named:
        show.out(
            f"It is gone from this device. While somebody near has it: pocketmesh get {begins}\n"
            f"To take its name from the list too: pocketmesh forget {begins}"
        )
    else:
        show.out("Its name is gone from the list.")
    return 0
