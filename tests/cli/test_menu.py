"""The text menus: by lines over a real door, and on a real terminal where something arrives meanwhile."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from handheld.cli.menu.link import Link
from handheld.commands import (
    Delete,
    Edit,
    Files,
    ForgetFile,
    GetFile,
    Introduce,
    Name,
    Post,
    Relate,
    Search,
    Seen,
    Send,
    Share,
)
from handheld.events import MessageKept, MessageState, PersonHeard
from tests.support.cli import command, run
from tests.support.door import BOB, CAI, DoorThread, SmallNode, door_thread, file, message
from tests.support.terminal import Terminal, on_terminal

HOME = "Number (0 leaves, ? help):"


def menu(*typed: str) -> str:
    """What the menus print to whoever types these lines through a pipe, then nothing more."""
    ended = run("menu", stdin="".join(f"{line}\n" for line in typed).encode())
    assert (ended.code, ended.err) == (0, "")
    return ended.out


@pytest.fixture
def terminal(door: DoorThread) -> Iterator[Terminal]:
    with on_terminal(command("menu"), (80, 24), TERM="vt100") as opened:
        opened.until(HOME)
        opened.until(lambda: door.watchers() == 1)
        yield opened


@pytest.mark.usefixtures("door")
def test_files_are_shared_looked_at_and_forgotten(node: SmallNode) -> None:
    node.files = [file("0b0b0b0b0b0b", name="note.txt", look="text")]
    node.contents = {"0b0b0b0b0b0b": b"Soup at seven."}
    shared = (("",), ("#1", ""), ("#1", "n"), ("#market", "y"), ("&kitchen", "y"), ("Bob", "Y"))
    typed = [line for answers in shared for line in ("1", "/maps/my map.png", *answers)]
    out = menu("11", "2", "1", "6", "6", *typed)
    assert "2 note.txt, 16 KB, here" in out
    assert "Soup at seven." in out
    assert "note.txt, 16 KB, not here" in out
    assert "Its name is gone from the list." in out
    assert "16 KB: at least 3 s by LoRa" in out
    asked = [one for one in node.asked if isinstance(one, GetFile | ForgetFile | Share)]
    assert asked[0] == GetFile("0b0b0b0b0b0b", look=True)
    assert asked[1:3] == [ForgetFile("0b0b0b0b0b0b")] * 2
    assert out.count("Nothing was shared.") == 3
    assert asked[3:] == [
        Share("/maps/my map.png", board="#market"),
        Share("/maps/my map.png", room="kitchen"),
        Share("/maps/my map.png", who="Bob"),
    ]


@pytest.mark.usefixtures("door")
def test_only_a_yes_beside_its_cost_lets_a_file_take_slow_air(node: SmallNode) -> None:
    node.slow = True
    menu("11", "1", "/maps/map.png", "#market", "y")
    assert node.asked[-2:] == [Share("/maps/map.png", board="#market", yes=True), Files()]


def kept(door: DoorThread, number: int, text: str, board: str = "here") -> None:
    door.publish(MessageKept(message(number, text, board)))


@pytest.mark.usefixtures("door")
def test_what_waits_is_changed_and_a_post_is_deleted_after_the_word(node: SmallNode) -> None:
    node.messages = [message(number, f"text {number}", own=True) for number in (4, 5, 6)]
    node.gone = {6}
    typed = ("9", "1", "4", "soup at seven", "1", "6", "too late", "1", "5", "", "1", "", "", "")
    ended = run("menu", stdin="".join(f"{line}\n" for line in typed).encode())
    assert "Change what has not gone out" in ended.out
    assert "Number 4 says now: soup at seven" in ended.out
    assert "It has gone out already" in ended.err
    typed = ("9", "2", "5", "no", "2", "5", "delete", "2", "", "", "0")
    ended = run("menu", stdin="".join(f"{line}\n" for line in typed).encode())
    assert "Nothing was changed." in ended.err
    assert "Number 5 is deleted here" in ended.out
    assert [one for one in node.asked if isinstance(one, (Delete, Edit))] == [
        Edit(4, "soup at seven"),
        Edit(6, "too late"),
        Delete(5),
    ]
    assert [one.text for one in node.messages] == ["soup at seven", "text 6"]


@pytest.mark.usefixtures("door")
def test_the_first_menu_says_whether_it_works_and_zero_leaves() -> None:
    out = menu("0", "1")
    assert "pocketmesh: Ada: Working, with 1 neighbour." in out
    assert out.count(HOME) == 1


@pytest.mark.usefixtures("door")
def test_i_read_a_board_and_write_on_it(node: SmallNode) -> None:
    node.messages.append(message(7, "soup at six"))
    out = menu("1", "1", "I will come", "")
    assert "1 Chats (1 new)" in out
    assert "#here (1 new): soup at six" in out
    assert '= "Bob", 2 hops' in out
    assert Post("here", "I will come") in node.asked
    assert Seen(7, "here") in node.asked


@pytest.mark.usefixtures("door")
def test_zero_leads_back_where_one_writes_too_and_is_not_posted(node: SmallNode) -> None:
    out = menu("3", "", "0", "0")
    assert "Enter alone or 0: back." in out
    assert [one for one in node.asked if isinstance(one, Post)] == []


@pytest.mark.usefixtures("door")
def test_older_messages_come_by_the_page(node: SmallNode) -> None:
    node.messages += [message(number, f"text {number}") for number in range(1, 31)]
    out = menu("3", "", "/older", "/older", "")
    assert (out.count("  text 11\n"), out.count("  text 10\n"), out.count("Nothing older.")) == (1, 1, 1)


@pytest.mark.usefixtures("door")
def test_i_write_to_a_neighbour_name_him_and_introduce_him(node: SmallNode) -> None:
    out = menu("2", "1", "1", "are you well?", "", "2", "Bobby", "3", "cai", "", "")
    assert "= Bob, 2 hops, heard 4m ago" in out.replace('"', "")
    asked = [one for one in node.asked if isinstance(one, (Send, Name, Introduce))]
    assert asked == [Send(BOB.key, "are you well?"), Name(BOB.key, "Bobby"), Introduce(BOB.key, "cai")]
    assert "You have no name cai for anybody" in out


@pytest.mark.usefixtures("door")
def test_a_line_with_a_slash_is_a_command_and_two_are_a_text(node: SmallNode) -> None:
    out = menu("/post market 'two coats'", "3", "", "//me too", "", "/ 'open", "?", "99", "x")
    assert [one for one in node.asked if isinstance(one, Post)] == [
        Post("market", "two coats"),
        Post("here", "/me too"),
    ]
    assert "That is no command: No closing quotation." in out
    assert "/room" in out
    assert "There is no '99' here." in out
    assert "There is no 'x' here." in out


def test_the_menus_watch_before_they_ask_anything(node: SmallNode, tmp_path: Path) -> None:
    heard: list[str] = []
    come = threading.Event()

    def hear(name: str, _value: object) -> None:
        heard.append(name)
        come.set()

    with door_thread(tmp_path, node):
        link = Link(str(tmp_path), True, hear, heard.append)
        link.ask("post", board="here", text="the bridge is out")
        assert come.wait(20)
        link.close()
    assert heard == ["message"]


def test_without_a_node_it_says_why_and_tries_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POCKETMESH_HOME", str(tmp_path / "missing"))
    out = menu("", "0")
    assert out.count(f"There is no folder {tmp_path / 'missing'}.") == 2


def test_what_arrives_is_printed_above_a_half_typed_line(door: DoorThread, terminal: Terminal) -> None:
    terminal.press("3\r")
    terminal.until("Board (Enter: here): #")
    terminal.press("\r")
    terminal.until("#here>")
    terminal.press("I am half")
    terminal.until("#here> I am half")
    kept(door, 21, "the bridge is out")
    kept(door, 22, "two coats left", "market")
    door.publish(PersonHeard(CAI, True))
    door.publish(MessageState(3, "delivered"))
    terminal.until("> your message 3: delivered")
    terminal.press(" way\r")
    terminal.until("Saved as number")
    text = terminal.text()
    assert "#here> I am half way" in text
    assert text.index("the bridge is out") < text.index('> = "Bob" #market: two coats left')
    assert "is near" in text


def test_on_a_dumb_terminal_no_control_sequence_is_written(door: DoorThread) -> None:
    with on_terminal(command("menu"), (40, 15), TERM="dumb") as terminal:
        terminal.until(HOME)
        terminal.until(lambda: door.watchers() == 1)
        terminal.press("1")
        kept(door, 21, "the bridge is out")
        terminal.until("the bridge is out")
        terminal.press("\r")
        terminal.until("Number (0 back)")
        assert b"\x1b" not in terminal.written


def test_long_lists_are_paged_by_the_height(terminal: Terminal) -> None:
    terminal.press("?\r")
    terminal.until("-- Enter: more, q: enough --")
    assert b"/wipe" not in terminal.written
    terminal.press("q\r")
    terminal.until(lambda: terminal.text().rstrip().endswith(HOME))
    assert b"/wipe" not in terminal.written


def test_tab_completes_commands_and_ctrl_c_goes_back(terminal: Terminal) -> None:
    terminal.press("/stat\t")
    terminal.until("/status")
    terminal.press("\x03")
    again = b"pocketmesh: Ada"
    terminal.until(lambda: terminal.written.count(again) == 2 and terminal.text().rstrip().endswith(HOME))
    terminal.press("\x04")
    assert terminal.ended() == 0


def test_a_node_that_ends_is_told_and_the_text_is_offered_again(
    door: DoorThread, terminal: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text('radio = "none"\n', encoding="ascii")
    terminal.press("3\r")
    terminal.until("Board")
    terminal.press("\r")
    terminal.until("#here>")
    door.close()
    terminal.until("The node has ended.")
    terminal.press("still here\r")
    # Where its lines end depends on how long the name of the folder is.
    terminal.until(lambda: "Your text was perhaps not saved" in " ".join(terminal.text().split()))
    terminal.press("\r")
    terminal.until("Saved as number 1.")
    terminal.press("\r0\r0\r")
    assert terminal.ended() == 0
    assert [message["text"] for message in json.loads(run("read", "--json").out)] == ["still here"]


def test_it_loads_nothing_that_costs(door: DoorThread) -> None:
    program = "import sys; from handheld.cli.main import main; main(['menu']); print(*sys.modules, sep='\\n')"
    ended = subprocess.run(
        [sys.executable, "-c", program], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    loaded = set(ended.stdout.splitlines())
    assert "handheld.cli.menu.menus" in loaded
    assert not loaded & {
        "textual",
        "rich",
        "nacl",
        "construct",
        "asyncio",
        "dataclasses",
        "logging",
        "typing",
    }


@pytest.mark.usefixtures("door")
def test_i_block_somebody_search_and_put_an_alert_away(node: SmallNode) -> None:
    menu("2", "1", "6", "", "", "8", "soup", "10", "1", "")
    asked = [one for one in node.asked if isinstance(one, (Relate, Search))]
    assert asked == [Relate(BOB.key, "blocked"), Search("soup", limit=20)]
    out = menu("10", "3", "")
    assert "Put one away" in out
