"""`pocketmesh read`: the boards, oldest first, and what arrives."""

from __future__ import annotations

import time

from handheld.cli import attach, show
from handheld.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any

    from handheld.api.thin import Connection

PAGE = 50
FOLLOWED_PAGE = 10

DESCRIPTION = """\
Read one public board, or all of them, oldest post first. Each post begins with the mark of its author
(* you, = met, ~ introduced, ? unknown), the hops it took, and its age, which is as good as the clocks are."""
EXAMPLES = """\
pocketmesh read
pocketmesh read here --limit 5
pocketmesh read here --before 120
pocketmesh read --follow --json | while read -r post; do ...; done"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `read`."""
    parser.add_argument("board", metavar="BOARD", nargs="?", default="", help="only this board")
    parser.add_argument("--follow", "-f", action="store_true", help="go on with posts as they arrive")
    parser.add_argument("--limit", "-n", type=int, metavar="N", help=f"at most N posts, up to 200 ({PAGE})")
    parser.add_argument("--before", type=int, metavar="ID", default=0, help="only posts older than number ID")
    parser.add_argument("--json", action="store_true", help="a JSON list; with --follow one object a line")


def run(args: Namespace) -> int:
    """Ask the node and print, once or until interrupted."""
    if args.follow and args.before:
        raise UsageError("--follow goes on from now, --before goes back; choose one of them.")
    with attach.connect(args) as connection:
        if args.follow:
            follow(args, connection)
        else:
            page(args, connection)
    return 0


def page(args: Namespace, connection: Connection) -> None:
    """Print one page."""
    limit = PAGE if args.limit is None else args.limit
    messages = connection.ask("read", {"board": args.board, "limit": limit, "before": args.before})
    if args.json:
        show.as_json(messages)
        return
    if not messages:
        show.out(nothing(args))
        return
    for message in messages:
        show.out(entry(message))
    if len(messages) == limit:
        board = f"{args.board} " if args.board else ""
        show.out(f"\nOlder ones: pocketmesh read {board}--before {messages[0]['id']}")


def follow(args: Namespace, connection: Connection) -> None:
    """Print the newest posts and every one that arrives, until interrupted."""
    # Watched before it is read, so that nothing falls between the two.
    connection.ask("watch")
    limit = FOLLOWED_PAGE if args.limit is None else args.limit
    last = 0
    for message in connection.ask("read", {"board": args.board, "limit": limit}):
        last = message["id"]
        tell(args, message)
    board = spelled(args.board)
    for name, value in connection.events():
        if name == "message" and value["message"]["id"] > last and board in {"", value["message"]["board"]}:
            tell(args, value["message"])


def tell(args: Namespace, message: dict[str, Any]) -> None:
    """Print one post at once."""
    if args.json:
        show.as_json_line(message)
    else:
        show.out(entry(message))
        show.flush()


def entry(message: dict[str, Any], now: float | None = None) -> str:
    """One post for a person: who, how far, how old, then the text. `now`: wall time, for its age."""
    who = message["name"] or message["author"][:8]
    facts = [f"{message['mark']} {who}{' (you)' if message['own'] else ''}"]
    if message["hops"] is not None:
        facts.append(show.count(message["hops"], "hop"))
    if (age := about(message["at"], time.time() if now is None else now)) is not None:
        facts.append(age)
    head = f"{', '.join(facts)}  #{message['board']} {message['id']}"
    return "\n".join([head, *("  " + line for line in message["text"].splitlines())])


def about(at: int | None, now: float) -> str | None:
    """The age of a post by two clocks that may both be wrong; None if they contradict each other."""
    if at is None or now < at - 60:
        return None
    seconds = int(now - at)
    return f"about {show.past(seconds)}" if seconds > 0 else "just now"


def nothing(args: Namespace) -> str:
    """What to say, and to do, when there is nothing to read."""
    if args.before:
        return f"Nothing is older than number {args.before}."
    board = spelled(args.board)
    first = f"Nothing on #{board} yet." if board else "Nothing to read yet."
    return f"{first} Say something:\n  pocketmesh post {board or 'here'} Hello"


def spelled(board: str) -> str:
    """A board as the node spells it."""
    return board.strip().removeprefix("#").lower()
