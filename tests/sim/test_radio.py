"""Radios in processes of their own: the real firmware from cable to cable, resets, service, falls."""

import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from handheld import __version__
from handheld.link.session import Closed, FrameHeard, FrameSent, Opened, SettingsHeard
from handheld.sim.firmware import Interpreter, find_interpreter
from handheld.wire.air import AirPlain, decode_air, flood
from handheld.wire.constants import AirKind, LinkKind, RadioKind, Region, SentResult, SetResult, Setting
from tests.support.frames import stamped
from tests.support.radios import STDIO, UART, need_micropython, village

HERE = [Interpreter.PACKAGE, Interpreter.CPYTHON]
NEAR_THE_WRAP = (1 << 30) - 300


@pytest.fixture
def place(tmp_path):
    with village(tmp_path) as made:
        yield made


def post(text):
    return flood(AirKind.POST, 8, text)


@pytest.mark.parametrize(("interpreter", "board"), [(HERE[0], "heltec_v3"), (HERE[1], "lora32")])
def test_a_lora_radio_listens_until_its_host_tells_the_region(place, interpreter, board):
    (place.folder / "flash1").mkdir()
    (place.folder / "flash1" / "board").write_text(board)
    ann = place.start(1, interpreter, UART)
    place.up()
    assert ann.has(Opened)[0].hello.radio == RadioKind.LORA
    ann.give(1, post(b"too early"))
    ann.set(Setting.POWER, 14)
    place.until(lambda: ann.has(SettingsHeard))
    assert ann.has(SettingsHeard)[0].settings.result == SetResult.NO_REGION
    ann.set(Setting.REGION, Region.US915)
    place.until(lambda: ann.has(Closed))
    told = ann.has(SettingsHeard)[1].settings
    assert (told.result, told.region, told.frequency) == (SetResult.CHANGED, Region.US915, 920_250_000)
    assert place.transmitted == []
    # It starts anew, and may talk now.
    ann.events.clear()
    ann.connect(0x05060708)
    place.until(lambda: ann.has(Opened))
    ann.give(2, post(b"now"))
    place.until(lambda: ann.has(FrameSent) and place.transmitted)
    assert [decode_air(frame).body for _, frame in place.transmitted] == [b"now"]
    assert place.fallen == []


@pytest.mark.parametrize("machine", [STDIO, UART])
@pytest.mark.parametrize("interpreter", HERE)
def test_a_frame_goes_from_one_cable_to_the_other(place, interpreter, machine):
    ann = place.start(1, interpreter, machine, NEAR_THE_WRAP)
    bo = place.start(2, interpreter, machine)
    place.up()
    ann.give(513, post(b"hello"))
    place.until(lambda: bo.has(FrameHeard) and ann.has(FrameSent) and len(place.transmitted) == 2)
    heard = bo.has(FrameHeard)[0]
    assert heard == FrameHeard(-70, stamped(post(b"hello")))
    assert ann.has(FrameSent) == [FrameSent(513, SentResult.ON_AIR)]
    # Bo's radio hands it on; Ann's knows it and keeps quiet.
    sent = [decode_air(frame) for _, frame in place.transmitted]
    assert [(one.ttl, one.body) for one in sent if isinstance(one, AirPlain)] == [
        (8, b"hello"),
        (7, b"hello"),
    ]
    assert not ann.has(FrameHeard)
    assert place.fallen == []


def test_any_micropython_on_the_path_serves(place, tmp_path, monkeypatch):
    need_micropython()
    if find_interpreter() is Interpreter.PACKAGE:
        binary = tmp_path / "micropython"
        binary.write_text(
            f"#!{sys.executable}\nimport sys, micropython_run\nsys.exit(micropython_run.run_main(sys.argv))\n"
        )
        binary.chmod(0o700)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    ann = place.start(1, Interpreter.PATH)
    bo = place.start(2, Interpreter.PATH)
    place.up()
    ann.give(1, post(b"hello"))
    place.until(lambda: bo.has(FrameHeard))
    assert bo.has(FrameHeard)[0] == FrameHeard(-70, stamped(post(b"hello")))


@pytest.mark.parametrize(("machine", "board"), [(STDIO, b"ESP32-S3"), (UART, b"ESP32")])
def test_the_radio_says_who_it_is(place, machine, board):
    ann = place.start(1, machine=machine)
    place.up()
    (opened,) = ann.has(Opened)
    hello = opened.hello
    assert (hello.board, hello.radio, hello.channel, hello.mtu) == (board, RadioKind.ESPNOW, 6, 250)
    assert hello.airtime == 192 + (43 + 250) * 8
    assert ".".join(map(str, hello.firmware)) == __version__
    assert hello.boot != 0
    assert ann.raw.startswith(b"pocketmesh radio, reset cause 1")


def test_the_host_learns_which_frames_the_queue_refused(place):
    ann = place.start(1)
    place.up()
    for token in range(40):
        ann.give(token, post(b"%d" % token))
    ann.give(99, b"\0" + post(b"x")[1:])
    place.until(lambda: len(ann.has(FrameSent)) == 41)
    results = {event.token: event.result for event in ann.has(FrameSent)}
    assert results[99] == SentResult.REFUSED
    went = [token for token in range(40) if results[token] == SentResult.ON_AIR]
    # The radio may tell its host of the last one before the air has brought it to us.
    place.until(lambda: len(place.transmitted) >= len(went))
    assert [int(decode_air(frame).body) for _, frame in place.transmitted] == went
    assert {results[token] for token in range(40) if token not in went} <= {SentResult.QUEUE_FULL}


@pytest.mark.parametrize("interpreter", HERE)
def test_service_leaves_the_radio_at_its_prompt_once(place, interpreter):
    ann = place.start(1, interpreter)
    place.up()
    assert ann.session.send(LinkKind.SERVICE, b"")
    place.until(lambda: place.fallen)
    assert ann.has(Closed)
    assert b"service" in ann.raw
    assert ann.log.read_text() == "came to its end"
    assert list(ann.flash.iterdir()) == []
    place.start(1, interpreter)
    place.up()


def running(place):
    """The process that runs the firmware: the only radio's own, or the one in which it started a program."""
    (pid,) = place.children._living
    if find_interpreter() is Interpreter.PACKAGE:
        return pid
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text())


def test_ctrl_c_in_the_first_seconds_leaves_the_radio_at_its_prompt(place):
    ann = place.start(1, Interpreter.PACKAGE)
    place.until(lambda: b"Ctrl-C now" in ann.raw)
    os.kill(running(place), signal.SIGINT)
    place.until(lambda: place.fallen)
    assert b"service" in ann.raw
    assert ann.log.read_text() == "came to its end"


def test_ctrl_c_within_a_hosts_frame_does_not(place):
    ann = place.start(1, Interpreter.PACKAGE)
    place.until(lambda: b"Ctrl-C now" in ann.raw)
    pid = running(place)
    os.kill(pid, signal.SIGSTOP)
    os.kill(pid, signal.SIGINT)
    ann.cable.sendall(b"\x05\x06\x07")
    os.kill(pid, signal.SIGCONT)
    place.up()
    assert b"service" not in ann.raw


def test_a_radio_that_falls_is_reported_with_its_traceback(place):
    # That of MicroPython falls in virtual time, where it takes no second: test_virtual.py.
    ann = place.start(1, Interpreter.CPYTHON, "Something with ESP99")
    ann.cable.send(b"\0")
    place.until(lambda: place.fallen)
    assert place.fallen == ["radio 1"]
    assert "boards.esp99" in ann.log.read_text()
    assert "came to its end" not in ann.log.read_text()


@pytest.mark.parametrize("interpreter", HERE)
def test_the_end_of_the_cable_is_the_end_of_the_radio(place, interpreter):
    ann = place.start(1, interpreter)
    place.up()
    # Not `close`: what the radio has written meanwhile and nobody read would make it a reset.
    ann.session = None  # it would have something to say, if the end takes long
    ann.cable.shutdown(socket.SHUT_WR)
    place.until(lambda: place.fallen)
    assert ann.log.read_text() == "came to its end"
