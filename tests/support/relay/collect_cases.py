"""What the relay does with frames that gather names, and whom it serves.

Each function is one test; tests/firmware/test_relay.py runs them under both interpreters.
"""

from relay_kit import *

COLLECT_DELAY = 69  # by a link that is not known both ways, when nobody is known to need it


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


def a_name_that_somebody_lists_is_given_up_while_nobody_knows_it():
    for said in (True, False):
        names = iter((NAME, 7, 77))
        radio = starting(lambda limit, names=names: next(names) - 1 if limit == 255 else 0)
        if said:
            radio.next_due(0)
            drain(radio, 1)
        hear(radio, collected((9,), body=bytes(10) + bytes((NAME, 7)), kind=KIND_HERE, ttl=1), 2)
        same(radio.neighbours.name, NAME if said else 77)


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


def without_a_host_we_hand_on_what_hosts_tell_their_neighbours():
    for alone, kind, ttl, wanted in (
        (True, KIND_EXTENSION, 1, [(1, [8, NAME])]),
        (False, KIND_EXTENSION, 1, []),
        (False, KIND_EXTENSION, 3, [(2, [NAME])]),
        (True, KIND_EXTENSION, 3, [(2, [NAME])]),
        (True, KIND_POST, 1, []),
    ):
        radio = relay()
        radio.alone = alone
        made = collected((8,), body=b"news", kind=kind, ttl=ttl)
        same(hear(radio, made), NEW)
        sent = [one for now in range(0, 400, 2) for _, one in drain(radio, now)]
        same([(one[1] >> 2 & 15, path(one)[1]) for one in sent], wanted)
        same(hear(radio, collected((8,), body=b"news", kind=kind, ttl=ttl), 500), DUPLICATE)
        same(drain(radio, 900), [])
