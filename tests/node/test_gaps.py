"""Letters that are missing are asked for, sealed again, and shown once."""

from handheld.node.effects import FindAgain, FindGaps, KeepLetter, KeepRead
from handheld.node.entry import Entry, State
from handheld.node.gaps import ASK_AGAIN_MS, ASKED_MAX, LOOK_MS
from handheld.wire.codec import encode
from handheld.wire.constants import LetterKind
from handheld.wire.letters import ReadReceipt, again
from tests.support.nodes import Handheld, Room


def pair() -> tuple[Room, Handheld, Handheld]:
    room = Room(Handheld(name) for name in ("ana", "bo"))
    room.radio_up()
    room.run(20_000)
    return room, room.handhelds["ana"], room.handhelds["bo"]


def letter(writer: Handheld, kind: int, body: bytes, seq: int = 9) -> KeepLetter:
    key = writer.identity.key
    return KeepLetter(key, key, seq, 1, body, False, 0, preimage=bytes(8), kind=kind)


def test_a_look_for_gaps_follows_a_letter_once_its_writer_is_near() -> None:
    room, ana, bo = pair()
    room.send("bo", "ana", "hello")
    room.run(LOOK_MS - 60_000)
    assert ana.asked == []
    room.run(120_000)
    assert ana.asked == [FindGaps(bo.identity.key)]


def test_whoever_is_away_is_not_asked_until_he_is_back() -> None:
    room, ana, bo = pair()
    room.radio_down("bo")
    room.run(20 * 60_000)
    room.carry_out(ana, ana.node.kept(letter(bo, LetterKind.TEXT, b"carried here"), 1, room.now))
    room.run(2 * LOOK_MS)
    assert ana.asked == []
    room.radio_up("bo")
    room.run(2 * LOOK_MS)
    assert ana.asked == [FindGaps(bo.identity.key)]


def test_the_same_is_asked_for_once_a_day_and_three_times_in_all() -> None:
    room, ana, bo = pair()
    now = room.now

    def ask() -> list[int]:
        effects = ana.node.gaps.found(bo.identity.key, [(41, 42)], now, 0)
        return [keep.kind for keep in effects if isinstance(keep, KeepLetter)]

    assert ask() == [LetterKind.AGAIN]
    assert ask() == []
    for _ in range(ASKED_MAX - 1):
        now += ASK_AGAIN_MS
        assert ask() == [LetterKind.AGAIN]
    now += ASK_AGAIN_MS
    assert ask() == []


def test_what_is_asked_for_is_looked_up_and_sent_like_new() -> None:
    room, ana, bo = pair()
    wanted = letter(bo, LetterKind.AGAIN, encode(again([(1, 1), (4, 600)])))
    effects = ana.node.kept(wanted, 1, room.now)
    assert [one for one in effects if isinstance(one, FindAgain)] == [
        FindAgain(bo.identity.key, ((1, 1), (4, 259)), 32)
    ]
    entry = Entry(7, bo.identity.key, 1, 1, b"lost by you", State.AIRED)
    entry.again = True
    room.carry_out(ana, ana.node.gaps.sealed_again([entry, entry], room.now))
    room.run(5_000)
    assert bo.mail() == ["lost by you"]
    assert 7 not in ana.states


def test_whoever_asks_too_often_gets_nothing() -> None:
    room, ana, bo = pair()
    body = encode(again([(1, 1)]))
    for seq in (9, 10):
        room.carry_out(ana, ana.node.kept(letter(bo, LetterKind.AGAIN, body, seq), seq, room.now))
    assert sum(isinstance(one, FindAgain) for one in ana.asked) == 1
    assert "asked again" in ana.dropped


def test_rubbish_that_asks_is_counted_and_acknowledged() -> None:
    room, ana, bo = pair()
    for seq, kind in enumerate((LetterKind.AGAIN, LetterKind.READ), 9):
        room.carry_out(ana, ana.node.kept(letter(bo, kind, b"\0\0", seq), seq, room.now))
    assert ana.dropped[-2:] == ["short", "short"]
    assert ana.asked == []


def test_what_was_seen_is_told_and_kept() -> None:
    room, ana, bo = pair()
    told = ana.node.gaps.seen(bo.identity.key, 42, 0)
    assert (told.kind, told.text) == (LetterKind.READ, encode(ReadReceipt(42)))
    room.carry_out(bo, bo.node.kept(letter(ana, LetterKind.READ, told.text), 1, room.now))
    assert bo.asked == [KeepRead(ana.identity.key, 42)]
