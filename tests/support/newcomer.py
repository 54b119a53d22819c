"""What a newcomer does in the demo's village on a display of 40x15: the story of a first day.

Whoever plays it sits at some terminal: one that presses keys and says what stands there.
"""

from pathlib import Path
from typing import Protocol

KEYS_MAX = 40
"""Key presses that the story may take, besides the text."""


class Seat(Protocol):
    """A terminal with the demo on it."""

    def press(self, keys: str) -> None:
        """Type this."""

    def until(self, what: str) -> None:
        """Wait until this is seen; AssertionError if it does not come."""


KEYS = {"Enter": "\r", "Esc": "\x1b", "Tab": "\t"}

STORY: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("the first question is there", (), "Your name:"),
    ("name set", ('"Ada"', "Enter"), "A passphrase now?"),
    ("is it working?", ("Enter",), "Ada, key"),
    ("first neighbour seen", (), '"ana"'),
    ("the people", ("p",), "x block"),
    ("followed", ("l",), "is followed"),
    ("the chats", ("c",), "b board"),
    ("a board", ("b", '"here"', "Enter"), "#here  public"),
    ("board post", ('"Hello all, I am new"', "Enter"), "(aired)"),
    ("back to the chats", ("Esc",), "b board"),
    ("the people again", ("p",), "x block"),
    ("a private chat", ("Enter",), "  private"),
    ("private message delivered", ('"Have you bread"', "Enter"), "(delivered)"),
    ("back", ("Esc",), "x block"),
    ("the files", ("f",), "s share"),
    ("sharing one", ("s",), "File:"),
    ("which one", ('"{file}"', "Enter"), "To #board"),
    ("what it costs", ("Enter",), "with #here?"),
    ("file sent", ("y",), "{name}"),
)
"""(what is done, keys and "text", what is seen then)."""


def play(seat: Seat, file: Path) -> list[str]:
    """Play it; the keys besides the text, in order."""
    pressed: list[str] = []
    for _, keys, seen in STORY:
        for key in keys:
            if key.startswith('"'):
                seat.press(key.strip('"').format(file=file))
            else:
                seat.press(KEYS.get(key, key))
                pressed.append(key)
        seat.until(seen.format(name=file.name))
    return pressed
