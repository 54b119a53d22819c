"""The settings of a data folder, in `config.toml`: read once at start, frozen, each with its meaning here."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from handheld.errors import UsageError

FILE = "config.toml"
LOCK_MINUTES_MAX = 1440
FILE_KB_MAX = 1024


@dataclass(frozen=True)
class Config:
    """What the owner chose. Unknown keys and wrong types are refused by name, nothing is guessed."""

    name: str = ""
    """The nickname in the own profile, at most 24 bytes of UTF-8; empty: peers show check words instead."""

    radio: str = "auto"
    """The radio's port, such as /dev/ttyUSB0; "auto" looks for known USB ids; "none" runs without one."""

    boards: tuple[str, ...] = ("here",)
    """Public boards to follow besides those written to; names without the "#"."""

    invisible: bool = False
    """Never tell the air that we are here, so that nobody learns a way to us: mail to us floods."""
    place: str = ""
    """A program that prints where we are, as "48.2082,16.3738": asked when an alert is sent; empty: none."""

    file_kb: int = 64
    """The largest file that is shared, or gathered without being asked for, in KB as it travels; to 1024."""

    lock_minutes: int = 0
    """With a passphrase: the keys are dropped when nothing was read or written for so long; 0: never."""


def load(folder: Path) -> Config:
    """The settings of a folder; defaults where there is no file. UsageError names what is wrong and where."""
    path = folder / FILE
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Config()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(
            f"The settings in {path} cannot be read: {error}. Mend or delete the file."
        ) from None
    return _checked(raw, path)


def _checked(raw: dict[str, Any], path: Path) -> Config:
    known = {item.name for item in fields(Config)}
    if unknown := sorted(set(raw) - known):
        raise UsageError(f"{path}: there is no setting {unknown[0]!r}; there are {', '.join(sorted(known))}.")
    values = dict(raw)
    if "boards" in values:
        boards = values["boards"]
        if not isinstance(boards, list) or not all(isinstance(board, str) for board in boards):
            raise UsageError(f'{path}: boards is a list of names, such as ["here", "market"].')
        values["boards"] = tuple(boards)
    for key in ("name", "radio", "place"):
        if not isinstance(values.get(key, ""), str):
            raise UsageError(f"{path}: {key} is text in quotes.")
    if not isinstance(values.get("invisible", False), bool):
        raise UsageError(f"{path}: invisible is true or false, without quotes.")
    file_kb = values.get("file_kb", 64)
    if type(file_kb) is not int or not 1 <= file_kb <= FILE_KB_MAX:
        raise UsageError(f"{path}: file_kb is a whole number from 1 to {FILE_KB_MAX}.")
    minutes = values.get("lock_minutes", 0)
    if type(minutes) is not int or not 0 <= minutes <= LOCK_MINUTES_MAX:
        raise UsageError(f"{path}: lock_minutes is a whole number from 0 to {LOCK_MINUTES_MAX}.")
    return Config(**values)
