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

DESCRIPTION = """\
Write on a public board. Everybody in reach can read it; it is signed with your key.
The post is saved when the command ends, and goes on the air as soon as the radio can."""
EXAMPLES = """\
pocketmesh post here The well at the mill is clean
pocketmesh post market "Two blankets, at the gate until six"
echo Hello | pocketmesh post here -"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `post`."""
    parser.add_argument("board", metavar="BOARD", help='such as here or market, with or without "#"')
    parser.add_argument("text", metavar="TEXT", nargs="+", help="what to say, at most 160 bytes; - reads it")
    parser.add_argument("--json", action="store_true", help="the saved post as one JSON object")


def run(args: Namespace) -> int:
    """Hand the post to the node and print what it became."""
    message = attach.ask(args, "post", board=args.board, text=text_of(args.text))
    if args.json:
        show.as_json(message)
    else:
        show.out(f"Saved on #{message['board']} as number {message['id']}.")
    return 0


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
