"""Two posts of one author under one number: both are kept, and that is told."""

from contextlib import closing

from handheld.store import posts, twins
from handheld.store.messages import MessageRow, Taken
from tests.support.store import empty_store

EVE = b"e" * 32


def post(raw: bytes, *, seq: int = 1, own: bool = False) -> MessageRow:
    return MessageRow(b"", EVE, seq, 1, "here", b"text", raw, own, None, None, None)


def test_a_second_post_under_a_number_is_kept_and_told() -> None:
    with closing(empty_store()) as connection:
        assert isinstance(posts.add(connection, post(b"one")), int)
        assert posts.add(connection, post(b"one")) is None
        assert twins.authors(connection) == []
        assert posts.add(connection, post(b"two")) is Taken.DIFFERS
        assert twins.authors(connection) == [EVE]


def test_own_posts_are_judged_elsewhere_and_blank_ones_prove_nothing() -> None:
    with closing(empty_store()) as connection:
        posts.add(connection, post(b"one", own=True))
        assert posts.add(connection, post(b"two", own=True)) is None
        posts.add(connection, post(b"", seq=2))
        assert posts.add(connection, post(b"two", seq=2)) is None


def test_only_so_many_are_kept() -> None:
    with closing(empty_store()) as connection:
        for seq in range(1, twins.TWINS_MAX + 10):
            twins.add(connection, EVE, seq, b"raw")
        assert connection.execute("SELECT count(*) FROM twins").fetchone() == (twins.TWINS_MAX,)
