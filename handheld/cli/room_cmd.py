"""`pocketmesh room`: rooms that need a key."""

from __future__ import annotations

import os
import sys

from handheld.cli import attach, show
from handheld.cli.post_cmd import text_of
from handheld.errors import UsageError
from handheld.qr import fitted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable
    from typing import Any

DESCRIPTION = """\
Rooms: what is said there, only those who hold the room's key can read; each post is signed. NAME is your
own name for the room; others may call it otherwise.
"new" makes one, with --words out of generated words. Let others in by "card" (a QR code, or its text and
words) when they are beside you, or by "invite", which sends the key to one person, sealed.
"join" comes in by card or words (- reads them), or, without any, by an invitation.
"remove" takes somebody out, "leave" yourself: those who stay get a new key. Who was let in can read all
that is sealed under the keys he was given, for ever."""
EXAMPLES = """\
pocketmesh room new kitchen --words
pocketmesh room join kitchen spend hamster faint bread ocean tiger
pocketmesh room say kitchen Soup at seven
pocketmesh room invite kitchen bo
pocketmesh room remove kitchen bo
pocketmesh room card kitchen
pocketmesh room leave kitchen
pocketmesh room list --json"""

WORDS = 6
NONE = """\
No rooms yet. Make one:
  pocketmesh room new kitchen --words"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `room`."""
    parser.add_argument("what", metavar="WHAT", choices=list(ACTIONS), help=", ".join(ACTIONS))
    parser.add_argument("name", metavar="NAME", nargs="?", default="", help="the room")
    parser.add_argument(
        "rest", metavar="REST", nargs="*", help="say: the text; join: card or words; invite, remove: who"
    )
    parser.add_argument(
        "--words", type=int, nargs="?", const=WORDS, default=0, metavar="N",
        help=f"new: make the key of N generated words ({WORDS}; 12 for the full strength)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="JSON: Room, RoomCard or Message of events.py")


def run(args: Namespace) -> int:
    """Do what was asked."""
    if not args.name and args.what != "list":
        raise UsageError(f"Say which room: pocketmesh room {args.what} NAME")
    if bool(args.rest) != (args.what in TAKES) and args.what not in {"join", "list"}:
        raise UsageError(TAKES.get(args.what) or f'"room {args.what}" takes a name and nothing more.')
    answer = ACTIONS[args.what](args)
    if args.json:
        show.as_json(answer)
    return 0


def list_all(args: Namespace) -> Any:
    """Every room, who is in it, and who asks us into others."""
    rooms = attach.ask(args, "rooms")
    if not args.json:
        show.out("\n\n".join(entry(room) for room in rooms) if rooms else NONE)
    return rooms


def entry(room: dict[str, Any]) -> str:
    """One room for a person."""
    if room["inviter"] is not None:
        asks = f"{room['inviter']['mark']} {show.called(room['inviter'])} asks you in."
        return f"{room['name']}\n  {asks} To come in: pocketmesh room join {show.quoted(room['name'])}"
    lines = [room["name"], f"  key {room['epoch']}, check words: {room['check']}"]
    lines += [f"  {person['mark']} {show.called(person)}" for person in room["members"]]
    if not room["members"]:
        lines.append("  Nobody else was heard in it yet.")
    lines += [
        f"  {person['mark']} {show.called(person)} was taken out and may still read, until a new key comes."
        for person in room["may_read"]
    ]
    return "\n".join(lines)


def new(args: Namespace) -> Any:
    """Make a room."""
    card = attach.ask(args, "room_new", name=args.name, words=args.words)
    if not args.json:
        show.out(f"The room {card['name']} is made. Only you are in it.\n")
        show_card(card)
    return card


def join(args: Namespace) -> Any:
    """Come into a room."""
    card = attach.ask(args, "room_join", name=args.name, secret=text_of(args.rest) if args.rest else "")
    if not args.json:
        show.out(
            f"You are in the room {card['name']}.\nCheck words: {card['check']}. If those in it see others, "
            "a word was wrong: leave, and join again."
        )
    return card


def card_of(args: Namespace) -> Any:
    """Show what lets somebody in."""
    card = attach.ask(args, "room_card", room=args.name)
    if not args.json:
        show_card(card)
    return card


def show_card(card: dict[str, Any]) -> None:
    """The code where there is a screen, then the text, the words if there are any, and the check words."""
    lines = []
    columns = show.columns()
    if columns is not None:
        lines += [*fitted(card["code"], columns, os.get_terminal_size(sys.stdout.fileno()).lines), ""]
    lines.append(card["card"])
    if card["words"]:
        lines += ["", "Words:", *(f"  {line}" for line in in_lines(card["words"].split()))]
    lines += ["", f"Check words: {card['check']}", "Whoever sees this can read the room."]
    show.out("\n".join(lines))


def in_lines(words: list[str]) -> list[str]:
    """Three words to a line, to be read aloud."""
    return [" ".join(words[at : at + 3]) for at in range(0, len(words), 3)]


def say(args: Namespace) -> Any:
    """Write in a room."""
    message = attach.ask(args, "say", room=args.name, text=text_of(args.rest))
    if not args.json:
        show.out(f"Saved in the room {message['room']} as number {message['id']}, for its members alone.")
    return message


def invite(args: Namespace) -> Any:
    """Send the key to one person."""
    room = attach.ask(args, "room_invite", room=args.name, who=" ".join(args.rest))
    if not args.json:
        show.out("The key goes out, sealed, until it is acknowledged.\n")
        show.out(entry(room))
    return room


def remove(args: Namespace) -> Any:
    """Take somebody out."""
    room = attach.ask(args, "room_remove", room=args.name, who=" ".join(args.rest))
    if not args.json:
        show.out("Taken out. A new key goes to everybody below, until each has acknowledged it.\n")
        show.out(entry(room))
    return room


def leave(args: Namespace) -> Any:
    """Leave, or decline."""
    attach.ask(args, "room_leave", room=args.name)
    if not args.json:
        show.out(f"You are not in the room {args.name} any more.")
        show.out("Nothing of it stays here once the others have the new key.")
    return None


ACTIONS: dict[str, Callable[[Namespace], Any]] = {
    "list": list_all,
    "new": new,
    "join": join,
    "say": say,
    "card": card_of,
    "invite": invite,
    "remove": remove,
    "leave": leave,
}

TAKES = {
    "say": "Say what: pocketmesh room say NAME TEXT",
    "invite": "Say whom: pocketmesh room invite NAME WHO",
    "remove": "Say whom: pocketmesh room remove NAME WHO",
}
"""What is said where the rest of the line is missing."""
