"""`pocketmesh menu`: text menus for a plain serial terminal."""

from __future__ import annotations

import os
import sys

from handheld.api import address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Menus of numbered lines, for any terminal: a serial console at 9600 baud, a screen reader, a pipe. What
arrives is printed above the line you are typing. A line that begins with / is a command of pocketmesh,
completed by Tab. It can be what a serial line shows instead of a login, for the user who owns the data:
agetty -a USER -l /usr/bin/pocketmesh -o menu ttyS0 9600."""
EXAMPLES = """\
pocketmesh menu
TERM=dumb pocketmesh menu
printf '5\\n0\\n' | pocketmesh menu"""


def configure(_parser: ArgumentParser) -> None:
    """`menu` takes no arguments of its own."""


def run(args: Namespace) -> int:
    """Show menus until the person leaves or the input ends."""
    from handheld.cli.menu.console import Console, complete
    from handheld.cli.menu.menus import Menus

    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    console = Console(terminal=terminal, dumb=os.environ.get("TERM", "dumb") == "dumb")
    if terminal:
        from handheld.cli.complete import on_line
        from handheld.verbs import VERBS

        complete(on_line(VERBS))
    Menus(console, *address.chosen_folder(args.data)).run()
    return 0
