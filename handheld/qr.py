"""QR codes in half-block characters, for a terminal of 40 columns and 15 lines."""

from __future__ import annotations

_DARK = {(False, False): " ", (True, False): "\u2580", (False, True): "\u2584", (True, True): "\u2588"}
_LIGHT = str.maketrans(" \u2580\u2584\u2588", "\u2588\u2584\u2580 ")
_QUIET = 2


def drawn(text: str) -> list[str]:
    """The code of at most 77 letters and digits, its dark modules drawn, without a border."""
    import segno  # noqa: PLC0415  # a tenth of a second on a slow board

    code = segno.make(text, error="l", boost_error=False, micro=False)
    rows = [[bool(module) for module in row] for row in code.matrix]
    rows += [[False] * len(rows[0])] * (len(rows) % 2)
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return ["".join(_DARK[pair] for pair in zip(upper, lower, strict=True)) for upper, lower in pairs]


def fitted(code: list[str], columns: int, lines: int) -> list[str]:
    """The code as light characters on a dark screen show it best in so many columns and lines.

    With room for a border of two modules it is dark on light, as printed ones are. Without, it is light on
    dark: the dark screen around it is its border then, and cameras read both.
    """
    width = len(code[0]) + 2 * _QUIET
    if columns < width or lines < len(code) + _QUIET:
        return code
    side, blank = "\u2588" * _QUIET, "\u2588" * width
    return [blank, *(f"{side}{row.translate(_LIGHT)}{side}" for row in code), blank]
