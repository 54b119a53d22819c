"""`pocketmesh mute`: somebody is kept and carried, without a notice."""

from __future__ import annotations

from handheld.cli import relating

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Mute somebody: what he writes is kept and carried as before, but counts as read, and is folded on boards and
in rooms. A private conversation that you open shows all of it. He is not told.
To hear him again: pocketmesh unmute."""
EXAMPLES = "pocketmesh mute bo"


def configure(parser: ArgumentParser) -> None:
    """The arguments of `mute`."""
    relating.configure(parser)


def run(args: Namespace) -> int:
    """Hand it to the node and print who is muted."""
    say = "is muted: kept, without a notice. To hear him again: pocketmesh unmute {who}"
    return relating.relate(args, args.who, "muted", say, on=True)
