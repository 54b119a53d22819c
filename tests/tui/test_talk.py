"""A window into a conversation, without a screen."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.events import MessageState
from handheld.text import STATE_WORDS
from tests.support.door import ADA, STATUS, message
from tui import reducer, talk
from tui.cells import line_width, plain
from tui.state import View

SIZE = (40, 8)


def conversation(count: int, text: str = "some words that do not fit on one line of forty") -> View:
    said = [message(number, f"{number} {text}") for number in range(1, count + 1)]
    return reducer.page_read(reducer.opened(View(), "#here"), "#here", said, newest=True, complete=True)


def drawn(view: View, anchor: talk.Anchor, size: tuple[int, int] = SIZE) -> list[str]:
    return [plain(line) for line in talk.draw(view, talk.Blocks(), anchor, size)]


def scroll(view: View, anchor: talk.Anchor, up: int) -> tuple[talk.Anchor, bool]:
    return talk.scrolled(view, talk.Blocks(), anchor, SIZE, up)


def test_the_newest_stands_lowest() -> None:
    lines = drawn(conversation(50), talk.BOTTOM)
    assert "50 some words" in lines[-2]
    assert "forty" in lines[-1]


@settings(max_examples=60)
@given(steps=st.lists(st.integers(-12, 12), max_size=12))
def test_scrolling_shows_a_window_of_one_long_picture(steps: list[int]) -> None:
    view = conversation(12)
    whole = [line for line in drawn(view, talk.BOTTOM, (40, 200)) if line.strip()]
    anchor, at = talk.BOTTOM, 0
    for up in steps:
        anchor, _ = scroll(view, anchor, up)
        at = max(0, min(at + up, len(whole) - SIZE[1]))
        assert drawn(view, anchor) == whole[len(whole) - SIZE[1] - at : len(whole) - at]
    assert (anchor == talk.BOTTOM) == (at == 0)


def test_the_top_is_met_and_not_passed() -> None:
    view = conversation(10)
    anchor, met = scroll(view, talk.BOTTOM, 1000)
    assert met
    assert "Bob" in drawn(view, anchor)[0]
    assert scroll(view, anchor, 5) == (anchor, True)


def test_what_is_read_stays_where_it_is_when_something_arrives_or_is_paged_in() -> None:
    view = conversation(30)
    anchor, _ = scroll(view, talk.BOTTOM, 20)
    before = drawn(view, anchor)
    assert view.talk is not None
    more = replace(view.talk, messages=(*view.talk.messages, message(31)))
    assert drawn(replace(view, talk=more), anchor) == before
    assert talk.newer(replace(view, talk=more), anchor) == talk.newer(view, anchor) + 1
    older = replace(view.talk, messages=(message(-5, "older"), *view.talk.messages))
    assert drawn(replace(view, talk=older), anchor) == before


def test_every_own_state_is_a_word() -> None:
    for state in STATE_WORDS:
        mine = message(1, "x" * 30, author=ADA.key, own=True, state=state)
        view = reducer.page_read(reducer.opened(View(), "#here"), "#here", [mine], newest=True, complete=True)
        assert f"({STATE_WORDS[state]})" in "".join(drawn(view, talk.BOTTOM))


def test_how_many_carry_it_is_told_as_it_grows() -> None:
    mine = message(1, "soup?", author=ADA.key, own=True, state="carried", carriers=1)
    view = reducer.page_read(reducer.opened(View(), "#here"), "#here", [mine], newest=True, complete=True)
    assert "soup?  + (carried by 1+)" in "".join(drawn(view, talk.BOTTOM))
    view = reducer.reduce(view, MessageState(1, "carried", 3))
    assert "soup?  + (carried by 3+)" in "".join(drawn(view, talk.BOTTOM))


def test_what_is_not_saved_yet_is_there_and_says_so() -> None:
    view = reducer.sending(conversation(2), "#here", "on its way")
    assert "on its way  (saving)" in "\n".join(drawn(view, talk.BOTTOM))
    assert "on its way" not in "\n".join(drawn(reducer.opened(view, "#market"), talk.BOTTOM))


@settings(max_examples=60)
@given(text=st.text(max_size=80), columns=st.integers(1, 60), rows=st.integers(1, 12))
def test_any_text_is_drawn_in_any_window(text: str, columns: int, rows: int) -> None:
    lines = talk.draw(conversation(3, text), talk.Blocks(), talk.BOTTOM, (columns, rows))
    assert len(lines) == rows
    assert {line_width(line) for line in lines} == {columns}


def test_wrapping_is_done_for_what_is_seen() -> None:
    class Counting(talk.Blocks):
        asked = 0

        def lines(self, *arguments: object) -> list[object]:  # type: ignore[override]
            self.asked += 1
            return super().lines(*arguments)  # type: ignore[arg-type, return-value]

    blocks = Counting()
    talk.draw(conversation(10_000), blocks, talk.BOTTOM, SIZE)
    assert blocks.asked <= SIZE[1]


def test_days_and_times_are_shown_where_they_are_known() -> None:
    day_s = 86_400
    said = [
        message(1, "a", at=0),
        message(2, "b", at=60),
        message(3, "c", at=day_s),
        message(4, "d", at=1 << 60),
    ]
    view = reducer.page_read(reducer.opened(View(), "#here"), "#here", said, newest=True, complete=True)
    text = "\n".join(line.rstrip() for line in drawn(view, talk.BOTTOM, (40, 30)) if line.strip())
    assert text.splitlines() == [
        " -- Thu 1 Jan --",
        ' = "Bob"  2 hops',
        " 00:00 a",
        " 00:01 b",
        " -- Fri 2 Jan --",
        ' = "Bob"  2 hops',
        " 00:00 c",
        ' = "Bob"  2 hops',
        "  d",
    ]


def test_what_is_not_saved_yet_is_never_another_text() -> None:
    blocks = talk.Blocks()
    view = reducer.opened(conversation(1), "#market")
    for chat, text in (("#here", "private words"), ("#market", "public words")):
        waiting = reducer.sending(reducer.opened(view, chat), chat, text)
        lines = [plain(line) for line in talk.draw(waiting, blocks, talk.BOTTOM, SIZE)]
        assert any(text in line for line in lines)
        assert not any("private" in line for line in lines) or chat == "#here"


def test_without_a_clock_that_somebody_set_days_are_about_right() -> None:
    mine = message(1, "soup?", author=ADA.key, own=True, at=1_800_000_000)
    view = reducer.page_read(reducer.opened(View(), "#here"), "#here", [mine], newest=True, complete=True)
    assert " -- about " not in "".join(drawn(view, talk.BOTTOM))
    unsure = replace(view, status=replace(STATUS, clock_sure=False))
    assert " -- about " in "".join(drawn(unsure, talk.BOTTOM))
