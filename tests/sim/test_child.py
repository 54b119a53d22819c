"""Processes of a village: watched while it lives, and none left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from handheld.sim.child import Children
from tests.support.villages import until


def alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    # A zombie waits for whoever adopted it, and that may take its time.
    return state != "Z"


def test_one_that_falls_is_reported_with_its_traceback(tmp_path):
    children = Children()
    children.fork("bo's radio", tmp_path / "log", lambda: 1 // 0)
    fallen = until(children.fallen)
    assert fallen.name == "bo's radio"
    assert fallen.last_words().endswith("ZeroDivisionError: integer division or modulo by zero")
    assert children.fallen() is None
    children.end()


def test_one_that_was_killed_is_told_from_one_that_fell(tmp_path):
    children = Children()
    children.fork("a child", tmp_path / "log", lambda: signal.raise_signal(signal.SIGKILL))
    assert until(children.fallen).killed
    children.fork("a child", tmp_path / "log", lambda: sys.exit(3))
    assert not until(children.fallen).killed
    children.end()


def test_a_child_has_only_the_files_it_was_given(tmp_path):
    kept, kept_end = os.pipe()
    other, other_end = os.pipe()

    def work():
        os.write(kept_end, b"kept")
        os.write(other_end, b"other")

    children = Children()
    children.fork("a child", tmp_path / "log", work, keep=[kept_end])
    assert "Bad file descriptor" in until(children.fallen).last_words()
    assert os.read(kept, 10) == b"kept"
    for end in (kept, kept_end, other, other_end):
        os.close(end)


def test_programs_are_asked_first_and_then_killed(tmp_path):
    program = (
        "import signal, sys; signal.signal(15, {}); print('up', flush=True); signal.pause(); signal.pause()"
    )
    handlers = {"polite": "lambda *_: sys.exit(print('saved'))", "stubborn": "signal.SIG_IGN"}
    logs = [tmp_path / name for name in handlers]
    children = Children()
    for log, handler in zip(logs, handlers.values(), strict=True):
        children.spawn(log.name, log, [sys.executable, "-c", program.format(handler)])
    pids = list(children._living)
    until(lambda: all(log.exists() and log.read_text() for log in logs))
    children.end()
    assert logs[0].read_text().split() == ["up", "saved"]
    for pid in pids:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


@pytest.mark.skipif(sys.platform != "linux", reason="needs prctl")
def test_they_die_with_a_parent_that_was_killed(tmp_path):
    code = f"""
import signal, sys, time
from pathlib import Path
from handheld.sim.child import Children
from tests.support.villages import until
children = Children()
children.fork("a", Path({str(tmp_path)!r}) / "a", signal.pause)
children.spawn("b", Path({str(tmp_path)!r}) / "b", [sys.executable, "-c", "import signal; signal.pause()"])
print(*children._living, flush=True)
signal.pause()
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert all(alive(pid) for pid in pids)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    until(lambda: not any(alive(pid) for pid in pids))
