"""What bends a screen: stuck keys, floods, two screens at once, a full disk, clocks that jump, any size."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from handheld.commands import Command, Post
from handheld.errors import DiskFull
from handheld.events import Chat, MessageKept, Person, RadioChanged, RadioEntry, RadioInfo
from tests.support.door import BOB, STATUS, UP, SmallNode, message, open_door
from tests.support.screen import screen
from tui import frame, pages, panes, talk
from tui.cells import plain, width
from tui.state import Door, Known, Place, Talk, View

EVIL = "[@click=app.quit]hi[/] [/] \x1b]52;c;b3duZWQ=\x07 " + "a" + "\u0301" * 24 + " 🎉🥖 山田太郎\u202e"


async def test_a_key_that_is_stuck_on_enter_sends_once_and_nothing_empty(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await at.until("It works")
        await at.press(*["enter"] * 60)
        await at.until("0/512")
        await at.write("hi")
        await at.press(*["enter"] * 60)
        await at.until("hi  (received)")
        assert [one.text for one in node.asked if isinstance(one, Post)] == ["hi"]
        assert at.shell.view.place is Place.TALK


async def test_two_screens_on_one_node_show_the_same_and_keep_their_own_drafts(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path) as one, screen(tmp_path, (40, 15)) as other:
        for at in (one, other):
            await at.until("It works")
            await at.press("c", "enter")
            await at.until("0/512")
        await other.write("mine")
        await one.write("hello")
        await one.press("enter")
        await other.until("hello  (received)")
        assert "> mine" in other.text()
        assert "> mine" not in one.text()
        await other.press("enter")
        await one.until("mine  (received)")
        assert one.text().count("mine") == 1


async def test_no_key_is_lost_while_messages_pour_in(tmp_path: Path) -> None:
    node = SmallNode()
    typed = "the quick brown fox jumps over the lazy dog"
    async with open_door(tmp_path, node) as door, screen(tmp_path, (80, 24)) as at:
        await at.until("It works")
        await at.press("c", "enter")
        await at.until("0/512")

        async def pour() -> None:
            for number in range(1, 301):
                kept = message(number, f"line {number}")
                node.messages.append(kept)
                door.publish(MessageKept(kept))
                await asyncio.sleep(0)

        pouring = asyncio.create_task(pour())
        await at.write(typed)
        await pouring
        await at.until("line 300")
        assert at.shell.composer.text == typed
        assert at.shell.view.talk is not None
        assert [one.id for one in at.shell.view.talk.messages] == list(range(1, 301))


class Full(SmallNode):
    """A node whose disk is full until somebody makes room."""

    full = True

    async def answer(self, command: Command) -> object:
        """What the door calls."""
        if isinstance(command, Post) and self.full:
            raise DiskFull("The disk is full: delete something, then try again.")
        return await super().answer(command)


async def test_a_full_disk_is_said_and_the_text_is_there_to_be_sent_again(tmp_path: Path) -> None:
    node = Full()
    async with open_door(tmp_path, node), screen(tmp_path, (53, 20)) as at:
        await at.until("It works")
        await at.press("c", "enter")
        await at.until("0/512")
        await at.write("soup at seven")
        await at.press("enter")
        await at.until("The disk is full")
        assert "> soup at seven" in at.text()
        node.full = False
        await at.press("enter")
        await at.until("soup at seven  (received)")


async def test_a_radio_that_is_pulled_is_named_and_comes_back_under_a_draft(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node) as door, screen(tmp_path, (53, 20)) as at:
        await at.until("It works")
        await at.press("c", "enter")
        await at.until("0/512")
        await at.write("half a sen")
        gone = RadioInfo("searching", "No radio is plugged in.")
        node.status = replace(node.status, radio=gone)
        door.publish(RadioChanged(gone))
        await at.until("no radio")
        await at.write("tence")
        node.status = replace(node.status, radio=UP)
        door.publish(RadioChanged(UP))
        await at.until("1 near")
        assert "> half a sentence" in at.text()


@pytest.mark.parametrize("at", [None, -1, 0, 2**31, 2**62, -(2**62), 253_402_300_800])
def test_a_clock_that_jumps_moves_labels_and_nothing_else(at: int | None) -> None:
    said = tuple(message(number, "soup", at=when) for number, when in enumerate((1, at, 2), 1))
    view = View(place=Place.TALK, talk=Talk("#here", said, read=True), status=STATUS, zone_s=-43_200)
    lines = [plain(line) for line in talk.draw(view, talk.Blocks(), talk.BOTTOM, (40, 15))]
    assert sum("soup" in line for line in lines) == 3
    chats = replace(view, place=Place.CHATS, chats=(Chat("here", "", "", "", 1, said[1]),))
    assert "soup" in plain(pages.page(chats, (80, 5), 0)[0][0])


def everywhere(tier: str) -> View:
    somebody = Person("e0" * 32, EVIL, "unknown", "?", True, 2, -71, 5, beside=EVIL, relation=EVIL)
    said = (
        replace(
            message(1, EVIL, name=EVIL, author=somebody.key, at=1), beside=EVIL, note=EVIL, missing=[1, 2]
        ),
        replace(message(2, "🎉🥖🏔", own=True, state="carried", at=90_000), place=EVIL),
    )
    return View(
        now=60_000,
        tier=tier,
        folder=EVIL,
        door=Door.OPEN,
        status=replace(STATUS, name=EVIL, radio=replace(UP, board=EVIL)),
        people=(Known(somebody, 0), Known(BOB, None)),
        chats=(Chat("", somebody.key, EVIL, "?", 3, said[0]), Chat("here", "", "", "", 0, said[1])),
        talk=Talk("#here", said, read=True, complete=True, new_from=2),
        found=said,
        radio=(RadioEntry(1, 2**62, "in", EVIL, "00", -70), RadioEntry(2, -5, "state", EVIL)),
        flash=EVIL,
    )


@pytest.mark.parametrize("tier", ["ascii", "unicode"])
@pytest.mark.parametrize("columns", [2, 20, 32, 99, 100, 140, 200])
def test_no_line_is_ever_longer_or_shorter_than_the_screen(columns: int, tier: str) -> None:
    for place in set(pages.PAGES) | {Place.TALK}:
        view = replace(everywhere(tier), place=place)
        assert width(plain(frame.bar(view, columns))) == columns
        for shown in (view, replace(view, flash="")):
            assert {width(plain(line)) for line in frame.hint(shown, columns)} <= {columns}
        for rows in (1, 8, 60):
            middle = panes.panes(view, columns).middle
            if place is Place.TALK:
                lines = talk.draw(view, talk.Blocks(), talk.BOTTOM, (middle, rows))
            else:
                lines = pages.page(view, (middle, rows), 0)[0]
            whole = panes.Beside().put(view, lines, (columns, rows))
            assert [width(plain(line)) for line in whole] == [columns] * rows
            assert all(text.isprintable() for line in whole for text, _ in line)
