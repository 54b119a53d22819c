"""Passphrases: asked without an echo, or read line by line from a pipe; never an argument of a command."""

from __future__ import annotations

import sys
import time

from handheld.errors import Refused, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from handheld.crypto.keyring import Lock
    from handheld.store.folder import Folder

WORDS = 5
"""Generated words: 55 bits, each guess of which costs Argon2id's time and memory."""

LENGTH_MIN = 8
"""Characters of a passphrase of one's own."""


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


def choose() -> tuple[Lock, bytes]:
    """A new lock, and the key of what the person chose for it: generated words, or words of his own.

    Refused when what was typed is too short, or not the same twice.
    """
    from handheld.crypto import words
    from handheld.daemon.system import SystemEntropy

    offered = " ".join(words.generate(WORDS, SystemEntropy()))
    tell(f"Write these {WORDS} words down, and keep them away from the device:\n\n  {offered}\n")
    typed = ask("Press Enter to take them, or type a passphrase of your own: ")
    if typed and len(typed.strip()) < LENGTH_MIN:
        raise Refused(f"A passphrase has at least {LENGTH_MIN} characters. Nothing was changed.")
    if same(ask("Once more, to be sure: "), typed or offered):
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
