"""`pocketmesh name`: the owner's own names for people."""

from __future__ import annotations

from handheld.cli import attach, show
from handheld.cli.post_cmd import text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Give somebody your own name for him: it stays with his key, whatever he or others call themselves. With no
name, take yours away. Make sure that the key is his: ask him for its first digits."""
EXAMPLES = """\
pocketmesh name 3fa29c01 bo
pocketmesh name bo "Bo of the mill"
pocketmesh name bo"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `name`."""
    parser.add_argument("who", metavar="WHO", help="the key's first digits, or the name so far")
    parser.add_argument(
        "petname", metavar="NAME", nargs="*", help="at most 24 characters; none: take it away"
    )
    parser.add_argument("--json", action="store_true", help="the person as one JSON object")


def run(args: Namespace) -> int:
    """Hand the name to the node and print who has it."""
    petname = text_of(args.petname) if args.petname else ""
    person = attach.ask(args, "name", who=args.who, petname=petname)
    if args.json:
        show.as_json(person)
    elif petname:
        show.out(f"{person['key'][:8]} is {person['petname']} from now on.")
    else:
        show.out(f"{person['key'][:8]} has no name of yours any more.")
    return 0
