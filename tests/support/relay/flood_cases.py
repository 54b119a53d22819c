"""What the relay does with floods, with own frames, and with its queue.

Each function is one test; tests/firmware/test_relay.py runs them under both interpreters.
"""

from relay_kit import *


def a_new_frame_is_handed_on_once_with_a_hop_less():
    radio = relay()
    same(hear(radio, frame(), 1000), NEW)
    same(radio.queued(), 1)
    same(radio.deadline(1000), DELAY)
    same(transmit(radio, 1000 + DELAY - 1), None)
    same(transmit(radio, 1000 + DELAY), (-1, frame(ttl=7)))
    same(transmit(radio, 2000), None)
    same(hear(radio, frame(), 2000), DUPLICATE)
    same(transmit(radio, 3000), None)
    assert radio.deadline(3000) > NEVER
    same((radio.count[HEARD], radio.count[DUPLICATES], radio.count[FORWARDED]), (1, 1, 1))


def a_copy_with_another_ttl_is_the_same_frame():
    radio = relay()
    same(hear(radio, frame(ttl=8), rssi=FLOOR), NEW)
    same(hear(radio, frame(ttl=5), rssi=FLOOR), DUPLICATE)
    same(drain(radio, LATER), [(-1, frame(ttl=7))])


def the_farther_the_copies_come_from_the_more_it_takes():
    for rssi, copies in ((FLOOR - 9, 4), (FLOOR, 4), (FLOOR + 4, 3), (FLOOR + 12, 2), (-20, 2)):
        radio = relay()
        for copy in range(1, copies):
            hear(radio, frame(), rssi=rssi)
            same((copy, radio.queued()), (copy, 1))
        hear(radio, frame(), rssi=rssi)
        same((rssi, radio.queued(), radio.count[SILENCED]), (rssi, 0, 1))
        same(drain(radio, LATER), [])


def one_copy_alone_does_not_silence():
    radio = relay()
    hear(radio, frame(), rssi=-20)
    same(len(drain(radio, LATER)), 1)


def the_farthest_speaks_first():
    waits = []
    for rssi in (FLOOR - 9, FLOOR, FLOOR + 10, FLOOR + 20, FLOOR + 30, FLOOR + 40):
        radio = relay()
        hear(radio, frame(), rssi=rssi)
        waits.append(radio.deadline(0))
    same(waits, [1, 1, 13, 25, 37, 37])


def copies_after_the_forward_silence_nobody_else():
    radio = relay()
    hear(radio, numbered(1))
    same(len(drain(radio, LATER)), 1)
    hear(radio, numbered(2), 1000)  # takes the slot that is free again
    for _ in range(5):
        same(hear(radio, numbered(1), 1000), DUPLICATE)
    same(drain(radio, 1000 + LATER), [(-1, frame(b"2", ttl=7))])
    same(radio.count[SILENCED], 0)


def the_last_hop_is_delivered_and_not_handed_on():
    radio = relay()
    same(hear(radio, frame(ttl=1)), NEW)
    same(hear(radio, frame(b"b", ttl=2)), NEW)
    same(drain(radio, LATER), [(-1, frame(b"b", ttl=1))])


def one_hop_goes_no_further():
    radio = relay()
    same(hear(radio, frame(mode=MODE_ONE_HOP)), NEW)
    same(drain(radio, LATER), [])


def the_same_id_in_another_mode_is_another_entry():
    radio = relay()
    for mode in (MODE_FLOOD, MODE_ONE_HOP, MODE_COLLECT, MODE_WAY):
        same(hear(radio, frame(mode=mode)), NEW)
    for mode in (MODE_FLOOD, MODE_ONE_HOP, MODE_COLLECT, MODE_WAY):
        same(hear(radio, frame(mode=mode)), DUPLICATE)


def what_is_no_air_frame_is_malformed():
    good = frame()
    way = frame(mode=MODE_WAY)
    wrong = [
        good[:0],
        good[:6],
        bytes(good) + bytes(251 - len(good)),
        b"\0" + bytes(good[1:]),  # version 0
        b"\x80" + bytes(good[1:]),
        frame(kind=0),
        frame(flags=2),
        frame(flags=3),
        frame(ttl=0),
        bytes(good[:1]) + bytes((good[1] | 1,)) + bytes(good[2:]),
        bytes(good[:1]) + bytes((good[1] | 2,)) + bytes(good[2:]),
        way[:14],
        frame(mode=MODE_WAY, ttl=0),
        frame(mode=MODE_WAY, path=b"\2\5\0\0\0\0\0\0"),  # the cursor points past the names
        frame(mode=MODE_WAY, path=b"\x08\1\2\3\4\5\6\7"),
        frame(mode=MODE_WAY, path=b"\1\5\0\6\0\0\0\0"),  # a gap among the names
        frame(mode=MODE_WAY, path=b"\0\0\6\0\0\0\0\0"),
        frame(mode=MODE_COLLECT, path=b"\1\5\6\0\0\0\0\0"),  # it counts the names wrongly
        frame(mode=MODE_COLLECT, path=b"\2\5\0\0\0\0\0\0"),
        frame(mode=MODE_COLLECT, path=b"\x08\0\0\0\0\0\0\0"),  # a quality without names
        frame(mode=MODE_COLLECT, path=b"\x81\5\0\0\0\0\0\0"),
    ]
    radio = relay()
    for made in wrong:
        same((hear(radio, made), bytes(made)), (MALFORMED, bytes(made)))
        same(submit(radio, made), SENT_REFUSED)
    same(radio.count[MALFORMEDS], len(wrong))
    same(radio.queued(), 0)


def names_of_a_way_may_be_any_number():
    radio = relay()
    names = b"\1\2\3\4\5\6\7"
    for used in range(8):
        path = names[:used] + bytes(7 - used)
        same(hear(radio, frame(b"%d" % used, mode=MODE_COLLECT, path=bytes((used,)) + path), 100 * used), NEW)
        for cursor in range(used + 1):
            body = b"%d %d" % (used, cursor)
            same(hear(radio, frame(body, mode=MODE_WAY, path=bytes((cursor,)) + path), 100 * used), NEW)


def a_wrong_mac_costs_nothing_but_a_count():
    radio = relay()
    for place in range(6):
        made = frame()
        made[2 + place % 4] ^= 1 << place
        same(hear(radio, made), BAD_MAC)
    made = frame()
    made[-1] ^= 1
    same(hear(radio, made), BAD_MAC)
    same((radio.count[BAD_MACS], radio.count[HEARD], radio.queued()), (7, 0, 0))
    same(hear(radio, frame()), NEW)


def the_mac_covers_every_byte():
    made = frame(mode=MODE_WAY, path=b"\1\5\6\0\0\0\0\0")
    for place in range(len(made)):
        changed = bytearray(made)
        changed[place] ^= 128
        assert hear(relay(), changed) in (BAD_MAC, MALFORMED)


def the_longest_and_the_shortest_frame_pass():
    radio = relay()
    for body in (b"x", b"x" * 244):
        same(hear(radio, frame(body)), NEW)
    same(hear(radio, frame(b"y" * 236, mode=MODE_WAY)), NEW)
    same([bytes(made[6:]) for _, made in drain(radio, 150)], [b"x", b"x" * 244])


def a_frame_is_remembered_for_ten_minutes():
    for start in (0, 777, PERIOD - 1, PERIOD - 5 * MINUTE):
        radio = relay(start)
        same(hear(radio, frame(), start), NEW)
        same(hear(radio, frame(), (start + 10 * MINUTE - 2000) % PERIOD), DUPLICATE)
        same(hear(radio, frame(), (start + 10 * MINUTE + 2000) % PERIOD), NEW)
        same(hear(radio, frame(), (start + 10 * MINUTE + 3000) % PERIOD), DUPLICATE)


def days_without_a_frame_do_not_bring_one_back():
    radio = relay()
    hear(radio, frame())
    # The 16 bits of an entry's age go round in 18.6 hours; the main loop looks in between.
    for minute in range(0, 19 * 60, 5):
        radio.next_due(minute * MINUTE)
    same(hear(radio, frame(), 65_536 * 1024 + 1000), NEW)


def the_oldest_of_1024_gives_way():
    radio = relay()
    for number in range(1025):
        same(hear(radio, frame(b"%d" % number, ttl=1), 2 * number), NEW)
    same(hear(radio, frame(b"1", ttl=1), 2050), DUPLICATE)
    same(hear(radio, frame(b"1024", ttl=1), 2050), DUPLICATE)
    same(hear(radio, frame(b"0", ttl=1), 2050), NEW)
    same(hear(radio, frame(b"1", ttl=1), 2052), NEW)


def overwritten(radio):
    """Number 0 still waits, late, when its entry in the ring is given to number 2000; when that was."""
    hear(radio, numbered(0))
    for number in range(1, 1024):
        hear(radio, frame(b"%d" % number, ttl=1), number // 30)
    hear(radio, numbered(2000), 36)
    return 36


def an_entry_that_was_overwritten_belongs_to_the_new_frame():
    radio = relay()
    now = overwritten(radio)
    same([bytes(made[6:]) for _, made in drain(radio, now + DELAY)], [b"0", b"2000"])
    hear(radio, numbered(3000), 200)
    for _ in range(3):
        hear(radio, numbered(2000), 200)
    same(radio.count[SILENCED], 0)


def an_overwritten_entry_still_silences_the_new_frame():
    radio = relay()
    now = overwritten(radio)
    same([bytes(made[6:]) for _, made in drain(radio, now)], [b"0"])
    hear(radio, numbered(2000), now)
    same((radio.count[SILENCED], radio.queued()), (1, 0))


def copies_are_counted_up_to_255():
    radio = relay()
    for _ in range(300):
        hear(radio, frame(ttl=1))
    same(radio.count[DUPLICATES], 299)


def an_own_frame_goes_at_once_with_a_mac():
    radio = relay()
    made = frame()
    made[2:6] = bytes(4)
    same(submit(radio, made, 513, 5000), 0)
    same(radio.deadline(5000), 0)
    same(transmit(radio, 5000), (513, frame()))
    same((radio.count[SENT], radio.count[FORWARDED]), (1, 0))


def an_own_frame_that_comes_back_is_no_news():
    radio = relay()
    submit(radio, frame())
    drain(radio, 0)
    for _ in range(4):
        same(hear(radio, frame(ttl=7), 50), DUPLICATE)
    same((radio.queued(), radio.count[SILENCED]), (0, 0))
    same(drain(radio, LATER), [])


def an_own_frame_is_never_silenced():
    radio = relay()
    submit(radio, frame())
    for _ in range(4):
        hear(radio, frame())
    same(len(drain(radio, 0)), 1)


def the_host_may_send_again_what_was_heard():
    radio = relay()
    hear(radio, frame())
    same(submit(radio, frame(), 7), 0)
    same(submit(radio, frame(), 8), 0)
    same([token for token, _ in drain(radio, DELAY)], [7, 8, -1])
    same(hear(radio, frame(), 2000), DUPLICATE)


def own_frames_travel_in_every_mode():
    radio = relay()
    made = frame(mode=MODE_WAY, path=b"\0\5\6\0\0\0\0\0")
    same(submit(radio, made, 1), 0)
    same(submit(radio, frame(mode=MODE_ONE_HOP), 2), 0)
    same(drain(radio, 0), [(1, made), (2, frame(mode=MODE_ONE_HOP))])


def better_goes_first_and_equals_in_their_order():
    radio = relay()
    hear(radio, numbered(0, UNKNOWN_KIND))
    hear(radio, numbered(1, KIND_POST))
    hear(radio, numbered(2, KIND_PROFILE))
    hear(radio, numbered(3, KIND_PRIVATE))
    submit(radio, numbered(4, KIND_PROFILE), 4)
    hear(radio, numbered(5, KIND_ACK))
    hear(radio, numbered(6, UNKNOWN_KIND, FLAG_URGENT))
    submit(radio, numbered(7, KIND_ACK), 7)
    submit(radio, numbered(8, KIND_POST, FLAG_URGENT), 8)
    submit(radio, numbered(9, KIND_PRIVATE), 9)
    order = [int(bytes(made[6:])) for _, made in drain(radio, DELAY)]
    same(order, [6, 8, 5, 7, 4, 9, 3, 1, 2, 0])


def what_is_not_due_does_not_hold_up_what_is():
    radio = relay()
    hear(radio, numbered(1, KIND_ACK), 1000)
    submit(radio, frame(b"2", ttl=1), 5, 1000)
    same([token for token, _ in drain(radio, 1000)], [5])
    same(radio.deadline(1000), DELAY)
    same(radio.deadline(1000 + DELAY), 0)
    same(radio.deadline(1000 + DELAY + 5), 0)


def a_full_queue_drops_the_oldest_of_the_least():
    radio = relay()
    hear(radio, numbered(100, UNKNOWN_KIND))
    hear(radio, numbered(101, UNKNOWN_KIND))
    for number in range(14):
        hear(radio, numbered(number))
    same(radio.queued(), 16)
    hear(radio, numbered(14))  # drops 100
    hear(radio, numbered(15))  # drops 101
    hear(radio, numbered(16))  # drops 0, the oldest of its own kind
    same(hear(radio, numbered(102, UNKNOWN_KIND)), NEW)  # all are better: itself
    same((radio.queued(), radio.count[DROPPED]), (16, 4))
    order = [int(bytes(made[6:])) for _, made in drain(radio, LATER)]
    same(order, list(range(1, 17)))


def a_full_queue_tells_whose_frame_was_lost():
    radio = relay()
    for token in range(16):
        same(submit(radio, numbered(token), token), 0)
        same(radio.lost_token, -1)
    same(submit(radio, numbered(16), 16), 0)
    same(radio.lost_token, 0)
    hear(radio, numbered(17, KIND_POST, FLAG_URGENT))
    same(radio.lost_token, 1)
    hear(radio, numbered(18))
    same(radio.lost_token, -1)
    same(radio.count[DROPPED], 3)
    for number in range(19, 40):
        submit(radio, numbered(number, KIND_POST, FLAG_URGENT), number)
    same(submit(radio, numbered(40), 40), SENT_QUEUE_FULL)
    same(radio.lost_token, -1)


def a_dropped_forward_is_not_silenced_later():
    radio = relay()
    for number in range(17):
        hear(radio, numbered(number))
    for _ in range(3):
        hear(radio, numbered(0))
    same((radio.count[SILENCED], radio.queued()), (0, 16))


def the_clock_may_go_round():
    radio = relay()
    hear(radio, frame(), PERIOD - 3)
    same(radio.deadline(PERIOD - 3), DELAY)
    same(radio.deadline(2), DELAY - 5)
    same(transmit(radio, 2), None)
    same(transmit(radio, DELAY - 3), (-1, frame(ttl=7)))
    submit(radio, frame(b"b"), 1, PERIOD - 1)
    same(len(drain(radio, 3)), 1)


def counters_go_round_without_leaving_30_bits():
    radio = relay()
    radio.count[HEARD] = PERIOD - 1
    hear(radio, frame())
    same(radio.count[HEARD], 0)


def a_slot_that_is_used_again_keeps_nothing_of_the_last_frame():
    radio = relay()
    hear(radio, frame(b"long " * 40))
    drain(radio, LATER)
    hear(radio, frame(b"x"), 2000)
    same(drain(radio, 2000 + LATER), [(-1, frame(b"x", ttl=7))])


def a_piece_of_a_file_is_for_the_host_and_not_remembered():
    radio = relay()
    piece = frame(b"piece", kind=KIND_SYMBOL, mode=MODE_ONE_HOP)
    for _ in range(3):
        same(hear(radio, piece), NEW)
    same((radio.queued(), radio.count[HEARD], radio.count[DUPLICATES]), (0, 3, 0))


def pieces_of_files_come_as_fast_as_the_air_and_no_faster():
    radio = relay()
    outcomes = [hear(radio, frame(b"%d" % n, kind=KIND_SYMBOL, mode=MODE_ONE_HOP), n) for n in range(200)]
    at_once = [hear(radio, frame(b"x%d" % n, kind=KIND_SYMBOL, mode=MODE_ONE_HOP), 200) for n in range(200)]
    same((outcomes.count(NEW) > 100, UNWANTED in at_once), (True, True))
    same(radio.count[UNWANTEDS], outcomes.count(UNWANTED) + at_once.count(UNWANTED))


def an_own_piece_of_a_file_goes_after_everything_else():
    radio = relay()
    submit(radio, frame(b"piece", kind=KIND_SYMBOL, mode=MODE_ONE_HOP), 1)
    submit(radio, numbered(2), 2)
    hear(radio, numbered(3))
    same([token for token, _ in drain(radio, LATER)], [2, -1, 1])
