"""The page of the radio: what it does, newest last, while one looks; and still when one reads."""

from dataclasses import replace
from pathlib import Path

from handheld.events import Person, RadioEntry
from tests.support.door import STATUS, SmallNode, open_door
from tests.support.screen import screen
from tui import radio
from tui.pages import page
from tui.reducer import people_read, reduce
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


async def test_the_keys_of_all_pages_lead_away_and_end_the_watch(tmp_path: Path) -> None:
    node = SmallNode(radio_log=[entry(1, "opened ESP32-S3", "state", None)])
    async with open_door(tmp_path, node) as door, screen(tmp_path) as at:
        await at.until("It works")
        for key, place in (("f", Place.FILES), ("p", Place.PEOPLE), ("ctrl+g", Place.ALERTS)):
            await at.press("h", "r")
            await at.until("opened ESP32-S3")
            await at.press(key)
            await at.until(lambda place=place: at.shell.view.place is place)  # type: ignore[misc]
            await at.until(lambda: at.shell.view.radio is None)
            made: list[RadioEntry] = []
            door.publish_radio(lambda made=made: made.append(entry(2)) or made[0])  # type: ignore[misc]
            assert made == []


async def test_a_command_asked_for_there_leads_back_to_the_log(tmp_path: Path) -> None:
    node = SmallNode(radio_log=[entry(1, "opened ESP32-S3", "state", None)])
    async with open_door(tmp_path, node) as door, screen(tmp_path) as at:
        await at.until("It works")
        await at.press("r")
        await at.until("opened ESP32-S3")
        await at.press("colon", "escape")
        await at.until("opened ESP32-S3")
        while "POST FLOOD ttl=8" not in at.text():
            door.publish_radio(lambda: entry(2, "POST FLOOD ttl=8"))  # it may not be watched again yet
            await at.pilot.pause(0.05)


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


def heard(key: str, hops: int | None, rssi: int | None, seconds: int, by: str = "radio") -> Person:
    return Person(key * 32, "", "unknown", "?", True, hops, rssi, seconds, beside=f"word-{key}", by=by)


def looking(tier: str) -> View:
    view = people_read(View(tier=tier, status=STATUS), [heard("a1", 1, -58, 5), heard("b2", 1, -71, 300)])
    view = people_read(view, [*(one.person for one in view.people or ()), heard("c3", 3, -97, 60)])
    frames = [
        replace(entry(number, rssi=-120 + 10 * number), data="00" * 25 * number, ms=DAY + 7000 * number)
        for number in range(1, 9)
    ]
    return radio.read(
        replace(view, place=Place.RADIO), [*frames, replace(entry(9, "up", "state", None), ms=DAY + 56_500)]
    )


def test_who_is_near_stands_as_a_tree_above_the_newest_lines() -> None:
    lines = drawn(looking("unicode"), 60, 16)
    assert lines[0].startswith(" Signal ▁▂▃▄▅▆▇█")
    assert lines[0].endswith("-110 to -40 dBm")
    assert lines[2:8] == [
        " you",
        " ├─ 1 hop",
        " │  ├─ ? word-a1                          -58 dBm, just now",
        " │  └─ ? word-b2                            -71 dBm, 5m ago",
        " └─ 3 hops",
        "    └─ ? word-c3                            -97 dBm, 1m ago",
    ]
    assert lines[-1].endswith("** up")
    plainly = drawn(looking("ascii"), 60, 16)
    assert plainly[0].startswith(" Signal .:-=+*#@")
    assert plainly[3] == " |- 1 hop"
    assert all(line.isascii() for line in plainly)


def test_the_air_is_drawn_by_how_long_frames_take() -> None:
    line = drawn(looking("unicode"), 60, 16)[1]
    # Six slots of 10 s up to 56 s; 25 to 200 bytes each, of which 250 take 1,200 us: 900 bytes in all.
    assert line.startswith(" On air ")
    assert line.endswith("0.0 %, 10 s each")
    slow = looking("unicode")
    assert slow.status is not None
    slow = replace(slow, status=replace(slow.status, radio=replace(slow.status.radio, airtime_us=1_000_000)))
    share = 100 * 1.0 * 900 / 250 / 60
    assert drawn(slow, 60, 16)[1].endswith(f"{share:.1f} %, 10 s each")


def test_few_rows_are_for_the_log_and_a_crowd_is_cut() -> None:
    assert drawn(looking("ascii"), 45, 8)[0].startswith(" 00:00")
    crowd = people_read(looking("ascii"), [heard(f"{number:02x}", 1, -60, 1) for number in range(60)])
    lines = drawn(crowd, 32, 12)
    assert any(line.endswith("lines more: p") for line in lines)
    assert lines[-1].endswith("** up")


def test_a_frame_that_claims_an_odd_time_draws_something() -> None:
    odd = [replace(entry(1), ms=-(10**15), data="0" * 9999), replace(entry(2), ms=10**15), entry(3)]
    assert drawn(radio.read(View(place=Place.RADIO, status=STATUS), odd), 40, 12)
