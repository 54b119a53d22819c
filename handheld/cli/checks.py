"""What `pocketmesh doctor` looks at: each check is one line, and what to do if it is not as it should be.

Nothing is opened that the node uses: opening a radio's port would pull DTR and RTS, which resets many boards.
"""

from __future__ import annotations

import grp
import os
import shutil
import time
from datetime import date
from pathlib import Path
from typing import NamedTuple

from handheld import __version__
from handheld.link.holders import holders, processes
from handheld.text import ago

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from handheld.link.port import FoundPort

OK, NOTE, BAD = "ok", "note", "bad"
_MARKS = {OK: " ", NOTE: "?", BAD: "!"}

DISK_LOW = 200 << 20
DISK_BAD = 20 << 20
"""Bytes that are free: below the first a card fills within weeks, below the second a node may not start."""

RELEASED = 1_767_225_600
"""2026-01-01 in seconds since 1970: no correct clock is before it."""

GRABBERS = frozenset({"ModemManager", "brltty"})
"""Programs that open serial ports on their own: they take a radio for a modem, or for a line of braille."""

WHOLE_HOUR = 1_000_000
_EPOCH = date(1970, 1, 1).toordinal()


class Check(NamedTuple):
    """One line: what was looked at, how it is, what to do ("" where there is nothing to do)."""

    name: str
    state: str
    say: str
    do: str = ""


class Scene(NamedTuple):
    """What the checks look at. `status` is NodeStatus as JSON has it, None where no node runs."""

    folder: Path
    ports: list[FoundPort]
    status: dict[str, Any] | None
    proc: Path = Path("/proc")
    udev: Path = Path("/dev/serial/by-id")


def every(scene: Scene) -> Iterator[Check]:
    """All checks, in the order in which their faults hide each other."""
    yield ports(scene.ports)
    for port in scene.ports:
        if port.likely:
            yield permission(port.device)
            yield holder(port.device, scene.proc, scene.status["pid"] if scene.status else None)
            yield udev(port.device, scene.udev)
    yield grabbers(scene.proc)
    yield node(scene.status)
    if scene.status is not None:
        radio = scene.status["radio"]
        yield radio_state(radio)
        if radio["board"]:
            yield firmware(radio)
            yield resets(scene.status)
            yield airtime(radio)
    yield clock(time.time())
    yield disk(scene.folder)
    yield database(scene.folder)


def ports(found: list[FoundPort]) -> Check:
    """Is something plugged in that may be a radio?"""
    likely = [port.device for port in found if port.likely]
    if likely:
        return Check("port", OK, f"{', '.join(likely)} may be a radio")
    return Check(
        "port", BAD, "no radio is plugged in", "plug it in with a cable that carries data, not only power"
    )


def permission(device: str) -> Check:
    """May we open it?"""
    if os.access(device, os.R_OK | os.W_OK):
        return Check("permission", OK, f"you may use {device}")
    try:
        group = grp.getgrgid(Path(device).stat().st_gid).gr_name
    except (OSError, KeyError):
        group = "dialout"
    do = f"sudo usermod -aG {group} $USER, then log in again"
    return Check("permission", BAD, f"you may not use {device}", do)


def holder(device: str, proc: Path, node_pid: int | None) -> Check:
    """Who has it open?"""
    found = holders(device, proc)
    others = [pid for pid in found if pid != node_pid]
    if others:
        names = ", ".join(f"{_command(proc, pid)} (process {pid})" for pid in others)
        return Check("holder", BAD, f"{device} is held by {names}", "end that program, or name another port")
    return Check("holder", OK, f"{device} is held by {'the node' if found else 'nobody that you may see'}")


def udev(device: str, folder: Path) -> Check:
    """Does udev give it a name that stays?"""
    for link in folder.glob("*"):
        if link.resolve() == Path(device):
            return Check("udev", OK, f"{device} is also {link}")
    return Check(
        "udev", NOTE, f"{device} has no name that stays", "nothing, unless you name the port: it may change"
    )


def grabbers(proc: Path) -> Check:
    """Does a program run that takes serial ports for itself?"""
    found = sorted({name for pid in processes(proc) if (name := _command(proc, pid)) in GRABBERS})
    if found:
        return Check(
            "grabbers",
            NOTE,
            f"{' and '.join(found)} opens serial ports",
            f"sudo apt remove {found[0].lower()}",
        )
    return Check("grabbers", OK, "no program runs that takes serial ports for itself")


def node(status: dict[str, Any] | None) -> Check:
    """Does a node run, and is it ours?"""
    if status is None:
        return Check(
            "node", NOTE, "no node runs", "start one: pocketmesh node; then ask again about the radio"
        )
    if status["version"] != __version__:
        say = f"the node is {status['version']}, this is {__version__}"
        return Check("node", BAD, say, "stop the node and start it again")
    return Check("node", OK, f"{__version__}, process {status['pid']}, up {ago(status['uptime_s'])}")


def radio_state(radio: dict[str, Any]) -> Check:
    """Is the radio up, and may it transmit?"""
    if radio["state"] != "up":
        return Check("radio", BAD, radio["state"], radio["why"] or "wait some seconds")
    if radio["why"]:
        return Check("radio", BAD, "up, but it only listens", radio["why"])
    return Check("radio", OK, f"up on {radio['port']}, a {radio['board']}")


def firmware(radio: dict[str, Any]) -> Check:
    """Is its firmware ours? That it is up says that the hash of the wire is the same."""
    from handheld.wire.schema import schema

    if radio["firmware"] == __version__:
        return Check("firmware", OK, f"{radio['firmware']}, wire {schema().hex()}")
    say = f"the firmware is {radio['firmware']}, this is {__version__}; both speak wire {schema().hex()}"
    return Check("firmware", NOTE, say, "copy the newer firmware to the radio when you can")


def resets(status: dict[str, Any]) -> Check:
    """Does opening the port reset it? Told by who has been up for longer, without touching DTR and RTS."""
    uptime = status["radio"]["counters"].get("uptime")
    if uptime is None:
        return Check("dtr", NOTE, "the radio has not told its counters yet", "ask again in some seconds")
    if uptime > status["uptime_s"]:
        return Check("dtr", OK, "opening the port (DTR, RTS) does not reset the radio")
    return Check(
        "dtr", OK, "the radio started with or after the node: opening the port (DTR, RTS) may reset it"
    )


def airtime(radio: dict[str, Any]) -> Check:
    """How much of what the law leaves is used, counted with the longest frame."""
    share, counters = radio["duty_ppm"], radio["counters"]
    if not share or share >= WHOLE_HOUR:
        return Check("air time", OK, "no law limits the share of the time here")
    frames = counters.get("sent", 0) + counters.get("forwarded", 0)
    hours = max(1.0, counters.get("uptime", 0) / 3600)
    used, budget = frames * radio["airtime_us"] / 1e6 / hours, share * 3600 / 1e6
    say = f"at most {used:.0f} of {budget:.0f} s an hour"
    if used > 0.8 * budget:
        return Check("air time", NOTE, say, "a faster preset, or a region with a larger share, leaves more")
    return Check("air time", OK, say)


def clock(now: float) -> Check:
    """Can the date be right?"""
    if now >= RELEASED:
        return Check("clock", OK, f"it is {date.fromordinal(_EPOCH + int(now // 86_400))}, UTC")
    return Check(
        "clock",
        NOTE,
        "the date is wrong",
        "sudo date -s 'YYYY-MM-DD HH:MM'; only labels of messages depend on it",
    )


def disk(folder: Path) -> Check:
    """Is there room, and may we write?"""
    if not folder.is_dir():
        return Check("disk", NOTE, f"{folder} is not there yet", "the first pocketmesh node makes it")
    if not os.access(folder, os.W_OK):
        return Check(
            "disk",
            BAD,
            f"{folder} cannot be written",
            "mount the card for writing, or name another with --data",
        )
    free = shutil.disk_usage(folder).free
    say = f"{free >> 20} MiB free"
    if free < DISK_LOW:
        return Check("disk", BAD if free < DISK_BAD else NOTE, say, "make room: delete what is not needed")
    return Check("disk", OK, say)


def database(folder: Path) -> Check:
    """Is the database whole?"""
    from handheld.store import checkup

    path = folder / "pocketmesh.db"
    if not path.exists():
        return Check("database", OK, "there is none yet")
    if wrong := checkup.fault(path):
        return Check("database", BAD, f"damaged: {wrong}", "stop the node, then: pocketmesh salvage")
    return Check("database", OK, f"whole, {path.stat().st_size >> 10} KiB")


def lines(checks: list[Check]) -> str:
    """The checks for a person: a mark, the name, how it is, and below that what to do."""
    width = max(len(check.name) for check in checks)
    told = []
    for check in checks:
        told.append(f"{_MARKS[check.state]} {check.name:{width}}  {check.say}")
        if check.do and check.state != OK:
            told.append(f"  {'':{width}}  -> {check.do}")
    return "\n".join(told)


def _command(proc: Path, pid: int) -> str:
    from handheld.text import clean_line

    try:
        return clean_line((proc / str(pid) / "comm").read_bytes())
    except OSError:
        return "a program"
