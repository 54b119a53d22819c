"""A cable that flips, drops, repeats, adds and prints: what comes out as a frame must be one that went in."""

import random
from collections import Counter

from handheld.link.framing import CRC, FRAME, NONE, Deframer, Framer, Loops

LIMIT = 264
FRAMES = 200
PIECE = 97
"""Bytes that are read at a time: frames are torn at every place in turn. Every eighth round: one byte."""


LOG_LINE = b"\r\nW (4711) wifi: beacon timeout, 7 missed\r\n"
RESET = b"\r\nets Jun  8 2016 00:22:57\r\nrst:0x1 (POWERON_RESET),boot:0x13\r\n"
RESET_BYTES = 400
"""At most so many bytes are lost while a radio starts anew in the middle of what it said."""

CUT_BYTES = 20


def flipped(stream: bytearray, at: int, chance: random.Random) -> None:
    """One bit."""
    stream[at] ^= 1 << chance.randrange(8)


def dropped(stream: bytearray, at: int, chance: random.Random) -> None:
    """Some bytes that a full buffer had no room for."""
    del stream[at : at + chance.randrange(1, CUT_BYTES)]


def repeated(stream: bytearray, at: int, chance: random.Random) -> None:
    """Some bytes twice."""
    stream[at:at] = stream[at : at + chance.randrange(1, CUT_BYTES)]


def added(stream: bytearray, at: int, chance: random.Random) -> None:
    """Some bytes from nowhere."""
    stream[at:at] = chance.randbytes(chance.randrange(1, CUT_BYTES))


def printed(stream: bytearray, at: int, _chance: random.Random) -> None:
    """A line of the radio's log in the middle of a frame."""
    stream[at:at] = LOG_LINE


def truncated(stream: bytearray, at: int, _chance: random.Random) -> None:
    """The rest of a frame, its end included."""
    end = stream.find(0, at + 1)
    del stream[at : end + 1 or len(stream)]


def reset(stream: bytearray, at: int, chance: random.Random) -> None:
    """The radio starts anew: what it was saying is gone, its boot loader speaks."""
    stream[at : at + chance.randrange(1, RESET_BYTES)] = RESET


KINDS = (flipped, dropped, repeated, added, printed, truncated, reset)


def damage(stream: bytearray, chance: random.Random) -> int:
    """Hurt the stream about once in four frames, in place; how often."""
    faults = FRAMES // 4
    for _ in range(faults):
        chance.choice(KINDS)(stream, chance.randrange(len(stream)), chance)
    return faults


def round_of(number: int) -> Counter[str]:
    """200 frames of random length over the cable: how many came out, how many of those never went in."""
    chance = random.Random(number)
    framer, deframer = Framer(Loops, LIMIT), Deframer(Loops, LIMIT)
    sent: set[bytes] = set()
    stream = bytearray()
    for _ in range(FRAMES):
        payload = chance.randbytes(chance.randrange(1, LIMIT + 1))
        sent.add(payload)
        size = framer.close(bytearray(payload) + bytearray(CRC), len(payload))
        stream += framer.frame[:size]
    counts: Counter[str] = Counter(sent=FRAMES, wrong=0, faults=damage(stream, chance))
    step = 1 if number % 8 == 0 else PIECE
    for start in range(0, len(stream), step):
        piece = bytes(stream[start : start + step])
        deframer.feed(piece, len(piece))
        while (found := deframer.next()) != NONE:
            if found == FRAME:
                right = bytes(deframer.frame[: deframer.length]) in sent
                counts["arrived" if right else "wrong"] += 1
    return counts
