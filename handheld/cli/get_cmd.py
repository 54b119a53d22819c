"""`pocketmesh get`: fetch a file, show a text or a picture, save what is whole."""

from __future__ import annotations

import base64
import os
import sys
import time

from handheld.cli import attach, file_words, show
from handheld.errors import Refused, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any

    from handheld.api.thin import Connection

DESCRIPTION = """\
Ask for a file that is known (see: pocketmesh files) until all of it is here, also after a pause or a restart.
What is whole is written where --save says: a folder, or a new file. Nothing that is there is replaced, and
what was saved can be read and written by you and started by nobody. --show prints a text, cleaned, and
draws a picture (PNG, JPEG) on a terminal. --wait stays until the file is whole. On slow air, such as LoRa, a
file of more than 16 KB waits for a faster radio, or for --yes."""
EXAMPLES = """\
pocketmesh get 3f2a91c0
pocketmesh get 3f2a91c0 --wait --save .
pocketmesh get 3f2a91c0 --save /tmp/map.png
pocketmesh get 3f2a91c0 --show"""

LOOK_S = 1.0
TEXT_MAX = 65_536


def configure(parser: ArgumentParser) -> None:
    """The arguments of `get`."""
    parser.add_argument("id", metavar="ID", help="at least four digits of the file's id")
    parser.add_argument(
        "--save", metavar="PATH", default="", help="a folder, or a file that is not there yet"
    )
    parser.add_argument("--show", action="store_true", help="print a text, draw a picture")
    parser.add_argument("--wait", action="store_true", help="until it is whole")
    parser.add_argument("--yes", action="store_true", help="ask nothing, also on slow air")
    parser.add_argument("--json", action="store_true", help="FileInfo of handheld/events.py")


def run(args: Namespace) -> int:
    """Ask, wait, save, show: as far as it was wished."""
    if args.show and args.json:
        raise UsageError("Either --show or --json, not both.")
    if args.save and os.path.lexists(args.save) and not os.path.isdir(args.save):  # noqa: PTH112
        raise _taken(args.save)  # now, not after hours of waiting
    with attach.connect(args) as connection:
        asks = {"id": args.id, "look": True, "yes": args.yes}
        file = file_words.agreed(connection, asks, asks=not args.json)
        while args.wait and file["state"] == "coming" and not file["waits"]:
            _progress(file)
            time.sleep(LOOK_S)
            file = connection.ask("file_get", {"id": args.id, "look": True})
        saved = _saved(connection, file, args.save) if args.save else ""
        text = _shown(connection, file) if args.show else ""
    if args.json:
        show.as_json({**file, "saved": saved} if saved else file)
    elif args.show:
        show.out(text)
    else:
        show.out(f"{file['name']}: {_looks(file)}{file_words.state(file)}.")
        if saved:
            show.out(f"Saved as {saved}")
    return 0


def _progress(file: dict[str, Any]) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{file['name']}: {file_words.state(file)}    ")
        sys.stderr.flush()


def _looks(file: dict[str, Any]) -> str:
    if not file["width"]:
        return f"{file['look']}, " if file["look"] else ""
    return f"{file['look']}, {file['width']} x {file['height']}, "


def _content(connection: Connection, file: dict[str, Any]) -> tuple[bytes, str]:
    """All of it, and what it may be called here."""
    if file["have"] < file["symbols"]:
        raise Refused(f"Not all of {file['name']} is here yet: {file_words.state(file)}. To wait: --wait")
    content = b""
    while True:
        part = connection.ask("file_read", {"id": file["id"], "offset": len(content)})
        data = base64.b64decode(part["data"])
        content += data
        if not data or len(content) >= part["size"]:
            return content, part["name"]


def _saved(connection: Connection, file: dict[str, Any], wish: str) -> str:
    """Write it; the path it has."""
    content, name = _content(connection, file)
    path = os.path.join(wish, name) if os.path.isdir(wish) else wish  # noqa: PTH112, PTH118
    try:
        # Neither follows a link nor replaces a file; nobody may start it.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from None
    try:
        with open(descriptor, "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(descriptor)
    except OSError as error:
        os.unlink(path)  # noqa: PTH108
        raise Refused(f"{path} cannot be written: {error.strerror}. Nothing was left there.") from None
    return path


def _taken(path: str) -> Refused:
    return Refused(f"{path} is there already. Say another name: --save PATH")


def _shown(connection: Connection, file: dict[str, Any]) -> str:
    content, _ = _content(connection, file)
    if file["look"] == "text":
        from handheld.text import clean

        return clean(content[:TEXT_MAX], TEXT_MAX, lines=True)
    if file["look"] not in ("png", "jpeg"):
        raise Refused(f"{file['name']} is no text and no picture. To have it in a folder: --save .")
    if not sys.stdout.isatty():
        raise Refused(
            f"{file['name']} is a picture, drawn on a terminal only. To have it in a folder: --save ."
        )
    return _drawn(content, file)


def _drawn(content: bytes, file: dict[str, Any]) -> str:
    import asyncio

    from tui.photo import picture_of, printed

    try:
        picture = asyncio.run(picture_of(content, file["width"], file["height"]))
    except Refused as refused:
        raise Refused(f"{refused} To have it in a folder: --save .") from None
    size = os.get_terminal_size(sys.stdout.fileno())
    # A line stays free on each side, and one below for the prompt; a serial line says 0 and 0.
    return printed(picture, ((size.columns or 80) - 2, (size.lines or 24) - 2), os.environ)
