"""Boards from the screen: kinds of posts, search, deletion, and alerts; what keys and typed answers do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from handheld.commands import AlertOver, Alerts, CallHelp, Delete, DismissAlert, SawAlert, Search
from handheld.errors import Refused
from handheld.events import Message
from tui import alerts, words
from tui import reducer as news
from tui.cells import fit, safe
from tui.state import Place, Question, is_board

if TYPE_CHECKING:
    from tui.shell import Shell

SEARCH = Question("search", "Search: ")
CALL = Question("alert text", "What happened: ")
WHERE = "Where, or none: "
AS_DEGREES = "A place is written as 48.2082,16.3738. Enter alone tells none."
SURE = "Type HELP to send: "
HELP = "HELP"
CALLED = "Everybody in reach is called. Here you see who saw it."

SHOWN = 16
"""Cells of a post in the question whether to delete it."""

FOUND_MAX = 50


def next_kind(shell: Shell) -> None:
    """What is written next is a note, a need, an offer or an event: one after the other."""
    if (talk := shell.view.talk) is not None and is_board(talk.chat):
        shell.turn(news.kind_chosen)
        shell.composer.relabel(words.prompt(shell.view))
        shell.place_cursor()
    else:
        shell.turn(news.told, "Needs, offers and events are for boards: only there everybody reads them.")


def ask_delete(shell: Shell) -> None:
    """Ask whether to take back the lowest own post that is seen."""
    talk = shell.view.talk
    if talk is None or not is_board(talk.chat):
        shell.turn(news.told, "Only what you wrote on a board can be taken back.")
        return
    lowest = shell.messages.lowest
    mine = [one for one in talk.messages if one.own and (not lowest or one.id <= lowest)]
    if not mine:
        shell.turn(news.told, "Nothing of yours is here. Scroll to a post that you wrote.")
        return
    shell.ask_for(delete_question(mine[-1]))


def delete_question(message: Message) -> Question:
    """Whether to take back an own post."""
    text = fit(safe(message.text).replace("\n", " "), SHOWN)
    label = f'Delete "{text}"? y yes, any other key no. Copies may remain elsewhere.'
    return Question("delete", label, str(message.id))


def delete_answer(shell: Shell, key: str, about: str) -> None:
    """A key that answers whether to delete."""
    if key in {"y", "Y"}:
        shell.wish(_delete(shell, int(about)))


def saw(shell: Shell) -> None:
    """Tell the author of the first alert that waits that it was seen."""
    if (one := alerts.waiting(shell.view)) is not None:
        shell.wish(_answer(shell, SawAlert(one.message.id), "Its author is told that you saw it."))
    else:
        shell.turn(news.told, "No alert waits for your answer.")


def dismiss(shell: Shell) -> None:
    """Put away the first alert that waits: nobody is told."""
    if (one := alerts.waiting(shell.view)) is not None:
        shell.wish(_answer(shell, DismissAlert(one.message.id), "Put away. Nobody is told."))
    else:
        shell.turn(news.told, "No alert waits for your answer.")


def over(shell: Shell) -> None:
    """The own alert is over."""
    shell.wish(_answer(shell, AlertOver(), "Everybody is told that it is over."))


def _search(shell: Shell, _: Question, text: str) -> None:
    if text:
        shell.wish(_look_for(shell, text))


def _what(shell: Shell, _: Question, text: str) -> None:
    if text:
        shell.ask_for(Question("alert place", WHERE, text))
        shell.turn(news.told, AS_DEGREES)


def _where(shell: Shell, question: Question, text: str) -> None:
    shell.ask_for(Question("alert sure", SURE, f"{text}\n{question.about}"))


def _sure(shell: Shell, question: Question, text: str) -> None:
    place, what = question.about.split("\n", 1)
    if text.strip().upper() == HELP:
        shell.wish(_call(shell, what, place))
    else:
        shell.turn(news.told, "Nothing was sent.")


ANSWERED: dict[str, Callable[[Shell, Question, str], None]] = {
    "search": _search,
    "alert text": _what,
    "alert place": _where,
    "alert sure": _sure,
}
"""What a typed answer does, by the kind of its question."""

SPACE = {"search": 80, "alert text": 512, "alert place": 40}
"""Bytes that an answer may have, where a name's would not do."""


async def _look_for(shell: Shell, text: str) -> None:
    found = await shell.ask(Search(text, limit=FOUND_MAX))
    shell.turn(news.search_done, text, found)
    shell.go(Place.FOUND)


async def _delete(shell: Shell, number: int) -> None:
    await shell.ask(Delete(number))
    shell.turn(news.told, "Deleted here, and others are asked to. Copies may remain elsewhere.")


async def _call(shell: Shell, what: str, place: str) -> None:
    try:
        await _answer(shell, CallHelp(what, place), CALLED)
    except Refused:
        # What happened is not written twice for the sake of a place.
        if shell.view.place is Place.ALERTS and shell.view.question is None:
            shell.ask_for(Question("alert place", WHERE, what), place)
        raise


async def _answer(shell: Shell, command: CallHelp | SawAlert | DismissAlert | AlertOver, done: str) -> None:
    await shell.ask(command)
    shell.turn(news.alerts_read, await shell.ask(Alerts()))
    shell.turn(news.told, done)


async def read_again(shell: Shell) -> None:
    """Posts were taken back, have gone or got longer: what is seen of boards is read again."""
    await shell.read_chats()
    talk = shell.view.talk
    if talk is not None and is_board(talk.chat):
        await shell.read(talk.chat)
