"""Changing the settings of a data folder: the file keeps its comments, and its layout."""

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from handheld import config
from handheld.commands import ChangeSetting, Command
from handheld.config import FILE, RULES, Config
from handheld.errors import Refused, UsageError
from handheld.events import Setting

_SECTION = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?")
_SIMPLE = r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#"'\[{]+)"""
"""A value on one line that is no list and no table."""


class SettingsDesk:
    """Answers what is asked about settings. `again`: has the node open anew, None where it cannot do so."""

    def __init__(self, folder: Path, again: Callable[[], None] | None) -> None:
        self._folder = folder
        self._again = again

    async def answer(self, command: Command) -> object:
        """What the door calls."""
        if isinstance(command, ChangeSetting):
            return self._change(command)
        held = config.load(self._folder)
        return [_shown(held, key, "") for key in RULES]

    def _change(self, command: ChangeSetting) -> Setting:
        try:
            value = config.meant(command.name, command.value)
            held = write(self._folder, command.name, value)
        except UsageError as error:
            raise Refused(str(error)) from None
        applies = RULES[command.name].applies
        if applies == "node" and self._again is not None:
            self._again()
        now = applies == "screen" or (applies == "node" and self._again is not None)
        return _shown(held, command.name, "now" if now else "at the next start")


def _shown(held: Config, key: str, applied: str) -> Setting:
    rule = RULES[key]
    return Setting(key, config.spelled(held, key), rule.kind, rule.meaning, list(rule.choices), applied)


def write(folder: Path, key: str, value: str | bool | int) -> Config:
    """Change one setting of RULES in the folder's file, durably; the settings as they are now.

    UsageError where the file is wrong already, or laid out so that it has to be changed by hand.
    """
    path = folder / FILE
    held = config.load(folder)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    _replace(path, changed(text, key, value))
    return config.with_value(held, key, value)


def changed(text: str, key: str, value: str | bool | int) -> str:
    """The text of a settings file with one value changed or put in, all else as it was."""
    if isinstance(value, str) and not value.isprintable():
        raise UsageError(f"{key} is one line of visible characters.")
    table, _, name = key.rpartition(".")
    written = f"{name} = {json.dumps(value, ensure_ascii=False)}"
    lines = text.splitlines()
    span = _span(lines, table)
    if span is None:
        lines += ["", f"[{table}]"] if lines else [f"[{table}]"]
    start, end = span or (len(lines), len(lines))
    at = next((at for at in range(start, end) if re.match(rf"\s*{name}\s*=", lines[at])), None)
    if at is not None:
        found = re.fullmatch(rf"\s*{name}\s*=\s*{_SIMPLE}(\s*(?:#.*)?)", lines[at])
        if found is None:
            raise UsageError(f"{FILE} has {name} over several lines: change it there by hand.")
        lines[at] = written + found[2]
    else:
        while end > start and not lines[end - 1].strip():
            end -= 1
        lines.insert(end, written)
    made = "\n".join(lines) + "\n"
    if _parsed(made) != _expected(_parsed(text), table, name, value):
        raise UsageError(f"{FILE} is laid out so that {key} has to be changed by hand.")
    return made


def _span(lines: list[str], table: str) -> tuple[int, int] | None:
    """The lines of a table ("": what stands before all tables), without its head; None if it is not there."""
    heads = [(at, found[1].strip()) for at, line in enumerate(lines) if (found := _SECTION.fullmatch(line))]
    ends = [*(at for at, _ in heads), len(lines)]
    if not table:
        return 0, ends[0]
    for number, (at, name) in enumerate(heads):
        if name == table:
            return at + 1, ends[number + 1]
    return None


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {"": "no settings"}


def _expected(before: dict[str, Any], table: str, name: str, value: object) -> dict[str, Any]:
    if not table:
        return {**before, name: value}
    return {**before, table: {**before.get(table, {}), name: value}}


def _replace(path: Path, text: str) -> None:
    """Whole or not at all, whatever happens meanwhile."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".config-")
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise Refused(f"The settings cannot be written: {error.strerror}.") from None
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
