"""A cable that flips, drops, repeats and adds bytes: what comes out as a frame must be one that went in."""

import random
from collections import Counter

from handheld.link.framing import CRC, FRAME, NONE, Deframer, Framer, Loops

LIMIT = 264
FRAMES = 200
PIECE = 97
"""Bytes that are read at a time: frames are torn at every place in turn."""


def damage(stream: bytearray, chance: random.Random) -> None:
    """Hurt the stream about once in two frames, in place."""
    for _ in range(FRAMES // 2):
        at = chance.randrange(len(stream))
        what = chance.randrange(4)
        if what == 0:
            stream[at] ^= 1 << chance.randrange(8)
        elif what == 1:
            del stream[at : at + chance.randrange(1, 20)]
        elif what == 2:
            stream[at:at] = stream[at : at + chance.randrange(1, 20)]
        else:
            stream[at:at] = chance.randbytes(chance.randrange(1, 20))


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
    damage(stream, chance)
    counts: Counter[str] = Counter(sent=FRAMES, wrong=0)
    for start in range(0, len(stream), PIECE):
        piece = bytes(stream[start : start + PIECE])
        deframer.feed(piece, len(piece))
        while (found := deframer.next()) != NONE:
            if found == FRAME:
                right = bytes(deframer.frame[: deframer.length]) in sent
                counts["arrived" if right else "wrong"] += 1
    return counts
