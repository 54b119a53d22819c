"""What mail that walks costs, and what junk can do to it. `python -m tests.benchmarks.carrying` writes JSON.

The flood is `pocketmesh sim flood`: two islands, forty people, three days. It takes some minutes. With names
of parts (flood, quarter, s1, junk, conversation) only those are measured; what the file says of others stays.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, TextIO, cast
from unittest import mock

from handheld.clock import SeededEntropy
from handheld.daemon.saving import load, save_all
from handheld.node.carrying import Carrying, frame_id
from handheld.node.effects import Keep, KeepCarried
from handheld.node.odometer import Odometer
from handheld.sim.plan import Message
from handheld.sim.reader import parse
from handheld.sim.run import Options, Village
from handheld.sim.scenario import DM
from handheld.store import messages, migrate
from handheld.sync import mailbag
from handheld.sync.mailbag import QUOTA, REST
from handheld.wire.air import first_byte
from handheld.wire.constants import AIR_FRAME_MAX, PLAIN_HEADER, AirKind, AirMode, ExtensionType
from tests.benchmarks.mesh import scenario
from tests.support.flood import text
from tests.support.store import VAULT, key, letter

RESULTS = Path(__file__).parent / "results" / "carrying.json"

PARTS = ("flood", "quarter", "s1", "junk", "conversation")
FLOOD, QUARTER = "flood", "flood, a quarter of the mail in flight"

S1_NODES, S1_SEED = (30, 100), 44

JUNK = 1_000_000
JUNK_MS = 50
"""A frame of junk so often: faster than a thousand radios would be let in."""

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
OPEN_MAX_MS = 50
MESSAGES = 100_000
MAIL = (AirKind.PRIVATE, AirKind.SESSION, AirKind.ACK)
OF_CARRIERS = {
    int(ExtensionType.RECEIPTS): "receipts",
    int(ExtensionType.LETTERS): "private carried, two in a frame",
}


class Count:
    """Takes a trace, and counts the transmissions of mail, those apart by which carriers hand it on."""

    def __init__(self) -> None:
        self.frames: Counter[str] = Counter()

    def write(self, line: str) -> None:
        """One line of it."""
        if not line.startswith("began "):
            return
        first, hop, *_, extension = bytes.fromhex(line.split()[4][: 2 * PLAIN_HEADER + 2])
        if (kind := first >> 2 & 15) in MAIL:
            carried = hop >> 6 == AirMode.ONE_HOP and hop >> 2 & 15 == 1
            self.frames[AirKind(kind).name.lower() + " carried" * carried] += 1
        elif kind == AirKind.EXTENSION and extension in OF_CARRIERS:
            self.frames[OF_CARRIERS[extension]] += 1


def flood(quota: int = QUOTA, days: int = 3) -> dict[str, Any]:
    """Forty people on two islands, where everybody holds so many frames at the most."""
    with mock.patch.object(mailbag, "QUOTA", quota):
        count = Count()
        village = Village(parse(text(days)), Options(trace=cast("TextIO", count)))
        most = 0
        for hour in range(1, days * 24 + 1):
            village.world.run(hour * HOUR_US)
            most = max(most, *_held(village))
    ledger, frames = village.ledger, village.tally.frames
    pairs = [(one, reader) for one in ledger.messages for reader in one.readers]
    took = [
        ledger.delivered[one.number, reader] - one.at_us
        for one, reader in pairs
        if (one.number, reader) in ledger.delivered
    ]
    mail = sum(count.frames.values())
    summary = ledger.summary("dm")
    return {
        "quota": quota,
        "most_held_by_anybody": most,
        "written": len(pairs),
        "within_a_day": round(sum(one <= DAY_US for one in took) / len(pairs), 4),
        "delivered": round(len(took) / len(pairs), 4),
        "by_carrying": summary["delivered_by_carrying"],
        "shown_twice": summary["duplicates_shown"],
        "mail_frames": mail,
        "mail_frames_by_kind": dict(sorted(count.frames.items())),
        "mail_frames_per_delivery": round(mail / len(took), 2),
        "frames": dict(sorted(frames.items())),
    }


def _held(village: Village) -> Iterator[int]:
    for station in village.world._stations:
        if host := getattr(station, "_host", None):
            yield host.node.carrying.bag.count


def s1(nodes: int) -> dict[str, Any]:
    """S1 for two hours: what arrives live, by retries and by carriers, and where the rest is in the end."""
    village = Village(scenario(nodes, S1_SEED, DM), Options())
    village.play()
    told, ledger = village.answer(), village.ledger
    lost = [
        one
        for one in ledger.messages
        if (one.number, one.readers[0]) not in ledger.delivered
        and village.reach.ever(one.sender, one.at_us) >> one.readers[0] & 1
    ]
    figures = told["traffic"][DM]
    return {
        "sent": figures["sent"],
        "delivered": figures["delivered"],
        "live": figures["delivered_live"],
        "by_carrying": figures["delivered_by_carrying"],
        "of_connected_pairs": round(figures["delivered"] / told["reachable"][DM], 4),
        "airtime_s_per_message": told["airtime_s_per_message"][DM],
        "airtime_s": told["air"]["airtime_s"],
        "collided_share": told["air"]["collided_share"],
        "connected_and_missing_by_state": dict(sorted(Counter(_state(village, one) for one in lost).items())),
    }


def _state(village: Village, message: Message) -> str:
    """Where a message stands at its writer, and how often it was tried."""
    outbox = village.inhabitants.hosts[message.sender].node._mail.outbox
    entry = next((one for one in outbox.open() if one.text == message.text.encode()), None)
    return "not there" if entry is None else f"{entry.state.value}, {entry.tries} tries"


def junk(frames: int = JUNK) -> dict[str, Any]:
    """So many frames of junk from a thousand radios: what becomes of ours, and of the disk."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mesh.db"
        writer, reader = migrate.open_pair(path, VAULT)
        with closing(writer), closing(reader):
            load(writer, ["here"], 0)
            organ = Carrying(Odometer(0))
            ours = [_frame(number) for number in range(10)]
            held = [_frame(number) for number in range(10, 20)]
            effects = [effect for one in ours for effect in organ.own(one, 0, 0)]
            effects += [effect for one in held for effect in organ.heard(one, 0)]
            for one in held:
                organ.verified(one)
            sizes = []
            for number in range(1_000, 1_000 + frames):
                now = (number - 1_000) * JUNK_MS
                effects += organ.heard(_frame(number), now, source=bytes([1 + number % 255]))
                effects += organ.tick(now)
                if number % 500 == 0:
                    writer.execute("BEGIN")
                    save_all(writer, cast("list[Keep]", effects))
                    writer.execute("COMMIT")
                    effects = []
                    sizes.append(path.stat().st_size)
            kept = sum(organ.raw(frame_id(one)) is not None for one in ours + held)
            rows = writer.execute("SELECT count(*) FROM carried").fetchone()[0]
    return {
        "frames": frames,
        "evicted_of_ours_and_verified": len(ours + held) - kept,
        "carried_rows": rows,
        "bytes_of_a_full_store": full_store(),
        "bytes_at_most": max(sizes),
        "bytes_beyond": max(sizes) - full_store(),
    }


def full_store() -> int:
    """Bytes of a database, its log aside, that holds as many of the longest frames as may be."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mesh.db"
        writer, reader = migrate.open_pair(path, VAULT)
        with closing(writer), closing(reader):
            frames = (SeededEntropy(f"full {number}").take(AIR_FRAME_MAX - 5) for number in range(QUOTA))
            writer.execute("BEGIN")
            save_all(writer, [KeepCarried(frame_id(raw), raw, 0, 0, REST) for raw in frames])
            writer.execute("COMMIT")
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return path.stat().st_size


def conversation(stored: int = MESSAGES) -> float:
    """Milliseconds to open a conversation of the newest 200 among so many messages, the median of twenty."""
    with TemporaryDirectory() as folder:
        writer, reader = migrate.open_pair(Path(folder) / "mesh.db", VAULT)
        with closing(writer), closing(reader):
            writer.execute("BEGIN")
            for number in range(stored):
                who = 2 + number % 50
                row = letter(1 + number // 50, peer=who, author=key(who), own=False, state="received")
                messages.add(writer, row)
            writer.execute("COMMIT")
            times = []
            for who in range(2, 22):
                began = perf_counter()
                assert len(messages.page(reader, "", key(who), 0, 200)) == 200
                times.append(1_000 * (perf_counter() - began))
    return median(times)


def table() -> Iterator[tuple[str, str, str]]:
    """What can be measured in a few seconds."""
    yield "opening a conversation among 100,000 messages", f"{conversation():.1f} ms", f"<= {OPEN_MAX_MS} ms"
    few = junk(5_000)
    yield "own and verified frames that 5,000 of junk evict", str(few["evicted_of_ours_and_verified"]), "0"


def _frame(number: int) -> bytes:
    return bytes([first_byte(AirKind.ROOM)]) + SeededEntropy(f"junk {number}").take(140)


def measured(part: str, found: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The figures of one part, by name; `found`: those there are already."""
    if part == "flood":
        yield FLOOD, flood()
    elif part == "quarter":
        scarce = flood(quota=max(1, found[FLOOD]["most_held_by_anybody"] // 4))
        yield QUARTER, scarce
        yield (
            "mail frames, quarter by unlimited",
            round(scarce["mail_frames"] / found[FLOOD]["mail_frames"], 3),
        )
    elif part == "s1":
        for nodes in S1_NODES:
            yield f"S1 with repair, {nodes} nodes", s1(nodes)
    elif part == "junk":
        yield "junk", junk()
    elif part == "conversation":
        yield "conversation_ms", round(conversation(), 1)


def main() -> None:
    """All figures, or those of the parts that are named."""
    for part in sys.argv[1:] or PARTS:
        found = json.loads(RESULTS.read_text(encoding="utf-8"))
        found.update(measured(part, found))
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
