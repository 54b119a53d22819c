"""`pocketmesh keys`: the keys that private messages to us are sealed to."""

from __future__ import annotations

from handheld.cli import attach, show
from handheld.text import ago

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any

DESCRIPTION = """\
Others seal private messages to a mail key of yours. A new one comes after every 48 hours of running, and each
is erased after eight days of running: whoever takes the device later cannot open what was sealed to it. With
--renew a new one comes now; those before it still open what is on its way, until their time is over. Hours
while the node does not run do not count, and no clock is asked."""
EXAMPLES = """\
pocketmesh keys
pocketmesh keys --renew
pocketmesh keys --json"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `keys`."""
    parser.add_argument("--renew", action="store_true", help="make a new mail key now")
    parser.add_argument("--json", action="store_true", help="one JSON object: Keys of handheld/events.py")


def run(args: Namespace) -> int:
    """Ask the node and print."""
    keys = attach.ask(args, "keys", renew=args.renew)
    if args.json:
        show.as_json(keys)
    else:
        older = f"; {show.count(keys['older'], 'older one still opens', 'older ones still open')} mail"
        show.out(f"Your mail key is {sentence(keys)}{older if keys['older'] else ''}.")
    return 0


def sentence(keys: dict[str, Any]) -> str:
    """The age of the mail key, for a person."""
    age = f"{ago(keys['age_s'])} old" if keys["age_s"] else "new"
    return f"{age}, the next in {ago(keys['next_s'])} of running"
