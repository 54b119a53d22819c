"""`pocketmesh edit`: another text for what has not gone out yet."""

from __future__ import annotations

from handheld.cli import attach, show
from handheld.text import clean_message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Change a message of yours, by its number in `pocketmesh read`, as long as nothing of it has left this device:
the radio has not sent it, nobody carries it, and it is on no stick. A private message and one in a room keep
their place and their number here. A post on a board is taken back and written anew. What has gone out, or may
have, is refused: write another message to correct it."""
EXAMPLES = """\
pocketmesh edit 12 "the bridge is open, not closed"
pocketmesh edit 12 "see you at six" --json"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `edit`."""
    parser.add_argument("id", metavar="NUMBER", type=int, help="the number of the message")
    parser.add_argument("text", metavar="TEXT", nargs="+", help="what it says from now on")
    parser.add_argument("--json", action="store_true", help="the message as one JSON object")


def run(args: Namespace) -> int:
    """Change it, and say so."""
    message = attach.ask(args, "edit", id=args.id, text=" ".join(args.text))
    if args.json:
        show.as_json(message)
    else:
        show.out(f"Number {message['id']} says now: {clean_message(message['text'])}")
    return 0
