"""`pocketmesh node`: the node by itself."""

from __future__ import annotations

import argparse
import os

from handheld.api import address
from handheld.cli.main import DEBUG

DESCRIPTION = """\
Run the node in this terminal until Ctrl-C: for a box, a repeater with a store, or a service. Other commands
use it while it runs; without one they start a node of their own, which ends when they do. A box stays in one
place, holds ten times as much of others' mail and posts, and posts "notice" of config.toml on #here."""
EXAMPLES = """\
pocketmesh node --name Mill
pocketmesh node --box --name Market --radio /dev/ttyUSB0
pocketmesh node --radio none"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `node`."""
    parser.add_argument("--name", metavar="NAME", help="the name others see, at most 24 bytes")
    parser.add_argument("--radio", metavar="PORT", help='such as /dev/ttyUSB0; "none" goes without')
    parser.add_argument(
        "--box",
        action="store_true",
        help="hold ten times as much for others, in a device that stays in place",
    )
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop."""
    from pathlib import Path

    from handheld.lean import without

    with without("ssl"):  # nothing here speaks TLS
        from handheld.daemon import wiring

    folder, explicit = address.chosen_folder(args.data)
    return wiring.run(
        Path(folder),
        explicit=explicit,
        radio=args.radio,
        name=args.name,
        box=args.box,
        child=args.child,
        debug=bool(os.environ.get(DEBUG)),
    )
