"""`pocketmesh unlock`: open the keys of a node that waits for them."""

from __future__ import annotations

import time

from handheld.api import address, thin
from handheld.cli import secrets, show
from handheld.errors import NodeUnreachable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Open the keys of the node with the passphrase. It stays until `pocketmesh lock`, or until it is idle for as
many minutes as lock_minutes in config.toml says. Without a node one is started, and stays as well."""
EXAMPLES = """\
pocketmesh unlock
pocketmesh --data /srv/box unlock"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `unlock`."""
    parser.add_argument("--json", action="store_true", help='one JSON object: {"locked": false}')


def run(args: Namespace) -> int:
    """Ask for the passphrase, and hand its key over."""
    folder, explicit = address.chosen_folder(args.data)
    with thin.ensure_node(folder, explicit) as node:
        was_locked = unlock(node, folder, stay=True)
    if args.json:
        show.as_json({"locked": False})
    else:
        show.out("The keys are open." if was_locked else "The keys were open already.")
    return 0


def unlock(node: thin.Connection, folder: str, *, stay: bool) -> bool:
    """Have the keys opened, whether they were locked. Locked, if it is not the passphrase."""
    if not node.ask("status")["locked"]:
        return False
    from pathlib import Path

    from handheld.store.folder import Folder

    key = secrets.key_of(Folder(Path(folder)))
    node.ask("unlock", {"key": key.hex(), "stay": stay})
    until(folder, locked=False)
    return True


def until(folder: str, *, locked: bool) -> None:
    """Wait until the node, which opens its door anew, has or has not its keys; NodeUnreachable after 20 s."""
    deadline = time.monotonic() + thin.START_S
    while time.monotonic() < deadline:
        connection = address.dial(folder)
        try:
            if connection is not None:
                with thin.Connection(connection, folder) as node:
                    if node.ask("status")["locked"] is locked:
                        return
        except NodeUnreachable:
            pass  # it was closing its door as we came in
        time.sleep(thin.POLL_S)
    raise NodeUnreachable(
        f"The node of {folder} has not answered for {thin.START_S} seconds: see its node.log."
    )
