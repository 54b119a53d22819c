"""What the screen reads from the node: all of it when one answers, and again what has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handheld.commands import Alerts, Chats, People, Status
from tui import device, settings, wishes
from tui import reducer as news
from tui.ends import LOCKED

if TYPE_CHECKING:
    from tui.shell import Shell


async def everything(shell: Shell) -> None:
    """All that is shown; nothing of a node that is locked."""
    await status(shell)
    if shell.return_value == LOCKED:
        return
    await people(shell)
    shell.turn(news.alerts_read, await shell.ask(Alerts()))
    if shell.view.talk is not None:
        await shell.read(shell.view.talk.chat)


async def status(shell: Shell) -> None:
    """How the node is. A locked one ends the screen; at the first start it is asked for a name."""
    told = await shell.ask(Status())
    if told.locked:
        shell.leave(LOCKED)
        return
    shell.turn(news.status_read, told, device.battery())
    if shell.is_first():
        settings.begin(shell)


async def people(shell: Shell) -> None:
    """Who everybody is, and what conversations are called."""
    shell.turn(news.people_read, await shell.settled(People()))
    await chats(shell)


async def chats(shell: Shell) -> None:
    """All conversations."""
    shell.turn(news.chats_read, await shell.settled(Chats()))


async def read(shell: Shell, chat: str, before: int) -> None:
    """A page of a conversation: the newest, or those before an id."""
    messages = await shell.settled(wishes.read(chat, before))
    shell.turn(news.page_read, chat, messages, newest=before == 0, complete=len(messages) < wishes.PAGE)
    if before == 0 and messages:
        await seen(shell, messages[-1].id)


async def seen(shell: Shell, message: int) -> None:
    """The open conversation is read up to this message."""
    if chat := shell.talk_chat():
        await shell.ask(wishes.seen(chat, message))
