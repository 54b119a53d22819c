"""What the radio does, as it happens: log, console, test tone; through the node, which keeps the port."""

from __future__ import annotations

import select
import sys
import time
from collections import deque

from handheld.cli import attach, radio_filter, show
from handheld.errors import NodeUnreachable, Refused, UserError
from tui.device import zone_s

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable
    from typing import Any

    from handheld.api.thin import Connection
    from handheld.cli.radio_filter import Entry

HISTORY = 5_000
"""Entries that a console keeps for searching and saving."""

FIRST = 20
"""Entries of before that a console begins with."""

PROBE_S = 12
"""How long a probe may take on the slowest air."""

TEXT = frozenset({"line", "state"})

KEYS = """\
Type, then Enter:  (nothing) pause, go on   /WORD search   f FILTER   f none
                   s FILE save   : LINE type to the radio (: ? its menu)   q quit"""


def log(args: Namespace) -> None:
    """Print what the radio said, and with --follow what it says from now on."""
    with attach.connect(args) as connection:
        connection.ask("watch", {"radio": True})
        last = 0
        for entry in connection.ask("radio_log"):
            last = entry["number"]
            if entry["what"] in TEXT:
                tell(args, entry)
        if args.follow:
            for name, value in connection.events():
                if name == "radio_entry" and value["what"] in TEXT and value["number"] > last:
                    tell(args, value)


def reboot(args: Namespace) -> None:
    """Have the radio start anew."""
    attach.ask(args, "radio_type", line="reboot")
    show.out("The radio starts anew; it is back in a few seconds.")


def service(args: Namespace) -> None:
    """Have the radio start into its prompt."""
    attach.ask(args, "radio_service")
    show.out(
        "The radio starts into its Python prompt. For a minute, and as long as another program has\n"
        "its port open, the node leaves it alone; then it looks for it again. A reset ends the prompt."
    )


def test(args: Namespace) -> None:
    """Send probes and tell how many came back how strong."""
    probes = int(args.setting or 10)
    with attach.connect(args) as connection:
        connection.ask("watch", {"radio": True})
        connection.ask("radio_test", {"probes": probes})
        tested = _awaited(connection, "radio_tested", time.monotonic() + 10 + PROBE_S * probes)
    if args.json:
        show.as_json(tested)
    elif not tested["back"]:
        show.out(
            f"Of {tested['probes']} probes none came back: nobody hands frames on here, or nobody hears us."
        )
    else:
        show.out(
            f"Of {show.count(tested['probes'], 'probe')} {tested['back']} came back, "
            f"at {tested['weakest']} to {tested['strongest']} dBm, {tested['mean']} in the mean."
        )


def _awaited(connection: Connection, wanted: str, until: float) -> Any:
    while (left := until - time.monotonic()) > 0:
        readable, _, _ = select.select([connection], [], [], left)
        for name, value in connection.arrived() if readable else ():
            if name == wanted:
                return value
    raise Refused("The radio did not answer. See: pocketmesh radio info")


def console(args: Namespace) -> None:
    """Show everything as it happens, and take what is typed, until the end of one of them."""
    shown = Console(args)
    with attach.connect(args) as connection:
        connection.ask("watch", {"radio": True, "cable": args.cable})
        shown.begin(connection.ask("radio_log"))
        typing = sys.stdin.isatty()
        if typing:
            show.out(KEYS)
        while not shown.done:
            readable, _, _ = select.select([connection, sys.stdin] if typing else [connection], [], [])
            if connection in readable:
                shown.take(connection.arrived())
            if sys.stdin in readable:
                typed = sys.stdin.readline()
                shown.type(connection, typed.strip() if typed else "q")


class Console:
    """What is kept, what is shown of it, and what a typed line does. `done`: it is over."""

    def __init__(self, args: Namespace) -> None:
        self.done = False
        self._args = args
        self._shows = radio_filter.parse(args.filter)
        self._kept: deque[Entry] = deque(maxlen=HISTORY)
        self._paused: deque[Entry] | None = None
        self._last = 0
        self._left = args.count

    def begin(self, entries: list[Entry]) -> None:
        """What was before; the newest of it is shown."""
        self._last = entries[-1]["number"] if entries else 0
        self._kept.extend(entries)
        for entry in [each for each in entries if self._shows(each)][-FIRST:]:
            self._show(entry)

    def take(self, events: list[tuple[str, Any]]) -> None:
        """What happened."""
        for name, entry in events:
            # Numbered ones of before the first answer may come twice.
            if name != "radio_entry" or 0 < entry["number"] <= self._last:
                continue
            self._kept.append(entry)
            if self._paused is not None:
                self._paused.append(entry)
            elif self._shows(entry):
                self._show(entry)

    def type(self, connection: Connection, line: str) -> None:
        """Somebody typed a line. What goes wrong with it is said, and the console goes on."""
        verbs: dict[str, Callable[[str], object]] = {
            "": self._pause,
            "q": self._quit,
            "/": self._search,
            "f": self._filter,
            "s": self._save,
            ":": lambda rest: connection.ask("radio_type", {"line": rest}),
        }
        try:
            verbs.get(line[:1], self._help)(line[1:].strip())
        except NodeUnreachable:
            raise
        except UserError as error:
            show.out(f"  {error}")

    def _show(self, entry: Entry) -> None:
        if self.done:
            return
        tell(self._args, entry)
        if self._left is not None:
            self._left -= 1
            self.done = self._left <= 0

    def _pause(self, _rest: str) -> None:
        if self._paused is None:
            self._paused = deque(maxlen=HISTORY)
            show.out("  (paused; Enter goes on)")
            return
        waiting, self._paused = self._paused, None
        for entry in waiting:
            if self._shows(entry):
                self._show(entry)

    def _quit(self, _rest: str) -> None:
        self.done = True

    def _search(self, rest: str) -> None:
        holds = radio_filter.parse(rest)
        found = [entry for entry in self._kept if holds(entry)]
        show.out(f"  {show.count(len(found), 'entry', 'entries')} of {len(self._kept)} with {rest}:")
        for entry in found[-FIRST:]:
            show.out(f"  {text(entry)}")

    def _filter(self, rest: str) -> None:
        self._shows = radio_filter.parse("" if rest == "none" else rest)
        show.out(f"  Shown from now on: {rest or 'everything'}")

    def _save(self, rest: str) -> None:
        if not rest:
            raise Refused("Name a file: s FILE")
        kept = [entry for entry in self._kept if self._shows(entry)]
        try:
            with open(rest, "x", encoding="utf-8") as file:
                file.writelines(f"{text(entry)}\n" for entry in kept)
        except OSError as error:
            raise Refused(f"{rest} cannot be written: {error.strerror}.") from None
        show.out(f"  {show.count(len(kept), 'entry', 'entries')} in {rest}")

    def _help(self, _rest: str) -> None:
        show.out(f"{KEYS}\n\n{radio_filter.PAGE}")


def tell(args: Namespace, entry: Entry) -> None:
    """Print an entry at once."""
    if args.json:
        show.as_json_line(entry)
    else:
        show.out(text(entry))
        show.flush()


_ARROWS = {
    "in": "->",
    "out": "<-",
    "cable_in": "=>",
    "cable_out": "<=",
    "sent": "ok",
    "line": "  ",
    "state": "**",
}


def text(entry: Entry) -> str:
    """An entry as a line: when, which way, how strong, what."""
    minutes, seconds = divmod((entry["ms"] // 1000 + zone_s()) % 86_400, 60)
    at = f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    strength = "" if entry["rssi"] is None else f"{entry['rssi']} "
    return f"{at}.{entry['ms'] % 1000:03d} {_ARROWS.get(entry['what'], '??')} {strength}{entry['say']}"
