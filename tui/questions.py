"""What becomes of an answer, by the kind of its question."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from handheld.commands import Name, Read
from handheld.events import PersonHeard
from tui import (
    boards,
    ends,
    filing,
    following,
    helping,
    jumping,
    knowing,
    palette,
    picking,
    rooms,
    settings,
    writing,
)
from tui import reducer as news
from tui.state import Question

if TYPE_CHECKING:
    from tui.shell import Shell

NAME_BYTES = 24
"""Bytes that a name may have here: a board's, a room's, the owner's own for somebody."""


def _name(shell: Shell, question: Question, text: str) -> None:
    shell.wish(_give_name(shell, question.about, text))


def _board(shell: Shell, _: Question, text: str) -> None:
    if text:
        shell.wish(_open_board(shell, text.removeprefix("#").lower()))


async def _give_name(shell: Shell, key: str, petname: str) -> None:
    person = await shell.ask(Name(key, petname))
    shell.turn(news.reduce, PersonHeard(person, fresh=False))
    await shell.read_chats()
    knowing.next_name(shell)


async def _open_board(shell: Shell, board: str) -> None:
    # Read first: the name may be refused, and reading is what follows a board.
    await shell.ask(Read(board=board, limit=1))
    await shell.read_chats()
    shell.open_chat(f"#{board}")


TYPED: dict[str, Callable[[Shell, Question, str], None]] = {
    "name": _name,
    "board": _board,
    "command": palette.typed,
    "help": helping.answered,
    **knowing.ANSWERED,
    **rooms.ANSWERED,
    **filing.ANSWERED,
    **boards.ANSWERED,
    **settings.ANSWERED,
    **picking.ANSWERED,
}
"""Questions that are answered by a text and Enter."""

PRESSED: dict[str, Callable[[Shell, str, str], None]] = {
    "quit": ends.quit_answer,
    "wipe": ends.wipe_answer,
    "asked": rooms.answer,
    "block": following.answer,
    "delete": boards.delete_answer,
    "secret": settings.secret_answer,
    "forget": filing.forget_answer,
    "share sure": filing.share_answer,
    "slow sure": filing.slow_answer,
    "pick": picking.answer,
    "paste": writing.paste_answer,
    "jump": jumping.answer,
}
"""Questions that one key answers: what it does, with that key and what the question is about."""

_SPACE = {**knowing.ROOM, **rooms.SPACE, **boards.SPACE, **filing.SPACE, **settings.SPACE, **picking.SPACE}
_SPACE |= palette.SPACE | helping.SPACE


def space(kind: str) -> int:
    """Bytes that an answer may have."""
    return _SPACE.get(kind, NAME_BYTES)
