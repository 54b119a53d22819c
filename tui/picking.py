"""One message of a conversation is picked: to answer, edit, delete or send it again, or to find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from handheld.commands import LETTER_BYTES, Edit, Search
from handheld.errors import UserError
from handheld.events import Message
from tui import boards, wishes, words, writing
from tui import reducer as news
from tui.cells import Line, fit, safe, wrap
from tui.state import Place, Question, View, chat_of, is_board, is_room

if TYPE_CHECKING:
    from tui.shell import Shell

PICK = "Up Down choose  r reply  e edit  d delete  s send again  Esc back"
FIND = Question("find", "Find here: ")

QUOTED = 24
"""Cells of a message in an answer to it."""

FOUND_MAX = 50
PAGES_MAX = 40
"""Pages that are read to get to a message that was found."""

SPACE = {"find": 80, "edit": LETTER_BYTES}

SETTLED = "It has gone out already. Write another message to correct it."


def begin(shell: Shell) -> None:
    """Pick the lowest message that is seen."""
    talk = shell.view.talk
    if talk is None or not talk.messages:
        shell.turn(news.told, "There is nothing to pick yet.")
        return
    _pick(shell, shell.messages.lowest or talk.messages[-1].id)


def answer(shell: Shell, key: str, about: str) -> None:
    """A key while a message is picked; any that means nothing lets go of it."""
    messages = shell.view.talk.messages if shell.view.talk else ()
    at = next((at for at, one in enumerate(messages) if one.id == int(about)), None)
    if at is None:
        return
    if key in {"up", "down"}:
        at = min(max(at + (1 if key == "down" else -1), 0), len(messages) - 1)
        _pick(shell, messages[at].id)
    elif key in _ACTS:
        _ACTS[key](shell, messages[at])


def _pick(shell: Shell, number: int) -> None:
    shell.ask_for(Question("pick", PICK, str(number)))
    shell.messages.keep_in_sight(number)


def quote(message: Message) -> str:
    """What an answer begins with: whom it is for, where others read it, and what it answers."""
    said = fit(safe(message.text.split("\n", 1)[0]), QUOTED).replace('"', "'")
    name = "" if message.own or message.peer else f"@{safe(message.name) or message.author[:8]} "
    return f'{name}"{said}" '


def _reply(shell: Shell, message: Message) -> None:
    writing.put(shell, quote(message) + shell.composer.text)


def _edit(shell: Shell, message: Message) -> None:
    if not message.own or message.state not in {"queued", "waiting"}:
        shell.turn(news.told, SETTLED if message.own else "That is not yours. r answers it.")
        return
    question = Question("edit", "Change it: ", str(message.id))
    shell.ask_for(question, message.text)
    chat = shell.talk_chat()
    shell.composer.load(message.text, question.label, wishes.room(chat), wishes.frames(chat))
    shell.place_cursor()


def _delete(shell: Shell, message: Message) -> None:
    if message.own and message.board:
        shell.ask_for(boards.delete_question(message))
    else:
        shell.turn(news.told, "Only what you wrote on a board can be taken back.")


def _again(shell: Shell, message: Message) -> None:
    if not message.own:
        shell.turn(news.told, "That is not yours. r answers it.")
    else:
        writing.say(shell, message.text)


_ACTS: dict[str, Callable[[Shell, Message], None]] = {"r": _reply, "e": _edit, "d": _delete, "s": _again}


def _edited(shell: Shell, question: Question, text: str) -> None:
    if text and (chat := shell.talk_chat()):
        shell.wish(_change(shell, chat, int(question.about), text))


async def _change(shell: Shell, chat: str, number: int, text: str) -> None:
    try:
        await shell.ask(Edit(number, text))
    except UserError as error:
        # Nothing of it is lost: it stands on the line, to be sent as another message.
        shell.turn(news.not_saved, chat, text, str(error))
        if chat == shell.talk_chat() and shell.view.question is None:
            writing.load_draft(shell)


def to_new(shell: Shell) -> None:
    """To the first message that was not read when the conversation was opened."""
    talk = shell.view.talk
    if talk is not None and talk.new_from:
        shell.messages.show_at(talk.new_from)
    else:
        shell.turn(news.told, "Nothing here was unread.")


def _find(shell: Shell, _: Question, text: str) -> None:
    if text and (chat := shell.talk_chat()):
        shell.wish(_search(shell, chat, text))


ANSWERED: dict[str, Callable[[Shell, Question, str], None]] = {"find": _find, "edit": _edited}


async def _search(shell: Shell, chat: str, text: str) -> None:
    who = "" if is_board(chat) or is_room(chat) else chat
    asked = Search(text, board=chat[1:] if is_board(chat) else "", who=who, limit=FOUND_MAX)
    found = [one for one in await shell.ask(asked) if chat_of(one) == chat]
    shell.turn(news.search_done, text, found)
    shell.go(Place.FOUND)


def found_page(view: View, columns: int, _rows: int) -> tuple[list[Line], int | None]:
    """What has the words that were looked for, and the chosen one of it."""
    said = f"{words.count(len(view.found), 'message')} with: {safe(view.looked_for)}"
    lines: list[Line] = [((" " + row, ""),) for row in wrap(said, columns - 2)]
    rows: list[int] = []
    at = 0
    one_chosen = chosen(view)
    for message in view.found:
        is_chosen = message is one_chosen
        at = len(rows) if is_chosen else at
        lines.append(())
        rows.append(len(lines))
        lines.append(
            (
                (f"{'>' if is_chosen else ' '}{message.mark} ", "strong"),
                (words.author(message), "name"),
                (f"  {words.place(message)}", "quiet"),
            )
        )
        lines += [((f"   {row}", ""),) for row in wrap(words.first_line(message), columns - 4)]
    return words.lettered(view, lines, rows, at), rows[at] if rows else None


def chosen(view: View) -> Message | None:
    """The found message that Enter leads to; the newest at first."""
    found = view.found
    return next((one for one in found if one.id == view.chosen_found), found[-1] if found else None)


def open_found(shell: Shell) -> None:
    """Into the conversation, where the chosen one stands."""
    if (message := chosen(shell.view)) is not None:
        shell.open_chat(chat_of(message))
        shell.wish(_go_to(shell, message))


async def _go_to(shell: Shell, message: Message) -> None:
    chat = chat_of(message)
    await shell.read(chat)
    for _ in range(PAGES_MAX):
        talk = shell.view.talk
        if talk is None or talk.chat != chat or not talk.messages:
            return
        if talk.messages[0].id <= message.id or talk.complete:
            shell.messages.show_at(message.id)
            return
        await shell.read(chat, talk.messages[0].id)


def moved(view: View, by: int) -> View:
    """To a newer message that was found, or an older one."""
    if not view.found:
        return view
    numbers = [one.id for one in view.found]
    at = numbers.index(view.chosen_found) if view.chosen_found in numbers else len(numbers) - 1
    return replace(view, chosen_found=numbers[min(max(at + by, 0), len(numbers) - 1)])
