"""The vectors of the framing, and how any of the byte loops and the two interpreters pass them."""

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[1] / "vectors" / "framing.json"
LIMIT = 264
NAMES = {1: "frame", 2: "text"}

DOCUMENT: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
COBS: list[dict[str, Any]] = DOCUMENT["cases"]
STREAMS: list[dict[str, Any]] = DOCUMENT["streams"]


def encoded(loops: Any, plain: bytes) -> bytes:
    """The COBS of some bytes, by these loops, into the middle of a buffer of the promised size."""
    size = len(plain) + 1 + len(plain) // 254
    buffer = bytearray(b"\xaa" * (size + 2))
    end = loops.encode(plain, len(plain), buffer, 1)
    assert buffer[0] == 0xAA
    assert buffer[end:] == b"\xaa" * (size + 2 - end)
    return bytes(buffer[1:end])


def decoded(loops: Any, cobs: bytes) -> bytes | None:
    """What some COBS stands for, read from the middle of a buffer; None: nothing."""
    buffer = bytearray(len(cobs))
    length = loops.decode(b"\x05" + cobs + b"\x05", 1, 1 + len(cobs), buffer)
    return None if length < 0 else bytes(buffer[:length])


def parted(deframer: Any, stream: bytes, size: int) -> list[list[str]]:
    """What a deframer makes of a stream that comes in pieces of `size` bytes."""
    found = []
    for start in range(0, len(stream), size):
        chunk = bytearray(stream[start : start + size])
        deframer.feed(chunk, len(chunk))
        while kind := deframer.next():
            holder = deframer.frame if kind == 1 else deframer.text
            found.append([NAMES[kind], bytes(holder[: deframer.length]).hex()])
    return found


def check_all(framing: Any, loops: Any) -> None:
    """Assert that this pair of modules passes every case."""
    for case in COBS:
        plain, cobs = case["plain"], bytes.fromhex(case["cobs"])
        read = decoded(loops, cobs)
        assert (read.hex() if read is not None else None) == plain, case["id"]
        if case["error"] is None:
            assert encoded(loops, bytes.fromhex(plain)) == cobs, case["id"]
    for stream in STREAMS:
        data = bytes.fromhex(stream["hex"])
        for size in (1, 7, len(data)):
            deframer = framing.Deframer(loops, LIMIT)
            assert parted(deframer, data, size) == stream["found"], (stream["id"], size)


MICROPYTHON = """
import json
import sys

import framing
import viper

with open(sys.argv[1]) as file:
    document = json.load(file)

def encoded(loops, plain):
    buffer = bytearray(len(plain) + 2 + len(plain) // 254)
    return bytes(buffer[1 : loops.encode(plain, len(plain), buffer, 1)])

def decoded(loops, cobs):
    buffer = bytearray(len(cobs))
    length = loops.decode(b"\\x05" + cobs + b"\\x05", 1, 1 + len(cobs), buffer)
    return None if length < 0 else bytes(buffer[:length])

def parted(loops, stream, size):
    deframer = framing.Deframer(loops, 264)
    found = []
    for start in range(0, len(stream), size):
        chunk = bytearray(stream[start : start + size])
        deframer.feed(chunk, len(chunk))
        while True:
            kind = deframer.next()
            if kind == framing.NONE:
                break
            holder = deframer.frame if kind == framing.FRAME else deframer.text
            found.append(["frame" if kind == framing.FRAME else "text", holder[: deframer.length].hex()])
    return found

wrong = []
for loops in (viper, framing.Loops):
    for case in document["cases"]:
        read = decoded(loops, bytes.fromhex(case["cobs"]))
        if (None if read is None else read.hex()) != case["plain"]:
            wrong.append(case["id"])
        if case["error"] is None and encoded(loops, bytes.fromhex(case["plain"])).hex() != case["cobs"]:
            wrong.append(case["id"])
    for case in document["streams"]:
        stream = bytes.fromhex(case["hex"])
        for size in (1, 7, len(stream)):
            if parted(loops, stream, size) != case["found"]:
                wrong.append(case["id"])
print(len(document["cases"]), len(document["streams"]), wrong)
"""
"""The same as `check_all`, for the other interpreter: prints how many cases, and which of them failed."""
