"""What the radio does, as it happens: the newest line stays in sight, until one holds it still to read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handheld.commands import RadioLog, Watch
from handheld.events import RadioEntry
from tui.cells import Line, safe, wrap
from tui.neighbourhood import overview
from tui.state import Place, View

if TYPE_CHECKING:
    from tui.shell import Shell

KEPT = 300
"""Entries on the page."""

SIGNS = {"in": "->", "out": "<-", "sent": "ok", "line": "  ", "state": "**"}

NOTHING = "Nothing yet. What the radio hears, sends and prints will stand here."


def read(view: View, entries: list[RadioEntry]) -> View:
    """What was before one looked. Nothing where one looks elsewhere by now."""
    if view.place is not Place.RADIO:
        return view
    return replace(view, radio=tuple(entries[-KEPT:]))


def happened(view: View, entry: RadioEntry) -> View:
    """One thing more. Nothing while nobody looks."""
    if view.place is not Place.RADIO or view.radio is None:
        return view
    if view.radio and view.radio[-1].number >= entry.number:
        return view  # told twice: by the answer and by the event
    return replace(view, radio=(*view.radio[1 - KEPT :], entry))


def radio_page(view: View, columns: int, rows: int) -> tuple[list[Line], int | None]:
    """Who is near and how it sounds, then the newest lines; held, all lines and nothing else."""
    if not view.radio:
        return [((" " + text, "quiet"),) for text in wrap(NOTHING, columns - 2)], None
    lines = [line for entry in view.radio for line in _entry(entry, columns, view.zone_s)]
    if view.held:
        return lines, None
    above = overview(view, columns, rows)
    lines = above + lines[-max(1, rows - len(above)) :]
    return lines, len(lines) - 1


def _entry(entry: RadioEntry, columns: int, zone_s: int) -> list[Line]:
    at = time_of_day(entry.ms // 1000 + zone_s)
    strength = "" if entry.rssi is None else f"{entry.rssi} "
    head = f" {at} {SIGNS.get(entry.what, '??')} "
    first, *more = wrap(strength + safe(entry.say), max(10, columns - len(head) - 1)) or [""]
    look = "note" if entry.what == "state" else "quiet" if entry.what == "sent" else ""
    return [((head, "quiet"), (first, look)), *(((" " * len(head), ""), (text, look)) for text in more)]


def time_of_day(second: int) -> str:
    """Hours, minutes, seconds; by hand, for a clock that was set to a year the system cannot count to."""
    minutes, seconds = divmod(second % 86_400, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def enter(shell: Shell) -> None:
    """To the page, which goes on with what happens."""
    shell.turn(lambda view: replace(view, held=False))
    shell.go(Place.RADIO)


def watch(shell: Shell) -> None:
    """See to it that the node tells of the radio while one looks, and tells no more of it afterwards."""
    shell.wish(_begin(shell) if shell.view.place is Place.RADIO else _end(shell))


def hold(shell: Shell) -> None:
    """Hold the page still, or let it go on."""
    shell.turn(lambda view: replace(view, held=not view.held))


async def _begin(shell: Shell) -> None:
    await shell.ask(Watch(radio=True))
    shell.turn(read, await shell.ask(RadioLog()))


async def _end(shell: Shell) -> None:
    await shell.ask(Watch())
    shell.turn(lambda view: view if view.place is Place.RADIO else replace(view, radio=None))
