# GENERATED from handheld/link/framing.py by python -m handheld.wire.export: change that, not this.
"""Frames on the cable: 0x00, COBS of payload and big-endian CRC-32, 0x00. All else between zeros is text.

The zero before a frame ends whatever was printed just before it; the one after lets it be read at once.
This file is copied to firmware/lib/ and keeps to what CPython and MicroPython both run. Nothing is allocated
for a frame; the byte loops are handed in, in plain Python here and in viper on the radio.
"""

import binascii

NONE = 0
FRAME = 1
TEXT = 2
"""What Deframer.next() found."""

CRC = 4
BLOCK = 254
"""Bytes that one COBS code byte can announce (Cheshire and Baker, 1999)."""


def encoded_max(length: int) -> int:
    """Bytes that the COBS of `length` bytes takes at the most."""
    return length + 1 + length // BLOCK


def frame_max(length: int) -> int:
    """Bytes that a payload of `length` bytes takes on the wire at the most."""
    return encoded_max(length + CRC) + 2


class Loops:
    """The byte loops, buffer to buffer; firmware/viper.py has the same functions and the same results."""

    @staticmethod
    def copy(src: bytes | bytearray, src_at: int, dst: bytearray, dst_at: int, count: int) -> None:
        """Copy `count` bytes to another buffer, or further down in the same one."""
        dst[dst_at : dst_at + count] = src[src_at : src_at + count]

    @staticmethod
    def find_zero(buf: bytes | bytearray, start: int, end: int) -> int:
        """Where the first zero byte of buf[start:end] is; -1: nowhere."""
        return buf.find(b"\0", start, end)

    @staticmethod
    def encode(src: bytes | bytearray, count: int, dst: bytearray, at: int) -> int:
        """COBS of src[:count] into dst[at:]; where it ends. It takes at most encoded_max(count) bytes."""
        start = 0
        while True:
            zero = src.find(b"\0", start, count)
            end = count if zero < 0 else zero
            # A block that is full where the data ends opens no other.
            while end - start > BLOCK or (end - start == BLOCK and zero >= 0):
                dst[at] = BLOCK + 1
                dst[at + 1 : at + 1 + BLOCK] = src[start : start + BLOCK]
                at += BLOCK + 1
                start += BLOCK
            dst[at] = end - start + 1
            dst[at + 1 : at + 1 + end - start] = src[start:end]
            at += 1 + end - start
            if zero < 0:
                return at
            start = zero + 1

    @staticmethod
    def decode(src: bytes | bytearray, start: int, end: int, dst: bytearray) -> int:
        """What the COBS in src[start:end] stands for, into dst; its length, or -1 if that is no COBS."""
        if src.find(b"\0", start, end) >= 0:
            return -1
        out = 0
        while start < end:
            count = src[start] - 1
            start += 1
            if start + count > end:
                return -1
            dst[out : out + count] = src[start : start + count]
            out += count
            start += count
            if count < BLOCK and start < end:
                dst[out] = 0
                out += 1
        return out

    @staticmethod
    def crc32(buf: bytearray, count: int) -> int:
        """Write the CRC-32 of buf[:count] into the four bytes after; 1 if it stood there already, else 0."""
        crc = binascii.crc32(memoryview(buf)[:count]).to_bytes(CRC, "big")
        same = buf[count : count + CRC] == crc
        buf[count : count + CRC] = crc
        return int(same)


class Framer:
    """Turns payloads of up to `limit` bytes into frames, one at a time, in `frame`."""

    def __init__(self, loops: "type[Loops]", limit: int) -> None:
        self._loops = loops
        self.frame = bytearray(frame_max(limit))

    def close(self, payload: bytearray, count: int) -> int:
        """Frame payload[:count] into `frame`; how many bytes that took.

        The four bytes after the payload are the CRC's: the buffer must have room for them.
        """
        self._loops.crc32(payload, count)
        end = self._loops.encode(payload, count + CRC, self.frame, 1)
        # The first one too: a writer whose port took only a part has moved the rest to the front.
        self.frame[0] = 0
        self.frame[end] = 0
        return end + 1


class Deframer:
    """Parts a stream into frames and text, in pieces of any size; memory is bounded by `limit`.

    After `feed`, call `next` until it says NONE: `frame[:length]` is the payload of a FRAME, `text[:length]`
    a piece of TEXT, both valid until the next call. A text longer than the longest frame comes in pieces,
    `torn` while more of it may follow; no byte but zero is ever lost. `held`: bytes not handed out yet.
    """

    def __init__(self, loops: "type[Loops]", limit: int) -> None:
        self._loops = loops
        self._limit = limit
        self.text = bytearray(encoded_max(limit + CRC))
        self.frame = bytearray(encoded_max(limit + CRC))
        self.length = 0
        self.held = 0
        # A piece of this segment went out as text: what is still to come of it can be no frame.
        self.torn = False
        self._chunk: bytes | bytearray = b""
        self._at = 0
        self._end = 0

    def feed(self, chunk: "bytes | bytearray", count: int) -> None:
        """Go on with chunk[:count], which is not copied: it must stay as it is until `next` says NONE."""
        self._chunk = chunk
        self._at = 0
        self._end = count

    def next(self) -> int:
        """FRAME, TEXT, or NONE when all that was fed is used up."""
        while self._at < self._end:
            zero = self._loops.find_zero(self._chunk, self._at, self._end)
            count = (self._end if zero < 0 else zero) - self._at
            room = len(self.text) - self.held
            if count > room:
                self._keep(room)
                return self.flush()
            self._keep(count)
            if zero >= 0:
                self._at += 1
                found = self._close()
                if found != NONE:
                    return found
        return NONE

    def flush(self) -> int:
        """TEXT if something is held that no zero has ended yet, else NONE."""
        if self.held == 0:
            return NONE
        self.torn = True
        return self._hand_out()

    def _keep(self, count: int) -> None:
        self._loops.copy(self._chunk, self._at, self.text, self.held, count)
        self.held += count
        self._at += count

    def _close(self) -> int:
        torn = self.torn
        self.torn = False
        if self.held == 0:
            return NONE
        if not torn:
            length = self._loops.decode(self.text, 0, self.held, self.frame) - CRC
            if 0 < length <= self._limit and self._loops.crc32(self.frame, length):
                self.length = length
                self.held = 0
                return FRAME
        return self._hand_out()

    def _hand_out(self) -> int:
        self.length = self.held
        self.held = 0
        return TEXT
