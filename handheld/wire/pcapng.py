"""A capture file as Wireshark reads it: pcapng, with two interfaces and a comment on each frame. Pure.

IETF draft-ietf-opsawg-pcapng, sections 3.1 (blocks), 3.5 (options), 4.1 to 4.3. Little-endian throughout.
"""

import struct

from handheld.wire.dissector import LINKTYPE_AIR, LINKTYPE_LINK

LINK, AIR = 0, 1
"""The two interfaces: the cable, the air."""

IN, OUT = 1, 2
"""Directions, as epb_flags has them."""

_SECTION, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6
_MAGIC = 0x1A2B3C4D
_COMMENT, _FLAGS, _NAME = 1, 2, 2


def head() -> bytes:
    """What a file begins with."""
    section = struct.pack("<IHHq", _MAGIC, 1, 0, -1)
    interfaces = b"".join(
        _block(_INTERFACE, struct.pack("<HHI", linktype, 0, 0) + _option(_NAME, name) + _option(0))
        for linktype, name in ((LINKTYPE_LINK, b"cable"), (LINKTYPE_AIR, b"air"))
    )
    return _block(_SECTION, section) + interfaces


def packet(interface: int, at_us: int, data: bytes, direction: int, comment: str) -> bytes:
    """One frame: LINK or AIR, microseconds since 1970, IN or OUT, and what is to be said about it."""
    fixed = struct.pack("<IIIII", interface, at_us >> 32, at_us & 0xFFFFFFFF, len(data), len(data))
    options = _option(_FLAGS, struct.pack("<I", direction)) + _option(_COMMENT, comment.encode()) + _option(0)
    return _block(_PACKET, fixed + _padded(data) + options)


def _block(kind: int, body: bytes) -> bytes:
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def _option(code: int, value: bytes = b"") -> bytes:
    return struct.pack("<HH", code, len(value)) + _padded(value)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
