"""Who has a port open: as far as the owner may see it."""

import os
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")


def processes(proc: Path = PROC) -> list[int]:
    """The processes of this machine, by number."""
    return sorted(int(entry.name) for entry in proc.glob("[0-9]*"))


def holders(device: str, proc: Path = PROC) -> list[int]:
    """Those who have this device open. What other people run is not seen, except by root."""
    return [pid for pid in processes(proc) if _holds(proc / str(pid), device)]


def _holds(process: Path, device: str) -> bool:
    try:
        return any(os.readlink(each) == device for each in (process / "fd").iterdir())  # noqa: PTH115
    except OSError:
        return False  # it has ended, or is somebody else's
