"""`pocketmesh share`: a file to everybody in reach, a room, or one person."""

from __future__ import annotations

import os

from handheld.cli import attach, file_words, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Share a small file: with everybody who follows a board (#here if none is named), with a room, or sealed with
one person. It goes to all in reach at once, at little more than the cost of sending it to one; what somebody
missed he asks for by himself. Text that zlib makes smaller travels smaller. At most 64 KB unless config.toml
says more ("file_kb"). On slow air, such as LoRa, more than 16 KB need a yes."""
EXAMPLES = """\
pocketmesh share map.png
pocketmesh share list.txt "#market"
pocketmesh share photo.jpg --with bo
pocketmesh share plan.pdf --room kitchen
pocketmesh share map.png --cost"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `share`."""
    parser.add_argument("file", metavar="FILE", help="what to share")
    parser.add_argument("board", metavar="BOARD", nargs="?", default="", help="the board; #here without it")
    parser.add_argument("--with", dest="who", metavar="WHO", default="", help="one person, as in send")
    parser.add_argument("--room", metavar="ROOM", default="", help="a room of yours")
    parser.add_argument("--cost", action="store_true", help="say what it would take, and share nothing")
    parser.add_argument("--yes", action="store_true", help="ask nothing, also on slow air")
    parser.add_argument(
        "--json", action="store_true", help="FileInfo of handheld/events.py; with --cost FileCost"
    )


def run(args: Namespace) -> int:
    """Say what it takes, ask if that is much, hand the file over."""
    path = os.path.abspath(args.file)  # noqa: PTH100 - pathlib costs 17 million instructions
    with attach.connect(args) as connection:
        cost = connection.ask("file_cost", {"path": path})
        if args.cost:
            show.as_json(cost) if args.json else show.out(file_words.cost(cost))
            return 0
        yes = args.yes
        if not args.json:
            show.out(file_words.cost(cost))
        if cost["slow"] and not yes and not args.json:
            yes = file_words.sure("Send it all the same?")
        where = {"board": args.board, "room": args.room, "who": args.who}
        shared = connection.ask("share", {"path": path, "yes": yes, **where})
    if args.json:
        show.as_json(shared)
    else:
        show.out(f"Saved, for {file_words.readers(shared)}. Its id: {shared['id']}")
        show.out("How far it got: pocketmesh files")
    return 0
