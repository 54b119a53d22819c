"""`pocketmesh backup`: everything into one sealed file, or who one is as 24 words."""

from __future__ import annotations

from handheld.cli import alone, secrets, show
from handheld.errors import Refused, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from handheld.store.folder import Folder

DESCRIPTION = """\
Write everything in the data folder into FILE, sealed: messages, names, and who you are, but no mail keys, so
that no backup opens mail that somebody recorded. It has a passphrase of its own, for which five words are
offered; with --key-words its key is shown as 24 words instead. With --words and without FILE only who you are
is written down, as 24 words. Whoever has them, or the passphrase, is you. No node may run meanwhile."""
EXAMPLES = """\
pocketmesh backup /media/stick/ada.pmbk
pocketmesh backup ada.pmbk --key-words
pocketmesh backup --words"""

KEY = 32
PER_LINE = 6


def configure(parser: ArgumentParser) -> None:
    """The arguments of `backup`."""
    parser.add_argument("file", metavar="FILE", nargs="?", help="where to write it; must not exist yet")
    parser.add_argument("--words", action="store_true", help="who you are as 24 words, and nothing else")
    parser.add_argument("--key-words", action="store_true", help="lock FILE with 24 words, not a passphrase")
    parser.add_argument("--json", action="store_true", help='one JSON object: {"file", "bytes"} or {"words"}')


def run(args: Namespace) -> int:
    """Ask for what opens the folder, and write."""
    if args.words == bool(args.file):
        raise UsageError("Name a FILE to write everything into, or say --words; one of the two.")
    with alone.open_folder(args) as folder:
        return _words(args, folder) if args.words else _file(args, folder)


def _words(args: Namespace, folder: Folder) -> int:
    from handheld.crypto import words
    from handheld.crypto.identity import Identity
    from handheld.store import keys

    ring = keys.open_ring(folder, secrets.key_of(folder))
    spelled = words.spell(Identity.from_blob(ring.identity).sign_seed)
    if args.json:
        show.as_json({"words": list(spelled)})
    else:
        show.out("Whoever has these words is you. Write them down, in this order:\n")
        show.out(in_lines(spelled))
    return 0


def _file(args: Namespace, folder: Folder) -> int:
    from pathlib import Path

    from handheld.crypto import words
    from handheld.crypto.backup import WORDS
    from handheld.daemon.system import SystemEntropy
    from handheld.store import backup, keys

    target = Path(args.file)
    if target.exists():
        raise Refused(f"{target} is there already. Choose another name.")
    ring = keys.open_ring(folder, secrets.key_of(folder))
    if args.key_words:
        lock, key = WORDS, SystemEntropy().take(KEY)
        secrets.tell("Only these words open the backup. Write them down, in this order:\n")
        secrets.tell(in_lines(words.spell(key)) + "\n")
    else:
        lock, key = secrets.choose()
    backup.write(folder, ring, target, lock, key)
    size = target.stat().st_size
    if args.json:
        show.as_json({"file": str(target), "bytes": size})
    else:
        show.out(f"Everything is in {target}, {size // 1024 + 1} KiB. Keep it away from the device.")
    return 0


def in_lines(spelled: tuple[str, ...]) -> str:
    """Words with their numbers, some to a line."""
    numbered = [f"{number:>2} {word:<8}" for number, word in enumerate(spelled, 1)]
    lines = (numbered[start : start + PER_LINE] for start in range(0, len(numbered), PER_LINE))
    return "\n".join("  ".join(line).rstrip() for line in lines)
