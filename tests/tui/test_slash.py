"""Commands that are typed where one writes."""

from pathlib import Path

from handheld.commands import Post
from tests.support.door import SmallNode, message, open_door
from tests.support.screen import Screen, screen
from tui.slash import COMMANDS
from tui.state import Place


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
        await at.until("/home /chats")
        await typed(at, "peo", "tab")
        await at.until("/people: who is near")
        await at.press("enter")
        await at.until("Hops")
        at.shell.open_chat("#here")
        await at.until("0/512")
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


async def test_each_command_does_something(tmp_path: Path) -> None:
    async with open_door(tmp_path, SmallNode()), screen(tmp_path) as at:
        await at.until("It works")
        for name in COMMANDS:
            at.shell.open_chat("#here")
            await at.until(lambda: at.shell.view.place is Place.TALK)
            await typed(at, f"/{name} water", "enter")
            await at.until(lambda: did_something(at))
            at.shell.ask_for(None)


def did_something(at: Screen) -> bool:
    view = at.shell.view
    return view.place is not Place.TALK or view.question is not None or bool(view.flash)
