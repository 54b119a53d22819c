"""Writing: what becomes of a line when it is sent, pasted into, or left half-written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handheld.errors import NodeUnreachable, UserError
from tui import reducer as news
from tui import wishes, words
from tui.state import Place, Question

if TYPE_CHECKING:
    from tui.shell import Shell

PASTE_ASKS = 200
"""Characters of pasted text from which on it is asked whether it was meant."""

PASTE_MAX = 4096
"""Characters of pasted text that are taken: no message can have as many."""


def take(shell: Shell, text: str) -> None:
    """Put a character where the cursor is."""
    shell.composer.take(text)
    shell.place_cursor()


def paste(shell: Shell, text: str) -> None:
    """Pasted text is written, never obeyed; a long one asks first."""
    if len(text) < PASTE_ASKS or shell.view.place is not Place.TALK or shell.view.question:
        take(shell, text[:PASTE_MAX])
        return
    label = f"Paste {words.count(len(text), 'character')} as one line? y yes, any other key no"
    shell.ask_for(Question("paste", label, text[:PASTE_MAX]))


def paste_answer(shell: Shell, key: str, text: str) -> None:
    """A key that answers whether to paste."""
    if key in {"y", "Y"}:
        take(shell, text)


def send(shell: Shell, text: str) -> None:
    """Give what was written to the node; too long a text stays where it is."""
    chat = shell.talk_chat()
    if not text or not chat:
        return
    over = len(text.encode("utf-8", "replace")) - wishes.room(chat)
    if over > 0:
        shell.turn(news.told, f"That is {over} bytes too long. Cut it into parts.")
        return
    say(shell, text)
    load_draft(shell)


def say(shell: Shell, text: str) -> None:
    """Give a text to the node as it is."""
    chat, kind, begun = shell.talk_chat(), shell.view.writing, shell.composer.text
    shell.turn(news.sending, chat, text)
    if begun.strip() != text:
        shell.view = news.drafted(shell.view, chat, begun)  # sent again, while something else was begun
    shell.messages.to_end()
    shell.work(_send(shell, chat, text, kind))


def put(shell: Shell, text: str) -> None:
    """Have this text on the line, to be gone on with."""
    chat = shell.talk_chat()
    shell.composer.load(text, words.prompt(shell.view), wishes.room(chat), wishes.frames(chat))
    shell.place_cursor()


async def _send(shell: Shell, chat: str, text: str, kind: str) -> None:
    sure = words.UNSURE if shell.is_open else words.UNSENT
    try:
        message = await shell.ask(wishes.write(chat, text, kind))
    except NodeUnreachable:
        _not_saved(shell, chat, text, sure)
    except UserError as error:
        _not_saved(shell, chat, text, str(error))
    else:
        shell.turn(news.saved, chat, text, message)


def _not_saved(shell: Shell, chat: str, text: str, why: str) -> None:
    keep_draft(shell)
    shell.turn(news.not_saved, chat, text, why)
    if chat == shell.talk_chat():
        load_draft(shell)


def keep_draft(shell: Shell) -> None:
    """Remember what was begun in the conversation that is left."""
    if (chat := shell.talk_chat()) and shell.view.question is None:
        shell.view = news.drafted(shell.view, chat, shell.composer.text)


def load_draft(shell: Shell) -> None:
    """What was begun in the conversation that is entered."""
    chat = shell.talk_chat()
    put(shell, shell.view.drafts.get(chat, ""))
