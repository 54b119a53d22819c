"""Commands that are typed: /find, /people and the like. With // a message begins with /."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from handheld.verbs import PLACES, TYPED, VERBS, matching
from tui import boards, ends, filing, knowing, library, picking, radio, settings, writing
from tui import reducer as news
from tui.editing import common
from tui.state import Place, Question

if TYPE_CHECKING:
    from tui.shell import Shell

Action = Callable[["Shell", str], None]

LISTED = 12
"""Commands that are listed in a sentence."""


def _to(place: Place) -> Action:
    return lambda shell, _: shell.go(place)


def _plain(action: Callable[[Shell], None]) -> Action:
    return lambda shell, _: action(shell)


def _ask(question: Question) -> Action:
    return lambda shell, _: shell.ask_for(question)


def _search(shell: Shell, text: str) -> None:
    if text:
        boards.ANSWERED["search"](shell, boards.SEARCH, text)
    else:
        shell.ask_for(boards.SEARCH)


def _find(shell: Shell, text: str) -> None:
    if not shell.talk_chat():
        shell.turn(news.told, "/find finds in the chat that is open; /search everywhere.")
    elif text:
        picking.ANSWERED["find"](shell, picking.FIND, text)
    else:
        shell.ask_for(picking.FIND)


def _alert(shell: Shell, text: str) -> None:
    if text:
        boards.ANSWERED["alert text"](shell, boards.CALL, text)
    else:
        shell.go(Place.ALERTS)


HERE: dict[str, Action] = {
    "home": _to(Place.HOME),
    "chats": _to(Place.CHATS),
    "find": _find,
    "library": _plain(library.enter),
    "quit": _ask(ends.QUIT),
    "people": _to(Place.PEOPLE),
    "boards": _to(Place.CHATS),
    "files": _plain(filing.show),
    "share": _plain(filing.ask_share),
    "search": _search,
    "alert": _alert,
    "meet": _ask(knowing.NUMBER),
    "card": _plain(knowing.show_card),
    "radio": _plain(radio.enter),
    "settings": _plain(settings.enter),
    "lock": _plain(ends.lock),
    "passphrase": lambda shell, _: shell.leave(ends.PASSPHRASE),
    "wipe": _ask(ends.WIPE),
    "help": _to(Place.HELP),
}
"""What the screen does itself; all else is done as on a command line, and what that prints is shown."""

_WITH_TEXT = frozenset({"search", "alert", *PLACES})
"""Those of HERE that take the words behind them; for the others such words are the command line's."""


def obeyed(shell: Shell, text: str) -> bool:
    """Whether a text was a command, and is done; "//" at its head is a message with one of them."""
    if not text.startswith("/") or text.startswith("//"):
        return False
    name, _, rest = text[1:].partition(" ")
    found = matching(name)
    if name in TYPED or len(found) == 1:
        writing.put(shell, "")
        obey(shell, name if name in TYPED else found[0], rest.strip())
    else:
        shell.turn(news.told, f"{_unknown(name, found)} To write it all the same: //")
    return True


def obey(shell: Shell, name: str, rest: str) -> None:
    """Do what one of TYPED says, with the words behind it."""
    if name in HERE and (not rest or (name in _WITH_TEXT and not rest.startswith("-"))):
        HERE[name](shell, rest)
    else:
        shell.runner.run(f"{name} {rest}".strip())


def _unknown(name: str, found: list[str]) -> str:
    if name in VERBS:
        return f"/{name} needs a terminal of its own: leave this screen for it."
    return f"There is no /{name}. {_list(found) if found else '/ and Tab lists all.'}"


def _list(names: list[str], mark: str = "/") -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return " ".join(f"{mark}{name}" for name in names[:LISTED]) + more


def completed(shell: Shell) -> bool:
    """Tab in a command: as much more of it as is sure. Whether there was one."""
    text = shell.composer.text
    line = text if shell.view.question is not None else text.removeprefix("/")
    if shell.view.question is None and (not text.startswith("/") or text.startswith("//")):
        return False
    begun = line.rpartition(" ")[2]
    first = begun == line
    found = matching(begun) if first else shell.runner.completions(line)
    more = common(found)[len(begun) :]
    shell.composer.take(more + " " if len(found) == 1 else more)
    shell.place_cursor()
    if len(found) == 1 and first:
        shell.turn(news.told, f"/{found[0]}: {TYPED[found[0]]}")
    elif len(found) != 1:
        shell.turn(news.told, _list(found, "/" if first else "") or "Nothing begins so.")
    return True
