"""`pocketmesh unblock`: somebody who was blocked is shown again; or a friend's blocks are not obeyed."""

from __future__ import annotations

from handheld.cli import block_cmd, relating

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

DESCRIPTION = """\
Show somebody again who was blocked, with all that was kept of him; he is followed or muted as before. With
--list-from, obey the blocks that this person publishes no more."""
EXAMPLES = """\
pocketmesh unblock 3fa29c01
pocketmesh unblock --list-from bo"""

configure = block_cmd.configure


def run(args: Namespace) -> int:
    """Hand it to the node and print who is shown again."""
    if block_cmd.one(args):
        say = "is not blocked any more."
        return relating.relate(args, args.who, "blocked", say, on=False)
    return relating.relate(args, args.list_from, "obeyed", "is not obeyed any more.", on=False)
