"""Commands that are typed where one writes."""

from dataclasses import replace
from pathlib import Path

import pytest

from handheld.commands import Post, Read
from handheld.events import MessageKept
from tests.support.door import SmallNode, message, open_door
from tests.support.screen import Screen, screen
from tui.cells import plain
from tui.running import LINE_MAX, LINES_MAX, said, said_page
from tui.slash import HERE
from tui.state import Place, Said, View


async def typed(at: Screen, text: str, *keys: str) -> None:
    at.shell.composer.take(text)
    await at.press(*keys)


async def test_a_command_is_completed_and_obeyed(tmp_path: Path) -> None:
    node = SmallNode(messages=[message(1, "soup"), message(2, "bread")])
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("It works")
        at.shell.open_chat("#here")
        await at.until("bread")
        await typed(at, "/", "tab")
        await at.until("/home /chats /find")
        await typed(at, "peo", "tab")
        await at.until("/people: who was heard")
        await at.press("enter")
        await at.until("Hops")
        at.shell.open_chat("#here")
        await at.until(" 0/512")
        await typed(at, "/find soup", "enter")
        await at.until("1 message with: soup")
    assert not any(isinstance(one, Post) for one in node.asked)


async def test_what_is_no_command_is_kept_and_two_of_them_are_a_message(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("It works")
        at.shell.open_chat("#here")
        await at.until("Nothing was written")
        await typed(at, "/tmp/map", "enter")
        await at.until("There is no /tmp/map.")
        assert at.shell.composer.text == "/tmp/map"
        await at.press("ctrl+u")
        await typed(at, "//tmp/map", "enter")
        await at.until("/tmp/map  (")
    assert [one.text for one in node.asked if isinstance(one, Post)] == ["/tmp/map"]


async def test_what_the_screen_does_itself_leads_somewhere(tmp_path: Path) -> None:
    node = SmallNode(has_passphrase=True)
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("It works")
        for name in HERE.keys() - ENDING:
            at.shell.open_chat("#here")
            await at.until(lambda: at.shell.view.place is Place.TALK)
            await typed(at, f"/{name}", "enter")
            await at.until(lambda: did_something(at))
            assert at.shell.view.place is not Place.SAID, name
            at.shell.ask_for(None)


ENDING = {"lock", "passphrase"}
"""These end the screen: see test_ends.py."""


def did_something(at: Screen) -> bool:
    view = at.shell.view
    return view.place is not Place.TALK or view.question is not None or bool(view.flash)


async def test_every_other_verb_is_run_as_on_a_command_line(tmp_path: Path) -> None:
    node = SmallNode(messages=[message(1, "soup at six")])
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("It works")
        at.shell.open_chat("#here")
        await at.until("soup at six")
        await typed(at, "/read here --limit 1", "enter")
        await at.until(lambda: at.text().startswith(" Said") and "soup at six" in at.text())
        await at.press("escape")
        await at.until(" 0/512")
        await typed(at, "/read --nonsense", "enter")
        await at.until("Exit code 2")
        assert "Try: pocketmesh read --help" in " ".join(at.text().split())
        await at.press("escape")
        await typed(at, "/node", "enter")
        await at.until("/node needs a terminal of its own")
        await at.press("ctrl+u")
        await typed(at, '/post here "half', "enter")
        await at.until("That is no command")
    assert Read(board="here", limit=1) in node.asked
    assert not any(isinstance(one, Post) for one in node.asked)


async def test_a_command_that_goes_on_is_ended_by_escape(tmp_path: Path) -> None:
    node = SmallNode(messages=[message(1, "soup at six")])
    async with open_door(tmp_path, node) as door, screen(tmp_path) as at:
        await at.until("It works")
        await at.press("colon")
        await typed(at, "read --follow", "enter")
        await at.until("it goes on")
        await at.until("soup at six")
        while "bread at seven" not in at.text():
            door.publish(MessageKept(message(2, "bread at seven")))  # it may not listen yet
            await at.pilot.pause(0.05)
        process = at.shell.runner._process
        assert process is not None
        await at.press("escape")
        await at.until("It works")
        assert await process.wait() != 0
        assert at.shell.runner._process is None


async def test_options_choices_and_names_are_completed(tmp_path: Path) -> None:
    async with open_door(tmp_path, SmallNode()), screen(tmp_path) as at:
        await at.until(lambda: bool(at.shell.view.people))
        at.shell.open_chat("#here")
        await at.until("Nothing was written")
        for begun, whole in COMPLETED.items():
            await typed(at, begun, "tab")
            assert at.shell.composer.text == whole
            await at.press("ctrl+u")
        await typed(at, "/f", "tab")
        await at.until("/find /files /forget /follow")
        await typed(at, "zz", "tab")
        await at.until("Nothing begins so.")


COMPLETED = {
    "/sta": "/status ",
    "/rea": "/read ",
    "/radio cons": "/radio console ",
    "/read --fo": "/read --follow ",
    "/post here --kind of": "/post here --kind offer ",
    "/follow oli": "/follow olive-tiger ",
    "/ali": "/ali",
    "/un": "/un",
    "/unb": "/unblock ",
}


async def test_the_palette_narrows_down_and_chooses(tmp_path: Path) -> None:
    async with open_door(tmp_path, SmallNode()), screen(tmp_path, (40, 15)) as at:
        await at.until("It works")
        await at.press("p", "colon")
        await at.until(">home")
        await typed(at, "", *"bl")
        await at.until(lambda: ">block" in at.text() and "unblock" not in at.text())
        await at.press("ctrl+u", *"se", "down")
        await at.until(">send")
        await at.press("tab")
        assert at.shell.composer.text == "send "
        await typed(at, "oli", "tab")
        assert at.shell.composer.text == "send olive-tiger "
        await at.press("escape")
        await at.until("Hops")
        await at.press("colon", *"sett", "enter")
        await at.until("your name, as")
        await at.press("escape", "colon", *"xyz")
        await at.until("No command begins so.")
        await at.press("enter")
        await at.until("Hops")


@pytest.mark.parametrize("size", [(40, 15), (120, 40)], ids=str)
async def test_the_palette_leads_back_to_the_page_it_was_asked_for_on(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    node = SmallNode(messages=[message(1, "soup at six")])
    async with open_door(tmp_path, node), screen(tmp_path, size) as at:
        await at.until("It works")
        await at.press("p", "a")
        for _ in range(2):
            await at.press("colon")
            await at.until(">home")
            await at.press("escape")
            await at.until("Nobody calls for help.")
        await at.press("colon")
        await typed(at, "read here", "enter")
        await at.until("soup at six")
        await at.press("colon", "escape")
        await at.until(lambda: at.shell.view.place is Place.SAID and "soup at six" in at.text())
        await at.press("colon")
        await typed(at, "read --nonsense", "enter")
        await at.until("Exit code 2")
        await at.press("escape")
        await at.until("Nobody calls for help.")
        await at.press("escape")
        await at.until(lambda: at.shell.view.place is Place.PEOPLE)


def test_what_a_command_prints_is_bounded_and_neutral() -> None:
    view = replace(View(), said=Said("read"))
    view = said(said(view, "a\x1b[31mb\nc", None), "d\n" * 3_000 + "e" * 9_000, 1)
    assert view.said is not None
    assert len(view.said.lines) == LINES_MAX
    assert len(view.said.lines[-1]) == LINE_MAX
    lines, _ = said_page(replace(view, said=Said("x", ("a\x1b[31mb",), 1)), 40, 10)
    assert [plain(line) for line in lines] == [" /x", " a[31mb", " Exit code 1: /help exit-codes"]
