"""To follow, mute and block from the screen; what is folded, and what is missing."""

from dataclasses import replace
from pathlib import Path

from handheld.commands import Relate
from handheld.events import Chat, MessageKept, Person, PersonHeard
from tests.support.door import BOB, CAI, SmallNode, message, open_door
from tests.support.screen import screen
from tui import pages, reducer, talk
from tui.cells import plain
from tui.state import Place, View

FRIEND = replace(BOB, petname="Bob", named=True)


def people(*several: Person) -> View:
    return reducer.went(reducer.people_read(View(), list(several)), Place.PEOPLE)


def lines(view: View, columns: int) -> list[str]:
    return [plain(line).rstrip() for line in pages.page(view, (columns, 6), 0)[0]]


def drawn(view: View) -> list[str]:
    found = [plain(line).rstrip() for line in talk.draw(view, talk.Blocks(), talk.BOTTOM, (40, 12))]
    return [line for line in found if line]


def said(*messages: object, chat: str = "#here") -> View:
    return reducer.page_read(
        reducer.opened(View(), chat),
        chat,
        list(messages),  # type: ignore[arg-type]
        newest=True,
        complete=True,
    )


async def test_each_key_does_and_undoes(tmp_path: Path) -> None:
    node = SmallNode(people=[FRIEND])
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await at.press("p")
        await at.until("x block")
        for key, relation, sign in (("l", "followed", "+"), ("u", "muted", "-")):
            await at.press(key)
            await at.until(f"Bob is {relation}")
            assert f">={sign} Bob" in at.text()
            await at.press(key)
            await at.until(f"not {relation} any more")
            assert ">= Bob" in at.text()
        asked = [one for one in node.asked if isinstance(one, Relate)]
        assert [(one.relation, one.on) for one in asked] == [
            ("followed", True),
            ("followed", False),
            ("muted", True),
            ("muted", False),
        ]
        assert {one.who for one in asked} == {BOB.key}


async def test_to_block_is_asked_for_and_to_show_again_is_not(tmp_path: Path) -> None:
    node = SmallNode(people=[FRIEND])
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await at.press("p")
        await at.until("Bob")
        await at.press("x")
        await at.until("Block Bob?")
        await at.press("n")
        await at.until("x block")
        assert not any(isinstance(one, Relate) for one in node.asked)

        await at.press("x", "y")
        await at.until("Bob is blocked")
        assert ">=x Bob" in at.text()
        await at.press("x")
        await at.until("not blocked any more")


async def test_with_nobody_there_the_keys_do_nothing(tmp_path: Path) -> None:
    node = SmallNode(people=[])
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await at.press("p")
        await at.until("Nobody heard yet.")
        await at.press("l", "u", "x")
        assert at.shell.view.question is None
        assert not any(isinstance(one, Relate) for one in node.asked)


def test_the_word_stands_behind_where_there_is_room_and_below_who_is_chosen_else() -> None:
    view = people(replace(FRIEND, followed=True, relation="followed"), CAI)

    assert lines(view, 80)[1:3] == [
        ">=+ Bob                                     2  -71  4m ago  followed",
        " ?  olive-tiger                             -    -  2h ago",
    ]
    assert lines(view, 40)[1:4] == [
        ">=+ Bob                      2 4m ago",
        "    followed",
        " ?  olive-tiger              - 2h ago",
    ]
    assert lines(reducer.moved(view, 1), 40)[1:3] == [
        " =+ Bob                      2 4m ago",
        ">?  olive-tiger              - 2h ago",
    ]


def test_what_the_muted_write_is_folded_but_for_a_conversation_with_them() -> None:
    muted = message(2, "a long tale", muted=True)
    assert drawn(said(message(1, "hello", author=CAI.key, name="Cai"), muted))[-1] == "  (muted)"
    assert "a long tale" in drawn(said(replace(muted, peer=BOB.key), chat=BOB.key))[-1]

    view = reducer.reduce(reducer.people_read(said(muted), [replace(FRIEND, muted=True)]), heard(FRIEND))
    assert drawn(view)[-1] == "  a long tale"


def heard(one: Person) -> PersonHeard:
    return PersonHeard(one, fresh=False)


def test_the_muted_are_not_counted_as_unread() -> None:
    view = reducer.chats_read(View(), [Chat("here", "", "", "", 0)])
    view = reducer.reduce(view, MessageKept(message(1, muted=True)))
    assert view.chats is not None
    assert [chat.unread for chat in view.chats] == [0]
    view = reducer.reduce(view, MessageKept(message(2)))
    assert view.chats is not None
    assert [chat.unread for chat in view.chats] == [1]


def test_whoever_is_blocked_is_gone_from_what_is_open() -> None:
    view = reducer.people_read(said(message(1, "hello"), message(2, "hi", author=CAI.key)), [FRIEND, CAI])
    view = reducer.chats_read(view, [Chat("here", "", "", "", 0), Chat("", BOB.key, "Bob", "=", 1)])
    view = reducer.reduce(view, heard(replace(FRIEND, blocked=True, relation="blocked")))

    assert view.talk is not None
    assert view.chats is not None
    assert [one.text for one in view.talk.messages] == ["hi"]
    assert [chat.board for chat in view.chats] == ["here"]


def test_what_is_missing_stands_before_what_was_written_next() -> None:
    view = said(message(1, "one"), message(2, "five", seq=5, missing=[3, 4]))
    assert drawn(view) == [
        ' = "Bob"  2 hops',
        "  one",
        " -- 2 messages missing from this",
        " neighbour (3-4) --",
        ' = "Bob"  2 hops',
        "  five",
    ]


def test_what_was_missing_is_filled_message_by_message() -> None:
    view = said(message(1, "nine", seq=9, missing=[5, 8]))

    def missing(view: View) -> list[list[int]]:
        assert view.talk is not None
        return [one.missing for one in view.talk.messages]

    view = reducer.reduce(view, MessageKept(message(2, "six", seq=6, missing=[5, 5])))
    assert missing(view) == [[7, 8], [5, 5]]
    view = reducer.reduce(view, MessageKept(message(3, "another", author=CAI.key, seq=7)))
    assert missing(view)[0] == [7, 8]
    view = reducer.reduce(view, MessageKept(message(4, "eight", seq=8, missing=[7, 7])))
    assert missing(view) == [[], [5, 5], [], [7, 7]]
    view = reducer.reduce(view, MessageKept(message(5, "seven", seq=7)))
    assert missing(view)[3] == []
