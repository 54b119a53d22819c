"""How the two ends of the cable recognise each other: nonces, our hello, and what does not fit. Pure."""

import re

from handheld import __version__
from handheld.clock import Entropy
from handheld.errors import WireError
from handheld.link.framing import CRC, Framer, frame_max
from handheld.wire.codec import decode, encode
from handheld.wire.constants import LINK_FRAME_MAX, LINK_HEADER, PROTOCOL_VERSION, LinkKind
from handheld.wire.link import Hello, HelloHost, HelloRadio

CTRL_C = 3
"""It stops a radio that is in the service window of its boot, so no hello of ours may hold it."""

_RADIO_OLDER = "The radio's firmware is older than this pocketmesh. Update it: pocketmesh radio flash"
_RADIO_NEWER = "The radio's firmware is newer than this pocketmesh: update pocketmesh here."
_SAME_AGE = (
    "Radio and pocketmesh are of one version and yet do not fit. Write the radio anew: pocketmesh radio flash"
)
_SMALL_WINDOW = "The radio has no room for one whole frame. Update it: pocketmesh radio flash"


def fresh_nonce(entropy: Entropy, last: int = 0) -> int:
    """A nonce whose frames cannot be taken for those of the last opening; never zero."""
    while True:
        drawn = entropy.take(4)
        # Without zeros, too, whose distances COBS writes down.
        if CTRL_C not in drawn and 0 not in drawn and drawn[-1] != last & 255:
            return int.from_bytes(drawn, "big")


def host_hello(framer: Framer, nonce: int, schema: bytes, window: int) -> bytes:
    """The whole frame of our hello, without a Ctrl-C in it."""
    body = encode(HelloHost(PROTOCOL_VERSION, schema, nonce, window))
    count = LINK_HEADER + len(body)
    # A hello is not numbered, so its two numbers are free: some choice keeps Ctrl-C out of COBS and CRC.
    for free in range(1, 256):
        payload = bytearray((LinkKind.HELLO_HOST, nonce & 255, free, free)) + body + bytes(CRC)
        frame = bytes(framer.frame[: framer.close(payload, count)])
        if CTRL_C not in frame:
            break
    return frame


def misfit(body: bytes, schema: bytes) -> str:
    """Why the radio with this hello is of no use, as a sentence; "": it is. WireError: it is no hello."""
    start = decode(Hello, body)
    if start.version != PROTOCOL_VERSION:
        return _RADIO_OLDER if start.version < PROTOCOL_VERSION else _RADIO_NEWER
    if start.schema != schema:
        return _which_is_older(body)
    return _SMALL_WINDOW if decode(HelloRadio, body).window < frame_max(LINK_FRAME_MAX) else ""


def _which_is_older(body: bytes) -> str:
    try:
        theirs = tuple(decode(HelloRadio, body).firmware)
    except WireError:
        # Even the hello has changed since; every radio of the same version has this one's.
        return _SAME_AGE
    ours = tuple(int(part) for part in re.findall(r"\d+", __version__)[:3])
    if theirs == ours:
        return _SAME_AGE
    return _RADIO_OLDER if theirs < ours else _RADIO_NEWER
