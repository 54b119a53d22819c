# SPDX-License-Identifier: MIT
"""firmware/viper.py for CPython: the same functions by what is fast there.

Byte by byte they would take a hundred times as long; both pass the same tests.
"""

from binascii import crc32 as _crc32


def copy(src, src_at, dst, dst_at, count):
    dst[dst_at : dst_at + count] = src[src_at : src_at + count]


def find_zero(buf, start, end):
    return buf.find(0, start, end)


def find_id(ring, count, key, size):
    wanted = bytes(key[:size])
    at = ring.find(wanted, 0, count * size)
    # A find across two entries is none.
    while at > 0 and at % size:
        at = ring.find(wanted, at + 1, count * size)
    return at // size if at >= 0 else -1


def encode(src, count, dst, at):
    blocks = bytes(src[:count]).split(b"\0")
    for number, block in enumerate(blocks):
        while len(block) >= 254:
            dst[at] = 255
            dst[at + 1 : at + 255] = block[:254]
            at += 255
            block = block[254:]
            if not block and number == len(blocks) - 1:
                return at
        dst[at] = len(block) + 1
        dst[at + 1 : at + 1 + len(block)] = block
        at += len(block) + 1
    return at


def decode(src, start, end, dst):
    out = 0
    while start < end:
        code = src[start]
        stop = start + code
        if code == 0 or stop > end or src.find(0, start + 1, stop) >= 0:
            return -1
        dst[out : out + code - 1] = src[start + 1 : stop]
        out += code - 1
        start = stop
        if code != 255 and start < end:
            dst[out] = 0
            out += 1
    return out


def crc32(buf, count):
    crc = _crc32(memoryview(buf)[:count]).to_bytes(4, "big")
    same = int(buf[count : count + 4] == crc)
    buf[count : count + 4] = crc
    return same
