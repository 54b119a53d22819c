"""Letters through air that loses three frames of ten: all of them arrive, each of them once."""

import sys

import pytest

from tests.support.lossy_village import write_letters

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="its processes are ended as Linux does it")

COUNT = 15


def test_all_letters_over_two_hops_arrive_once_and_their_writer_knows():
    outcome = write_letters(2, COUNT, 30, pause_s=0.2)
    assert outcome.sent == COUNT
    assert len(outcome.shown_s) == COUNT
    assert len(outcome.acked_s) == COUNT
    assert (outcome.twice, outcome.failed) == (0, 0)
    # In air that loses nothing this would show nothing.
    assert outcome.faded > COUNT
