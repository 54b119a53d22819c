"""`pocketmesh delete`: take back what one wrote on a board."""

from __future__ import annotations

from handheld.cli import attach, show
from handheld.errors import Refused, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Take back a post of yours, by its number in `pocketmesh read`. It is hidden here at once and its text is
freed. A signed request to delete it goes to everybody and is kept for seven days, so that those who come
later honour it too. Copies may remain elsewhere: with those who read it, on devices that never hear of it,
or with anybody who keeps what he wants. Only its author can take a post back."""
EXAMPLES = """\
pocketmesh delete 12
pocketmesh delete 12 --yes"""

SURE = "delete"


def configure(parser: ArgumentParser) -> None:
    """The arguments of `delete`."""
    parser.add_argument("id", metavar="NUMBER", type=int, help="the number of the post")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="what was deleted as one JSON object")


def run(args: Namespace) -> int:
    """Ask, unless told not to, and do it."""
    if not args.yes:
        _ask(f"Others may have read or kept number {args.id}. Type {SURE} to take it back: ")
    attach.ask(args, "delete", id=args.id)
    if args.json:
        show.as_json({"id": args.id, "deleted": True})
    else:
        show.out(f"Number {args.id} is deleted here, and others are asked to. Copies may remain elsewhere.")
    return 0


def _ask(question: str) -> None:
    try:
        answer = input(question)
    except EOFError:
        raise UsageError(f"Nobody answered, and nothing was changed. Say --yes, or type {SURE}.") from None
    if answer.strip() != SURE:
        raise Refused("Nothing was changed.")
