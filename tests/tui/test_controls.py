"""Every byte and every control character that a peer can send, through the real screen into a terminal."""

import re
from pathlib import Path

import pytest

from handheld.events import Person
from handheld.text import clean_message
from tests.support.door import SmallNode, door_thread, message
from tests.support.terminal import Terminal, screen_on

EACH = 8
"""So many in one text: 32 texts for all 256."""

SIZE = (98, 110)
"""One pane, and all texts at once: 32 of a head and a line or two."""

OURS = re.compile(r"\x1b\[\d*(?:;\d+)*[HJKm]|\x1b\[\?\d+[hl]|\x1b\]2;[ -~]*\x07")
"""What the screen itself says to a terminal: place, erase, colour, mode, title."""


def texts(before: str, after: str) -> list[str]:
    """U+0000 to U+00FF, C1 among them, each behind its number and between these."""
    return [
        "".join(f"{number:02x}{before}{chr(number)}{after}" for number in range(first, first + EACH))
        for first in range(0, 256, EACH)
    ]


def as_bytes(parts: list[str]) -> list[str]:
    """The same as bytes that are no UTF-8, and as the node hands them on."""
    return [clean_message(part.encode("latin-1")) for part in parts]


def numbered(terminal: Terminal) -> bool:
    """Whether all 256 numbers stand there: what is between them has moved or hidden nothing."""
    shown = "".join(line.strip() for line in terminal.lines())
    return all(f"{number:02x}" in shown for number in range(256))


@pytest.mark.parametrize(
    "said",
    [
        texts("", ""),
        texts("", "[2J"),
        texts("\x1b", "1"),
        texts("", "]0;owned\x07"),
        as_bytes(texts("", "[2J")),
    ],
    ids=["alone", "before a sequence", "behind an escape", "before a title", "as bytes"],
)
def test_no_byte_of_a_peer_does_anything_to_the_terminal(tmp_path: Path, said: list[str]) -> None:
    """The door is trusted to clean what comes as text; the screen does not rely on it."""
    node = SmallNode(
        people=[
            Person(f"{n:02x}" * 32, text, "unknown", "?", True, 1, -60, 5) for n, text in enumerate(said, 1)
        ]
    )
    node.messages = [
        message(n, text, author=f"{n:02x}" * 32, name=text, mark="?") for n, text in enumerate(said, 1)
    ]
    with door_thread(tmp_path, node), screen_on(tmp_path, SIZE, TERM="xterm", LC_ALL="C.UTF-8") as terminal:
        terminal.until("q Quit")
        terminal.press("p")
        terminal.until("Enter write")
        terminal.until("f8")
        terminal.press("c")
        terminal.until(">  #here")
        terminal.press("\r")
        terminal.until("0/512")
        terminal.until(lambda: numbered(terminal))
        assert terminal.title in {"", "pocketmesh"}
        assert OURS.sub("", terminal.written.decode()).replace("\r\n", "").isprintable()
