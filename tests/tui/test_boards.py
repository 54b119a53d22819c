"""Needs, offers, events and alerts on the screen: written, found, taken back, answered."""

from dataclasses import replace
from pathlib import Path

import pytest

from handheld.commands import AlertOver, CallHelp, Delete, Post, SawAlert, Search
from handheld.events import Alert, AlertChanged, BoardChanged
from tests.support.door import ADA, BOB, CAI, STATUS, SmallNode, message, open_door
from tests.support.screen import screen
from tests.tui.test_flows import asked
from tests.tui.test_snapshots import SIZES, visit
from tui import alerts, words
from tui import shell as shell_module
from tui.state import Place, View

HELP = message(7, "Leg broken, below the ridge", kind="alert", left_s=80_000, place="48.2, 16.3")
OWN = {"author": STATUS.key, "name": "Ada", "own": True, "mark": "*", "hops": None, "rssi": None}


def board_of_all_kinds() -> SmallNode:
    return SmallNode(
        messages=[
            message(1, "Insulin for my mother", kind="need", left_s=3 * 86_400),
            message(2, "Two blankets", kind="offer", left_s=6 * 3600, **OWN, state="aired"),
            message(3, "Soup for all, at noon", kind="event", left_s=50),
            HELP,
            message(
                8, "I saw your alert.", kind="seen", author=CAI.key, name="", mark="?", beside="olive-tiger"
            ),
        ]
    )


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_kind_has_its_mark_and_says_how_long_it_is_there(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    node = board_of_all_kinds()
    node.alerts = [Alert(HELP), Alert(message(9, "Nothing, thanks", kind="alert"), over=True)]
    async with open_door(tmp_path, node), screen(tmp_path, size) as at:
        await at.until("ALERT = ")
        await visit(at, "kinds", "c", "enter", sees="At 48.2, 16.3")
        await visit(at, "alerts", "ctrl+g", sees="Leg broken")
        assert at.shell.view.place is Place.ALERTS


async def test_a_need_is_written(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("It works")
        await at.press("c", "enter")
        await at.until(" 0/512")
        await at.press("ctrl+k")
        await at.until("need> ")
        await at.write("Water")
        await at.press("enter")
        await at.until("NEED Water  (received, 7 d left)")
        assert "need> " not in at.text()
        await at.press("ctrl+k", "ctrl+k", "ctrl+k")
        await at.until("event> ")
        await at.press("ctrl+k")
        await at.until(lambda: "event> " not in at.text())
    assert asked(node, Post) == [Post("#here", "Water", "need")]


async def test_a_post_to_one_person_has_no_kind(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("It works")
        at.shell.open_chat(BOB.key)
        await at.until(" 0/167")
        await at.press("ctrl+k")
        await at.until("are for boards")
        await at.press("ctrl+d")
        await at.until("Only what you wrote on a board")
    assert (asked(node, Post), asked(node, Delete)) == ([], [])


async def test_a_post_is_taken_back_after_a_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell_module, "STATUS_S", 0.05)
    node = board_of_all_kinds()
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("unread")
        await at.press("c", "enter")
        await at.until("Two blankets")
        await at.press("ctrl+d")
        await at.until('Delete "Two blankets"?')
        await at.until("Copies may remain elsewhere")
        await at.press("n")
        await at.press("ctrl+d", "y")
        await at.until("Deleted here")
        await at.until(lambda: "Two blankets" not in at.text())
        await at.press("ctrl+d")
        await at.until("Nothing of yours is here.")
    assert asked(node, Delete) == [Delete(2)]


async def test_a_board_is_read_again_when_something_there_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell_module, "STATUS_S", 0.05)
    node = SmallNode(messages=[message(1, "half of it…")])
    async with open_door(tmp_path, node) as door, screen(tmp_path) as at:
        await at.until("unread")
        await at.press("c", "enter")
        await at.until("half of it…")
        node.messages = [message(1, "half of it and the rest", note="Part 2 of 3 missing.")]
        door.publish(BoardChanged("here"))
        await at.until("half of it and the rest")
        await at.until("Part 2 of 3 missing.")
        assert at.text().count("half of it") == 1


async def test_words_are_searched_for(tmp_path: Path) -> None:
    node = board_of_all_kinds()
    node.messages.append(message(10, "blankets? yes", "", peer=BOB.key, peer_name="Bob"))
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("unread")
        await at.press("slash")
        await at.until("Search: ")
        await at.write("blankets")
        await at.press("enter")
        await at.until("2 messages with: blankets")
        await at.until("OFFER Two blankets")
        await at.until("private")
        await at.press("escape")
        await at.until(lambda: at.shell.view.place is Place.HOME)
    assert asked(node, Search) == [Search("blankets", limit=50)]


async def test_an_alert_stays_on_top_until_it_was_answered(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node) as door, screen(tmp_path, (40, 15)) as at:
        await at.until("It works")
        node.alerts = [Alert(HELP)]
        door.publish(AlertChanged(Alert(HELP)))
        await at.until("ALERT = ")
        for keys in (["c"], ["enter"], ["escape"], ["p"]):
            await at.press(*keys)
            await at.until(lambda: at.text().startswith(' ALERT = "Bob": Leg'))
        await at.press("ctrl+g")
        await at.until("At 48.2, 16.3")
        await at.press("s")
        await at.until("You said that you saw it.")
        await at.press("escape")
        await at.until(lambda: "ALERT" not in at.text())
        await at.press("a", "s")
        await at.until("No alert waits")
    assert asked(node, SawAlert) == [SawAlert(7)]


async def test_a_call_for_help_is_no_accident(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("It works")
        await at.press("a")
        await at.until("Nobody calls for help.")
        for last in ("no", "help"):
            await at.press("w")
            await at.until("What happened: ")
            await at.write("Two hurt")
            await at.press("enter")
            await at.until("48.2082,16.3738")
            await at.write("48.2,16.3")
            await at.press("enter")
            await at.until("Type HELP to send: ")
            await at.write(last)
            await at.press("enter")
            await at.until("Nothing was sent." if last == "no" else "Everybody in reach is called.")
        await at.until("Nobody saw it yet, repeated")
        await at.press("escape")
        await at.until("YOUR ALERT: nobody saw it yet, repeated")
        await at.press("a", "o")
        await at.until("It is over.")
        await at.press("o")
        await at.until("no alert on the air")
    assert asked(node, CallHelp) == [CallHelp("Two hurt", "48.2,16.3")]
    assert len(asked(node, AlertOver)) == 2


async def test_a_call_with_a_place_that_is_none_keeps_what_happened(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await at.until("It works")
        await at.press("a", "w")
        for words, next_line in (
            ("Two hurt", "Where, or none: "),
            ("mill", "Type HELP to send: "),
            ("help", "A place is latitude"),
        ):
            await at.write(words)
            await at.press("enter")
            await at.until(next_line)
        assert "Where, or none: mill" in at.text()
        await at.press(*["backspace"] * 4, "enter")
        await at.until("Type HELP to send: ")
        await at.write("help")
        await at.press("enter")
        await at.until("Everybody in reach")
    assert asked(node, CallHelp)[-1] == CallHelp("Two hurt", "")


def test_the_highest_line_says_who_saw_the_own_alert() -> None:
    mine = Alert(replace(HELP, own=True), seen_by=[ADA, BOB])
    line = alerts.bar(View(alerts=(mine,)), 80)
    assert line is not None
    assert "seen by Ada, " in line[0][0]
    assert "not repeated any more" in line[0][0]
    assert alerts.bar(View(alerts=(replace(mine, over=True),)), 80) is None


@pytest.mark.parametrize(
    ("seconds", "left"),
    [
        (7 * 86_400, "7 d left"),
        (36 * 3600, "2 d left"),
        (35 * 3600, "35 h left"),
        (3599, "60 min left"),
        (29, "nearly gone"),
    ],
)
def test_times_are_rounded_as_people_say_them(seconds: int, left: str) -> None:
    assert words.left(message(1, kind="need", left_s=seconds)) == left
    assert words.left(message(1, left_s=seconds)) == ""
