"""What the relay does with names: collecting frames, ways, neighbours; and repeats, acks, buckets, greetings.

Each function is one test; tests/firmware/test_relay.py runs them under both interpreters.
"""

from relay_kit import *

COLLECT_DELAY = 69  # by a link that is not known both ways, when nobody is known to need it
WAY_DELAY = 4  # when it is our turn


def a_collecting_frame_takes_our_name_along():
    radio = relay()
    made = collected((5,))
    same(hear(radio, made), NEW)
    same(path(made), (0, [5]))  # what the host gets: this link is not known to work both ways
    same(radio.deadline(0), COLLECT_DELAY)
    same(drain(radio, COLLECT_DELAY), [(-1, collected((5, NAME), 0, ttl=7))])


def a_link_both_ways_keeps_the_quality_up_to_its_own():
    for rssi, quality in (
        (FLOOR - 3, 1),
        (FLOOR, 1),
        (FLOOR + 1, 1),
        (FLOOR + 2, 2),
        (FLOOR + 28, 15),
        (-20, 15),
    ):
        radio = relay()
        meet(radio, 5)
        made = collected((5,))
        same(hear(radio, made, rssi=rssi), NEW)
        same((rssi, path(made)), (rssi, (quality, [5])))
        weak = collected((9, 5), 1, body=b"b")
        hear(radio, weak, rssi=rssi)
        same(path(weak), (1, [9, 5]))


def a_frame_without_names_still_travels():
    radio = relay()
    made = frame(mode=MODE_COLLECT)
    same(hear(radio, made), NEW)
    same(path(made), (0, []))
    same([path(one) for _, one in drain(radio, COLLECT_DELAY + 7)], [(0, [NAME])])


def the_eighth_name_drops_the_first_and_the_way_back():
    radio = relay()
    meet(radio, 7)
    meet(radio, 8)
    hear(radio, collected((1, 2, 3, 4, 5, 6, 7)))
    same([path(made) for _, made in drain(radio, LATER + 40)], [(0, [2, 3, 4, 5, 6, 7, NAME])])


def what_is_not_public_shows_only_who_transmitted_it():
    radio = relay()
    hear(radio, collected((1, 2, 3), kind=KIND_PRIVATE))
    same([path(made) for _, made in drain(radio, COLLECT_DELAY)], [(15, [NAME])])
    made = collected((1, 4), 15, kind=KIND_PRIVATE)
    meet(radio, 4)
    same(hear(radio, made, 200), DUPLICATE)


def the_last_hop_of_a_collecting_frame_is_delivered():
    radio = relay()
    same(hear(radio, collected((5,), ttl=1)), NEW)
    same(drain(radio, STALE), [])


def a_here_goes_on_by_links_both_ways_only():
    radio = relay()
    same(hear(radio, collected((5,), kind=KIND_HERE)), NEW)
    same(drain(radio, STALE), [])
    meet(radio, 6)
    meet(radio, 9)
    same(hear(radio, collected((5, 6), kind=KIND_HERE), 300), BETTER)
    same([path(made) for _, made in drain(radio, 380)], [(14, [5, 6, NAME])])
    same(hear(radio, collected((5, 6), kind=KIND_HERE), 500), DUPLICATE)


def a_here_that_was_bad_stays_at_its_last_hop():
    radio = relay()
    hear(radio, collected((5,), kind=KIND_HERE))
    meet(radio, 6)
    same(hear(radio, collected((5, 6), kind=KIND_HERE, ttl=1), 300), BETTER)
    same(drain(radio, 400), [])


def a_better_path_is_told_and_handed_on_by_what_still_waits():
    far = FLOOR + 4
    radio = relay()
    for name in (6, 10):
        meet(radio, name)
    same(hear(radio, collected((5, 4, 9)), 0, far), NEW)
    same(hear(radio, collected((5, 8, 7, 6), ttl=6), 0, far), BETTER)
    same(hear(radio, collected((5, 6), 9, ttl=7), 0, far), BETTER)
    gone = drain(radio, STALE)
    same([(path(made), made[1] >> 2 & 15) for _, made in gone], [((3, [5, 6, NAME]), 6)])
    same(
        hear(radio, collected((5, 6), 1, ttl=7), 200), DUPLICATE
    )  # by a link as weak as that it is no better
    meet(radio, 3, 200)
    same(hear(radio, collected((3,), ttl=8), 200), BETTER)  # the host wants it, the air has it
    same(drain(radio, 200 + STALE), [])


def a_better_path_at_its_last_hop_is_not_handed_on():
    far = FLOOR + 4
    radio = relay()
    for name in (6, 10):
        meet(radio, name)
    hear(radio, collected((5, 4, 9)), 0, far)
    same(hear(radio, collected((5, 6), 9, ttl=1), 0, far), BETTER)
    same([path(made) for _, made in drain(radio, STALE)], [(0, [5, 4, 9, NAME])])


def nobody_is_served_twice():
    radio = relay()
    meet(radio, 6)
    meet(radio, 5, 0, 6)
    # Whoever hears 6 may have missed it, but that is too little to transmit for.
    same(hear(radio, collected((6,))), NEW)
    same((radio.count[SILENCED], drain(radio, STALE)), (1, []))


def who_was_not_reached_is_served():
    radio = relay()
    meet(radio, 5)
    meet(radio, 6)
    hear(radio, collected((9, 5)))
    same(radio.queued(), 1)
    hear(radio, collected((9, 5, 6), ttl=7))
    same((radio.queued(), radio.count[SILENCED]), (0, 1))


def one_who_may_have_missed_it_counts_little():
    radio = relay()
    for name in (5, 8):
        meet(radio, name)
    meet(radio, 7, 0, 5)
    hear(radio, collected((9, 5)), 0, FLOOR)  # reaches 5 and perhaps 7
    same((radio.queued(), radio.count[SILENCED]), (1, 0))
    hear(radio, collected((9, 5, 8), ttl=7), 0, FLOOR)
    same((radio.queued(), radio.count[SILENCED]), (0, 1))


def four_copies_are_enough_whomever_they_reached():
    radio = relay()
    for name in (5, 6):
        meet(radio, name)
    for copies in range(1, 5):
        hear(radio, collected((9, 20 + copies)), 0, FLOOR)
        same((copies, radio.queued()), (copies, 1 if copies < 4 else 0))


def a_few_near_copies_are_enough_whomever_they_reached():
    radio = relay()
    for name in (5, 6, 7, 8):
        meet(radio, name)
    hear(radio, collected((9, 21)), 0, -20)
    same(radio.queued(), 1)
    hear(radio, collected((9, 22)), 0, -20)
    same(radio.queued(), 0)


def in_the_middle_of_a_chain_near_copies_of_one_side_are_not_enough():
    radio = relay()
    for name in (5, 6):
        meet(radio, name)
    hear(radio, collected((9, 21)), 0, -20)
    hear(radio, collected((9, 22)), 0, -20)
    same(radio.queued(), 1)


def a_here_is_there_only_by_a_link_both_ways():
    for mutual in (True, False):
        radio = relay()
        for name in (5, 6):
            meet(radio, name)
        meet(radio, 5, 0, 6)  # so 6 reaches 5
        if mutual:
            meet(radio, 6, 0, 5)
        hear(radio, collected((9, 6), kind=KIND_HERE), 0, FLOOR)
        same(radio.queued(), 0 if mutual else 1)


def whom_a_here_of_a_stranger_reaches_nobody_knows():
    radio = relay()
    meet(radio, 6)
    far = 9
    for name in range(100, 130):  # so many that 6 is known no more
        meet(radio, name, 70_000)
    same(hear(radio, collected((far, 6), kind=KIND_HERE), 80_000), NEW)
    assert radio.neighbours.mutual(200) == 0


def what_goes_to_somebody_who_hands_on_is_repeated_once():
    radio = relay()
    meet(radio, 5)
    hear(radio, collected((9,)), 0)
    gone = []
    for now in range(0, 1000, 2):
        gone += drain(radio, now)
    same(len(gone), 1)  # its only neighbour is not known to have others behind it
    radio = relay()
    for name in (5, 6):
        meet(radio, name)
        hear(radio, collected((33, name), body=b"%d" % name, ttl=1))
    hear(radio, collected((9,)), 0)
    gone = []
    for now in range(0, 1000, 2):
        gone += drain(radio, now)
    same(len(gone), 2)


def whoever_serves_more_speaks_first():
    waits = []
    for neighbours in (1, 2, 4):
        radio = relay()
        for name in range(neighbours):
            meet(radio, 100 + name)
        hear(radio, collected((5,)))
        waits.append(radio.deadline(0))
    assert waits[0] > waits[1] > waits[2], waits


def a_name_at_our_side_that_is_ours_is_given_up():
    names = [NAME, NAME, 77, 78]

    def draw_names(limit):
        return names.pop(0) - 1 if limit == 255 else 0

    radio = starting(draw_names)
    same(radio.neighbours.name, NAME)
    hear(radio, collected((NAME,)))
    same((radio.neighbours.name, names), (77, [78]))  # a name that was heard is not taken again


def where_all_names_are_taken_two_share_one():
    radio = relay()
    hear(radio, collected((NAME,)))
    same(radio.neighbours.name, NAME)  # that is all that chance offers here


def a_name_anywhere_that_is_ours_is_given_up_while_few_know_it():
    names = [NAME, 77]

    def draw_names(limit):
        return names.pop(0) - 1 if limit == 255 else 0

    radio = starting(draw_names)
    hear(radio, collected((NAME, 9, 5)))
    same(radio.neighbours.name, 77)
    radio = relay()
    hear(radio, collected((NAME, 9, 5)))
    same(radio.neighbours.name, NAME)


def our_turn_on_a_way():
    radio = relay()
    for number, (names, cursor, gone) in enumerate(
        (
            ((NAME, 9), 0, 1),
            ((8, NAME, 9), 0, 2),  # whoever was before us was not needed
            ((8, NAME, 7, NAME, 9), 0, 4),  # the later of two of one name
            ((8, 9, NAME), 0, 0),  # the reader's own radio
            ((8, NAME, 9), 2, 0),  # it is further on already
            ((8, 9), 0, 0),
            ((), 0, 0),
        )
    ):
        body = b"%d" % number
        now = 1000 * number
        same(hear(radio, way(names, cursor, body), now), NEW)
        one = transmit(radio, now + 10)
        same(one, (-1, way(names, gone, body, ttl=7)) if gone else None)
        if gone and gone < len(names):
            hear(radio, way(names, gone + 1, body, ttl=6), now + 20)
        same(transmit(radio, now + 900), None)


def a_way_ends_where_its_hops_end():
    radio = relay()
    same(hear(radio, way((NAME, 9), ttl=1)), NEW)
    same(drain(radio, 1000), [])


def who_is_further_on_speaks_first():
    waits = []
    for cursor in (0, 1, 2, 3):
        radio = relay()
        hear(radio, way((5, 6, 7, NAME, 9), cursor))
        waits.append(radio.deadline(0))
    same(waits, [1, 3, 5, 7])


def a_way_that_nobody_is_heard_to_follow_is_repeated_twice():
    radio = relay()
    made = way((NAME, 8, 9))
    hear(radio, made)
    gone = []
    for now in range(0, 2000, 2):
        gone += [bytes(one) for _, one in drain(radio, now)]
    same(gone, [bytes(way((NAME, 8, 9), 1, ttl=7))] * 3)
    same((radio.count[FORWARDED], radio.count[REPEATED]), (1, 2))


def a_way_that_is_followed_is_not_repeated():
    radio = relay()
    hear(radio, way((NAME, 8, 9)))
    same(len(drain(radio, 10)), 1)
    same(hear(radio, way((NAME, 8, 9), ttl=8), 12), DUPLICATE)  # that is the one before us
    same(radio.queued(), 0)
    hear(radio, way((NAME, 8, 9), 2, ttl=6), 20)
    same(drain(radio, 1000), [])


def who_comes_before_us_may_ask_once_more():
    radio = relay()
    made = way((NAME, 9), kind=KIND_POST)
    hear(radio, made)
    same(len(drain(radio, 10)), 1)
    same(hear(radio, made, 500), DUPLICATE)
    same(len(drain(radio, 510)), 1)
    same(hear(radio, made, 1000), DUPLICATE)
    same(drain(radio, 1100), [])


def private_with(preimage, **more):
    return bytes(36) + digest(preimage)[:8] + b"sealed"


def an_ack_ends_the_last_hop_of_what_it_answers():
    for answered in (True, False):
        radio = relay()
        hear(radio, way((NAME, 9), body=private_with(b"preimage"), kind=KIND_PRIVATE))
        same(len(drain(radio, 10)), 1)
        hear(radio, frame(b"preimage" if answered else b"another.", KIND_ACK, ttl=1), 20)
        gone = []
        for now in range(30, 5000, 10):
            gone += drain(radio, now)
        same(len(gone), 0 if answered else 1)


def an_ack_ends_the_last_hop_of_a_message_in_short_form():
    radio = relay()
    body = bytes(8) + digest(b"preimage")[:8] + bytes(22) + b"sealed"
    hear(radio, way((NAME, 9), body=body, kind=KIND_SESSION))
    same(len(drain(radio, 10)), 1)
    hear(radio, frame(b"preimage", KIND_ACK, ttl=1), 20)
    gone = []
    for now in range(30, 5000, 10):
        gone += drain(radio, now)
    same(gone, [])


def an_ack_ends_no_other_frame():
    radio = relay()
    hear(radio, frame(private_with(b"preimage"), KIND_PRIVATE))
    hear(radio, frame(private_with(b"preimage"), KIND_POST))
    hear(radio, frame(private_with(b"own mail"), KIND_PRIVATE))
    submit(radio, frame(private_with(b"preimage"), KIND_PRIVATE, ttl=7), 3)
    hear(radio, frame(b"x", KIND_ACK))
    hear(radio, frame(b"preimage", KIND_ACK, ttl=1))
    same(
        [(token, made[0] >> 2 & 15) for token, made in drain(radio, LATER)],
        [
            (-1, KIND_ACK),
            (3, KIND_PRIVATE),
            (-1, KIND_PRIVATE),
            (-1, KIND_POST),
        ],
    )


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
    same([gone.count((-1, body)) for body in (b"a body", b"b", b"c")], [2, 0, 1])


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
