"""Processes that must not outlive the village: forked or spawned, watched, and ended together."""

import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

PR_SET_PDEATHSIG = 1
"""linux/prctl.h: the signal a process gets when its parent dies."""

PATIENCE_S = 2.0
"""How long a process that was asked to end may take before it is killed."""


@dataclass(frozen=True)
class Child:
    """A process of ours: what it is to the person, where its errors go, how it is asked to end.

    `killed`: somebody ended it by a signal; it did not fall over a mistake of its own. `code`: what it
    ended with, None while it lives.
    """

    name: str
    log: Path
    farewell: signal.Signals
    killed: bool = False
    code: int | None = None

    def last_words(self, lines: int = 12) -> str:
        """The end of what it printed, such as a traceback."""
        said = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return "\n".join(said[-lines:])


class Children:
    """All processes of one village. Nothing here waits for long, except `end`: up to `patience_s`."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._living: dict[int, Child] = {}

    def fork(
        self,
        name: str,
        log: Path,
        work: Callable[[], None],
        *,
        keep: Sequence[int] = (),
        farewell: signal.Signals = signal.SIGKILL,
    ) -> None:
        """Run `work` in a process of its own, which prints into `log` and keeps no file open but `keep`."""
        parent = os.getpid()
        # An interrupt in here would leave a process that nobody knows, or run the parent's clean-up in it.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            pid = os.fork()
            if pid == 0:
                _be_child(parent, log, keep, work)
            self._living[pid] = Child(name, log, farewell)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def spawn(self, name: str, log: Path, argv: list[str]) -> None:
        """Start a program; it is asked to end by SIGTERM."""
        self.fork(name, log, lambda: os.execv(argv[0], argv), farewell=signal.SIGTERM)  # noqa: S606

    def fallen(self) -> Child | None:
        """One that ended by itself since the last call; it is forgotten then."""
        for pid in list(self._living):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                return self._ended(pid, status)
        return None

    def wait_for(self, name: str) -> Child:
        """The one of this name, when it has ended; it is forgotten then. To be asked when that is near."""
        pid = self._number(name)
        return self._ended(pid, os.waitpid(pid, 0)[1])

    def kill(self, name: str) -> None:
        """End the one of this name at once."""
        _signal(self._number(name), signal.SIGKILL)
        self.wait_for(name)

    def _number(self, name: str) -> int:
        return next(pid for pid, child in self._living.items() if child.name == name)

    def _ended(self, pid: int, status: int) -> Child:
        code = os.waitstatus_to_exitcode(status)
        return replace(self._living.pop(pid), killed=os.WIFSIGNALED(status), code=code)

    def end(self) -> None:
        """End all of them, asking first those that have something to save; none is left afterwards."""
        for pid, child in self._living.items():
            _signal(pid, child.farewell)
        deadline = time.monotonic() + self._patience_s
        while self._living and time.monotonic() < deadline:
            if not self.fallen():
                time.sleep(0.01)
        for pid in list(self._living):
            _signal(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            del self._living[pid]


def _signal(pid: int, number: signal.Signals) -> None:
    # Its whole group, as it may have children of its own; before it has made the group, the process alone.
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        os.kill(pid, number)


def _be_child(parent: int, log: Path, keep: Sequence[int], work: Callable[[], None]) -> NoReturn:
    """What the parent has still to do is not for the child: it never comes back from here."""
    code = 1
    try:
        # The terminal's Ctrl-C reaches the whole foreground group; the village ends us in its own order.
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
        die_with(parent)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        _close_all_but(keep)
        work()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - whatever came out of here would run the parent's program twice
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(code)


def _close_all_but(keep: Sequence[int]) -> None:
    # A copy of a pty's master in here would keep the cable plugged in after its owner pulled it.
    edge = 3
    for kept in [*sorted(keep), os.sysconf("SC_OPEN_MAX")]:
        os.closerange(edge, kept)
        edge = kept + 1


def die_with(parent: int, by: signal.Signals = signal.SIGKILL) -> None:
    """Have this process end by a signal when `parent` ends; where there is no prctl, nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, by)
        if os.getppid() != parent:
            os._exit(1)
