"""The command as a whole: help, mistakes, exit codes, pipes."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from handheld import __version__, errors
from handheld.cli import main as main_module
from handheld.cli import status_cmd, verbs
from handheld.errors import UserError
from handheld.verbs import VERBS
from tests.support.cli import command, run, spawn
from tests.support.door import DoorThread, SmallNode, door_thread
from tests.support.patience import PATIENCE_S


def test_alone_it_says_what_to_try_first() -> None:
    alone = run()
    assert alone.code == 0
    assert alone.out.index("Try first:") < alone.out.index("Commands:")
    assert alone == run("--help") == run("-h") == run("help")
    assert all(f"\n  {verb} " in alone.out for verb in VERBS)
    assert max(map(len, alone.out.splitlines())) <= 72


def test_the_version() -> None:
    assert run("--version") == (0, f"pocketmesh {__version__}\n", "")


def test_every_module_of_a_verb_is_registered() -> None:
    folder = Path(verbs.__file__).parent
    assert {path.stem for path in folder.glob("*_cmd.py")} == {
        f"{verb.replace(chr(45), chr(95))}_cmd" for verb in VERBS
    }


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_a_verb_shows_what_it_does_and_an_example(verb: str) -> None:
    page = run(verb, "--help")
    assert page.code == 0
    assert page.err == ""
    assert f"examples:\n  pocketmesh {verb}" in page.out
    assert "--data DIR" in page.out
    assert "help exit-codes" in page.out
    assert page == run("help", verb)
    assert max(map(len, page.out.splitlines())) <= 80


@pytest.mark.parametrize("verb", VERBS)
def test_the_examples_of_a_verb_can_be_parsed(verb: str) -> None:
    for line in verbs.load(verb).EXAMPLES.splitlines():
        words = re.search(r"pocketmesh ([^|;]*)", line)[1].replace('"', "").split()  # type: ignore[index]
        if words[:1] == ["--data"]:
            words = words[2:]
        assert words[0] == verb
        main_module.parser_of(verb).parse_args(words[1:])


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["statsu"], "There is no command 'statsu'. Did you mean: pocketmesh status"),
        (["\x1b[2Jxyz"], "There is no command '\\x1b[2Jxyz'. There are: "),
        (["status", "--jsno"], "Unrecognized arguments: --jsno. Try: pocketmesh status --help"),
        (["--frob"], "Unrecognized arguments: --frob. Try: pocketmesh --help"),
        (["--data"], "Argument --data: expected one argument. Try: pocketmesh --help"),
        (["read", "--limit", "many"], "invalid int value: 'many'. Try: pocketmesh read --help"),
        (["read", "--follow", "--before", "9"], "--follow goes on from now"),
        (["post", "here"], "The following arguments are required: TEXT"),
        (["help", "weather"], "There is no page 'weather'."),
        (["demo", "--seconds", "0"], "--seconds has to be from 1"),
        (["demo", "--loss", "100"], "--loss has to be from 0 to 99"),
        (["post", "here", "caf\udce9"], "The text is not UTF-8."),
    ],
)
def test_a_command_line_that_makes_no_sense_ends_with_2(argv: list[str], sentence: str) -> None:
    ended = run(*argv)
    assert ended.code == 2
    assert ended.out == ""
    assert ended.err.startswith("pocketmesh: ")
    assert sentence in ended.err
    assert ended.err.count("\n") == 1


def test_every_exit_code_is_documented() -> None:
    page = run("help", "exit-codes").out
    listed = {int(line.split()[0]) for line in page.splitlines()}
    assert listed == {0, 1, 130, *(kind.exit_code for kind in UserError.__subclasses__())}
    assert all(len(line.split()) > 1 for line in page.splitlines())


KINDS = [UserError, *UserError.__subclasses__()]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_error_is_a_sentence_and_its_exit_code(
    kind: type[UserError], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> int:
        raise kind("The sentence.")

    monkeypatch.setattr(status_cmd, "run", fail)
    assert run("status") == (kind.exit_code, "", "pocketmesh: The sentence.\n")


def test_exit_codes_are_all_different_and_come_back_from_another_process() -> None:
    codes = [kind.exit_code for kind in UserError.__subclasses__()]
    assert len(set(codes)) == len(codes)
    assert not {0, 1, 130} & set(codes)
    for kind in KINDS:
        assert type(errors.by_code(kind.exit_code, "x")) is kind


def crash(_: object) -> int:
    raise ZeroDivisionError("an inner detail")


def test_a_mistake_of_ours_is_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_cmd, "run", crash)
    ended = run("status", "--data", str(tmp_path))
    assert ended.code == 1
    assert "an inner detail" not in ended.err
    log = tmp_path / "crash.log"
    assert str(log) in ended.err
    assert "ZeroDivisionError: an inner detail" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_mistake_of_ours_without_a_folder_is_written_down_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_cmd, "run", crash)
    ended = run("status", "--data", str(tmp_path / "absent"))
    log = Path(ended.err.split(" is written in ")[1].strip())
    try:
        assert "ZeroDivisionError" in log.read_text()
        assert log.stat().st_mode & 0o777 == 0o600
    finally:
        log.unlink()
    assert not (tmp_path / "absent").exists()


def test_debug_shows_it_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_cmd, "run", crash)
    monkeypatch.setenv("POCKETMESH_DEBUG", "")  # to be put back
    for argv in (["--debug", "status"], ["status", "--debug"]):
        ended = run(*argv, "--data", str(tmp_path))
        assert ended.code == 1
        assert "ZeroDivisionError: an inner detail" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(status_cmd, "run", interrupted)
    assert run("status") == (130, "", "")


@pytest.fixture
def node() -> SmallNode:
    return SmallNode()


@pytest.fixture
def door(tmp_path: Path, node: SmallNode) -> DoorThread:
    with door_thread(tmp_path, node) as opened:
        yield opened


def test_as_a_process_it_answers_over_the_door(door: DoorThread, tmp_path: Path) -> None:
    by_option = spawn("status", "--json", "--data", str(tmp_path))
    assert by_option.code == 0
    assert json.loads(by_option.out)["pid"] == 4711
    assert by_option == spawn("status", "--json", POCKETMESH_HOME=str(tmp_path))
    assert by_option == spawn("--data", str(tmp_path), "status", "--json", POCKETMESH_HOME="/elsewhere")


def test_as_a_process_it_ends_with_the_exit_code(door: DoorThread, tmp_path: Path) -> None:
    ended = spawn("post", "here", "", "--data", str(tmp_path))
    assert ended == (3, "", "pocketmesh: A post without text says nothing.\n")


def test_a_terminal_without_unicode_gets_question_marks(door: DoorThread, tmp_path: Path) -> None:
    ended = spawn("post", "here", "Grüße ✓", "--json", "--data", str(tmp_path), PYTHONIOENCODING="ascii")
    assert ended.code == 0
    assert json.loads(ended.out)["text"] == "Gr??e ?"


def status_into(output: IO[bytes], folder: Path, unbuffered: str) -> tuple[int, bytes]:
    """Exit code and complaints of `status` with its output there, by an interpreter that buffers or not."""
    ended = subprocess.run(
        command("status", "--data", str(folder)),
        stdout=output,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        check=False,
    )
    return ended.returncode, ended.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_stops_reading_is_no_error(door: DoorThread, tmp_path: Path, unbuffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        assert status_into(pipe, tmp_path, unbuffered) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_behind_the_output_is_a_sentence(
    door: DoorThread, tmp_path: Path, unbuffered: str
) -> None:
    with open("/dev/full", "wb") as full:
        code, complaint = status_into(full, tmp_path, unbuffered)
    assert code == 1
    assert complaint == b"pocketmesh: The output cannot be written: No space left on device.\n"


def test_ctrl_c_ends_a_follower_with_130(door: DoorThread, tmp_path: Path) -> None:
    follower = subprocess.Popen(
        command("read", "--follow", "--data", str(tmp_path)), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    run("post", "here", "hello", "--data", str(tmp_path))
    assert b"Ada" in follower.stdout.readline()  # type: ignore[union-attr]
    follower.send_signal(signal.SIGINT)
    _, err = follower.communicate(timeout=PATIENCE_S)
    assert (follower.returncode, err) == (130, b"")


def test_only_the_verb_that_was_asked_for_is_loaded() -> None:
    program = (
        "import sys; from handheld.cli.main import main; main(['help', 'exit-codes']); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    modules = {name for name in loaded.stdout.split() if name.startswith("handheld.cli.")}
    assert modules == {f"handheld.cli.{name}" for name in ("main", "show", "verbs", "help_cmd")}
