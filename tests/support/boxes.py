"""Strings of strangers drawn into a box on a real terminal emulator: does anything outside of it change?"""
# ruff: noqa: RUF001  # characters that look like others are what this is about

import random

import pyte

from handheld.cli import show
from handheld.text import clean_message, clean_name
from tui.cells import pad, safe, safe_lines, wrap

COLUMNS, ROWS = 40, 6
LEFT, WIDTH = 7, 20
BACKGROUND = "#"

PIECES = (
    *(
        "\x1b[2J",
        "\x1b]0;owned\x07",
        "\x1b[10;10H",
        "\x9b31m",
        "\x07",
        "\x08\x08\x08",
        "\r",
        "\n",
        "\t",
        "\x7f",
    ),
    *(
        "\u202e",
        "\u2066",
        "\u200b",
        "\u200d",
        "\ufe0f",
        "\u0301",
        "\u0327",
        "\u20e3",
        "\u0e48",
        "\u093f",
        "\u1161",
    ),
    *(
        "\u3164",
        "\u2028",
        "\ud83d",
        "\ue000",
        "\U000e0041",
        "\u0378",
        "山",
        "ﷺ",
        "🇩🇪",
        "👍🏽",
        "👨\u200d👩\u200d👧",
        "1\ufe0f\u20e3",
    ),
    *("[@click=app.quit]", "[/]", "%s", "{0}", "שלום", "می\u200cخواهم", "क्ष", "မြို့", "á", "ana", " ", "  "),
)


def hostile(chance: random.Random) -> str | bytes:
    """What a stranger may send: pieces that hurt something somewhere, any characters, any bytes."""
    kind = chance.randrange(3)
    if kind == 0:
        return "".join(chance.choice(PIECES) for _ in range(chance.randrange(1, 12)))
    if kind == 1:
        return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randrange(1, 24)))
    return chance.randbytes(chance.randrange(1, 40))


class Screen:
    """A terminal full of one character, and what is drawn into the middle of it."""

    def __init__(self) -> None:
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.Stream(self._screen)
        self._fill = "\x1b[H" + "\r\n".join([BACKGROUND * COLUMNS] * ROWS)

    def faults(self, raw: str | bytes) -> list[str]:
        """What is wrong with how this is shown: by the screen, line by line, and by `read`."""
        name, message = clean_name(raw), clean_message(raw)
        lines = [pad(safe(name), WIDTH), *(pad(row, WIDTH) for row in wrapped(message)[: ROWS - 2])]
        found = [f"control {line!r}" for line in (*lines, name, message) if any(map(is_control, line))]
        return found + self._boxed(lines) + self._printed(name, message)

    def _feed(self, text: str) -> None:
        # One by one: pyte leaves out the rest of a text behind a mark of combining class 0.
        for character in text:
            self._stream.feed(character)

    def _boxed(self, lines: list[str]) -> list[str]:
        drawn = "".join(f"\x1b[{row};{LEFT + 1}H{line}" for row, line in enumerate(lines, 2))
        self._feed(self._fill + drawn)
        return [
            f"cell {row},{column} {lines!r}"
            for row in range(ROWS)
            for column in range(COLUMNS)
            if not (1 <= row <= len(lines) and LEFT <= column < LEFT + WIDTH)
            and self._screen.buffer[row][column].data != BACKGROUND
        ]

    def _printed(self, name: str, message: str) -> list[str]:
        """What the command line prints goes down the screen line by line, and each as far as it says."""
        found = []
        for line in (name, *message.split("\n")):
            text = show.fit(line, WIDTH)
            self._feed(f"\x1b[H{show.pad(text, WIDTH)}")
            if self._screen.cursor.x != WIDTH:
                found.append(f"width {text!r}")
        return found


def wrapped(message: str) -> list[str]:
    """The lines of a message as the screen breaks them."""
    return [row for line in safe_lines(message) for row in wrap(line, WIDTH)]


def is_control(character: str) -> bool:
    """What a terminal may act on; a newline is split away before."""
    return (ord(character) < 0x20 and character != "\n") or 0x7F <= ord(character) <= 0x9F
