"""What of a radio's doings is shown: terms that must all hold. One page of help is all there is to it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from handheld.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Entry = dict[str, Any]
    """A RadioEntry as JSON has it."""

PAGE = """\
A filter is words with spaces between; what is shown fulfils them all.

  word          the line has this word in it, in any case
  "two words"   the same, with a space
  name=value    this field has this value; names and values in any case
  name!=value   it has another, or there is no such field
  name~value    the field has this in it
  name>number   also < >= <=
  !term         the term does not hold

Names: dir (in, out, sent, line, state, cable), kind (post, ack, here, ...), len
(bytes), rssi (dBm), mode (flood, collect, way, one_hop), ttl, and every field
that "pocketmesh decode" shows: author, seq, type, text, token, ...

  kind=post dir=in          posts that were heard
  rssi<-90 !kind=here       faint frames, but no "here"
  author~03a1 len>100       long frames of one author
  dir=line Traceback        what the radio itself complains of"""

_TERM = re.compile(r"(\w+)(!=|>=|<=|=|~|>|<)(.*)", re.DOTALL)
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": lambda one, other: one > other,
    "<": lambda one, other: one < other,
    ">=": lambda one, other: one >= other,
    "<=": lambda one, other: one <= other,
}
_DIRECTIONS = {"cable_in": "cable", "cable_out": "cable"}


def parse(text: str) -> Callable[[Entry], bool]:
    """Whether an entry is to be shown. UsageError says what is wrong with the filter."""
    try:
        words = shlex.split(text)
    except ValueError:
        raise UsageError(
            f"The filter {text!r} has a quote without its end. See: pocketmesh help filter"
        ) from None
    terms = [_term(word) for word in words]
    return lambda entry: all(term(entry) for term in terms)


def _term(word: str) -> Callable[[Entry], bool]:
    if word.startswith("!") and len(word) > 1:
        inner = _term(word[1:])
        return lambda entry: not inner(entry)
    found = _TERM.fullmatch(word)
    if found is None:
        wanted = word.casefold()
        return lambda entry: wanted in entry["say"].casefold()
    name, operator, value = found[1].casefold(), found[2], found[3].casefold()
    if operator in _COMPARE:
        return _numeric(name, operator, value)
    tests: dict[str, Callable[[str | None], bool]] = {
        "=": lambda held: held == value,
        "!=": lambda held: held != value,
        "~": lambda held: held is not None and value in held,
    }
    test = tests[operator]
    return lambda entry: test(_value(entry, name))


def _numeric(name: str, operator: str, value: str) -> Callable[[Entry], bool]:
    try:
        limit = float(value)
    except ValueError:
        raise UsageError(f"{name}{operator} takes a number. See: pocketmesh help filter") from None
    compare = _COMPARE[operator]

    def holds(entry: Entry) -> bool:
        try:
            return compare(float(_value(entry, name) or ""), limit)
        except ValueError:
            return False

    return holds


def _value(entry: Entry, name: str) -> str | None:
    """The value of a field in small letters; None: this entry has no such field."""
    if name == "dir":
        return _DIRECTIONS.get(entry["what"], entry["what"])
    if name == "rssi":
        return None if entry["rssi"] is None else str(entry["rssi"])
    data = bytes.fromhex(entry["data"])
    if name == "len":
        return str(len(data)) if data else None
    if not data or entry["what"] == "line":
        return None
    return _decoded(entry["what"], data).get(name)


def _decoded(what: str, data: bytes) -> dict[str, str]:
    from handheld.wire import explain

    layout = explain.LINK if what in _DIRECTIONS else explain.AIR
    found = {name: value.casefold() for name, value in explain.values(data, layout).items()}
    texts = {
        field.name: field.note.strip('"').casefold()
        for part in explain.explain(data, layout)
        for field in part.fields
        if field.note and part.layout not in {"air_plain", "air_path"}
    }
    return {**found, **texts}
