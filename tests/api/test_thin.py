"""The small verbs' side of the door, and how it starts a node."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

import pytest

from handheld.api import address, codec, line, thin
from handheld.errors import FolderDamaged, FolderHeld, NodeUnreachable, Refused, UserError
from handheld.events import MessageKept
from tests.support.door import STATUS, DoorThread, SmallNode, door_thread, message
from tests.support.patience import PATIENCE_S
from tests.support.tools import missing
from tests.support.tree import ROOT

CHILD = ROOT / "tests" / "support" / "child_node.py"

HEAVY = [
    "asyncio", "construct", "ctypes", "dataclasses", "logging", "nacl", "pathlib", "platformdirs",
    "serial", "shutil", "sqlite3", "ssl", "subprocess", "tempfile", "textual", "tui", "typing",
    "handheld.commands", "handheld.events", "handheld.wire", "handheld.node", "handheld.daemon",
]  # fmt: skip


@pytest.fixture
def node() -> SmallNode:
    return SmallNode()


@pytest.fixture
def door(tmp_path: Path, node: SmallNode) -> Iterator[DoorThread]:
    with door_thread(tmp_path, node) as opened:
        yield opened


@pytest.mark.parametrize(
    "module",
    ["handheld.api.thin", "handheld.cli.status_cmd", "handheld.cli.read_cmd", "handheld.cli.screen_cmd"],
)
def test_nothing_heavy_is_imported(module: str) -> None:
    program = f"import sys, {module}; print(*sys.modules)"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    loaded = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert set(loaded.stdout.split()) & set(HEAVY) == set()


def test_one_answer(door: DoorThread, tmp_path: Path) -> None:
    assert thin.ask(str(tmp_path), "status") == codec.plain(STATUS)


def test_a_long_list_comes_whole(door: DoorThread, tmp_path: Path, node: SmallNode) -> None:
    node.messages = [message(n, "ü" * 160) for n in range(1, 201)]
    assert thin.ask(str(tmp_path), "read", {"limit": 200}) == codec.plain(node.messages)


def test_a_refusal_is_raised_as_what_it_is(door: DoorThread, tmp_path: Path) -> None:
    with thin.connect(str(tmp_path)) as connection:
        with pytest.raises(Refused, match="says nothing"):
            connection.ask("post", {"board": "here", "text": ""})
        with pytest.raises(Refused, match="too long for the node"):
            connection.ask("post", {"board": "here", "text": "x" * line.LINE_MAX})
        with pytest.raises(Refused, match="no such command"):
            connection.ask("dance")
        assert connection.ask("people")


def test_what_happens_while_asking_is_not_lost(door: DoorThread, tmp_path: Path) -> None:
    with thin.connect(str(tmp_path)) as connection:
        connection.ask("watch")
        posted = connection.ask("post", {"board": "here", "text": "mine"})
        door.publish(MessageKept(message(2, "theirs")))
        events = connection.events()
        assert next(events) == ("message", {"message": posted})
        assert next(events)[1]["message"]["text"] == "theirs"


def test_following_ends_with_the_node(tmp_path: Path, node: SmallNode) -> None:
    with door_thread(tmp_path, node) as door:
        events = thin.follow(str(tmp_path))
        first = ThreadPoolExecutor(1).submit(next, events)
        while not first.done():  # it may not be watching yet
            door.publish(MessageKept(message()))
            time.sleep(0.01)
        assert first.result()[0] == "message"
        door.close()
        with pytest.raises(NodeUnreachable, match="has ended"):
            for _ in events:
                pass


def test_without_a_node_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NodeUnreachable, match=r"No node runs in .* pocketmesh node"):
        thin.ask(str(tmp_path), "status")


class Impostor(threading.Thread):
    """Something that listens where a node should, and says `answer` to the first client."""

    def __init__(self, folder: Path, answer: bytes, linger: bool = False) -> None:
        super().__init__()
        self._listener = address.listen(str(folder))
        self._listener.listen()
        self._answer = answer
        self._linger = linger
        self._done = threading.Event()

    def run(self) -> None:
        client, _ = self._listener.accept()
        client.recv(1000)
        client.sendall(self._answer)
        if self._linger:
            self._done.wait(PATIENCE_S)
        client.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.join(PATIENCE_S)
        self._listener.close()


@pytest.mark.parametrize(
    ("answer", "kind", "sentence"),
    [
        (b"", NodeUnreachable, "has ended"),
        (b'{"v":1,"id":1,"o', NodeUnreachable, "has ended"),
        (b"hello\n", NodeUnreachable, "do not understand each other"),
        (b'{"v":2,"id":1,"ok":null}\n', NodeUnreachable, "the other 2"),
        (b"x" * 70_000, NodeUnreachable, "do not understand each other"),
        (b'{"v":1,"id":1}\n', NodeUnreachable, "do not understand each other"),
        (b'{"v":1,"id":1,"error":{"code":12,"say":"The card is full."}}\n', UserError, "The card is full."),
    ],
)
def test_a_strange_answer_is_a_sentence(
    tmp_path: Path, answer: bytes, kind: type[UserError], sentence: str
) -> None:
    with Impostor(tmp_path, answer), pytest.raises(kind, match=sentence):
        thin.ask(str(tmp_path), "status")


def test_silence_is_not_waited_for_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thin, "ANSWER_S", 0.05)
    with Impostor(tmp_path, b"", linger=True), pytest.raises(NodeUnreachable, match="has not answered"):
        thin.ask(str(tmp_path), "status")


def test_a_farewell_while_asking_is_read(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    theirs.sendall(b'{"v":1,"id":null,"error":{"code":3,"say":"32 programs talk already."}}\n')
    theirs.close()
    with thin.Connection(ours, str(tmp_path)) as connection, pytest.raises(Refused, match="32 programs"):
        connection.ask("status")


def child(folder: Path, *words: str) -> list[str]:
    return [sys.executable, str(CHILD), str(folder), *words]


def test_a_running_node_is_used(door: DoorThread, tmp_path: Path, node: SmallNode) -> None:
    with thin.ensure_node(str(tmp_path), True, ["/does/not/exist"]) as connection:
        assert connection.ask("status")["pid"] == STATUS.pid


def test_a_child_is_started_and_its_words_go_to_the_log(tmp_path: Path) -> None:
    (tmp_path / "node.log").write_text("of yesterday\n")
    with thin.ensure_node(str(tmp_path), True, child(tmp_path)) as connection:
        pid = int(connection.ask("radio")["why"])
        assert pid != os.getpid()
        assert os.getsid(pid) == pid
    os.waitpid(pid, 0)
    assert (tmp_path / "node.log").read_text() == "of yesterday\n"
    assert not (tmp_path / "api.sock").exists()


@pytest.mark.parametrize(
    ("word", "kind", "sentence"),
    [
        ("damaged", FolderDamaged, r"The database is \[31mdamaged\."),
        ("silent", NodeUnreachable, "Its node.log has the details"),
        ("traceback", NodeUnreachable, "Its node.log has the details"),
        ("killed", NodeUnreachable, "Its node.log has the details"),
    ],
)
def test_why_a_child_failed_is_said(tmp_path: Path, word: str, kind: type[UserError], sentence: str) -> None:
    (tmp_path / "node.log").write_text("pocketmesh: of yesterday\n")
    with pytest.raises(UserError, match=sentence) as failed:
        thin.ensure_node(str(tmp_path), True, child(tmp_path, word))
    assert type(failed.value) is kind
    assert "yesterday" not in str(failed.value)


def test_a_child_whose_exit_code_nobody_keeps_has_failed_all_the_same(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        with pytest.raises(NodeUnreachable, match="ended as it started"):
            thin.ensure_node(str(tmp_path), True, child(tmp_path, "damaged"))
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_commands_that_start_a_child_at_once_share_one(tmp_path: Path) -> None:
    def ask(_: int) -> str:
        with thin.ensure_node(str(tmp_path), True, child(tmp_path)) as connection:
            barrier.wait(PATIENCE_S)
            return str(connection.ask("radio")["why"])

    barrier = threading.Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ask, range(4)))) == 1


def test_a_lock_that_is_let_go_is_taken_by_another_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As when a command comes just while the last child is ending.
    lock = os.open(tmp_path / "node.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    monkeypatch.setattr(thin, "HELD_PAUSE_S", 0.05)
    with ThreadPoolExecutor(1) as pool:
        starting = pool.submit(thin.ensure_node, str(tmp_path), True, child(tmp_path))
        log = tmp_path / "node.log"
        while not log.exists() or "already runs" not in log.read_text():
            time.sleep(0.01)
        os.close(lock)
        with starting.result(PATIENCE_S) as connection:
            assert connection.ask("radio")["state"] == "up"


def test_a_lock_that_stays_held_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thin, "START_S", 2)
    # Not a real child: it has to have failed by then.
    refused = ["/bin/sh", "-c", "echo 'pocketmesh: A node already runs here.' >&2; exit 15"]
    with pytest.raises(FolderHeld, match="A node already runs here"):
        thin.ensure_node(str(tmp_path), True, refused)


def test_a_child_that_never_answers_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thin, "START_S", 0.2)
    sleeper = [sys.executable, "-c", "import time; time.sleep(5)"]
    with pytest.raises(NodeUnreachable, match="may still be starting: see"):
        thin.ensure_node(str(tmp_path), True, sleeper)


def need_spawn_that_tells() -> None:
    """qemu's user mode makes of vfork a fork; then posix_spawn does not say that there is no such program."""
    try:
        pid = os.posix_spawn("/does/not/exist", ["/does/not/exist"], {})
    except FileNotFoundError:
        return
    os.waitpid(pid, 0)
    missing("posix_spawn does not tell here what it could not start (a limit of qemu's user mode)")


def test_an_interpreter_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    need_spawn_that_tells()
    with pytest.raises(NodeUnreachable, match="No node can be started: No such file"):
        thin.ensure_node(str(tmp_path), True, ["/does/not/exist"])


def test_a_named_folder_is_not_made_and_the_child_still_heard(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    with pytest.raises(FolderDamaged, match="damaged"):
        thin.ensure_node(str(absent), True, child(absent, "damaged"))
    assert not absent.exists()


def test_the_default_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    fresh = tmp_path / "share" / "pocketmesh"
    with thin.ensure_node(str(fresh), False, child(fresh)) as connection:
        assert connection.ask("radio")["state"] == "up"
        assert fresh.stat().st_mode & 0o777 == 0o700
        assert (fresh / "node.log").stat().st_mode & 0o777 == 0o600


def test_a_log_that_grew_long_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thin, "LOG_MAX", 10)
    (tmp_path / "node.log").write_text("eleven bytes")
    with thin.ensure_node(str(tmp_path), True, child(tmp_path)) as connection:
        connection.ask("radio")
    assert (tmp_path / "node.log.old").read_text() == "eleven bytes"
    assert (tmp_path / "node.log").read_text() == ""


def test_the_child_takes_no_module_from_the_folder_we_stand_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "handheld").mkdir()
    (tmp_path / "handheld" / "__init__.py").write_text("print('pocketmesh: planted')")
    monkeypatch.chdir(tmp_path)
    command = thin._node_command("/does/not/exist", True)
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "planted" not in ended.stdout
    assert ended.returncode not in {0, 1}
