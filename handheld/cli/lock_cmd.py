"""`pocketmesh lock`: drop the keys now."""

from __future__ import annotations

from handheld.api import address, thin
from handheld.cli import show
from handheld.cli.unlock_cmd import until

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Have the running node drop its keys: until `pocketmesh unlock` it opens and shows nothing, and keeps what its
radio hears. Needs a passphrase. On the screen: Ctrl-L. An open device is open to whoever holds it."""
EXAMPLES = """\
pocketmesh lock
pocketmesh --data /srv/box lock"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `lock`."""
    parser.add_argument("--json", action="store_true", help='one JSON object: {"locked": true}')


def run(args: Namespace) -> int:
    """Tell the node, if there is one: without one no keys are open."""
    folder, _ = address.chosen_folder(args.data)
    connection = address.dial(folder)
    if connection is not None:
        with thin.Connection(connection, folder) as node:
            node.ask("lock")
        until(folder, locked=True)
    if args.json:
        show.as_json({"locked": True})
    else:
        show.out("The keys are locked." if connection else "No node runs here, so no keys are open.")
    return 0
