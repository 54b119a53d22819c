"""The signs that are drawn, in three tiers: ASCII, what console fonts have, and Unicode. Pure.

The console tier keeps to what the kernel's own font (code page 437) and the Lat15, Lat2, Uni1 and Uni2 fonts
of Debian's console-setup all have; none of those has a check mark, eighths of blocks or braille.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Glyphs(NamedTuple):
    """One tier. Each sign takes one cell, those of the tree two or three.

    `states`: by the state of an own message, each told apart from all others. `ramp`: from little to much;
    `tree`: (a branch, the last branch, beside what hangs below, below the last). `shade`: from dark
    to light; `half`: whether there are half blocks, with which codes for cameras and pictures are drawn.
    """

    rule: str
    dash: str
    states: Mapping[str, str]
    ramp: str
    shade: str
    tree: tuple[str, str, str, str]
    half: bool


_STATES = ("queued", "waiting", "aired", "unheard", "unanswered", "carried", "delivered", "read", "failed")


def _states(signs: str) -> dict[str, str]:
    return dict(zip(_STATES, signs, strict=True))


ASCII = Glyphs("|", "--", _states(".:>-?+*#!"), ".:-=+*#@", " .:-=+*#@", ("|-", "`-", "| ", "  "), half=False)

CONSOLE = Glyphs("│", "──", _states("·°→-?+■♦!"), "·░▒█", " ░▒█", ("├─", "└─", "│ ", "  "), half=False)

UNICODE = Glyphs("│", "──", _states("·…→∅?+✓◆!"), "▁▂▃▄▅▆▇█", " ░▒▓█", ("├─", "└─", "│ ", "  "), half=True)

TIERS = {"ascii": ASCII, "console": CONSOLE, "unicode": UNICODE}
"""By the setting `glyphs`, where that is not "auto"."""

_BY_TERM = {"linux": "console", "vt": "ascii", "ansi": "ascii", "cons25": "ascii"}
"""How the name of a terminal begins -> what it can draw, whatever is spoken there."""


def tier(environment: Mapping[str, str]) -> str:
    """The tier of a terminal: by its name, else by whether its language is written in UTF-8."""
    term = environment.get("TERM", "")
    for name, found in _BY_TERM.items():
        if term.startswith(name):
            return found
    spoken = next((value for key in ("LC_ALL", "LC_CTYPE", "LANG") if (value := environment.get(key))), "")
    return "unicode" if "utf" in spoken.lower() else "ascii"


def spark(values: list[int], least: int, most: int, ramp: str) -> str:
    """A sign for each value: the lowest of the ramp for `least` and below, the highest for `most`."""
    span = max(1, most - least)
    steps = len(ramp) - 1
    return "".join(ramp[min(max((value - least) * steps // span, 0), steps)] for value in values)
