"""`pocketmesh demo`: a village on this machine."""

from __future__ import annotations

import sys

from handheld.cli import complete, show
from handheld.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

SECONDS = 30
SECONDS_MAX = 86_400
LOSS_MAX = 99

DESCRIPTION = """\
Play a village of virtual handhelds on this machine: each has the real firmware in its radio, a node and
a data folder of its own. On a terminal you are one of them, and have the screen, until you leave it. With
--headless, --seconds or --json, and where there is no terminal, it tells as text who was heard when, and
which post or private message reached whom. Nothing is left behind."""
EXAMPLES = """\
pocketmesh demo
pocketmesh demo --newcomer
pocketmesh demo --seed 7 --loss 30
pocketmesh demo --headless --seconds 60
pocketmesh demo --headless --json"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `demo`."""
    parser.add_argument("--headless", action="store_true", help="tell the story as text")
    parser.add_argument("--seconds", type=int, metavar="N", help=f"how long the story takes ({SECONDS})")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="another one, another story (1)")
    parser.add_argument(
        "--loss", type=int, default=0, metavar="PERCENT", help="lose so many of all frames in the air (0)"
    )
    parser.add_argument("--newcomer", action="store_true", help="you have no name yet, and are asked for it")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end")


def run(args: Namespace) -> int:
    """Play it to the end."""
    if not 0 <= args.loss <= LOSS_MAX:
        raise UsageError(f"--loss has to be from 0 to {LOSS_MAX}.")
    if args.headless or args.json or args.seconds is not None or not show.on_terminal():
        return tell(args)
    return visit(args)


def tell(args: Namespace) -> int:
    """The story as text, or what came of it as JSON."""
    from handheld.sim import village

    seconds = SECONDS if args.seconds is None else args.seconds
    if not 1 <= seconds <= SECONDS_MAX:
        raise UsageError(f"--seconds has to be from 1 to {SECONDS_MAX}.")
    return village.run(seconds, args.seed, args.json, sys.stdout, loss_percent=args.loss)


def visit(args: Namespace) -> int:
    """The screen of one of them, until it is left."""
    from handheld.sim.visit import Visit

    with Visit(args.seed, args.loss, newcomer=args.newcomer) as village:
        you = village.guest
        known = "" if args.newcomer else f"{you.name}, "
        show.out(f"Six handhelds wake up in a valley.\nYou are {known}new at {you.place}.")
        show.flush()
        from tui import app, ends  # loaded while the village starts

        code = app.run(village.home(), explicit=False, start=village.check, line=complete.for_screen())
        village.check()
    if code in {ends.WIPED, ends.LOCKED}:
        whose = "the newcomer" if args.newcomer else you.name
        show.out(f"The keys of {whose} are {'destroyed' if code == ends.WIPED else 'locked'}.")
        return 0
    return code
