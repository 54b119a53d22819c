"""From a damaged database to a node that runs again: sentence, command, and numbers that never come twice."""

import sys
from pathlib import Path

import pytest

from handheld.api import thin
from handheld.errors import FolderDamaged
from handheld.store import keyfile, migrate
from handheld.store.folder import Folder
from tests.support import wreck
from tests.support.cli import run
from tests.support.store import VAULT, keys_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="starts a child node")

LEAP = 65_536


def test_the_sentence_names_the_command_and_the_command_mends(tmp_path: Path) -> None:
    folder = wreck.furnish(tmp_path)
    (tmp_path / "config.toml").write_text('radio = "none"\n')
    data = bytearray(folder.database.read_bytes())
    data[:4096] = bytes(4096)
    folder.database.write_bytes(data)
    with pytest.raises(FolderDamaged) as refused:
        thin.ensure_node(str(tmp_path), True)

    words = str(refused.value).rpartition(": pocketmesh ")[2].split()
    assert words == ["salvage", "--data", str(tmp_path)]
    assert run(*words).code == 0

    with thin.ensure_node(str(tmp_path), True) as node:
        status = node.ask("status", {})
        post = node.ask("post", {"board": "here", "text": "again"})
        known = node.ask("send", {"who": "friend 0", "text": "again"})
        other = node.ask("send", {"who": wreck.OTHER[20].key.hex(), "text": "hello"})
    assert status["key"] == wreck.SELF.key.hex()
    assert post["seq"] == wreck.OWN_POSTS + LEAP + 1
    assert known["seq"] == other["seq"] == wreck.OWN_POSTS + LEAP + 1


def test_a_first_start_that_was_cut_off_leaves_no_number_to_be_used_twice(tmp_path: Path) -> None:
    """The identity may be known to others; the new database was made, and nothing was written into it yet."""
    folder = Folder(tmp_path)
    keyfile.write(folder.identity, keys_of(wreck.SELF))
    migrate.create(folder.database, VAULT)
    (tmp_path / "config.toml").write_text('radio = "none"\n')

    with thin.ensure_node(str(tmp_path), True) as node:
        assert node.ask("post", {"board": "here", "text": "hello"})["seq"] > LEAP
