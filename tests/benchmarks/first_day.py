"""A newcomer's first day under a real tmux at 40x15, key by key.

python -m tests.benchmarks.first_day
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support.cli import command
from tests.support.newcomer import KEYS_MAX, STORY, play
from tests.support.tools import need_tool
from tests.support.tree import ROOT

PATIENCE_S = 60.0
"""Until something is seen: six nodes start on this machine."""


class Pane:
    """A pane of a tmux server of its own, with the demo in it."""

    def __init__(self, folder: Path) -> None:
        demo = command("demo", "--newcomer")
        self._tmux = [need_tool("tmux"), "-L", f"first-day-{os.getpid()}"]

        self._run("-f", os.devnull, "new-session", "-d", "-x", "40", "-y", "15", *demo, TMPDIR=str(folder))

    def press(self, keys: str) -> None:
        """Type this."""
        self._run("send-keys", "-l", keys)

    def text(self) -> str:
        """What stands there."""
        return self._run("capture-pane", "-p")

    def until(self, what: str) -> None:
        """Wait until this is seen."""
        deadline = time.monotonic() + PATIENCE_S
        while what not in self.text():
            if time.monotonic() > deadline:
                raise AssertionError(f"{what} did not come:\n{self.text()}")
            time.sleep(0.1)

    def close(self) -> None:
        """End it all."""
        self._run("kill-server")

    def _run(self, *arguments: str, **environment: str) -> str:
        ended = subprocess.run(
            [*self._tmux, *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            capture_output=True,
            text=True,
            check=True,
        )
        return ended.stdout


def main() -> int:
    """Play it, and list the keys; the exit code says whether they were few enough."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "list.txt"
        file.write_text("water 12, bread 40\n", encoding="ascii")
        pane = Pane(Path(folder))
        try:
            pressed = play(pane, file)
        finally:
            pane.close()
            time.sleep(2)  # the village takes its folder away
    for what, keys, _ in STORY:
        sys.stdout.write(f"{what:<28}{' '.join(keys)}\n")
    sys.stdout.write(f"{len(pressed)} keys besides the text: {' '.join(pressed)}\n")
    return 0 if len(pressed) <= KEYS_MAX else 1


if __name__ == "__main__":
    sys.exit(main())
