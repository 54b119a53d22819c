"""kill -9 of a real node with a real radio, while clients write and somebody writes to it.

`make soak` kills it five hundred times (tests/benchmarks/killed_node.py).
"""

import sys

import pytest

from tests.support.killed_node import deaths

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the village is made for Linux")

DEATHS = 4


def test_what_was_answered_or_acknowledged_survives_kill_9() -> None:
    found = deaths(DEATHS, seed=3)

    assert found["kills"] == DEATHS
    assert (found["lost"], found["wrong"]) == (0, 0)
    assert found["saved"] > DEATHS
    assert found["received"] > 0
