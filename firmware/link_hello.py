# SPDX-License-Identifier: MIT
"""The radio's hello on the cable: HelloRadio in handheld/wire/link.py."""

from codec import pack
from framing import CRC
from wire_tables import LINK_HELLO_RADIO, PROTOCOL_VERSION, SCHEMA


def radio_hello(boot, window, radio, channel, mtu, airtime, firmware, board):
    """The frame with an empty nonce, and room for its CRC behind it."""
    fields = {
        "version": PROTOCOL_VERSION,
        "schema": SCHEMA,
        "nonce": 0,
        "boot": boot,
        "window": window,
        "radio": radio,
        "channel": channel,
        "mtu": mtu,
        "airtime": airtime,
        "firmware": firmware,
        "board": board,
    }
    return bytearray((LINK_HELLO_RADIO, 0, 0, 0)) + pack("hello_radio", fields) + bytes(CRC)


def same(frame, at, other):
    """Whether these four bytes stand there."""
    for i in range(4):
        if frame[at + i] != other[i]:
            return False
    return True
