"""The frames of a meeting: which step it is, and that they go one hop."""

import pytest

from handheld.errors import WireError
from handheld.wire.air import decode_air
from handheld.wire.constants import AirKind, AirMode
from handheld.wire.meeting import decode_step, one_hop
from tests.support.vectors import cases

STEPS = [case for case in cases("meeting") if case.layout != "introduction" and case.error is None]


@pytest.mark.parametrize("case", STEPS, ids=lambda case: case.id)
def test_each_step_is_known_by_its_first_byte_and_goes_one_hop(case) -> None:
    step = decode_step(case.data)
    air = decode_air(one_hop(step))

    assert type(step) is case.kind
    assert (air.kind, air.mode, air.ttl, air.body) == (AirKind.MEET, AirMode.ONE_HOP, 1, case.data)


@pytest.mark.parametrize("body", [b"", b"\0" * 36, b"\3" + bytes(35), b"\2" + bytes(35)])
def test_a_step_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(WireError):
        decode_step(body)
