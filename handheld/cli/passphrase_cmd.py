"""`pocketmesh passphrase`: what stands between the card and whoever finds it."""

from __future__ import annotations

import time

from handheld.cli import alone, secrets, show
from handheld.errors import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from handheld.crypto.keyring import Lock

DESCRIPTION = """\
Set or change the passphrase that the keys of this data folder are locked with, or with --remove take it away.
Five generated words are offered; press Enter to take them. Everything is sealed anew under a new key. No node
may run meanwhile. Whoever forgets the passphrase loses all that is here: nobody can open it, and neither can
we. Where standard input is no terminal, one line is read for each question."""
EXAMPLES = """\
pocketmesh passphrase
pocketmesh passphrase --remove
pocketmesh --data /srv/box passphrase"""

WORDS = 5
"""Generated words: 55 bits, each guess of which costs Argon2id's time and memory."""

LENGTH_MIN = 8
"""Characters of a passphrase of one's own."""


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
        lock, key = (None, b"") if args.remove else _chosen()
        keys.relock(folder, ring, lock, key, SystemEntropy())
    if args.json:
        show.as_json({"locked": not args.remove})
    elif args.remove:
        show.out("There is no passphrase any more: whoever has this card can read it.")
    else:
        show.out("The passphrase is set. From the next start on it is asked for.")
    return 0


def _chosen() -> tuple[Lock, bytes]:
    """A new lock, and the key of what the person chose for it."""
    from handheld.crypto import words
    from handheld.daemon.system import SystemEntropy

    offered = " ".join(words.generate(WORDS, SystemEntropy()))
    secrets.tell(f"Write these {WORDS} words down, and keep them away from the device:\n\n  {offered}\n")
    typed = secrets.ask("Press Enter to take them, or type a passphrase of your own: ")
    if typed and len(typed.strip()) < LENGTH_MIN:
        raise Refused(f"A passphrase has at least {LENGTH_MIN} characters. Nothing was changed.")
    if secrets.same(secrets.ask("Once more, to be sure: "), typed or offered):
        return _made(typed or offered)
    raise Refused("That was not the same. Nothing was changed; try again.")


def _made(passphrase: str) -> tuple[Lock, bytes]:
    from handheld.crypto.keyring import MEMORY_MIN, PASSES_MIN, SALT, Lock, costs
    from handheld.daemon.system import SystemEntropy

    salt = SystemEntropy().take(SALT)
    began = time.monotonic()
    Lock(salt, PASSES_MIN, MEMORY_MIN).key(passphrase)
    lock = Lock(salt, *costs(int((time.monotonic() - began) * 1000)))
    return lock, lock.key(passphrase)
