"""`pocketmesh boards`: the boards that are followed, and what is on them."""

from __future__ import annotations

from handheld.cli import attach, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any

DESCRIPTION = """\
Every board you follow: posts held, how many are new, needs, offers, events and alerts, and when the first of
those goes; then the boards that were only heard of, whose posts are carried for others. Whoever reads or
writes on a board follows it. All posts go after seven days at the latest."""
EXAMPLES = """\
pocketmesh boards
pocketmesh boards --json"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `boards`."""
    parser.add_argument("--json", action="store_true", help="the boards as a JSON list")


def run(args: Namespace) -> int:
    """Ask the node and print."""
    boards = attach.ask(args, "boards")
    if args.json:
        show.as_json(boards)
        return 0
    rows = [("Board", "Posts", "New", "On it"), *map(row, boards)]
    show.out(show.table(rows, right=(1, 2), flexible=3))
    return 0


def row(board: dict[str, Any]) -> tuple[str, str, str, str]:
    """One board as a line."""
    kinds = [show.count(count, kind) for kind, count in board["kinds"].items()]
    if board["next_s"] is not None:
        kinds.append(f"first gone in {show.left(board['next_s'])}")
    if not board["followed"]:
        kinds.append("heard of")
    return f"#{board['name']}", str(board["posts"]), str(board["unread"]), ", ".join(kinds)
