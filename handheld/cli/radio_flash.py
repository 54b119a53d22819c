"""`pocketmesh radio flash`: our firmware onto a board, and MicroPython before it if an image is given."""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path

from handheld.cli import show
from handheld.cli.flash import board, image, parcel
from handheld.errors import RadioBusy, RadioForeign, RadioMissing, Refused, UsageError
from handheld.link import port
from handheld.link.repl import Prompt
from handheld.link.visit import Visit
from handheld.text import clean_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator
    from typing import Any

    from handheld.cli.flash.board import Facts
    from handheld.cli.flash.parcel import Parcel
    from handheld.clock import Clock
    from handheld.link.port import FoundPort

AT_ONCE = 1_500
GREETING = 4_000
AFTER_RESET = 15_000
BACK_S = 15
"""How long a prompt, a radio and a board after a reset get, in milliseconds; and a port to come back."""

HELD = (
    "{} is in use. If it is our node, stop it first (Ctrl-C, or: sudo systemctl stop pocketmesh), and start "
    "it again afterwards. One that a command or the screen started ends by itself, seconds after them."
)
PRESS = "The board does not answer yet. If nothing happens: press its RESET (or EN) now, once."
RETRY = (
    "The board does not come to its prompt.{} Unplug it, plug it in, and say the same again. If that does "
    "not help, write MicroPython anew: --image FILE."
)
OTHER = ' It said: "{}" If that is another device, name the port of the board: --port PORT.'


def flash(args: Namespace) -> None:
    """Do all of it, and tell what stands now."""
    from handheld.daemon.radio_settings import meant
    from handheld.daemon.system import SystemClock

    if args.board and args.board not in parcel.CHIPS:
        raise UsageError(f"The boards are {', '.join(sorted(parcel.CHIPS))}.")
    _lawful(args, args.board)
    if args.region:
        meant("region", args.region)
    clock = SystemClock()
    found = _chosen(args.port)
    written = image.read(args.image) if args.image else None
    if written:
        _fits(args.board, written.chip, f"{written.path.name} is for")
        image.command()
        _agreed(args, f"{_called(found)}: everything on it is erased, and {written.path.name} written.")
        _free(found.device)
        image.write(written, found.device, quiet=args.json)
        _back(found.device)
    with _opened(found.device) as device:
        prompt = Prompt(device.fileno(), clock)
        if not _reach(prompt, device, clock, quiet=args.json):
            said = prompt.quote()
            raise RadioForeign(RETRY.format(OTHER.format(said) if said else ""))
        result = _load(args, prompt, found, asked=written is not None)
    result |= _radio(args, found.device, clock)
    _tell(args, result)


def _chosen(wanted: str | None) -> FoundPort:
    """The one board that is meant."""
    ports = port.list_ports()
    if wanted:
        named = str(Path(wanted).resolve())
        return next((each for each in ports if each.device == named), port.FoundPort(wanted))
    likely = [each for each in ports if each.likely]
    if len(likely) == 1:
        return likely[0]
    if not likely:
        raise RadioMissing(
            "No board is plugged in that may be a radio. Plug it in with a cable that carries data."
        )
    names = ", ".join(each.device for each in likely)
    raise UsageError(f"There are several: {names}. Say which, such as: --port {likely[0].device}")


def _called(found: FoundPort) -> str:
    return f"{found.device} ({found.name})" if found.name else found.device


def _fits(name: str | None, chip: str, what: str) -> None:
    if name and parcel.CHIPS[name] != chip:
        others = ", ".join(sorted(each for each, its in parcel.CHIPS.items() if its == chip))
        raise Refused(
            f"{name} has an {parcel.CHIPS[name]}, but {what} an {chip}, as these have: {others}. "
            "Nothing was written."
        )


def _lawful(args: Namespace, name: str | None) -> None:
    if args.repeater and name in parcel.LORA and not args.region:
        raise UsageError("A LoRa repeater has nobody to set its region later: add --region EU868 (yours).")


def _agreed(args: Namespace, what: str) -> None:
    """Say what is going to happen, and ask."""
    if not args.json:
        show.out(what)
    if args.yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("Nobody is here to say yes, and nothing was changed. Add --yes.")
    show.flush()
    if input("Go on? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise Refused("Nothing was changed.")


@contextlib.contextmanager
def _opened(device: str) -> Iterator[Any]:
    try:
        opened = port.open_port(device)
    except RadioBusy:
        raise RadioBusy(HELD.format(device)) from None
    try:
        yield opened
    finally:
        opened.close()


def _free(device: str) -> None:
    with _opened(device):
        pass


def _back(device: str) -> None:
    """Wait until the port is there again: a chip with its own USB takes it away when it is reset."""
    end = time.monotonic() + BACK_S
    while not Path(device).exists():
        if time.monotonic() > end:
            raise RadioMissing(
                f"{device} did not come back. Press RESET (or EN) on the board, and say the same again."
            )
        time.sleep(0.1)


def _reach(prompt: Prompt, device: Any, clock: Clock, *, quiet: bool) -> bool:
    """Come to the prompt: at once, by asking our firmware, or by a reset; whether that worked."""
    if prompt.enter(AT_ONCE):
        return True
    if not _asked(device.fileno(), clock):
        # A radio of another version obeys its text console. What runs no firmware of ours needs a reset.
        prompt.say(b"\r\nservice\r\n")
        _reset_pulse(device)
        if not quiet:
            show.out(PRESS)
            show.flush()
    return prompt.enter(AFTER_RESET)


def _asked(fd: int, clock: Clock) -> bool:
    """Whether our firmware was there and was asked to start into its prompt."""
    from handheld.daemon.system import SystemEntropy
    from handheld.link.session import Closed, Opened
    from handheld.wire.constants import LinkKind

    visit = Visit(fd, clock, SystemEntropy())
    if visit.wait(Opened, GREETING) is None:
        return False
    visit.give(LinkKind.SERVICE, b"")
    visit.wait(Closed, AT_ONCE)
    return True


def _reset_pulse(device: Any) -> None:
    """EN low and high by RTS, while DTR stays off: a bridge's usual circuit. Others have no such line."""
    with contextlib.suppress(OSError):
        device.dtr = False
        device.rts = True
        time.sleep(0.1)
        device.rts = False


def _load(args: Namespace, prompt: Prompt, found: FoundPort, *, asked: bool) -> dict[str, Any]:
    """Our files onto the board, as far as they are not there."""
    from handheld.sim import firmware

    facts = board.ask(prompt)
    _fits(args.board, facts.chip, f"what is plugged in at {found.device} has")
    name = args.board or facts.name or facts.chip.lower().replace("-", "")
    _lawful(args, name)
    packed = parcel.packed(firmware.folder(), facts.code, name)
    changed = board.changed(prompt, packed.files)
    board.check_room(facts, changed)
    if changed and not asked:
        _agreed(args, _plan(found, facts, name, packed, changed))
    if changed:
        board.put(prompt, changed, lambda done, total: _progress(args, done, total))
    board.switch(prompt, changed, packed.files)
    prompt.start("import machine;machine.reset()")
    return {"port": found.device, "board": name, "chip": facts.chip, "copied": len(changed)}


def _plan(found: FoundPort, facts: Facts, name: str, packed: Parcel, changed: dict[str, bytes]) -> str:
    size = sum(map(len, changed.values()))
    form = "compiled for its chip" if packed.compiled else "as source, because no mpy-cross is here that fits"
    return (
        f"{_called(found)}: an {facts.chip} with MicroPython {facts.release}. It becomes the board {name}.\n"
        f"{len(changed)} of {len(packed.files)} files go onto it, {form}: {size / 1024:.0f} KiB.\n"
        "What it has as a radio now is replaced; its region, channel and power stay."
    )


def _progress(args: Namespace, done: int, total: int) -> None:
    if not args.json and sys.stdout.isatty():
        sys.stdout.write(f"\r{100 * done // total:3} %" + ("\n" if done == total else ""))
        show.flush()


def _radio(args: Namespace, device: str, clock: Clock) -> dict[str, Any]:
    """Wait for the radio that the board is now, and set its region."""
    from handheld.daemon.system import SystemEntropy
    from handheld.link.session import Opened

    _back(device)
    with _opened(device) as opened:
        visit = Visit(opened.fileno(), clock, SystemEntropy())
        heard = visit.wait(Opened, AFTER_RESET)
        if heard is None:
            raise RadioForeign(
                visit.ended or "The files are there, but no radio says hello. Press RESET once."
            )
        region = _settled(visit, args.region)
        visit.close()
    hello = heard.hello
    version = ".".join(str(part) for part in hello.firmware)
    return {"firmware": version, "name": clean_line(hello.board), "region": region}


def _settled(visit: Visit, wanted: str | None) -> str:
    """The radio's region, after it was set if one is wanted; "" if it has none."""
    from handheld.daemon.radio_settings import check, meant
    from handheld.link.session import SettingsHeard
    from handheld.wire.codec import encode
    from handheld.wire.constants import LinkKind, Region, Setting
    from handheld.wire.link import Set

    number, value = meant("region", wanted) if wanted else (Setting.ASK, 0)
    visit.give(LinkKind.SET, encode(Set(number, value)))
    answer = visit.wait(SettingsHeard, AT_ONCE)
    if answer is None:
        raise RadioForeign(visit.ended or "The radio does not say what it keeps. See: pocketmesh radio info")
    check(answer.settings)
    return Region(answer.settings.region).name if answer.settings.region else ""


def _tell(args: Namespace, result: dict[str, Any]) -> None:
    """What stands now, and what comes next."""
    if args.json:
        show.as_json(result)
        return
    said = f"{result['name']} is in service with firmware {result['firmware']}"
    show.out(
        f"{said}, {result['copied']} files copied." if result["copied"] else f"{said}; nothing was to do."
    )
    if result["board"] in parcel.LORA and not result["region"]:
        show.out("It listens, and sends nothing until it knows its law: pocketmesh radio set region EU868")
    if args.repeater:
        show.out("As a repeater it needs nothing else: give it power, and its antenna before that.")
