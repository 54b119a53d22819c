"""A TOML file read strictly: every complaint names the key and its line (tomllib keeps no lines)."""

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from handheld.errors import SimulationError

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\-]+)\s*\]")
_KEY = re.compile(r"\s*([\w\-]+|\"[^\"]*\")\s*=")

Check = Callable[[Any], bool]


class Table:
    """One table of the file. `take` what is known, then `end`: what is left over is refused."""

    def __init__(self, values: Mapping[str, Any], name: str, lines: Mapping[str, int]) -> None:
        self._values = dict(values)
        self._name = name
        self._lines = lines

    def take(self, key: str, what: str, check: Check, default: object = None) -> Any:
        """The value of a key, or `default`; refused unless it passes: `what` says what it has to be."""
        if key not in self._values:
            return default
        value = self._values.pop(key)
        if not check(value):
            self.refuse(key, f"has to be {what}")
        return value

    def need(self, key: str, what: str, check: Check) -> Any:
        """The same of a key that has to be there."""
        if key not in self._values:
            self.refuse(key, f"is missing: {what}")
        return self.take(key, what, check)

    def has(self, key: str) -> bool:
        """Whether the key stands there and was not taken yet."""
        return key in self._values

    def table(self, key: str) -> "Table":
        """A table below this one; empty when there is none."""
        value = self.take(key, "a table", lambda given: isinstance(given, dict), {})
        return Table(value, self._under(key), self._lines)

    def tables(self, key: str) -> "list[Table]":
        """An array of tables, each named by its place in the file."""
        value = self.take(key, "an array of tables", _are_tables, [])
        return [Table(one, f"{self._under(key)}.{place}", self._lines) for place, one in enumerate(value)]

    def end(self) -> None:
        """SimulationError if there is a key that nobody took."""
        for key in self._values:
            self.refuse(key, "is no key that is known here")

    def refuse(self, key: str, why: str) -> NoReturn:
        """SimulationError that names the key and the line it stands in, or that of its table."""
        path = self._under(key)
        place = path if path in self._lines else f"{path}.0"
        while place not in self._lines and "." in place:
            place = place.rpartition(".")[0]
        raise SimulationError(f"Line {self._lines.get(place, 1)}: {_spoken(path)} {why}.")

    def _under(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key


def read(text: str) -> Table:
    """The whole file as a table; SimulationError with the line where it is no TOML."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SimulationError(f"This is no TOML: {error}.") from None
    return Table(values, "", _lines(text))


def _lines(text: str) -> dict[str, int]:
    """Where each table and key stands: "air.sf", and "nodes.0.x" for the first of several."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = header[2]
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = f"{table}.{counts[table]}"
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            name = key[1].strip('"')
            lines.setdefault(f"{table}.{name}" if table else name, number)
    return lines


def _spoken(path: str) -> str:
    """ "nodes.0.x" as a person counts: "nodes 1, x"."""
    return ", ".join(re.sub(r"\.(\d+)", lambda found: f" {int(found[1]) + 1}", path).split("."))


def _are_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def one_of(*words: str) -> Check:
    """Passes exactly these words."""
    return lambda value: isinstance(value, str) and value in words


def whole(low: int, high: int) -> Check:
    """Passes whole numbers in this range, both ends included."""
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def number(low: float, high: float) -> Check:
    """Passes numbers in this range, both ends included."""
    return lambda value: is_number(value) and low <= value <= high


def is_number(value: object) -> bool:
    """Whether it is a number, and no truth value; NaN fails every range."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def word(value: object) -> bool:
    """Passes text that says something, on one line."""
    return isinstance(value, str) and bool(value.strip()) and "\n" not in value
