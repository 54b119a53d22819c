"""The settings of a data folder, in `config.toml`: read once at start, frozen, each with its meaning here."""

import re
from dataclasses import field, fields, replace
from pathlib import Path
from typing import Any, NamedTuple

from handheld.errors import UsageError
from handheld.values import dataclass

FILE = "config.toml"
LOCK_MINUTES_MAX = 1440
FILE_KB_MAX = 1024

LAN_PORT = 24042
LAN_PEERS_MAX = 16


class Peer(NamedTuple):
    """A node on a network that is out of a group's reach: its name or address, and its port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Bearers:
    """What else carries frames besides the radio: the table `[bearers]`."""

    lan: bool = False
    """Speak with others on the same local network."""

    lan_peers: tuple[Peer, ...] = ()
    """Who is reached by an address, such as "10.0.0.2" or "[200:1234::1]:24042"; they have to name us too."""

    lan_port: int = LAN_PORT
    """The UDP port: that of everybody on a network."""

    lan_interfaces: tuple[str, ...] = ()
    """The networks to use, such as "wlan0"; none named: all."""


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

    box: bool = False
    """A box that stays in one place: it holds ten times as much for others."""

    notice: str = ""
    """What a box says of itself on #here, for whoever comes by, as long as it runs."""

    read_receipts: bool = False
    """Tell people that the owner has seen what they wrote to him."""

    place: str = ""
    """A program that prints where we are, as "48.2082,16.3738": asked when an alert is sent; empty: none."""

    file_kb: int = 64
    """The largest file that is shared, or gathered without being asked for, in KB as it travels; to 1024."""

    lock_minutes: int = 0
    """With a passphrase: the keys are dropped when nothing was read or written for so long; 0: never."""

    bell: bool = True
    """The screen rings the terminal's bell when there is something for the owner."""

    notify: str = ""
    """A program that is run then, for a buzzer or a lamp; it is told what there is by its environment."""

    quiet_hours: str = ""
    """No bell and no program within these hours of the day, such as "22:00-07:00"; alerts come through."""

    theme: str = "plain"
    """The colours of the screen: one of THEMES."""

    glyphs: str = "auto"
    """The signs of the screen: one of GLYPHS; "auto" goes by the terminal's name and language."""

    keys: tuple[tuple[str, str], ...] = ()
    """(action, key) of the screen's keys that the owner has changed; what can be one, the screen knows."""

    bearers: Bearers = field(default_factory=Bearers)


THEMES = ("plain", "dark", "light", "contrast", "console", "mono")

GLYPHS = ("auto", "ascii", "console", "unicode")


class Rule(NamedTuple):
    """What a setting may be: `kind` text, flag, number (`least` to `most`), hours or choice (of `choices`).

    `applies`: by what it comes to be so: "screen" (at once), "node" (which opens anew) or "start".
    """

    kind: str
    meaning: str
    applies: str = "node"
    choices: tuple[str, ...] = ()
    most: int = 0
    least: int = 0


RULES: dict[str, Rule] = {
    "name": Rule("text", "your name, as others see it"),
    "invisible": Rule("flag", "never tell the air that you are here"),
    "read_receipts": Rule("flag", "tell people that you saw what they wrote to you"),
    "lock_minutes": Rule(
        "number", "lock after so many minutes, with a passphrase; 0 never", most=LOCK_MINUTES_MAX
    ),
    "file_kb": Rule("number", "the largest file shared or gathered, in KB", most=FILE_KB_MAX, least=1),
    "bell": Rule("flag", "ring when there is something for you", "screen"),
    "notify": Rule("text", "a program to run then: a buzzer, a lamp"),
    "quiet_hours": Rule("hours", "no bell, no program: 22:00-07:00"),
    "theme": Rule("choice", "colours of the screen", "screen", THEMES),
    "glyphs": Rule("choice", "signs of the screen", "screen", GLYPHS),
    "bearers.lan": Rule("flag", "speak over the local network, too"),
    "box": Rule("flag", "a box: stays in one place, holds more for others"),
    "notice": Rule("text", "what a box says on #here"),
    "place": Rule("text", "a program that prints where you are"),
    "radio": Rule("text", "the radio's port, auto, or none", "start"),
}
"""The settings that can be changed by a command, in the order of the page; `bearers.lan`: of that table."""


def value_of(config: Config, key: str) -> str | bool | int:
    """What a setting of RULES is."""
    found: Any = config
    for part in key.split("."):
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]


def spelled(config: Config, key: str) -> str:
    """What a setting is, as one writes it: flags are "yes" or "no"."""
    value = value_of(config, key)
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


_FLAGS = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}


def meant(key: str, written: str) -> str | bool | int:
    """What was written for a setting of RULES, as `spelled` has it. UsageError says what it has to be."""
    if key not in RULES:
        raise UsageError(f"There is no setting {key!r}; there are {', '.join(RULES)}.")
    value: str | bool | int = written.strip()
    kind = RULES[key].kind
    if kind == "flag":
        value = _FLAGS.get(str(value).lower(), value)
    elif kind == "number" and re.fullmatch("[0-9]{1,6}", str(value)):
        value = int(value)
    if wrong := wrongness(key, value):
        raise UsageError(f"{key} {wrong}")
    return value


def wrongness(key: str, value: object) -> str:
    """What a setting of RULES has to be, if `value` is not that; else ""."""
    rule = RULES[key]
    if rule.kind == "flag":
        return "" if isinstance(value, bool) else "is true or false, without quotes."
    if rule.kind == "number":
        fits = type(value) is int and rule.least <= value <= rule.most
        return "" if fits else f"is a whole number from {rule.least} to {rule.most}."
    if not isinstance(value, str):
        return "is text in quotes."
    if rule.choices and value not in rule.choices:
        return f"is one of {', '.join(rule.choices)}."
    if rule.kind == "hours" and value and quiet_minutes(value) is None:
        return 'is a span of hours, such as "22:00-07:00".'
    return ""


def quiet_minutes(text: str) -> tuple[int, int] | None:
    """The minutes of the day from and to which it is quiet; None where none are given, or no such hours."""
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)", text.replace(" ", ""))
    if found is None:
        return None
    start, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    return start, end


def is_quiet(text: str, minute: int) -> bool:
    """Whether quiet hours, as in the setting, hold at this minute of the day."""
    hours = quiet_minutes(text)
    if hours is None:
        return False
    start, end = hours
    return start <= minute < end if start <= end else minute >= start or minute < end


def with_value(config: Config, key: str, value: str | bool | int) -> Config:
    """The settings with one of them changed."""
    table, _, name = key.rpartition(".")
    if not table:
        return replace(config, **{name: value})  # type: ignore[arg-type]
    return replace(config, **{table: replace(getattr(config, table), **{name: value})})


def load(folder: Path) -> Config:
    """The settings of a folder; defaults where there is no file. UsageError names what is wrong and where."""
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
        import tomllib  # noqa: PLC0415 - a twentieth of a start, for those who have settings

        raw = tomllib.loads(text)
    except FileNotFoundError:
        return Config()
    except (ValueError, OSError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
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
    for key in RULES.keys() & values.keys():
        if wrong := wrongness(key, values[key]):
            raise UsageError(f"{path}: {key} {wrong}")
    if "keys" in values:
        keys = values["keys"]
        if not isinstance(keys, dict) or not all(isinstance(key, str) for key in keys.values()):
            raise UsageError(f'{path}: [keys] is a table of keys in quotes, such as follow = "o".')
        values["keys"] = tuple(keys.items())
    if "bearers" in values:
        values["bearers"] = _bearers(values["bearers"], path)
    return Config(**values)


def _bearers(raw: Any, path: Path) -> Bearers:
    known = {item.name for item in fields(Bearers)}
    if not isinstance(raw, dict) or set(raw) - known:
        raise UsageError(f"{path}: [bearers] is a table with some of {', '.join(sorted(known))}.")
    if not isinstance(raw.get("lan", False), bool):
        raise UsageError(f"{path}: lan is true or false, without quotes.")
    port = raw.get("lan_port", LAN_PORT)
    if type(port) is not int or not 0 < port <= 0xFFFF:
        raise UsageError(f"{path}: lan_port is a whole number from 1 to 65535.")
    for key in ("lan_peers", "lan_interfaces"):
        listed = raw.get(key, [])
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise UsageError(f"{path}: {key} is a list of texts.")
    peers = tuple(_peer(text, path) for text in raw.get("lan_peers", []))
    if len(peers) > LAN_PEERS_MAX:
        raise UsageError(f"{path}: lan_peers has {len(peers)} addresses, at most {LAN_PEERS_MAX}.")
    return Bearers(raw.get("lan", False), peers, port, tuple(raw.get("lan_interfaces", [])))


def _peer(text: str, path: Path) -> Peer:
    """`text` is host, host:port, [IPv6], [IPv6]:port, or an IPv6 address alone."""
    found = re.fullmatch(r"\[([0-9A-Fa-f:.]+(?:%\w+)?)\](?::(\d{1,5}))?|([^\s:\[\]]+)(?::(\d{1,5}))?", text)
    if found is None and text.count(":") < 2:
        raise UsageError(f'{path}: "{text}" in lan_peers is no address, such as "10.0.0.2:{LAN_PORT}".')
    host = (found[1] or found[3]) if found else text
    port = int((found[2] or found[4] or LAN_PORT) if found else LAN_PORT)
    if not 0 < port <= 0xFFFF:
        raise UsageError(f"{path}: a port in lan_peers is a whole number from 1 to 65535.")
    return Peer(host, port)
