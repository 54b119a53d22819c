"""`pocketmesh post`: write on a public board."""

from __future__ import annotations

import sys

from handheld.cli import attach, show
from handheld.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

STDIN_MAX = 65_536
"""Bytes read from standard input; far more than a post takes."""

KINDS = ("note", "need", "offer", "event")
UNITS = {"h": 1, "d": 24}
DIGITS = 3
HOURS_MAX = 168

DESCRIPTION = """\
Write on a public board. Everybody in reach can read it; it is signed with your key.
The post is saved when the command ends, and goes on the air as soon as the radio can.

A post is a note, a need, an offer or an event (--kind). All go after seven days in which devices were
running; what is no note goes earlier with --for: 6h, 3d. Of needs, offers, events and alerts a board keeps
your newest five. A long text goes out in up to four parts. For help in an emergency: pocketmesh alert."""
EXAMPLES = """\
pocketmesh post here The well at the mill is clean
pocketmesh post market --kind offer --for 6h "Two blankets, at the gate"
pocketmesh post here --kind need --for 2d Insulin for one, school yard
echo Hello | pocketmesh post here -"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `post`."""
    parser.add_argument("board", metavar="BOARD", help='such as here or market, with or without "#"')
    parser.add_argument("text", metavar="TEXT", nargs="+", help="what to say, at most 512 bytes; - reads it")
    parser.add_argument("--kind", "-k", choices=KINDS, default=KINDS[0], help="what it is (note)")
    parser.add_argument("--for", dest="life", metavar="TIME", default="", help="gone after 1h to 7d (7d)")
    parser.add_argument("--json", action="store_true", help="the saved post as one JSON object")


def run(args: Namespace) -> int:
    """Hand the post to the node and print what it became."""
    message = attach.ask(
        args, "post", board=args.board, text=text_of(args.text), kind=args.kind, hours=hours_of(args.life)
    )
    if args.json:
        show.as_json(message)
    else:
        gone = f", gone in {show.left(message['left_s'])}" if args.kind != KINDS[0] else ""
        show.out(f"Saved on #{message['board']} as number {message['id']}{gone}.")
    return 0


def hours_of(life: str) -> int:
    """ "6h", "3d" or "3" days in hours; 0 where nothing is said. UsageError for anything else."""
    if not life:
        return 0
    number, unit = (life[:-1], life[-1]) if life[-1] in UNITS else (life, "d")
    hours = int(number) * UNITS[unit] if number.isdecimal() and len(number) <= DIGITS else 0
    if not 1 <= hours <= HOURS_MAX:
        raise UsageError("A time is 1h to 168h, or 1d to 7d.")
    return hours


def text_of(words: list[str]) -> str:
    """The words of the command line as one text, or what standard input has."""
    if words != ["-"]:
        text = " ".join(words)
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            raise UsageError("The text is not UTF-8.")
        return text
    try:
        return sys.stdin.buffer.read(STDIN_MAX).decode("utf-8").strip()
    except UnicodeDecodeError:
        raise UsageError("What standard input has is not UTF-8 text.") from None
