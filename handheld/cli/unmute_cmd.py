"""`pocketmesh unmute`: somebody who was muted is heard again."""

from __future__ import annotations

from handheld.cli import relating

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Hear somebody again who was muted: what he writes counts as new and is shown in full, what he wrote
meanwhile is unfolded."""
EXAMPLES = "pocketmesh unmute bo"


def configure(parser: ArgumentParser) -> None:
    """The arguments of `unmute`."""
    relating.configure(parser)


def run(args: Namespace) -> int:
    """Hand it to the node and print who is heard again."""
    return relating.relate(args, args.who, "muted", "is not muted any more.", on=False)
