"""The bot that README shows answers as it says."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from handheld.commands import Post, Send
from handheld.events import MessageKept
from tests.support.door import BOB, SmallNode, door_thread, message
from tests.support.tools import need_tool
from tests.support.tree import ROOT
from tests.support.villages import until


def bot() -> str:
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("\n### Scripts and bots\n")[1]
    return section.split("```sh\n")[1].split("```")[0]


def test_the_bot_of_the_readme_answers_on_the_board_and_in_private(tmp_path: Path) -> None:
    program = tmp_path / "pocketmesh"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m handheld "$@"\n')
    program.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "POCKETMESH_HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    node = SmallNode(messages=[message(1, "hello")])
    command = [need_tool("sh"), "-c", bot()]
    with (
        door_thread(tmp_path, node) as door,
        subprocess.Popen(command, env=environment, start_new_session=True) as running,
    ):
        try:
            until(lambda: door.watchers() == 1)
            door.publish(MessageKept(message(2, "ping")))
            until(lambda: Post("here", "pong") in node.asked)
            door.publish(MessageKept(message(4, "tide?")))
            until(lambda: Send(BOB.key, "High water at six") in node.asked)
            door.close()
            assert running.wait(20) == 0
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
    assert [one for one in node.asked if isinstance(one, Post | Send)] == [
        Post("here", "pong"),
        Send(BOB.key, "High water at six"),
    ]
