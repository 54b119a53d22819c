"""What goes wrong in a village: power, processes, walls, jammers, junk, and bad times of a link."""

import pytest

from handheld.sim.reader import parse
from handheld.sim.run import Options, Village, run
from tests.support.radios import need_micropython

# Three in a line, each hears only its neighbours; radios that do not get in each other's way.
LINE = """
name = "line of three"
duration_s = 600
[air]
model = "espnow"
path_loss = "none"
range_m = 100
[[nodes]]
name = "ana"
x = 0
y = 0
[[nodes]]
name = "bob"
x = 80
y = 0
{bob}
[[nodes]]
name = "cai"
x = 160
y = 0
[[traffic]]
kind = "dm"
from = "ana"
to = "cai"
at_s = [100]
"""


def played(faults: str = "", bob: str = "", fast: bool = True) -> dict:
    if not fast:
        need_micropython()
    return run(parse(LINE.format(bob=bob) + faults), Options(fast=fast))


def fault(kind: str, at_s: int, rest: str = "") -> str:
    return f'[[fault]]\nkind = "{kind}"\nat_s = {at_s}\n{rest}\n'


def dm(answer: dict) -> tuple[int, int]:
    return answer["traffic"]["dm"]["delivered_live"], answer["traffic"]["dm"]["delivered"]


def test_without_a_fault_it_is_there_at_once():
    answer = played()
    assert dm(answer) == (1, 1)
    assert answer["traffic"]["dm"]["latency_s"]["p50"] < 1


@pytest.mark.parametrize("fast", [True, False])
def test_a_relay_without_power_holds_the_message_up_until_it_is_back(fast):
    hours = played(bob="on_s = [[0, 50], [300, 600]]", fast=fast)
    faults = played(fault("off", 50, 'node = "bob"') + fault("on", 300, 'node = ["bob"]'))
    assert dm(hours) == dm(faults) == (0, 1)
    assert hours["traffic"]["dm"]["latency_s"]["p50"] > 200
    assert hours["reachable"] == {"dm": 1}
    assert hours["reachable_within_ttl"] == {"dm": 0}


def test_who_never_has_power_is_never_reached():
    answer = played(bob="on_s = [[500, 501]]", faults=fault("off", 499, 'node = "cai"'))
    assert dm(answer) == (0, 0)
    assert answer["reachable"] == {"dm": 0}


def test_a_wall_and_its_fall():
    answer = played(fault("partition", 10, 'groups = [["ana"], ["bob", "cai"]]') + fault("heal", 200))
    assert dm(answer) == (0, 1)


def test_a_jammer_deafens_its_area_for_its_time():
    answer = played(fault("jam", 90, "area = [160, 0, 20]\nseconds = 150"))
    assert dm(answer) == (0, 1)
    assert answer["traffic"]["dm"]["latency_s"]["p50"] > 100


@pytest.mark.parametrize("fast", [True, False])
def test_a_host_that_dies_delivers_what_it_had_saved(fast):
    # Bob's radio is off, so it is still on its way when Ana's process dies.
    rest = 'node = "ana"'
    faults = fault("kill", 110, rest) + fault("clock", 120, f"{rest}\njump_s = -1000000")
    answer = played(faults, bob="on_s = [[200, 600]]", fast=fast)
    assert dm(answer) == (0, 1)
    assert answer["traffic"]["dm"]["acked"] == 1


@pytest.mark.parametrize("fast", [True, False])
def test_a_radio_relays_while_its_host_is_dead(fast):
    assert dm(played(fault("kill", 99, 'node = "bob"'), fast=fast)) == (1, 1)


def test_junk_is_counted_by_itself_and_its_sender_is_no_violation_of_ours():
    answer = played(fault("junk", 10, 'node = "bob"\nframes_per_s = 10\nidentities = 5\nseconds = 20'))
    assert answer["air"]["frames"]["junk"] >= 200
    assert answer["air"]["duty_cycle_violations"] == 0
    assert dm(answer) == (1, 1)


@pytest.mark.parametrize(("loss", "delivered"), [(0.0, 1), (1.0, 0)])
def test_a_link_in_its_bad_times(loss, delivered):
    bursts = f"[air.bursts]\ngood_s = 0.001\nbad_s = 1000\nbad_loss = {loss}\n"
    assert dm(played(bursts))[1] == delivered


def test_nothing_is_written_by_who_has_no_power():
    answer = played(fault("off", 50, 'node = "ana"'))
    assert answer["traffic"] == {}


POSTS = """
[[traffic]]
kind = "post"
from = "ana"
to = "all"
at_s = [150, 250, 400]
"""


@pytest.mark.parametrize("fast", [True, False])
def test_who_is_restored_from_an_old_backup_writes_on_under_numbers_that_nobody_used(fast):
    restored = fault("restore", 300, 'node = "ana"\nback_s = 200')
    posts = played(POSTS + restored, fast=fast)["traffic"]["post"]
    assert (posts["delivered"], posts["duplicates_shown"]) == (6, 0)


def test_what_was_lost_with_a_device_may_be_shown_again():
    village = Village(
        parse(LINE.format(bob="") + fault("restore", 300, 'node = "cai"\nback_s = 250')), Options()
    )
    village.play()
    assert village.ledger.delivered
    assert not village.ledger.shown
