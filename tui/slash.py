"""What may be typed where one writes: /find, /people and the like. With // a message begins with /."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui import boards, ends, filing, knowing, library, picking, radio, settings, writing
from tui import reducer as news
from tui.state import Place, Question

if TYPE_CHECKING:
    from tui.shell import Shell

Action = Callable[["Shell", str], None]


def _to(place: Place) -> Action:
    return lambda shell, _: shell.go(place)


def _plain(action: Callable[[Shell], None]) -> Action:
    return lambda shell, _: action(shell)


def _search(shell: Shell, text: str) -> None:
    if text:
        boards.ANSWERED["search"](shell, boards.SEARCH, text)


def _find(shell: Shell, text: str) -> None:
    if text:
        picking.ANSWERED["find"](shell, picking.FIND, text)


def _alert(shell: Shell, text: str) -> None:
    if text:
        boards.ANSWERED["alert text"](shell, boards.CALL, text)
    else:
        shell.go(Place.ALERTS)


COMMANDS: dict[str, tuple[Action, str]] = {
    "home": (_to(Place.HOME), "is it working?"),
    "chats": (_to(Place.CHATS), "boards, rooms and people"),
    "people": (_to(Place.PEOPLE), "who is near"),
    "files": (_plain(filing.show), "what is here, and sharing one"),
    "find": (_find, "WORDS in this chat"),
    "search": (_search, "WORDS everywhere"),
    "alert": (_alert, "TEXT: call for help"),
    "card": (_plain(knowing.show_card), "your card"),
    "radio": (_plain(radio.enter), "what the radio does"),
    "settings": (_plain(settings.enter), "your name, quiet hours, colours"),
    "read": (_plain(library.enter), "short texts"),
    "lock": (_plain(ends.lock), "drop the keys"),
    "help": (_to(Place.HELP), "all of this"),
    "quit": (lambda shell, _: shell.ask_for(Question("quit", "Quit? y yes, any other key no")), "leave"),
}
"""Name -> (what it does with the text behind it, that in words)."""


def obeyed(shell: Shell, text: str) -> bool:
    """Whether a text was a command, and is done; "//" at its head is a message with one of them."""
    if not text.startswith("/") or text.startswith("//"):
        return False
    name, _, rest = text[1:].partition(" ")
    found = matching(name)
    if name not in COMMANDS and len(found) != 1:
        known = " ".join(f"/{one}" for one in found or COMMANDS)
        shell.turn(news.told, f"There is no /{name}. {known}. To write it all the same: //")
        return True
    writing.put(shell, "")
    COMMANDS[name if name in COMMANDS else found[0]][0](shell, rest.strip())
    return True


def matching(begun: str) -> list[str]:
    """The commands that begin so."""
    return [name for name in COMMANDS if name.startswith(begun)]


def completed(shell: Shell) -> bool:
    """Tab in a command: as much more of it as is sure. Whether there was one."""
    text = shell.composer.text
    if not text.startswith("/") or text.startswith("//") or " " in text:
        return False
    found = matching(text[1:])
    if len(found) == 1:
        writing.put(shell, f"/{found[0]} ")
        shell.turn(news.told, f"/{found[0]}: {COMMANDS[found[0]][1]}")
    else:
        shell.turn(news.told, " ".join(f"/{name}" for name in found or COMMANDS))
    return True
