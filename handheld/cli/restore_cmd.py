"""`pocketmesh restore`: a data folder from a backup, or from 24 words."""

from __future__ import annotations

from handheld.cli import alone, secrets, show
from handheld.errors import Refused, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable

    from handheld.crypto.keyring import Lock
    from handheld.store.folder import Folder

    Make = Callable[[Folder], bytes]

DESCRIPTION = """\
Make the data folder anew from the backup FILE, or with --words from the 24 words of who you are. It has to be
empty; with --replace what is in it is put aside, in a folder beside it. Use one device only: wipe the
other. Mail that is on its way to you is sealed anew by its writers once they hear your new profile. Your
numbers go on far above those that the other device may have used, and your profile says so."""
EXAMPLES = """\
pocketmesh restore /media/stick/ada.pmbk
pocketmesh restore --words
pocketmesh --data /srv/box restore box.pmbk --replace"""

SECRET = 32


def configure(parser: ArgumentParser) -> None:
    """The arguments of `restore`."""
    parser.add_argument("file", metavar="FILE", nargs="?", help="a backup")
    parser.add_argument("--words", action="store_true", help="ask for the 24 words of who you are")
    parser.add_argument("--replace", action="store_true", help="put aside what is in the folder")
    parser.add_argument("--json", action="store_true", help='one JSON object: {"key": who you are, "aside"}')


def run(args: Namespace) -> int:
    """Ask for what opens it, and make the folder."""
    if args.words == bool(args.file):
        raise UsageError("Name the FILE of a backup, or say --words; one of the two.")
    with alone.open_folder(args) as folder:
        if not folder.is_empty() and not args.replace:
            raise Refused(f"There is something in {folder.path} already. Nothing was changed. See --replace.")
        make = _from_words() if args.words else _from_file(args.file)
        aside = folder.put_aside()
        try:
            key = make(folder)
        except BaseException:
            folder.put_back(aside)
            raise
        folder.settle(aside)
    if args.json:
        show.as_json({"key": key.hex(), "aside": str(aside) if aside else None})
        return 0
    show.out(f"You are {key.hex()[:8]} again. Use one device only: wipe the other.")
    if aside:
        show.out(f"What was here before is in {aside}.")
    return 0


def _from_file(name: str) -> Make:
    from pathlib import Path

    from handheld.daemon.system import SystemEntropy
    from handheld.store import backup

    source = Path(name)
    if not source.is_file():
        raise UsageError(f"There is no file {source}.")
    return lambda folder: backup.restore(folder, source.absolute(), _key, SystemEntropy())


def _from_words() -> Make:
    from handheld.daemon.system import SystemEntropy
    from handheld.store import backup

    seed = _spelled("The 24 words of who you are: ")
    return lambda folder: backup.recall(folder, seed, SystemEntropy())


def _key(lock: Lock) -> bytes:
    from handheld.crypto.backup import WORDS

    if lock == WORDS:
        return _spelled("The 24 words of this backup: ")
    return secrets.key_for(lock, "Passphrase of the backup: ")


def _spelled(prompt: str) -> bytes:
    from handheld.crypto import words

    secret = words.unspell(words.parse(secrets.ask(prompt)))
    if len(secret) != SECRET:
        raise UsageError("There are 24 words to this. Nothing was changed.")
    return secret
