"""Boards, search, deletion and alerts as they are typed, over a real door."""

import json
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest

from handheld.api import codec
from handheld.cli import alert_cmd, read_cmd, show
from handheld.commands import AlertOver, CallHelp, Delete, Edit, Post, SawAlert, Search
from handheld.events import Alert
from tests.support.cli import run
from tests.support.door import ADA, SmallNode, door_thread, message

HELP = message(7, "Leg broken", kind="alert", left_s=80_000, place="48.2, 16.3")


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallNode]:
    monkeypatch.setenv("POCKETMESH_HOME", str(tmp_path))
    small = SmallNode()
    with door_thread(tmp_path, small):
        yield small


def test_a_need_is_posted_for_so_long(node: SmallNode) -> None:
    assert run("post", "here", "--kind", "need", "--for", "3d", "Insulin").out == (
        "Saved on #here as number 1, gone in 3 d.\n"
    )
    assert node.asked[-1] == Post("here", "Insulin", "need", 72)
    assert "NEED: Insulin" in run("read", "here").out
    assert ", 3 d left  #here 1" in run("read", "here").out


@pytest.mark.parametrize("life", ["0", "8d", "169h", "-1d", "3w", "d", "1e1", "²d", "9999h"])
def test_a_life_that_is_none_is_refused(node: SmallNode, life: str) -> None:
    ended = run("post", "here", f"--for={life}", "x")
    assert (ended.code, ended.out) == (2, "")
    assert "1d to 7d" in ended.err
    assert node.asked == []


@pytest.mark.parametrize(("life", "hours"), [("6h", 6), ("168h", 168), ("1d", 24), ("7", 168), ("", 0)])
def test_lives_are_written_in_hours_or_days(node: SmallNode, life: str, hours: int) -> None:
    run("post", "here", "--kind", "offer", f"--for={life}", "x")
    assert node.asked[-1] == Post("here", "x", "offer", hours)


def test_boards_are_a_table(node: SmallNode) -> None:
    node.boards = ["here", "market"]
    assert run("boards").out == (
        "Board    Posts  New  On it\n"
        "#here        2    1  1 need, first gone in 24 h\n"
        "#market      2    1  1 need, first gone in 24 h\n"
    )
    assert json.loads(run("boards", "--json").out)[1] == {
        "name": "market", "posts": 2, "unread": 1, "kinds": {"need": 1}, "next_s": 86_400, "followed": True,
    }  # fmt: skip


def test_what_is_found_is_shown_like_what_is_read(node: SmallNode) -> None:
    node.messages = [message(1, "the bridge"), message(2, "the mill")]
    assert run("search", "bridge").out == run("read", "--limit", "2", "--before", "2").out
    assert [one["id"] for one in json.loads(run("search", "mill", "--json").out)] == [2]
    assert run("search", "ferry").out == "Nothing that is held here has these words.\n"
    run("search", "a", "b", "--board", "here", "--who", "Bob", "-n", "3")
    assert node.asked[-1] == Search("a b", "here", "Bob", 3)


def test_deleting_asks_first(node: SmallNode) -> None:
    run("post", "here", "oops")
    for typed, code, says in ((b"", 2, "nothing was changed"), (b"no\n", 3, "Nothing was changed")):
        ended = run("delete", "1", stdin=typed)
        assert (ended.code, says in ended.err) == (code, True)
    assert not any(isinstance(command, Delete) for command in node.asked)
    assert "Copies may remain elsewhere." in run("delete", "1", stdin=b"delete\n").out
    assert json.loads(run("post", "here", "again", "--json").out)["id"] == 1
    assert json.loads(run("delete", "1", "--yes", "--json").out) == {"id": 1, "deleted": True}
    assert run("delete", "1", "--yes").code == 3


def test_what_is_queued_is_changed(node: SmallNode) -> None:
    run("send", "Bob", "see you at five")
    assert run("edit", "1", "see", "you", "at six").out == "Number 1 says now: see you at six\n"
    assert node.asked[-1] == Edit(1, "see you at six")
    assert json.loads(run("edit", "1", "at seven", "--json").out)["text"] == "at seven"
    node.gone.add(1)
    ended = run("edit", "1", "at eight")
    assert (ended.code, ended.out, "Write another message" in ended.err) == (3, "", True)


def test_calling_for_help_asks_first(node: SmallNode) -> None:
    for typed, code in ((b"", 2), (b"yes\n", 3)):
        assert run("alert", "Leg", "broken", stdin=typed).code == code
    assert node.asked == []
    assert "without a place" in run("alert", "Leg", "broken", stdin=b"alert\n").out
    ended = run("alert", "Leg broken", "--place", "48.2,16.3", "--for", "6h", "--yes")
    assert "at 48.2,16.3. It is repeated until somebody you know saw it." in ended.out
    assert node.asked[-1] == CallHelp("Leg broken", "48.2,16.3", 6)
    assert run("alert", "--yes").code == 2


def test_alerts_are_answered_and_ended(node: SmallNode) -> None:
    assert run("alert", "--list").out == "No alert lives here.\n"
    node.alerts = [Alert(HELP)]
    listed = run("alert", "--list").out
    assert "ALERT: Leg broken\n  At 48.2, 16.3\n" in listed
    assert "pocketmesh alert --seen 7" in listed
    assert run("alert", "--seen", "7", "Coming", "soon").out == "Its author is told that you saw it.\n"
    assert node.asked[-1] == SawAlert(7, "Coming soon")
    assert "You said that you saw it." in run("alert", "--list").out
    assert run("alert", "--over").code == 3
    run("alert", "help", "--yes")
    assert json.loads(run("alert", "--over", "Found", "--json").out)["kind"] == "over"
    assert node.asked[-1] == AlertOver("Found")
    assert [one["over"] for one in json.loads(run("alert", "--list", "--json").out)] == [True, False]


def test_the_fate_of_an_own_alert_is_told() -> None:
    person = {"name": "Bo", "named": True, "beside": "", "key": ADA.key}
    own = {"over": False, "message": {"own": True, "id": 1}, "seen_by": [], "repeats": True}
    assert alert_cmd.fate(own) == "Nobody said that he saw it. It is repeated."
    seen = {**own, "seen_by": [person], "repeats": False}
    assert alert_cmd.fate(seen) == "Seen by Bo. It is not repeated any more."
    assert alert_cmd.fate({**own, "over": True}) == "It is over."


@pytest.mark.parametrize(
    ("seconds", "left"),
    [
        (7 * 86_400, "7 d"),
        (36 * 3600, "2 d"),
        (90 * 60, "2 h"),
        (89 * 60, "89 min"),
        (10, "less than a minute"),
    ],
)
def test_times_left_are_rounded(seconds: int, left: str) -> None:
    assert show.left(seconds) == left


def test_what_got_longer_is_told_again_once(capsys: pytest.CaptureFixture[str]) -> None:
    shown = {1: "half…", 2: "whole"}
    rows = [codec.plain(message(1, "half and the rest")), codec.plain(message(2, "whole")), codec.plain(HELP)]
    for _ in range(2):
        read_cmd.tell_longer(Namespace(json=True), rows, shown)  # type: ignore[arg-type]
    (line,) = capsys.readouterr().out.splitlines()
    assert (json.loads(line)["id"], json.loads(line)["text"]) == (1, "half and the rest")
