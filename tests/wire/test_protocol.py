"""PROTOCOL.md says of every layout the same things in the same order, and its tables read the vectors."""

import re
from typing import NamedTuple

import pytest

from handheld.link.framing import FRAME, Deframer, Loops
from handheld.wire.constants import LINK_FRAME_MAX
from handheld.wire.layout import LAYOUTS
from tests.support.tree import ROOT
from tests.support.vectors import Case, cases

TEXT = (ROOT / "PROTOCOL.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### `(\w+)`\n(.*?)(?=^##|^---|\Z)", TEXT, re.DOTALL | re.MULTILINE))
ROW = re.compile(r"^\| (-?\d+) \| (\d+)(?: to (\d+))? \| (\w+) \| (\w+) \|$", re.MULTILINE)


class Row(NamedTuple):
    offset: int
    least: int
    most: int
    field: str
    type: str


def table(layout: str) -> list[Row]:
    """The table of a layout as a reader of the page sees it."""
    return [Row(int(o), int(a), int(b or a), f, t) for o, a, b, f, t in ROW.findall(SECTIONS[layout])]


def read(layout: str, data: bytes) -> dict[str, int | bytes] | None:
    """A frame by its table alone; None if its length cannot be right."""
    rows = table(layout)
    if not sum(row.least for row in rows) <= len(data) <= sum(row.most for row in rows):
        return None
    spare = len(data) - sum(row.least for row in rows)
    fields: dict[str, int | bytes] = {}
    for row in rows:
        start = row.offset if row.offset >= 0 else len(data) + row.offset
        value = data[start : start + row.least + (spare if row.most > row.least else 0)]
        numbers = row.type != "bytes"
        fields[row.field] = int.from_bytes(value, "big", signed=row.type == "signed") if numbers else value
    return fields


def test_every_layout_has_its_section() -> None:
    assert sorted(SECTIONS) == sorted(LAYOUTS)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_sections_have_the_same_shape(layout: str) -> None:
    section = SECTIONS[layout]
    purpose = section.split("**Layout**")[0].strip()
    headings = re.findall(r"^\*\*(\w+)\*\*$", section, re.MULTILINE)
    fields = section.split("**Fields**")[1].split("**Rules**")[0]
    named = {
        name for line in re.findall(r"^- (`.*?):", fields, re.MULTILINE) for name in line.split("`")[1::2]
    }

    assert purpose.endswith(".")
    assert [heading for heading in headings if heading != "Seal"] == ["Layout", "Fields", "Rules", "Example"]
    assert named == set(LAYOUTS[layout].LAYOUT.fields)
    assert re.search(rf"^<!-- generated: layout {layout} -->$", section, re.MULTILINE)
    assert re.search(rf"^<!-- generated: example {layout}-[\w-]+ -->$", section, re.MULTILINE)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_the_tables_read_the_vectors(case: Case) -> None:
    lengths_fit = case.error not in ("short", "long")

    assert read(case.layout, case.data) == (case.fields if lengths_fit else None)


def test_the_example_of_framing_is_a_frame() -> None:
    payload, framed = re.findall(r"acknowledgement `(\w+)` with its CRC.*?```\n(\w+)\n```", TEXT, re.DOTALL)[
        0
    ]
    wire = bytes.fromhex(framed)
    deframer = Deframer(Loops, LINK_FRAME_MAX)
    deframer.feed(wire, len(wire))

    assert deframer.next() == FRAME
    assert bytes(deframer.frame[: deframer.length]).hex() == payload


def test_links_inside_the_page_lead_somewhere() -> None:
    anchors = {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    }

    assert set(re.findall(r"\]\(#([\w-]+)\)", TEXT)) <= anchors
