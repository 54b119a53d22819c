"""Writing in a conversation: pasted text, counted frames."""

from pathlib import Path

from textual import events

from tests.support.door import SmallNode, open_door
from tests.support.screen import Screen, screen
from tui import frame, questions
from tui.writing import PASTE_MAX


def test_the_lowest_line_shows_each_question_that_one_key_answers() -> None:
    assert set(questions.PRESSED) == frame.PRESSED


async def in_here(at: Screen) -> None:
    await at.until("It works")
    await at.press("c")
    await at.until("#here")
    await at.press("enter")
    await at.until("0/512")


async def test_a_long_paste_asks_first(tmp_path: Path) -> None:
    async with open_door(tmp_path, SmallNode()), screen(tmp_path) as at:
        await in_here(at)
        at.shell.post_message(events.Paste("word " * 60))
        await at.until("Paste 300 characters as one line?")
        await at.press("n")
        await at.until("0/512")
        at.shell.post_message(events.Paste("word " * 60))
        await at.until("Paste 300")
        await at.press("y")
        await at.until("300/512")


async def test_a_megabyte_is_cut_to_what_no_message_can_have(tmp_path: Path) -> None:
    async with open_door(tmp_path, SmallNode()), screen(tmp_path) as at:
        await in_here(at)
        at.shell.post_message(events.Paste("x" * 1_000_000))
        await at.until("Paste 1000000 characters")
        await at.press("y")
        await at.until("too long")
        assert len(at.shell.composer.text) == PASTE_MAX
