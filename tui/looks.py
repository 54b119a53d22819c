"""How a span looks. Attributes first and the eight old colours at most: a console has no more.

Nothing is told by a look alone: each has a word or a sign beside it.
"""

from rich.style import Style

LOOKS: dict[str, Style] = {
    "": Style(),
    "strong": Style(bold=True),
    "quiet": Style(dim=True),
    "bar": Style(reverse=True),
    "bar strong": Style(reverse=True, bold=True),
    "chosen": Style(reverse=True),
    "good": Style(bold=True, color="green"),
    "alarm": Style(reverse=True, bold=True, color="red"),
    "bad": Style(bold=True, color="red"),
    "note": Style(bold=True, color="yellow"),
    "name": Style(bold=True, color="cyan"),
    "own": Style(bold=True, color="green"),
}


_EIGHT = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


def pixel_look(upper: int, lower: int) -> str:
    """The look of half a block, its upper and its lower half in one of eight colours each."""
    name = f"pixel {upper}{lower}"
    if name not in LOOKS:
        LOOKS[name] = Style(color=_EIGHT[upper], bgcolor=_EIGHT[lower])
    return name
