"""The pictures in README.md: the screen on a small node that is always the same, as SVG.

python -m tests.support.picture            write them
python -m tests.support.picture --check    fail if what they show is not what the screen shows now
"""

import asyncio
import html
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest import mock

from handheld.commands import Chats, Command, Read, Seen
from handheld.events import Chat, Message, Person
from tests.support.door import STATUS, UP, SmallNode, open_door
from tests.support.patience import PATIENCE_S
from tests.support.tree import ROOT
from tui import device
from tui.shell import Shell

FOLDER = ROOT / "hardware-docs" / "pictures"
SIZE = (40, 15)
"""Columns and rows of a handheld's small display."""

PICTURES = {"home": (), "board": ("c", "enter"), "private": ("p", "enter")}
"""Name of the picture -> keys that lead there."""

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
                Chat("", ANA.key, "ana", "?", 0, WITH_ANA[-1]),
            ]
        if isinstance(command, Read):
            return WITH_ANA if command.who else BOARD
        return None if isinstance(command, Seen) else await super().answer(command)


def node() -> Village:
    """The node behind the pictures."""
    radio = replace(UP, board="ESP32-S3", last_heard_s=0)
    status = replace(STATUS, key=KAI.key, name="kai", radio=radio, neighbours=5, people=5)
    return Village(status=status, people=[*PEOPLE, KAI])


async def take(name: str) -> str:
    """One picture, as SVG."""
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(device, "battery", return_value="87 %"):
        async with open_door(Path(folder), node()):
            shell = Shell(Path(folder))
            # As a terminal of today has it, whatever this one is.
            shell.view = replace(shell.view, tier="unicode", colours=True)
            async with shell.run_test(size=SIZE) as pilot:
                await _until(lambda: shell.view.people and shell.view.chats)
                for key in PICTURES[name]:
                    await pilot.press(key)
                await _until(lambda: not PICTURES[name] or (shell.view.talk and shell.view.talk.messages))
                await pilot.pause()
                svg = shell.export_screenshot(title="pocketmesh")
    # A picture fetches nothing from elsewhere.
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


async def _until(what: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not what():  # noqa: ASYNC110  the view has no event of its own
            await asyncio.sleep(0.01)


def words(svg: str) -> list[str]:
    """What a picture says: the same whichever version of the library has drawn it."""
    return [html.unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def write(folder: Path) -> None:
    """Put all pictures into a folder."""
    folder.mkdir(exist_ok=True)
    for name in PICTURES:
        (folder / f"{name}.svg").write_text(asyncio.run(take(name)), encoding="utf-8")


def outdated(folder: Path) -> list[str]:
    """The names of those that are missing there, or say something else than the screen."""
    held = {path.stem: words(path.read_text(encoding="utf-8")) for path in folder.glob("*.svg")}
    return [name for name in PICTURES if held.get(name) != words(asyncio.run(take(name)))]


def main(argv: list[str]) -> int:
    """Write the pictures, or with --check compare; the exit code."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    if argv[:1] != ["--check"]:
        write(FOLDER)
        return 0
    if old := outdated(Path(argv[1]) if argv[1:] else FOLDER):
        sys.stdout.write(
            f"Not what the screen says: {', '.join(old)}. Run: python -m tests.support.picture\n"
        )
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
