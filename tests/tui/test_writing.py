"""Writing in a conversation: pasted text, counted frames."""

from pathlib import Path

from textual import events

from handheld.commands import Edit, Post
from tests.support.door import ADA, SmallNode, message, open_door
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
    await at.until(" 0/512")


async def test_a_long_paste_asks_first(tmp_path: Path) -> None:
    async with open_door(tmp_path, SmallNode()), screen(tmp_path) as at:
        await in_here(at)
        at.shell.post_message(events.Paste("word " * 60))
        await at.until("Paste 300 characters as one line?")
        await at.press("n")
        await at.until(" 0/512")
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


async def test_a_message_is_picked_and_answered(tmp_path: Path) -> None:
    node = SmallNode(messages=[message(1, "Who has a saw?"), message(2, "I have soup.")])
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await in_here(at)
        await at.until("soup")
        await at.press("ctrl+e", "up")
        await at.until(">")
        await at.press("r")
        await at.write("I do")
        await at.until('"Who has a saw?" I do')
        await at.press("enter")
        await at.until(" 0/512")
    posted = [one.text for one in node.asked if isinstance(one, Post)]
    assert posted == ['@Bob "Who has a saw?" I do']


async def test_what_is_queued_is_changed_and_what_failed_is_sent_again(tmp_path: Path) -> None:
    own = {"author": ADA.key, "own": True}
    node = SmallNode(
        messages=[message(1, "Soop", **own, state="queued"), message(2, "Late", **own, state="aired")]
    )
    async with open_door(tmp_path, node), screen(tmp_path, (60, 15)) as at:
        await in_here(at)
        await at.until("Late")
        await at.press("ctrl+e", "e")
        await at.until("It has gone out already.")
        await at.press("ctrl+e", "s")
        await at.until(lambda: at.text().count("Late") == 2)
        await at.press("ctrl+e", "up", "up", "e")
        await at.until("Change it: Soop")
        await at.write(" at noon")
        await at.press("enter")
        await at.until(lambda: Edit(1, "Soop at noon") in node.asked)
        await at.until("Soop at noon")


async def test_a_change_that_comes_too_late_stays_on_the_line(tmp_path: Path) -> None:
    node = SmallNode(messages=[message(1, "Six", author=ADA.key, own=True, state="queued")], gone={1})
    async with open_door(tmp_path, node), screen(tmp_path, (60, 15)) as at:
        await in_here(at)
        await at.until("Six")
        await at.press("ctrl+e", "e")
        await at.until("Change it: Six")
        await at.write("ty")
        await at.press("enter")
        await at.until("It has gone out already")
        await at.until("5/512")
        assert at.shell.composer.text == "Sixty"


async def test_a_word_is_found_in_the_conversation_and_led_to(tmp_path: Path) -> None:
    node = SmallNode(messages=[message(number, f"number {number}") for number in range(1, 200)])
    node.messages[2] = message(3, "the needle")
    node.messages.append(message(200, "needle elsewhere", "market"))
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await at.until("It works")
        at.shell.open_chat("#here")
        await at.until("number 199")
        await at.press("ctrl+f")
        await at.write("needle")
        await at.press("enter")
        await at.until("1 message with: needle")
        await at.press("enter")
        await at.until("newer messages below")
        await at.until("the needle")


async def test_long_posts_say_how_many_frames_they_take(tmp_path: Path) -> None:
    async with open_door(tmp_path, SmallNode()), screen(tmp_path) as at:
        await in_here(at)
        at.shell.composer.take("x" * 160)
        await at.until("160/512")
        assert "frames" not in at.text()
        at.shell.composer.take("x")
        await at.until("161/512 2 frames")
