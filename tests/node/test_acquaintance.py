"""How somebody becomes known: cards, words, introductions; each in one frame or one sentence."""

import pytest

from handheld.commands import Introduce, Name, Send, Unmeet
from handheld.crypto.cards import card_text, card_words, check_words
from handheld.errors import Refused
from handheld.node.effects import KeepIntroduction, KeepMet, KeepRank
from handheld.node.saved import Saved
from handheld.node.standing import KNOWN, REST
from handheld.wire.air import decode_air
from handheld.wire.constants import AirKind, LetterKind
from tests.support.nodes import WALL, Handheld, Room


def village(*names: str) -> Room:
    room = Room(Handheld(name) for name in names)
    room.radio_up()
    room.run(5_000)
    return room


def take(room: Room, name: str, text: str) -> None:
    handheld = room.handhelds[name]
    room.carry_out(handheld, handheld.node.acquaintance.take_card(text)[1])


def key(room: Room, name: str) -> bytes:
    return room.handhelds[name].identity.key


def test_a_card_makes_its_holder_met_and_him_alone() -> None:
    room = village("ana", "bo", "cem")
    card = room.handhelds["bo"].node.acquaintance.card()
    take(room, "ana", card.text)

    assert [room.person("ana", who).mark for who in ("bo", "cem")] == ["=", "?"]
    assert room.handhelds["ana"].met == {key(room, "bo")}
    assert room.person("bo", "ana").mark == "?"


def test_a_card_of_somebody_who_was_never_heard_is_taken_too() -> None:
    room = village("ana")
    card, effects = room.handhelds["ana"].node.acquaintance.take_card(card_text(b"\7" * 32, "bo"))

    assert card.name == "bo"
    assert effects == [KeepMet(b"\7" * 32, met=True), KeepRank(b"\7" * 32, KNOWN)]


def test_twelve_words_find_somebody_who_was_heard() -> None:
    room = village("ana", "bo")
    card = room.handhelds["bo"].node.acquaintance.card()
    assert card.words == " ".join(card_words(key(room, "bo")))
    take(room, "ana", card.words.upper().replace(" ", ", "))

    assert room.person("ana", "bo").mark == "="


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hello", "no card of pocketmesh"),
        ("PM1AAAA", "was not read rightly"),
        ("abandon ability able", "These are 3"),
        ("abandon " * 12, "Nobody who was heard has these words"),
        ("abandon " * 11 + "tigre", 'Did you mean "tiger"'),
    ],
)
def test_a_card_read_wrongly_is_one_sentence_and_nothing_is_changed(text: str, sentence: str) -> None:
    room = village("ana", "bo")
    with pytest.raises(Refused, match=sentence):
        take(room, "ana", text)

    assert room.person("ana", "bo").mark == "?"


def test_the_own_card_is_for_others() -> None:
    room = village("ana")
    with pytest.raises(Refused, match="your own card"):
        take(room, "ana", room.handhelds["ana"].node.acquaintance.card().text)


def test_whoever_was_met_by_mistake_can_be_taken_back() -> None:
    room = village("ana", "bo")
    ana = room.handhelds["ana"]
    take(room, "ana", card_text(key(room, "bo"), "bo"))
    _, effects = ana.node.acquaintance.unmeet(Unmeet(key(room, "bo").hex()))

    assert effects == [KeepMet(key(room, "bo"), met=False), KeepRank(key(room, "bo"), REST)]
    assert room.person("ana", "bo").mark == "?"


def test_a_contact_introduces_another_in_one_frame_and_he_can_be_written_to() -> None:
    room = village("ana", "bo", "cem")
    take(room, "bo", card_text(key(room, "ana"), "ana"))
    room.name("bo", "ana", "Ana")
    room.name("ana", "cem", "Cem the smith")
    room.send("ana", "bo", "hello")
    room.run(5_000)
    frames = len(room.frames)
    room.introduce("ana", "cem", to="bo")
    room.run(5_000)

    sent = [decode_air(air) for _, who, air in room.frames[frames:] if who == "ana"]
    assert [air.kind for air in sent].count(AirKind.PRIVATE) == 1
    cem = room.person("bo", "cem")
    assert (cem.mark, cem.name, cem.beside, cem.named) == ("~", "Cem the smith", "by Ana", True)
    bo = room.handhelds["bo"]
    assert bo.introductions == [(key(room, "cem"), key(room, "ana"), "Cem the smith")]
    letter = next(one for one in bo.letters if one.kind == LetterKind.INTRODUCTION)
    shown = bo.node.message(letter, 1, "received", room.now)
    assert (shown.kind, shown.text) == (
        "introduction",
        f"Meet Cem the smith, key {key(room, 'cem').hex()[:8]}: I know him under this name.",
    )
    room.send("bo", "cem", "Ana told me of you")
    room.run(5_000)
    assert room.handhelds["cem"].mail() == ["Ana told me of you"]


def test_an_introduction_by_a_stranger_is_shown_and_changes_no_level() -> None:
    room = village("ana", "bo", "cem")
    room.name("ana", "cem", "cem")
    room.introduce("ana", "cem", to="bo")
    room.run(5_000)

    assert [one.kind for one in room.handhelds["bo"].letters] == [LetterKind.INTRODUCTION]
    assert room.person("bo", "cem").mark == "?"
    assert room.handhelds["bo"].introductions == []


def test_an_introduced_name_finds_nobody() -> None:
    room = village("ana", "bo", "cem")
    take(room, "bo", card_text(key(room, "ana"), "ana"))
    room.name("ana", "cem", "smith")
    room.introduce("ana", "cem", to="bo")
    room.run(5_000)

    with pytest.raises(Refused, match="You have no name smith for anybody"):
        room.handhelds["bo"].node.send(Send("smith", "hi"), WALL)


def test_what_can_be_introduced_is_said() -> None:
    room = village("ana", "bo", "cem")
    node = room.handhelds["ana"].node
    bo, cem, own = (key(room, name).hex() for name in ("bo", "cem", "ana"))
    with pytest.raises(Refused, match="a name of yours first"):
        node.acquaintance.introduce(Introduce(bo, cem), WALL)
    with pytest.raises(Refused, match="you are neither of them"):
        node.acquaintance.introduce(Introduce(own, cem), WALL)
    with pytest.raises(Refused, match="you are neither of them"):
        node.acquaintance.introduce(Introduce(bo, bo), WALL)


def test_the_two_check_words_find_their_person_and_a_self_chosen_name_nobody() -> None:
    room = village("ana", "bo")
    node = room.handhelds["ana"].node

    assert node.find(check_words(key(room, "bo"))) == key(room, "bo")
    assert node.find(check_words(key(room, "bo")).upper()) == key(room, "bo")
    with pytest.raises(Refused, match="each may be anybody"):
        node.find("bo")
    with pytest.raises(Refused, match="no name zoo-zoo"):
        node.find("zoo-zoo")


def test_what_was_learned_is_there_after_a_restart() -> None:
    met, told = b"\7" * 32, b"\x08" * 32
    saved = Saved(petnames=[(met, "Ana")], met=[met], introductions=[(told, met, "bo")])
    node = Handheld("cem", saved).node

    assert [one.mark for one in (node.person(met, 0), node.person(told, 0))] == ["=", "~"]
    assert node.person(told, 0).beside == "by Ana"
    assert {one.key for one in node.everybody(0)} == {met.hex(), told.hex()}


@pytest.mark.parametrize("body", [b"", b"x" * 32, b"x" * 33 + b"\0", b"x" * 100])
def test_an_introduction_that_is_none_is_shown_as_that_and_changes_nothing(body: bytes) -> None:
    room = village("ana", "bo")
    take(room, "bo", card_text(key(room, "ana"), "ana"))
    ana, bo = room.handhelds["ana"], room.handhelds["bo"]
    ana_mail = ana.node._mail
    room.carry_out(ana, [ana_mail.write(key(room, "bo"), LetterKind.INTRODUCTION, body, WALL)])
    room.run(5_000)
    (letter,) = bo.letters

    assert bo.node.message(letter, 1, "received", 0).text == "An introduction that cannot be read."
    assert not any(isinstance(one, KeepIntroduction) for one in bo.told)
    assert bo.introductions == []


def test_a_name_that_is_given_stays_with_the_key_whatever_its_holder_says() -> None:
    room = village("ana", "bo")
    ana = room.handhelds["ana"]
    ana.node.name(Name(key(room, "bo").hex(), "Bo"))

    assert ana.node.find("bo") == key(room, "bo")
    assert room.person("ana", "bo").mark == "?"
