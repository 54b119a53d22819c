"""Frames field by field: the declared fields at their offsets, and the place of what is wrong."""

from enum import IntEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.errors import LocalError
from handheld.wire import constants, explain, meanings
from handheld.wire.air import flood, way
from handheld.wire.constants import AirKind, LinkKind
from handheld.wire.layout import LAYOUTS
from tests.support.vectors import Case, cases


@pytest.mark.parametrize("case", [case for case in cases() if case.error is None], ids=lambda case: case.id)
def test_every_field_of_every_vector_stands_where_it_is(case: Case) -> None:
    part = explain.explain(case.data, case.layout)[0]

    assert {field.name: field.value for field in part.fields} == case.fields
    assert (part.fault, part.size) == ("", len(case.data))
    for field in part.fields:
        raw = case.data[field.offset : field.offset + field.size]
        assert raw == field.value or int.from_bytes(raw, "big") == field.value % (1 << 8 * field.size)


@pytest.mark.parametrize("case", [case for case in cases() if case.error], ids=lambda case: case.id)
def test_what_is_wrong_is_said(case: Case) -> None:
    part = explain.explain(case.data, case.layout)[0]

    assert part.fault
    if case.error not in {"short", "long"}:
        assert case.error in part.fault


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("post-cut", None),
        ("post-seq-0", 12),
        ("post-nul", 20),
        ("post-type-0", 0),
        ("sent-result-255", 2),
        ("hello_host-trailing", 11),
        ("status-cut", 44),
        ("air_plain-version-2", 0),
        ("air_plain-ttl-0", 1),
        ("air_path-gap", 7),
        ("air_path-way-cursor-high", 6),
        ("private-size-57", 44),
        ("profile-nul", 101),
        ("room_key-epoch-0", 8),
        ("meet_commit-eleven-people", 2),
    ],
)
def test_the_place_of_a_fault(name: str, place: int | None) -> None:
    found = [case for case in cases() if case.id == name]

    assert [explain.explain(case.data, case.layout)[0].fault_at for case in found] == (
        [] if place is None else [place]
    )


def test_a_frame_within_a_frame_within_a_frame() -> None:
    air = flood(AirKind.ACK, 8, bytes(range(8)))
    cable = bytes([LinkKind.SEND, 0x2A, 1, 2, 0, 7]) + air

    parts = explain.explain(cable, explain.LINK)

    assert [(part.layout, part.offset, part.size) for part in parts] == [
        ("link_header", 0, 20),
        ("send", 4, 16),
        ("air_plain", 6, 14),
        ("ack", 12, 8),
    ]
    assert parts[-1].fields[0].offset == 12
    assert explain.line(cable, explain.LINK) == "SEND token=7 ACK FLOOD ttl=8 preimage=0001020304050607"


def test_a_line_shortens_what_is_long_and_names_what_travels_by_a_way() -> None:
    line = explain.line(way(AirKind.PRIVATE, 8, b"\x11\xa2", 1, bytes(116)))

    assert line == (
        "PRIVATE WAY ttl=8 cursor=1 names=11a20000000000 ephemeral=00000000..32 hint=00000000 "
        "commitment=0000000000000000 sealed=00000000..56 tag=00000000..16"
    )


def test_a_kind_that_is_reserved_has_its_number() -> None:
    raw = bytes([1 << 6 | 0 << 2, 8 << 2, 0, 0, 0, 0, 1, 2])

    assert explain.line(raw) == "KIND-0 FLOOD ttl=8 body=0102 [first: header 40 20 (reserved)]"


def test_values_are_for_filters() -> None:
    values = explain.values(flood(AirKind.ACK, 8, bytes(8)))

    assert (values["kind"], values["mode"], values["ttl"]) == ("ACK", "FLOOD", "8")


def test_what_bytes_look_like() -> None:
    ack = flood(AirKind.ACK, 8, bytes(8))

    assert explain.guess(ack) == explain.AIR
    assert explain.guess(bytes([LinkKind.ACK, 0, 0, 0])) == explain.LINK
    assert explain.guess(b"") == explain.guess(b"\xff\xff\xff\xff") == ""
    assert "ack" in explain.fitting(bytes(8))


def test_an_unknown_layout_is_our_mistake() -> None:
    with pytest.raises(LocalError):
        explain.explain(b"", "letters")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([explain.AIR, *LAYOUTS]))
def test_nothing_that_anybody_sends_raises(data: bytes, layout: str) -> None:
    line = explain.line(data, layout)

    assert line.isprintable()
    assert all(explain.explain(data, layout))


class Planted(IntEnum):
    """Types of posts as they may come."""

    NOTE = 1
    NEED = 2
    ACK = 4


def test_what_stands_in_a_post_that_is_no_note_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "PostType", Planted)
    post = next(case.data for case in cases("records") if case.id == "post-typical")
    told = post[:20] + bytes(8) + post[-64:]

    of_ack = explain.explain(bytes([Planted.ACK]) + told[1:], explain.POST)
    assert [part.layout for part in of_ack] == ["post", "ack"]
    assert of_ack[1].offset == 20
    assert [meanings.post_body(number) for number in Planted] == [
        "",
        "notice" if "notice" in LAYOUTS else "",
        "ack",
    ]
    assert meanings.post_body(77) == ""
    assert "preimage" not in explain.line(bytes([Planted.ACK]) + told[1:], explain.POST)


def test_kinds_find_their_layouts_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = IntEnum("AirKind", {"MEET": 8, "HELLO": 9, "HOST": 10, "POEM": 11})  # type: ignore[misc]
    monkeypatch.setattr(constants, "AirKind", planted)

    found = {kind.name: [layout.name for layout in meanings.air_bodies(kind)] for kind in planted}

    assert found == {
        "MEET": ["meet_commit", "meet_reveal"],
        "HELLO": ["hello"],
        "HOST": ["hello_host"],
        "POEM": [],
    }
