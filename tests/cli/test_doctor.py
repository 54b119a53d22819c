"""`pocketmesh doctor`: every fault has its line and says what to do."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handheld.api import codec
from handheld.cli import checks, doctor_cmd
from handheld.cli.checks import BAD, NOTE, OK
from handheld.link.port import FoundPort
from tests.support.cli import run
from tests.support.door import STATUS, UP, SmallNode, door_thread

RADIO = FoundPort("/dev/ttyUSB0", 0x10C4, 0xEA60, "0001", "CP2102")


def status(**radio: Any) -> dict[str, Any]:
    found = codec.plain(replace(STATUS, radio=replace(UP, **radio)))
    assert isinstance(found, dict)
    return found


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallNode]:
    monkeypatch.setenv("POCKETMESH_HOME", str(tmp_path))
    small = SmallNode()
    with door_thread(tmp_path, small):
        yield small


def proc(folder: Path, pid: int, name: str, *opened: str) -> Path:
    (folder / str(pid) / "fd").mkdir(parents=True)
    (folder / str(pid) / "comm").write_text(name + "\n")
    for number, target in enumerate(opened):
        (folder / str(pid) / "fd" / str(number)).symlink_to(target)
    return folder


def test_the_port_and_the_right_to_use_it(tmp_path: Path) -> None:
    assert checks.ports([]).state == BAD
    assert checks.ports([RADIO, FoundPort("/dev/ttyS0")]).say == "/dev/ttyUSB0 may be a radio"
    assert checks.ports([], "/dev/serial0").say == "/dev/serial0, as the settings name it"
    assert checks.ports([RADIO], "/dev/ttyUSB0").say == "/dev/ttyUSB0 may be a radio"
    device = tmp_path / "tty"
    device.touch()
    assert checks.permission(str(device)).state == OK
    refused = checks.permission(str(tmp_path / "none"))
    assert (refused.state, refused.do) == (BAD, "sudo usermod -aG dialout $USER, then log in again")


def test_who_holds_the_port(tmp_path: Path) -> None:
    folder = proc(tmp_path, 7, "minicom", "/dev/ttyUSB0")

    held = checks.holder("/dev/ttyUSB0", folder, 9)
    assert (held.state, held.say) == (BAD, "/dev/ttyUSB0 is held by minicom (process 7)")
    assert checks.holder("/dev/ttyUSB0", folder, 7).say == "/dev/ttyUSB0 is held by the node"
    assert checks.holder("/dev/ttyUSB1", folder, None).say.endswith("nobody that you may see")


def test_names_that_stay_and_programs_that_grab(tmp_path: Path) -> None:
    (tmp_path / "by-id").mkdir()
    assert checks.udev("/dev/ttyUSB0", tmp_path / "by-id").state == NOTE
    (tmp_path / "by-id" / "usb-CP2102").symlink_to("/dev/ttyUSB0")
    assert checks.udev("/dev/ttyUSB0", tmp_path / "by-id").state == OK
    assert checks.grabbers(proc(tmp_path / "one", 5, "bash")).state == OK
    found = checks.grabbers(proc(tmp_path / "two", 5, "ModemManager"))
    assert (found.state, found.do) == (NOTE, "sudo apt remove modemmanager")


def test_the_node_and_its_radio() -> None:
    assert checks.node(None).state == NOTE
    assert checks.node(status()).state == OK
    assert checks.node({**status(), "version": "9.9.9"}).do == "stop the node and start it again"
    assert checks.radio_state(status()["radio"]).state == OK
    assert checks.radio_state(status(state="searching", why="Plug it in.")["radio"]).do == "Plug it in."
    assert checks.radio_state(status(why="No region.")["radio"]).say == "up, but it only listens"


def test_firmware_resets_and_air_time() -> None:
    assert checks.firmware(status()["radio"]).state == OK
    assert checks.firmware(status(firmware="0.0.9")["radio"]).state == NOTE
    assert checks.resets(status(counters={"uptime": 99_999})).say.endswith("does not reset the radio")
    assert "may reset it" in checks.resets(status(counters={"uptime": 5})).say
    assert checks.resets(status()).state == NOTE
    assert checks.airtime(status()["radio"]).state == OK
    counters = {"uptime": 7200, "sent": 100, "forwarded": 100}
    lora = status(duty_ppm=10_000, airtime_us=300_000, counters=counters)["radio"]
    assert checks.airtime(lora) == ("air time", NOTE, "at most 30 of 36 s an hour", checks.airtime(lora).do)
    assert checks.airtime({**lora, "duty_ppm": 100_000}).state == OK


def test_clock_disk_and_database(tmp_path: Path) -> None:
    assert checks.clock(0).state == NOTE
    assert checks.clock(time.time()).state == OK
    assert checks.disk(tmp_path / "none").state == NOTE
    assert checks.disk(tmp_path).state in {OK, NOTE, BAD}
    assert checks.database(tmp_path).say == "there is none yet"
    (tmp_path / "pocketmesh.db").write_bytes(b"no database at all, but long enough to be looked at" * 100)
    assert checks.database(tmp_path).do == "stop the node, then: pocketmesh salvage"


def test_a_card_that_is_full_or_read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "DISK_LOW", 1 << 60)
    assert checks.disk(tmp_path).state == NOTE
    monkeypatch.setattr(checks, "DISK_BAD", 1 << 60)
    assert checks.disk(tmp_path).state == BAD
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert checks.disk(tmp_path).say.endswith("cannot be written")


def test_every_check_is_a_line_for_people_and_programs(node: SmallNode, tmp_path: Path) -> None:
    told = json.loads(run("doctor", "--json").out)

    assert [check["name"] for check in told][-3:] == ["clock", "disk", "database"]
    assert {check["state"] for check in told} <= {OK, NOTE, BAD}
    assert "radio" in [check["name"] for check in told]
    lines = run("doctor").out.splitlines()
    assert len(lines) == len(told) + sum(check["state"] != OK and bool(check["do"]) for check in told)


def test_a_bundle_holds_nothing_personal(node: SmallNode, tmp_path: Path) -> None:
    (tmp_path / "node.log").write_text(
        f'post "meet me at nine" of {"ad" * 32}\nradio says: secret words\nAda wrote\n'
    )
    file = tmp_path / "report.txt"

    assert run("doctor", "--bundle", str(file)).code == 0

    report = file.read_text()
    for secret in ("nine", "adadadad", "secret", "Ada"):
        assert secret not in report
    assert "pocketmesh 0.1.0" in report
    assert file.stat().st_mode & 0o77 == 0
    assert "File exists" in run("doctor", "--bundle", str(file)).err


def test_redaction_leaves_plain_words() -> None:
    assert (
        doctor_cmd.redacted("up in /home/ana/x, aa:bb:cc:dd:ee:ff, 12345", ["/home/ana"])
        == "up in (own)/x, (address), 12345"
    )
