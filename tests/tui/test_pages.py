"""Home, chats, people and help, as lines, in any size; and the sentences in them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.events import RADIO_CONNECTING, Chat, LanInfo, Meeting, Person, RadioInfo
from tests.support.door import BOB, CAI, CARD, STATUS, message
from tui import frame, pages, reducer, words
from tui.cells import line_width, plain
from tui.state import Door, Place, Question, View

UP = reducer.node_found(reducer.status_read(View(), STATUS))
names = st.text(max_size=30)


def people(*several: Person) -> View:
    return reducer.people_read(UP, list(several))


def with_radio(radio: RadioInfo) -> View:
    return reducer.node_found(reducer.status_read(View(), replace(STATUS, radio=radio)))


def busy(name: str, text: str) -> View:
    one = replace(BOB, name=name)
    last = message(1, text, name=name)
    view = reducer.people_read(UP, [one, CAI])
    chats = [Chat("here", "", "", "", 3, last), Chat("", BOB.key, name, "=", 1, replace(last, id=2))]
    return reducer.told(reducer.chats_read(view, chats), text[:60])


@settings(max_examples=120)
@given(
    place=st.sampled_from([Place.HOME, Place.CHATS, Place.PEOPLE, Place.HELP]),
    size=st.tuples(st.integers(2, 120), st.integers(1, 40)),
    top=st.integers(0, 50),
    name=names,
    text=names,
)
def test_a_page_has_exactly_its_size(
    place: Place, size: tuple[int, int], top: int, name: str, text: str
) -> None:
    view = reducer.went(busy(name, text), place)
    lines, shown_from, cursor = pages.page(view, size, top)
    assert len(lines) == size[1]
    assert {line_width(line) for line in lines} == {size[0]}
    assert shown_from >= 0
    assert cursor is None or 0 <= cursor < size[1]
    assert line_width(frame.bar(view, size[0])) == size[0]
    assert {line_width(line) for line in frame.hint(view, size[0])} == {size[0]}


@pytest.mark.parametrize(
    ("view", "says"),
    [
        (View(), "Starting ..."),
        (reducer.node_lost(View(), "No node runs in /x."), "No node runs in /x."),
        (reducer.node_found(View()), "Asking the node ..."),
        (reducer.node_lost(UP, "The node has ended."), "The node has ended. Trying again"),
        (UP, "nobody is near yet"),
        (people(BOB), "It works: 1 neighbour near."),
        (with_radio(RadioInfo("searching", "No radio is plugged in.")), "Not on the air. No radio"),
        (with_radio(RadioInfo("none")), "Not on the air."),
    ],
)
def test_the_verdict_is_a_sentence(view: View, says: str) -> None:
    sentence, _ = words.verdict(view)
    assert says in sentence


def test_the_radio_in_words() -> None:
    assert words.radio_words(STATUS.radio) == "up, esp32s3, channel 6"
    assert words.radio_words(RadioInfo(RADIO_CONNECTING, port="/dev/ttyUSB0")) == "connecting to /dev/ttyUSB0"
    assert words.radio_words(RadioInfo("none")) == "none"


def test_a_local_network_carries_too() -> None:
    lan = LanInfo(["wlan0"], [], 2)
    status = replace(STATUS, radio=RadioInfo("none"), lan=lan)
    view = reducer.status_read(UP, status, "")
    assert words.verdict(view)[0].startswith("It works")
    assert words.health(view) == "0 near"
    assert words.network_words(status) == "wlan0, 2 addresses heard"
    assert words.network_words(replace(status, lan=LanInfo([], [], 0, why="No network."))) == "No network."
    assert words.network_words(STATUS) == ""
    assert words.signal(replace(BOB, rssi=None, by="lan")) == "lan"


def test_ages_are_as_exact_as_a_screen_that_looks_once_a_minute() -> None:
    assert [words.past(seconds) for seconds in (None, 0, 59, 60, 7200)] == [
        "never",
        "just now",
        "just now",
        "1m ago",
        "2h ago",
    ]


def test_a_battery_is_shown_where_there_is_one() -> None:
    view = reducer.status_read(UP, STATUS, "87 %")
    assert "Battery  87 %" in "\n".join(plain(line) for line in pages.page(view, (40, 13), 0)[0])
    assert "Battery" not in "\n".join(plain(line) for line in pages.page(UP, (40, 13), 0)[0])


def test_the_chosen_row_is_in_sight_and_marked_by_more_than_a_look() -> None:
    many = [replace(BOB, key=f"{number:064x}", name=f"n{number:02}") for number in range(40)]
    view = reducer.moved(reducer.went(people(*many), Place.PEOPLE), 30)
    lines, _, cursor = pages.page(view, (40, 10), 0)
    assert cursor is not None
    assert plain(lines[cursor]).startswith('>= "n30"')
    assert sum(plain(line).startswith(">") for line in lines) == 1


def test_what_is_lost_is_said_on_every_page() -> None:
    lost = reducer.went(reducer.node_lost(UP, "The node has ended."), Place.PEOPLE)
    assert lost.door is Door.LOST
    assert "The node has ended." in "".join(plain(line) for line in frame.hint(lost, 40))
    assert plain(frame.bar(lost, 40)).rstrip().endswith("no node")


def test_a_question_stands_before_everything_else() -> None:
    view = reducer.asked(reducer.told(UP, "something"), Question("quit", "Quit?"))
    assert plain(frame.hint(view, 40)[0]).strip() == "Quit?"


@pytest.mark.parametrize("place", list(Place))
def test_the_way_back_fits_on_the_smallest_screen(place: Place) -> None:
    says = "Quit" if place is Place.HOME else "Esc back"
    assert says in plain(frame.hint(replace(UP, place=place), 32)[0])


def test_a_name_that_somebody_gave_himself_is_in_quotes_and_ours_is_not() -> None:
    liar = replace(BOB, key="11" * 32, name='Eve" delivered')
    view = people(replace(BOB, petname="Bob", named=True), liar, replace(CAI, name="\u200b"))
    drawn = "\n".join(plain(line) for line in pages.page(reducer.went(view, Place.PEOPLE), (60, 6), 0)[0])
    assert "= Bob " in drawn
    assert '= "Eve\' delivered"' in drawn
    assert "? olive-tiger " in drawn


def test_what_stands_beside_a_name_is_not_cut_for_it() -> None:
    twin = replace(CAI, name="Bobby who is long", beside="not Bobby! faint-bread")
    drawn = "\n".join(
        plain(line) for line in pages.page(reducer.went(people(twin), Place.PEOPLE), (60, 6), 0)[0]
    )
    assert '>? "Bobby .. not Bobby! faint-bread' in drawn


def test_a_card_takes_the_whole_of_the_smallest_screen() -> None:
    view = replace(reducer.card_read(UP, CARD), tier="unicode")
    lines = [plain(line) for line in pages.page(view, (40, 15), 0)[0]]
    assert [line[5:34] for line in lines] == CARD.code
    below = [plain(line) for line in pages.page(view, (40, 15), 99)[0]]
    assert "eleven twelve" in " ".join(" ".join(below).split())


def test_a_hostile_meeting_is_drawn_as_text() -> None:
    evil = Meeting("comparing", 47, 2, 2, "a\x1b[2J b c d", [BOB], "\x1b]0;x\x07")
    view = reducer.went(reducer.meeting_read(UP, evil), Place.MEET)
    drawn = "".join(plain(line) for line in pages.page(view, (40, 13), 0)[0])
    assert drawn.isprintable()
