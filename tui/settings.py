"""Settings on the screen, and the few questions of the first start, which are settings too."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from handheld.commands import ChangeSetting, RadioSet, Settings
from handheld.config import FILE, RULES, meant, with_value
from handheld.errors import UsageError, UserError
from handheld.events import Setting
from handheld.text import clean_name
from tui import device
from tui import reducer as news
from tui.cells import Line, fit, pad, safe, wrap
from tui.ends import PASSPHRASE
from tui.state import Place, Question, View
from tui.words import lettered

if TYPE_CHECKING:
    from tui.shell import Shell

LABEL = 14

SPACE = {"setting": 200, "your name": 24, "region": 8}
"""Bytes that an answer may have."""

NAME = Question("your name", "Your name: ")
REGION = "Region: "
SECRET = Question("secret", "A passphrase now? y yes, Enter or any other key: not now")

WELCOME = {
    "your name": """\
Welcome to pocketmesh.

Others see your name beside what you write. Any will do, and you can change it. Without one they see two \
words that are made of your key.

Enter goes on.""",
    "region": """\
Where are you?

The law says what a radio may send. EU868 is Europe, US915 North America, AU915 Australia and New Zealand, \
IN865 India, JP920 Japan, KR920 Korea. Without a region the radio only listens.

Enter takes what stands there.""",
    "secret": """\
Who finds this device can read it, and write in your name.

A passphrase keeps him out. It is asked for at each start, and nobody can help who forgets it. You can set \
one at any time: pocketmesh passphrase""",
}

_REGIONS = {
    "EU868": "Europe/(?!Moscow|Minsk|Samara|Saratov|Volgograd|Istanbul|Kaliningrad)",
    "US915": "America/(New_York|Chicago|Denver|Los_Angeles|Phoenix|Detroit|Boise|Anchorage|Toronto|Vancouver"
    "|Edmonton|Winnipeg|Halifax)",
    "AU915": "Australia/|Pacific/Auckland",
    "IN865": "Asia/(Kolkata|Calcutta)",
    "JP920": "Asia/Tokyo",
    "KR920": "Asia/Seoul",
}
"""Region -> the time zones where its law holds, for a suggestion."""


def welcome_page(view: View, columns: int, _rows: int) -> tuple[list[Line], int | None]:
    """What is asked at the first start, and why."""
    kind = view.question.kind if view.question else ""
    lines = WELCOME.get(kind, "One moment ...").split("\n")
    return [((" " + row, ""),) for line in lines for row in wrap(line, columns - 2)], None


def settings_page(view: View, columns: int, _rows: int) -> tuple[list[Line], int | None]:
    """Every setting on a line, with what it means below the chosen one."""
    if view.settings is None:
        return [((" Asking the node ...", ""),)], None
    lines: list[Line] = []
    rows: list[int] = []
    at = 0
    one_chosen = chosen(view)
    for one in view.settings:
        is_chosen = one is one_chosen
        at = len(rows) if is_chosen else at
        rows.append(len(lines))
        text = f"{'>' if is_chosen else ' '}{pad(one.name, LABEL)} {safe(one.value) or '-'}"
        lines.append(((fit(text, columns), "chosen" if is_chosen else ""),))
        if is_chosen:
            said = [one.meaning, *([f"({', '.join(one.choices)})"] if one.choices else [])]
            lines += [((f"   {row}", "quiet"),) for row in wrap(" ".join(said), columns - 4)]
    return lettered(view, lines, rows, at), rows[at] if rows else 0


def chosen(view: View) -> Setting | None:
    """The setting that Enter changes."""
    held = view.settings or ()
    return next((one for one in held if one.name == view.chosen_setting), held[0] if held else None)


def read(view: View, held: list[Setting]) -> View:
    """All settings; those of the screen are in force from now on."""
    config = view.config
    for one in held:
        try:
            config = with_value(config, one.name, meant(one.name, one.value))
        except UsageError:
            continue  # of a newer node: not one of ours
    return replace(view, settings=tuple(held), config=config)


def enter(shell: Shell) -> None:
    """To the page."""
    shell.go(Place.SETTINGS)
    shell.wish(_read(shell))


def change(shell: Shell) -> None:
    """Change the chosen one: a flag and a choice go on to the next, all else is asked for."""
    one = chosen(shell.view)
    if one is None:
        return
    turns = one.choices or (["yes", "no"] if one.kind == "flag" else [])
    if turns:
        after = turns[(turns.index(one.value) + 1) % len(turns)] if one.value in turns else turns[0]
        shell.wish(_change(shell, one.name, after))
    else:
        shell.ask_for(Question("setting", f"{one.name}: ", one.name), one.value)


def begin(shell: Shell) -> None:
    """Ask what is asked at the first start."""
    shell.go(Place.WELCOME)
    shell.ask_for(NAME)


def _written(shell: Shell, question: Question, text: str) -> None:
    shell.wish(_change(shell, question.about, text))


def _name(shell: Shell, _: Question, text: str) -> None:
    shell.wish(_begin_with(shell, text))


def _region(shell: Shell, _: Question, text: str) -> None:
    if text:
        shell.wish(_set_region(shell, text))
    shell.ask_for(SECRET)


def secret_answer(shell: Shell, key: str, _about: str) -> None:
    """A key that answers whether to set a passphrase."""
    shell.go(Place.HOME)
    if key in {"y", "Y"}:
        shell.leave(PASSPHRASE)


ANSWERED: dict[str, Callable[[Shell, Question, str], None]] = {
    "setting": _written,
    "your name": _name,
    "region": _region,
}
"""What a typed answer does, by the kind of its question."""


async def _read(shell: Shell) -> None:
    shell.turn(read, await shell.ask(Settings()))


async def _change(shell: Shell, name: str, value: str) -> None:
    made = await _set(shell, name, value)
    held = [made if one.name == made.name else one for one in shell.view.settings or ()]
    shell.turn(read, held)
    when = "" if made.applied == "now" else f" {made.applied}"
    shell.turn(news.told, f"{made.name}: {safe(made.value) or 'none'}{when}.")


async def _set(shell: Shell, name: str, value: str) -> Setting:
    # Set before it is asked: the node may be away before the answer is looked at.
    shell.expect_again(name in RULES and RULES[name].applies == "node")
    try:
        made = await shell.ask(ChangeSetting(name, value))
    except UserError:
        shell.expect_again(False)
        raise
    if made.applied != "now":
        shell.expect_again(False)
    return made  # type: ignore[no-any-return]


async def _begin_with(shell: Shell, name: str) -> None:
    try:
        await _set(shell, "name", clean_name(name))
    except UserError:
        shell.go(Place.HOME)
        raise
    radio = shell.view.status.radio if shell.view.status else None
    if radio is not None and radio.kind == "lora" and not radio.region:
        shell.ask_for(Question("region", REGION), region_of(device.zone_name()))
    else:
        shell.ask_for(SECRET)


async def _set_region(shell: Shell, region: str) -> None:
    await shell.ask(RadioSet("region", region.upper()))


def region_of(zone: str) -> str:
    """The region where a time zone's law holds, such as EU868 of Europe/Vienna; "" where that is not sure."""
    return next((region for region, zones in _REGIONS.items() if re.match(zones, zone)), "")


def is_first(shell: Shell) -> bool:
    """Whether nobody has chosen anything on this device yet."""
    status = shell.view.status
    return status is not None and not status.name and not (shell.folder / FILE).exists()
