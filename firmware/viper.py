"""The byte loops, in viper: the only module whose .mpy is made for each chip.

Plain bytecode would take 5 ms for the COBS of one frame on an ESP32, these take 25 to 40 us. A viper `int` is
32 bits wide on the chip and 64 in the simulator, so whatever may reach bit 31 is a `uint` and is only shifted
down. Nothing here checks lengths: callers pass numbers that they have bounded.
"""

from array import array

import micropython

# CRC-32 (IEEE 802.3, reflected), four bits at a time: 64 bytes of table instead of 1,024.
_CRC = array(
    "I",
    (
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
        0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
    ),
)  # fmt: skip


@micropython.viper
def copy(src: ptr8, src_at: int, dst: ptr8, dst_at: int, count: int):
    """Copy `count` bytes to another buffer, or further down in the same one."""
    i = 0
    while i < count:
        dst[dst_at + i] = src[src_at + i]
        i += 1


@micropython.viper
def find_zero(buf: ptr8, start: int, end: int) -> int:
    """Where the first zero byte of buf[start:end] is; -1: nowhere."""
    while start < end:
        if buf[start] == 0:
            return start
        start += 1
    return -1


@micropython.viper
def find_id(ring: ptr8, count: int, key: ptr8, size: int) -> int:
    """Which of the `count` entries of `size` bytes each equals the first `size` bytes of `key`; -1: none."""
    first = key[0]
    entry = 0
    at = 0
    while entry < count:
        if ring[at] == first:
            i = 1
            while i < size and ring[at + i] == key[i]:
                i += 1
            if i == size:
                return entry
        at += size
        entry += 1
    return -1


@micropython.viper
def encode(src: ptr8, count: int, dst: ptr8, at: int) -> int:
    """COBS of src[:count] into dst[at:]; where it ends. It takes at most count + 1 + count // 254 bytes."""
    block = at
    at += 1
    code = 1
    i = 0
    while i < count:
        byte = src[i]
        i += 1
        if byte != 0:
            dst[at] = byte
            at += 1
            code += 1
        # A block that is full where the data ends opens no other.
        if byte == 0 or (code == 255 and i < count):
            dst[block] = code
            block = at
            at += 1
            code = 1
    dst[block] = code
    return at


@micropython.viper
def decode(src: ptr8, start: int, end: int, dst: ptr8) -> int:
    """What the COBS in src[start:end] stands for, into dst; its length, or -1 if that is no COBS."""
    out = 0
    while start < end:
        code = src[start]
        start += 1
        stop = start + code - 1
        if code == 0 or stop > end:
            return -1
        while start < stop:
            byte = src[start]
            if byte == 0:
                return -1
            dst[out] = byte
            out += 1
            start += 1
        if code != 255 and start < end:
            dst[out] = 0
            out += 1
    return out


@micropython.viper
def crc32(buf: ptr8, count: int) -> int:
    """Write the CRC-32 of buf[:count] into the four bytes after; 1 if it stood there already, else 0.

    The number itself never leaves this function: it would be an allocated object on the chip.
    """
    table = ptr32(_CRC)
    crc = uint(0xFFFF) << 16 | uint(0xFFFF)
    i = 0
    while i < count:
        crc ^= uint(buf[i])
        crc = crc >> 4 ^ uint(table[int(crc & 15)])
        crc = crc >> 4 ^ uint(table[int(crc & 15)])
        i += 1
    same = 1
    shift = 24
    while shift >= 0:
        byte = int(crc >> shift & 255) ^ 255
        if buf[i] != byte:
            same = 0
        buf[i] = byte
        i += 1
        shift -= 8
    return same
