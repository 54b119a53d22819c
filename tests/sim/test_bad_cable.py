"""Letters while cables damage bytes and are pulled: nothing saved is lost, nothing is shown twice."""

import asyncio
import sys

import pytest

from tests.support.bad_cable import BadCables, replug
from tests.support.lossy_village import write_letters

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="its processes are ended as Linux does it")

COUNT = 15


def test_letters_survive_bad_cables_that_are_pulled_and_come_back_under_another_name():
    took: list[float] = []

    async def trouble(village, writer, reader):
        await asyncio.sleep(0.5)
        took.append(await replug(village, writer))
        took.append(await replug(village, reader))

    outcome = write_letters(1, COUNT, 0, pause_s=0.3, made=BadCables, meanwhile=trouble)

    assert len(took) == 2
    assert outcome.sent == COUNT
    assert len(outcome.shown_s) == COUNT
    assert len(outcome.acked_s) == COUNT
    assert (outcome.twice, outcome.failed) == (0, 0)
