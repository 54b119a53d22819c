"""Radios without a host, two in a row: what hosts tell each other of who hears whom passes them."""

from handheld.sim.place import SECOND_US
from handheld.sim.reader import parse
from handheld.sim.run import Options, Village

TEXT = """
name = "two people with two repeaters between them"
duration_s = 3600

[air]
model = "lora"
path_loss = "none"
range_m = 1000

[[nodes]]
name = "ana"
x = 0
y = 0

[[nodes]]
name = "near"
role = "repeater"
x = 900
y = 0

[[nodes]]
name = "far"
role = "repeater"
x = 1800
y = 0

[[nodes]]
name = "bo"
x = 2700
y = 0

[[traffic]]
kind = "dm"
from = "ana"
to = "bo"
at_s = [3000]
"""


def test_over_two_repeaters_in_a_row_a_message_goes_by_way() -> None:
    village = Village(parse(TEXT), Options())
    village.world.run(2900 * SECOND_US)
    before = village.tally.frames.copy()
    village.play()
    assert list(village.ledger.acked) == [0]
    sent = village.tally.frames - before
    # Three links there and back; the last radios need not hand on.
    assert (sent["private"], sent["ack"] >= 3) == (3, True)
    assert (
        village.tally.summary(village.world.now_us, village.air.counts)["frames_by_mode"]["private way"] == 3
    )
