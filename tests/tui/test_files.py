"""Files on the screen: listed, shared after their cost is told, looked into, written out, forgotten."""

import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from handheld.commands import ForgetFile, GetFile, PauseFile, Share, WhoHas
from handheld.errors import Refused
from handheld.events import FileChanged
from tests.support.door import SmallNode, file, open_door
from tests.support.screen import screen
from tests.support.store import small_disk
from tests.tui.test_flows import asked
from tests.tui.test_snapshots import SIZES, visit
from tui import filing
from tui.glyphs import UNICODE
from tui.picture import PIXELS_MAX, Picture, drawn, read_png
from tui.state import Place


def png(
    width: int,
    height: int,
    kind: int,
    rows: list[bytes],
    palette: bytes = b"",
    depth: int = 8,
    woven: int = 0,
) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, woven)
    parts = [chunk(b"IHDR", head), chunk(b"PLTE", palette) if palette else b""]
    return (
        b"\x89PNG\r\n\x1a\n"
        + b"".join(parts)
        + chunk(b"IDAT", zlib.compress(b"".join(rows)))
        + chunk(b"IEND", b"")
    )


FLAG = png(2, 2, 2, [b"\0\xff\0\0\0\xff\0", b"\0\0\0\xff\xff\xff\xff"])


def some_files() -> SmallNode:
    node = SmallNode()
    node.files = [
        file("0a0a0a0a0a0a", name="list of everybody at the school.txt", size=2_100, own=True),
        file("0b0b0b0b0b0b", state="coming", have=20, wait_s=200),
        file("0c0c0c0c0c0c", name="notes.txt", size=300, board="", room="kitchen", state="paused", have=3),
    ]
    return node


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_list_and_one_file(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_door(tmp_path, some_files()) as door, screen(tmp_path, size) as at:
        await at.until("It works")
        await visit(at, "files", "f", sees="27 %")
        await at.press("down")
        door.publish(FileChanged(file("0b0b0b0b0b0b", state="coming", have=40, wait_s=90)))
        await visit(at, "file", "enter", sees="54 %")


async def test_who_has_a_file_is_asked_for_and_shown(tmp_path: Path) -> None:
    node = some_files()
    async with open_door(tmp_path, node) as door, screen(tmp_path, (53, 20)) as at:
        await at.until("It works")
        await visit(at, "files", "f", sees="27 %")
        await at.press("enter", "o")
        await at.until(lambda: WhoHas("0c0c0c0c0c0c") in node.asked)
        mine = replace(node.files[2], lacked=3)
        door.publish(FileChanged(replace(mine, has=[mine.author], lacks=[mine.author, mine.author])))
        await at.until("Have it 1: ")
        await at.until("Lack    2: ")
        await at.until("somebody lacks 3 of")
        door.publish(FileChanged(replace(mine, has=[mine.author])))
        await at.until("Have it 1: ")
        await at.until(lambda: "somebody lacks" not in at.text())
        door.publish(FileChanged(replace(mine, state="coming", wait_s=9, quiet_s=600)))
        await at.until("nobody near sends it, for 10 min")


async def test_nobody_has_shared_anything(tmp_path: Path) -> None:
    async with open_door(tmp_path, SmallNode()), screen(tmp_path) as at:
        await at.until("It works")
        await at.press("f")
        await at.until("No files yet.")
        await at.press("enter", "g", "x", "v", "w", "d")
        assert at.shell.view.place is Place.FILES
        assert at.shell.view.question is None


async def test_a_file_is_shared_when_its_cost_was_seen(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("It works")
        for answer, to in (("n", "&kitchen"), ("y", ""), ("y", "&kitchen"), ("y", "Bob")):
            await at.press("f", "s")
            await at.until("File: ")
            await at.press("ctrl+u")
            at.shell.composer.take("/maps/map.png")
            await at.press("enter")
            await at.until("To #board")
            if to:
                await at.press("ctrl+u")
                at.shell.composer.take(to)
            await at.press("enter")
            await at.until("16 KB: 3 s or more by LoRa, 11 % of your hour's air time.")
            await at.press(answer)
            if answer == "n":
                await at.until("Nothing was shared.")
        await at.until(lambda: len(asked(node, Share)) == 3)
    assert asked(node, Share) == [
        Share("/maps/map.png", board="#here"),
        Share("/maps/map.png", room="kitchen"),
        Share("/maps/map.png", who="Bob"),
    ]


async def test_on_slow_air_a_yes_is_asked_for(tmp_path: Path) -> None:
    node = some_files()
    node.slow = True
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("It works")
        await at.press("f")
        await at.until("notes.txt")
        await at.press("g")
        await at.until("slow air. All the same? y yes")
        await at.press("enter")
        await at.until("It waits for a fast radio, or for g and y.")
        await at.until("waits  ")
        await at.press("enter")
        await at.until("slow: waits for a fast radio")
        await at.press("g")
        await at.until("slow air. All the same? y yes")
        await at.press("y")
        await at.until(lambda: "slow: waits" not in at.text())
        await at.press("s")
        await at.until("File: ")
        await at.press("ctrl+u")
        at.shell.composer.take("/maps/map.png")
        await at.press("enter")
        await at.until("To #board")
        await at.press("enter")
        await at.until("Share with #here?")
        await at.press("y")
        await at.until(lambda: asked(node, Share))
    assert asked(node, GetFile) == [GetFile("0c0c0c0c0c0c", yes=yes) for yes in (False, False, True)]
    assert asked(node, Share) == [Share("/maps/map.png", board="#here", yes=True)]


async def test_a_file_is_asked_for_paused_and_forgotten(tmp_path: Path) -> None:
    node = some_files()
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("It works")
        await at.press("f")
        await at.until("notes.txt")
        await at.press("g", "x", "d")
        await at.until('Forget "notes.txt"?')
        await at.press("n")
        await at.press("d", "y")
        await at.until("g fetches it again")
        await at.until("absent")
        await at.press("enter")
        await at.until("not here: g fetches it again")
        await at.press("escape", "d")
        await at.until('Take from the list "notes.txt"?')
        await at.press("y")
        await at.until(lambda: "notes.txt" not in at.text())
    assert asked(node, GetFile) == [GetFile("0c0c0c0c0c0c")]
    assert asked(node, PauseFile) == [PauseFile("0c0c0c0c0c0c")]
    assert asked(node, ForgetFile) == [ForgetFile("0c0c0c0c0c0c")] * 2


async def test_texts_and_small_pictures_are_seen_after_a_key(tmp_path: Path) -> None:
    node = some_files()
    node.has_file("0a0a0a0a0a0a", look="text")
    node.has_file("0b0b0b0b0b0b", look="png", width=2, height=2)
    node.has_file("0c0c0c0c0c0c", look="other")
    node.contents = {"0a0a0a0a0a0a": b"Soup at \x1b[2Jseven\n" * 9, "0b0b0b0b0b0b": FLAG}
    async with open_door(tmp_path, node), screen(tmp_path, tier="unicode") as at:
        await at.until("It works")
        await at.press("f", "enter")
        await at.until("Looks   other")
        await at.press("v")
        await at.until("A file of the kind other is not shown here.")
        await at.press("escape", "down", "enter", "v")
        await at.until(" \u2580\u2580")
        await at.press("escape", "down", "enter")
        assert "Soup" not in at.text()
        await at.press("v")
        await at.until("Soup at [2Jseven")
        await at.press("d", "y")
        await at.until("absent")
        await at.press("enter")
        await at.until("not here: g fetches it again")
        assert "Soup" not in at.text()


async def test_a_file_is_written_into_a_folder_and_replaces_nothing(tmp_path: Path) -> None:
    node = some_files()
    node.contents = {one.id: FLAG for one in node.files}
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("It works")
        for says in ("Written:", "there already."):
            await at.press("f", "w")
            await at.until("Into the folder: ")
            await at.press("ctrl+u")
            at.shell.composer.take(str(tmp_path))
            await at.press("enter")
            # Where its lines end depends on how long the name of the folder is.
            await at.until(lambda says=says: says in " ".join(at.text().split()))
    assert (tmp_path / "map.png").read_bytes() == FLAG
    assert (tmp_path / "map.png").stat().st_mode & 0o777 == 0o600


def test_a_full_disk_leaves_no_half_of_a_file(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 64) as disk:
        with pytest.raises(Refused, match="Nothing was left there"):
            filing._put(disk / "map.png", bytes(100_000))
        assert list(disk.iterdir()) == []


def rgb(picture: Picture | None) -> list[int]:
    assert picture is not None
    return list(picture.rgb)


def test_every_filter_of_a_png_is_undone() -> None:
    row = bytes([10, 20, 30, 40])
    rows = [
        b"\0" + row,
        b"\1" + bytes([10, 10, 10, 10]),
        b"\2" + bytes(4),
        b"\3" + bytes([5, 5, 5, 5]),
        b"\4" + bytes(4),
    ]
    grey = rgb(read_png(png(4, 5, 0, rows)))[::3]

    assert grey[:12] == [*row, *row, *row]
    assert grey[12:16] == [10, 20, 30, 40]
    assert grey[16:] == [10, 20, 30, 40]


def test_every_kind_of_colour() -> None:
    assert rgb(read_png(png(1, 1, 3, [b"\0\1"], palette=b"\1\2\3\4\5\6"))) == [4, 5, 6]
    assert rgb(read_png(png(1, 1, 4, [b"\0\x07\xff"]))) == [7, 7, 7]
    assert rgb(read_png(png(1, 1, 6, [b"\0\1\2\3\xff"]))) == [1, 2, 3]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        FLAG[:-30],
        png(2, 2, 2, [b"\0" * 7]),
        png(1, 1, 3, [b"\0\1"], palette=b"\1\2\3"),
        png(1, 1, 0, [b"\5\0"]),
        png(1, 1, 5, [b"\0\0"]),
        png(1, 1, 0, [b"\0\0"], depth=16),
        png(1, 1, 0, [b"\0\0"], woven=1),
        png(PIXELS_MAX, 2, 0, [b"\0"]),
        png(0, 1, 0, [b"\0"]),
    ],
)
def test_what_is_no_small_png_is_not_drawn(data: bytes) -> None:
    assert read_png(data) is None


def test_a_picture_keeps_its_shape() -> None:
    wide = drawn(Picture(100, 50, bytes(15_000)), (40, 20), UNICODE)
    high = drawn(Picture(50, 100, bytes(15_000)), (40, 10), UNICODE)

    assert (len(wide[0]) - 1, len(wide)) == (40, 10)
    assert (len(high[0]) - 1, len(high)) == (10, 10)


async def test_tab_completes_the_path_and_lists_what_there_is(tmp_path: Path) -> None:
    for name in ("map.png", "market.txt", ".hidden", "marsh"):
        (tmp_path / name).touch()
    (tmp_path / "photos").mkdir()
    async with open_door(tmp_path, SmallNode()), screen(tmp_path) as at:
        await at.until("It works")
        await at.press("f", "s")
        at.shell.composer.take(f"{tmp_path}/")
        await at.press("tab")
        await at.until("api.sock, map.png, market.txt, marsh, photos/")
        await at.write("mar")
        await at.press("tab")
        await at.until("market.txt, marsh")
        await at.write("k")
        await at.press("tab")
        assert at.shell.composer.text.endswith("/market.txt")
        await at.press("ctrl+u")
        at.shell.composer.take("/no/such/")
        await at.press("tab")
        await at.until("No such file or directory.")
        await at.press("ctrl+u")
        at.shell.composer.take("~nobody-of-that-name/x")
        await at.press("tab")
        await at.until("Nobody has that home.")
        await at.press("enter")
        await at.until("Nobody has that home.")
        assert at.shell.view.question is None
