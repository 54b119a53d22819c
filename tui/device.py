"""What is asked of the device itself: its battery, its time zone."""

import os
from datetime import UTC, datetime
from pathlib import Path

SUPPLIES = Path("/sys/class/power_supply")


def battery(supplies: Path = SUPPLIES) -> str:
    """ "87 %", "12 %, charging", or "" where no battery is known."""
    for supply in sorted(supplies.glob("*")):
        if _value(supply / "type") == "Battery" and (charge := _value(supply / "capacity")).isdecimal():
            return f"{charge} %" + (", charging" if _value(supply / "status") == "Charging" else "")
    return ""


def _value(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()[:40]
    except OSError:
        return ""


def zone_name(etc: Path = Path("/etc")) -> str:
    """What the time zone is called, such as Europe/Vienna, or ""."""
    if named := os.environ.get("TZ", "").lstrip(":"):
        return named
    try:
        return str((etc / "localtime").readlink()).partition("zoneinfo/")[2]
    except OSError:
        return _value(etc / "timezone")


def zone_s() -> int:
    """Seconds that local time is ahead of UTC now."""
    try:
        offset = datetime.now(UTC).astimezone().utcoffset()
    except (OverflowError, OSError, ValueError):
        return 0  # a clock that was set to a year the system cannot count to
    return int(offset.total_seconds()) if offset is not None else 0
