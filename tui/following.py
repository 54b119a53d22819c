"""To follow, mute and block from the screen: what keys do about the person that is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handheld.commands import Relate
from handheld.events import Person, PersonHeard
from tui import reducer as news
from tui.state import Question, person, person_chosen
from tui.words import name_of

if TYPE_CHECKING:
    from tui.shell import Shell

SHORT = 14
"""Cells of a name in a question."""

SAYS = {
    ("followed", True): "is followed: kept first, carried first. The same key again: no more.",
    ("followed", False): "is not followed any more.",
    ("muted", True): "is muted: kept, without a notice, folded. The same key again: no more.",
    ("muted", False): "is not muted any more.",
    ("blocked", True): "is blocked, and not told. The same key again: no more.",
    ("blocked", False): "is not blocked any more.",
}


def follow(shell: Shell) -> None:
    """Follow who is chosen, or no more."""
    if (one := person_chosen(shell.view)) is not None:
        shell.wish(_relate(shell, one, "followed", on=not one.followed))


def mute(shell: Shell) -> None:
    """Mute who is chosen, or no more."""
    if (one := person_chosen(shell.view)) is not None:
        shell.wish(_relate(shell, one, "muted", on=not one.muted))


def block(shell: Shell) -> None:
    """Ask whether to block who is chosen; or show him again, at once."""
    one = person_chosen(shell.view)
    if one is not None and one.blocked:
        shell.wish(_relate(shell, one, "blocked", on=False))
    elif one is not None:
        label = f"Block {name_of(one, SHORT)}? y yes, any other key no"
        shell.ask_for(Question("block", label, one.key))


def answer(shell: Shell, key: str, about: str) -> None:
    """A key that answers whether to block somebody."""
    one = person(shell.view, about)
    if one is not None and key in {"y", "Y"}:
        shell.wish(_relate(shell, one, "blocked", on=True))


async def _relate(shell: Shell, one: Person, relation: str, *, on: bool) -> None:
    known = await shell.ask(Relate(one.key, relation, on))
    shell.turn(news.reduce, PersonHeard(known, fresh=False))
    await shell.read_chats()
    shell.turn(news.told, f"{name_of(known)} {SAYS[relation, on]}")
