"""Pictures as the screen and the command line draw them. The node never decodes one.

A small plain PNG is read here, by `tui/picture.py`. Everything else is given to Pillow in a process of its
own, `tui/decoder.py`, which is held to little memory and time, and believed no further than its length.
"""

import asyncio
import contextlib
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import cast

from handheld.errors import Refused
from tui import decoder
from tui.cells import Line
from tui.decoder import NO_PILLOW, SIDE
from tui.glyphs import TIERS, tier
from tui.looks import LOOKS
from tui.picture import Picture, drawn, read_png

KINDS = frozenset({"png", "jpeg"})
"""What `FileInfo.look` says of what can be drawn."""

PATIENCE_S = 40.0
"""So long may it take on a slow board that does other things; the decoder's own 20 s of work end first."""

_ANSWER_MAX = 4 + 3 * SIDE * SIDE


async def picture_of(data: bytes, width: int, height: int, program: str = decoder.__file__) -> Picture:
    """The picture in these bytes, of which a look said this size (0: it found none). Refused says why not."""
    if width * height > decoder.PIXELS_MAX:
        raise Refused(f"This picture is too large to be shown here: {width} x {height}.")
    return read_png(data) or await _decoded(data, program)


def printed(picture: Picture, size: tuple[int, int], environment: Mapping[str, str]) -> str:
    """The lines of a picture for a terminal of so many columns and rows, with what colours it."""
    coloured = not environment.get("NO_COLOR")
    lines = drawn(picture, size, TIERS[tier(environment)], colours=coloured)
    return "\n".join("".join(_runs(line)) for line in lines)


def _runs(line: Line) -> Iterator[str]:
    """Neighbours of one look at once: a serial line takes long for each colour."""
    for look, run in groupby(line, key=lambda span: span[1]):
        yield LOOKS[look].render("".join(text for text, _ in run))


async def _decoded(data: bytes, program: str) -> Picture:
    try:
        # Neither our environment nor our folder: there may be something in them that matters.
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-E", "-P", program, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}, cwd="/"
        )
    except OSError as error:
        raise Refused(f"No program can be started that draws it: {error.strerror}.") from None
    try:
        async with asyncio.timeout(PATIENCE_S):
            answer = await _answer(process, data)
            code = await process.wait() if len(answer) <= _ANSWER_MAX else 1
    except TimeoutError:
        raise Refused("This picture takes too long to be drawn.") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if code == NO_PILLOW:
        raise Refused("Drawing it takes Pillow, which is not installed: sudo apt install python3-pil.")
    return _read(answer if code == 0 else b"")


async def _answer(process: Process, data: bytes) -> bytes:
    """What it says, and at most one piece more than it may."""
    writer, reader = cast("StreamWriter", process.stdin), cast("StreamReader", process.stdout)
    with contextlib.suppress(ConnectionError):
        writer.write(data)
        await writer.drain()
    writer.close()
    answer = b""
    while len(answer) <= _ANSWER_MAX and (piece := await reader.read(_ANSWER_MAX)):
        answer += piece
    return answer


def _read(answer: bytes) -> Picture:
    width, height = int.from_bytes(answer[:2], "big"), int.from_bytes(answer[2:4], "big")
    fits = 0 < width <= SIDE and 0 < height <= SIDE and len(answer) == 4 + 3 * width * height
    if not fits:
        raise Refused("This picture cannot be read: it is damaged, or of a kind that is not drawn here.")
    return Picture(width, height, answer[4:])
