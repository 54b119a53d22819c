"""`pocketmesh follow`: keep and carry first what somebody writes; or read a board."""

from __future__ import annotations

from handheld.cli import relating

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Follow somebody: what he writes in public is kept and carried before anybody else's, but for those whom you
met or named; next come those whom he publishes that he follows, and whom he introduces. Nobody learns whom
you follow unless you publish it. A board is named with its "#", in quotes: it is among your chats then."""
EXAMPLES = """\
pocketmesh follow bo
pocketmesh follow olive-tiger
pocketmesh follow "#market\""""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `follow`."""
    relating.configure(parser, "WHO|#BOARD", f'{relating.WHO}; or a board, as "#market"')


def run(args: Namespace) -> int:
    """Hand it to the node and print who is followed."""
    if relating.is_board(args.who):
        return relating.follow_board(args, "is followed from now on.", on=True)
    say = "is followed from now on: kept first, carried first."
    blocked = (
        "is followed, but you blocked him, so nothing of him is shown. Unblock: pocketmesh unblock {who}"
    )
    return relating.relate(args, args.who, "followed", say, on=True, blocked=blocked)
