"""Declarations that would make trouble later are refused when they are made, or when they are exported."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from construct import (
    Bytes,
    Flag,
    Float32b,
    GreedyBytes,
    Int8ub,
    Int16ub,
    Int16ul,
    Int24ub,
    Int32un,
    PascalString,
    Struct,
    this,
)

from handheld.errors import LocalError
from handheld.wire import constants, link, schema
from handheld.wire.constants import AirKind
from handheld.wire.layout import LAYOUTS, Frame, Layout, frame


@pytest.fixture(autouse=True)
def _registry() -> Iterator[None]:
    """What a test declares is forgotten after it."""
    kept = dict(LAYOUTS)
    yield
    LAYOUTS.clear()
    LAYOUTS.update(kept)


@dataclass(frozen=True)
class Planted(Frame):
    """Two fields."""

    first: int
    second: int


def declare(*fields: Any, **options: Any) -> Layout:
    return Layout("planted", Struct(*fields), **options)


def test_a_frame_has_the_fields_of_its_layout_in_their_order() -> None:
    wrong = declare("second" / Int8ub, "first" / Int8ub)

    with pytest.raises(LocalError, match=r"Planted has .*first.*second.*its layout .*second.*first"):
        frame(wrong)(Planted)


def test_a_name_is_declared_once() -> None:
    frame(declare("first" / Int8ub, "second" / Int8ub))(Planted)

    with pytest.raises(LocalError, match="two layouts are called planted"):
        frame(declare("first" / Int8ub, "second" / Int8ub))(Planted)


SIZELESS = {
    "a length read from the frame": Bytes(this.first),
    "all that is left": GreedyBytes,
    "a claimed length": PascalString(Int8ub, "utf8"),
}
UNREADABLE = {
    "little-endian": Int16ul,
    "the machine's own order": Int32un,
    "three bytes": Int24ub,
    "a fraction": Float32b,
    "a flag": Flag,
    "a list": Int8ub[2],
    "a computed length": Bytes(lambda _: 4),
}


@pytest.mark.parametrize("kind", SIZELESS.values(), ids=SIZELESS)
def test_a_field_without_a_fixed_size_is_refused_by_name(kind: Any) -> None:
    with pytest.raises(LocalError, match=r"planted\.second: has no fixed size"):
        declare("first" / Int8ub, "second" / kind)


@pytest.mark.parametrize("kind", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize("place", ["head", "trailer"])
def test_what_micropython_cannot_read_is_refused_by_name(kind: Any, place: str) -> None:
    fields = ("first" / Int8ub, "second" / kind)
    layout = (
        declare(*fields)
        if place == "head"
        else declare("other" / Int8ub, tail="tail", tail_max=9, trailer=Struct(*fields))
    )

    with pytest.raises(
        LocalError, match=r"planted\.second: .* is no big-endian whole number and no fixed bytes"
    ):
        schema.row(layout)


def test_for_the_radio_nothing_follows_the_variable_field() -> None:
    layout = declare("first" / Int8ub, tail="tail", tail_max=9, trailer=Struct("tag" / Bytes(4)))

    assert schema.row(layout) == (">B", ("first",), "tail", 0, 9, ">4s", ("tag",))
    with pytest.raises(LocalError, match=r"planted\.tag: follows a field of variable length"):
        schema.radio_row(layout)


def test_the_schema_is_that_of_what_both_ends_must_agree_on(monkeypatch: pytest.MonkeyPatch) -> None:
    before = schema.schema.__wrapped__()
    assert before == schema.schema()
    assert len(before) == 4

    monkeypatch.setattr(Planted, "__module__", link.__name__)
    frame(declare("first" / Int8ub, "second" / Int16ub))(Planted)
    after = schema.schema.__wrapped__()

    assert after != before
    LAYOUTS.clear()
    assert schema.schema.__wrapped__() not in (before, after)


def test_the_schema_holds_no_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    # Left to chance, four of these 256 schemas would hold one.
    for number in range(256):
        monkeypatch.setitem(schema._AGREED, "PLANTED", number)
        made = schema.schema.__wrapped__()
        assert len(made) == 4
        assert 3 not in made


def test_a_layout_from_elsewhere_is_nobodys_to_read() -> None:
    frame(declare("first" / Int8ub, "second" / Int8ub))(Planted)

    assert "planted" not in schema.layouts()
    assert "planted" not in schema.radio_layouts()


def test_air_kinds_fit_their_bits_and_the_last_is_for_extensions() -> None:
    assert {kind.value for kind in AirKind} <= set(range(1, 16))
    assert AirKind.EXTENSION == 15


def test_sizes_are_those_of_the_air() -> None:
    plain, path = LAYOUTS["air_plain"].LAYOUT, LAYOUTS["air_path"].LAYOUT
    private, profile, post = (LAYOUTS[name].LAYOUT for name in ("private", "profile", "post"))

    assert plain.size_max == path.size_max == constants.AIR_FRAME_MAX
    assert (plain.head_size, path.head_size) == (constants.PLAIN_HEADER, constants.PATH_HEADER)
    assert [plain.head_size + private.size_min, plain.head_size + private.size_max] == [122, 242]
    assert path.head_size + private.size_max == constants.AIR_FRAME_MAX
    assert plain.head_size + post.size_max == constants.AIR_FRAME_MAX
    assert plain.head_size + profile.size_max < constants.AIR_FRAME_MAX
    assert LAYOUTS["link_header"].LAYOUT.size_max == constants.LINK_FRAME_MAX
