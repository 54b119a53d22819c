"""`pocketmesh meet`: make sure whose key is whose, standing together."""

from __future__ import annotations

import sys

from handheld.cli import attach, show
from handheld.errors import Refused, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any

    from handheld.api.thin import Connection

DESCRIPTION = """\
Stand together, 2 to 10 of you. One says a number of two digits; everybody types it, and how many you are,
himself included. All devices then show four words. Read them aloud: if they are the same on all screens,
nobody sits in between, and the others are met (=) from then on. You give each a name of your own. "meet
card" takes a card that you photographed, or its twelve words, from the device of somebody who stands
before you; "meet undo" takes a meeting back."""
EXAMPLES = """\
pocketmesh meet 47 3
pocketmesh meet card PM1AAAQEAYE...
pocketmesh meet card "spend hamster faint bread ..."
pocketmesh meet undo bo"""

_WORDS = """
    {words}

Do all {people} screens show these words, and no other? (y/n) """


def configure(parser: ArgumentParser) -> None:
    """The arguments of `meet`."""
    parser.add_argument("what", metavar="NUMBER|card|undo", help="the number that one of you said, 00 to 99")
    parser.add_argument("rest", metavar="PEOPLE", nargs="+", help="how many you are; or the card; or who")
    parser.add_argument(
        "--json", action="store_true", help="each step as one JSON object a line; y or n is read"
    )


def run(args: Namespace) -> int:
    """Meet, take a card, or take a meeting back."""
    {"card": take_card, "undo": undo}.get(args.what, meet)(args)
    return 0


def take_card(args: Namespace) -> None:
    """Meet the holder of a card."""
    with attach.connect(args) as connection:
        person = connection.ask("take_card", {"card": " ".join(args.rest)})
        if args.json:
            show.as_json(person)
            return
        show.out(f"{show.called(person)} is met from now on.")
        if not person["petname"] and sys.stdin.isatty():
            name(connection, person)


def undo(args: Namespace) -> None:
    """Somebody was not met after all."""
    person = attach.ask(args, "unmeet", who=" ".join(args.rest))
    if args.json:
        show.as_json(person)
    else:
        show.out(f"{show.called(person)} counts as not met from now on.")


def meet(args: Namespace) -> None:
    """A meeting from its number to the names; Refused with the sentence of one that came to nothing."""
    number, people = _digits(args.what, "number"), _digits(" ".join(args.rest), "how many you are")
    with attach.connect(args) as connection:
        connection.ask("watch")
        meeting = connection.ask("meet", {"number": number, "people": people})
        try:
            meeting = _gathered(args, connection, meeting)
            same = _agreed(args, meeting)
        except (KeyboardInterrupt, Refused):
            connection.ask("compare", {"same": False})
            raise
        meeting = connection.ask("compare", {"same": same})
        if not same:
            raise Refused(meeting["say"])
        if args.json:
            show.as_json_line(meeting)
            return
        for person in meeting["others"]:
            name(connection, person)


def _digits(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise UsageError(f"Say the {what} in digits, as in: pocketmesh meet 47 3".replace("the how", "how"))
    return int(text)


def _gathered(args: Namespace, connection: Connection, meeting: dict[str, Any]) -> dict[str, Any]:
    """The meeting once there are words to compare."""
    _progress(args, meeting)
    for event, value in connection.events():
        if event != "meeting" or value["meeting"] == meeting:
            continue
        meeting = value["meeting"]
        if meeting["state"] == "over":
            raise Refused(meeting["say"])
        _progress(args, meeting)
        if meeting["state"] == "comparing":
            break
    return meeting


def _progress(args: Namespace, meeting: dict[str, Any]) -> None:
    if args.json:
        show.as_json_line(meeting)
    elif meeting["state"] == "gathering":
        show.out(f"{meeting['here']} of {meeting['people']} here. {meeting['say']}".rstrip())
    show.flush()


def _agreed(args: Namespace, meeting: dict[str, Any]) -> bool:
    if not args.json:
        print(_WORDS.format(words=meeting["words"], people=meeting["people"]), end="", flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def name(connection: Connection, person: dict[str, Any]) -> None:
    """Ask for a name of the owner's own, until there is one that can be given, or none is wanted."""
    usual = person["petname"] or person["name"]
    while True:
        print(
            f"Your name for {show.called(person)}", end=f" (Enter: {usual}): " if usual else ": ", flush=True
        )
        line = sys.stdin.readline()
        petname = line.strip() or usual
        if not petname or (not line and not usual):
            return
        try:
            connection.ask("name", {"who": person["key"], "petname": petname})
        except Refused as error:
            show.out(str(error))
            if not line:
                return
        else:
            show.out(f"= {petname} is met.")
            return
