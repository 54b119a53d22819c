"""`pocketmesh setup`: have this machine start pocketmesh by itself, or no more."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from handheld.cli import show
from handheld.errors import Refused, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable

    from handheld.cli.setup.files import Plan

DESCRIPTION = """\
As root: have a Raspberry Pi, or any Debian, start the node with the machine, and if wanted show the screen
on a terminal and the menus on a serial line. Writes units for systemd, a rule for udev, and a limit for the
journal; says each file. With --remove all of it goes; messages and keys stay where they are."""
EXAMPLES = """\
pocketmesh setup --user pi --screen tty1
pocketmesh setup --user pi --menu ttyS0:9600 --spare-card
pocketmesh setup --user mesh --data /srv/box --box
pocketmesh setup --user pi --dry-run
pocketmesh setup --remove"""

BAUDS = (9_600, 19_200, 38_400, 57_600, 115_200)
_NAME = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_TTY = re.compile(r"tty[A-Za-z]{0,4}[0-9]{0,3}")
_PATH = re.compile(r"/[\w./+-]*")


def configure(parser: ArgumentParser) -> None:
    """The arguments of `setup`."""
    parser.add_argument("--user", metavar="NAME", help="who uses it (whoever called sudo)")
    parser.add_argument("--screen", metavar="TTY", default="", help="show the screen there, such as tty1")
    parser.add_argument(
        "--menu", metavar="TTY[:BAUD]", default="", help="show the menus on a serial line, such as ttyS0:9600"
    )
    parser.add_argument("--box", action="store_true", help="keep and carry ten times as much for others")
    parser.add_argument("--spare-card", action="store_true", help="keep the journal in memory only")
    parser.add_argument("--remove", action="store_true", help="take everything away that setup has written")
    parser.add_argument("--root", metavar="DIR", default="/", help="write below DIR, start nothing: an image")
    parser.add_argument("--dry-run", action="store_true", help="print what would be written and done")
    parser.add_argument("--json", action="store_true", help='one JSON object: {"files", "commands"}')


def run(args: Namespace) -> int:
    """Write, or take away, and tell systemd."""
    from handheld.cli.setup.files import EVERY_PATH, files

    root = Path(args.root)
    if not args.dry_run and args.root == "/" and os.geteuid() != 0:
        raise Refused("Only root may change what the machine starts. Say: sudo pocketmesh setup ...")
    if args.remove:
        found = [path for path in EVERY_PATH if (root / path).exists()]
        commands = removing(found)
        texts: dict[str, str] = {}
    else:
        wanted = plan(args)
        found, texts = [], files(wanted)
        commands = starting(wanted)
    if args.json:
        show.as_json({"files": texts or found, "commands": commands})
    if args.dry_run:
        if not args.json:
            dry(texts, found, commands)
        return 0
    before, after = (commands, []) if args.remove else ([], commands)
    execute(before if args.root == "/" else [], quiet=args.json)
    change(root, texts, found, quiet=args.json)
    execute(after if args.root == "/" else [], quiet=args.json)
    return 0


def plan(args: Namespace) -> Plan:
    """What the arguments ask for; UsageError if a unit could not hold it."""
    from handheld.cli.setup.files import Plan

    user = args.user or os.environ.get("SUDO_USER", "")
    if not _NAME.fullmatch(user):
        raise UsageError("Say who uses it, by the name of the login: --user pi")
    line, _, baud = args.menu.partition(":")
    if any(tty and not _TTY.fullmatch(tty) for tty in (args.screen, line)):
        raise UsageError("A terminal is called like tty1, ttyS0 or ttyGS0.")
    if baud and (not baud.isdigit() or int(baud) not in BAUDS):
        raise UsageError(f"A serial line runs at one of {', '.join(map(str, BAUDS))} baud.")
    data, program = _data(args, user), _program()
    for path in (data, program):
        if not _PATH.fullmatch(path):
            raise UsageError(f"{path} has letters that systemd would take for something else. Use --data.")
    return Plan(
        user=user,
        data=data,
        program=program,
        box=args.box,
        screen=args.screen,
        menu=line,
        baud=int(baud or BAUDS[-1]),
        spare_card=args.spare_card,
    )


def _data(args: Namespace, user: str) -> str:
    """Where that user's data lies; his own default, not root's."""
    if args.data:
        return str(Path(args.data).absolute())
    import pwd

    try:
        home = pwd.getpwnam(user).pw_dir
    except KeyError:
        raise UsageError(
            f"There is nobody called {user} here. Make the user first: sudo adduser {user}"
        ) from None
    return str(Path(home) / ".local" / "share" / "pocketmesh")


def _program() -> str:
    """The command itself, as it was called, by its whole path."""
    import shutil

    return str(Path(shutil.which(sys.argv[0]) or sys.argv[0]).absolute())


def starting(wanted: Plan) -> list[list[str]]:
    """What is done once the files are there."""
    owner = f"{wanted.user}:"
    return [
        ["install", "-d", "-m", "700", "-o", wanted.user, wanted.data],
        ["chown", owner, wanted.data],
        ["usermod", "-aG", "dialout", wanted.user],
        ["udevadm", "control", "--reload"],
        ["systemctl", "daemon-reload"],
        ["systemctl", "restart", "systemd-journald"],
        ["systemctl", "enable", "--now", *wanted.services],
    ]


def removing(found: Iterable[str]) -> list[list[str]]:
    """What is done before the files go."""
    units = [path.rpartition("/")[2] for path in found if path.endswith(".service")]
    stopped = [unit.replace("@.", "@*.") for unit in units]
    if not units:
        return []
    return [["systemctl", "stop", *stopped], ["systemctl", "disable", *units]]


def dry(texts: dict[str, str], found: Iterable[str], commands: Iterable[list[str]]) -> None:
    """Print it all, as it would be."""
    for path, text in texts.items():
        show.out(f"--- /{path}\n{text}")
    for path in found:
        show.out(f"rm /{path}")
    for command in commands:
        show.out(" ".join(command))


def change(root: Path, texts: dict[str, str], found: Iterable[str], *, quiet: bool) -> None:
    """Write these files and delete those; Refused with the path that could not be."""
    try:
        for name, text in texts.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f"{path.name}.new")
            fresh.write_text(text, encoding="utf-8")
            fresh.chmod(0o644)
            fresh.replace(path)
            if not quiet:
                show.out(f"wrote {path}")
        for name in found:
            (root / name).unlink()
            if not quiet:
                show.out(f"removed {root / name}")
    except OSError as error:
        raise Refused(f"{error.filename} cannot be changed: {error.strerror}.") from None


def execute(commands: Iterable[list[str]], *, quiet: bool) -> None:
    """Run these one after the other; Refused with the first that fails."""
    import subprocess

    for command in commands:
        if not quiet:
            show.out(" ".join(command))
        show.flush()
        try:
            ended = subprocess.run(command, stdin=subprocess.DEVNULL, check=False)
        except OSError as error:
            raise Refused(
                f"{command[0]} cannot be run: {error.strerror}. Is this a Debian with systemd?"
            ) from None
        if ended.returncode:
            raise Refused(f"{' '.join(command)} failed ({ended.returncode}). What was written stays.")
