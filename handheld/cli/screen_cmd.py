"""`pocketmesh screen`, and `pocketmesh` alone on a terminal: the screen."""

from __future__ import annotations

from handheld.api import address, thin
from handheld.cli import borrow, complete, show, unlock_cmd, wipe_cmd
from handheld.errors import Locked, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from handheld.api.recording import Recorder

DESCRIPTION = """\
Open the screen: is it working, who is near, what do they write? On a terminal `pocketmesh` alone does the
same. Starts a node if none runs; that one ends soon after the screen. Needs the keyboard only: arrows, Enter,
Escape, Tab and letters, in 40 columns and 15 lines or more."""
EXAMPLES = """\
pocketmesh screen
pocketmesh screen --record monday.rec --redact
pocketmesh screen --data /srv/box"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `screen`."""
    parser.add_argument("--record", metavar="FILE", help="write the session down, for `pocketmesh replay`")
    parser.add_argument(
        "--redact", action="store_true", help="with --record: other names, keys and texts for all of them"
    )


def run(args: Namespace) -> int:
    """Show it until it is left."""
    if not show.on_terminal():
        raise UsageError("The screen needs a terminal. Without one there is: pocketmesh status")
    folder, explicit = address.chosen_folder(args.data)
    tape = _tape(args)

    def start() -> None:
        thin.ensure_node(folder, explicit).close()

    while True:
        # Kept open, so that the child does not end while the screen is still being loaded.
        with thin.ensure_node(folder, explicit) as node:
            _unlock(node, folder)
            # One that is lent is not ours to record.
            code = borrow.screen(folder) if tape is None else None
            if code is None:
                from pathlib import Path

                from tui import app

                code = app.run(Path(folder), explicit, start, complete.for_screen(), tape)
        if code >= 0:
            return code
        from tui import ends

        if code == ends.WIPED:
            args.json = False
            return wipe_cmd.wipe(args)
        if code == ends.PASSPHRASE:
            _set_passphrase(args)
            continue
        # It closes its door once more as it drops its keys; whoever comes in just then is cut off.
        unlock_cmd.until(folder, locked=True)


def _tape(args: Namespace) -> Recorder | None:
    if args.record is None:
        if args.redact:
            raise UsageError("--redact goes with --record FILE.")
        return None
    from pathlib import Path

    from handheld.api.recording import Recorder

    return Recorder(Path(args.record), redacted=args.redact)


def _set_passphrase(args: Namespace) -> None:
    """What `pocketmesh passphrase` does, as soon as the child node has ended."""
    from argparse import Namespace

    from handheld.cli import passphrase_cmd
    from handheld.errors import UserError

    try:
        passphrase_cmd.run(Namespace(data=args.data, remove=False, json=False))
    except UserError as error:
        show.out(f"{error}\nNo passphrase was set. Press Enter to go on without one.")
        show.flush()
        input()


def _unlock(node: thin.Connection, folder: str) -> None:
    """Ask for the passphrase as long as it takes; Ctrl-C leaves."""
    while True:
        try:
            unlock_cmd.unlock(node, folder, stay=False)
        except Locked as error:
            show.out(str(error))
        else:
            return
