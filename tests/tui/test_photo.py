"""Photos that others share: decoded in a process of its own, whatever they are."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from handheld.errors import Refused
from tests.support.door import SmallNode, open_door
from tests.support.photos import claiming, flag, jpeg, saved, turned
from tests.support.screen import screen
from tests.support.tools import missing
from tests.tui.test_files import some_files
from tui import decoder, photo
from tui.decoder import PIXELS_MAX, SIDE
from tui.photo import picture_of, printed
from tui.picture import Picture

pytest.importorskip("PIL")

RED, BLUE = (254, 0, 0), (0, 0, 254)


def corners(picture: Picture) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The first and the last pixel."""
    return tuple(picture.rgb[:3]), tuple(picture.rgb[-3:])


def near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 20 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    "data",
    [
        jpeg(),
        jpeg(progressive=True),
        jpeg(comment=b"[@click=app.quit]hi[/]"),
        jpeg(3_264, 2_040, quality=20),
        saved(flag(1_600, 1_000), "PNG"),
        saved(flag(400, 250).convert("RGBA"), "PNG"),
        saved(flag(400, 250).quantize(2), "PNG"),
        saved(flag(), "MPO", save_all=True, append_images=[flag()]),
    ],
    ids=["plain", "progressive", "comment", "phone", "png", "alpha", "palette", "two in one"],
)
async def test_a_photo_comes_small_and_in_its_colours(data: bytes) -> None:
    picture = await picture_of(data, 0, 0)

    assert (picture.width, picture.height) == (SIDE, SIDE * 200 // 320)
    first, last = corners(picture)
    assert near(first, RED)
    assert near(last, BLUE)


async def test_grey_and_printers_colours() -> None:
    grey = await picture_of(saved(flag().convert("L")), 0, 0)
    cmyk = await picture_of(saved(flag().convert("CMYK")), 0, 0)

    assert len(set(corners(grey)[0])) == 1
    assert near(corners(cmyk)[0], RED)
    assert near(corners(cmyk)[1], BLUE)


@pytest.mark.parametrize(
    ("orientation", "upright", "first"), [(1, False, RED), (3, False, BLUE), (6, True, BLUE), (8, True, RED)]
)
async def test_a_phone_held_another_way(orientation: int, upright: bool, first: tuple[int, ...]) -> None:
    picture = await picture_of(turned(orientation), 0, 0)

    assert (picture.height > picture.width) == upright
    assert near(corners(picture)[0], first)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"\xff\xd8\xff" + bytes(100),
        jpeg()[:400],
        jpeg()[:-60],
        claiming(jpeg(), 65_535, 65_535),
        claiming(jpeg(), 4_097, 4_096),
        claiming(jpeg(), 0, 4_096),
        saved(flag(), "GIF"),
        saved(flag(), "TIFF"),
        saved(flag(), "PNG")[:200],
    ],
    ids=[
        "empty", "gif", "zeros", "cut early", "cut late", "huge", "just too large", "no width", "a gif",
        "a tiff", "half a png",
    ],
)  # fmt: skip
async def test_what_cannot_be_read_is_said_in_a_sentence(data: bytes) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        await picture_of(data, 0, 0)


async def test_too_large_is_said_before_anything_is_started() -> None:
    with pytest.raises(Refused, match="too large to be shown here: 65535 x 65535"):
        await picture_of(jpeg(), 65_535, 65_535, "/no/such/program")


async def test_a_bomb_is_decoded_in_the_memory_it_has() -> None:
    # 16 million flat pixels in few bytes: the most that is allowed, progressive, which takes the most.
    bomb = saved(flag(4_096, PIXELS_MAX // 4_096), "JPEG", progressive=True, quality=1)

    picture = await picture_of(bomb, 0, 0)

    assert near(corners(picture)[0], RED)


async def played(folder: Path, program: str) -> Picture:
    """What comes of a decoder that does this."""
    path = folder / "decoder.py"
    path.write_text(f"import os, sys, time\nout = sys.stdout.buffer\n{program}\n")
    return await picture_of(jpeg(), 0, 0, str(path))


@pytest.mark.parametrize(
    "program",
    [
        "os.abort()",
        "out.write(b'')",
        "sys.stdin.buffer.read(); out.write(b'\\0\\2\\0\\2' + bytes(11))",
        "out.write(b'\\xff\\xff\\xff\\xff' + bytes(999))",
        "while True: out.write(bytes(65536))",
        "out.write(b'\\0\\1\\0\\1abc'); out.flush(); sys.exit(1)",
    ],
)
async def test_a_decoder_that_dies_or_lies_is_not_believed(tmp_path: Path, program: str) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        await played(tmp_path, program)


async def test_a_decoder_that_hangs_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo, "PATIENCE_S", 0.2)
    with pytest.raises(Refused, match="takes too long"):
        await played(tmp_path, "time.sleep(600)")


async def test_a_screen_that_ends_takes_its_decoder_along(tmp_path: Path) -> None:
    number = tmp_path / "pid"
    task = asyncio.create_task(
        played(tmp_path, f"open({str(number) + '~'!r}, 'w').write(str(os.getpid()))\n"
               f"os.rename({str(number) + '~'!r}, {str(number)!r})\ntime.sleep(600)")
    )  # fmt: skip
    while not number.exists():  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(int(number.read_text()), 0)


async def test_without_pillow_it_is_said_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="sudo apt install python3-pil"):
        await played(tmp_path, f"sys.exit({decoder.NO_PILLOW})")


def test_the_decoder_says_that_it_lacks_pillow() -> None:
    # Without the packages of this environment there is none.
    ended = subprocess.run(
        [sys.executable, "-I", "-S", decoder.__file__], input=jpeg(), capture_output=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (decoder.NO_PILLOW, b"")


def test_a_decoder_that_was_taken_over_opens_and_starts_nothing(tmp_path: Path) -> None:
    target = tmp_path / "written"
    program = f"""
import json, os, socket, sys
sys.path.insert(0, {str(Path(decoder.__file__).parent)!r})
import decoder
def small(data):
    said = []
    for attempt in (lambda: open({str(target)!r}, "w"), lambda: open("/etc/passwd"), socket.socket, os.pipe,
                    lambda: os.dup(0), lambda: bytearray(400 << 20)):
        try:
            attempt()
            said.append("done")
        except (OSError, MemoryError) as error:
            said.append(type(error).__name__)
    return json.dumps(said).encode()
decoder.small = small
sys.exit(decoder.main())
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], input=jpeg(), capture_output=True, check=True, env={}
    )
    *opened, grown = json.loads(ended.stdout)
    assert opened == ["OSError"] * 5
    assert not target.exists()
    if not memory_can_be_limited():
        missing("a program's memory has no limit here (one of qemu's user mode)")
    assert grown == "MemoryError"


def memory_can_be_limited() -> bool:
    """Whether RLIMIT_AS means anything: under qemu's user mode it does not."""
    asked = "import resource as r; r.setrlimit(r.RLIMIT_AS, (1 << 28, 1 << 28)); bytearray(400 << 20)"
    return bool(subprocess.run([sys.executable, "-c", asked], capture_output=True, check=False).returncode)


def test_a_picture_is_printed_in_colours_or_in_shades() -> None:
    picture = Picture(2, 2, bytes((255, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 255)))
    utf = {"TERM": "xterm", "LANG": "C.UTF-8"}

    assert printed(picture, (40, 10), utf) == " \x1b[31;44m\u2580\u2580\x1b[0m"
    assert printed(picture, (40, 10), utf | {"NO_COLOR": "1"}) == " \u2591\u2591"
    assert printed(picture, (40, 10), {"TERM": "vt100"}) == " ::"


@pytest.mark.parametrize("colours", [True, False])
async def test_a_photo_is_drawn_after_a_key(tmp_path: Path, colours: bool) -> None:
    node = some_files()
    node.has_file("0c0c0c0c0c0c", name="[@click=app.quit]soup[/].png", look="jpeg", width=320, height=200)
    node.contents = {"0c0c0c0c0c0c": jpeg(320, 200, quality=10)}
    async with open_door(tmp_path, node), screen(tmp_path, tier="unicode", colours=colours) as at:
        await at.until("It works")
        await at.press("f", "enter")
        await at.until("jpeg 320 x 200")
        assert "[@click=app.quit]soup[/].png" in at.text()
        assert "\u2580" not in at.text()
        await at.press("v")
        await at.until(" " + ("\u2580" if colours else "\u2591") * 20)


async def test_a_photo_that_is_none_is_for_a_folder(tmp_path: Path) -> None:
    node: SmallNode = some_files()
    node.has_file("0c0c0c0c0c0c", name="photo.jpg", look="jpeg", width=320, height=200)
    node.contents = {"0c0c0c0c0c0c": jpeg()[:300]}
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("It works")
        await at.press("f", "enter", "v")
        await at.until("This picture cannot be read:")
        await at.until("w writes it into a folder.")
