"""`pocketmesh people`: who was heard, how far away, how long ago."""

from __future__ import annotations

from handheld.cli import attach, show
from handheld.text import ago

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any

DESCRIPTION = """\
List everybody whose profile was heard, neighbours first. A neighbour was heard in the last 15 minutes;
hops and signal are of what was heard last. Marks: * you, = met, ~ introduced, ? unknown; at the end of
the line stands who is followed, muted or blocked. A name in
quotes is what somebody calls himself, which proves nothing; beside it stand two words made of his key. `send`
and others take your own names, those two words, and the key's digits."""
EXAMPLES = """\
pocketmesh people
pocketmesh people --near
pocketmesh people --json"""

NOBODY = """\
Nobody heard yet. Others announce themselves
within ten minutes of coming near.
Is the radio up? Try: pocketmesh status"""

LAN = "lan"
"""What a neighbour is heard by who has no signal strength."""

NOBODY_NEAR = """\
Nobody is near: nobody was heard in the
last 15 minutes. All: pocketmesh people"""

WIDE = 72
"""Columns from which on the list is a table."""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `people`."""
    parser.add_argument("--near", action="store_true", help="only neighbours")
    parser.add_argument("--json", action="store_true", help="one JSON list: Person of handheld/events.py")


def run(args: Namespace) -> int:
    """Ask the node and print."""
    people = attach.ask(args, "people")
    if args.near:
        people = [person for person in people if person["neighbour"]]
    if args.json:
        show.as_json(people)
    else:
        show.out(NOBODY_NEAR if args.near and not people else listing(people))
    return 0


def listing(people: list[dict[str, Any]]) -> str:
    """The list for a person; a sentence when nobody else is on it."""
    if all(person["level"] == "self" for person in people):
        return NOBODY
    screen = show.columns()
    if screen is not None and screen < WIDE:
        return "\n".join(narrow(person, screen) for person in people)
    rows: list[tuple[str, ...]] = [("", "Name", "Key", "Hops", "dBm", "Heard", "")]
    rows += [row(person) for person in people]
    return show.table(rows, right={3, 4, 5}, flexible=1)


def narrow(person: dict[str, Any], screen: int) -> str:
    """One person on two lines of a small screen; on a third what the owner has to do with him."""
    _, _, key, hops, rssi, heard, relation = row(person)
    strength = {"-": "", LAN: "by lan"}.get(rssi, f"{rssi} dBm")
    facts = [key, f"{hops} hops" if hops != "-" else "", strength, heard]
    lines = [f"{person['mark']} {show.called(person, screen - 2)}", f"    {'  '.join(filter(None, facts))}"]
    return "\n".join([*lines, show.fit(f"    {relation}", screen)] if relation else lines)


def row(person: dict[str, Any]) -> tuple[str, ...]:
    """One person in seven columns; without a name the key stands alone."""
    near = person["neighbour"]
    return (
        person["mark"],
        show.called(person),
        person["key"][:8],
        str(person["hops"]) if near and person["hops"] is not None else "-",
        signal(person) if near else "-",
        ago(person["heard_s"]),
        person["relation"],
    )


def signal(person: dict[str, Any]) -> str:
    """How strong a neighbour was heard in dBm, or that he is on the local network."""
    if person["by"] == LAN:
        return LAN
    return "-" if person["rssi"] is None else str(person["rssi"])
