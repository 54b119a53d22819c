"""Files under hostile names, written out as `get --save` and the screen do: each lands where it was sent."""

import random
import tempfile
from collections import Counter
from pathlib import Path

from handheld.cli import get_cmd
from handheld.errors import Refused
from handheld.files.names import saved_as, shown
from handheld.wire.files import FILE_NAME_MAX
from tui import filing

NAMES = 1_000
PARTS = (
    *("../", "..", "/", "//", "/etc/passwd", "/tmp/x", "..\\", "\\\\host\\", "C:", "c:\\", "D:/"),
    *(
        "\0",
        "\n",
        "\r",
        "\x1b[2J",
        "\x7f",
        "\u0085",
        "\u2028",
        "\u202e",
        "\u2066",
        "\u200f",
        "\ufeff",
        "\u200b",
    ),
    *("con", "NUL", "aux.txt", "COM1", "com\u00b9", "lpt9.", "conin$", "prn "),
    *("-", "--", "-rf", ".", "...", " ", "~", "~root", "$HOME", "%2e%2e%2f", "`id`", "*", "?", "|", ":", '"'),
    *("\u2215", "\uff0f", "\u2024\u2024", "e\u0301", "\u00e9", "map.png", "x.sh", "x" * 40, "y" * 300),
)
"""Ways up and out, drives, NUL and other controls, devices, dashes, dots, bidi, long ones."""


def hostile(chance: random.Random) -> bytes:
    """A name as somebody may put it into a manifest; one in three as long as no manifest holds."""
    if chance.random() < 0.1:
        return chance.randbytes(chance.randint(1, FILE_NAME_MAX))
    name = "".join(chance.choice(PARTS) for _ in range(chance.randint(1, 6))).encode()
    return name[: 400 if chance.random() < 0.3 else FILE_NAME_MAX]


class _Node:
    """Answers as a node does that has this file whole."""

    def __init__(self, name: bytes) -> None:
        self.name = name

    def ask(self, _verb: str, _parameters: object) -> dict[str, object]:
        return {"data": "eA==", "size": 1, "name": saved_as(self.name)}


def _written(root: Path, folder: Path, name: bytes, *, screen: bool) -> bool:
    """Whether just one new file is there, in the folder, that nobody may start; it is taken away again."""
    file = {"id": "3f2a91c0", "name": shown(name), "have": 1, "symbols": 1}
    try:
        if screen:
            filing._put(folder / saved_as(name), b"x")
        else:
            get_cmd._saved(_Node(name), file, str(folder))  # type: ignore[arg-type]
    except (Refused, OSError, ValueError):
        return False
    found = [path for path in root.rglob("*") if path not in (folder, folder.parent)]
    right = len(found) == 1 and found[0].parent == folder and found[0].stat().st_mode & 0o777 == 0o600
    for path in found:
        path.unlink()
    return right


def round_of(number: int) -> Counter[str]:
    """1,000 names, half of them by each way; "wrong": not written, elsewhere, or not 0600."""
    chance, counts = random.Random(number), Counter(names=NAMES, wrong=0)
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        folder = root / "deep" / "store"
        folder.mkdir(parents=True)
        for one in range(NAMES):
            name = hostile(chance)
            good = _written(root, folder, name, screen=one % 2 == 1) and shown(name).isprintable()
            counts["wrong"] += not good
    return counts
