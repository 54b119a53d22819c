"""What tells the owner on this terminal that there is something for him: its bell and its title."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from handheld.concern import concern
from handheld.config import is_quiet
from handheld.events import Message
from tui.state import View, unread

if TYPE_CHECKING:
    from tui.shell import Shell

BELL = "\a"

TITLED = ("xterm", "rxvt", "tmux", "screen", "alacritty", "foot", "kitty", "putty", "konsole")
"""How the names of terminals begin that have a title; others would print it."""

_DAY_MIN = 24 * 60


def rings(view: View, message: Message, wall: int) -> bool:
    """Whether the bell rings for a message that came; `wall`: seconds since 1970."""
    name = view.status.name if view.status else ""
    kind = concern(message, name)
    if not kind or not view.config.bell:
        return False
    sure = view.status is not None and view.status.clock_sure
    minute = (wall + view.zone_s) // 60 % _DAY_MIN
    return kind == "alert" or not (sure and is_quiet(view.config.quiet_hours, minute))


def title(view: View) -> str:
    """What the window is called."""
    waiting = unread(view)
    return f"pocketmesh ({waiting})" if waiting else "pocketmesh"


def has_title(environment: str | None = None) -> bool:
    """Whether the terminal, by its name, has a title."""
    return (os.environ.get("TERM", "") if environment is None else environment).startswith(TITLED)


def came(shell: Shell, message: Message) -> None:
    """A message came."""
    if rings(shell.view, message, int(time.time())):
        shell.say(BELL)


def retitle(shell: Shell, before: View) -> None:
    """The title follows what waits."""
    if has_title() and (told := title(shell.view)) != title(before):
        shell.say(f"\x1b]2;{told}\a")
