"""The keys as they are, as somebody wants them, and what help and the lowest line say of them."""

from dataclasses import replace
from pathlib import Path

import pytest

from handheld import config
from handheld.config import Config
from handheld.errors import UsageError
from tests.support.cli import command
from tests.support.door import SmallNode, message, open_door
from tests.support.screen import Screen, screen
from tests.support.terminal import on_terminal
from tui import keys
from tui.cells import plain
from tui.frame import hint
from tui.hints import HINTS, WIDE, keys_of
from tui.keymap import DEFAULTS, TAKEN, action_of, in_force, label, labels
from tui.state import Place, Talk, View


def test_every_action_does_something_and_nothing_else_does() -> None:
    named = {(place, action) for place, actions in DEFAULTS.items() for action in actions}
    for place, action in named:
        assert callable(keys.act(place, action))
    assert {action for _, action in named} == keys._ACTIONS.keys() | {"next"}
    assert keys._THERE.keys() <= named
    assert set(DEFAULTS) == set(HINTS) == set(Place)


def test_no_key_is_one_that_serial_programs_or_terminals_take() -> None:
    pressed = {key for actions in DEFAULTS.values() for key in actions.values()}
    assert not pressed & TAKEN.keys()
    assert {"ctrl+a", "ctrl+b", "ctrl+t", "ctrl+]"} <= TAKEN.keys()


def test_a_key_that_is_there_on_every_page_means_the_same_on_all() -> None:
    everywhere = DEFAULTS[Place.HELP]
    for place, actions in DEFAULTS.items():
        for action, key in actions.items():
            same = [one for one, other in everywhere.items() if other == key]
            assert same in ([], [action]) or place in {Place.MEET, Place.TALK}


def test_what_the_lowest_line_names_is_a_key_there() -> None:
    for hints in (HINTS, WIDE):
        for place, words in hints.items():
            for action, _ in words:
                assert action in DEFAULTS[place] or action in {"Enter", "Esc", "Tab", "Up Down"}


def test_a_key_of_ones_own_takes_the_place_of_the_usual_one() -> None:
    given = (("follow", "o"), ("pick", "ctrl-p"), ("people", "P"))
    assert action_of(given, Place.PEOPLE, "o", "o") == "follow"
    assert action_of(given, Place.PEOPLE, "l", "l") == ""
    assert action_of(given, Place.TALK, "ctrl+p", None) == "pick"
    assert action_of(given, Place.HOME, "upper_p", "P") == "people"
    assert action_of(given, Place.HOME, "p", "p") == ""
    assert (labels(given)["pick"], labels(given)["follow"], labels(())["pick"]) == ("Ctrl-P", "o", "Ctrl-E")
    assert [label(key) for key in ("escape", "pageup", "tab", "?")] == ["Esc", "PgUp", "Tab", "?"]


@pytest.mark.parametrize(
    ("action", "key", "says"),
    [
        ("follow", "u", '"u" would be both follow and mute, in people'),
        ("people", "c", '"c" would be both chats and people, in home'),
        ("follow", "ctrl-a", "serial programs take it"),
        ("follow", "ctrl-s", "terminals take it"),
        ("follow", "ctrl-i", "terminals send it for another key"),
        ("follow", "ctrl-x", "cannot be changed"),
        ("follow", "f5", '"f5" is no key'),
        ("follow", "alt-x", '"alt-x" is no key'),
        ("follow", "", '"" is no key'),
        ("follow", "\u00e4", "is no key"),
        ("pick", "p", '"p" writes, in a chat; pick needs another'),
        ("dance", "d", "there is no action 'dance'"),
    ],
)
def test_what_cannot_be_is_said(action: str, key: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        in_force(((action, key),))
    assert says in str(caught.value)


def test_the_file_has_a_table_of_them(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[keys]\nfollow = "o"\npick = "ctrl-p"\n')
    assert config.load(tmp_path).keys == (("follow", "o"), ("pick", "ctrl-p"))
    for wrong in ("keys = 3", "[keys]\nfollow = 3"):
        (tmp_path / "config.toml").write_text(wrong)
        with pytest.raises(UsageError, match="is a table of keys"):
            config.load(tmp_path)


def test_a_screen_with_keys_that_cannot_be_says_so_and_where(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('radio = "none"\n[keys]\nfollow = "u"\n')
    with on_terminal(command("--data", str(tmp_path)), (80, 24)) as terminal:
        assert terminal.ended() == 2
    assert b'config.toml: keys: "u" would be both follow and mute' in terminal.written.replace(b"\r\n", b" ")


def with_keys(at: Screen, *given: tuple[str, str]) -> None:
    at.shell.view = replace(at.shell.view, config=Config(keys=given))
    at.shell.turn(lambda view: view)


async def test_help_and_the_lowest_line_show_the_keys_in_force(tmp_path: Path) -> None:
    async with open_door(tmp_path, SmallNode()), screen(tmp_path) as at:
        await at.until("It works")
        with_keys(at, ("people", "e"), ("help", "z"))
        await at.press("e")
        await at.until("Hops")
        await at.press("z")
        await at.until("Keys in people:")
        assert "l      follow" in at.text()
        await at.press("escape", "h")
        await at.until("e People")


async def test_help_begins_with_where_one_was_and_is_searched(tmp_path: Path) -> None:
    async with open_door(tmp_path, SmallNode()), screen(tmp_path, (53, 20)) as at:
        await at.until("It works")
        await at.press("p", "question_mark")
        await at.until("Keys in people:")
        await at.until("take a card")
        await at.press("slash")
        await at.write("distress")
        await at.press("enter")
        await at.until(lambda: "Keys in people:" not in at.text() and "distress" in at.text())
        assert "Boards, such as" not in at.text()
        await at.press("slash")
        await at.write("aired")
        await at.press("enter")
        await at.until("After what you wrote:")
        assert "delivered:" not in at.text()
        await at.press("slash")
        await at.write("zebra")
        await at.press("enter")
        await at.until("Nothing here has that.")
        await at.press("escape")
        await at.until("Keys in people:")
        await at.press("escape")
        await at.until("Hops")


async def test_help_tells_the_keys_of_a_page_aside_and_leads_back_there(tmp_path: Path) -> None:
    async with open_door(tmp_path, SmallNode()), screen(tmp_path, (53, 20)) as at:
        await at.until("It works")
        for key, head, there in (
            ("f", "Keys in files:", "No files yet."),
            ("a", "Keys in alerts:", "Nobody calls"),
        ):
            await at.press(key)
            await at.until(there)
            await at.press("question_mark")
            await at.until(head)
            await at.press("escape")
            await at.until(there)
        await at.press("escape")
        await at.until("It works")


async def test_letters_stand_at_chats_of_two_lines_too(tmp_path: Path) -> None:
    node = SmallNode(messages=[message(number, f"text {number}", f"b{number}") for number in range(1, 4)])
    async with open_door(tmp_path, node), screen(tmp_path, (120, 40)) as at:
        await at.until("unread:")
        await at.press("c", "j")
        await at.until("A letter goes to its row.")
        heads = [line[0] for line in at.lines()[1:10]]
        assert [letter for letter in heads if letter != " "] == list("abcd")
        await at.press("c")
        await at.until(lambda: at.lines()[1 + heads.index("c")].startswith(">"))


async def test_letters_beside_rows_go_there(tmp_path: Path) -> None:
    node = SmallNode(messages=[message(number, f"text {number}", f"b{number}") for number in range(1, 6)])
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await at.until("unread:")
        await at.press("c", "j")
        await at.until("A letter goes to its row.")
        rows = [line[0] for line in at.lines()[1:7]]
        assert rows == list("abcdef")
        await at.press("d")
        await at.until(lambda: at.lines()[4].startswith(">"))
        await at.press("j", "z")
        await at.until(lambda: at.lines()[4].startswith(">"))
        await at.press("p", "j", "b")
        await at.until(lambda: at.lines()[3].startswith(">"))
        for key, place in (("s", Place.SETTINGS), ("i", Place.LIBRARY)):
            await at.press("h", key)
            await at.until(lambda place=place: at.shell.view.place is place)  # type: ignore[misc]
            await at.until(lambda: at.lines()[1].startswith(">"))
            await at.press("j", "c")
            await at.until(lambda: any(line.startswith(">") for line in at.lines()[2:6]))
        await at.press("enter")
        await at.press("j")
        await at.until("There are no rows here")


def test_what_boards_alone_have_is_not_named_in_a_private_chat_or_a_room() -> None:
    for chat, named in (("#here", True), ("&crew", False), ("b0" * 32, False)):
        view = View(place=Place.TALK, talk=Talk(chat))
        for wide in (False, True):
            shown = {key for key, _ in keys_of(view, Place.TALK, wide=wide)}
            assert ({"Ctrl-K", "Ctrl-D"} <= shown, bool({"Ctrl-K", "Ctrl-D"} & shown)) == (named, named)


def test_on_a_small_screen_alerts_name_first_how_to_call_for_help() -> None:
    (line,) = hint(View(place=Place.ALERTS), 40)
    assert plain(line).startswith(" w write one  s saw it  Esc back")
