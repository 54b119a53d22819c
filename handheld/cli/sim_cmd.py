"""`pocketmesh sim`: a scenario, played in virtual time."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path

from handheld.cli import show
from handheld.errors import SimulationError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from handheld.sim.scenario import Scenario

TTL_MAX = 15

DESCRIPTION = """\
Play a village in virtual time: hours in seconds, and the same file and seed give the same run anywhere.
SCENARIO is a file, or the name of one that comes along: s1, s1-100."""
EXAMPLES = """\
pocketmesh sim s1 --fast
pocketmesh sim s1-100 --fast --seed 2 --json
pocketmesh sim my-valley.toml --fast --trace run.txt"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `sim`."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a TOML file, or the name of an example")
    parser.add_argument("--fast", action="store_true", help="the radio's rules without MicroPython")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end")
    parser.add_argument("--trace", metavar="FILE", help="write down every frame and message")
    parser.add_argument("--seed", type=int, metavar="S", help="instead of the file's")
    parser.add_argument("--seconds", type=int, metavar="N", help="end after so many, instead of the file's")
    parser.add_argument("--nodes", type=int, metavar="N", help="so many in the last group of nodes")
    parser.add_argument("--posts", action="store_true", help="posts to all instead of private messages")
    parser.add_argument("--ttl", type=int, metavar="N", help="start every flood with this ttl, to compare")


def run(args: Namespace) -> int:
    """Play it; 0 when it came to its end."""
    if args.ttl is not None and not 1 <= args.ttl <= TTL_MAX:
        raise UsageError(f"--ttl has to be from 1 to {TTL_MAX}.")
    from handheld.sim import run as simulation

    scenario = _scenario(args)
    with open(args.trace, "w", encoding="ascii") if args.trace else nullcontext() as file:
        progress = _progress if sys.stderr.isatty() else None
        answer = simulation.run(scenario, simulation.Options(args.fast, args.ttl, file, progress))
    show.out(json.dumps(answer, indent=None if args.json else 1))
    return 0


def _scenario(args: Namespace) -> Scenario:
    from handheld.sim.reader import parse
    from handheld.sim.scenario import change

    shipped = Path(__file__).parents[1] / "sim" / "scenarios" / f"{args.scenario}.toml"
    path = shipped if shipped.is_file() else Path(args.scenario)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SimulationError(f"{path} cannot be read: {error}.") from None
    return change(parse(text), seed=args.seed, duration_s=args.seconds, nodes=args.nodes, posts=args.posts)


def _progress(share: float) -> None:
    end = "\n" if share == 1 else ""
    print(f"\r{share:4.0%}", end=end, file=sys.stderr, flush=True)
