"""Repeats, greetings, buckets, a full queue, and neighbours that come and go.

Each function is one test; tests/firmware/test_relay.py runs them under both interpreters.
"""

from relay_kit import *


def an_own_flood_is_repeated_until_it_is_heard_again():
    for heard in (True, False):
        radio = relay()
        submit(radio, frame())
        gone = drain(radio, 0)
        if heard:
            hear(radio, frame(ttl=7), 50)
        for now in range(2, 1000, 2):
            gone += drain(radio, now)
        same([token for token, _ in gone], [1] if heard else [1, -1, -1])
        same(radio.count[REPEATED], 0 if heard else 2)


def an_own_frame_of_one_hop_goes_once():
    radio = relay()
    submit(radio, frame(mode=MODE_ONE_HOP), 1)
    submit(radio, frame(ttl=1, body=b"b"), 2)
    submit(radio, collected((), 0, ttl=1), 3)
    same([token for token, _ in drain(radio, 0)], [1, 2, 3])
    same(drain(radio, 1000), [])


def an_own_way_is_repeated_like_any():
    radio = relay()
    submit(radio, way((8, 9), 0), 1)
    submit(radio, way((9,), 0, b"b"), 2)
    submit(radio, way((9,), 0, b"c", KIND_PRIVATE), 3)
    gone = []
    for now in range(0, 5000, 2):
        gone += [(token, bytes(made[14:])) for token, made in drain(radio, now)]
    same([gone.count((-1, body)) for body in (b"a body", b"b", b"c")], [1, 1, 1])


def a_forwarded_flood_is_repeated_if_somebody_else_should_hand_it_on():
    for relays, copies, repeats in ((1, 0, 0), (2, 0, 1), (2, 1, 0)):
        radio = relay()
        for name in range(relays):
            hear(radio, collected((9, 100 + name), body=b"%d" % name, ttl=1))
        hear(radio, frame(), 100, FLOOR)
        for _ in range(copies):
            hear(radio, frame(), 100, FLOOR)
        gone = []
        for now in range(100, 1000):
            gone += drain(radio, now)
        same(len(gone), 1 + repeats)


def what_waited_too_long_is_dropped_unless_it_is_our_own():
    radio = relay()
    hear(radio, frame())
    submit(radio, frame(b"own", ttl=1))
    same([token for token, _ in drain(radio, DELAY + STALE + 1)], [1])
    same(radio.count[DROPPED], 1)
    hear(radio, frame(b"c"), 1000)
    same(len(drain(radio, 1000 + DELAY + STALE)), 1)


def the_origins_radio_fills_in_its_name_and_whom_it_hears():
    radio = relay()
    for name in range(30):
        meet(radio, 100 + name)
    hear(radio, collected((9, 200), body=b"c", ttl=1))  # 200 does not know that we hear it
    body = bytes(10)
    same(submit(radio, frame(body, KIND_HERE, mode=MODE_COLLECT)), 0)
    ((_, made),) = drain(radio, 0)
    same((path(made), made[14:24], len(made)), ((15, [NAME]), body, 48))
    same(made[24], 200)
    assert set(made[25:]) <= set(range(100, 130)), made
    same(submit(radio, frame(b"a post", mode=MODE_COLLECT), 2, 2000), 0)
    same([(path(made), bytes(made[14:])) for _, made in drain(radio, 2000)][0], ((15, [NAME]), b"a post"))


def a_here_that_lists_somebody_stays_as_it_is():
    radio = relay()
    meet(radio, 5)
    submit(radio, frame(bytes(10) + b"\7", KIND_HERE, mode=MODE_COLLECT, ttl=1))
    same([bytes(made[14:]) for _, made in drain(radio, 0)], [bytes(10) + b"\7"])
    full = frame(bytes(236), KIND_HERE, mode=MODE_COLLECT, ttl=1)
    same(submit(radio, full), 0)
    same(len(drain(radio, 0)), 1)


def whoever_lists_us_hears_us():
    for hops, known in ((1, 14), (2, 14), (3, 14), (4, 0)):
        radio = relay()
        names = (5, 4, 3, 2)[:hops]
        hear(radio, collected(names, body=bytes(10) + bytes((8, NAME, 0)), kind=KIND_HERE))
        made = collected((5,), body=b"b")
        hear(radio, made)
        same((hops, path(made)), (hops, (known, [5])))


def a_radio_tells_its_neighbours_about_itself_and_then_rarely():
    radio = starting()
    now = 0
    times = []
    while now < 6 * 60 * MINUTE:
        for token, made in drain(radio, now):
            same(
                (token, made[0] >> 2 & 15, made[1] >> 2 & 15, bytes(made[14:22])),
                (-2, KIND_HERE, 1, bytes(8)),
            )
            times.append(now)
        now += max(1, min(1000, radio.deadline(now)))
    assert len(times) < 20 and times[1] < 1000, times
    assert times[-1] - times[-2] >= 30 * MINUTE, times


def a_greeting_that_costs_an_own_frame_says_so():
    radio = starting()
    radio.next_due(0)
    for token in range(16):
        submit(radio, numbered(token), token)
    slot = radio.next_due(0)
    same((radio.lost_token, slot >= 0, radio.count[DROPPED]), (0, True, 1))


def strangers_share_what_one_may_ask():
    radio = relay()
    known = b"\2known"
    for number in range(3):
        # Its first frames others sent before: that is what a relay does.
        hear(radio, frame(b"k%d" % number), 10 * number)
        drain(radio, 10 * number + 35)
        same(hear(radio, frame(b"k%d" % number), 10 * number + 36, address=known), DUPLICATE)
    heard = [hear(radio, frame(b"%d" % number), 100, address=b"\3%5d" % number) for number in range(1000)]
    same((heard.count(NEW), heard.count(UNWANTED)), (32, 968))
    same(radio.count[UNWANTEDS], 968)
    same(hear(radio, frame(b"of the known one"), 100, address=known), NEW)
    same(hear(radio, frame(b"0"), 100, address=b"\3any.."), DUPLICATE)
    drain(radio, 100 + DELAY)
    same(hear(radio, frame(b"999 honest"), 140, address=known), NEW)
    same(hear(radio, frame(b"31"), 140, address=known), DUPLICATE)


def what_was_not_used_comes_back_with_time():
    radio = relay()
    for number in range(40):
        hear(radio, frame(b"%d" % number), 0, address=b"a wolf")
    same(hear(radio, frame(b"after"), 159, address=b"sheep."), UNWANTED)
    same(hear(radio, frame(b"after"), 160, address=b"sheep."), NEW)
    same(hear(radio, frame(b"again"), 161, address=b"sheep."), UNWANTED)


def without_addresses_each_kind_has_its_own():
    radio = relay()
    for number in range(40):
        hear(radio, numbered(number, KIND_POST))
    same(radio.count[UNWANTEDS], 8)
    same(hear(radio, numbered(100, KIND_PRIVATE)), NEW)


def who_vouches_for_itself_alone_stays_a_stranger():
    radio = relay()
    for number in range(40):
        made = frame(b"%d" % number, ttl=1)
        hear(radio, made, address=b"wolf..")
        hear(radio, made, address=b"wolf.2")  # nobody honest handed that on
    same(radio.count[UNWANTEDS], 8 + 8)


def the_33rd_known_one_takes_the_place_of_the_first():
    radio = relay()
    for number in range(33 * 3):
        now = 200 * number
        made = frame(b"k%d" % number)
        hear(radio, made, now)
        drain(radio, now + DELAY)
        hear(radio, made, now + 50, address=b"\4%5d" % (number // 3))
    now = 30_000
    for number in range(100):
        hear(radio, frame(b"j%d" % number), now, address=b"wolf..")
    same(hear(radio, frame(b"last"), now, address=b"\4%5d" % 32), NEW)
    same(hear(radio, frame(b"first"), now, address=b"\4%5d" % 0), UNWANTED)
    same(hear(radio, frame(b"second"), now, address=b"\4%5d" % 1), NEW)


def a_full_queue_still_tells_the_host_of_what_it_cannot_carry():
    radio = relay()
    for token in range(16):
        submit(radio, numbered(token, flags=FLAG_URGENT), token)
    same(hear(radio, frame(b"flood")), NEW)
    same(hear(radio, collected((5,), body=b"collect")), NEW)
    same(hear(radio, way((NAME, 9), body=b"way")), NEW)
    same((radio.count[DROPPED], radio.queued()), (3, 16))


def what_was_sent_and_waits_to_be_repeated_gives_way():
    radio = relay()
    for token in range(16):
        submit(radio, numbered(token), token)
    same(len(drain(radio, 0)), 16)
    same((radio.queued(), submit(radio, numbered(16), 16), radio.lost_token), (0, 0, -1))
    same([token for token, _ in drain(radio, 5)], [16])
    same(radio.count[DROPPED], 0)


def names_that_the_host_gave_stay():
    radio = relay()
    submit(radio, collected((7, 8), 3))
    same([path(made) for _, made in drain(radio, 0)], [(3, [7, 8])])


def quality_of(radio, name, now):
    made = collected((name,), body=b"of %d at %d" % (name, now), ttl=1)
    hear(radio, made, now)
    return path(made)[0]


def whom_nobody_hears_for_90_minutes_is_forgotten():
    radio = relay()
    meet(radio, 5)
    meet(radio, 6)
    for minute in range(96):
        drain(radio, minute * MINUTE)
        if minute == 60:
            meet(radio, 6, minute * MINUTE)
    same(radio.neighbours.known(), 1)
    rows = [radio.neighbours.row(place, 95 * MINUTE) for place in range(radio.neighbours.places())]
    same(len([row for row in rows if row is not None]), 1)
    assert None in rows
    meet(radio, 7, 95 * MINUTE)  # in the place of 5
    same([quality_of(radio, name, 95 * MINUTE) for name in (5, 6, 7)], [0, 14, 14])


def the_31st_neighbour_takes_the_place_of_who_was_silent_longest():
    radio = relay()
    for number in range(31):
        meet(radio, 100 + number, 100_000 * number)
        meet(radio, 100, 100_000 * number)
    same(radio.neighbours.known(), 30)
    same([quality_of(radio, name, 3_100_000) for name in (100, 102, 130)], [14, 14, 14])
    same(quality_of(radio, 101, 3_100_000), 0)


def our_host_gives_us_another_name():
    radio = relay()
    meet(radio, 5)
    submit(radio, collected((99,), ttl=1, body=b"take it"))
    gone = [made for _, made in drain(radio, 0)]
    same(sorted(path(made) for made in gone), [(15, [NAME, 99]), (15, [99])])
    same(radio.neighbours.name, 99)
    hear(radio, way((99, 5), ttl=7), 10)
    same(len(drain(radio, 10 + DELAY)), 1)


def a_neighbour_that_took_another_name_is_the_same():
    radio = relay()
    meet(radio, 5, 0, 6)
    before = radio.neighbours.known()
    hear(radio, collected((5, 7), kind=KIND_HERE, body=bytes(10) + bytes((6,)), ttl=1), 1)
    same(radio.neighbours.known(), before)
    same((radio.neighbours.bit(5), radio.neighbours.quality(5)), (0, 0))
    assert quality_of(radio, 7, 2) > 0
    # Heard under its new name before it said so.
    hear(radio, collected((8,), body=b"of 8", ttl=1), 3)
    hear(radio, collected((7, 8), kind=KIND_HERE, body=bytes(10), ttl=1), 4)
    same(radio.neighbours.known(), before)
    assert quality_of(radio, 8, 5) > 0


def who_says_to_have_had_our_name_does_not_make_us_change_it():
    radio = starting()
    hear(radio, collected((NAME, 7), kind=KIND_HERE, body=bytes(10), ttl=1))
    same(radio.neighbours.name, NAME)
