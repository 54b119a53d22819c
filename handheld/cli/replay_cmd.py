"""`pocketmesh replay`: a recorded session of the screen, played again without a node."""

from __future__ import annotations

from handheld.cli import show
from handheld.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

SPEED_MAX = 100.0

NOWHERE = "/nowhere"
"""A folder that is not there: with no settings of this device, and no node."""

DESCRIPTION = """\
Play again what `pocketmesh screen --record FILE` has written: for a bug report or a demonstration. No node
and no radio is needed, and nothing is sent. It presses the keys that were pressed, until you press one; from
then on you walk about by yourself, as far as was recorded. Pauses are cut to three seconds."""
EXAMPLES = """\
pocketmesh replay monday.rec
pocketmesh replay monday.rec --speed 4"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `replay`."""
    parser.add_argument("file", metavar="FILE", help="what `pocketmesh screen --record` has written")
    parser.add_argument("--speed", type=float, default=1.0, metavar="TIMES", help="so many times as fast")


def run(args: Namespace) -> int:
    """Play it until the screen is left."""
    from pathlib import Path

    from handheld.api import replay

    if not 0 < args.speed <= SPEED_MAX:
        raise UsageError(f"--speed is above 0, and at most {SPEED_MAX:.0f}.")
    entries = replay.read(Path(args.file), args.speed)
    if not show.on_terminal():
        raise UsageError(f"{args.file} is whole, {len(entries)} lines. To play it takes a terminal.")
    from tui import app

    # A screen that ended otherwise, as one that was locked did, ends here, too.
    return max(0, app.run(Path(NOWHERE), explicit=False, tape=replay.Replay(entries)))
