"""`pocketmesh decode`: what it takes, what it prints, what it says of what it cannot read."""

import json
from pathlib import Path

import pytest

from handheld.cli import decode_cmd
from handheld.link.framing import CRC, Framer, Loops
from handheld.wire.dissector import dissector
from tests.support.cli import run

ACK = "50 20 00000000 0123456789abcdef"

SHOWN = """\
air_plain, 14 bytes at 0
  0  1  first  80  version 1, kind ACK, flags 0
  1  1  hop    32  mode FLOOD, ttl 8, zero 0
  2  4  mac    00000000
  6  8  body   0123456789abcdef
ack, 8 bytes at 6
  6  8  preimage  0123456789abcdef
"""


def framed(payload: bytes) -> bytes:
    framer = Framer(Loops, 264)
    return bytes(framer.frame[: framer.close(bytearray(payload + bytes(CRC)), len(payload))])


@pytest.mark.parametrize("given", [ACK, ACK.replace(" ", ""), "0x50:20:00:00:00:00 0123456789abcdef"])
def test_hex_in_any_dress(given: str) -> None:
    assert run("decode", *given.split()) == (0, SHOWN, "")


def test_a_file_of_hex_with_comments(tmp_path: Path) -> None:
    file = tmp_path / "frames"
    file.write_text(f"# two of them\n{ACK}  # an ack\n\n03 07 00 00\n")

    shown = run("decode", str(file)).out

    assert shown.startswith(SHOWN)
    assert shown.endswith("link_header, 4 bytes at 0\n  0  1  kind     3  ACK\n" + LINK_REST)


LINK_REST = "  1  1  session  7\n  2  1  seq      0\n  3  1  ack      0\n  4  0  body     (nothing)\n"


def test_the_bytes_of_a_cable_frames_and_text(tmp_path: Path) -> None:
    file = tmp_path / "cable"
    file.write_bytes(
        b"ets Jul 29\r\n" + framed(bytes([3, 7, 0, 0])) + b"Traceback" + framed(bytes([4, 7, 0, 0]))
    )

    shown = json.loads(run("decode", "--json", str(file)).out)

    assert [(each["text"], [part["layout"] for part in each["parts"]]) for each in shown] == [
        ("ets Jul 29", []),
        ("", ["link_header"]),
        ("Traceback", []),
        ("", ["link_header"]),
    ]


def test_raw_bytes_without_framing(tmp_path: Path) -> None:
    file = tmp_path / "frame"
    file.write_bytes(bytes.fromhex("44ff010101010101"))

    assert run("decode", "--as", "ack", str(file)).out.startswith("ack, 8 bytes at 0")


def test_a_framed_one_in_hex() -> None:
    assert run("decode", framed(bytes([3, 7, 0, 0])).hex()).out.startswith("link_header, 4 bytes")


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode_cmd, "_read", lambda path: b"03070000" if path == 0 else b"")

    assert run("decode", "-").out.startswith("link_header")


def test_what_is_wrong_and_where() -> None:
    assert run("decode", "--as", "sent", "000109").out.endswith("  WRONG at 2: result: result 9 (enum)\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["zz"], "'zz' is no hex, and no file of that name is there."),
        (["ff00"], "These 2 bytes begin like no frame of the air or the cable."),
        (["--as", "poem", "00"], "There is no layout 'poem'."),
        (["00 01 02 03 04 05 06 00"], "Between the zeros is no frame of the cable"),
        ([], "Give the bytes of a frame, or --dissector and a file."),
        ([ACK, "--dissector", "x"], "Give the bytes of a frame, or --dissector and a file."),
        (["#"], "'#' is no hex"),
    ],
)
def test_what_it_cannot_read(arguments: list[str], sentence: str) -> None:
    ended = run("decode", *arguments)

    assert (ended.code, ended.out) == (2, "")
    assert sentence in ended.err


def test_an_empty_file_and_one_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")

    assert run("decode", str(tmp_path / "empty")).code == 2
    assert run("decode", str(tmp_path)).err == f"pocketmesh: {tmp_path} cannot be read: Is a directory.\n"


def test_the_dissector_is_written_as_it_was_generated(tmp_path: Path) -> None:
    file = tmp_path / "pocketmesh.lua"

    assert run("decode", "--dissector", str(file)).code == 0
    assert file.read_text(encoding="utf-8") == dissector()
    assert "No such file or directory" in run("decode", "--dissector", str(tmp_path / "no" / "x")).err
