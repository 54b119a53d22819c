"""`pocketmesh passphrase`: what stands between the card and whoever finds it."""

from __future__ import annotations

from handheld.cli import alone, secrets, show
from handheld.errors import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Set or change the passphrase that the keys of this data folder are locked with, or with --remove take it away.
Five generated words are offered; press Enter to take them. Everything is sealed anew under a new key. No node
may run meanwhile. Whoever forgets the passphrase loses all that is here: nobody can open it, and neither can
we. Where standard input is no terminal, one line is read for each question."""
EXAMPLES = """\
pocketmesh passphrase
pocketmesh passphrase --remove
pocketmesh --data /srv/box passphrase"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `passphrase`."""
    parser.add_argument("--remove", action="store_true", help="go on without one: the keys lie open then")
    parser.add_argument("--json", action="store_true", help='one JSON object: {"locked": whether one is set}')


def run(args: Namespace) -> int:
    """Ask, and seal anew."""
    from handheld.daemon.system import SystemEntropy
    from handheld.store import keys

    with alone.open_folder(args) as folder:
        before = keys.find_lock(folder)
        if args.remove and before is None:
            raise Refused("There is no passphrase here. Nothing was changed.")
        old = b"" if before is None else secrets.key_for(before, "Passphrase so far: ")
        ring = keys.open_ring(folder, old)
        lock, key = (None, b"") if args.remove else secrets.choose()
        keys.relock(folder, ring, lock, key, SystemEntropy())
    if args.json:
        show.as_json({"locked": not args.remove})
    elif args.remove:
        show.out("There is no passphrase any more: whoever has this card can read it.")
    else:
        show.out("The passphrase is set. From the next start on it is asked for.")
    return 0
