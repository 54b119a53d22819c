"""The page of the radio: what it does, newest last, while one looks; and still when one reads."""

from dataclasses import replace
from pathlib import Path

from handheld.events import RadioEntry
from tests.support.door import SmallNode, open_door
from tests.support.screen import screen
from tui import radio
from tui.pages import page
from tui.reducer import reduce
from tui.state import Place, View

DAY = 86_400_000


def entry(number: int, say: str = "", what: str = "in", rssi: int | None = -70) -> RadioEntry:
    return RadioEntry(number, DAY + 1000 * number, what, say or f"ACK FLOOD ttl={number}", "", rssi)


def drawn(view: View, columns: int = 60, rows: int = 5) -> list[str]:
    lines, _, _ = page(view, (columns, rows), 0)
    return ["".join(text for text, _ in line).rstrip() for line in lines]


def test_the_newest_line_is_in_sight_unless_it_is_held() -> None:
    view = radio.read(View(place=Place.RADIO), [entry(number) for number in range(1, 21)])

    assert drawn(view)[-1] == " 00:00:20 -> -70 ACK FLOOD ttl=20"
    assert drawn(reduce(view, entry(21, "up", "state", None)))[-1] == " 00:00:21 ** up"
    assert drawn(replace(view, held=True))[0] == " 00:00:01 -> -70 ACK FLOOD ttl=1"


def test_a_long_line_is_wrapped_under_itself_and_strangers_draw_nothing() -> None:
    view = radio.read(View(place=Place.RADIO), [entry(1, "word " * 20 + "\x1b[2Jend", "line", None)])

    lines = drawn(view, 40)
    assert lines[0].startswith(" 00:00:01    word word")
    assert lines[1].startswith("             word")
    assert "\x1b" not in "".join(lines)


def test_it_is_bounded_tells_nothing_twice_and_nothing_to_nobody() -> None:
    view = radio.read(View(place=Place.RADIO), [entry(number) for number in range(1, 400)])
    assert view.radio is not None
    assert len(view.radio) == radio.KEPT
    assert reduce(view, entry(399)) is view
    assert len(reduce(view, entry(400)).radio or ()) == radio.KEPT
    elsewhere = replace(view, place=Place.HOME)
    assert reduce(elsewhere, entry(400)) is elsewhere
    assert reduce(View(place=Place.RADIO), entry(1)).radio is None


async def test_one_looks_holds_and_leaves(tmp_path: Path) -> None:
    node = SmallNode(radio_log=[entry(1, "opened ESP32-S3", "state", None)])
    async with open_door(tmp_path, node) as door, screen(tmp_path) as at:
        await at.until("It works")
        await at.press("r")
        await at.until("opened ESP32-S3")
        door.publish_radio(lambda: entry(2, "POST FLOOD ttl=8"))
        await at.until("POST FLOOD ttl=8")
        await at.press("space")
        await at.until(lambda: at.shell.view.held)
        await at.press("escape")
        await at.until("It works")
        await at.until(lambda: at.shell.view.radio is None)
        made: list[RadioEntry] = []
        door.publish_radio(lambda: made.append(entry(3)) or made[0])  # type: ignore[func-returns-value]
        assert made == []  # nobody watches any more, so it is not even made


async def test_without_anything_it_says_so(tmp_path: Path) -> None:
    async with open_door(tmp_path, SmallNode()), screen(tmp_path) as at:
        await at.until("It works")
        await at.press("r")
        await at.until("Nothing yet. What the radio hears")


async def test_it_goes_on_when_the_node_comes_back(tmp_path: Path) -> None:
    node = SmallNode(radio_log=[entry(1, "first node", "state", None)])
    async with screen(tmp_path) as at:
        async with open_door(tmp_path, node):
            await at.until("It works")
            await at.press("r")
            await at.until("first node")
        await at.until("node")
        again = SmallNode(radio_log=[entry(1, "second node", "state", None)])
        async with open_door(tmp_path, again) as door:
            await at.until("second node")
            door.publish_radio(lambda: entry(2, "ACK FLOOD ttl=3"))
            await at.until("ACK FLOOD ttl=3")
