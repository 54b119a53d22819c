"""`pocketmesh status`: is it working?"""

from __future__ import annotations

from handheld.cli import attach, show
from handheld.cli.keys_cmd import sentence
from handheld.text import ago, state_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any

DESCRIPTION = (
    "Say whether it works: the radio, who is near, what waits to be sent. Starts a node if none runs."
)
EXAMPLES = """\
pocketmesh status
pocketmesh status --json
pocketmesh status --long
pocketmesh --data /srv/box status"""

AUDIT = (
    "pocketmesh is not externally audited. SECURITY.md says what holds, what does not, and how it is tested."
)

COPIED = (
    "Another device with your identity was heard. Mail reaches one of the two only: say pocketmesh wipe on"
    " the one you no longer use."
)

LOCKED = "Locked: nothing is opened or shown until you say pocketmesh unlock. The radio relays all the same."


def configure(parser: ArgumentParser) -> None:
    """The arguments of `status`."""
    parser.add_argument(
        "--long", action="store_true", help="more: the whole key, and what nobody has audited"
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON object: NodeStatus of handheld/events.py"
    )


def run(args: Namespace) -> int:
    """Ask the node and print."""
    status = attach.ask(args, "status")
    if args.json:
        show.as_json(status)
    else:
        show.out("\n".join([*lines(status), *(more(status) if args.long else [])]))
    return 0


def lines(status: dict[str, Any]) -> list[str]:
    """The status for a person: the verdict first."""
    radio = status["radio"]
    if status["locked"]:
        return [
            LOCKED,
            *show.table([("Radio", radio_line(radio)), ("Folder", status["folder"])]).splitlines(),
        ]
    rows = [
        ("Name", status["name"] or "none yet; to give one: pocketmesh settings name Ada"),
        ("Key", " ".join(status["key"][start : start + 4] for start in range(0, 16, 4)) + "..."),
        ("Radio", radio_line(radio)),
        *([("Network", lan_line(status["lan"]))] if status["lan"] else []),
        ("People", people_line(status)),
        ("Messages", f"{status['messages']} kept, {status['queued']} to be sent"),
        ("Private", private_line(status["outbox"])),
        ("Carrying", carrying_line(status["carried"])),
        ("Mail key", sentence(status["keys"])),
        ("Dropped", dropped_line(status["dropped"])),
        ("Node", f"{status['version']}, process {status['pid']}, up {ago(status['uptime_s'])}"),
        ("Folder", status["folder"]),
    ]
    warning = [COPIED] if status["copied"] else []
    if not status["clock_sure"]:
        rows.append(("Clock", "not set: times of day are about right at best; nothing expires by them"))
    return [verdict(status), *warning, *show.table(rows).splitlines()]


def more(status: dict[str, Any]) -> list[str]:
    """What `--long` adds: the key to compare, and what nobody should have to look for."""
    whole = [f"Your whole key is {status['key']}."] if status["key"] else []
    return [*whole, AUDIT]


def verdict(status: dict[str, Any]) -> str:
    """The answer in one sentence."""
    radio, near, lan = status["radio"], status["neighbours"], status["lan"]
    if lan and (lan["networks"] or lan["peers"]) and (radio["state"] != "up" or radio["why"]):
        near_by = show.count(near, "neighbour") if near else "nobody heard in the last 15 minutes"
        return f"Working over the local network only, with {near_by}."
    if radio["state"] != "up":
        return f"Not on the air. {radio['why']}".rstrip()
    if radio["why"]:
        return f"The radio does not transmit. {radio['why']}"
    if near == 0:
        return "Working, but nobody was heard in the last 15 minutes."
    return f"Working, with {show.count(near, 'neighbour')}."


def radio_line(radio: dict[str, Any]) -> str:
    """The radio in one line."""
    if radio["state"] != "up":
        return str(radio["state"])
    seconds = radio["last_heard_s"]
    return (
        f"up on {radio['port']}, {'nothing heard yet' if seconds is None else 'heard ' + show.past(seconds)}"
    )


def lan_line(lan: dict[str, Any]) -> str:
    """The local network: over what, who is heard, what went in and out, what was thrown away."""
    over = ", ".join([*lan["networks"], *lan["peers"]])
    if not over:
        return str(lan["why"])
    counts, lost = lan["counters"], sum(lan["dropped"].values()) - lan["dropped"].get("known", 0)
    numbers = ", ".join(f"{counts.get(name, 0)} {name}" for name in ("in", "out", "handed on"))
    return f"{over}: {show.count(lan['near'], 'address', 'addresses')} heard, {numbers}, {lost} dropped"


def people_line(status: dict[str, Any]) -> str:
    """Who is around, how many are reached without a flood, and whether others can learn a way to us."""
    line = f"{status['neighbours']} near, {status['people']} known, ways to {status['ways']}"
    return f"{line}; you are invisible: nobody learns a way to you" if status["invisible"] else line


def private_line(outbox: dict[str, int]) -> str:
    """Own private messages that are not delivered, by how far they got."""
    return (
        ", ".join(f"{number} {state_word(state)}" for state, number in sorted(outbox.items()))
        or "all delivered"
    )


def carrying_line(carried: dict[str, Any]) -> str:
    """What is held for others, and in a box what that takes."""
    line = f"{carried['frames']} of {carried['most']} for others"
    if not carried["box"]:
        return line
    return f"{line}, {carried['bytes'] / 1e6:.1f} MB; a box, {carried['disk'] / 1e6:.1f} MB on the disk"


def dropped_line(dropped: dict[str, int]) -> str:
    """What was thrown away and why, most frequent first."""
    ordered = sorted(dropped.items(), key=lambda item: -item[1])
    return ", ".join(f"{number} {reason}" for reason, number in ordered if number) or "nothing"
