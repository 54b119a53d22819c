"""The capture file, block by block, as the draft has it."""

import struct

from handheld.wire import pcapng
from handheld.wire.dissector import LINKTYPE_AIR, LINKTYPE_LINK


def blocks(data: bytes) -> list[tuple[int, bytes]]:
    found = []
    while data:
        kind, size = struct.unpack_from("<II", data)
        assert size % 4 == 0
        assert struct.unpack_from("<I", data, size - 4) == (size,)
        found.append((kind, data[8 : size - 4]))
        data = data[size:]
    return found


def test_the_head_names_two_interfaces() -> None:
    section, link, air = blocks(pcapng.head())

    assert section == (0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    assert [struct.unpack_from("<H", body)[0] for _, body in (link, air)] == [LINKTYPE_LINK, LINKTYPE_AIR]
    assert b"cable" in link[1]
    assert b"air" in air[1]


def test_a_packet_has_its_time_its_bytes_its_direction_and_a_comment() -> None:
    ((kind, body),) = blocks(pcapng.packet(pcapng.AIR, (5 << 32) + 7, b"abcde", pcapng.OUT, "größer"))

    assert (kind, struct.unpack_from("<IIIII", body)) == (6, (pcapng.AIR, 5, 7, 5, 5))
    assert body[20:28] == b"abcde\0\0\0"
    assert body[28:36] == struct.pack("<HHI", 2, 4, pcapng.OUT)
    assert body[36:40] == struct.pack("<HH", 1, 8)
    assert body[40:48].decode() == "größer"
    assert body[48:] == bytes(4)
