"""The strict codec: one form in bytes for every frame, one kind of error for every wrong one."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.errors import LocalError, WireError
from handheld.wire.air import decode_air
from handheld.wire.codec import decode, encode
from handheld.wire.layout import LAYOUTS
from handheld.wire.link import Send
from handheld.wire.records import Ack, Profile
from handheld.wire.schema import layouts, row
from tests.support import cpython_firmware, micropython
from tests.support.vectors import cases

NAMES = list(layouts())
VALID = [case for case in cases() if case.error is None]
EXAMPLES = settings(max_examples=300)


@st.composite
def almost_valid(draw: st.DrawFn) -> tuple[str, bytes]:
    """A layout, and a published frame of it with a few bytes changed, cut off or put behind."""
    case = draw(st.sampled_from(VALID))
    data = bytearray(case.data)
    for _ in range(draw(st.integers(0, 3))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    end = draw(st.sampled_from([len(data), len(data) - 1]))
    return case.layout, bytes(data[:end]) + draw(st.sampled_from([b"", b"\0", b"x"]))


@st.composite
def in_bounds(draw: st.DrawFn) -> tuple[str, bytes]:
    """A layout, and any bytes of a length that it allows."""
    name = draw(st.sampled_from(NAMES))
    layout = LAYOUTS[name].LAYOUT
    return name, draw(st.binary(min_size=layout.size_min, max_size=layout.size_max))


@EXAMPLES
@given(almost_valid() | in_bounds())
def test_what_is_accepted_has_one_form(given_frame: tuple[str, bytes]) -> None:
    name, data = given_frame
    try:
        item = decode(LAYOUTS[name], data)
    except WireError:
        return
    assert encode(item) == data


@EXAMPLES
@given(st.sampled_from(NAMES), st.binary(max_size=300))
def test_any_bytes_are_a_frame_or_a_wire_error(name: str, data: bytes) -> None:
    layout = LAYOUTS[name].LAYOUT
    expected = "short" if len(data) < layout.size_min else "long" if len(data) > layout.size_max else ""
    reason = ""
    try:
        decode(LAYOUTS[name], data)
    except WireError as error:
        reason = error.reason

    assert expected in ("", reason)


@EXAMPLES
@given(st.binary(max_size=300))
def test_any_bytes_from_the_air_are_a_frame_or_a_wire_error(data: bytes) -> None:
    try:
        air = decode_air(data)
    except WireError:
        return
    assert encode(air) == data


@EXAMPLES
@given(in_bounds())
def test_compiled_structs_read_what_plain_ones_read(given_frame: tuple[str, bytes]) -> None:
    name, data = given_frame
    layout = LAYOUTS[name].LAYOUT
    head, trailer = data[: layout.head_size], data[len(data) - layout.trailer_size :]
    plain, compiled = layout.head.parse(head), layout.head_codec.parse(head)

    assert [plain[field] for field in layout.head_names] == [compiled[field] for field in layout.head_names]
    if layout.trailer is not None:
        plain, compiled = layout.trailer.parse(trailer), layout.trailer_codec.parse(trailer)
        assert [plain[f] for f in layout.trailer_names] == [compiled[f] for f in layout.trailer_names]


@EXAMPLES
@given(in_bounds())
def test_rows_read_what_structs_read(given_frame: tuple[str, bytes]) -> None:
    name, data = given_frame
    layout = LAYOUTS[name].LAYOUT
    values = struct.unpack_from(row(layout).head_format, data)

    parsed = layout.head_codec.parse(data[: layout.head_size])
    assert values == tuple(parsed[field] for field in layout.head_names)


def test_bytes_of_any_kind_are_read() -> None:
    assert decode(Ack, bytearray(8)) == decode(Ack, memoryview(bytes(8))) == Ack(bytes(8))


WRONG = [
    Send(0x10000, bytes(14)),
    Send(-1, bytes(14)),
    Send(1, bytes(6)),
    Send(1, bytes(251)),
    Ack(bytes(7)),
    Ack(bytes(9)),
    Profile(bytes(32), 1, bytes(32), bytes(32), 0, b"Ana", bytes(63)),
    Profile(bytes(32), 1, bytes(32), bytes(32), 2, b"Ana", bytes(64)),
]


@pytest.mark.parametrize("item", WRONG, ids=repr)
def test_a_value_that_does_not_fit_is_our_own_mistake(item: Send | Ack | Profile) -> None:
    with pytest.raises(LocalError, match=item.LAYOUT.name):
        encode(item)


REFUSED_BY_PACK = [
    ("sent", {"token": 0x10000, "result": 1}),
    ("sent", {"token": 1, "result": 256}),
    ("sent", {"token": 1, "result": 1, "more": 0}),
    ("hello", {"version": 1, "schema": b"123", "nonce": 1, "rest": b""}),
    ("hello", {"version": 1, "schema": b"12345", "nonce": 1, "rest": b""}),
    ("heard", {"rssi": -129, "air": bytes(7)}),
]
LONG_AND_SHORT = [
    ("send", {"token": 1, "air": bytes(6)}, "short"),
    ("send", {"token": 1, "air": bytes(251)}, "long"),
]


@pytest.mark.parametrize(("layout", "values"), REFUSED_BY_PACK)
def test_the_radio_packs_no_value_that_does_not_fit(layout: str, values: dict[str, int | bytes]) -> None:
    (codec,) = cpython_firmware.load("codec")
    # CPython's struct complains of numbers by itself.
    with pytest.raises((ValueError, struct.error)):
        codec.pack(layout, values)


def test_under_micropython_the_radio_packs_no_value_that_does_not_fit() -> None:
    script = f"""
from codec import pack

for layout, values, reason in {[(*wrong, "value") for wrong in REFUSED_BY_PACK] + LONG_AND_SHORT!r}:
    try:
        print(layout, values, pack(layout, values))
    except ValueError as error:
        assert str(error) == reason, (layout, values, error)
"""
    assert micropython.run(script) == (0, "")
