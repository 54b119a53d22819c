"""Two panes on a wide screen, three on a very wide one; nothing is lost on a narrow one."""

from dataclasses import replace
from pathlib import Path

import pytest

from handheld.commands import Seen
from handheld.events import Chat, MessageKept
from tests.support.door import BOB, SmallNode, message, open_door
from tests.support.screen import Screen, screen
from tui import pages, panes
from tui.cells import plain, width
from tui.frame import bar
from tui.state import Place, View

PRIVATE = {"board": "", "peer": BOB.key, "peer_name": "Bob"}


def node() -> SmallNode:
    held = SmallNode(messages=[message(1, "Soup is ready"), message(2, "Are you well?", **PRIVATE)])
    held.seen = {"here": 1}
    return held


def test_every_column_is_somebodys() -> None:
    for place in Place:
        for columns in (1, 32, 99, 100, 139, 140, 200, 1000):
            shared = panes.panes(View(place=place), columns)
            rules = (shared.left > 0) + (shared.right > 0)
            assert sum(shared) + rules == columns
            assert shared.middle >= min(columns, 60)
    assert panes.panes(View(place=Place.TALK), 99) == (0, 99, 0)


def test_lines_are_exactly_as_wide_as_the_screen() -> None:
    last = message(1, "山" * 60, name="山田太郎", author="e0" * 32)
    view = View(place=Place.CHATS, chats=(Chat("here", "", "", "", 3, last),), people=())
    for columns in (100, 121, 140, 163):
        shared = panes.panes(view, columns)
        lines = panes.Beside().put(view, panes.unopened((shared.middle, 7)), (columns, 7))
        assert [width(plain(line)) for line in lines] == [columns] * 7
        assert width(plain(bar(view, columns))) == columns


async def test_one_reads_beside_the_chats_and_goes_to_and_fro_by_tab(tmp_path: Path) -> None:
    small = node()
    async with open_door(tmp_path, small) as door, screen(tmp_path, (100, 20)) as at:
        await at.until("1 unread")
        await at.press("c")
        await at.until("Enter opens here")
        assert left_of(at)[1].startswith('>= "Bob"')
        await at.press("down", "enter")
        await at.until(lambda: "Soup is ready" in right_of(at) and "0/512" in at.text())
        assert "Bob" in "\n".join(left_of(at))
        await at.write("Coming")
        await at.press("tab")
        await at.until("Tab  write here")
        assert at.shell.view.place is Place.CHATS
        kept = message(3, "Bring bread")
        small.messages.append(kept)
        door.publish(MessageKept(kept))
        await at.until(lambda: "Bring bread" in right_of(at))
        assert Seen(board="here", id=3) not in small.asked  # nobody has said that he looks there
        await at.press("tab")
        await at.until("> Coming")
        assert at.shell.view.drafts["#here"] == "Coming"
        await at.press("tab", "n")
        await at.until(lambda: "Are you well?" in right_of(at) and "0/167" in at.text())
        await at.press("escape", "escape")
        await at.until("It works")


async def test_the_name_and_the_kind_of_what_is_open_stand_above_it(tmp_path: Path) -> None:
    async with open_door(tmp_path, node()), screen(tmp_path, (100, 20)) as at:
        await at.press("c", "enter")
        await at.until('"Bob"  private')
        await at.press("tab")
        await at.until("Tab  write here")
        assert at.lines()[0].startswith(" Chats ")
        assert '= "Bob"  private' in at.lines()[0]


@pytest.mark.parametrize("columns", [140, 200])
async def test_people_stand_at_the_right_of_a_very_wide_screen(tmp_path: Path, columns: int) -> None:
    async with open_door(tmp_path, node()), screen(tmp_path, (columns, 40)) as at:
        await at.press("c", "enter")
        await at.until("Are you well?")
        assert "2 4m ago" in at.text()
        await at.press("escape", "p")
        await at.until("Enter write")
        assert "Are you well?" not in right_of(at)
        assert "It works: 1 neighbour near" in at.text()


async def test_a_card_has_the_screen_for_itself(tmp_path: Path) -> None:
    async with open_door(tmp_path, node()), screen(tmp_path, (140, 40)) as at:
        await at.until("1 unread")
        await at.press("k")
        await at.until(lambda: at.shell.view.place is Place.CARD)
        assert "Soup is ready" not in at.text()


async def test_a_window_that_becomes_narrow_keeps_what_is_open(tmp_path: Path) -> None:
    async with open_door(tmp_path, node()), screen(tmp_path, (100, 20)) as at:
        await at.press("c", "down", "enter")
        await at.until("0/512")
        await at.write("Half")
        await at.pilot.resize_terminal(60, 20)
        await at.until(lambda: at.lines()[0].startswith(" #here") and "> Half" in at.text())
        await at.press("escape")
        await at.until(lambda: at.lines()[0].startswith(" Chats") and "Soup is ready" in at.text())
        await at.pilot.resize_terminal(110, 20)
        await at.until(lambda: "Soup is ready" in right_of(at))


def left_of(at: Screen) -> list[str]:
    return [line.split("|")[0] for line in at.lines()]


def right_of(at: Screen) -> str:
    return "\n".join(line.partition("|")[2] for line in at.lines())


def test_the_list_follows_what_is_chosen_on_few_rows() -> None:
    chats = tuple(Chat(f"b{number}", "", "", "", 0) for number in range(30))
    view = replace(View(place=Place.CHATS), chats=chats, chosen_chat="#b20")
    beside = panes.Beside()
    shared = panes.panes(view, 100)
    lines = beside.put(view, panes.unopened((shared.middle, 6)), (100, 6))
    assert beside.cursor is not None
    assert plain(lines[beside.cursor[1]]).startswith(">  #b20")


def test_where_there_are_rows_each_chat_has_two() -> None:
    said = message(1, "Soup is ready, and there is bread for everybody who comes", name="Bob", named=True)
    chats = (Chat("here", "", "", "", 3, said), Chat("market", "", "", "", 0))
    view = View(place=Place.CHATS, chats=chats, chosen_chat="#market")
    drawn = [plain(line).rstrip() for line in pages.page(view, (36, 30), 0)[0][:4]]
    assert drawn == [
        "   #here                      3 new",
        "   Bob: Soup is ready, and there ..",
        ">  #market",
        "   nothing yet",
    ]
    assert pages.page(view, (36, 30), 0)[2] == 2
    assert plain(pages.page(view, (36, 12), 0)[0][1]).startswith(">  #market")
