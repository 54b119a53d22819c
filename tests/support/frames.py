"""Frames of cable and air, written and read by hand in tests."""

import hashlib
import hmac
from typing import NamedTuple

from handheld.link.framing import CRC, FRAME, Deframer, Framer, Loops
from handheld.wire.constants import DEFAULT_NETWORK_KEY, LINK_FRAME_MAX


class CableFrame(NamedTuple):
    """The parts of a frame."""

    kind: int
    session: int
    number: int
    ack: int
    body: bytes = b""


def written(kind: int, session: int = 0, number: int = 0, ack: int = 0, body: bytes = b"") -> bytes:
    """The bytes of a frame."""
    payload = bytearray((kind, session, number, ack)) + body
    return wrapped(bytes(payload))


def wrapped(payload: bytes) -> bytes:
    """The bytes of a payload that need not be a frame of ours."""
    framer = Framer(Loops, LINK_FRAME_MAX)
    size = framer.close(bytearray(payload + bytes(CRC)), len(payload))
    return bytes(framer.frame[:size])


def read(data: bytes) -> list[CableFrame]:
    """The frames in some bytes, which hold nothing else."""
    deframer = Deframer(Loops, LINK_FRAME_MAX)
    deframer.feed(data, len(data))
    found = []
    while kind := deframer.next():
        assert kind == FRAME
        payload = bytes(deframer.frame[: deframer.length])
        found.append(CableFrame(*payload[:4], payload[4:]))
    return found


def stamped(frame: bytes) -> bytes:
    """An air frame with its link MAC."""
    covered = frame[:1] + frame[6:] + frame[1:2]
    mac = hmac.digest(DEFAULT_NETWORK_KEY, covered, hashlib.sha256)[:4]
    return frame[:2] + mac + frame[6:]
