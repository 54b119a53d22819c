"""Passphrases: asked without an echo, or read line by line from a pipe; never an argument of a command."""

from __future__ import annotations

import sys

from handheld.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from handheld.crypto.keyring import Lock
    from handheld.store.folder import Folder


def ask(prompt: str) -> str:
    """What the person typed; UsageError where nobody answers."""
    if sys.stdin.isatty():
        from getpass import getpass

        try:
            return getpass(prompt)
        except EOFError:
            raise UsageError("Nothing was typed. Nothing was changed.") from None
    line = sys.stdin.readline()
    if not line:
        raise UsageError("A passphrase is needed: run this on a terminal, or give it on standard input.")
    return line.rstrip("\n")


def tell(text: str) -> None:
    """Show a secret to the person who asked for it: on standard error, where no pipe takes it along."""
    print(text, file=sys.stderr)


def same(one: str, other: str) -> bool:
    """Whether two passphrases are the same: how they are spaced does not count."""
    return one.split() == other.split()


def key_for(lock: Lock, prompt: str = "Passphrase: ") -> bytes:
    """The key that the passphrase gives, which is asked for; it takes some seconds on a slow board."""
    return lock.key(ask(prompt))


def key_of(folder: Folder) -> bytes:
    """The key for this folder's keys; b"" where they lie open. The damages of a key file, as sentences."""
    from handheld.store import keys

    lock = keys.find_lock(folder)
    return b"" if lock is None else key_for(lock)
