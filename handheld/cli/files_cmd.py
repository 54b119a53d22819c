"""`pocketmesh files`: what was shared here or by others, and how far it has come."""

from __future__ import annotations

import time

from handheld.cli import attach, file_words, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from handheld.api.thin import Connection

DESCRIPTION = """\
List the files that are known: "here" with all of it, how far it is and what is left, "paused", or "not here"
when only its name is: `pocketmesh get` fetches it. Files of others go after seven days of running, or for
newer ones when 16 MB are full; never those that are pinned. Pin one with --pin ID, let it go again with
--unpin ID."""
EXAMPLES = """\
pocketmesh files
pocketmesh files --json
pocketmesh files --pin 3f2a91c0
pocketmesh files --who 3f2a91c0"""

ANSWERS_S = 4.0
"""So long is waited for what those near say."""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `files`."""
    parser.add_argument("--pin", metavar="ID", default="", help="never drop this file for space or age")
    parser.add_argument("--unpin", metavar="ID", default="", help="it may go again")
    parser.add_argument("--who", metavar="ID", default="", help="ask those near who has this file")
    parser.add_argument("--json", action="store_true", help="a JSON list: FileInfo of handheld/events.py")


def run(args: Namespace) -> int:
    """Ask the node and print."""
    with attach.connect(args) as connection:
        if args.who:
            return _who(connection, args)
        for file, pinned in ((args.pin, True), (args.unpin, False)):
            if file:
                connection.ask("file_pin", {"id": file, "pinned": pinned})
        files = connection.ask("files", {})
    if args.json:
        show.as_json(files)
    else:
        show.out(file_words.listing(files))
        if any(file["waits"] for file in files):
            show.out("\n".join(show.wrapped(file_words.HINT, "")))
    return 0


def _who(connection: Connection, args: Namespace) -> int:
    asked = connection.ask("file_who", {"id": args.who})
    time.sleep(ANSWERS_S)
    # Not by file_get: to ask who has a file is not to ask for it.
    file = next((one for one in connection.ask("files", {}) if one["id"] == asked["id"]), asked)
    if args.json:
        show.as_json(file)
    else:
        show.out(f"{file['name']}: {file_words.holders(file)}")
    return 0
