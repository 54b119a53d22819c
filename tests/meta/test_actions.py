"""Everything that is done on the screen can be done by a command, and told with --json."""

import shlex

import pytest

from handheld.cli import help_cmd
from handheld.cli.main import Parser, parser_of
from handheld.verbs import PLACES, VERBS
from tests.support.cli import run
from tui.keymap import DEFAULTS
from tui.library import TEXTS, text
from tui.questions import PRESSED, TYPED
from tui.slash import HERE

MOVING = {
    *(
        "up",
        "down",
        "page-up",
        "page-down",
        "back",
        "leave",
        "quit",
        "next",
        "open",
        "jump",
        "hold",
        "commands",
    ),
}
"""Actions that only move about on the screen, or hold it."""

DONE_BY = {
    "home": "status --json",
    "chats": "read --json",
    "people": "people --json",
    "help": "help",
    "alerts": "alert --list --json",
    "alerts-now": "alert --list --json",
    "search": "search soup --json",
    "files": "files --json",
    "lock": "lock --json",
    "radio": "radio console --json",
    "read": "help distress",
    "card": "card --json",
    "settings": "settings name Ada --json",
    "next-new": "read --follow --json",
    "to-new": "read --json",
    "board": "read market --json",
    "room": "room new kitchen --json",
    "invite": "room invite kitchen bo --json",
    "room-card": "room card kitchen --json",
    "name": "name bo Bob --json",
    "meet": "meet 47 3 --json",
    "same": "meet 47 3 --json",
    "not-same": "meet undo bo --json",
    "introduce": "introduce bo cem --json",
    "follow": "follow bo --json",
    "mute": "mute bo --json",
    "block": "block bo --json",
    "take-card": "meet card PM1 --json",
    "saw": "alert --seen 14 --json",
    "put-away": "alert --dismiss 14 --json",
    "call": "alert Fire --json",
    "over": "alert --over --json",
    "share": "share map.png --json",
    "get": "get 3f2a --json",
    "pause": "pause 3f2a --json",
    "view": "get 3f2a --show",
    "write-out": "get 3f2a --save . --json",
    "forget": "forget 3f2a --json",
    "who": "files --who 3f2a --json",
    "pick": "send bo Hello --json",
    "find": "search soup --board here --json",
    "kind": "post here --kind need Insulin --json",
    "delete": "delete 12 --json",
}
"""Action of the screen -> a command that does the same."""

ASKED = {
    "quit": "", "pick": "", "paste": "", "jump": "", "command": "", "help": "",
    "wipe": "wipe --yes --json",
    "asked": "room join kitchen --json",
    "room": "room new kitchen --json", "room key": "room join kitchen PMR: --json",
    "invite": "room invite kitchen bo --json",
    "block": "block bo --json",
    "delete": "delete 12 --yes --json",
    "edit": "edit 12 soup --json",
    "secret": "passphrase --json",
    "forget": "forget 3f2a --json",
    "share": "share map.png --json", "share to": "share map.png here --json",
    "share sure": "share map.png --yes --json", "slow sure": "resume 3f2a --yes --json",
    "save": "get 3f2a --save . --json",
    "name": "name bo Bob --json",
    "board": "read market --json",
    "number": "meet 47 3 --json", "people": "meet 47 3 --json",
    "introduce": "introduce bo cem --json",
    "card": "meet card PM1 --json",
    "search": "search soup --json", "find": "search soup --board here --json",
    "alert text": "alert Fire --json", "alert place": "alert Fire --place 1,2 --json",
    "alert sure": "alert Fire --yes --json",
    "setting": "settings name Ada --json", "your name": "settings name Ada --json",
    "region": "radio set region EU868 --json",
}  # fmt: skip
"""Question of the screen -> a command that takes the answer; "": it only moves about."""

TEXT_ONLY = {"help", "menu", "node", "replay", "screen", "screen-server"}
"""Verbs that print nothing which a program could want, or go on for ever."""


def parse(line: str) -> None:
    verb, *rest = shlex.split(line)
    parser_of(verb).parse_args(rest)


def test_every_action_of_the_screen_is_done_by_a_command() -> None:
    actions = {action for keys in DEFAULTS.values() for action in keys}
    assert actions - MOVING == DONE_BY.keys()
    for line in DONE_BY.values():
        parse(line)


def test_every_question_of_the_screen_is_answered_by_a_command() -> None:
    assert TYPED.keys() | PRESSED.keys() == ASKED.keys()
    for line in filter(None, ASKED.values()):
        parse(line)


@pytest.mark.parametrize("verb", VERBS.keys() - TEXT_ONLY)
def test_every_verb_can_be_told_in_json(verb: str) -> None:
    parser = parser_of(verb)
    assert isinstance(parser, Parser)
    assert any("--json" in one[0] for one in parser.arguments())


def test_what_is_typed_on_the_screen_is_a_verb_or_a_place_of_it() -> None:
    assert HERE.keys() <= VERBS.keys() | PLACES.keys()
    assert PLACES.keys() <= HERE.keys()


def test_the_texts_of_the_screen_are_read_by_a_command() -> None:
    assert help_cmd.TEXTS == TEXTS
    for name in TEXTS:
        assert run("help", name).out == f"{text(name)}\n"
