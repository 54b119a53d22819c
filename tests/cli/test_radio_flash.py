"""`pocketmesh radio flash` against MicroPython's own prompt behind a pty, and a mock of the ROM's loader."""

import contextlib
import importlib.util
import json
import os
import pty
import random
import struct
import threading
import tty
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from handheld.cli import radio_flash
from handheld.cli.flash import board, image, parcel
from handheld.cli.flash.board import Facts
from handheld.cli.flash.parcel import Code
from handheld.daemon.system import SystemClock
from handheld.errors import RadioForeign, Refused, UsageError
from handheld.link.port import FoundPort
from handheld.link.repl import Prompt
from handheld.sim import firmware
from tests.benchmarks.pulled_cables import older_radio
from tests.support.cli import run
from tests.support.flash_board import flash_board
from tests.support.radios import need_micropython
from tests.support.tools import missing
from tests.support.tree import ROOT

S3 = "Generic ESP32S3 module with ESP32S3"
CHIP_X64 = Code(6, 3, "x64")


@pytest.fixture(autouse=True, scope="module")
def _compiled_once() -> Iterator[None]:
    """The same files compile to the same files: half a hundred processes less for each board."""
    compile_all, done = parcel._compile, {}

    def compiled(compiler: list[str], arch: str, sources: dict[str, Path]) -> dict[str, bytes] | None:
        asked = (*compiler, arch, *sources.items())
        if asked not in done:
            done[asked] = compile_all(compiler, arch, sources)
        return done[asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parcel, "_compile", compiled)
        yield


def flash(device: str, *more: str) -> tuple[int, str, str]:
    ended = run("radio", "flash", "--port", device, "--yes", *more)
    return ended.code, ended.out, ended.err


def files(flash: Path) -> set[str]:
    return {str(path.relative_to(flash)) for path in flash.rglob("*") if path.is_file()}


def test_a_bare_board_becomes_a_radio_and_then_nothing_is_to_do(tmp_path: Path) -> None:
    need_micropython()
    with flash_board(tmp_path / "flash") as plugged:
        code, out, err = flash(plugged.device)
        assert (code, err) == (0, "")
        assert "ESP32 is in service with firmware 0.1.0" in out
        assert "nothing was to do" in flash(plugged.device)[1]
    assert (tmp_path / "flash" / "board").read_text() == "esp32"


def test_an_older_radio_is_replaced_and_keeps_its_settings(tmp_path: Path) -> None:
    need_micropython()
    older_radio(tmp_path / "flash")
    with flash_board(tmp_path / "flash") as plugged:
        code, _, err = flash(plugged.device)
    assert (code, err) == (0, "")
    lying = files(tmp_path / "flash")
    expected = set(parcel.packed(firmware.folder(), CHIP_X64, "esp32").files)
    assert lying == expected | {"settings.a"}


@pytest.mark.parametrize("seed", range(5))
def test_a_cable_that_is_pulled_leaves_a_board_that_can_be_flashed(tmp_path: Path, seed: int) -> None:
    need_micropython()
    chance = random.Random(seed)
    where = tmp_path / "flash"
    if seed % 2:
        older_radio(where)
    with flash_board(where, cut=chance.randrange(100, 100_000)) as plugged:
        code, _, err = flash(plugged.device)
    assert code == 30
    assert "Plug it in and say the same again" in err
    with flash_board(where) as plugged:
        code, out, err = flash(plugged.device)
    assert (code, err) == (0, "")
    assert "in service" in out


def test_a_lora_repeater_gets_its_region_at_once(tmp_path: Path) -> None:
    need_micropython()
    asked = ("--board", "heltec_v3", "--repeater")
    with flash_board(tmp_path / "flash", machine=S3) as plugged:
        code, _, err = flash(plugged.device, *asked)
        assert (code, files(tmp_path / "flash")) == (2, set())
        assert "--region EU868" in err
        code, out, _ = flash(plugged.device, *asked, "--region", "EU868", "--json")
    assert code == 0
    assert {"board": "heltec_v3", "region": "EU868", "chip": "ESP32-S3"}.items() <= json.loads(out).items()


@pytest.mark.parametrize(
    ("machine", "more", "code", "sentence"),
    [
        ("Raspberry Pi Pico with RP2040", (), 32, "This is no board that our firmware knows"),
        (
            S3,
            ("--board", "lora32"),
            3,
            " has an ESP32-S3, as these have: esp32s3, heltec_v3, t3s3. Nothing was written.",
        ),
        (S3, ("--board", "toaster"), 2, "The boards are esp32, esp32c3"),
        (S3, ("--region", "MOON"), 3, "The region is one of"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_written(
    tmp_path: Path, machine: str, more: tuple[str, ...], code: int, sentence: str
) -> None:
    need_micropython()
    with flash_board(tmp_path / "flash", machine=machine) as plugged:
        ended, _, err = flash(plugged.device, *more)
    assert (ended, files(tmp_path / "flash")) == (code, set())
    assert sentence in err


@pytest.mark.parametrize(
    "talk",
    [
        b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n",
        b"DEBUG | 12:00:01 7 [Router] Add packet record\r\n",
        b"\x94\xc3\x00\x04\x1a\x02\x08\x01",
        b"\x1b[A\x1b[11~q\x7f\t",
        b"",
    ],
    ids=["a GPS", "another mesh's log", "another mesh's frames", "a keyboard", "a keyboard that is mute"],
)
def test_a_device_that_is_no_board_is_told_so(monkeypatch: pytest.MonkeyPatch, talk: bytes) -> None:
    for name in ("AT_ONCE", "GREETING", "AFTER_RESET"):
        monkeypatch.setattr(radio_flash, name, 300)
    gps, line = pty.openpty()
    tty.setraw(line)
    os.set_blocking(gps, False)
    over = threading.Event()

    def speak() -> None:
        while not over.wait(0.02):
            with contextlib.suppress(BlockingIOError):
                os.write(gps, talk)

    with ThreadPoolExecutor(1) as pool:
        speaking = pool.submit(speak)
        code, _, err = flash(os.ttyname(line))
        over.set()
        speaking.result()
    os.close(gps)
    os.close(line)
    assert code == 32
    assert "does not come to its prompt" in err
    assert ("It said" in err, "--port PORT" in err) == (bool(talk), bool(talk))
    assert ("M,46.9,M" in err) == (b"$GPGGA" in talk)
    assert flash("/dev/pocketmesh-none")[0] == 30


def test_one_board_is_found_by_itself_and_of_several_none(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[FoundPort] = []
    monkeypatch.setattr(radio_flash.port, "list_ports", lambda: found)
    assert "No board is plugged in" in run("radio", "flash", "--yes").err
    found += [FoundPort("/dev/ttyX1", 0x10C4, 1), FoundPort("/dev/ttyX2", 0x303A, 1), FoundPort("/dev/ttyS0")]
    err = run("radio", "flash", "--yes").err
    assert "/dev/ttyX1, /dev/ttyX2." in err
    found.pop(1)
    assert "There is no /dev/ttyX1" in run("radio", "flash", "--yes").err


def test_without_a_yes_nothing_is_done(tmp_path: Path) -> None:
    need_micropython()
    with flash_board(tmp_path / "flash") as plugged:
        ended = run("radio", "flash", "--port", plugged.device)
    assert (ended.code, files(tmp_path / "flash")) == (2, set())
    assert "It becomes the board esp32." in ended.out


def test_a_full_flash_is_noticed_before_anything_is_written() -> None:
    facts = Facts("ESP32", "1.29.0", CHIP_X64, 4096, 10, "")
    board.check_room(facts, {"a": bytes(8000)})
    with pytest.raises(Refused, match="40 KiB are free"):
        board.check_room(facts, {"a": bytes(30_000)})


def test_a_flash_that_is_too_full_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_micropython()
    monkeypatch.setattr(board, "SPARE", 1 << 60)
    with flash_board(tmp_path / "flash") as plugged:
        code, _, err = flash(plugged.device)
    assert (code, files(tmp_path / "flash")) == (3, set())
    assert "Delete files of your own from it" in err


def test_a_flash_that_is_full_after_all_is_said_so(tmp_path: Path) -> None:
    need_micropython()
    with flash_board(tmp_path / "flash") as plugged, radio_flash._opened(plugged.device) as device:
        prompt = Prompt(device.fileno(), SystemClock())
        assert radio_flash._reach(prompt, device, SystemClock(), quiet=True)
        with pytest.raises(Refused, match=r"flash is full\. Delete files of your own"):
            prompt.run("raise OSError(28)")  # ENOSPC


def test_every_board_has_its_chip_in_the_table() -> None:
    there = {path.stem for path in (ROOT / "firmware/boards").glob("*.py")} - {"__init__"}
    assert set(parcel.CHIPS) == there
    for name, chip in parcel.CHIPS.items():
        text = (ROOT / "firmware/boards" / f"{name}.py").read_text(encoding="utf-8")
        assert f"{chip}" in text.split('"""')[1]
        assert ("LORA_CHIP = None" not in text) == (name in parcel.LORA)


def test_without_a_compiler_that_fits_the_sources_are_copied() -> None:
    packed = parcel.packed(firmware.folder(), Code(5, 0, "xtensawin"), "esp32")
    assert not packed.compiled
    assert {"relay.py", "radio_main.py", "main.py", "lib/framing.py"} <= set(packed.files)
    assert "relay.mpy" in parcel.rivals(packed.files)
    assert list(packed.files)[-1] == "main.py"
    assert Code.of(2822) == CHIP_X64


def test_a_compiler_that_fails_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcel, "_compiler", lambda code: ["false"])
    packed = parcel.packed(firmware.folder(), CHIP_X64, "esp32")
    assert not packed.compiled
    assert "relay.py" in packed.files


def written(path: Path, chip: int, text: bytes = b"MicroPython v1.29.0") -> Path:
    """An image as far as its header goes, and long enough to be one."""
    path.write_bytes(
        struct.pack("<BBBBI", 0xE9, 1, 0, 0, 0) + bytes(4) + struct.pack("<H", chip) + bytes(50) + text
    )
    return path


def test_only_images_of_micropython_for_our_chips_are_taken(tmp_path: Path) -> None:
    assert image.read(str(written(tmp_path / "good", 9))).chip == "ESP32-S3"
    for name, chip, text in (("other", 9, b"Arduino"), ("chip", 13, b"MicroPython")):
        with pytest.raises(Refused, match="Nothing was written"):
            image.read(str(written(tmp_path / name, chip, text)))
    (tmp_path / "text").write_bytes(b"UF2\n")
    with pytest.raises(Refused, match=r"micropython\.org"):
        image.read(str(tmp_path / "text"))
    with pytest.raises(UsageError):
        image.read(str(tmp_path / "none"))
    wrong = run(
        "radio", "flash", "--port", "/dev/x", "--yes", "--board", "tbeam", "--image", str(tmp_path / "good")
    )
    assert wrong.code == 3
    assert (
        "tbeam has an ESP32, but good is for an ESP32-S3, as these have: esp32s3, heltec_v3, t3s3."
        in wrong.err
    )
    assert "Nothing was written." in wrong.err


# The mock itself leaves a file open when it ends.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("chip", "number"), [("esp32", 0), ("esp32s3", 9)])
def test_an_image_is_written_only_to_its_own_chip(tmp_path: Path, chip: str, number: int) -> None:
    if not (importlib.util.find_spec("esptool") and importlib.util.find_spec("esp32_mock_bootloader")):
        missing("esptool and esp32-mock-bootloader are not installed")
    from esp32_mock_bootloader import mock_bootloader

    good = image.read(str(written(tmp_path / "image.bin", number)))
    with mock_bootloader(chip=chip) as loader:
        image.write(good, loader.url(), quiet=True)
        other = image.read(str(written(tmp_path / "other.bin", 9 - number)))
        with pytest.raises(Refused, match=r"the board has another chip\. Nothing was written"):
            image.write(other, loader.url(), quiet=True)


def test_esptools_words_become_one_sentence(tmp_path: Path) -> None:
    good = image.read(str(written(tmp_path / "image", 0)))
    dumb = image.failure(
        "A fatal error occurred: Failed to connect to ESP32: No serial data received.\n", good
    )
    assert isinstance(dumb, RadioForeign)
    assert "Hold BOOT" in str(dumb)
    assert "disk on fire" in str(image.failure("x\nA fatal error occurred: disk on fire\n\n", good))
