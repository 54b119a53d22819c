"""`pocketmesh block`: nothing of somebody is shown or carried; or whom a friend blocks is blocked."""

from __future__ import annotations

from handheld.cli import relating
from handheld.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Block somebody: nothing that he writes is shown, and no public post of his is kept or carried. What is here
already is hidden, and comes back with unblock. He is not told: private messages to you are acknowledged and
put away unseen. With --list-from, whomever that person publishes as blocked is blocked here, too, except
for those whom you met, named or follow."""
EXAMPLES = """\
pocketmesh block 3fa29c01
pocketmesh block --list-from bo"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `block`."""
    parser.add_argument("who", metavar="WHO", nargs="?", default="", help=relating.WHO)
    parser.add_argument("--list-from", metavar="WHO", default="", help="obey the blocks that he publishes")
    parser.add_argument("--yes", action="store_true", help="nothing is asked anyway: for programs")
    parser.add_argument("--json", action="store_true", help="the person as one JSON object")


def run(args: Namespace) -> int:
    """Hand it to the node and print who is blocked."""
    if one(args):
        say = "is blocked: nothing of him is shown or carried. Take it back: pocketmesh unblock {who}"
        return relating.relate(args, args.who, "blocked", say, on=True)
    say = "is obeyed: whom he publishes as blocked is blocked here, too."
    return relating.relate(args, args.list_from, "obeyed", say, on=True)


def one(args: Namespace) -> bool:
    """Whether one person is meant, rather than somebody's list. UsageError unless just one of them is."""
    if bool(args.who) == bool(args.list_from):
        raise UsageError("Say whom to block, or whose list to obey: WHO, or --list-from WHO.")
    return bool(args.who)
