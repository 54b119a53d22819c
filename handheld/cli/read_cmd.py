"""`pocketmesh read`: boards and private messages, oldest first, and what arrives."""

from __future__ import annotations

import time

from handheld.cli import attach, show
from handheld.errors import UsageError
from handheld.text import missing, state_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any

    from handheld.api.thin import Connection

PAGE = 50
FOLLOWED_PAGE = 10
TEXT_INDENT = "  "
GAP_INDENT = "-- "
MUTED = "(muted)"
"""Stands for what somebody muted wrote, where others write as well; `unmute` and --json show it."""

TIMED = {"need": "NEED", "offer": "OFFER", "event": "EVENT", "alert": "ALERT"}
"""What stands before the text of a post that is no note."""

DESCRIPTION = """\
Read one public board, one room, what you and one person wrote, or everything, oldest first. Each message
begins with the mark of its author (* you, = met, ~ introduced, ? unknown with two words made of the key), the
hops it took, and its age, which is as good as the clocks are. Your own say how far they got: queued,
waiting for key, aired (sent), then "no one in reach" or "not answered" while it is tried again, carried by so
many others at the least, delivered (its reader has it), read, given up (after seven days of running).
With --follow --json each line is a message, or an object of "id" and "state" for one that came before."""
EXAMPLES = """\
pocketmesh read
pocketmesh read here --limit 5
pocketmesh read --with bo
pocketmesh read --room kitchen
pocketmesh read here --before 120
pocketmesh read here --older
pocketmesh read --follow --json | while read -r line; do ...; done"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `read`."""
    parser.add_argument("board", metavar="BOARD", nargs="?", default="", help="only this board")
    parser.add_argument("--with", "-w", dest="who", metavar="WHO", default="", help="only with this person")
    parser.add_argument("--room", "-r", metavar="NAME", default="", help="only in this room")
    parser.add_argument("--follow", "-f", action="store_true", help="go on with what arrives")
    parser.add_argument(
        "--limit", "-n", type=int, metavar="N", help=f"at most N messages, up to 200 ({PAGE})"
    )
    parser.add_argument("--before", type=int, metavar="ID", default=0, help="only those older than number ID")
    parser.add_argument(
        "--older", action="store_true", help="also ask those who are near for older posts: they come soon"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="a JSON list; with --follow an object a line",
    )


def run(args: Namespace) -> int:
    """Ask the node and print, once or until interrupted."""
    if args.follow and args.before:
        raise UsageError("--follow goes on from now, --before goes back; choose one of them.")
    with attach.connect(args) as connection:
        if args.older:
            connection.ask("older")
        if args.follow:
            follow(args, connection)
        else:
            page(args, connection)
    return 0


def page(args: Namespace, connection: Connection) -> None:
    """Print one page."""
    limit = PAGE if args.limit is None else args.limit
    asked = {**which(args), "limit": limit, "before": args.before}
    messages = connection.ask("read", asked)
    if args.json:
        show.as_json(messages)
        return
    if not messages:
        show.out(nothing(args))
        return
    for message in messages:
        show.out(entry(message))
    if len(messages) == limit:
        show.out(f"\nOlder ones: pocketmesh read {option(args)}--before {messages[0]['id']}")


def follow(args: Namespace, connection: Connection) -> None:
    """Print the newest posts and every one that arrives, until interrupted."""
    # Watched before it is read, so that nothing falls between the two.
    connection.ask("watch")
    limit = FOLLOWED_PAGE if args.limit is None else args.limit
    last = 0
    shown: dict[int, str] = {}
    asked = {**which(args), "limit": limit}
    for message in connection.ask("read", asked):
        last = message["id"]
        shown[last] = message["text"]
        tell(args, message)
    peer = connection.ask("person", {"who": args.who})["key"] if args.who else ""
    board = spelled(args.board)
    for name, value in connection.events():
        if name == "state" and value["id"] in shown:
            tell_state(args, value)
        if name == "changed" and value["message"]["id"] in shown:
            tell(args, value["message"])
        if name == "board":
            tell_longer(args, connection.ask("read", asked), shown)
        if name != "message" or value["message"]["id"] <= last:
            continue
        message = value["message"]
        same_room = not args.room or args.room.strip().casefold() == message["room"].casefold()
        if (not board or board == message["board"]) and (not peer or peer == message["peer"]) and same_room:
            shown[message["id"]] = message["text"]
            tell(args, message)


def tell_longer(args: Namespace, messages: list[dict[str, Any]], shown: dict[int, str]) -> None:
    """Print again what got longer since it was printed: the rest of a long post came."""
    for message in messages:
        if len(shown.get(message["id"], message["text"])) < len(message["text"]):
            shown[message["id"]] = message["text"]
            tell(args, message)


def which(args: Namespace) -> dict[str, str]:
    """What is to be read, as the node is asked."""
    return {"board": args.board, "who": args.who, "room": args.room}


def option(args: Namespace) -> str:
    """The same as it is typed."""
    if args.board:
        return f"{show.quoted(args.board)} "
    if args.room:
        return f"--room {show.quoted(args.room)} "
    return f"--with {show.quoted(args.who)} " if args.who else ""


def tell(args: Namespace, message: dict[str, Any]) -> None:
    """Print one post at once."""
    if args.json:
        show.as_json_line(message)
    else:
        show.out(entry(message))
        show.flush()


def tell_state(args: Namespace, value: dict[str, Any]) -> None:
    """Say at once how far an own message got."""
    if args.json:
        show.as_json_line(value)
    else:
        show.out(f"  {value['id']}: {state_word(value['state'], value['carriers'])}")
        show.flush()


def entry(message: dict[str, Any], now: float | None = None) -> str:
    """One message for a person: who, how far, how old, then the text. `now`: wall time, for its age."""
    facts = [f"{message['mark']} {show.called(message)}{' (you)' if message['own'] else ''}"]
    if message["hops"] is not None:
        facts.append(show.count(message["hops"], "hop"))
    if (age := about(message["at"], time.time() if now is None else now)) is not None:
        facts.append(age)
    if message["own"] and message["state"]:
        facts.append(state_word(message["state"], message["carriers"]))
    if message["kind"] in TIMED and message["left_s"] is not None:
        facts.append(f"{show.left(message['left_s'])} left")
    head = f"{', '.join(facts)}  {place(message)} {message['id']}"
    gap = show.wrapped(missing(*message["missing"]), GAP_INDENT) if message["missing"] else []
    # Wrapped here: a line that the terminal wraps begins at the left, where a peer could forge a head.
    text = f"{TIMED[message['kind']]}: {message['text']}" if message["kind"] in TIMED else message["text"]
    text = MUTED if message["muted"] and not message["peer"] and message["kind"] != "alert" else text
    lines = [part for line in text.splitlines() for part in show.wrapped(line, TEXT_INDENT)]
    if message["place"]:
        lines += show.wrapped(f"At {message['place']}", TEXT_INDENT)
    if message["note"] and (message["state"] == "waiting" or not message["peer"]):
        lines += show.wrapped(f"({message['note']})", TEXT_INDENT)
    return "\n".join([*(GAP_INDENT + line for line in gap), head, *(TEXT_INDENT + line for line in lines)])


def place(message: dict[str, Any]) -> str:
    """Where a message stands: its board, or who it is with."""
    if message["room"]:
        return f"in room {message['room']}"
    if not message["peer"]:
        return f"#{message['board']}"
    return f"private to {show.reader(message)}" if message["own"] else "private"


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
    if args.who:
        return f"Nothing between you and {args.who} yet. Write:\n  pocketmesh send {args.who} Hello"
    if args.room:
        say = f"pocketmesh room say {show.quoted(args.room)} Hello"
        return f"Nothing in the room {args.room} yet. Say something:\n  {say}"
    board = spelled(args.board)
    first = f"Nothing on #{board} yet." if board else "Nothing to read yet."
    return f"{first} Say something:\n  pocketmesh post {board or 'here'} Hello"


def spelled(board: str) -> str:
    """A board as the node spells it."""
    return board.strip().removeprefix("#").lower()
