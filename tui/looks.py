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


_MONO = {name: style.without_color for name, style in LOOKS.items()} | {
    "good": Style(bold=True),
    "alarm": Style(reverse=True, bold=True),
    "bad": Style(bold=True, underline=True),
    "note": Style(bold=True),
    "name": Style(bold=True),
    "own": Style(bold=True),
}

_CONTRAST = LOOKS | {
    "": Style(bold=True, color="white", bgcolor="black"),
    "strong": Style(bold=True, color="yellow", bgcolor="black"),
    "quiet": Style(color="white", bgcolor="black"),
    "bar": Style(bold=True, color="black", bgcolor="yellow"),
    "bar strong": Style(bold=True, color="black", bgcolor="yellow"),
    "chosen": Style(bold=True, color="black", bgcolor="white"),
}


_CONSOLE = LOOKS | {"quiet": Style(color="cyan")}
"""Eight colours and bold: consoles draw what is dim as another colour, or not at all."""


def _on(front: str, back: str) -> dict[str, Style]:
    """The plain looks on a ground of their own, where the terminal's would not do."""
    ground = Style(color=front, bgcolor=back)
    darker = {"yellow": "magenta", "cyan": "blue"} if back == "white" else {}
    found = {}
    for name, style in LOOKS.items():
        colour = style.color.name if style.color is not None else front
        found[name] = ground + style + Style(color=darker.get(colour, colour))
    return found


THEMES: dict[str, dict[str, Style]] = {
    "plain": LOOKS,
    "dark": _on("white", "black"),
    "light": _on("black", "white"),
    "contrast": _CONTRAST,
    "console": _CONSOLE,
    "mono": _MONO,
}
"""Looks by the setting `theme`; "plain" and "console" have the terminal's own ground."""

_EIGHT = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


def pixel_look(upper: int, lower: int) -> str:
    """The look of half a block, its upper and its lower half in one of eight colours each: in every theme."""
    name = f"pixel {upper}{lower}"
    if name not in LOOKS:
        style = Style(color=_EIGHT[upper], bgcolor=_EIGHT[lower])
        for looks in THEMES.values():
            looks[name] = style
    return name
