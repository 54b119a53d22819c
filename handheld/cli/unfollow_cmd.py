"""`pocketmesh unfollow`: somebody counts like everybody again; or a board is hidden."""

from __future__ import annotations

from handheld.cli import relating

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Follow somebody no more: what he writes counts like everybody's. A board that you follow no more is hidden
with all that is on it; its posts are carried for others all the same, and are there when you follow it
again. A list of whom you follow that you published stays as it was: publish it anew."""
EXAMPLES = """\
pocketmesh unfollow bo
pocketmesh unfollow "#market\""""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `unfollow`."""
    relating.configure(parser, "WHO|#BOARD", f'{relating.WHO}; or a board, as "#market"')


def run(args: Namespace) -> int:
    """Hand it to the node and print who is followed no more."""
    if relating.is_board(args.who):
        return relating.follow_board(
            args, "is hidden from now on; it is carried for others all the same.", on=False
        )
    return relating.relate(args, args.who, "followed", "is not followed any more.", on=False)
