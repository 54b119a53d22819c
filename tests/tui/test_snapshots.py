"""What is drawn, as plain text, at five sizes: in Unicode, with colours and without, and in ASCII.

UPDATE_SNAPSHOTS=1 in the environment writes the files anew: then read the diff.
"""

import hashlib
import os
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest

from handheld.events import RADIO_SEARCHING, Meeting, Person, RadioEntry, RadioInfo
from tests.support.door import BOB, CAI, STATUS, WORDS, SmallNode, message, open_door
from tests.support.screen import Screen, screen
from tui.painter import Cell, Painter

SNAPSHOTS = Path(__file__).parent / "snapshots"
SIZES = [(32, 12), (40, 15), (53, 20), (80, 24), (120, 40)]
DAY = 1_772_618_640  # Wed 4 Mar 2026, 10:04

DORA = Person(
    "d0" * 32, "Dora from the last house", "introduced", "~", True, 1, -58, 20, named=True, beside="by Bob"
)
WIDE = Person("e0" * 32, "山田太郎", "unknown", "?", True, 3, -90, 800, beside="faint-bread")


def busy_node() -> SmallNode:
    node = SmallNode(status=replace(STATUS, queued=1, outbox={"aired": 2}), people=[BOB, DORA, WIDE, CAI])
    said = [
        ("Water at the school: the cellar is full, the hall is dry. Beds for twenty.", BOB, {}),
        ("Good.", BOB, {}),
        ("こんにちは、山の上です。", WIDE, {"hops": 3}),
        ("First line.\nSecond line.", DORA, {"hops": 1}),
    ]
    for number, (text, one, more) in enumerate(said, 1):
        kept = message(number, text, author=one.key, name=one.name, mark=one.mark, at=DAY + 60 * number)
        node.messages.append(replace(kept, named=one.named, beside=one.beside, **more))
    own = {"author": STATUS.key, "name": "Ada", "own": True, "mark": "*", "hops": None, "rssi": None}
    node.messages.append(message(5, "On our way.", **own, state="aired", at=DAY + 90_000))
    private = {"board": "", "peer": BOB.key, "peer_name": "Bob"}
    for number, state in enumerate(("delivered", "waiting", "failed"), 6):
        node.messages.append(
            message(number, f"Are you {state}?", **own, **private, state=state, at=DAY + 90_100)
        )
    node.messages.append(message(9, "Yes, and well.", **private, at=DAY + 90_200))
    node.seen = {"here": 2}
    return node


def compare(name: str, drawn: str) -> None:
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(drawn, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == drawn


async def visit(at: Screen, name: str, *keys: str, sees: str) -> None:
    """Go there by these keys, and compare what a terminal of today draws, a grey one, and an old one."""
    await at.press(*keys)
    await at.until(sees)
    await at.pilot.pause()
    width, height = at.shell.size
    coloured = await _drawn(at, tier="unicode", colours=True)
    grey = await _drawn(at, tier="unicode", colours=False)
    old = await _drawn(at, tier="ascii", colours=False)
    await _drawn(at, tier="unicode", colours=True)
    assert [_text(row) for row in grey] == [_text(row) for row in coloured]
    assert all(_text(row).isascii() for row in old)
    differs = [
        _text(row) if _text(row) != _text(other) else "" for row, other in zip(old, coloured, strict=True)
    ]
    parts = [*(_text(row) for row in coloured), "~ colours", *_numbered(_looks(coloured))]
    grey_looks = "\n".join(_numbered(_looks(grey)))
    parts += [f"~ grey {hashlib.sha256(grey_looks.encode()).hexdigest()[:8]}", "~ ascii", *_numbered(differs)]
    compare(f"{name}-{width}x{height}", "\n".join([*parts, ""]))


async def _drawn(at: Screen, *, tier: str, colours: bool) -> list[list[Cell]]:
    """The cells that go to such a terminal."""
    at.shell.turn(lambda view: replace(view, tier=tier, colours=colours))
    await at.pilot.pause()
    painter = Painter(colour=colours)
    painter.plainly(tier == "ascii")
    return [painter._row(strip)[0] for strip in at.shell.screen._compositor.render_strips()]


def _text(row: list[Cell]) -> str:
    return "".join(sign for sign, _ in row).rstrip()


def _looks(rows: list[list[Cell]]) -> list[str]:
    """Of what is not plain in each row: column, cells, attributes."""
    found = []
    for row in rows:
        runs, x = [], 0
        for code, cells in groupby(row, key=lambda cell: cell[1]):
            many = len(list(cells))
            runs += [f"{x}+{many}:{code}"] if code else []
            x += many
        found.append(" ".join(runs))
    return found


def _numbered(rows: list[str]) -> list[str]:
    """Those that say something, with the first and the last row of several that say the same."""
    found, y = [], 0
    for said, those in groupby(rows):
        many = len(list(those))
        found += [f"{y}{f'-{y + many - 1}' if many > 1 else ''}: {said}"] if said else []
        y += many
    return found


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_busy_day(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_door(tmp_path, busy_node()), screen(tmp_path, size, tier="unicode") as at:
        await visit(at, "home", sees="unread")
        await visit(at, "chats", "c", sees="Enter open")
        await visit(at, "private", "enter", sees="11:07 Yes, and well.")
        to_board = ("tab", "n") if at.shell.is_wide else ("tab",)
        await visit(at, "board", *to_board, sees="11:04 On our way.")
        await visit(at, "people", "escape", "p", sees="Enter write")
        await visit(at, "name", "n", sees="Name for")
        await visit(at, "help", "escape", "question_mark", sees="Keys in")
        await visit(at, "quit", "escape", "escape", "q", sees="Quit?")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_getting_to_know_people(tmp_path: Path, size: tuple[int, int]) -> None:
    node = busy_node()
    async with open_door(tmp_path, node), screen(tmp_path, size, tier="unicode") as at:
        await at.press("p")
        await visit(at, "meet-number", "m", sees="Number, 00 to 99")
        await at.write("47")
        await visit(at, "meet-people", "enter", sees="How many you are")
        await at.write("3")
        await visit(at, "meet-waiting", "enter", sees="1 of 3 here")
        node.goes_on(Meeting("comparing", 47, 3, 3, WORDS, [CAI, WIDE]))
        await visit(at, "meet-words", sees="hamster")
        await visit(at, "meet-names", "y", sees="Name for")
        await visit(at, "introduce", "escape", "escape", "i", sees="Introduce")
        await at.press("escape")
        await visit(at, "card", "k", sees="\u2580")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_first_day_with_nobody_near(tmp_path: Path, size: tuple[int, int]) -> None:
    why = "No radio is plugged in. Plug it into USB; this node keeps looking."
    node = SmallNode(
        status=replace(STATUS, name="", radio=RadioInfo(RADIO_SEARCHING, why), neighbours=0), people=[]
    )
    async with open_door(tmp_path, node) as door, screen(tmp_path, size, tier="unicode") as at:
        await visit(at, "first-home", sees="No radio")
        await visit(at, "first-chats", "c", sees="Nothing was written")
        await visit(at, "first-board", "enter", sees="Nothing was written")
        await at.press("escape")
        await visit(at, "first-people", "p", sees="Nobody heard yet")
        await door.close()
        await visit(at, "lost-people", sees="has ended")
        await visit(at, "lost-home", "escape", sees="has ended")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_first_start_and_what_one_chooses(tmp_path: Path, size: tuple[int, int]) -> None:
    node = SmallNode(status=replace(STATUS, name=""))
    async with open_door(tmp_path, node), screen(tmp_path, size, first=True, tier="unicode") as at:
        await visit(at, "welcome", sees="Your name:")
        await visit(at, "welcome-secret", "enter", sees="A passphrase now?")
        await at.press("enter")
        await visit(at, "settings", "s", sees="your name, as")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_message_is_picked(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_door(tmp_path, busy_node()), screen(tmp_path, size, tier="unicode") as at:
        await at.until("unread:")
        at.shell.open_chat("#here")
        await at.until("11:04 On our way.")
        await at.press("ctrl+e", "up")
        await at.until(
            lambda: (
                sum(line.rpartition("│")[2].startswith(">") for line in at.lines()) == 2
                and " again" in " ".join(at.text().split())
            )
        )
        await visit(at, "picked", sees="r reply")
        await at.press("escape", "ctrl+f")
        await at.write("hall")
        await visit(at, "found-here", "enter", sees="1 message with: hall")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_places_one_goes_to_now_and_then(tmp_path: Path, size: tuple[int, int]) -> None:
    node = busy_node()
    node.radio_log = [
        RadioEntry(
            number, DAY * 1000 + 4_000 * number, "in", f"POST FLOOD ttl={number}", "00" * 90, -90 + number
        )
        for number in range(1, 20)
    ]
    async with open_door(tmp_path, node), screen(tmp_path, size) as at:
        await at.until("unread:")
        await visit(at, "radio", "r", sees="ttl=19")
        await visit(at, "library", "escape", "i", sees="To read")
        await visit(at, "text", "enter", sees="Down more")
        await at.press("escape", "escape", "slash")
        await at.write("well")
        await visit(at, "search", "enter", sees="with: well")
