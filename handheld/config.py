"""The settings of a data folder, in `config.toml`: read once at start, frozen, each with its meaning here."""

import re
import tomllib
from dataclasses import field, fields
from pathlib import Path
from typing import Any, NamedTuple

from handheld.errors import UsageError
from handheld.values import dataclass

FILE = "config.toml"
LOCK_MINUTES_MAX = 1440
FILE_KB_MAX = 1024

_NUMBERS = {"file_kb": (1, FILE_KB_MAX), "lock_minutes": (0, LOCK_MINUTES_MAX)}

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

    bearers: Bearers = field(default_factory=Bearers)


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
    for key in ("name", "radio", "notice", "place"):
        if not isinstance(values.get(key, ""), str):
            raise UsageError(f"{path}: {key} is text in quotes.")
    for key in ("invisible", "box", "read_receipts"):
        if not isinstance(values.get(key, False), bool):
            raise UsageError(f"{path}: {key} is true or false, without quotes.")
    _check_numbers(values, path)
    if "bearers" in values:
        values["bearers"] = _bearers(values["bearers"], path)
    return Config(**values)


def _check_numbers(values: dict[str, Any], path: Path) -> None:
    for key, (least, most) in _NUMBERS.items():
        number = values.get(key, least)
        if type(number) is not int or not least <= number <= most:
            raise UsageError(f"{path}: {key} is a whole number from {least} to {most}.")


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
