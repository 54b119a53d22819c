"""What the relay does with frames that go by a way, with acks and what radios confirm to each other.

Each function is one test; tests/firmware/test_relay.py runs them under both interpreters.
"""

from relay_kit import *


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


def a_way_that_nobody_is_heard_to_follow_is_repeated_thrice():
    # By a link that is not known to work both ways once: nobody may be heard there.
    for known, times in ((True, 4), (False, 2)):
        radio = relay()
        if known:
            meet(radio, 8)
        made = way((NAME, 8, 9))
        hear(radio, made)
        gone = []
        for now in range(0, 2000, 2):
            gone += [bytes(one) for _, one in drain(radio, now)]
        same(gone, [bytes(way((NAME, 8, 9), 1, ttl=7))] * times)
        same((radio.count[FORWARDED], radio.count[REPEATED]), (1, times - 1))


def a_way_that_is_followed_is_not_repeated():
    radio = relay()
    hear(radio, way((NAME, 8, 9)))
    same(len(drain(radio, 10)), 1)
    hear(radio, way((NAME, 8, 9), 2, ttl=6), 20)
    same(drain(radio, 1000), [])


def confirmation(made):
    """What a radio says to whoever sends it this once more."""
    hasher.load(made, len(made), 14)
    return frame(bytes(hasher.id()[:8]), KIND_ACK, 2, MODE_ONE_HOP)


def who_sends_it_to_us_again_is_told_that_it_is_here():
    for made, forwards in ((way((NAME, 8, 9)), 1), (way((8, NAME), 1), 0)):
        radio = relay()
        hear(radio, made)
        same(len(drain(radio, 10)), forwards)
        for copies in range(5):
            same(hear(radio, made, 12), DUPLICATE)
            told = [bytes(one) for token, one in drain(radio, 12) if token == -4]
            same(told, [bytes(confirmation(made))] if copies < 4 else [])


def what_is_not_for_us_we_do_not_confirm():
    radio = relay()
    for made in (way((8, NAME, 9)), way((NAME, 8, 9), 1), way((7, 8))):
        hear(radio, made)
        drain(radio, 10)
        hear(radio, made, 12)
        same([one for token, one in drain(radio, 12) if token == -4], [])


def what_is_confirmed_is_not_repeated():
    for other, times in ((b"a body", 1), (b"another", 4)):
        radio = relay()
        meet(radio, 8)
        hear(radio, way((NAME, 8, 9)))
        same(len(drain(radio, 10)), 1)
        same(hear(radio, confirmation(way((NAME, 8, 9), body=other)), 12), DUPLICATE)
        same(hear(radio, frame(b"short", KIND_ACK, 2, MODE_ONE_HOP), 12), DUPLICATE)
        gone = 1
        for now in range(12, 2000):
            gone += len(drain(radio, now))
        same(gone, times)


def an_ack_that_somebody_carries_is_for_the_host():
    radio = relay()
    same(hear(radio, frame(b"preimage", KIND_ACK, 1, MODE_ONE_HOP)), NEW)
    same(drain(radio, 100), [])


def an_acks_last_hop_is_repeated_blindly_unless_the_link_is_good():
    for rssi, times in ((FLOOR + 4, 2), (FLOOR + 6, 1)):
        radio = relay()
        meet(radio, 9)
        hear(radio, collected((NAME, 9), body=b"once more", ttl=1), rssi=rssi)
        hear(radio, way((NAME, 9), kind=KIND_ACK))
        gone = 0
        for now in range(4000):
            gone += len(drain(radio, now))
        same(gone, times)


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


def rest_of_a_way(names, kind=KIND_PRIVATE, count=None):
    count = len(names) if count is None else count
    return bytes((EXTENSION_FURTHER, count)) + bytes(names) + bytes((1 << 6 | kind << 2,)) + b"sealed"


def where_the_first_part_of_a_way_ends_the_rest_begins():
    radio = relay()
    meet(radio, 5)
    made = way((8, NAME), 1, rest_of_a_way((5, 9)), KIND_EXTENSION, ttl=11)
    same(hear(radio, made), NEW)
    onward = bytes(way((5, 9), 0, b"sealed", KIND_PRIVATE, ttl=10))
    gone = [bytes(one) for _, one in drain(radio, 10)]
    same(gone, [bytes(confirmation(made)), onward])
    # By ourselves nobody can be heard to send the first part on, so who did not hear us is told once more.
    hear(radio, made, 20)
    same([bytes(one) for _, one in drain(radio, 30)], [bytes(confirmation(made))])
    same(sum(bytes(one) == onward for now in range(30, 2000, 2) for _, one in drain(radio, now)), 3)


def what_goes_on_and_has_come_by_itself_is_not_sent_once_more():
    radio = relay()
    hear(radio, way((7, 9), 0, b"sealed", KIND_PRIVATE, ttl=10))
    made = way((8, NAME), 1, rest_of_a_way((5, 9)), KIND_EXTENSION, ttl=11)
    hear(radio, made)
    gone = [bytes(one) for now in range(0, 2000, 2) for _, one in drain(radio, now)]
    same(gone, [bytes(confirmation(made))])


def what_is_no_rest_of_a_way_goes_nowhere():
    for body in (
        rest_of_a_way(()),
        rest_of_a_way((5, 9), count=8),
        rest_of_a_way((5, 9), count=200),
        rest_of_a_way((5, 0, 9)),
        rest_of_a_way((5, 9), KIND_EXTENSION),
        rest_of_a_way((5, 9), KIND_POST),
        rest_of_a_way((5, 9))[:5],
    ):
        radio = relay()
        hear(radio, way((8, NAME), 1, body, KIND_EXTENSION))
        same([one[0] >> 2 & 15 for _, one in drain(radio, 10)], [KIND_ACK])
    radio = relay()
    hear(radio, way((8, NAME, 9), 1, rest_of_a_way((5, 9)), KIND_EXTENSION))
    same([one[0] >> 2 & 15 for _, one in drain(radio, 10)], [KIND_EXTENSION])


def whoever_leads_to_where_a_way_goes_on_repeats_until_it_is_confirmed():
    radio = relay()
    meet(radio, 8)
    made = way((NAME, 8), 0, rest_of_a_way((5, 9)), KIND_EXTENSION)
    hear(radio, made)
    same(sum(len(drain(radio, now)) for now in range(0, 9000, 2)), 4)
