"""Sticks: whole files or none, and nothing on one that could lead elsewhere, stall or fill anything."""

import json
import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from handheld.api import address, thin
from handheld.cli import import_cmd, stick
from handheld.cli.stick import FILES_MAX, Source, sources
from handheld.errors import DiskFull, FolderMissing
from handheld.wire.constants import AirKind
from handheld.wire.stick import SLOT
from tests.support.cli import run
from tests.support.patience import PATIENCE_S
from tests.support.sticks import post, profile, village, write, writers
from tests.support.store import fill, small_disk


def ready(folder: Path) -> Path:
    folder.mkdir()
    (folder / "config.toml").write_text('radio = "none"\n')
    return folder


def stop(folder: Path) -> None:
    """End the node that a command started, at once and without a word: what it said is saved is saved."""
    with thin.connect(str(folder)) as node:
        os.kill(node.ask("status")["pid"], signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE_S
    while (door := address.dial(str(folder))) is not None:
        door.close()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def brought(folder: Path, at: Path) -> dict[str, object]:
    ended = run("--data", str(folder), "import", str(at), "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)  # type: ignore[no-any-return]


def test_from_one_device_to_another_and_back(tmp_path: Path) -> None:
    ana, bo, at = ready(tmp_path / "ana"), ready(tmp_path / "bo"), tmp_path / "stick"
    write(at, village(150, 3))
    assert run("--data", str(ana), "import", str(at)) == (
        0,
        "153 new records from 1 file, 0 known before.\n",
        "",
    )
    assert run("--data", str(ana), "post", "here", "my own").code == 0
    exported = json.loads(run("--data", str(ana), "export", str(at), "--json").out)
    assert exported["records"] == 156  # own profile and post, and the name of a board
    assert Path(exported["file"]).stat().st_size == exported["bytes"] == 157 * SLOT

    summary = brought(bo, at)
    assert summary == {"files": 2, "new": 155, "known": 154, "refused": {}, "left_out": {}}
    again = brought(bo, at)
    assert (again["new"], again["known"]) == (0, 309)
    messages = json.loads(run("--data", str(bo), "read", "--limit", "200", "--json").out)
    assert len(messages) == 151
    assert {message["hops"] for message in messages} == {None}
    assert messages[-1]["text"] == "my own" or "my own" in {message["text"] for message in messages}

    first = exported["file"]
    assert json.loads(run("--data", str(ana), "export", str(at), "--json").out)["file"] == first
    assert brought(ana, at)["new"] == 0


def test_a_letter_goes_by_hand_through_somebody_else_and_its_ack_comes_back(tmp_path: Path) -> None:
    ana, bo, cy = (ready(tmp_path / name) for name in ("ana", "bo", "cy"))
    sticks = [tmp_path / f"stick{number}" for number in range(4)]
    for at in sticks:
        at.mkdir()

    def do(who: Path, *words: str) -> str:
        ended = run("--data", str(who), *words)
        assert ended.code == 0, ended.err
        if who is not bo:  # the ack of what he reads is saved a moment later
            stop(who)
        return ended.out

    key = json.loads(do(bo, "status", "--json"))["key"]
    do(bo, "export", str(sticks[0]))
    do(ana, "import", str(sticks[0]))
    do(ana, "send", key, "come to the bridge")
    do(ana, "export", str(sticks[1]))
    assert brought(cy, sticks[1])["new"] == 3  # two profiles and the letter
    stop(cy)
    assert brought(cy, sticks[1])["known"] == 3
    do(cy, "export", str(sticks[2]))
    do(bo, "import", str(sticks[2]))
    (letter,) = json.loads(do(bo, "read", "--json"))
    assert (letter["text"], letter["peer"] != "") == ("come to the bridge", True)
    do(bo, "export", str(sticks[3]))
    do(ana, "import", str(sticks[3]))
    (mine,) = json.loads(do(ana, "read", "--json"))
    assert mine["state"] == "delivered"


def test_nothing_private_is_in_the_file(tmp_path: Path) -> None:
    ana, at = ready(tmp_path / "ana"), tmp_path / "stick"
    at.mkdir()
    run("--data", str(ana), "name", "ab" * 32, "secret friend")
    run("--data", str(ana), "send", "ab" * 32, "only for you")
    run("--data", str(ana), "room", "new", "kitchen")
    run("--data", str(ana), "post", "here", "for all")
    run("--data", str(ana), "export", str(at))
    (file,) = at.iterdir()
    data = file.read_bytes()
    assert b"for all" in data
    for word in (b"only for you", b"secret friend", b"kitchen", b"\xab" * 8):
        assert word not in data


def test_what_was_edited_or_damaged_is_counted_and_the_rest_comes_in(tmp_path: Path) -> None:
    bo, at = ready(tmp_path / "bo"), tmp_path / "stick"
    ana, eve = writers(2)
    forged = bytearray(post(ana, 3, b"water here"))
    forged[-1] ^= 1
    stranger = post(eve, 1, b"who am I")
    foreign = post(ana, 4, b"apples", board="market")
    good = [profile(ana, b"ana"), post(ana, 1, b"x"), post(ana, 2, b"x")]
    file = write(at, [*good, bytes(forged), stranger, foreign])
    data = bytearray(file.read_bytes())
    data[2 * SLOT + 50] ^= 1
    file.write_bytes(data[:-10])

    summary = brought(bo, at)
    assert summary["new"] == 2
    assert summary["refused"] == {"damaged": 1, "signature": 1, "unknown author": 1, "cut off": 1}

    write(at, [foreign])
    assert brought(bo, at)["refused"] == {"unknown board": 1}
    write(at, [bytes([64 | AirKind.BOARD << 2]) + b"market", foreign])
    assert brought(bo, at) == {"files": 1, "new": 2, "known": 0, "refused": {}, "left_out": {}}


def test_links_pipes_and_foreign_files_are_left_out(tmp_path: Path) -> None:
    at = tmp_path / "stick"
    real = write(tmp_path / "elsewhere", village(1, 1))
    at.mkdir()
    (at / "pocketmesh-1.records").symlink_to(real)
    os.mkfifo(at / "pocketmesh-2.records")
    (at / "pocketmesh-3.records").mkdir()
    (at / "pocketmesh-4.records").write_bytes(b"PK\3\4" + bytes(300))
    (at / "pocketmesh-5.records").write_bytes(b"")
    with (at / "pocketmesh-6.records").open("wb") as huge:
        huge.write(real.read_bytes())
        huge.truncate(1 << 30)
    (at / "holiday.jpg").write_bytes(b"\xff\xd8")
    found = sources(at)
    assert [source.path.name for source in found] == [
        f"pocketmesh-{number}.records" for number in range(1, 7)
    ]
    assert all(source.fault and source.fault.endswith(".") for source in found)

    ended = run("--data", str(ready(tmp_path / "bo")), "import", str(at))
    assert ended.code == 0
    assert "0 new records from 0 files" in ended.out
    assert ended.out.count("was left out") == 6


def test_a_claimed_number_of_records_is_not_believed(tmp_path: Path) -> None:
    file = write(tmp_path / "stick", village(2, 1))
    data = bytearray(file.read_bytes())
    data[15:19] = (65_535).to_bytes(4, "big")
    file.write_bytes(data)
    (source,) = sources(file.parent)
    assert source.slots == 3
    assert [found.fault for found in stick.read(source)] == ["", "", "", "cut off"]


def test_too_many_files_are_left_alone(tmp_path: Path) -> None:
    for number in range(FILES_MAX + 2):
        write(tmp_path / "stick", [], f"{number:08x}")
    assert [bool(source.fault) for source in sources(tmp_path / "stick")] == [False] * FILES_MAX + [True] * 2


def test_a_file_that_went_away_meanwhile_is_no_stall(tmp_path: Path) -> None:
    gone = Source(tmp_path / "pocketmesh-1.records", 5)
    assert [found.fault for found in stick.read(gone)] == ["unreadable"]


def test_without_anything_there_is_a_sentence(tmp_path: Path) -> None:
    nothing = run("--data", str(tmp_path), "import", str(tmp_path))
    assert (nothing.code, nothing.out) == (3, "")
    assert "Somebody exports there first." in nothing.err
    missing = run("--data", str(tmp_path), "import", str(tmp_path / "typo"))
    assert missing.code == FolderMissing.exit_code
    assert "Is the stick mounted?" in missing.err


def test_a_full_stick_keeps_what_was_there(tmp_path: Path) -> None:
    records = ["28" + record.hex() for record in village(300, 1)]
    with small_disk(tmp_path / "stick", 128) as at:
        old = stick.write(at, "000000ff", records[:10])
        before = old.read_bytes()
        fill(at / "ballast")
        with pytest.raises(DiskFull, match="as it was"):
            stick.write(at, "000000ff", records)
        assert old.read_bytes() == before
        assert sorted(path.name for path in at.iterdir()) == ["ballast", old.name]


def test_reasons_are_words_for_people() -> None:
    summary = {"files": 1, "new": 1, "known": 0, "refused": {"signature": 2, "cut off": 1}}
    assert import_cmd.lines(summary, {"pocketmesh-1.records": "It is empty."}) == [
        "1 new record from 1 file, 0 known before.",
        "Left out: 2 whose signature is wrong, 1 cut off at the end of a file",
        "pocketmesh-1.records was left out. It is empty.",
    ]


class Taker:
    """A node that notes what it is handed."""

    def __init__(self) -> None:
        self.kinds: list[int] = []

    def ask(self, _verb: str, fields: dict[str, list[str]]) -> dict[str, object]:
        self.kinds += [int(record[2:4], 16) >> 2 & 15 for record in fields["records"]]
        return {"new": len(fields["records"]), "known": 0, "refused": {}}


def test_sealed_junk_stalls_nothing_else(tmp_path: Path) -> None:
    junk = [bytes([AirKind.PRIVATE << 2 | 64]) + number.to_bytes(2, "big") * 70 for number in range(200)]
    write(tmp_path, junk, "00000001")
    write(tmp_path, village(100, 2), "00000002")
    taker, summary = Taker(), {"new": 0, "known": 0, "refused": Counter[str]()}
    import_cmd._hand_over(taker, sources(tmp_path), summary)  # type: ignore[arg-type]
    assert taker.kinds[102:] == [AirKind.PRIVATE] * 200
    assert AirKind.PRIVATE not in taker.kinds[:102]
    assert summary["new"] == 302
