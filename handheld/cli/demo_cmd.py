"""`pocketmesh demo`: a village on this machine."""

from __future__ import annotations

import sys

from handheld.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

SECONDS = 30
SECONDS_MAX = 86_400
LOSS_MAX = 99

DESCRIPTION = """\
Play a village of virtual handhelds on this machine: each has the real firmware in its radio, a node and
a data folder of its own. Tells as text who was heard when, and which post or private message reached
whom. Nothing is left behind."""
EXAMPLES = """\
pocketmesh demo
pocketmesh demo --seconds 60 --seed 7
pocketmesh demo --headless --json
pocketmesh demo --headless --loss 30"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `demo`."""
    parser.add_argument("--headless", action="store_true", help="tell the story as text")
    parser.add_argument("--seconds", type=int, default=SECONDS, metavar="N", help=f"how long ({SECONDS})")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="another one, another story (1)")
    parser.add_argument(
        "--loss", type=int, default=0, metavar="PERCENT", help="lose so many of all frames in the air (0)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object at the end")


def run(args: Namespace) -> int:
    """Play it to the end."""
    from handheld.sim import village

    if not 1 <= args.seconds <= SECONDS_MAX:
        raise UsageError(f"--seconds has to be from 1 to {SECONDS_MAX}.")
    if not 0 <= args.loss <= LOSS_MAX:
        raise UsageError(f"--loss has to be from 0 to {LOSS_MAX}.")
    return village.run(args.seconds, args.seed, args.json, sys.stdout, loss_percent=args.loss)
