"""What is opened: by Enter on a page, by Tab in a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import reducer as news
from tui import rooms
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


def next_new(shell: Shell) -> None:
    """To the next conversation with something new."""
    if (chat := next_unread(shell.view)) is not None:
        shell.open_chat(chat_of(chat))
    else:
        shell.turn(news.told, "Nothing else is unread.")
