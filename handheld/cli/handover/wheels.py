"""Wheels of what is installed here, made of the files themselves: nothing is fetched, nothing is built.

A wheel is a zip with a RECORD of its files' hashes (PyPA's "Binary distribution format"), and an installed
package still has all that was in its own.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from handheld.errors import Refused

OURS = "pocketmesh"
_LEFT_OUT = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "RECORD.jws"})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")
_EXTRAS = re.compile(r"\[([^\]]*)\]")
_PURE = "Wheel-Version: 1.0\nGenerator: pocketmesh\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_DATE = (2026, 1, 1, 0, 0, 0)
"""A wheel of the same files is the same wheel."""


class Parts(NamedTuple):
    """The wheels that were written, and the names of what is needed and has none: it came with the system."""

    written: list[Path]
    systems: list[str]


def write(target: Path, docs: Path) -> Parts:
    """A wheel of ours, with `docs` in it, and of everything it needs that was installed as one."""
    target.mkdir(parents=True, exist_ok=True)
    written = [_ours(target, docs)]
    systems = []
    for name in needed(OURS):
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            systems.append(name)
            continue
        made = _repacked(target, found)
        if made:
            written.append(made)
        else:
            systems.append(name)
    return Parts(written, systems)


def needed(root: str) -> list[str]:
    """What a package needs here, and what that needs, by name; of extras those that somebody asks for."""
    seen = {(root, "")}
    waiting = [(root, "")]
    while waiting:
        name, extra = waiting.pop()
        for line in _requires(name):
            for wanted in _wanted(line, extra):
                if wanted not in seen:
                    seen.add(wanted)
                    waiting.append(wanted)
    return sorted({name for name, _ in seen} - {root})


def _requires(name: str) -> list[str]:
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []


def _wanted(line: str, extra: str) -> list[tuple[str, str]]:
    """(name, extra) of each that a requirement asks for, "" for the package itself; none if it does not hold.

    Of its condition only extras are understood: what is for other machines is not installed on this one.
    """
    demand, _, condition = line.partition(";")
    named = _NAME.match(demand)
    asked = _EXTRA.search(condition)
    if named is None or (asked[1] if asked else "") != extra:
        return []
    name = re.sub(r"[-_.]+", "-", named[0]).lower()
    if condition and not asked and not _is_here(name):
        return []
    extras = _EXTRAS.search(demand)
    return [(name, each.strip()) for each in ("", *(extras[1].split(",") if extras else ()))]


def _is_here(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _ours(target: Path, docs: Path) -> Path:
    """Ours, of the sources that run here: a checkout has no wheel's list of files."""
    from handheld.sim import firmware

    package = Path(__file__).parents[2]
    files = _below(package, "handheld", skip={"_firmware", "_docs"})
    files |= _below(package.parent / "tui", "tui")
    files |= _below(firmware.folder(), "handheld/_firmware")
    files |= _below(docs, "handheld/_docs")
    found = metadata.distribution(OURS)
    info = f"{OURS}-{found.version}.dist-info"
    for name in ("METADATA", "entry_points.txt"):
        files[f"{info}/{name}"] = (found.read_text(name) or "").encode()
    files[f"{info}/WHEEL"] = _PURE.encode()
    return _zipped(target, f"{OURS}-{found.version}-py3-none-any.whl", info, files)


def _below(folder: Path, name: str, skip: frozenset[str] | set[str] = frozenset()) -> dict[str, bytes]:
    return {
        f"{name}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and "__pycache__" not in path.parts
        and path.relative_to(folder).parts[0] not in skip
    }


def _repacked(target: Path, found: metadata.Distribution) -> Path | None:
    """A wheel of an installed package; None if it was not one, or Debian has taken it apart."""
    if (found.read_text("INSTALLER") or "debian").strip() == "debian":
        return None
    about = found.read_text("WHEEL")
    listed = found.files
    if not about or not listed:
        return None
    info = next((path.parts[0] for path in listed if path.parts[0].endswith(".dist-info")), "")
    files = {}
    for path in listed:
        outside = path.is_absolute() or ".." in path.parts
        if outside or path.suffix == ".pyc" or (path.parts[0] == info and path.name in _LEFT_OUT):
            continue  # commands are made anew from entry_points.txt
        try:
            files[path.as_posix()] = Path(str(found.locate_file(path))).read_bytes()
        except OSError as error:
            raise Refused(
                f"{found.name} is not whole here: {error.filename} is missing. Install it again."
            ) from None
    tags = [
        line.partition(":")[2].strip().split("-") for line in about.splitlines() if line.startswith("Tag:")
    ]
    if not info or not tags or any(len(tag) != 3 for tag in tags):
        return None
    tag = "-".join(".".join(dict.fromkeys(parts)) for parts in zip(*tags, strict=True))
    return _zipped(target, f"{info.removesuffix('.dist-info')}-{tag}.whl", info, files)


def _zipped(target: Path, name: str, info: str, files: dict[str, bytes]) -> Path:
    lines = [b"%s,sha256=%s,%d\n" % (path.encode(), _hash(data), len(data)) for path, data in files.items()]
    lines.append(f"{info}/RECORD,,\n".encode())
    files = {**files, f"{info}/RECORD": b"".join(lines)}
    with zipfile.ZipFile(target / name, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, data in files.items():
            wheel.writestr(zipfile.ZipInfo(path, _DATE), data, zipfile.ZIP_DEFLATED)
    return target / name


def _hash(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
