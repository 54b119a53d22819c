"""`pocketmesh card`: the own key as a QR code, as a text, and as twelve words."""

from __future__ import annotations

import os
import sys

from handheld.cli import attach, show
from handheld.qr import fitted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any

DESCRIPTION = """\
Show your card to somebody who stands before you. What his camera reads he gives to `pocketmesh meet
card`. Without a camera, read him your twelve words: they find you among those whom his device has heard.
Whoever has your card knows your key, and nothing secret."""
EXAMPLES = """\
pocketmesh card
pocketmesh card --words
pocketmesh card --json"""

WORDS_A_LINE = 4
LINES_BELOW = 9
"""Lines that text and words take on a narrow screen, and the prompt."""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `card`."""
    parser.add_argument("--words", action="store_true", help="the twelve words alone")
    parser.add_argument("--json", action="store_true", help="one JSON object: Card of handheld/events.py")


def run(args: Namespace) -> int:
    """Ask the node and print."""
    card = attach.ask(args, "card")
    if args.json:
        show.as_json(card)
    elif args.words:
        show.out(words(card))
    else:
        show_whole(card)
    return 0


def show_whole(card: dict[str, Any]) -> None:
    """The code, then text and words; where both do not fit the screen, Enter leads from one to the other."""
    columns = show.columns()
    below = f"{card['text']}\n\n{words(card)}"
    if columns is None:
        show.out("\n".join([*card["code"], "", below]))
        return
    lines = _lines()
    code = fitted(card["code"], columns, lines)
    if lines >= len(code) + LINES_BELOW or not sys.stdin.isatty():
        show.out("\n".join([*code, below]))
        return
    # No newline at its end: it would push the first line of the code off the screen.
    print("\n".join(code), end="", flush=True)
    sys.stdin.readline()
    show.out(below)


def words(card: dict[str, Any]) -> str:
    """The twelve words, four to a line, and how others see them."""
    spoken = card["words"].split()
    rows = [" ".join(spoken[start : start + WORDS_A_LINE]) for start in range(0, len(spoken), WORDS_A_LINE)]
    return "\n".join([*rows, f"Strangers see you as: {'-'.join(spoken[:2])}"])


def _lines() -> int:
    return os.get_terminal_size(sys.stdout.fileno()).lines
