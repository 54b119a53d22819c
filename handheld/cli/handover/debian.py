"""Debian packages as they are installed here, packed again: what PyPI has not for every machine."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import tempfile
from importlib import metadata
from pathlib import Path

from handheld.errors import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WANTED = re.compile(
    r"python3-(nacl|cffi|cffi-backend|pycparser|ply|serial|venv|pip-whl|setuptools-whl)"
    r"|python3\.\d+-venv|libsodium\d+"
)
"""What the installer asks of Debian, and what that needs beyond a bare Raspberry Pi OS."""

_INFO = Path("/var/lib/dpkg/info")
_KEPT = Path("/var/cache/apt/archives")
_SCRIPTS = ("preinst", "postinst", "prerm", "postrm", "triggers", "shlibs", "symbols", "conffiles")
_DROPPED = re.compile(r"^(Status|Conffiles):[^\n]*\n(?: [^\n]*\n)*", re.MULTILINE)


def write(target: Path, names: Iterable[str]) -> list[Path]:
    """The wanted packages that are installed here, and those of these distributions; none without dpkg."""
    if shutil.which("dpkg-query") is None or shutil.which("dpkg-deb") is None:
        return []
    target.mkdir(parents=True, exist_ok=True)
    return [_packed(target, name) for name in sorted({*_installed(), *_owners(names)})]


def _installed() -> list[str]:
    listed = _output("dpkg-query", "-W", "-f", "${binary:Package} ${db:Status-Status}\n").splitlines()
    names = [line.split()[0] for line in listed if line.endswith(" installed")]
    return [name for name in names if WANTED.fullmatch(name.partition(":")[0])]


def _owners(names: Iterable[str]) -> Iterator[str]:
    """The packages whose distributions these are."""
    for name in names:
        with contextlib.suppress(metadata.PackageNotFoundError, Refused):
            found = metadata.distribution(name)
            place = f"{found.locate_file('')}/{found.name}-{found.version}*-info*"
            yield _output("dpkg-query", "-S", place).partition(": ")[0]


def _packed(target: Path, name: str) -> Path:
    version, arch = _output("dpkg-query", "-W", "-f", "${Version} ${Architecture}", name).split()
    file = f"{name.partition(':')[0]}_{version.replace(':', '%3a')}_{arch}.deb"
    if (_KEPT / file).is_file():
        return Path(shutil.copy(_KEPT / file, target / file))
    with tempfile.TemporaryDirectory() as folder:
        _lay_out(Path(folder), name)
        _output("dpkg-deb", "--root-owner-group", "-Zxz", "-b", folder, str(target / file))
    return target / file


def _lay_out(root: Path, name: str) -> None:
    """The package's files and what dpkg knows of it, as dpkg-deb takes them."""
    root.chmod(0o755)
    for line in _output("dpkg-query", "-L", name).splitlines():
        source, there = Path(line), root / line.lstrip("/")
        if source.is_symlink() or source.is_file():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, there, follow_symlinks=False)
        elif source.is_dir():
            there.mkdir(parents=True, exist_ok=True)
    control = root / "DEBIAN"
    control.mkdir()
    (control / "control").write_text(_DROPPED.sub("", _output("dpkg-query", "-s", name)), encoding="utf-8")
    for script in _SCRIPTS:
        found = next((path for path in (_INFO / f"{name}.{script}",) if path.is_file()), None)
        if found:
            shutil.copy2(found, control / script)


def _output(*command: str) -> str:
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise Refused(f"{' '.join(command[:2])} failed: {ended.stderr.strip()}")
    return ended.stdout
