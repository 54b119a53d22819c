"""Public posts by kind: what lives how long, gives way, was taken back, and what belongs together."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from handheld.node.longtexts import ELLIPSIS
from handheld.store import boards, chats, finding, messages, posts
from handheld.store.messages import GONE, MessageRow, Taken
from handheld.wire.age import AGE_MAX_S, pack
from handheld.wire.codec import encode
from handheld.wire.constants import POST_LIFE_S, AlertStep, PostType
from handheld.wire.notices import NOBODY, NOWHERE, Alert, Deleted, More, Notice
from tests.support.store import empty_store, key, own_post, post

DAY = 24 * 3600


@pytest.fixture
def store() -> Iterator[sqlite3.Connection]:
    with closing(empty_store()) as connection:
        boards.add(connection, "here")
        yield connection


def need(seq: int, author: int = 1, days: int = 3, powered: int = 0, **changes: object) -> MessageRow:
    text = encode(Notice(pack(days * DAY), b"need %d" % seq))
    row = post(seq, author, text=text, kind=PostType.NEED, powered=powered, expires=days * DAY)
    return row._replace(**changes)  # type: ignore[arg-type]


def alert(seq: int, step: AlertStep = AlertStep.HELP, author: int = 1) -> MessageRow:
    about = (NOBODY, 0) if step == AlertStep.HELP else (key(9)[:7] + b"x", 7)
    text = encode(Alert(step, pack(DAY), NOWHERE, NOWHERE, *about, b"help"))
    return post(seq, author, text=text, kind=PostType.ALERT, powered=0, expires=DAY)


def tombstone(seq: int, of: int, count: int = 1, *, own: bool = False) -> MessageRow:
    text = encode(Deleted(of, count))
    return post(seq, text=text, kind=PostType.DELETED, powered=0, expires=POST_LIFE_S, own=own)


def more(seq: int, part: int, parts: int, text: bytes) -> MessageRow:
    return post(seq, text=encode(More(part, parts, pack(POST_LIFE_S), text)), kind=PostType.MORE, powered=0)


def listed(store: sqlite3.Connection, powered: int = 0) -> list[int]:
    return [row.seq for row in messages.page(store, "here", b"", 0, 50, powered)]


def test_what_has_lived_long_enough_is_not_shown_and_goes_from_the_disk(store: sqlite3.Connection) -> None:
    posts.add(store, need(1, days=1, powered=100))
    posts.add(store, need(2, days=1, powered=100, age=DAY - 10))
    posts.add(store, post(3, powered=100))
    assert listed(store, 100) == [1, 2, 3]
    assert listed(store, 110) == [1, 3]
    assert posts.expire(store, 110) == 1
    assert listed(store, 0) == [1, 3]
    assert listed(store, 100 + DAY) == [3]
    assert posts.expire(store, 100 + POST_LIFE_S) == 2
    assert messages.count(store) == 0


def test_what_comes_when_its_time_is_over_is_not_taken(store: sqlite3.Connection) -> None:
    assert posts.add(store, need(1, days=1, age=DAY)) is None
    assert posts.add(store, need(1, days=1, age=DAY - 1)) is not None


def test_private_messages_do_not_expire(store: sqlite3.Connection) -> None:
    messages.add(store, post(1, peer=key(1), board="", powered=0))
    assert posts.expire(store, 10 * AGE_MAX_S) == 0
    assert messages.count(store) == 1


def test_an_own_expired_post_leaves_its_number_so_that_its_echo_proves_no_copy(
    store: sqlite3.Connection,
) -> None:
    mine = own_post(2, text=encode(Notice(1, b"x")), kind=PostType.NEED, powered=0, expires=3)
    posts.add(store, own_post(1, powered=0))
    posts.add(store, mine)
    posts.expire(store, 3)
    assert listed(store) == [1]
    assert messages.compare(store, mine.author, 2, mine.raw) is Taken.SAME
    assert messages.unaired(store) == [(1, own_post(1).raw)]
    messages.advance(store, 2, "aired")
    assert listed(store) == [1]
    posts.expire(store, AGE_MAX_S)
    assert messages.count(store) == 0


def test_five_of_one_author_on_a_board_are_kept_and_the_oldest_number_gives_way(
    store: sqlite3.Connection,
) -> None:
    for seq in (1, 2, 3, 4):
        posts.add(store, need(seq))
    posts.add(store, alert(5))
    posts.add(store, need(1, author=2))
    posts.add(store, need(9, board="market"))
    posts.add(store, post(8))
    assert posts.add(store, need(6)) is not None
    assert sorted(listed(store)) == [1, 2, 3, 4, 5, 6, 8]
    assert [row.author for row in messages.page(store, "here", b"", 0, 50) if row.seq == 1] == [key(2)]


def test_a_sixth_that_is_older_than_the_five_is_not_new_and_not_asked_for_again(
    store: sqlite3.Connection,
) -> None:
    for seq in (2, 3, 4, 5, 6):
        posts.add(store, need(seq))
    assert posts.add(store, need(1)) is None
    assert listed(store) == [2, 3, 4, 5, 6]
    assert posts.add(store, need(1)) is None
    assert messages.count(store) == 6


def test_answers_to_alerts_push_no_alert_away(store: sqlite3.Connection) -> None:
    posts.add(store, alert(1))
    for seq in range(2, 9):
        posts.add(store, alert(seq, AlertStep.SEEN))
    assert listed(store) == list(range(1, 9))
    assert [row.seq for row in posts.alerts(store)] == list(range(1, 9))


def test_a_tombstone_hides_at_once_frees_the_text_and_keeps_the_number(store: sqlite3.Connection) -> None:
    number = posts.add(store, post(1, powered=0))
    assert posts.add(store, tombstone(2, 1)) is not None
    assert listed(store) == []
    row = messages.get(store, number or 0)
    assert row is not None
    assert (row.text, row.raw, row.state, row.seq) == (b"", b"", GONE, 1)
    assert posts.add(store, post(1, powered=0)) is None
    (chat,) = chats.all(store)
    assert (chat.last, chat.unread) == (None, 0)


def test_what_was_taken_back_before_it_came_is_never_shown(store: sqlite3.Connection) -> None:
    posts.add(store, tombstone(5, 1, 3))
    for seq in (1, 2, 3):
        assert posts.add(store, post(seq)) is None
    assert posts.add(store, post(4)) is not None
    assert posts.add(store, post(1, author=2)) is not None
    assert [(row.seq, row.author) for row in messages.page(store, "here", b"", 0, 50)] == [
        (4, key(1)),
        (1, key(2)),
    ]


def test_an_own_post_that_was_taken_back_goes_on_no_air_and_is_no_copy(store: sqlite3.Connection) -> None:
    posts.add(store, own_post(1, powered=0))
    posts.add(store, tombstone(2, 1, own=True)._replace(state="queued"))
    assert [raw for _, raw in messages.unaired(store)] == [tombstone(2, 1).raw]
    assert messages.compare(store, key(1), 1, b"as it was") is Taken.SAME


def test_a_long_post_is_one_and_goes_as_one(store: sqlite3.Connection) -> None:
    posts.add(store, post(1, text=b"one" + ELLIPSIS, powered=0))
    posts.add(store, more(3, 3, 3, b"three"))
    posts.add(store, post(9, text=b"no more to come" + ELLIPSIS, powered=0))
    (first, other) = messages.page(store, "here", b"", 0, 50)
    assert posts.more(store, [first, other], ELLIPSIS) == {
        first.id: (b"", more(3, 3, 3, b"three").text),
        other.id: (),
    }
    posts.add(store, more(2, 2, 3, b"two"))
    assert [row.seq for row in posts.following(store, first)] == [2, 3]
    assert finding.rows(store, [row.id for row in posts.following(store, first)], 0) == [first]


def test_parts_of_another_post_are_not_taken_for_its_own(store: sqlite3.Connection) -> None:
    posts.add(store, post(1, text=b"one" + ELLIPSIS, powered=0))
    posts.add(store, post(2, text=b"two" + ELLIPSIS, powered=0))
    posts.add(store, more(3, 2, 2, b"of two"))
    (first, second) = messages.page(store, "here", b"", 0, 50)
    assert posts.following(store, first) == []
    assert [row.seq for row in posts.following(store, second)] == [3]
    assert finding.rows(store, [3], 0) == [second]


def test_a_part_without_its_post_is_kept_and_not_shown(store: sqlite3.Connection) -> None:
    number = posts.add(store, more(2, 2, 2, b"lost"))
    assert number is not None
    assert listed(store) == []
    assert finding.rows(store, [number], 0) == []
    assert chats.all(store)[0].unread == 0


def test_of_types_to_come_nothing_is_shown(store: sqlite3.Connection) -> None:
    assert posts.add(store, post(1, kind=99, powered=0)) is not None
    assert listed(store) == []


def test_boards_tell_what_they_hold(store: sqlite3.Connection) -> None:
    boards.add(store, "market")
    posts.add(store, need(1, days=2))
    posts.add(store, need(2, days=1, powered=100))
    posts.add(store, post(3, powered=0))
    chats.seen(store, "here", b"", 2)
    here, market = posts.summaries(store, 200)
    assert (here.name, here.posts, here.unread, here.kinds) == ("here", 3, 1, {PostType.NEED: 2})
    assert here.next_s == DAY - 100
    assert (market.posts, market.kinds, market.next_s) == (0, {}, None)


def test_answers_to_an_alert_are_no_alerts_of_a_board(store: sqlite3.Connection) -> None:
    posts.add(store, alert(1, AlertStep.SEEN))
    (here,) = posts.summaries(store, 0)
    assert (here.posts, here.kinds) == (1, {})
    posts.add(store, alert(2))
    posts.add(store, alert(3, AlertStep.SEEN))
    (here,) = posts.summaries(store, 0)
    assert (here.posts, here.kinds) == (3, {PostType.ALERT: 1})
