"""`pocketmesh capture`: what goes over cable and air, into a file that Wireshark reads."""

from __future__ import annotations

import select
import time

from handheld.cli import attach, show
from handheld.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any, BinaryIO

DESCRIPTION = """\
Write every frame of the cable and of the air to FILE as pcapng, each with a comment that says what it is,
beginning with the frames of the air that the node still remembers. It ends with Ctrl-C, after --seconds or
after --count frames. To have Wireshark show the fields: pocketmesh decode --dissector FILE."""
EXAMPLES = """\
pocketmesh capture village.pcapng
pocketmesh capture --seconds 60 minute.pcapng"""

_FRAMES = frozenset({"in", "out", "cable_in", "cable_out"})


def configure(parser: ArgumentParser) -> None:
    """The arguments of `capture`."""
    parser.add_argument("file", metavar="FILE", help="the file to write; it must not be there yet")
    parser.add_argument("--seconds", type=float, metavar="S", help="end after so long")
    parser.add_argument("--count", type=int, metavar="N", help="end after so many frames")
    parser.add_argument("--json", action="store_true", help="JSON at the end: how many frames there are")


def run(args: Namespace) -> int:
    """Write until it is enough."""
    with attach.connect(args) as connection:
        connection.ask("watch", {"radio": True, "cable": True})
        try:
            with open(args.file, "xb") as file:
                count = _record(args, connection, file)
        except OSError as error:
            raise UserError(f"{args.file} cannot be written: {error.strerror}.") from None
    if args.json:
        show.as_json({"file": args.file, "frames": count})
    else:
        show.out(f"{show.count(count, 'frame')} in {args.file}")
    return 0


def _record(args: Namespace, connection: Any, file: BinaryIO) -> int:
    from handheld.wire import pcapng

    file.write(pcapng.head())
    before = connection.ask("radio_log")
    last = before[-1]["number"] if before else 0
    count = sum(_write(file, entry) for entry in before)
    until = None if args.seconds is None else time.monotonic() + args.seconds
    try:
        while args.count is None or count < args.count:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                break
            file.flush()
            if not select.select([connection], [], [], left)[0]:
                break
            for name, entry in connection.arrived():
                if name == "radio_entry" and (entry["number"] == 0 or entry["number"] > last):
                    count += _write(file, entry)
    except KeyboardInterrupt:
        pass  # enough is recorded
    return count


def _write(file: BinaryIO, entry: dict[str, Any]) -> int:
    """Write an entry if it is a frame; how many frames that was."""
    from handheld.wire import pcapng

    what = entry["what"]
    if what not in _FRAMES:
        return 0
    interface = pcapng.LINK if what.startswith("cable") else pcapng.AIR
    direction = pcapng.IN if what.endswith("in") else pcapng.OUT
    strength = "" if entry["rssi"] is None else f"{entry['rssi']} dBm, "
    data = bytes.fromhex(entry["data"])
    file.write(pcapng.packet(interface, entry["ms"] * 1000, data, direction, strength + entry["say"]))
    return 1
