"""Getting to know people: what keys and typed answers do about meetings, cards and introductions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from handheld.commands import Compare, Introduce, Meet, ShowCard, TakeCard
from handheld.events import Person, PersonHeard
from tui import reading
from tui import reducer as news
from tui.state import Place, Question, compares, person_chosen
from tui.words import name_of

if TYPE_CHECKING:
    from tui.shell import Shell

SHORT = 12
"""Cells of a name in a question: half of the line is for the answer."""

NUMBER = Question("number", "Number, 00 to 99: ")
PEOPLE = "How many you are: "
CARD = Question("card", "Card, or 12 words: ")


def compare(shell: Shell, *, same: bool) -> None:
    """Whether the words are the same on all screens."""
    if compares(shell.view):
        shell.wish(_compare(shell, same))


def leave(shell: Shell) -> None:
    """Away from a meeting: one that is under way ends by it."""
    meeting = shell.view.meeting
    if meeting is not None and meeting.state in {"gathering", "comparing"}:
        shell.wish(_compare(shell, same=False))
    shell.go(Place.PEOPLE)


def show_card(shell: Shell) -> None:
    """The own card."""
    shell.wish(_show_card(shell))


def rename(shell: Shell) -> None:
    """Ask for a name for the person that is chosen."""
    if (one := person_chosen(shell.view)) is not None:
        shell.ask_for(name_question(one), one.petname)


def introduce(shell: Shell) -> None:
    """Ask to whom the person that is chosen is to be introduced."""
    if (one := person_chosen(shell.view)) is not None:
        shell.ask_for(Question("introduce", f"Introduce {name_of(one, SHORT - 3)} to: ", one.key))


def next_name(shell: Shell) -> None:
    """Ask for a name for the next of those who were just met."""
    if (one := next(iter(shell.view.unnamed), None)) is not None:
        shell.turn(news.named)
        shell.ask_for(name_question(one), one.petname or one.name)


def name_question(one: Person) -> Question:
    """Asks for the owner's own name for somebody."""
    return Question("name", f"Name for {name_of(one, SHORT)}: ", one.key)


def _number(shell: Shell, _: Question, text: str) -> None:
    shell.ask_for(Question("people", PEOPLE, text))


def _people(shell: Shell, question: Question, text: str) -> None:
    if question.about.isdecimal() and text.isdecimal():
        shell.wish(_meet(shell, int(question.about), int(text)))
    else:
        shell.turn(news.told, "Both are typed in digits: the number, as 47, and how many you are, as 3.")


def _introduce(shell: Shell, question: Question, text: str) -> None:
    if text:
        shell.wish(_write_introduction(shell, question.about, text))


def _card(shell: Shell, _: Question, text: str) -> None:
    if text:
        shell.wish(_take_card(shell, text))


ANSWERED: dict[str, Callable[[Shell, Question, str], None]] = {
    "number": _number,
    "people": _people,
    "introduce": _introduce,
    "card": _card,
}
"""What a typed answer does, by the kind of its question."""

ROOM = {"number": 2, "people": 2, "card": 140}
"""Bytes that an answer may have, where a name's would not do."""


async def _meet(shell: Shell, number: int, people: int) -> None:
    shell.turn(news.meeting_read, await shell.ask(Meet(number, people)))
    shell.go(Place.MEET)


async def _compare(shell: Shell, same: bool) -> None:
    shell.turn(news.meeting_read, await shell.ask(Compare(same)))
    await reading.people(shell)
    next_name(shell)


async def _show_card(shell: Shell) -> None:
    shell.turn(news.card_read, await shell.ask(ShowCard()))


async def _take_card(shell: Shell, text: str) -> None:
    one = await shell.ask(TakeCard(text))
    shell.turn(news.reduce, PersonHeard(one, fresh=False))
    shell.ask_for(name_question(one), one.petname or one.name)


async def _write_introduction(shell: Shell, who: str, to: str) -> None:
    message = await shell.ask(Introduce(who, to))
    shell.turn(news.told, f"{message.text} {message.note}".strip())
