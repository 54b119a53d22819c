"""The engine in a cell: what it says, what comes of it, and what liars can make of it."""

import pytest

from handheld.clock import SeededEntropy
from handheld.errors import WireError
from handheld.sync.holdings import Feeds
from handheld.sync.mailbag import Mailbag
from handheld.sync.patience import Patience, Served
from handheld.sync.repair import FRESH_ENOUGH, UNKNOWN_MAX, Repair
from handheld.sync.serving import WANTED_MAX, Promises, Record, Wanted
from handheld.sync.trickle import INTERVAL_MAX_MS, SILENT_MAX, Trickle
from handheld.wire import age
from handheld.wire.codec import decode, encode
from handheld.wire.constants import AirKind
from handheld.wire.sync import (
    ITEM_ID,
    MAIL,
    NEXT,
    Beacon,
    Entry,
    Offer,
    Vector,
    offer,
    pack_entries,
    unpack,
)
from tests.support.cell import ESPNOW_US, SF9_US, Cell, Peer, key_of, raw_of

HOUR = 3_600_000
CONTROL = (AirKind.BEACON, AirKind.VECTOR, AirKind.OFFER)


def cell(count: int, feeds: int, posts: int, airtime_us: int = SF9_US, loss_percent: int = 0) -> Cell:
    """Everybody holds the same."""
    made = Cell(count, airtime_us, loss_percent)
    for peer in made.peers:
        for number in range(feeds):
            for seq in range(1, posts + 1):
                peer.hold(key_of(number), seq, age_s=100_000 - 100 * seq)
    return made


def returning(airtime_us: int, loss_percent: int = 0) -> tuple[Cell, int]:
    """Fifty feeds; four are settled, one comes back who lacks thirty posts. The cell, and when he came."""
    made = cell(5, 50, 20, airtime_us, loss_percent)
    for number in range(30):
        lacks = made.peers[0].feeds
        made.peers[0].feeds, made.peers[0].repair.feeds = lacks, lacks
        del made.peers[0].posts[key_of(number), 20]
    fresh = Cell(1, airtime_us).peers[0]
    for key, seq in made.peers[0].posts:
        fresh.hold(key, seq, age_s=100_000 - 100 * seq)
    made.peers[0] = fresh
    made.start(1, 2, 3, 4)
    made.run(HOUR)
    began = made.now
    made.start(0)
    return made, began


def until_whole(made: Cell, posts: int, limit_ms: int) -> int:
    began = made.now
    while len(made.peers[0].posts) < posts and made.now - began < limit_ms:
        made.run(100)
    return made.now - began


def test_a_cell_of_thirty_in_sync_says_little() -> None:
    made = cell(30, 30, 2, loss_percent=10)
    made.start()
    made.run(HOUR)
    settled = made.now
    made.run(3 * HOUR)

    assert set(made.kinds(settled)) == {"BEACON"}
    assert made.kinds(settled)["BEACON"] <= 3 * 20


@pytest.mark.parametrize(("airtime_us", "limit_ms"), [(SF9_US, 120_000), (ESPNOW_US, 5_000)])
def test_who_was_away_gets_thirty_posts_for_a_few_frames(airtime_us: int, limit_ms: int) -> None:
    made, began = returning(airtime_us)

    assert until_whole(made, 1_000, limit_ms) < limit_ms
    mine = made.kinds(began, 0)
    assert sum(mine[kind.name] for kind in CONTROL) <= 3
    assert made.kinds(began)["POST"] <= 35


def test_loss_is_made_good() -> None:
    made, _ = returning(SF9_US, loss_percent=20)

    until_whole(made, 1_000, 10 * 60_000)
    assert len(made.peers[0].posts) == 1_000


def test_of_500_feeds_twenty_that_differ_cost_little() -> None:
    made = cell(2, 500, 1)
    for number in range(0, 500, 25):
        made.peers[1].hold(key_of(number), 2, age_s=900)
    made.start(1)
    made.run(2_000)
    made.start(0)
    made.run(60_000)

    assert len(made.peers[0].posts) == 520
    assert made.size(AirKind.VECTOR) <= 400


@pytest.mark.parametrize("airtime_us", [SF9_US, ESPNOW_US])
def test_a_fresh_device_has_the_last_posts_soon_and_enough_at_some_point(airtime_us: int) -> None:
    made = Cell(4, airtime_us, 5)
    for peer in made.peers[1:]:
        for number in range(50):
            for seq in range(1, 21):
                peer.hold(key_of(number), seq, age_s=100_000 - 100 * seq - number)
    made.start(1, 2, 3)
    made.run(HOUR)
    made.start(0)

    assert until_whole(made, 20, 60_000) < 60_000
    assert all(seq >= 19 for _, seq in made.peers[0].posts)
    made.run(HOUR)
    assert FRESH_ENOUGH <= len(made.peers[0].posts) <= 2 * FRESH_ENOUGH
    assert made.peers[0].feeds.digest == made.peers[1].feeds.digest
    made.peers[0].repair.older(made.now)
    made.run(HOUR)
    assert len(made.peers[0].posts) > 2 * FRESH_ENOUGH


def test_the_age_of_what_is_handed_on_comes_along() -> None:
    made = Cell(2)
    made.peers[1].hold(key_of(7), 1, age_s=86_400)
    made.start()
    made.run(30_000)

    told = made.peers[0].ages[key_of(7), 1]
    assert abs(told - 86_400) <= 86_400 * 0.05


def test_one_hands_out_and_the_others_are_silent() -> None:
    made, began = returning(SF9_US)
    until_whole(made, 1_000, 120_000)

    assert made.kinds(began)["OFFER"] <= 3


def test_who_heard_a_post_live_asks_nobody_about_it() -> None:
    made = cell(6, 6, 3)
    made.start()
    made.run(HOUR)
    began = made.now
    made.post(1, 4)
    made.run(300_000)

    assert made.kinds(began)["VECTOR"] == 0


def test_a_post_that_one_missed_live_comes_by_repair() -> None:
    made = cell(4, 6, 3)
    made.start()
    made.run(HOUR)
    made.post(1, 4, 0)
    made.run(1_200_000)

    assert (key_of(1), 4) in made.peers[0].posts


def test_who_keeps_less_than_others_is_left_in_peace() -> None:
    made = cell(4, 10, 10)
    for seq in range(1, 10):
        for number in range(10):
            made.peers[0].feeds.drop(key_of(number), seq)
            made.peers[0].posts.pop((key_of(number), seq))
    made.start()
    made.run(HOUR)
    settled = made.now
    made.run(2 * HOUR)

    assert set(made.kinds(settled)) == {"BEACON"}
    assert made.kinds(settled)["BEACON"] <= 60


def test_a_difference_that_does_not_mend_is_left_alone() -> None:
    made = cell(2, 5, 3)
    # The store of one gave away what its index holds: it can never hand it out, nor can the other get it.
    made.peers[1].feeds.add(key_of(1), 9, 0)
    made.start()
    made.run(2 * HOUR)
    settled = made.now
    made.run(4 * HOUR)

    assert sum(made.kinds(settled)[kind] for kind in ("VECTOR", "OFFER")) <= 40


def engine(airtime_us: int = ESPNOW_US) -> Repair:
    feeds = Feeds()
    for number in range(30):
        feeds.add(key_of(number), 1, 0)
    made = Repair(key_of(99), feeds, Mailbag(), SeededEntropy("x"), lambda: 0)
    made.radio_up(airtime_us, 0)
    return made


def drain(made: Repair, until: int) -> tuple[int, int]:
    """Frames it says, and records it hands out, until then."""
    said = handed = 0
    while (at := made.next_deadline()) is not None and at <= until:
        todo = made.due(at, 0, busy=False)
        said += len(todo.air)
        handed += len(todo.fetch)
        if todo.fetch:
            made.fetched([])
    return said, handed


def test_a_vector_that_claims_four_thousand_million_posts_makes_one_question() -> None:
    made = engine()
    claims = [Entry(made.feeds.entry(key_of(number)).id, 0xFFFF_FFFF, 0) for number in range(20)]
    made.receive(AirKind.VECTOR, encode(pack_entries(16, (), claims, 0)), 10)

    said, _ = drain(made, 2_000)
    assert said <= 3


def test_who_asks_for_everything_again_and_again_gets_it_ever_more_rarely() -> None:
    made = engine()
    nothing = encode(pack_entries(16, range(16), (), 0))
    total = 0
    for now in range(0, 600_000, 1_000):
        made.receive(AirKind.VECTOR, nothing, now)
        total += drain(made, now + 999)[1]

    assert 30 < total <= 30 * 2 * 13


def nothing(_name: bytes) -> bool:
    return False


def test_a_promise_that_is_broken_is_not_waited_for_again() -> None:
    promises = Promises()
    promises.offered([b"abcd"], 0, nothing)
    assert promises.busy_until == 5_000
    promises.offered([b"abce"], 5_000, nothing)
    assert promises.busy_until == 5_000
    promises.offered([b"abcf", b"abcg"], 5_000 + 12 * 5_000 + 5_000, nothing)
    assert promises.busy_until > 60_000
    assert not promises.heard(b"abcf", 71_000)
    assert promises.busy_until == 76_000
    assert promises.heard(b"abcg", 72_000)
    assert promises.busy_until == 72_000


def test_what_was_promised_stays_wanted_when_another_promises_the_rest() -> None:
    promises = Promises()
    promises.offered([b"abcd", b"abce"], 0, nothing)
    promises.heard(b"abcd", 10)
    promises.offered([b"abcf", b"held"], 20, lambda name: name == b"held")
    promises.heard(b"abcf", 30)
    assert promises.open  # "abce" never came
    promises.heard(b"abce", 40)
    assert not promises.open
    promises.offered([b"abch"], 50, nothing)
    promises.begin()
    assert not promises.open
    promises.offered([number.to_bytes(4, "big") for number in range(WANTED_MAX + 9)], 60, nothing)
    assert len(promises._unheard) == WANTED_MAX


def test_what_has_come_is_not_lacking_because_a_second_one_promises_it() -> None:
    promises = Promises()
    promises.offered([b"abcd", b"abce"], 0, nothing)
    promises.heard(b"abcd", 10)
    promises.offered([b"abcd", b"abce"], 20, nothing)
    promises.heard(b"abce", 30)
    assert not promises.open  # whatever becomes of the second copy of "abcd"
    promises.begin()
    promises.offered([b"abcd"], 40, nothing)
    assert promises.open  # asked for anew, so lacking again
    for number in range(WANTED_MAX + 9):
        promises.heard(number.to_bytes(4, "big"), 50)
    assert len(promises._came) == WANTED_MAX


@pytest.mark.parametrize(("airtime_us", "waits"), [(SF9_US, True), (ESPNOW_US, False)])
def test_the_first_record_waits_until_its_offer_was_on_slow_air(airtime_us: int, waits: bool) -> None:
    made = engine(airtime_us)
    made.receive(AirKind.VECTOR, encode(pack_entries(16, range(16), (), 0)), 0)
    while not (todo := made.due(at := made.next_deadline() or 0, 0, busy=False)).fetch:
        pass
    made.fetched([Record(what, raw_of(what.key, what.seq)) for what in todo.fetch])
    offer_ms = airtime_us * (ITEM_ID * len(todo.fetch) + 40) // 290 // 1_000

    assert bool(made.due(at, 0, busy=False).air) is not waits
    assert not waits or (made.next_deadline() or 0) >= at + offer_ms


def test_what_was_promised_and_lost_is_asked_for_again_at_once() -> None:
    made, _ = returning(ESPNOW_US)
    lost = [key_of(3), key_of(5)]
    arrives = made._hear

    def hear(peer: Peer, data: bytes) -> None:
        if peer.number or data[6:38] not in lost:
            arrives(peer, data)
        else:
            lost.remove(data[6:38])

    made._hear = hear  # type: ignore[method-assign]
    assert until_whole(made, 1_000, 5_000) < 5_000
    assert not lost


def test_lying_beacons_make_few_frames() -> None:
    made = engine(SF9_US)
    chance = SeededEntropy("liar")
    said = 0
    for now in range(10_000, 610_000, 1_000):
        beacon = Beacon(0, 40, chance.take(8), bytes(8), chance.take(32))
        made.receive(AirKind.BEACON, encode(beacon), now)
        said += drain(made, now + 999)[0]

    assert said <= 200


def test_on_slow_air_a_difference_costs_one_beacon_more() -> None:
    for airtime_us, most in ((SF9_US, 1), (ESPNOW_US, 9)):
        made = engine(airtime_us)
        drain(made, 12 * HOUR)
        at = 12 * HOUR + 5_000
        made.receive(AirKind.BEACON, encode(Beacon(0, 20, b"another!", bytes(8), bytes(32))), at)

        assert drain(made, at + INTERVAL_MAX_MS // 4)[0] <= most


def test_on_full_slow_air_mail_in_transit_is_not_spoken_of() -> None:
    for airtime_us, load, speaks in ((SF9_US, 60, False), (SF9_US, 10, True), (ESPNOW_US, 60, True)):
        made = engine(airtime_us)
        bag = Mailbag()
        bag.add(b"somebody", 600, 0, 122)
        made._mailing.mail = bag
        made.receive(AirKind.BEACON, encode(Beacon(0, 30, made.feeds.digest, b"another!", bytes(32))), 10)
        said = [air for now in range(10, 70_000, 50) for air in made.due(now, load, busy=False).air]
        assert any(air[0] >> 2 & 15 == AirKind.OFFER for air in said) == speaks


def test_the_age_of_an_offer_is_told_once() -> None:
    made = engine()
    from handheld.sync.serving import record_id

    name = record_id(key_of(50), 3)
    made.receive(AirKind.OFFER, encode(Offer(0, name + bytes([age.pack(7_200)]))), 5)
    what = Wanted(key_of(50), 3)

    assert abs(made.age_of(what) - 7_200) < 7_200 * 0.05
    assert made.age_of(what) == 0


def test_what_is_malformed_is_refused() -> None:
    made = engine()
    for kind in CONTROL:
        with pytest.raises(WireError):
            made.receive(kind, b"\xff", 0)


def test_the_timer_doubles_is_silenced_and_speaks_all_the_same_at_last() -> None:
    timer = Trickle(SeededEntropy("timer"))
    timer.start(ESPNOW_US, 0)
    said = []
    while (now := timer.next_deadline() or 0) < 40 * 60_000:
        timer.consistent()
        timer.consistent()
        if timer.due(now):
            said.append(now)

    assert timer.interval_ms == INTERVAL_MAX_MS
    assert len(said) >= 8 // (SILENT_MAX + 1)
    timer.inconsistent(now)
    assert timer.interval_ms == 4_000
    timer.stop()
    assert timer.next_deadline() is None


def test_patience_grows_with_each_try_and_ends_where_something_changed() -> None:
    patience = Patience()
    patience.wait_ms = 1_000
    assert patience.allows("mail", b"a", b"b", 0)
    patience.tried("mail", b"a", b"b", 0)
    assert not patience.allows("mail", b"a", b"b", 7_999)
    patience.tried("mail", b"a", b"b", 8_000)
    assert not patience.allows("mail", b"a", b"b", 39_000)
    assert patience.allows("mail", b"a", b"b", 40_000)
    assert patience.allows("mail", b"a", b"c", 8_001)
    assert patience.allows("public", b"a", b"b", 8_001)


def test_what_was_served_is_served_again_later_and_later() -> None:
    served = Served()
    served.wait_ms = 1_000
    assert served.may(b"x", 0)
    served.note(b"x", 0)
    assert not served.may(b"x", 2_999)
    served.note(b"x", 3_000)
    assert not served.may(b"x", 8_999)
    assert served.may(b"x", 9_000)


def said_by(made: Repair, until: int) -> list[bytes]:
    """Bodies of the frames that it says until then."""
    said: list[bytes] = []
    while (at := made.next_deadline()) is not None and at <= until:
        todo = made.due(at, 0, busy=False)
        said += todo.air
        if todo.fetch:
            made.fetched([])
    return [air[6:] for air in said]


def test_of_feeds_that_nobody_here_knows_a_bounded_number_is_asked_for() -> None:
    made = engine()
    drain(made, 10)
    for turn in range(5):
        strangers = [Entry(bytes([turn, number, 1]), 3, None) for number in range(20)]
        made.receive(AirKind.VECTOR, encode(pack_entries(16, (), strangers, 0)), 10)
    assert len(made._answer.unknown) == UNKNOWN_MAX
    vectors = [decode(Vector, body) for body in said_by(made, 2_000) if len(body) < 250]
    asked = {entry.id for one in vectors for entry in unpack(one).entries if entry.highest == 0}
    assert len(asked) >= 20
    assert asked <= {bytes([turn, number, 1]) for turn in range(5) for number in range(20)}


def test_who_holds_other_mail_is_told_of_ours_and_asked_for_his() -> None:
    made, bag = engine(), Mailbag()
    bag.add(b"our mail", 600, 0, 122)
    made._mailing.mail = bag
    theirs = offer([(b"your mail"[:8], age.pack(300))], MAIL, 0)
    made.receive(AirKind.OFFER, encode(theirs), 10)
    offers = [decode(Offer, body) for body in said_by(made, 2_000)]
    pairs = {(bool(one.asks), name) for one in offers for name, _ in one.pairs()}
    assert pairs == {(False, b"our "), (True, b"your")}


def test_what_somebody_hands_out_already_is_asked_for_after_it_did_not_come() -> None:
    made = engine()
    made._mailing.mail = Mailbag()
    coming = offer([(b"your mail"[:8], age.pack(300))], MAIL | NEXT, 0)
    made.receive(AirKind.OFFER, encode(coming), 10)
    made._at["ask"] = 20
    assert [body for body in said_by(made, 3_000) if len(body) < 20] == []
    (body,) = [body for body in said_by(made, 20_000) if len(body) < 20]
    assert [name for name, _ in decode(Offer, body).pairs()] == [b"your"]


def test_on_fast_air_mail_is_offered_a_minute_after_somebody_differed() -> None:
    made, bag = engine(), Mailbag()
    bag.add(b"our mail", 600, 0, 122)
    made._mailing.mail = bag
    said_by(made, 4_000)
    made.receive(AirKind.BEACON, encode(Beacon(0, 30, made.feeds.digest, b"theirs..", bytes(32))), 5_000)
    assert [body for body in said_by(made, 64_000) if len(body) < 20] == []
    offers = [decode(Offer, body) for body in said_by(made, 66_000) if len(body) < 20]
    assert [name for one in offers for name, _ in one.pairs()] == [b"our "]
