"""Files on the command line, with a real node behind them."""

import json
import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from handheld.cli import file_words
from handheld.commands import Files, GetFile, WhoHas
from tests.cli.test_node import end_child
from tests.support.cli import command, run, typed
from tests.support.door import BOB, SmallNode, file
from tests.support.photos import jpeg
from tests.support.terminal import on_terminal


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder whose node has no radio, and is ended with the test."""
    (tmp_path / "config.toml").write_text('radio = "none"\nname = "Ada"\n')
    monkeypatch.setenv("POCKETMESH_HOME", str(tmp_path))
    yield tmp_path
    os.kill(json.loads(run("status", "--json").out)["pid"], signal.SIGTERM)


def restart(folder: Path) -> None:
    end_child(folder)


def test_a_file_from_sharing_it_to_forgetting_it(folder: Path) -> None:
    note = folder / "-evil\x1b[2J.txt"
    note.write_text("Soup at seven. " * 100)
    assert run("files").out.startswith("No files yet.")
    cost = json.loads(run("share", str(note), "--cost", "--json").out)
    assert cost["size"] == 1_500
    assert cost["travels"] < 100
    shared = run("share", str(note), "#market")
    assert shared.out.startswith("1 KB (")
    assert "Saved, for #market. Its id: " in shared.out
    (file,) = json.loads(run("files", "--json").out)
    assert (file["name"], file["state"], file["board"]) == ("-evil[2J.txt", "here", "market")
    restart(folder)

    short = file["id"][:6]
    assert run("get", short, "--show").out == "Soup at seven. " * 99 + "Soup at seven.\n"
    assert "text, here" in run("get", short).out
    saved = json.loads(run("get", short, "--save", str(folder), "--json").out)["saved"]
    assert Path(saved) == folder / "evil[2J.txt"
    assert Path(saved).read_text() == note.read_text()
    assert stat.S_IMODE(Path(saved).stat().st_mode) == 0o600
    again = run("get", short, "--save", str(folder))
    assert (again.code, again.err) == (
        3,
        f"pocketmesh: {saved} is there already. Say another name: --save PATH\n",
    )

    assert "paused" in run("pause", short).out
    assert json.loads(run("files", "--json").out)[0]["state"] == "paused"
    assert run("resume", short).out.endswith("here.\n")
    run("files", "--pin", short)
    assert "(pinned)" in run("files").out
    assert json.loads(run("files", "--unpin", short, "--json").out)[0]["pinned"] is False
    assert "pocketmesh get" in run("read", "market").out
    forgotten = run("forget", short).out
    assert "gone from this device" in forgotten
    assert f"pocketmesh get {short}" in forgotten
    assert "not here" in run("files").out
    restart(folder)
    assert "not here" in run("files").out
    assert "0 %" in run("get", short).out
    assert json.loads(run("forget", short, "--json").out) == {"forgotten": short, "named": True}
    assert run("forget", short).out == "Its name is gone from the list.\n"
    assert run("files").out.startswith("No files yet.")


def test_what_is_wrong_is_said_in_a_sentence(folder: Path) -> None:
    large = folder / "large.bin"
    large.write_bytes(Random(1).randbytes(70_000))
    huge = folder / "huge.bin"
    huge.write_bytes(bytes(2 << 20))
    empty = folder / "empty"
    empty.touch()
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    link = folder / "link"
    link.symlink_to(folder / "nowhere")
    for path, says in (
        (large, "The file takes 68 KB on its way, and the limit is 64 KB."),
        (huge, "The file has more than 1.0 MB"),
        (empty, "The file is empty"),
        (pipe, "is no file."),
        (folder, "is no file."),
        (link, "cannot be read: No such file or directory."),
        (Path("a\0b"), "cannot be read"),
    ):
        ended = run("share", str(path))
        assert (ended.code, ended.out) == (3, ""), path
        assert says in ended.err
    for line, says in (
        (("get", "abcd"), "There is no file abcd."),
        (("get", "xyz"), "at least 4 hex digits"),
        (("pause", "12"), "at least 4 hex digits"),
        (("forget", "0123"), "There is no file 0123."),
    ):
        ended = run(*line)
        assert (ended.code, ended.out) == (3, "")
        assert says in ended.err
    note = folder / "note"
    note.write_text("x")
    both = run("share", str(note), "market", "--room", "kitchen")
    assert "not with two at once" in both.err
    run("share", str(large.with_name("note")))
    binary = folder / "b.bin"
    binary.write_bytes(bytes(range(256)))
    identity = run("share", str(binary)).out.split("id: ")[1][:12]
    assert "is no text" in run("get", identity, "--show").err
    assert "cannot be written" in run("get", identity, "--save", "/proc/none/x").err


def test_the_cost_says_what_the_law_leaves() -> None:
    told = {"size": 65_536, "travels": 65_536, "seconds": 240, "share_ppm": 112_000, "radio": "LoRa"}

    assert file_words.cost(told) == "64 KB: at least 4 min by LoRa, and 11 % of your hour's air time."


def test_a_narrow_screen_has_two_lines_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    file = {
        "id": "0123456789ab", "name": "map.png", "size": 5_000, "state": "coming", "have": 5, "symbols": 20,
        "wait_s": 4, "waits": False,
        "quiet_s": 3, "lacked": 0, "board": "here", "room": "", "pinned": False, "own": True, "author": {},
    }  # fmt: skip
    monkeypatch.setattr("handheld.cli.show.columns", lambda: 40)

    assert file_words.listing([file]) == "01234567 map.png\n    5 KB  25 %, 4 s or more to come  #here"
    assert file_words.state({**file, "waits": True}) == "25 %, waits for a fast radio, or your yes"
    assert file_words.state({**file, "waits": True, "state": "here"}).startswith("here, waits")
    assert file_words.state({**file, "waits": True, "state": "paused"}) == "paused"


@pytest.mark.usefixtures("door")
def test_a_name_that_is_taken_is_refused_before_the_file_is_asked_for(
    node: SmallNode, tmp_path: Path
) -> None:
    (tmp_path / "taken").touch()
    ended = run("get", "0c0c0c0c0c0c", "--wait", "--save", str(tmp_path / "taken"))
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.endswith("taken is there already. Say another name: --save PATH\n")
    assert node.asked == []


@pytest.mark.usefixtures("door")
def test_slow_air_is_agreed_to_by_a_y_and_by_nothing_else(node: SmallNode) -> None:
    number = "0c0c0c0c0c0c"
    node.slow, node.files = True, [file(number, name="map.png", wait_s=240)]
    for verb in ("resume", "get"):
        assert "waits for a fast radio, or your yes" in run(verb, number).out
        assert "waits" in run("files").out
        assert "pocketmesh resume ID --yes" in run("files").out
        assert "waits" not in run(verb, number, "--yes").out
        for answer, says in (("", "waits for a fast"), ("y", "map.png: ")):
            with on_terminal(command(verb, number), (80, 24), TERM="vt100") as opened:
                opened.until("keeps this slow air busy: 4 min or more. All the same? [y/N]")
                opened.press(f"{answer}\n")
                opened.until(says)
                opened.ended()
    asked = [one.yes for one in node.asked if isinstance(one, GetFile)]
    assert asked == [False, True, False, False, True] * 2


@pytest.mark.usefixtures("door")
def test_to_ask_who_has_a_file_is_not_to_ask_for_it(node: SmallNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handheld.cli.files_cmd.ANSWERS_S", 0)
    node.files = [file("0c0c0c0c0c0c", state="known", have=0, has=[BOB])]

    assert "1 near has all of it" in run("files", "--who", "0c0c0c0c0c0c").out
    assert [type(one) for one in node.asked] == [WhoHas, Files]


def test_who_has_a_file_is_said_by_name_and_number() -> None:
    ana, bo = ({"name": name, "beside": "", "named": True} for name in ("ana", "bo"))
    assert file_words.holders({"has": [], "lacks": []}).startswith("nobody near says")
    assert "1 near has all of it: ana." in file_words.holders({"has": [ana], "lacks": []})
    both = file_words.holders({"has": [ana, bo], "lacks": [bo]})
    assert both == "2 near have all of it: ana, bo; 1 still lacks parts: bo."


def test_a_photo_is_drawn_on_a_terminal_alone(folder: Path) -> None:
    photo, broken = folder / "a jpeg.png", folder / "broken.jpg"
    photo.write_bytes(jpeg(32, 20))
    broken.write_bytes(jpeg()[:300])
    good, bad = (run("share", str(path)).out.split("id: ")[1][:12] for path in (photo, broken))

    assert "\x1b[31;41m\u2580" in typed("get", good, "--show", folder=folder)
    refused = " ".join(typed("get", bad, "--show", folder=folder).split())
    assert "cannot be read" in refused
    assert "--save ." in refused
    elsewhere = run("get", good, "--show")
    assert (elsewhere.code, elsewhere.out) == (3, "")
    assert "is a picture, drawn on a terminal only" in elsewhere.err
