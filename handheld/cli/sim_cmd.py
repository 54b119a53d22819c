"""`pocketmesh sim`: a scenario, played in virtual time."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path

from handheld.cli import show
from handheld.errors import SimulationError, UsageError
from handheld.text import ago

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator
    from typing import Any, TextIO

    from handheld.sim.scenario import Scenario

TTL_MAX = 15

EXAMPLES_FOLDER = Path(__file__).parents[1] / "sim" / "scenarios"

DESCRIPTION = """\
Play a village in virtual time: hours in seconds, and the same file and seed give the same run on any machine.
Nodes are the real node, radios the real firmware under MicroPython, or with --fast its rules alone. SCENARIO
is a file, or the name of one that comes along: street, camp, valley, islands, flood, s1, s1-100. Exit code 40
and the line for a scenario that cannot be, or a radio that fell."""
EXAMPLES = """\
pocketmesh sim street
pocketmesh sim s1-100 --fast --seed 2 --json
pocketmesh sim s1 --fast --posts --ttl 7
pocketmesh sim my-valley.toml --fast --trace run.txt --plot run.svg"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `sim`."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a TOML file, or the name of an example")
    parser.add_argument("--fast", action="store_true", help="the radio's rules without MicroPython")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end")
    parser.add_argument("--trace", metavar="FILE", help="write down every frame and message")
    parser.add_argument("--plot", metavar="FILE", help="draw the map and the deliveries, as .png or .svg")
    parser.add_argument("--seed", type=int, metavar="S", help="instead of the file's")
    parser.add_argument("--seconds", type=int, metavar="N", help="end after so many, instead of the file's")
    parser.add_argument("--nodes", type=int, metavar="N", help="the first so many nodes only")
    parser.add_argument("--posts", action="store_true", help="posts to all instead of private messages")
    parser.add_argument("--ttl", type=int, metavar="N", help="start every flood with this ttl, to compare")


def run(args: Namespace) -> int:
    """Play it; 0 when it came to its end."""
    for option, value, most in (
        ("ttl", args.ttl, TTL_MAX),
        ("nodes", args.nodes, None),
        ("seconds", args.seconds, None),
    ):
        if value is not None and not 1 <= value <= (most or value):
            raise UsageError(f"--{option} has to be {f'from 1 to {most}' if most else 'at least 1'}.")
    if args.seed is not None and args.seed < 0:
        raise UsageError("--seed has to be 0 or more.")
    from handheld.sim import plot
    from handheld.sim.run import Options
    from handheld.sim.run import run as play

    scenario = _scenario(args)
    picture = Path(args.plot) if args.plot else None
    if picture:
        plot.check(picture)
    with _trace(args.trace) as trace:
        progress = _progress if sys.stderr.isatty() else None
        answer = play(scenario, Options(args.fast, args.ttl, trace, progress, picture))
    if args.json:
        show.as_json(answer)
    else:
        show.out(summary(answer))
    return 0


def summary(answer: dict[str, Any]) -> str:
    """The answer for people: what was delivered, what it cost, in a few lines."""
    head = f"{answer['name']}: {answer['nodes']} nodes, {ago(round(answer['duration_s']))}"
    lines = [f"{head}, seed {answer['seed']}, played in {answer['wall_s']:.1f} s"]
    rows = [["", "sent", "delivered", "live", "reachable", "median", "95 %", "frames", "air"]]
    for kind, one in answer["traffic"].items():
        rows.append(
            [
                {"dm": "private", "post": "posts"}[kind],
                str(one["sent"]),
                f"{one['delivered_ratio']:.1%}",
                f"{one['delivered_live_ratio']:.1%}",
                str(answer["reachable"][kind]),
                f"{one['latency_s']['p50']:.1f} s",
                f"{one['latency_s']['p95']:.1f} s",
                f"{answer['transmissions_per_message'][kind]:.1f}",
                f"{answer['airtime_s_per_message'][kind]:.2f} s",
            ]
        )
    air = answer["air"]
    frames = ", ".join(f"{count} {kind}" for kind, count in air["frames"].items())
    lines.append(show.table(rows, right=range(1, 9)) if len(rows) > 1 else "Nobody wrote.")
    lines.append(f"on the air: {frames or 'nothing'}")
    lines.append(
        f"lost to collisions: {air['collided_share']:.1%}; busiest radio: {air['max_hour_share']:.2%} of an "
        f"hour; beyond the law: {air['duty_cycle_violations']}"
    )
    lines.append(f"trace {answer['trace_hash'][:16]}")
    return "\n".join(lines)


def _scenario(args: Namespace) -> Scenario:
    from handheld.sim.reader import parse
    from handheld.sim.scenario import change

    shipped = EXAMPLES_FOLDER / f"{args.scenario}.toml"
    path = shipped if shipped.is_file() else Path(args.scenario)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SimulationError(f"{path} is no text.") from None
    except OSError as error:
        names = ", ".join(sorted(one.stem for one in EXAMPLES_FOLDER.glob("*.toml")))
        raise SimulationError(
            f"{path} cannot be read: {error.strerror}. Examples that come along: {names}."
        ) from None
    return change(parse(text), seed=args.seed, duration_s=args.seconds, nodes=args.nodes, posts=args.posts)


@contextmanager
def _trace(path: str | None) -> Iterator[TextIO | None]:
    if path is None:
        yield None
        return
    try:
        with open(path, "w", encoding="ascii") as file:
            yield file
    except OSError as error:
        raise SimulationError(f"{path} cannot be written: {error.strerror}.") from None


def _progress(share: float) -> None:
    end = "\n" if share == 1 else ""
    print(f"\r{share:4.0%}", end=end, file=sys.stderr, flush=True)
