"""What is opened: by Enter on a page, by Tab in a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import reducer as news
from tui import rooms, slash
from tui.state import Place, chat_chosen, chat_of, next_unread, person_chosen

if TYPE_CHECKING:
    from tui.shell import Shell


def enter(shell: Shell) -> None:
    """Open what is chosen; from home the chats."""
    if shell.view.place is Place.HOME:
        shell.go(Place.CHATS)
    elif shell.view.place is Place.FILES and shell.view.files:
        shell.go(Place.FILE)
    elif shell.view.place is Place.CHATS and (chat := chat_chosen(shell.view)) is not None:
        if chat.invitation:
            shell.ask_for(rooms.asked_in(chat.room))
        else:
            shell.open_chat(chat_of(chat))
    elif shell.view.place is Place.PEOPLE and (one := person_chosen(shell.view)) is not None:
        shell.open_chat(one.key)


def tab(shell: Shell) -> None:
    """Complete a command; or go to the chats beside, or to the next conversation with something new."""
    if slash.completed(shell):
        return
    if shell.is_wide:
        shell.go(Place.CHATS)
    else:
        next_new(shell)


def across(shell: Shell) -> None:
    """From the chats to what is open beside them, or to the people."""
    talk = shell.view.talk
    if shell.is_wide and talk is not None:
        shell.open_chat(talk.chat)
    else:
        shell.go(Place.PEOPLE)


def next_new(shell: Shell) -> None:
    """To the next conversation with something new."""
    if (chat := next_unread(shell.view)) is not None:
        shell.open_chat(chat_of(chat))
    else:
        shell.turn(news.told, "Nothing else is unread.")
