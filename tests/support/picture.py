"""Pictures for README.md and hardware-docs/screens.md: the screen on a node that is always the same, as SVG.

python -m tests.support.picture            write them
python -m tests.support.picture --check [FOLDER [NAMES]]   fail if they do not show what the screen shows now
"""

import asyncio
import html
import os
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from handheld.commands import Chats, Command, Read, Seen
from handheld.events import Alert, Chat, Message, Person, RadioEntry
from tests.support.door import STATUS, UP, SmallNode, file, open_door
from tests.support.screen import screen
from tests.support.tree import ROOT
from tui import device

FOLDER = ROOT / "hardware-docs" / "pictures"
SIZE = (40, 15)
"""Columns and rows of a handheld's small display."""

LARGE = (120, 32)


class Way(NamedTuple):
    """How to get to a screen: keys, and what is then seen on it."""

    keys: tuple[str, ...]
    sees: str
    size: tuple[int, int] = SIZE
    first: bool = False


PICTURES = {
    "welcome": Way((), "Your name:", first=True),
    "home": Way((), "ana"),
    "chats": Way(("c",), "#market"),
    "board": Way(("c", "enter"), "Bring it to the bridge"),
    "private": Way(("p", "enter"), "insulin"),
    "pick": Way(("c", "enter", "ctrl+e", "up"), "r reply"),
    "people": Way(("p",), "take a card"),
    "jump": Way(("p", "j"), "A letter goes"),
    "meet": Way(("p", "m", "4", "7", "enter", "3", "enter"), "1 of 3 here"),
    "card": Way(("k",), "\u2588\u2580"),
    "alerts": Way(("a",), "below the ridge"),
    "search": Way(("slash", "s", "t", "o", "v", "e", "enter"), "1 message with"),
    "files": Way(("f",), "map.png"),
    "file": Way(("f", "enter"), "v view"),
    "radio": Way(("r",), "hold, go on"),
    "settings": Way(("s",), "your name, as"),
    "library": Way(("i",), "Distress"),
    "reading": Way(("i", "enter"), "Esc back"),
    "commands": Way(("colon", "r"), ">room"),
    "help": Way(("question_mark",), "Keys in home"),
    "wide": Way(("c", "enter"), "Bring it to the bridge", LARGE),
}
"""Name of the picture -> the way to that screen."""

NOON = 1_773_489_720
"""14 March 2026, 12:02 UTC."""

KAI = Person("9f3c40d2" * 8, "kai", "self", "*", False, None, None, None)
PEOPLE = [
    Person(f"{number:02x}" * 32, name, "unknown", "?", True, hops, rssi, 0)
    for number, (name, hops, rssi) in enumerate(
        [("ana", 1, -95), ("ida", 1, -83), ("noor", 1, -94), ("pia", 2, -94), ("dee", 3, -94)], 1
    )
]
ANA, IDA, NOOR, PIA, _ = PEOPLE


def post(number: int, author: Person, text: str, **other: str) -> Message:
    """A post on the board, or with a `peer` a private message; one a minute."""
    own = author is KAI
    made = Message(
        number, "here", author.key, author.name, author.mark, text, number, number, own,
        None if own or "peer" in other else author.hops, author.rssi, NOON + 60 * number,
    )  # fmt: skip
    return replace(made, board="" if "peer" in other else "here", **other)


WITH_ANA = [
    post(1, KAI, "Ana, have you a fridge at the school?", peer=ANA.key, peer_name="ana", state="delivered"),
    post(2, ANA, "One, and a generator. What for?", peer=ANA.key, peer_name="ana"),
    post(
        3, KAI, "My mother's insulin. Please tell nobody.", peer=ANA.key, peer_name="ana", state="delivered"
    ),
]
BOARD = [
    post(4, IDA, "No light at the mill since six. And with you?"),
    post(5, PIA, "Dark here too. The stove works."),
    post(6, KAI, "I have a lamp too many.", state="aired"),
    post(7, PIA, "Bring it to the bridge, kai!"),
]


class Village(SmallNode):
    """A node that has heard a little of everything."""

    async def answer(self, command: Command) -> object:
        """What the door calls."""
        if isinstance(command, Chats):
            return [
                Chat("here", "", "", "", 1, BOARD[-1]),
                Chat("market", "", "", "", 0, BOARD[1]),
                Chat("", ANA.key, "ana", "?", 0, WITH_ANA[-1]),
            ]
        if isinstance(command, Read):
            return WITH_ANA if command.who else BOARD
        return None if isinstance(command, Seen) else await super().answer(command)


def node(name: str = "kai") -> Village:
    """The node behind the pictures; without a name it is one that starts for the first time."""
    radio = replace(UP, board="ESP32-S3", last_heard_s=0)
    status = replace(STATUS, key=KAI.key, name=name, radio=radio, neighbours=5, people=5)
    help_ = post(9, PIA, "Leg broken, below the ridge", kind="alert", place="48.2, 16.3")
    heard = (("in", "POST ida, 2 hops"), ("out", "PRIVATE 122 B"), ("sent", "PRIVATE on the air"))
    return Village(
        status=status,
        people=[*PEOPLE, KAI],
        messages=BOARD,
        alerts=[Alert(replace(help_, left_s=80_000), answered=True)],
        files=[
            replace(file(), author=IDA),
            file("b10b00000000", name="list.txt", size=900, travels=900, author=PIA, state="coming", have=2),
        ],
        radio_log=[RadioEntry(number, NOON * 1000, *one) for number, one in enumerate(heard, 1)],
    )


async def take(name: str) -> str:
    """One picture, as SVG."""
    way = PICTURES[name]
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(device, "battery", return_value="87 %"):
        # As a terminal of today has it, whatever this one is.
        async with (
            open_door(Path(folder), node("" if way.first else "kai")),
            screen(Path(folder), way.size, first=way.first, tier="unicode") as at,
        ):
            if not way.first:
                await at.until(lambda: bool(at.shell.view.people and at.shell.view.alerts))
            await at.press(*way.keys)
            await at.until(way.sees)
            await at.pilot.pause()
            svg = at.shell.export_screenshot(title="pocketmesh")
    # A picture fetches nothing from elsewhere.
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def words(svg: str) -> list[str]:
    """What a picture says: the same whichever version of the library has drawn it."""
    return [html.unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def write(folder: Path) -> None:
    """Put all pictures into a folder."""
    folder.mkdir(exist_ok=True)
    for name in PICTURES:
        (folder / f"{name}.svg").write_text(asyncio.run(take(name)), encoding="utf-8")


def outdated(folder: Path, names: Sequence[str]) -> list[str]:
    """Which of these are missing there, or say something else than the screen."""
    held = {path.stem: words(path.read_text(encoding="utf-8")) for path in folder.glob("*.svg")}
    return [name for name in names if held.get(name) != words(asyncio.run(take(name)))]


def main(argv: list[str]) -> int:
    """Write the pictures, or with --check compare; the exit code."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    if argv[:1] != ["--check"]:
        write(FOLDER)
        return 0
    if old := outdated(Path(argv[1]) if argv[1:] else FOLDER, argv[2:] or list(PICTURES)):
        sys.stdout.write(
            f"Not what the screen says: {', '.join(old)}. Run: python -m tests.support.picture\n"
        )
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
