"""`pocketmesh salvage`: a new database from what is left of a damaged one."""

from __future__ import annotations

from handheld.api import address
from handheld.cli import secrets, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from handheld.store.salvage import Salvaged

DESCRIPTION = """\
When the database is damaged (exit code 14), put all that can still be read into a new one and say what was
lost. The damaged file is kept beside it, and your identity is not touched. No node may run meanwhile."""
EXAMPLES = """\
pocketmesh salvage
pocketmesh salvage --data /srv/box --json"""

NOUNS = {
    "messages": ("message", "messages"),
    "people": ("person", "people"),
    "petnames": ("name of yours", "names of yours"),
    "relations": ("relation of yours to somebody", "relations of yours to people"),
    "boards": ("board", "boards"),
}
"""Table -> what its rows are to a person."""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `salvage`."""
    parser.add_argument(
        "--json", action="store_true", help="what was kept and what is lost, as one JSON object"
    )


def run(args: Namespace) -> int:
    """Mend the database and tell."""
    from pathlib import Path

    from handheld.daemon.system import SystemEntropy
    from handheld.store import keys
    from handheld.store.folder import Folder
    from handheld.store.salvage import check, salvage

    path, explicit = address.chosen_folder(args.data)
    with Folder.open(Path(path), explicit) as folder:
        check(folder)
        ring = keys.read_ring(folder, secrets.key_of(folder))
        done = salvage(folder, ring.vaults, SystemEntropy())
    if args.json:
        show.as_json({"kept": done.kept, "known": done.known, "aside": done.aside, "own_seq": done.own_seq})
    else:
        show.out(sentence(done))
    return 0


def sentence(done: Salvaged) -> str:
    """What was kept, what was lost, and where the damaged file is."""
    if not done.aside:
        return f"The database is intact, with {_count(done, 'messages')}. Nothing was changed."
    if not any(done.known[table] for table in NOUNS):
        kept = "Nothing of the database could be read, so there is a fresh one now"
    else:
        kept = f"Kept {', '.join(_count(done, table) for table in NOUNS if done.known.get(table))}"
        if done.kept == done.known:
            kept += "; nothing else is known to have been there"
    return f"{kept}. The damaged file is kept as {' and '.join(done.aside)}."


def _count(done: Salvaged, table: str) -> str:
    kept, known = done.kept[table], done.known[table]
    if kept == known:
        return show.count(kept, *NOUNS[table])
    return f"{kept} of at least {show.count(known, *NOUNS[table])}"
