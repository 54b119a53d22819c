"""Framing: the vectors, and streams of frames, text and damage in pieces of any size."""

import binascii

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.link import framing
from handheld.link.framing import CRC, FRAME, NONE, TEXT, Deframer, Framer, Loops, encoded_max, frame_max
from tests.support.framing import COBS, LIMIT, STREAMS, check_all, decoded, encoded, parted

PAYLOADS = st.binary(min_size=1, max_size=LIMIT)
FEW = settings(max_examples=60, deadline=None)


def framed(payload: bytes) -> bytes:
    framer = Framer(Loops, LIMIT)
    buffer = bytearray(payload + bytes(CRC))
    return bytes(framer.frame[: framer.close(buffer, len(payload))])


def test_a_frame_is_whole_whatever_became_of_the_one_before() -> None:
    # A writer whose port took only a part moves the rest to the front of the buffer.
    framer = Framer(Loops, LIMIT)
    framer.frame[:] = bytes([255]) * len(framer.frame)
    assert bytes(framer.frame[: framer.close(bytearray(b"x" + bytes(CRC)), 1)]) == framed(b"x")


def text_of(found: list[list[str]]) -> bytes:
    return b"".join(bytes.fromhex(data) for kind, data in found if kind == "text")


def frames_of(found: list[list[str]]) -> list[bytes]:
    return [bytes.fromhex(data) for kind, data in found if kind == "frame"]


def test_vectors() -> None:
    check_all(framing, Loops)


def test_vectors_hold_valid_and_failing_cases_of_both_kinds() -> None:
    assert {case["error"] for case in COBS} == {None, "cobs", "written"}
    assert {kind for stream in STREAMS for kind, _ in stream["found"]} == {"frame", "text"}
    assert len({case["id"] for case in COBS + STREAMS}) == len(COBS) + len(STREAMS)


@FEW
@given(st.binary(max_size=600))
def test_cobs_holds_no_zero_and_comes_back(plain: bytes) -> None:
    cobs = encoded(Loops, plain)

    assert 0 not in cobs
    assert len(cobs) <= encoded_max(len(plain))
    assert decoded(Loops, cobs) == plain


@FEW
@given(st.binary(max_size=600), st.integers(1, 255))
def test_cobs_of_few_distinct_bytes_comes_back(seed: bytes, byte: int) -> None:
    plain = bytes(byte if value else 0 for value in seed)

    assert decoded(Loops, encoded(Loops, plain)) == plain


@FEW
@given(st.binary(max_size=300))
def test_whatever_decodes_is_no_longer_than_it_was(cobs: bytes) -> None:
    plain = decoded(Loops, cobs)

    assert plain is None or len(plain) < max(1, len(cobs))


@FEW
@given(st.lists(PAYLOADS, max_size=6), st.integers(1, 300))
def test_frames_come_back_in_pieces_of_any_size(payloads: list[bytes], size: int) -> None:
    stream = b"".join(framed(payload) for payload in payloads)

    assert frames_of(parted(Deframer(Loops, LIMIT), stream, size)) == payloads


@FEW
@given(st.lists(PAYLOADS | st.text(max_size=700), max_size=6), st.integers(1, 300))
def test_text_between_frames_is_whole_and_harms_no_frame(items: list[bytes | str], size: int) -> None:
    texts = [item.replace("\0", "").encode() for item in items if isinstance(item, str)]
    stream = b"".join(
        framed(item) if isinstance(item, bytes) else item.replace("\0", "").encode() for item in items
    )
    found = parted(Deframer(Loops, LIMIT), stream + b"\0", size)

    assert frames_of(found) == [item for item in items if isinstance(item, bytes)]
    assert text_of(found) == b"".join(texts)


@FEW
@given(st.lists(PAYLOADS, min_size=1, max_size=5), st.data())
def test_damage_yields_no_frame_that_was_not_sent(payloads: list[bytes], data: st.DataObject) -> None:
    stream = bytearray(b"".join(framed(payload) for payload in payloads))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(stream) - 1))
        damage = data.draw(st.sampled_from(("flip", "drop", "double", "print")))
        if damage == "flip":
            stream[at] ^= 1 << data.draw(st.integers(0, 7))
        elif damage == "drop" and len(stream) > 1:
            del stream[at]
        elif damage == "double":
            stream.insert(at, stream[at])
        else:
            stream[at:at] = b"wifi: retry\r\n"
    found = frames_of(parted(Deframer(Loops, LIMIT), bytes(stream), data.draw(st.integers(1, 64))))
    rest = iter(payloads)

    assert all(frame in rest for frame in found)


@FEW
@given(st.binary(max_size=2_000), st.integers(1, 300))
def test_whatever_comes_memory_is_bounded_and_nothing_but_zeros_is_lost(stream: bytes, size: int) -> None:
    deframer = Deframer(Loops, LIMIT)
    bound = len(deframer.text)
    found = parted(deframer, stream, size)
    if deframer.flush() == TEXT:
        found.append(["text", bytes(deframer.text[: deframer.length]).hex()])

    assert not frames_of(found)
    assert text_of(found) == stream.replace(b"\0", b"")
    assert len(deframer.text) == bound
    assert len(deframer.frame) == bound


def test_the_longest_frame_fits_what_was_promised() -> None:
    longest = max(framed(bytes(LIMIT)), framed(b"\1" * LIMIT), key=len)

    assert len(longest) <= frame_max(LIMIT)
    assert len(Framer(Loops, LIMIT).frame) == frame_max(LIMIT)


def test_flush_hands_out_what_no_zero_has_ended_and_takes_the_rest_for_text() -> None:
    deframer = Deframer(Loops, LIMIT)
    frame = framed(b"payload")
    assert parted(deframer, frame[:5], 5) == []
    assert deframer.held == 4

    assert deframer.flush() == TEXT
    assert bytes(deframer.text[: deframer.length]) == frame[1:5]
    assert deframer.torn
    assert deframer.held == 0
    assert deframer.flush() == NONE

    assert parted(deframer, frame[5:], 100) == [["text", frame[5:-1].hex()]]
    assert not deframer.torn
    assert frames_of(parted(deframer, frame, 100)) == [b"payload"]


def test_a_deframer_is_fed_the_part_of_a_buffer_that_counts() -> None:
    deframer = Deframer(Loops, LIMIT)
    buffer = bytearray(framed(b"first")) + b"left over\0"

    deframer.feed(buffer, len(framed(b"first")))
    assert [deframer.next(), deframer.next()] == [FRAME, NONE]
    assert deframer.held == 0


@pytest.mark.parametrize("count", [0, 1, 255, 256, 264])
def test_crc_is_that_of_the_standard_library(count: int) -> None:
    buffer = bytearray(range(256)) * 2
    expected = binascii.crc32(buffer[:count]).to_bytes(4, "big")

    assert Loops.crc32(buffer, count) == 0
    assert buffer[count : count + CRC] == expected
    assert Loops.crc32(buffer, count) == 1
    buffer[count + 3] ^= 0x10
    assert Loops.crc32(buffer, count) == 0


def test_copy_may_move_down_in_the_same_buffer() -> None:
    buffer = bytearray(b"0123456789")
    Loops.copy(buffer, 3, buffer, 0, 7)

    assert buffer == b"3456789789"
