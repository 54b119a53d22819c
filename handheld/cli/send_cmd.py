"""`pocketmesh send`: write to one person."""

from __future__ import annotations

import shlex

from handheld.cli import attach, show
from handheld.cli.post_cmd import text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Write to one person. Nobody else can read it, or see who writes to whom. It is saved when the command ends,
and sent again, while a node runs, until its reader has acknowledged it. WHO is your own name for the person
(see: pocketmesh name) or at least four hex digits of the key; never a name that somebody gave himself."""
EXAMPLES = """\
pocketmesh send bo Meet me at the bridge
pocketmesh send 3fa29c01 "Are you safe?"
echo Hello | pocketmesh send bo -"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `send`."""
    parser.add_argument("who", metavar="WHO", help="your name for the person, or the key's first digits")
    parser.add_argument("text", metavar="TEXT", nargs="+", help="what to say, at most 167 bytes; - reads it")
    parser.add_argument("--json", action="store_true", help="the saved message as one JSON object")


def run(args: Namespace) -> int:
    """Hand the message to the node and print what it became."""
    message = attach.ask(args, "send", who=args.who, text=text_of(args.text))
    if args.json:
        show.as_json(message)
        return 0
    show.out(f"Saved as number {message['id']}, for {show.reader(message)} alone.")
    if message["note"]:
        show.out(message["note"])
    show.out(f"Whether it arrived: pocketmesh read --with {shlex.quote(args.who)}")
    return 0
