"""What is drawn, as plain text, at three sizes.

UPDATE_SNAPSHOTS=1 in the environment writes the files anew: then read the diff.
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from handheld.events import RADIO_SEARCHING, Meeting, Person, RadioInfo
from tests.support.door import BOB, CAI, STATUS, WORDS, SmallNode, message, open_door
from tests.support.screen import Screen, screen

SNAPSHOTS = Path(__file__).parent / "snapshots"
SIZES = [(40, 15), (53, 20), (80, 24)]
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
    await at.press(*keys)
    await at.until(sees)
    await at.pilot.pause()
    width, height = at.shell.size
    compare(f"{name}-{width}x{height}", at.text())


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_busy_day(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_door(tmp_path, busy_node()), screen(tmp_path, size, tier="unicode") as at:
        await visit(at, "home", sees="unread")
        await visit(at, "chats", "c", sees="Enter open")
        await visit(at, "private", "enter", sees="Yes, and well.")
        await visit(at, "board", "tab", sees="On our way.")
        await visit(at, "people", "escape", "p", sees="Enter write")
        await visit(at, "name", "n", sees="Name for")
        await visit(at, "help", "escape", "question_mark", sees="Boards, such as")
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
        await visit(at, "first-chats", "c", sees="say hello")
        await visit(at, "first-board", "enter", sees="Nothing was written")
        await at.press("escape")
        await visit(at, "first-people", "p", sees="Nobody heard yet")
        await door.close()
        await visit(at, "lost-people", sees="has ended")
        await visit(at, "lost-home", "escape", sees="has ended")


@pytest.mark.parametrize("size", [(32, 12), *SIZES], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_first_start_and_what_one_chooses(tmp_path: Path, size: tuple[int, int]) -> None:
    node = SmallNode(status=replace(STATUS, name=""))
    async with open_door(tmp_path, node), screen(tmp_path, size, first=True, tier="unicode") as at:
        await visit(at, "welcome", sees="Your name:")
        await visit(at, "welcome-secret", "enter", sees="A passphrase now?")
        await at.press("enter")
        await visit(at, "settings", "s", sees="your name, as")


@pytest.mark.parametrize("size", [(32, 12), *SIZES], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_message_is_picked(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_door(tmp_path, busy_node()), screen(tmp_path, size, tier="unicode") as at:
        await at.until("unread:")
        at.shell.open_chat("#here")
        await at.until("On our way.")
        await at.press("ctrl+e", "up")
        await at.until(lambda: at.text().count("\n>") == 2 and " again" in " ".join(at.text().split()))
        await visit(at, "picked", sees="r reply")
        await at.press("escape", "ctrl+f")
        await at.write("hall")
        await visit(at, "found-here", "enter", sees="1 message with: hall")
