"""Host, Wireshark and radio read each kind of frame alike: same fields, same values."""

import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from handheld.wire import explain, meanings, pcapng
from handheld.wire.air import flood
from handheld.wire.constants import AirKind, LinkKind
from handheld.wire.dissector import dissector
from handheld.wire.link import LINK_BODIES
from tests.support import cpython_firmware, micropython
from tests.support.patience import PATIENCE_S
from tests.support.vectors import Case, cases

VALID = [case for case in cases() if case.error is None]
KINDS = {body.name: kind for kind in AirKind for body in meanings.air_bodies(kind)}
LINKS = {body.LAYOUT.name: kind for kind, body in LINK_BODIES.items() if body is not None}

COMMENT = "in, -70 dBm"


def air_frames() -> list[bytes]:
    """Every valid vector that travels on the air, in a frame of its kind."""
    whole = [case.data for case in VALID if case.layout in meanings.AIR_LAYOUTS]
    bodies = [flood(KINDS[case.layout], 8, case.data) for case in VALID if case.layout in KINDS]
    return whole + bodies


def link_frames() -> list[bytes]:
    """Every valid vector of the cable, behind its four bytes."""
    whole = [case.data for case in VALID if case.layout == "link_header"]
    return whole + [
        bytes([LINKS[case.layout], 7, 0, 0]) + case.data for case in VALID if case.layout in LINKS
    ]


def test_every_kind_has_a_vector() -> None:
    assert {data[0] >> 2 & 15 for data in air_frames()} >= set(AirKind)
    assert {data[0] for data in link_frames()} >= {LINKS[name] for name in LINKS}
    assert set(LinkKind) == set(LINK_BODIES)


def test_the_dissector_reads_what_the_declarations_read(tmp_path: Path) -> None:
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed; on Debian: apt install tshark")
    frames = [(pcapng.AIR, data) for data in air_frames()] + [(pcapng.LINK, data) for data in link_frames()]
    capture, lua = tmp_path / "all.pcapng", tmp_path / "pocketmesh.lua"
    capture.write_bytes(
        pcapng.head()
        + b"".join(pcapng.packet(to, 1_000_000, data, pcapng.IN, COMMENT) for to, data in frames)
    )
    lua.write_text(dissector(), encoding="utf-8")

    ended = subprocess.run(
        [tshark, "-X", f"lua_script:{lua}", "-r", str(capture), "-T", "pdml"],
        capture_output=True,
        timeout=PATIENCE_S,
        check=True,
    )

    assert b"Lua" not in ended.stderr, ended.stderr
    packets = ET.fromstring(ended.stdout).findall("packet")
    assert len(packets) == len(frames)
    for (interface, data), packet in zip(frames, packets, strict=True):
        assert read(packet) == expected(data, explain.AIR if interface == pcapng.AIR else explain.LINK)
        assert COMMENT in {field.get("show") for field in packet.iter("field")}


def read(packet: ET.Element) -> list[tuple[str, int, str]]:
    """(field, offset, hex) of what the dissector shows, from the outside in."""
    return [
        (field.get("name", "").removeprefix("pocketmesh."), int(field.get("pos", "")), field.get("value", ""))
        for field in packet.iter("field")
        if field.get("name", "").startswith("pocketmesh.") and field.get("name") not in BITS
    ]


BITS = {"pocketmesh.wrong"} | {
    f"pocketmesh.{layout}.{bit.name}"
    for layout in meanings.AIR_LAYOUTS
    for bits in meanings.BITS.values()
    for bit in bits
}


def expected(data: bytes, layout: str) -> list[tuple[str, int, str]]:
    return [
        (f"{part.layout}.{field.name}", field.offset, data[field.offset :][: field.size].hex())
        for part in explain.explain(data, layout)
        for field in part.fields
        if field.size
    ]


SCRIPT = """
import sys
from printer import line
with open(sys.argv[1]) as file:
    for data in file.read().split():
        frame = bytearray(bytes.fromhex(data))
        print(line(frame, len(frame)))
"""


def readable(data: bytes) -> bool:
    """Whether its text is plain: what is not, each end cleans in its own way."""
    parts = explain.explain(data, explain.AIR)
    texts = [field.value for part in parts for field in part.fields if field.name in meanings.TEXTS]
    return all(isinstance(text, bytes) and text.isascii() and text.decode().isprintable() for text in texts)


def test_the_radio_prints_the_same_line_on_both_interpreters(tmp_path: Path) -> None:
    frames = [data for data in air_frames() if readable(data) and not explain.explain(data, "air")[-1].fault]
    lines = [explain.line(data) for data in frames]
    (printer,) = cpython_firmware.load("printer")

    assert {data[0] >> 2 & 15 for data in frames} >= set(AirKind)
    assert [printer.line(bytearray(data), len(data)) for data in frames] == lines
    written = tmp_path / "frames"
    written.write_text("\n".join(data.hex() for data in frames), encoding="ascii")
    code, text = micropython.run(SCRIPT, str(written))
    assert (code, text.splitlines()) == (0, lines)


@pytest.mark.parametrize("case", [case for case in cases("air") if case.error], ids=lambda case: case.id)
def test_the_radio_prints_junk_as_junk(case: Case) -> None:
    (printer,) = cpython_firmware.load("printer")

    assert printer.line(bytearray(case.data), len(case.data)).isprintable()
