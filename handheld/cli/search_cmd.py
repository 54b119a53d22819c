"""`pocketmesh search`: find messages by their words."""

from __future__ import annotations

from handheld.cli import attach, read_cmd, show
from handheld.cli.post_cmd import text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

LIMIT = 20

DESCRIPTION = """\
Find messages that hold all the words, or parts of words, in any case: on boards, in rooms and in private
ones, the newest of them, oldest first. What lies on the disk is sealed, so the first search after a start
opens it and may take some seconds on a slow board; the next ones do not."""
EXAMPLES = """\
pocketmesh search bridge open
pocketmesh search blankets --board market
pocketmesh search key --who bo --json"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `search`."""
    parser.add_argument("words", metavar="WORD", nargs="+", help="what has to be in it")
    parser.add_argument("--board", "-b", metavar="BOARD", default="", help="on this board only")
    parser.add_argument("--who", "-w", metavar="WHO", default="", help="by or with this person only")
    parser.add_argument(
        "--limit", "-n", type=int, metavar="N", default=LIMIT, help=f"at most N, up to 200 ({LIMIT})"
    )
    parser.add_argument("--json", action="store_true", help="the messages as a JSON list")


def run(args: Namespace) -> int:
    """Ask the node and print."""
    asked = {"words": text_of(args.words), "board": args.board, "who": args.who, "limit": args.limit}
    messages = attach.ask(args, "search", **asked)
    if args.json:
        show.as_json(messages)
    elif not messages:
        show.out("Nothing that is held here has these words.")
    for message in [] if args.json else messages:
        show.out(read_cmd.entry(message))
    return 0
