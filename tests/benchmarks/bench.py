"""`make bench`: what things cost, as counts, so that a slow or busy machine is no matter.

The exceptions say so: how many frames a simulated radio relays, and what libsodium does, in a second of this
machine, and how long an hour takes in virtual time.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks import (
    at_rest,
    crypto,
    file_chat,
    file_transfer,
    hot_paths,
    mesh,
    screen,
    search,
    simulation,
    sneakernet,
    startup,
    virtual_time,
)
from tests.support import micropython
from tests.support.tree import ROOT

Row = tuple[str, str, str]
"""What, measured, limit."""


def start_up(folder: Path) -> Iterator[Row]:
    """Instructions before the person sees anything, and memory while nothing happens."""
    yield "python that does nothing", millions(startup.bare_python(folder)), ""
    yield (
        "`pocketmesh status`, node running",
        millions(startup.status_attached(folder)),
        limit(startup.STATUS_MAX),
    )
    yield "`pocketmesh menu`, until it asks", millions(startup.menu_prompt(folder)), limit(startup.MENU_MAX)
    yield "node, from start to first answer", millions(startup.node_up(folder)), limit(startup.NODE_UP_MAX)
    resident = f"{startup.node_resident(folder) / 1024:.1f} MiB"
    yield "idle node in RAM", resident, f"<= {startup.NODE_RSS_MAX // 1024} MiB"
    wakes = startup.wakes_a_minute(_made(folder / "idle"))
    yield "idle node with a radio wakes in a minute", str(wakes), f"<= {startup.WAKES_MAX}"


def by_hand(folder: Path) -> Iterator[Row]:
    """What comes on a stick."""
    node = sneakernet.import_from_stick(_made(folder / "import"))
    command = sneakernet.command_of_import(_made(folder / "command"))
    yield "import of 1,000 posts of 50 people: the node, from its start", millions(node), ""
    yield "the command", millions(command), ""
    yield "both", millions(node + command), limit(sneakernet.IMPORT_MAX)


def frames(folder: Path) -> Iterator[Row]:
    """Instructions for one frame on the host."""
    for name, step in hot_paths.STEPS.items():
        yield name, f"{hot_paths.cost(step, folder):,}", ""


def cryptography(_folder: Path) -> Iterator[Row]:
    """What a message asks of libsodium, and what plain Python would take for it."""
    return crypto.table()


def radio(folder: Path) -> Iterator[Row]:
    """What a relayed frame costs the radio, in the heap that an ESP32 has."""
    script = (ROOT / "tests/support/relay_memory.py").read_text(encoding="utf-8")
    outcome = micropython.run(script, "10000", heap="128k")
    if outcome.code:
        raise RuntimeError(outcome.text)
    found = json.loads(outcome.text)
    yield "one hash object", f"{found['hash']} B", ""
    yield "new frame, received and handed on", f"{found['new']} B", "<= 1280 B"
    yield "the same without hash objects", f"{found['new'] - 5 * found['hash']} B", "0 B"
    yield "duplicate", f"{found['duplicate']} B", "<= 700 B"
    yield "lost in 10,000 frames", f"{found['lost']} B", "0 B"
    # Each is received twice: new, and once more.
    yield "relayed in a second of this machine", f"{found['per_second']}", ">= 300"


def virtual(_folder: Path) -> Iterator[Row]:
    """How much faster than time the whole firmware and the whole node live."""
    found = virtual_time.an_hour_of_twenty()
    yield "20 radios with nodes, an hour", f"{found['wall_s']:.1f} s", f"<= {virtual_time.HOUR_MAX_S} s"


def the_screen(folder: Path) -> Iterator[Row]:
    """What the screen asks of a slow board and of a slow line."""
    for what, count, most in screen.counted(_made(folder / "counted")):
        yield what, f"{count / 1e6:.1f} M", limit(most) if most else ""
    yield "first frame, lent", millions(screen.lent(_made(folder / "lent"))), limit(screen.LENT_MAX)
    for what, count in screen.bytes_on_the_line(_made(folder / "bytes")):
        yield f"bytes at 80x24: {what}", f"{count:,} B", ""
    yield "load of 10,000 messages, here", f"{screen.loaded_ms():.1f} ms", f"<= {screen.LOAD_MS_MAX} ms"
    kib = screen.resident_with_many(_made(folder / "many"))
    yield "in RAM with 10,000 messages", f"{kib / 1024:.1f} MiB", f"<= {screen.RSS_MAX // 1024} MiB"
    yield "wake-ups in 10 s of nothing", str(screen.wake_ups(_made(folder / "idle"))), "0"


def meshes(_folder: Path) -> Iterator[Row]:
    """What our mesh and two others make of S1."""
    return mesh.table()


def files(_folder: Path) -> Iterator[Row]:
    """What a file to many takes."""
    yield from file_transfer.table()
    yield from file_chat.table()


def simulator(_folder: Path) -> Iterator[Row]:
    """How fast time goes in a simulated village."""
    return simulation.table()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


TABLES: dict[str, Callable[[Path], Iterator[Row]]] = {
    "Start-up (x86-64 instructions; an ARM1176 at 1 GHz does about 160 M a second)": start_up,
    "By hand (x86-64 instructions)": by_hand,
    "The screen (x86-64 instructions)": the_screen,
    "One frame on the host (x86-64 instructions)": frames,
    "At rest (x86-64 instructions; time of this machine where it says so)": at_rest.table,
    f"Search among {search.MESSAGES:,} messages (time of this machine)": search.table,
    "One frame on the radio (Unix port of MicroPython: objects twice an ESP32's; heap 128 KiB)": radio,
    "Virtual time (seconds of this machine)": virtual,
    "Cryptography (rates of this machine; libsodium against plain Python in the same run)": cryptography,
    "mesh: S1, 30 nodes, private messages, means over seeds 44, 1, 2 (delivered, and per message)": meshes,
    "files: data frames in K, the file's own, and control frames; means over 20 seeds": files,
    "sim: virtual time on this machine (--fast)": simulator,
}


def millions(count: int) -> str:
    """A count of instructions as a person reads it."""
    return f"{count / 1e6:.0f} M"


def limit(count: int) -> str:
    """An upper limit in the same unit."""
    return f"<= {millions(count)}"


def main() -> None:
    """Measure everything and print it, row by row as it comes."""
    for title, table in TABLES.items():
        sys.stdout.write(f"\n{title}\n\n")
        with tempfile.TemporaryDirectory() as folder:
            for what, measured, most in table(Path(folder)):
                sys.stdout.write(f"  {what:<42} {measured:>12}  {most}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
