"""Small pictures in half blocks: PNG alone, read by ourselves, with everything it claims bounded. Pure.

Decoded in the process of the screen, only when somebody presses a key: the node never does it.
"""

import zlib
from dataclasses import dataclass
from itertools import pairwise

from tui.cells import Line
from tui.glyphs import Glyphs, spark
from tui.looks import pixel_look

PIXELS_MAX = 65_536
"""Larger ones are for a folder: a slow board would think about them for half a minute."""

_SIGN = b"\x89PNG\r\n\x1a\n"
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples of a pixel by colour type (ISO/IEC 15948, table 11.1)."""

UPPER = "\u2580"


@dataclass(frozen=True, slots=True)
class Picture:
    """Red, green and blue of each pixel, a byte each, row by row."""

    width: int
    height: int
    rgb: bytes


def read_png(data: bytes) -> Picture | None:
    """A PNG of eight bits a sample, not interlaced, of at most PIXELS_MAX; None for anything else."""
    try:
        return _read(data)
    except (ValueError, IndexError, KeyError, zlib.error):
        return None


def _read(data: bytes) -> Picture | None:
    if not data.startswith(_SIGN):
        return None
    head, palette, packed = b"", b"", b""
    at = len(_SIGN)
    while at + 8 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + length]
        head = body if kind == b"IHDR" and not head else head
        palette = body if kind == b"PLTE" else palette
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    width, height = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:8], "big")
    samples = _SAMPLES[head[9]]
    if head[8] != 8 or head[12] or not 0 < width * height <= PIXELS_MAX:
        return None
    stride = width * samples
    machine = zlib.decompressobj()
    raw = machine.decompress(packed, height * (stride + 1))
    if len(raw) != height * (stride + 1):
        return None
    return Picture(width, height, _coloured(_unfiltered(raw, stride, samples), head[9], samples, palette))


def _unfiltered(raw: bytes, stride: int, step: int) -> bytes:
    """The samples, each row's prediction undone (ISO/IEC 15948, clause 9)."""
    out = bytearray()
    above = bytes(stride)
    for start in range(0, len(raw), stride + 1):
        row = bytearray(raw[start + 1 : start + 1 + stride])
        _undo(raw[start], row, above, step)
        out += row
        above = bytes(row)
    return bytes(out)


def _undo(how: int, row: bytearray, above: bytes, step: int) -> None:
    if how > 4:
        raise ValueError(how)
    if not how:
        return
    for at in range(len(row)):
        left = row[at - step] if at >= step else 0
        up = above[at]
        corner = above[at - step] if at >= step else 0
        guess = (0, left, up, (left + up) // 2, 0)[how] if how < 4 else _nearest(left, up, corner)
        row[at] = (row[at] + guess) & 255


def _nearest(left: int, up: int, corner: int) -> int:
    """Paeth's predictor."""
    by = left + up - corner
    return min((left, up, corner), key=lambda one: abs(by - one))


def _coloured(samples: bytes, kind: int, step: int, palette: bytes) -> bytes:
    if kind == 2:
        return samples
    out = bytearray()
    for at in range(0, len(samples), step):
        if kind == 3:
            place = 3 * samples[at]
            if place + 3 > len(palette):
                raise ValueError(place)
            out += palette[place : place + 3]
        elif kind == 6:
            out += samples[at : at + 3]
        else:
            out += samples[at : at + 1] * 3
    return bytes(out)


def drawn(picture: Picture, size: tuple[int, int], glyphs: Glyphs, *, colours: bool = True) -> list[Line]:
    """The picture in so many columns and rows at the most, two pixels in each: upper and lower half.

    Where there are no halves or no colours, in shades of one.
    """
    columns, rows = size
    width = max(1, min(columns, picture.width, 2 * rows * picture.width // picture.height or 1))
    height = max(2, width * picture.height // picture.width)
    lines = []
    for y in range(0, height - height % 2, 2):
        upper, lower = (_row(picture, width, height, row) for row in (y, y + 1))
        pairs = list(zip(upper, lower, strict=True))
        if glyphs.half and colours:
            lines.append(((" ", ""), *((UPPER, pixel_look(one, two)) for one, two in pairs)))
        else:
            light = [one.bit_count() + two.bit_count() for one, two in pairs]
            lines.append(((f" {spark(light, 0, 6, glyphs.shade)}", ""),))
    return lines


def _row(picture: Picture, width: int, height: int, y: int) -> list[int]:
    """The nearest of the eight colours of each cell: a bit each for red, green and blue, dithered."""
    across = picture.height * y // height * picture.width
    starts = [picture.width * x // width for x in range(width + 1)]
    colours = []
    for x, (start, _) in enumerate(pairwise(starts)):
        at = 3 * (across + start)
        # Ordered dithering (Bayer, 2 x 2) keeps greys apart with eight colours.
        limit = (51, 153, 204, 102)[2 * (y & 1) + (x & 1)]
        red, green, blue = (int(value > limit) for value in picture.rgb[at : at + 3])
        colours.append(red | green << 1 | blue << 2)
    return colours
