"""`pocketmesh radio`: what is plugged in, and what our radio says of itself."""

from __future__ import annotations

from handheld.cli import attach, show
from handheld.errors import UsageError
from handheld.text import clean_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any

    from handheld.link.port import FoundPort

DESCRIPTION = """\
"list" names the serial ports of this machine and needs no node. "info" tells which radio the node uses, what
is the matter if it does not work, and what the radio has counted since it was switched on. "set" changes
what the radio keeps, also without power: region, channel, preset (long, medium or fast; LoRa only), power in
dBm, and listen (always; or air, which spares a small battery: some LoRa boards). Nothing that the law of the
region forbids can be set. The radio starts anew after a change. "console" shows every frame as it is heard
and sent, decoded, and what the radio prints; "log" only the latter. "test" sends probes that neighbours hand
on, and counts those that come back. "reboot" starts the radio anew, "service" into its Python prompt. All of
it goes through the node, which goes on as it is. "flash" makes a radio of a board: it copies our firmware,
only what changed, compiled for the chip, checks each file there, and waits until the radio says hello. A
copy that was broken off is simply started again."""
EXAMPLES = """\
pocketmesh radio list
pocketmesh radio info --json
pocketmesh radio set region EU868
pocketmesh radio set listen air
pocketmesh radio console --filter kind=post
pocketmesh radio log --follow
pocketmesh radio test 20
pocketmesh radio flash --board heltec_v3 --image ESP32_GENERIC_S3.bin
pocketmesh radio flash --repeater --region EU868 --yes"""

NO_PORT = """\
No serial port here. Plug the radio into USB
with a cable that carries data, not only power."""

RADIO_MARK = "*"

WHOLE_HOUR = 1_000_000
"""Millionths."""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `radio`."""
    parser.add_argument("what", metavar="|".join(_KINDS), choices=list(_KINDS), help="which of them")
    parser.add_argument(
        "setting", nargs="?", help="for set: region, channel, preset, power or listen; for test: how many"
    )
    parser.add_argument("value", nargs="?", help="for set: what it shall be")
    parser.add_argument("--json", action="store_true", help="JSON; what happens: an object a line")
    parser.add_argument("--follow", "-f", action="store_true", help="log: go on with what comes")
    parser.add_argument("--filter", metavar="WORDS", default="", help="console: see pocketmesh help filter")
    parser.add_argument("--cable", action="store_true", help="console: also every frame of the cable")
    parser.add_argument("--count", type=int, metavar="N", help="console: end after N lines")
    _flash_arguments(parser)


def _flash_arguments(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("flash")
    group.add_argument("--port", metavar="PORT", help="the board's port, where there are several")
    group.add_argument("--image", metavar="FILE", help="write this MicroPython first, which erases the board")
    group.add_argument(
        "--board", metavar="NAME", help="such as heltec_v3; else what it was, or its chip alone"
    )
    group.add_argument("--repeater", action="store_true", help="it stays alone: what it needs is set now")
    group.add_argument("--region", metavar="NAME", help="set the region afterwards, such as EU868")
    group.add_argument("--yes", action="store_true", help="do not ask")


def run(args: Namespace) -> int:
    """Do what was asked for."""
    if (args.what == "set") != (args.value is not None) or (
        args.setting and args.what not in {"set", "test"}
    ):
        raise UsageError('"set" takes a setting and its value, such as: pocketmesh radio set region EU868')
    if args.what == "test" and args.setting and not args.setting.isdecimal():
        raise UsageError('"test" takes how many probes, 1 to 100, such as: pocketmesh radio test 20')
    _only_for_flash(args)
    _KINDS[args.what](args)
    return 0


def _only_for_flash(args: Namespace) -> None:
    given = [name for name in ("port", "image", "board", "repeater", "region", "yes") if getattr(args, name)]
    if given and args.what != "flash":
        raise UsageError(
            f"--{given[0]} is for flash alone. The others ask the node about its radio; which port it takes, "
            "it is told where it starts: pocketmesh node --radio PORT"
        )


def live(args: Namespace) -> None:
    """What goes on at the radio: loaded only for this."""
    from handheld.cli import radio_live

    getattr(radio_live, args.what)(args)


def flash(args: Namespace) -> None:
    """Our firmware onto a board: loaded only for this."""
    from handheld.cli import radio_flash

    radio_flash.flash(args)


def list_ports(args: Namespace) -> None:
    """Print the ports of this machine."""
    from handheld.link import port

    found = port.list_ports()
    if args.json:
        show.as_json([port_object(each) for each in found])
    else:
        show.out(ports_table(found) if found else NO_PORT)


def info(args: Namespace) -> None:
    """Ask the node about its radio."""
    radio = attach.ask(args, "radio")
    if args.json:
        show.as_json(radio)
    else:
        show.out(radio_table(radio))


def change(args: Namespace) -> None:
    """Have the radio keep another setting."""
    radio = attach.ask(args, "radio_set", what=args.setting, value=args.value)
    if args.json:
        show.as_json(radio)
    else:
        show.out(f"The radio keeps this: {air(radio)}.")


def port_object(found: FoundPort) -> dict[str, Any]:
    """A port as JSON has it."""
    return {
        "port": found.device,
        "vendor": found.vendor,
        "product": found.product,
        "serial": clean_line(found.serial),
        "name": found.name,
        "likely": found.likely,
    }


def ports_table(found: list[FoundPort]) -> str:
    """The ports for a person, those that may be a radio marked."""
    rows = [(RADIO_MARK if each.likely else "", each.device, each.name) for each in found]
    if any(each.likely for each in found):
        note = f"{RADIO_MARK} may be a radio: the chip is one of those on such boards."
    else:
        note = "None of these looks like a radio. Is it plugged in?"
    return f"{show.table(rows, flexible=2)}\n\n{note}"


def radio_table(radio: dict[str, Any]) -> str:
    """The radio for a person: what is the matter first, then what is known, then its counters."""
    rows = [("Radio", radio["state"])]
    if radio["why"]:
        rows.append(("Why", radio["why"]))
    if radio["port"]:
        rows.append(("Port", radio["port"]))
    if radio["board"]:
        rows.append(("Board", f"{radio['board']}, firmware {radio['firmware']}"))
    if radio["kind"]:
        rows.append(("Air", air(radio)))
    seconds = radio["last_heard_s"]
    rows.append(("Heard", "nothing yet" if seconds is None else show.past(seconds)))
    counted = [(name.replace("_", " "), str(number)) for name, number in radio["counters"].items()]
    return "\n".join([show.table(rows), *(["", show.table(counted, right={1})] if counted else [])])


def air(radio: dict[str, Any]) -> str:
    """How it transmits, what of the law it uses, and how long the longest frame takes."""
    facts = [radio["kind"], radio["region"], radio["preset"]]
    if radio["channel"] is not None:
        facts.append(f"channel {radio['channel']}")
    if radio["frequency_hz"]:
        facts.append(f"{radio['frequency_hz'] / 1e6:.3f} MHz")
    if radio["power_dbm"] is not None:
        facts.append(f"{radio['power_dbm']} of {radio['power_max_dbm']} dBm")
    if radio["duty_ppm"] and radio["duty_ppm"] < WHOLE_HOUR:
        facts.append(f"{radio['duty_ppm'] / 10_000:g} % of the time")
    if radio["airtime_us"] is not None:
        facts.append(f"{radio['airtime_us'] / 1000:.1f} ms a frame")
    return ", ".join(fact for fact in facts if fact)


_KINDS = {
    "list": list_ports,
    "info": info,
    "set": change,
    "console": live,
    "log": live,
    "test": live,
    "reboot": live,
    "service": live,
    "flash": flash,
}
