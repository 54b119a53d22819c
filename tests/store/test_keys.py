"""Setting and removing a passphrase: whatever a power cut leaves opens, whole, and the old keys are gone."""

import random
import shutil
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from handheld.clock import SeededEntropy
from handheld.crypto.identity import Identity
from handheld.crypto.vault import Vault
from handheld.errors import CryptoError, FolderDamaged, FolderMissing, Locked
from handheld.store import keyfile, keys, migrate, people, petnames, sealed
from handheld.store.folder import Folder
from handheld.store.pages import Pages
from tests.support import wreck
from tests.support.cuts import DATA, image_after
from tests.support.disk import Disk
from tests.support.recording import image_of, record, write_image
from tests.support.relocker import KEY, LOCK, main
from tests.support.store import MASTER, VAULT

CUTS = 40


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    path = tmp_path / "root" / DATA
    path.mkdir(parents=True)
    return wreck.furnish(path)


def contents(folder: Folder, key: bytes) -> list[object]:
    """Everything that is kept, as the store reads it."""
    with Folder.open(folder.path, explicit=True) as held:
        ring = keys.open_ring(held, key)
        assert len(ring.masters) == 1
        writer, reader = migrate.open_pair(held.database, ring.vaults[0])
        with closing(writer), closing(reader):
            return [ring.identity, wreck.everything(reader), people.all(reader), petnames.all(reader)]


def key_of(folder: Folder) -> bytes:
    return KEY if keys.find_lock(folder) else b""


@pytest.mark.parametrize("way", ["set", "remove"])
def test_a_power_cut_anywhere_leaves_the_old_or_the_new(folder: Folder, tmp_path: Path, way: str) -> None:
    if way == "remove":
        main(folder.path, "set")
    whole = contents(folder, key_of(folder))
    root = folder.path.parent
    image = image_of(root)
    operations = record("tests.support.relocker", [str(folder.path), way], root)
    chance = random.Random(way)
    outcomes = set()
    for number in range(CUTS):
        disk = Disk(image)
        for operation in operations[: chance.randrange(len(operations) + 1)]:
            disk.apply(operation)
        path = tmp_path / f"cut{number}"
        path.mkdir()
        write_image(image_after(disk, chance), path)
        found = Folder(path / DATA)
        outcomes.add(keys.find_lock(found) is not None)
        assert contents(found, key_of(found)) == whole
        shutil.rmtree(path)
    assert outcomes == {True, False}


def test_the_keys_before_open_nothing_any_more(folder: Folder) -> None:
    whole = contents(folder, b"")
    main(folder.path, "set")

    for path in folder.path.glob("identity*"):
        data = path.read_bytes()
        assert not any(secret in data for secret in (MASTER, wreck.SELF.sign_seed, wreck.SELF.prekey_secret))
    with pytest.raises(Locked):
        contents(folder, b"")
    with pytest.raises(FolderDamaged, match="other keys"):
        migrate.open_pair(folder.database, VAULT)
    ring = keys.read_ring(folder, KEY)
    with pytest.raises(CryptoError):
        Vault(MASTER).open(b"identity", keyfile.read(folder.identity) or b"")
    assert ring.masters[0] != MASTER
    assert contents(folder, KEY) == whole


def test_no_row_is_without_a_level_and_none_opens_as_another(folder: Folder) -> None:
    """Each cell of each table, moved into every other row of its table: it opens nowhere else."""
    connection = migrate.connect(folder.database, VAULT)
    with closing(connection):
        found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        tables = {name for (name,) in found if not name.startswith("sqlite_")}
        assert tables == set(sealed.TABLES)
        for table, spec in sealed.TABLES.items():
            cursor = connection.execute(f"SELECT * FROM {table} LIMIT 40")
            columns = [column for column, *_ in cursor.description]
            rows = [dict(zip(columns, row, strict=True)) for row in cursor]
            for row in rows:
                sealed.unseal(VAULT, table, row)
            for column in spec.contents:
                for one, other in pairwise(rows):
                    with pytest.raises(CryptoError):
                        sealed.unseal(VAULT, table, {**one, column: other[column]})


CHANGES: list[dict[str, object]] = [
    {"peer": b""},
    {"own": 0},
    {"author": VAULT.seal(b"name", wreck.OTHER[5].key)},
    {"board": VAULT.seal(b"name", b"here")},
    {"seq": 7777},
    {"lamport": 7777},
    {"kind": 3},
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_letter_is_never_shown_as_something_else(folder: Folder, change: dict[str, object]) -> None:
    """Whoever writes on the card cannot make a private message a public one, or one of somebody else."""
    with closing(migrate.connect(folder.database, VAULT)) as connection:
        cursor = connection.execute("SELECT * FROM messages WHERE peer != x'' LIMIT 1")
        columns = [column for column, *_ in cursor.description]
        row = dict(zip(columns, cursor.fetchone(), strict=True))

    assert sealed.unseal(VAULT, "messages", row)["text"].startswith(b"letter")
    with pytest.raises(CryptoError):
        sealed.unseal(VAULT, "messages", {**row, **change})


def test_a_rotation_of_prekeys_needs_no_passphrase(folder: Folder) -> None:
    main(folder.path, "set")
    identity = Identity.from_blob(keys.read_ring(folder, KEY).identity)
    other = identity.renewed(b"p" * 32, 5)
    vault = keys.read_ring(folder, KEY).vaults[0]

    keys.save_identity(folder, vault, other.blob)

    assert keys.read_ring(folder, KEY).identity == other.blob
    assert not any(b"p" * 32 in path.read_bytes() for path in folder.path.glob("identity*"))


def test_a_damaged_key_file_is_a_sentence(folder: Folder) -> None:
    for blob in (b"", b"\x05rubbish", b"\x00\x01" + bytes(40), b"\x01" + bytes(60)):
        keyfile.rewrite(folder.identity, blob)
        with pytest.raises((FolderDamaged, Locked), match="Nothing was"):
            keys.read_ring(folder, KEY)
    keyfile.destroy(folder.identity)
    with pytest.raises(FolderMissing):
        keys.read_ring(folder)
    with pytest.raises(FolderDamaged):
        keys.save_identity(folder, VAULT, b"")
    assert list(folder.path.glob("identity*")) == []


def test_what_fails_in_sealing_anew_changes_nothing(folder: Folder) -> None:
    with closing(migrate.connect(folder.database, VAULT)) as connection:
        connection.execute("UPDATE petnames SET petname = x'00'")
        before = connection.execute("SELECT * FROM messages").fetchall()
        with pytest.raises(FolderDamaged):
            sealed.reseal(connection, VAULT, Vault(bytes(32)))
        assert connection.execute("SELECT * FROM messages").fetchall() == before
    with pytest.raises(FolderDamaged):
        main(folder.path, "set")
    # The passphrase counts already, and both master keys lie behind it: salvage needs them.
    ring = keys.read_ring(folder, KEY)
    assert [master == MASTER for master in ring.masters] == [False, True]
    assert keys.find_lock(folder) == LOCK


def test_nothing_is_readable_in_any_page(folder: Folder) -> None:
    with Pages(folder.database) as pages:
        data = b"".join(pages.page(number) for number in range(1, pages.count + 1))
    secrets = [b"letter 1", b"post 1", b"friend 0", b"board0", b"somebody", b"from 3"]
    secrets += [
        wreck.SELF.key,
        wreck.OTHER[0].key,
        wreck.OTHER[0].key.hex().encode(),
        (1).to_bytes(8, "big") + b"\0",
    ]
    assert [secret for secret in secrets[:-1] if secret in data] == []


def test_keys_are_made_once(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    ring = keys.create(folder, wreck.SELF.blob, SeededEntropy("create"))
    assert keys.read_ring(folder) == ring
    assert keys.find_lock(folder) is None
