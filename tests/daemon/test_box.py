"""A box's notice, and the room that its database takes."""

from contextlib import closing
from pathlib import Path

import pytest

from handheld.daemon.box import NOTICE_S, notice_due, size_of
from handheld.daemon.saving import load
from handheld.store import messages, meta
from tests.support.store import empty_store, post


def test_a_notice_is_posted_again_before_the_post_before_goes_and_when_it_changes() -> None:
    with closing(empty_store()) as connection:
        assert notice_due(connection, "Mail kept here.", 0)
        assert not notice_due(connection, "Mail kept here.", NOTICE_S)
        assert notice_due(connection, "Soup at six.", NOTICE_S)
        assert notice_due(connection, "Mail kept here.", NOTICE_S + 1)
        assert not notice_due(connection, "Mail kept here.", NOTICE_S + 2)


def test_a_box_holds_ten_times_as_many_posts_until_it_is_none_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(messages, "OTHERS_MAX", 2)
    with closing(empty_store()) as connection:
        load(connection, ["here"], 0, box=True)
        for seq in range(1, 31):
            messages.add(connection, post(seq))
        assert messages.count(connection) == 20
        load(connection, ["here"], 0)
        assert meta.get(connection, meta.BOX) == 1
        messages.add(connection, post(31))
        assert messages.count(connection) == 2


def test_what_is_not_yet_in_the_database_takes_room_too(tmp_path: Path) -> None:
    database = tmp_path / "mesh.db"
    assert size_of(database) == 0
    database.write_bytes(bytes(100))
    database.with_name("mesh.db-wal").write_bytes(bytes(30))
    assert size_of(database) == 130
