"""Mail that walks: what is carried, what ends it, and what its writer is told."""

from collections.abc import Callable

import pytest

from handheld.node.carrying import Carrying, frame_id
from handheld.node.effects import DropCarried, Dropped, Effect, KeepCarried, KeepReceipt
from handheld.node.odometer import Odometer
from handheld.node.outbox import CARRIED_MAX
from handheld.sync.mailbag import LIFE_S, QUOTA
from handheld.wire.air import decode_air, first_byte, flood, one_hop
from handheld.wire.codec import decode, encode
from handheld.wire.constants import AirKind, ExtensionType
from handheld.wire.pairs import SHORT_BODY, is_short, letters_of
from handheld.wire.receipts import RECEIPTS_MAX, preimages_of, receipts_frames
from handheld.wire.records import Extension
from handheld.wire.sync import MAIL, offer
from tests.support.nodes import WALL, Handheld, Room

MINUTE = 60_000


def village(*names: str) -> Room:
    room = Room(Handheld(name) for name in names)
    room.radio_up()
    room.run(20_000)
    return room


def separated(room: Room, one: str, other: str) -> None:
    room.deaf |= {(one, other), (other, one)}


def joined(room: Room, one: str, other: str) -> None:
    room.deaf -= {(one, other), (other, one)}


def bag(room: Room, name: str) -> Carrying:
    return room.handhelds[name].node._mail.carrying


def raws(room: Room, name: str) -> list[bytes]:
    """What somebody carries, as an offer of his would say it."""
    carrying = bag(room, name)
    return [carrying.raw(id8[:4]) or b"" for id8, _ in carrying.bag.newest(99, room.now // 1000 + 60)]


def test_what_nobody_answers_is_carried_to_its_reader_and_the_ack_takes_all_copies_back() -> None:
    room = village("ana", "bo", "cy")
    separated(room, "ana", "bo")
    separated(room, "bo", "cy")
    room.send("ana", "bo", "by hand, please")
    room.run(5 * MINUTE)
    assert room.handhelds["bo"].mail() == []
    assert raws(room, "cy")
    assert any(isinstance(effect, KeepCarried) for effect in room.handhelds["cy"].carried)

    # cy walks to the other island, and bo answers.
    separated(room, "ana", "cy")
    joined(room, "bo", "cy")
    room.run(10 * MINUTE)
    assert room.handhelds["bo"].mail() == ["by hand, please"]
    assert raws(room, "cy") == []
    assert any(isinstance(effect, KeepReceipt) for effect in room.handhelds["cy"].carried)
    assert room.handhelds["ana"].states[1][-1] != "delivered"

    # Back home the receipt reaches the writer, whose other sealings go too.
    separated(room, "bo", "cy")
    joined(room, "ana", "cy")
    room.run(20 * MINUTE)
    assert room.handhelds["ana"].states[1][-1] == "delivered"
    assert raws(room, "ana") == []
    assert room.handhelds["bo"].mail() == ["by hand, please"]


def test_a_box_keeps_mail_and_posts_of_rooms_for_who_comes_days_later() -> None:
    room = village("ana", "bo", "box")
    card = room.make_room("ana")
    room.join_room("bo", card)
    room.run(MINUTE)
    room.radio_down("bo")
    room.send("ana", "bo", "the key is under the stone")
    room.say("ana", "soup at six")
    room.run(10 * MINUTE)
    room.radio_down("ana")
    room.run(3 * 24 * 60 * MINUTE)
    room.radio_up("bo")
    room.run(15 * MINUTE)
    assert room.handhelds["bo"].mail() == ["the key is under the stone"]
    assert "soup at six" in room.handhelds["bo"].said()


def test_live_mail_is_never_written_to_the_card_of_others() -> None:
    room = village("ana", "bo", "cy")
    room.send("ana", "bo", "hello")
    room.run(2 * MINUTE)
    assert room.handhelds["bo"].mail() == ["hello"]
    written = [effect for one in room.handhelds.values() for effect in one.carried]
    assert not any(isinstance(effect, KeepCarried) for effect in written)
    assert raws(room, "cy") == []


def test_few_sealings_of_one_message_are_left_to_others_to_carry() -> None:
    room = village("ana", "bo", "cy")
    separated(room, "ana", "bo")
    separated(room, "bo", "cy")
    room.send("ana", "bo", "still there?")
    room.run(120 * MINUTE)
    made = sum(decode_air(air).kind == AirKind.PRIVATE for _, who, air in room.frames if who == "ana")
    assert made > CARRIED_MAX
    assert len(raws(room, "cy")) <= CARRIED_MAX
    assert len(raws(room, "ana")) <= CARRIED_MAX
    assert room.handhelds["ana"].states[1][-1] != "delivered"


def test_its_writer_hears_that_others_carry_it_and_how_many_took_it_from_him() -> None:
    room = village("ana", "bo", "cy")
    separated(room, "ana", "bo")
    separated(room, "bo", "cy")
    room.send("ana", "bo", "hello")
    room.run(40 * MINUTE)
    ana = room.handhelds["ana"]
    assert ana.states[1][-1] == "carried"
    assert ana.node._mail.outbox.carriers(1) == 1
    idents = [frame_id(raw)[:4] for raw in raws(room, "cy")]
    for more in (False, True, True):
        room.carry_out(ana, ana.node._mail.courier.held(idents, room.now, more=more))
    assert ana.node._mail.outbox.carriers(1) == 3
    assert ana.told_carriers == [1, 2, 3]


def test_who_is_away_is_not_shouted_for() -> None:
    room = village("ana", "bo", "cy")
    room.radio_down("bo")
    room.run(20 * MINUTE)
    begun = len(room.frames)
    room.send("ana", "bo", "for later")
    room.run(60 * MINUTE)
    mail = [
        air for _, who, air in room.frames[begun:] if who == "ana" and air[0] >> 2 & 15 == AirKind.PRIVATE
    ]
    assert len(mail) <= 4
    assert len({air[6:] for air in mail if len(air) < 230}) <= 2
    room.radio_up("bo")
    room.run(15 * MINUTE)
    assert room.handhelds["bo"].mail() == ["for later"]


def test_nobody_in_reach_is_not_called_no_answer() -> None:
    room = village("ana", "bo")
    room.deaf = {("ana", "bo"), ("bo", "ana")}
    room.run(20 * MINUTE)
    room.send("ana", "bo", "hello?")
    room.run(10 * MINUTE)
    assert room.handhelds["ana"].states[1] == ["aired", "unheard"]


def test_silence_of_somebody_near_is_called_so() -> None:
    room = village("ana", "bo", "cy")
    separated(room, "ana", "bo")
    separated(room, "bo", "cy")
    room.send("ana", "bo", "hello?")
    room.run(MINUTE)
    assert room.handhelds["ana"].states[1] == ["aired", "unanswered"]


def carrying() -> tuple[Carrying, Callable[[int], bytes]]:
    return Carrying(
        Odometer(0)
    ), lambda number: bytes([first_byte(AirKind.ROOM)]) + number.to_bytes(140, "big")


def idents(effects: list[Effect]) -> list[bytes]:
    return [effect.id for effect in effects if isinstance(effect, KeepCarried | DropCarried)]


def test_age_ends_the_carrying_by_powered_time_alone() -> None:
    organ, frame = carrying()
    organ.expect(frame_id(frame(1)), LIFE_S - 100)
    organ.heard(frame(1), 0)
    organ.heard(frame(2), 0)
    assert idents(organ.tick(MINUTE)) == [frame_id(frame(1)), frame_id(frame(2))]
    organ._odometer.read(200_000)
    assert organ.tick(200_000) == [DropCarried(frame_id(frame(1)), 200)]
    assert not organ.bag.wanted(frame_id(frame(1)))


def test_a_thousand_strangers_evict_nothing_of_ours_and_nothing_verified() -> None:
    organ, frame = carrying()
    organ.own(frame(1), 0, 0)
    organ.heard(frame(2), 0)
    organ.verified(frame(2))
    gone: list[Effect] = []
    for number in range(1000, 1000 + QUOTA + 50):
        gone += organ.heard(frame(number), number, source=bytes([number % 256]))
        gone += organ.tick(number + 100_000 * number)
    assert organ.raw(frame_id(frame(1)))
    assert organ.raw(frame_id(frame(2)))
    assert organ.bag.count == QUOTA


def test_what_is_no_mail_is_not_carried() -> None:
    from handheld.errors import WireError

    organ, _ = carrying()
    for raw in (bytes([first_byte(AirKind.PRIVATE)]) + b"short", bytes([first_byte(AirKind.ROOM)]) + b"x"):
        with pytest.raises(WireError):
            organ.heard(raw, 0)
    assert organ.bag.count == 0


def test_it_starts_again_with_what_was_saved() -> None:
    organ, frame = carrying()
    organ.expect(frame_id(frame(1)), 500)
    organ.heard(frame(1), 0)
    organ.heard(frame(2), 0)
    saved = [keep for keep in organ.tick(MINUTE) if isinstance(keep, KeepCarried)]
    again = Carrying(Odometer(60))
    rows = [(keep.id, keep.raw, keep.age, keep.powered, keep.rank, keep.message) for keep in saved]
    again.restore(rows, [(b"commitme", b"preimage", b"answered", 9)], [b"dropped1"], box=False)
    assert again.bag.digest(200) == organ.bag.digest(200)
    assert again.raw(frame_id(frame(1))) == frame(1)
    assert again.receipt(b"answ") == b"preimage"
    assert not again.bag.wanted(b"answ")
    assert not again.bag.wanted(b"drop")


def test_an_ack_that_was_just_said_is_not_said_again_to_the_next_who_offers_its_mail() -> None:
    room = village("ana", "bo", "cy")
    separated(room, "ana", "bo")
    separated(room, "bo", "cy")
    room.send("ana", "bo", "by hand, please")
    room.run(5 * MINUTE)
    room.radio_down("ana")
    ident = frame_id(raws(room, "cy")[0])
    joined(room, "bo", "cy")
    room.run(10 * MINUTE)
    cy = room.handhelds["cy"].node
    heard = encode(offer([(ident, 9)], MAIL, 0))

    def acks(since: int) -> int:
        for _ in range(10):
            room.carry_out(
                room.handhelds["cy"], cy.receive(one_hop(AirKind.OFFER, heard), -60, room.now, WALL)
            )
            room.run(2_000)
        return sum(who == "cy" and air[0] >> 2 & 15 == AirKind.ACK for _, who, air in room.frames[since:])

    assert 1 <= acks(len(room.frames)) <= 3


def kinds_said(room: Room, who: str, since: int) -> list[AirKind]:
    return [AirKind(air[0] >> 2 & 15) for _, name, air in room.frames[since:] if name == who]


def test_the_tries_of_one_burst_leave_one_sealing_to_be_carried() -> None:
    room = village("ana", "bo", "cy")
    separated(room, "ana", "bo")
    separated(room, "bo", "cy")
    room.send("ana", "bo", "still there?")
    room.run(MINUTE)
    assert kinds_said(room, "ana", 0).count(AirKind.PRIVATE) > 1
    assert len(raws(room, "cy")) == 1
    assert raws(room, "ana") == raws(room, "cy")


def receipted(*texts: str) -> tuple[Room, list[bytes]]:
    """Cy holds the receipts of so many messages by ana that bo has, and what was their mail."""
    room = village("ana", "bo", "cy")
    separated(room, "ana", "bo")
    separated(room, "bo", "cy")
    for text in texts:
        room.send("ana", "bo", text)
    room.run(5 * MINUTE)
    mail = raws(room, "cy")
    room.radio_down("ana")
    joined(room, "bo", "cy")
    room.run(20 * MINUTE)
    assert sorted(room.handhelds["bo"].mail()) == sorted(texts)
    return room, mail


def test_acks_of_what_somebody_offers_are_told_in_one_frame_and_read_from_it() -> None:
    room, mail = receipted("one", "two", "three")
    begun = len(room.frames)
    heard = one_hop(AirKind.OFFER, encode(offer([(frame_id(raw), 9) for raw in mail], MAIL, 0)))
    cy = room.handhelds["cy"]
    room.carry_out(cy, cy.node.receive(heard, -60, room.now, WALL))
    room.run(1_000)
    said = kinds_said(room, "cy", begun)
    assert said.count(AirKind.EXTENSION) == 1
    assert AirKind.ACK not in said
    # Ana hears that one frame, and has all that she wrote delivered.
    frame = next(air for _, who, air in room.frames[begun:] if who == "cy" and air[0] >> 2 & 15 == 15)
    ana = room.handhelds["ana"]
    room.carry_out(ana, ana.node.receive(frame, -60, room.now, WALL))
    assert [ana.states[message][-1] for message in (1, 2, 3)] == ["delivered"] * 3


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (one_hop(AirKind.EXTENSION, b"\x04" + b"preimage" + b"cut"), "size"),
        (flood(AirKind.EXTENSION, 3, b"\x04" + b"preimage"), "mode"),
        (one_hop(AirKind.EXTENSION, b"\x04" + b"preimage"), "ack"),
        (one_hop(AirKind.EXTENSION, b"\x05" + bytes(2 * SHORT_BODY - 1)), "size"),
        (flood(AirKind.EXTENSION, 3, b"\x05" + bytes(2 * SHORT_BODY)), "mode"),
    ],
)
def test_what_carriers_say_is_dropped_when_cut_travelling_on_or_for_nothing(
    frame: bytes, reason: str
) -> None:
    room = village("ana")
    (effect,) = room.handhelds["ana"].node.receive(frame, -60, room.now, WALL)
    assert isinstance(effect, Dropped)
    assert effect.reason == reason


def test_as_many_receipts_as_a_frame_holds_go_into_it() -> None:
    preimages = [bytes([number]) * 8 for number in range(RECEIPTS_MAX + 1)]
    frames = [decode(Extension, decode_air(raw).body) for raw in receipts_frames(preimages)]
    assert [len(preimages_of(said)) for said in frames] == [RECEIPTS_MAX, 1]
    assert [one for said in frames for one in preimages_of(said)] == preimages


def test_two_short_letters_are_handed_on_in_one_frame_and_a_third_by_itself() -> None:
    room = village("ana", "bo", "cy")
    room.send("ana", "bo", "hello")  # who has answered us gets the short form of a sealed message
    room.run(1_000)
    separated(room, "ana", "bo")
    separated(room, "bo", "cy")
    for text in ("one", "two", "three"):
        room.send("ana", "bo", text)
        room.run(1_000)
    room.run(20 * MINUTE)
    short = [raw for raw in raws(room, "cy") if is_short(raw)]
    assert len(short) == 3
    separated(room, "ana", "cy")
    joined(room, "bo", "cy")
    begun = len(room.frames)
    room.run(20 * MINUTE)
    assert sorted(room.handhelds["bo"].mail()) == ["hello", "one", "three", "two"]
    said = [decode_air(air) for _, who, air in room.frames[begun:] if who == "cy"]
    extensions = [decode(Extension, one.body) for one in said if one.kind == AirKind.EXTENSION]
    pairs = [letters_of(one) for one in extensions if one.type == ExtensionType.LETTERS]
    alone = [one for one in said if is_short(bytes([one.first]) + one.body)]
    assert ([len(pair) for pair in pairs], len(alone)) == ([2], 1)


def test_sealings_of_a_burst_are_withdrawn_together() -> None:
    room = village("ana", "bo", "cy")
    room.send("ana", "bo", "hello")
    room.run(1_000)
    separated(room, "ana", "bo")
    separated(room, "bo", "cy")
    begun = len(room.frames)
    room.send("ana", "bo", "by hand")
    room.run(2 * MINUTE)
    kinds = kinds_said(room, "ana", begun)
    assert kinds.count(AirKind.PRIVATE) > 2
    assert kinds.count(AirKind.ACK) + kinds.count(AirKind.EXTENSION) == 1
