"""A box at the market keeps for days what somebody leaves there, for somebody whom he never meets."""

from handheld.commands import JoinRoom, NewRoom, Say
from handheld.sim.host import WALL
from handheld.sim.reader import parse
from handheld.sim.run import Options, Village
from handheld.sync.mailbag import BOX_TIMES, QUOTA
from handheld.wire.constants import AirKind

DAY_S = 86_400
ANA, BO, BOX = 0, 1, 2

SCENARIO = f"""
name = "a box at the market"
seed = 7
duration_s = {3 * DAY_S}

[air]
model = "espnow"
path_loss = "none"
range_m = 100

[[nodes]]
name = "ana"
walk = [[0, 0, 0], [3600, 0, 0], [4600, 1000, 0], [6400, 1000, 0], [7400, 0, 0]]
on_s = [[0, 9000]]

[[nodes]]
name = "bo"
walk = [[0, 2000, 0], [{2 * DAY_S}, 2000, 0], [{2 * DAY_S + 1000}, 1000, 0]]
on_s = [[0, 600], [{2 * DAY_S}, {3 * DAY_S}]]

[[nodes]]
name = "market"
role = "box"
x = 1000
y = 0

[[traffic]]
kind = "dm"
from = "ana"
to = "bo"
at_s = [1800]

[[traffic]]
kind = "post"
from = "ana"
to = "all"
at_s = [1900]
"""


def play() -> Village:
    """Bo's device is off for two days, and ana's for good before it is on again."""
    village = Village(parse(SCENARIO), Options())
    village.world.run(300 * 1_000_000)
    hosts, now = village.inhabitants.hosts, 300_000
    room, effects = hosts[ANA].node.rooms.make(NewRoom("kitchen"))
    hosts[ANA].carry_out(effects, now)
    _, effects = hosts[BO].node.rooms.join(JoinRoom("kitchen", hosts[ANA].node.rooms.card(room).card), WALL)
    hosts[BO].carry_out(effects, now)
    hosts[ANA].carry_out(hosts[ANA].node.rooms.say(Say("kitchen", "in the room"), WALL), now)
    village.world.run(3 * DAY_S * 1_000_000)
    return village


def test_mail_a_post_and_a_word_in_a_room_wait_for_days_in_a_box() -> None:
    village = play()
    ledger, hosts = village.ledger, village.inhabitants.hosts
    mail, post = sorted(ledger.messages, key=lambda one: one.at_us)
    assert ledger.delivered[mail.number, BO] > 2 * DAY_S * 1_000_000
    assert ledger.delivered[post.number, BO] > 2 * DAY_S * 1_000_000
    assert ledger.summary("dm")["delivered_by_carrying"] == 1
    assert b"in the room" in set(hosts[BO].texts())
    # The box cannot read what was said in the room. What bo has acknowledged it does not carry any more.
    assert b"in the room" not in set(hosts[BOX].texts())
    carrying = hosts[BOX].node.carrying
    assert carrying.receipts()
    assert {raw[0] >> 2 & 15 for _, raw, _, _ in carrying.frames(3 * DAY_S * 1_000)} == {AirKind.ROOM}
    assert carrying.bag.quota == QUOTA * BOX_TIMES
