"""The log: levels, one handler, and hex that tells where and not what."""

import io
import logging
from collections.abc import Iterator

import pytest

from handheld.logs import brief, logger, to_stream


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger("pocketmesh")
    before = (root.handlers[:], root.level, root.propagate)
    yield
    root.handlers[:], root.propagate = before[0], before[2]
    root.setLevel(before[1])


@pytest.mark.parametrize(("debug", "told"), [(False, ["came up"]), (True, ["came up", "a detail"])])
def test_debug_lines_are_there_when_asked_for(debug: bool, told: list[str]) -> None:
    stream = io.StringIO()
    to_stream(stream, debug=debug)
    logger("port").info("came up")
    logger("port").debug("a detail")

    lines = stream.getvalue().splitlines()
    assert [line.split("pocketmesh.port: ")[1] for line in lines] == told


def test_a_second_call_replaces_the_first() -> None:
    first, second = io.StringIO(), io.StringIO()
    to_stream(first)
    to_stream(second)
    logger("node").warning("once")

    assert first.getvalue() == ""
    assert second.getvalue().count("once") == 1


def test_brief_tells_the_beginning_only() -> None:
    assert brief(b"\x01\x02") == "0102"
    assert brief(bytes(13)) == "00" * 12 + "..."
