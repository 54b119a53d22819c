"""What happens changes the view: a view and an event make a view, without a screen."""

from dataclasses import replace

import pytest

from handheld.events import (
    Chat,
    Message,
    MessageKept,
    MessageState,
    PersonHeard,
    RadioChanged,
    RadioInfo,
    RadioLine,
)
from tests.support.door import ADA, BOB, CAI, STATUS, message
from tui import reducer
from tui.state import (
    NEIGHBOUR_MS,
    Door,
    Place,
    Question,
    View,
    chat_chosen,
    chat_of,
    near,
    next_unread,
    person_chosen,
    unread,
)

HERE = Chat("here", "", "", "", 0)
MARKET = Chat("market", "", "", "", 2, message(7, "apples", "market"))
PRIVATE = Chat("", BOB.key, "Bob", "=", 1, message(3, "psst", "", peer=BOB.key, peer_name="Bob"))


def at_chats(*chats: Chat) -> View:
    return reducer.chats_read(reducer.went(View(), Place.CHATS), list(chats))


def in_talk(*messages: Message, chat: str = "#here") -> View:
    view = reducer.opened(at_chats(HERE, MARKET, PRIVATE), chat)
    return reducer.page_read(view, chat, list(messages), newest=True, complete=True)


def own(number: int, **changes: object) -> Message:
    return replace(message(number), own=True, author=ADA.key, state="queued", **changes)  # type: ignore[arg-type]


def ids(view: View) -> list[int]:
    return [one.id for one in view.talk.messages] if view.talk else []


def test_a_message_goes_into_its_conversation_and_moves_it_to_the_top() -> None:
    view = reducer.reduce(in_talk(message(1)), MessageKept(message(8, "hello")))

    assert ids(view) == [1, 8]
    assert [chat_of(chat) for chat in view.chats or ()] == ["#here", "#market", BOB.key]
    assert unread(view) == 3  # of the others: this one is being read


def test_a_message_elsewhere_is_counted_as_new() -> None:
    view = reducer.reduce(in_talk(message(1)), MessageKept(message(8, "pears", "market")))

    assert ids(view) == [1]
    assert view.chats is not None
    assert (view.chats[0].board, view.chats[0].unread) == ("market", 3)


def test_a_message_of_somebody_new_begins_a_conversation() -> None:
    letter = message(9, "hi", "", author=CAI.key, peer=CAI.key, mark="?")
    view = reducer.reduce(at_chats(HERE), MessageKept(letter))

    assert view.chats is not None
    assert (view.chats[0].peer, view.chats[0].mark, view.chats[0].unread) == (CAI.key, "?", 1)


def test_an_own_message_is_nothing_new() -> None:
    assert unread(reducer.reduce(at_chats(HERE), MessageKept(own(9)))) == 0


def test_what_is_told_twice_is_there_once() -> None:
    view = reducer.sending(in_talk(message(1)), "#here", "mine")
    view = reducer.reduce(view, MessageKept(own(2)))
    view = reducer.saved(view, "#here", "mine", own(2))

    assert ids(view) == [1, 2]
    assert view.pending == ()


def test_how_far_an_own_message_got_is_shown_in_the_conversation_and_in_the_list() -> None:
    view = reducer.reduce(in_talk(message(1)), MessageKept(own(2)))
    view = reducer.reduce(view, MessageState(2, "aired"))

    assert view.talk is not None
    assert view.talk.messages[1].state == "aired"
    assert view.chats is not None
    assert view.chats[0].last is not None
    assert view.chats[0].last.state == "aired"
    assert reducer.reduce(view, MessageState(99, "aired")) == view


def test_older_pages_go_above_and_overlap_is_no_matter() -> None:
    view = reducer.page_read(
        in_talk(message(5)), "#here", [message(3), message(5)], newest=False, complete=True
    )

    assert ids(view) == [3, 5]


def test_a_page_of_a_conversation_that_was_left_is_dropped() -> None:
    view = reducer.opened(in_talk(message(1)), "#market")

    assert reducer.page_read(view, "#here", [message(1)], newest=True, complete=True) == view


def test_the_first_unread_message_is_remembered_while_it_is_read() -> None:
    board = "market"
    view = reducer.opened(at_chats(HERE, MARKET), "#market")
    pages = [message(5, "a", board), own(6, board=board), message(7, "b", board)]
    view = reducer.page_read(view, "#market", pages, newest=True, complete=True)

    assert view.talk is not None
    assert view.talk.new_from == 5
    assert unread(view) == 0


def test_memory_is_bounded() -> None:
    many = [message(number) for number in range(1, reducer.MESSAGES_MAX + 1)]
    view = reducer.reduce(in_talk(*many), MessageKept(message(reducer.MESSAGES_MAX + 1)))

    assert len(ids(view)) == reducer.MESSAGES_MAX // 2 + 1
    assert view.talk is not None
    assert not view.talk.complete


def test_a_refused_text_is_a_draft_again_before_what_was_begun_meanwhile() -> None:
    view = reducer.sending(in_talk(), "#here", "one")
    view = reducer.drafted(view, "#here", "two")
    view = reducer.not_saved(view, "#here", "one", "Too long.")

    assert (view.drafts["#here"], view.flash, view.pending) == ("one two", "Too long.", ())


def test_people_are_ordered_near_ones_first_and_stay_where_they_are() -> None:
    far = replace(BOB, key="bb" * 32, name="Bea", hops=3)
    view = reducer.people_read(View(), [CAI, far, BOB, ADA])
    assert [known.person.name for known in view.people or ()] == ["Bob", "Bea", ""]

    heard = reducer.reduce(replace(view, now=60_000), PersonHeard(replace(far, heard_s=0), fresh=False))
    assert [known.person.name for known in heard.people or ()] == ["Bob", "Bea", ""]


def test_a_neighbour_that_is_silent_is_one_no_more() -> None:
    view = reducer.people_read(View(), [replace(BOB, heard_s=0)])

    assert len(near(replace(view, now=NEIGHBOUR_MS))) == 1
    assert near(replace(view, now=NEIGHBOUR_MS + 1)) == []


@pytest.mark.parametrize(("by", "chosen"), [(1, "#market"), (2, BOB.key), (9, BOB.key), (-1, "#here")])
def test_a_choice_stays_within_the_list(by: int, chosen: str) -> None:
    view = reducer.moved(at_chats(HERE, MARKET, PRIVATE), by)

    chat = chat_chosen(view)
    assert chat is not None
    assert chat_of(chat) == chosen


def test_a_choice_keeps_to_its_row_when_others_move() -> None:
    view = reducer.moved(at_chats(HERE, MARKET), 1)
    view = reducer.reduce(view, MessageKept(message(9)))

    chat = chat_chosen(view)
    assert chat is not None
    assert chat.board == "market"


def test_there_may_be_nothing_to_choose() -> None:
    empty = reducer.moved(reducer.went(reducer.people_read(View(), []), Place.PEOPLE), 1)

    assert chat_chosen(empty) is None
    assert person_chosen(empty) is None


def test_private_messages_are_read_first() -> None:
    assert next_unread(at_chats(HERE, MARKET, PRIVATE)) == PRIVATE
    assert next_unread(at_chats(HERE)) is None


def test_back_leads_to_where_one_came_from() -> None:
    from_people = reducer.opened(reducer.went(View(), Place.PEOPLE), "#here")
    assert from_people.before is Place.PEOPLE
    assert reducer.opened(from_people, "#market").before is Place.PEOPLE


def test_help_leads_back_to_the_page_where_one_asked() -> None:
    at_files = reducer.went(reducer.went(View(), Place.PEOPLE), Place.FILES)
    helped = reducer.went(at_files, Place.HELP)
    assert (helped.helping, helped.before) == (Place.FILES, Place.PEOPLE)
    assert reducer.went(reducer.went(at_files, Place.COMMANDS), Place.HELP).helping is Place.PEOPLE


def test_a_row_stays_chosen_while_one_looks_aside() -> None:
    chosen = reducer.moved(at_chats(HERE, MARKET), 1)
    assert chosen.chosen_chat == "#market"
    back = reducer.went(reducer.went(chosen, Place.CARD), Place.CHATS)
    assert back.chosen_chat == "#market"
    assert reducer.went(reducer.went(chosen, Place.HOME), Place.CHATS).chosen_chat == "#here"


def test_a_question_ends_where_one_leaves() -> None:
    view = reducer.asked(at_chats(HERE), Question("board", "Board: #"))

    assert reducer.went(view, Place.HOME).question is None


def test_a_lost_node_is_told_apart_from_one_that_never_was() -> None:
    assert reducer.node_lost(View(), "No node runs.").door is Door.KNOCKING
    known = reducer.status_read(View(), STATUS)
    lost = reducer.node_lost(known, "It ended.")
    assert (lost.door, lost.why) == (Door.LOST, "It ended.")
    assert reducer.node_found(lost).door is Door.OPEN


def test_a_radio_that_changes_is_seen_at_once() -> None:
    radio = RadioInfo("searching", "Plug it in.")
    view = reducer.reduce(reducer.status_read(View(), STATUS), RadioChanged(radio))

    assert view.status is not None
    assert view.status.radio == radio


def test_what_the_screen_does_not_show_changes_nothing() -> None:
    view = at_chats(HERE)
    assert reducer.reduce(view, RadioLine("boot")) is view


def test_a_name_that_is_given_or_taken_away_changes_wherever_he_is_named() -> None:
    view = reducer.people_read(in_talk(message(1), chat=BOB.key), [BOB])
    given = replace(BOB, name="Bobby", petname="Bobby", named=True)
    named = reducer.reduce(view, PersonHeard(given, fresh=False))
    assert named.talk is not None
    assert (named.talk.messages[0].name, named.talk.messages[0].named) == ("Bobby", True)
    assert [chat.name for chat in named.chats or () if chat.peer] == ["Bobby"]

    again = reducer.reduce(named, PersonHeard(BOB, fresh=False))
    assert again.talk is not None
    assert (again.talk.messages[0].name, again.talk.messages[0].named) == ("Bob", False)
