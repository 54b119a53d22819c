"""A small verb's side of the door: blocking, and quick to start, for a slow board runs it for each command.

Imports nothing that costs: no asyncio, dataclasses, logging or pathlib. Values are what JSON gives.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Iterator

from handheld.api import address, line
from handheld.errors import FolderHeld, NodeUnreachable, Refused, UserError, by_code
from handheld.text import clean_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

LOG = "node.log"
LOG_MAX = 1_048_576
"""Bytes of the child's log; a longer one is put aside as node.log.old at the next start."""

START_S = 20
"""How long a node may take until it answers: a slow board needs five seconds."""

ANSWER_S = 20
"""How long an answer may take: a loaded memory card may need seconds to save."""

POLL_S = 0.05
HELD_PAUSE_S = 0.5
"""Before the next child, doubled each time, when the lock is held: by a node that is starting, or ending."""


class Connection:
    """One connection to a node, which answers one question after the other."""

    def __init__(self, connection: socket.socket, folder: str) -> None:
        self._socket = connection
        self._folder = folder
        self._received = b""
        self._events: list[tuple[str, Any]] = []
        self._last_number = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def ask(self, verb: str, arguments: dict[str, Any] | None = None) -> Any:
        """The answer as JSON has it. Raises the node's UserError if refused, NodeUnreachable if silent."""
        self._last_number += 1
        packed = line.pack({"id": self._last_number, "do": verb, "with": arguments or {}})
        if len(packed) > line.LINE_MAX:
            raise Refused("That is too long for the node.")
        self._socket.settimeout(ANSWER_S)
        try:
            self._socket.sendall(packed)
        except ConnectionError:
            pass  # what the node said before it hung up can still be read
        except OSError as error:
            raise self._lost(error) from None
        parts: list[Any] = []
        while True:
            content = self._next()
            if "event" in content:
                self._events.append((content["event"], content.get("with")))
            elif "part" in content:
                parts += content["part"]
            elif "ok" in content:
                return parts + content["ok"] if parts else content["ok"]
            else:
                raise line.error_in(content)

    def events(self) -> Iterator[tuple[str, Any]]:
        """(name, value) of each event since "watch" was asked; NodeUnreachable when the node ends."""
        self._socket.settimeout(None)
        while True:
            while self._events:
                yield self._events.pop(0)
            content = self._next()
            if "event" not in content:
                raise line.error_in(content)
            yield content["event"], content.get("with")

    def fileno(self) -> int:
        """For `select`: readable when `arrived` has something to read."""
        return self._socket.fileno()

    def arrived(self) -> list[tuple[str, Any]]:
        """(name, value) of the events that are here, after one look at the socket, which must be readable.

        NodeUnreachable when the node has ended.
        """
        if b"\n" not in self._received and not self._events:
            self._receive()
        while b"\n" in self._received:
            content = self._next()
            if "event" not in content:
                raise line.error_in(content)
            self._events.append((content["event"], content.get("with")))
        found, self._events = self._events, []
        return found

    def _receive(self) -> None:
        if len(self._received) > line.LINE_MAX:
            raise NodeUnreachable(line.OTHER_LANGUAGE)
        try:
            received = self._socket.recv(line.LINE_MAX)
        except OSError as error:
            raise self._lost(error) from None
        if not received:
            raise NodeUnreachable(f"The node of {self._folder} has ended.")
        self._received += received

    def _next(self) -> dict[str, Any]:
        while b"\n" not in self._received:
            self._receive()
        packed, _, self._received = self._received.partition(b"\n")
        try:
            return line.unpack(packed)
        except Refused as error:
            raise NodeUnreachable(f"{error} {line.OTHER_LANGUAGE}") from None

    def _lost(self, error: OSError) -> UserError:
        if isinstance(error, TimeoutError):
            return NodeUnreachable(f"The node of {self._folder} has not answered for {ANSWER_S} seconds.")
        return NodeUnreachable(f"The node of {self._folder} has ended: {error.strerror}.")


def connect(folder: str) -> Connection:
    """A connection to the node that runs in a folder. NodeUnreachable if none does."""
    if (connection := address.dial(folder)) is None:
        raise NodeUnreachable(f"No node runs in {folder}. Start one: pocketmesh node")
    return Connection(connection, folder)


def ask(folder: str, verb: str, arguments: dict[str, Any] | None = None) -> Any:
    """One answer from the node that runs in a folder; see Connection.ask."""
    with connect(folder) as connection:
        return connection.ask(verb, arguments)


def follow(folder: str) -> Iterator[tuple[str, Any]]:
    """What happens at the node that runs in a folder, from now on; see Connection.events."""
    with connect(folder) as connection:
        connection.ask("watch")
        yield from connection.events()


def ensure_node(folder: str, explicit: bool, command: list[str] | None = None) -> Connection:
    """A connection to the node of a folder, which is started as a child if none runs.

    `explicit`: somebody named the folder, so it is not made. `command` starts the child. What keeps the node
    from starting is raised as its own UserError; NodeUnreachable if it says nothing, or takes over 20 s.
    """
    if (connection := address.dial(folder)) is not None:
        return Connection(connection, folder)
    starter = _Starter(folder, explicit, command or _node_command(folder, explicit))
    try:
        return Connection(starter.wait(), folder)
    finally:
        starter.close()


def _node_command(folder: str, explicit: bool) -> list[str]:
    # -P: the folder we stand in may be anybody's; no module is to be taken from there.
    command = [sys.executable, "-P", "-m", "handheld", "node", "--child"]
    return [*command, "--data", folder] if explicit else command


class _Starter:
    """A child on its way: wait until its socket answers, or say why it never will."""

    def __init__(self, folder: str, explicit: bool, command: list[str]) -> None:
        self._folder = folder
        self._command = command
        self._log = _open_log(folder, explicit)
        self._log_start = 0
        self._pid = 0

    def close(self) -> None:
        """Let go of the log; the child keeps it."""
        os.close(self._log)

    def wait(self) -> socket.socket:
        """The connection, once somebody answers: the child, or another one that was quicker."""
        deadline = time.monotonic() + START_S
        held: UserError | None = None
        pause, again = HELD_PAUSE_S, 0.0
        while (now := time.monotonic()) < deadline:
            if (connection := address.dial(self._folder)) is not None:
                return connection
            if self._pid == 0 and now >= again:
                self._start()
            if (failure := self._failure()) is not None:
                if failure.exit_code != FolderHeld.exit_code:
                    raise failure
                held, again, pause = failure, now + pause, 2 * pause
            time.sleep(POLL_S)
        raise held or NodeUnreachable(
            f"The node of {self._folder} has not answered for {START_S} seconds. It may still be starting: "
            f"see {LOG} there."
        )

    def _start(self) -> None:
        self._log_start = os.fstat(self._log).st_size
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, self._log, 1),
            (os.POSIX_SPAWN_DUP2, self._log, 2),
        ]
        try:
            # A session of its own: it must outlive this command's terminal and its Ctrl-C.
            self._pid = os.posix_spawn(
                self._command[0], self._command, os.environ, file_actions=actions, setsid=True
            )
        except OSError as error:
            raise NodeUnreachable(f"No node can be started: {error.strerror}.") from None

    def _failure(self) -> UserError | None:
        """Why the child ended, in its own words; None while it runs."""
        if self._pid == 0:
            return None
        try:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
        except ChildProcessError:
            pid, status = self._pid, 0  # whoever started us ignores SIGCHLD, so the kernel keeps no code
        if pid == 0:
            return None
        self._pid = 0
        said = os.pread(self._log, line.LINE_MAX, self._log_start).decode("utf-8", "replace").splitlines()
        sentences = [words.partition(": ")[2] for words in said if words.startswith("pocketmesh: ")]
        code = os.waitstatus_to_exitcode(status)
        if code > 0 and sentences:
            return by_code(code, clean_line(sentences[-1]))
        return NodeUnreachable(f"The node of {self._folder} ended as it started. Its {LOG} has the details.")


def _open_log(folder: str, explicit: bool) -> int:
    path = os.path.join(folder, LOG)
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    try:
        if not explicit:
            os.makedirs(folder, 0o700, exist_ok=True)
        log = os.open(path, flags, 0o600)
        if os.fstat(log).st_size > LOG_MAX:
            os.replace(path, path + ".old")
            os.close(log)
            log = os.open(path, flags, 0o600)
    except OSError:
        # The folder is missing, full or read-only. The child will say so, and needs something to say it to.
        import tempfile  # noqa: PLC0415

        with tempfile.TemporaryFile() as unnamed:
            return os.dup(unnamed.fileno())
    return log
