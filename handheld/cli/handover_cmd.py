"""`pocketmesh handover`: everything another machine needs, on a stick, without a network."""

from __future__ import annotations

import platform
import shutil
import sys
import sysconfig
from pathlib import Path

from handheld import __version__
from handheld.cli import alone, secrets, show
from handheld.cli.handover import debian, manifest, wheels
from handheld.errors import Refused, UsageError, UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any

    from handheld.crypto.identity import Identity

DESCRIPTION = """\
Write into DIR, such as a stick, what another Raspberry Pi or Debian of the same kind needs to run pocketmesh
without any network: pocketmesh as it runs here, what it needs as it is installed here, the radio's firmware,
MicroPython for it if you give its image, the pages on hardware, and an installer. All of it is signed with
your key; no message and no secret goes along. With --check: whether a stick is whole, and whose it is."""
EXAMPLES = """\
pocketmesh handover /media/stick/pocketmesh
pocketmesh handover /media/stick/pocketmesh --image ESP32_GENERIC.bin
pocketmesh handover --check /media/stick/pocketmesh"""

START = """\
pocketmesh {version}, for Python {python} on {machine}

On the other machine, without any network:

    cd to this folder
    b2sum --quiet -c MANIFEST          nothing is printed if the stick is whole
    sudo sh install.sh --user NAME     NAME: who will use it; add --screen tty1 for the screen

Then "pocketmesh doctor" says what else there is to do. docs/ begins with hardware-docs/README.md. A board
becomes a radio with: pocketmesh radio flash{image}
"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `handover`."""
    parser.add_argument(
        "dir", metavar="DIR", help="a folder that is not there yet, or with --check a stick's"
    )
    parser.add_argument("--check", action="store_true", help="check a stick that somebody gave you")
    parser.add_argument("--image", metavar="FILE", action="append", default=[], help="MicroPython for a chip")
    parser.add_argument("--json", action="store_true", help='one JSON object: {"key", "files", "missing"}')


def run(args: Namespace) -> int:
    """Write or check."""
    folder = Path(args.dir)
    if args.check and args.image:
        raise UsageError("--check looks at a stick as it is; --image is for writing one.")
    try:
        result = checked(folder) if args.check else written(args, folder)
    except OSError as error:
        raise UserError(f"{error.filename or folder} cannot be used: {error.strerror}.") from None
    if args.json:
        show.as_json(result)
    return 0


def checked(folder: Path) -> dict[str, Any]:
    """Whether all is as it was signed; says by whom."""
    key, count = manifest.check(folder)
    show.out(f"Whole: {count} files, signed by {key.hex()[:16]}. Is that the key of who gave it to you?")
    return {"key": key.hex(), "files": count, "missing": []}


def written(args: Namespace, folder: Path) -> dict[str, Any]:
    """The whole stick, signed."""
    from handheld.cli.flash import image
    from handheld.sim import firmware

    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} is not empty. Name a folder that is not there yet.")
    readme = _readme()
    images = [image.read(name) for name in args.image]
    identity = _identity(args)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(firmware.folder(), folder / "firmware", ignore=shutil.ignore_patterns("__pycache__"))
    _documents(folder / "docs", readme)
    for each in images:
        (folder / "micropython").mkdir(exist_ok=True)
        shutil.copy(each.path, folder / "micropython" / each.path.name)
    parts = wheels.write(folder / "wheels", folder / "docs")
    packages = debian.write(folder / "wheels", parts.systems)
    shutil.copy(Path(__file__).parent / "setup" / "install.sh", folder / "install.sh")
    _start(folder, images[0].path.name if images else "")
    count = manifest.write(folder, identity)
    missing = [] if packages else parts.systems
    if not args.json:
        _tell(folder, count, identity.key, missing)
    return {"key": identity.key.hex(), "files": count, "missing": missing}


def _identity(args: Namespace) -> Identity:
    from handheld.crypto.identity import Identity
    from handheld.store import keys

    with alone.open_folder(args) as folder:
        return Identity.from_blob(keys.open_ring(folder, secrets.key_of(folder)).identity)


def _readme() -> str:
    """The package's own. Refused where there is no package: its wheel is made of what is installed."""
    from importlib import metadata

    try:
        return str(metadata.metadata(wheels.OURS).json.get("description", ""))
    except metadata.PackageNotFoundError:
        raise Refused(
            "pocketmesh runs from its sources here. Install it first, such as by: pip install . "
            "What is installed is what a stick is made of."
        ) from None


def _documents(target: Path, readme: str) -> None:
    """Our pages on hardware, those in the package or the checkout's own; and the package's README."""
    package = Path(__file__).parents[1]
    shipped = package / "_docs" / "hardware-docs"
    shutil.copytree(
        shipped if shipped.is_dir() else package.parent / "hardware-docs", target / "hardware-docs"
    )
    (target / "README.md").write_text(readme, encoding="utf-8")


def _kind() -> str:
    """The processor that programs here are for: a 32-bit system may run on a 64-bit kernel."""
    return sysconfig.get_config_var("MULTIARCH") or platform.machine()


def _start(folder: Path, name: str) -> None:
    text = START.format(
        version=__version__,
        python=f"{sys.version_info[0]}.{sys.version_info[1]}",
        machine=_kind(),
        image=f" --image micropython/{name}" if name else "",
    )
    (folder / "START.txt").write_text(text, encoding="utf-8")


def _tell(folder: Path, count: int, key: bytes, missing: list[str]) -> None:
    kind = f"Python {sys.version_info[0]}.{sys.version_info[1]}, {_kind()}"
    show.out(
        f"{folder} is ready: {count} files, signed by {key.hex()[:16]}, for machines like this one ({kind})."
    )
    show.out("How it goes on there stands in START.txt.")
    if missing:
        show.out(f"Not on it, the other machine must have: {', '.join(missing)}.")
