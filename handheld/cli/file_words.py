"""What is said of files on the command line."""

from __future__ import annotations

import sys

from handheld.cli import show
from handheld.text import amount, duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from handheld.api.thin import Connection

QUIET_S = 60
"""After so long without a piece it is said that nobody sends."""

WAITS = "waits for a fast radio, or your yes"
HINT = "What waits takes this slow air long. To let it go on all the same: pocketmesh resume ID --yes"

NONE = """\
No files yet. Share one:
  pocketmesh share map.png"""


def cost(told: dict[str, Any]) -> str:
    """Size, time and share of the air, before anything is sent."""
    size = amount(told["size"])
    if told["travels"] < told["size"]:
        size += f" ({amount(told['travels'])} on its way)"
    by = f" by {told['radio']}" if told["radio"] else ""
    line = f"{size}: at least {duration(told['seconds'])}{by}"
    if told["share_ppm"] is not None:
        line += f", and {max(1, round(told['share_ppm'] / 10_000))} % of your hour's air time"
    return line + "."


def readers(file: dict[str, Any]) -> str:
    """For whom it is."""
    if file["board"]:
        return f"#{file['board']}"
    if file["room"]:
        return f"the room {file['room']}"
    return str(file["peer_name"] or file["peer"][:8])


def sure(question: str) -> bool:
    """Whether whoever sits here answers with y. Nothing else is a yes; without a terminal nobody is asked."""
    if not sys.stdin.isatty():
        return False
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def agreed(connection: Connection, wish: dict[str, Any], *, asks: bool) -> dict[str, Any]:
    """Ask for a file (`wish`: GetFile); where slow air makes it wait, the owner too, unless not `asks`."""
    file: dict[str, Any] = connection.ask("file_get", wish)
    if file["waits"] and asks:
        left = "" if file["wait_s"] is None else f": {duration(file['wait_s'])} or more"
        if sure(f"{file['name']}, {amount(file['travels'])}, keeps this slow air busy{left}. All the same?"):
            file = connection.ask("file_get", {**wish, "yes": True})
    return file


def state(file: dict[str, Any]) -> str:
    """How far it has come."""
    if file["waits"] and file["state"] in ("coming", "here"):
        percent = f"{100 * file['have'] // file['symbols']} %" if file["state"] == "coming" else "here"
        return f"{percent}, {WAITS}"
    if file["state"] == "full":
        return "the disk is full: saved when there is room, tried once a minute"
    if file["state"] == "known":
        return "not here"
    if file["state"] != "coming":
        lacked = (
            f", somebody near lacks {100 * file['lacked'] // file['symbols']} %" if file["lacked"] else ""
        )
        return f"{file['state']}{lacked}"
    percent = 100 * file["have"] // file["symbols"]
    quiet = file["quiet_s"]
    if quiet is not None and quiet >= QUIET_S:
        return f"{percent} %, and nobody near has sent of it for {duration(quiet)}"
    return f"{percent} %, {duration(file['wait_s'])} or more to come"


def holders(file: dict[str, Any]) -> str:
    """Who near has it, as they said themselves."""
    has, lacks = ([show.called(one) for one in file[key]] for key in ("has", "lacks"))
    if not has and not lacks:
        return "nobody near says that he has it, or a part of it."
    parts = []
    if has:
        parts.append(f"{len(has)} near {'has' if len(has) == 1 else 'have'} all of it: {', '.join(has)}")
    if lacks:
        parts.append(f"{len(lacks)} still {'lacks' if len(lacks) == 1 else 'lack'} parts: {', '.join(lacks)}")
    return f"{'; '.join(parts)}."


def listing(files: list[dict[str, Any]]) -> str:
    """All files, one a line; on two where the screen is narrow."""
    if not files:
        return NONE
    screen = show.columns()
    if screen is not None and screen < 72:
        return "\n".join(
            f"{file['id'][:8]} {file['name']}\n    {amount(file['size'])}  {state(file)}  {readers(file)}"
            for file in files
        )
    rows = [("Id", "Name", "Size", "State", "For", "From")]
    rows += [
        (
            file["id"],
            file["name"] + (" (pinned)" if file["pinned"] else ""),
            amount(file["size"]),
            state(file),
            readers(file),
            "you" if file["own"] else show.called(file["author"]),
        )
        for file in files
    ]
    return show.table(rows, right={2}, flexible=1)
