"""`pocketmesh wipe`: destroy the keys, then everything else."""

from __future__ import annotations

from contextlib import suppress

from handheld.api import address, thin
from handheld.cli import alone, show
from handheld.errors import NodeUnreachable, Refused, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Destroy the keys of this data folder, then delete all that is in it, and what `restore --replace` moved
aside. Without its keys nothing that was stored can be read, with or without a passphrase, and you come back
as who you were only from a backup. On the screen: Ctrl-X twice. An SD card may keep old copies of what was
overwritten, for a laboratory to find; with a passphrase set, those do not open without it."""
EXAMPLES = """\
pocketmesh wipe
pocketmesh wipe --yes
pocketmesh --data /srv/box wipe"""

SURE = "wipe"


def configure(parser: ArgumentParser) -> None:
    """The arguments of `wipe`."""
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help='{"wiped": FOLDER}')


def run(args: Namespace) -> int:
    """Ask, unless told not to, and do it."""
    path, _ = address.chosen_folder(args.data)
    if not args.yes:
        _ask(f"Everything in {path} will be lost. Type {SURE} to go on: ")
    return wipe(args)


def _ask(question: str) -> None:
    try:
        answer = input(question)
    except EOFError:
        raise UsageError(f"Nobody answered, and nothing was changed. Say --yes, or type {SURE}.") from None
    if answer.strip() != SURE:
        raise Refused("Nothing was changed.")


def wipe(args: Namespace) -> int:
    """The keys first, whatever runs; then the rest, by the node or by ourselves."""
    from pathlib import Path

    from handheld.store import wiping
    from handheld.store.folder import Folder

    path, explicit = address.chosen_folder(args.data)
    folder = Folder.find(Path(path), explicit)
    wiping.destroy_keys(folder)
    if args.json:
        _the_rest(args, path)
        show.as_json({"wiped": path})
        return 0
    show.out("The keys are destroyed.")
    show.flush()
    _the_rest(args, path)
    show.out("Everything else is deleted. An SD card may keep copies of deleted bytes; without the keys they")
    show.out("cannot be read.")
    return 0


def _the_rest(args: Namespace, folder: str) -> None:
    """By the node, if one runs: it holds keys in its memory, and ends."""
    connection = address.dial(folder)
    if connection is not None:
        # One that ends just now cuts us off. One that stays holds the folder, and that is said below.
        with thin.Connection(connection, folder) as node, suppress(NodeUnreachable):
            node.ask("wipe")
    from handheld.store import wiping

    with alone.open_folder(args) as held:
        wiping.clear(held)
