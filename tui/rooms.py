"""Rooms from the screen: what keys and typed answers do about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from handheld.commands import Invite, JoinRoom, LeaveRoom, NewRoom, ShowRoomCard
from handheld.events import Card, RoomCard
from tui import reducer as news
from tui.state import ROOM, Place, Question, chat_chosen

if TYPE_CHECKING:
    from tui.shell import Shell

WORDS = 6
NEW = Question("room", "Room: ")
KEY = "Words or card, or none: "

NO_ROOM = "Choose a room first, or make one: r."


def asked_in(name: str) -> Question:
    """Whether to come into a room that somebody asks us into."""
    return Question("asked", "y come in, n decline, any other key later", name)


def answer(shell: Shell, key: str, name: str) -> None:
    """A key that answers an invitation."""
    if key in {"y", "Y"}:
        shell.wish(_join(shell, name, ""))
    elif key in {"n", "N"}:
        shell.wish(_decline(shell, name))


def invite(shell: Shell) -> None:
    """Ask whom to let into the room that is chosen."""
    if name := _chosen(shell):
        shell.ask_for(Question("invite", "Invite whom: ", name))


def show_card(shell: Shell) -> None:
    """The card of the room that is chosen."""
    if name := _chosen(shell):
        shell.wish(_show_card(shell, name))


def _chosen(shell: Shell) -> str:
    chat = chat_chosen(shell.view)
    if chat is None or not chat.room or chat.invitation:
        shell.turn(news.told, NO_ROOM)
        return ""
    return chat.room


def _name(shell: Shell, _: Question, text: str) -> None:
    if text:
        shell.ask_for(Question("room key", KEY, text))


def _key(shell: Shell, question: Question, text: str) -> None:
    work = _join(shell, question.about, text) if text else _make(shell, question.about)
    shell.wish(work)


def _invite(shell: Shell, question: Question, text: str) -> None:
    if text:
        shell.wish(_write_key(shell, question.about, text))


ANSWERED: dict[str, Callable[[Shell, Question, str], None]] = {
    "room": _name,
    "room key": _key,
    "invite": _invite,
}
"""What a typed answer does, by the kind of its question."""

SPACE = {"room key": 240}
"""Bytes that an answer may have, where a name's would not do."""


async def _make(shell: Shell, name: str) -> None:
    card = await shell.ask(NewRoom(name, WORDS))
    await _enter(shell, card)
    shell.turn(news.told, f"Others come in with these words: {card.words}")


async def _join(shell: Shell, name: str, secret: str) -> None:
    card = await shell.ask(JoinRoom(name, secret))
    await _enter(shell, card)
    shell.turn(news.told, f"Others in the room must see the same check words: {card.check}")


async def _enter(shell: Shell, card: RoomCard) -> None:
    await shell.read_chats()
    # Making a key of words takes seconds on a slow board: whoever went elsewhere meanwhile stays there.
    if shell.view.place is Place.CHATS:
        shell.open_chat(f"{ROOM}{card.name}")


async def _decline(shell: Shell, name: str) -> None:
    await shell.ask(LeaveRoom(name))
    await shell.read_chats()


async def _write_key(shell: Shell, name: str, who: str) -> None:
    await shell.ask(Invite(name, who))
    shell.turn(news.told, f"The key of {name} goes to {who}, sealed, until it is acknowledged.")


async def _show_card(shell: Shell, name: str) -> None:
    card = await shell.ask(ShowRoomCard(name))
    told = f"{card.words or '(no words)'} - check words: {card.check}"
    shell.turn(news.card_read, Card(card.card, card.code, told))
