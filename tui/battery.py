"""The battery, where the kernel knows one."""

from pathlib import Path

SUPPLIES = Path("/sys/class/power_supply")


def words(supplies: Path = SUPPLIES) -> str:
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
