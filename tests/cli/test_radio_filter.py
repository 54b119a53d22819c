"""Filters: each term of the page of help, and what is no filter."""

from typing import Any

import pytest

from handheld.cli import radio_filter
from handheld.cli.radio_live import text
from handheld.errors import UsageError
from handheld.wire import explain
from handheld.wire.air import flood
from handheld.wire.constants import AirKind, LinkKind
from tests.support.vectors import cases

POST = flood(AirKind.POST, 5, next(case.data for case in cases("records") if case.id == "post-typical"))


def entry(what: str = "in", data: bytes = POST, say: str = "", rssi: int | None = -71) -> dict[str, Any]:
    said = say or explain.line(data)
    return {"number": 1, "ms": 86_400_007, "what": what, "say": said, "data": data.hex(), "rssi": rssi}


LINE = entry("line", b"Traceback", "Traceback (most recent call last)", None)
CABLE = entry("cable_in", bytes([LinkKind.PING, 0, 0, 0]), "PING", None)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "post",
        "POST flood",
        "kind=post",
        "kind=POST dir=in",
        "kind!=ack",
        "colour!=red",
        "len>100",
        "len<=109 len>=109",
        "rssi<-70 rssi>=-71",
        "ttl=5 mode=flood",
        "type=note",
        "author~03a1",
        "!kind=here !dir=out",
        '"post FLOOD"',
        "text~the",
    ],
)
def test_a_post_passes(words: str) -> None:
    assert radio_filter.parse(words)(entry())


@pytest.mark.parametrize(
    "words",
    [
        "ack",
        "kind=ack",
        "kind!=post",
        "dir=out",
        "len>200",
        "rssi>-70",
        "colour=red",
        "colour>1",
        "type>0",
        "!post",
    ],
)
def test_a_post_does_not_pass(words: str) -> None:
    assert not radio_filter.parse(words)(entry())


def test_lines_and_the_cable() -> None:
    assert radio_filter.parse("dir=line traceback")(LINE)
    assert radio_filter.parse("len>5")(LINE)
    assert not radio_filter.parse("kind=post")(LINE)
    assert not radio_filter.parse("rssi<0")(LINE)
    assert radio_filter.parse("dir=cable kind=ping")(CABLE)


@pytest.mark.parametrize("words", ["len>many", '"open', "ttl<"])
def test_what_is_no_filter(words: str) -> None:
    with pytest.raises(UsageError, match="pocketmesh help filter"):
        radio_filter.parse(words)


def test_an_entry_as_a_line() -> None:
    assert text(entry())[8:].startswith(".007 -> -71 POST FLOOD ttl=5 type=NOTE")
    assert text(LINE)[8:] == ".007    Traceback (most recent call last)"
