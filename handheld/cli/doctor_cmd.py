"""`pocketmesh doctor`: what is the matter, one line each, and what to do about it."""

from __future__ import annotations

import os
import platform
import re
import sys
from pathlib import Path

from handheld import __version__
from handheld.api import address, thin
from handheld.cli import show
from handheld.errors import NodeUnreachable, UserError
from handheld.text import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any

    from handheld.cli.checks import Check

LOG_BYTES = 65_536
"""Of the node's log that go into a bundle, from its end."""

DESCRIPTION = """\
Look at everything between you and the air, one line each, and say what to do: the port, the right to use it
and who holds it, udev, whether opening it resets the radio, the firmware and the wire that it speaks, the
law's air time, the clock, the disk, the database. "!" is a fault, "?" something to know. No node is started,
and no port is opened. --bundle writes a file for a bug report: the same, the versions and the end of the
node's log, without keys, names, texts and other bytes of yours."""
EXAMPLES = """\
pocketmesh doctor
pocketmesh doctor --json
pocketmesh doctor --bundle report.txt"""

_HIDDEN = (
    (re.compile(r'"[^"\n]*"'), '"..."'),
    (re.compile(r"\b[0-9a-fA-F]{8,}\b"), "(hex)"),
    (re.compile(r"\b[0-9A-F]{2}(?::[0-9A-F]{2}){5}\b", re.IGNORECASE), "(address)"),
    (re.compile(r"(radio says: ).*"), r"\1(a line)"),
)
"""What never leaves with a bundle: texts and names (they stand in quotes), keys, what a radio prints."""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `doctor`."""
    parser.add_argument("--bundle", metavar="FILE", help="write a report without anything personal")
    parser.add_argument("--json", action="store_true", help="a JSON list of checks")


def run(args: Namespace) -> int:
    """Look and tell."""
    from handheld.cli import checks
    from handheld.link import port

    folder, _ = address.chosen_folder(args.data)
    status = _status(folder)
    found = list(checks.every(checks.Scene(Path(folder), port.list_ports(), status)))
    if args.bundle:
        _write(args.bundle, _bundle(found, status, folder))
        show.out(f"Written: {args.bundle}. Read it before you give it away.")
    elif args.json:
        show.as_json([check._asdict() for check in found])
    else:
        show.out(checks.lines(found))
    return 0


def _status(folder: str) -> dict[str, Any] | None:
    """What the node says of itself; None if none runs."""
    try:
        return thin.ask(folder, "status")  # type: ignore[no-any-return]
    except NodeUnreachable:
        return None


def _bundle(found: list[Check], status: dict[str, Any] | None, folder: str) -> str:
    from handheld.cli import checks

    parts = [
        f"pocketmesh {__version__}, Python {sys.version.split()[0]}, {platform.platform()}",
        checks.lines(found),
    ]
    if status is not None:
        kept = {name: status[name] for name in ("uptime_s", "neighbours", "people", "queued", "dropped")}
        parts.append(f"{kept}\n{status['radio']}")
    parts.append(_log(folder))
    own = [status["name"]] if status and status["name"] else []
    return redacted("\n\n".join(parts), [*own, str(Path.home())]) + "\n"


def _log(folder: str) -> str:
    try:
        with open(Path(folder) / thin.LOG, "rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - LOG_BYTES))
            return "The end of node.log:\n" + clean(file.read(), LOG_BYTES, lines=True)
    except OSError:
        return "There is no node.log."


def redacted(text: str, words: list[str]) -> str:
    """The text without what is personal, and without these words."""
    for word in words:
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "(own)", text)
    for pattern, instead in _HIDDEN:
        text = pattern.sub(instead, text)
    return text


def _write(path: str, text: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}.") from None
