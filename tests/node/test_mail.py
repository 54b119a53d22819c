"""Private messages between nodes in a room: sealed, acknowledged, shown once, and never lost on the way."""

from dataclasses import replace

import pytest

from handheld.clock import SeededEntropy
from handheld.commands import Name, Send
from handheld.crypto.identity import Identity
from handheld.crypto.sealing import seal_first, seal_known
from handheld.crypto.signing import sign_profile
from handheld.errors import Refused
from handheld.node.answers import WINDOW_S
from handheld.node.effects import Dropped, Effect, KeepLetter, KeepPetname, KeepSealing, Transmit
from handheld.node.entry import Entry, State
from handheld.node.letters import Kind
from handheld.node.mail import PRIVATE, UNMAPPED_MAX
from handheld.node.node import Node
from handheld.node.outbox import FRONT
from handheld.node.saved import Saved
from handheld.node.trials import PER_SECOND
from handheld.wire.air import decode_air, flood
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind, LetterKind, SentResult
from handheld.wire.records import LETTER_BODY_MAX, Ack, Letter
from tests.support.nodes import WALL, Handheld, Room

EVE = Identity.create(SeededEntropy("eve"))


def room(*names: str) -> Room:
    """A room in which everybody has been heard by everybody."""
    here = Room([Handheld(name) for name in names])
    here.radio_up()
    here.run(3_000)
    here.frames.clear()
    return here


def kinds(here: Room) -> list[str]:
    return [AirKind(decode_air(air).kind).name.lower() for _, _, air in here.frames]


def sizes(here: Room) -> set[int]:
    return {len(air) for _, _, air in here.frames if decode_air(air).kind == AirKind.PRIVATE}


def dropped(effects: list[Effect]) -> list[str]:
    return [effect.reason for effect in effects if isinstance(effect, Dropped)]


def test_a_message_arrives_sealed_and_is_acknowledged() -> None:
    here = room("ana", "bo", "eve")
    here.send("ana", "bo", "Meet me at the bridge")
    here.run(200)
    assert here.handhelds["bo"].mail() == ["Meet me at the bridge"]
    assert here.handhelds["eve"].mail() == []
    assert here.handhelds["ana"].states[1] == ["aired", "delivered"]
    assert here.handhelds["ana"].node.outbox == {}
    assert kinds(here).count("private") == 1
    assert kinds(here).count("ack") == 1
    assert not any(b"bridge" in air for _, _, air in here.frames)


def test_the_first_is_an_x_and_after_an_answer_it_is_a_k_of_the_same_sizes() -> None:
    seen = set()
    for length in (1, 47, 48, 111, 112, 119, 167):
        here = room("ana", "bo")
        here.send("ana", "bo", "x" * min(length, 119))
        here.run(200)
        assert sizes(here) <= {186, 242}
        here.frames.clear()
        here.send("bo", "ana", "y" * length)
        here.run(200)
        seen |= sizes(here)
        assert here.handhelds["ana"].mail() == ["y" * length]
    assert seen == {122, 186, 242}


def test_a_long_first_message_goes_as_a_k_with_our_profile_beside_it() -> None:
    here = room("ana", "bo")
    here.send("ana", "bo", "z" * 167)
    here.run(1_000)
    assert here.handhelds["bo"].mail() == ["z" * 167]
    assert "profile" in kinds(here)


def test_at_thirty_percent_loss_everything_arrives_once_and_soon() -> None:
    here = room("ana", "bo")
    here.loss_percent = 30
    for number in range(120):
        here.send("ana", "bo", f"message {number}, forty characters of it all")
        here.run(1_000)
    here.run(60_000)
    assert sorted(here.handhelds["bo"].mail()) == sorted(here.handhelds["ana"].mail(own=True))
    assert all(states[-1] == "delivered" for states in here.handhelds["ana"].states.values())
    assert len(here.handhelds["ana"].states) == 120


def test_without_a_radio_it_waits_and_goes_when_it_comes() -> None:
    here = room("ana", "bo")
    here.radio_down("ana")
    here.send("ana", "bo", "later")
    here.run(5_000)
    assert here.handhelds["ana"].node.outbox == {"queued": 1}
    here.radio_up("ana")
    here.run(2_000)
    assert here.handhelds["bo"].mail() == ["later"]


def test_a_reader_out_of_reach_is_tried_ever_more_rarely_and_at_once_when_heard() -> None:
    here = room("ana", "bo")
    here.deaf = {("ana", "bo"), ("bo", "ana")}
    for number in range(20):
        here.send("ana", "bo", f"number {number}")
    here.run(3_600_000)
    hour = [at for at, name, air in here.frames if name == "ana" and decode_air(air).kind == AirKind.PRIVATE]
    assert len(hour) < FRONT * 25
    here.deaf = set()
    here.post("bo", "I am back")
    here.run(10_000)
    assert len(here.handhelds["bo"].mail()) == 20
    assert here.handhelds["ana"].node.outbox == {}


def test_after_seven_powered_days_it_is_given_up_and_a_late_ack_still_counts() -> None:
    here = room("ana", "bo")
    here.deaf = {("ana", "bo"), ("bo", "ana")}
    here.send("ana", "bo", "too late")
    here.run((7 * 24 + 1) * 3_600_000)
    assert here.handhelds["ana"].states[1][-1] == "failed"
    last = [air for _, name, air in here.frames if name == "ana" and decode_air(air).kind == AirKind.PRIVATE][
        -1
    ]
    bo = here.handhelds["bo"]
    here.deaf = set()
    here.carry_out(bo, bo.node.receive(last, -60, here.now, WALL))
    here.run(1_000)
    assert here.handhelds["ana"].states[1][-1] == "delivered"


def test_without_a_prekey_it_waits_and_says_so() -> None:
    here = room("ana")
    newcomer = Handheld("bo")
    key = newcomer.identity.key.hex()
    here.send("ana", key, "welcome")
    ana = here.handhelds["ana"]
    letter = ana.letters[0]
    assert "No profile" in ana.node.message(letter, 1, "queued", here.now).note
    here.run(2_000)
    assert ana.states[1] == ["waiting"]
    assert set(kinds(here)) <= {"here"}
    here.handhelds["bo"] = newcomer
    here.radio_up("bo")
    here.run(3_000)
    assert newcomer.mail() == ["welcome"]
    assert ana.states[1][-1] == "delivered"


def test_a_profile_whose_prekey_is_no_key_makes_it_wait_and_nothing_else() -> None:
    here = room("ana")
    bad = sign_profile(EVE, 0, b"eve")
    broken = replace(EVE, epoch=2)
    broken.__dict__["prekey"] = bytes(32)
    ana = here.handhelds["ana"]
    for profile in (bad, sign_profile(broken, 0, b"eve")):
        here.carry_out(ana, ana.node.receive(flood(AirKind.PROFILE, 8, encode(profile)), -50, here.now, WALL))
    here.send("ana", EVE.key.hex(), "hello")
    here.run(2_000)
    assert ana.states[1] == ["waiting"]
    assert ana.node.dropped["low-order"] == 1


def test_a_first_contact_waits_for_the_profile_that_names_its_writer() -> None:
    here = room("ana", "bo")
    stranger = Handheld("eve")
    bo = here.handhelds["bo"].identity
    letter = Letter(LetterKind.TEXT, 1, 1, b"You do not know me")
    sealed = seal_first(
        stranger.identity, letter, first=PRIVATE, reader=bo.key, prekey=bo.prekey, ephemeral=b"e" * 32
    )
    hearer = here.handhelds["bo"]
    effects = hearer.node.receive(flood(AirKind.PRIVATE, 7, sealed.body), -50, here.now, WALL)
    assert dropped(effects) == ["unknown writer"]
    here.handhelds["eve"] = stranger
    here.radio_up("eve")
    here.run(2_000)
    assert hearer.mail() == ["You do not know me"]


def test_waiting_first_contacts_are_bounded() -> None:
    here = room("bo")
    bo = here.handhelds["bo"]
    for number in range(UNMAPPED_MAX + 10):
        letter = Letter(LetterKind.TEXT, number + 1, 1, b"x")
        ephemeral = number.to_bytes(32, "big")
        sealed = seal_first(
            EVE, letter, first=PRIVATE, reader=bo.identity.key, prekey=bo.identity.prekey, ephemeral=ephemeral
        )
        bo.node.receive(flood(AirKind.PRIVATE, 7, sealed.body), -50, here.now + 50 * number, WALL)
    profile = flood(AirKind.PROFILE, 8, encode(sign_profile(EVE, 0, b"eve")))
    here.now += 10_000
    here.carry_out(bo, bo.node.receive(profile, -50, here.now, WALL))
    # Through the cap on tries, like everything that strangers send.
    assert len(bo.mail()) == PER_SECOND
    here.run(5_000)
    assert len(bo.mail()) == UNMAPPED_MAX


def sealed_for_bo(here: Room, seq: int = 1, seed: bytes = b"e") -> tuple[bytes, Identity]:
    ana, bo = here.handhelds["ana"].identity, here.handhelds["bo"].identity
    letter = Letter(LetterKind.TEXT, seq, 1, b"once")
    sealed = seal_known(ana, letter, first=PRIVATE, reader=bo.key, prekey=bo.prekey, ephemeral=seed * 32)
    return flood(AirKind.PRIVATE, 7, sealed.body), bo


def test_one_sealing_is_acknowledged_twice_within_ten_minutes_and_shown_once() -> None:
    here = room("ana", "bo")
    air, _ = sealed_for_bo(here)
    bo = here.handhelds["bo"]
    for _ in range(5):
        here.carry_out(bo, bo.node.receive(air, -50, here.now, WALL))
        here.run(100)
    assert bo.mail() == ["once"]
    assert kinds(here).count("ack") == 2
    again, _ = sealed_for_bo(here, seed=b"f")
    here.carry_out(bo, bo.node.receive(again, -50, here.now, WALL))
    here.run(100)
    assert bo.mail() == ["once"]
    assert kinds(here).count("ack") == 3
    here.run(1000 * WINDOW_S + 1_000)
    here.carry_out(bo, bo.node.receive(again, -50, here.now, WALL))
    here.run(100)
    assert kinds(here).count("ack") == 3


def test_copies_that_wait_for_the_disk_together_get_two_acks_as_well() -> None:
    here = room("ana", "bo")
    air, _ = sealed_for_bo(here)
    bo = here.handhelds["bo"]
    waiting = [effect for _ in range(4) for effect in bo.node.receive(air, -50, here.now, WALL)]
    here.carry_out(bo, waiting)
    here.run(100)
    assert bo.mail() == ["once"]
    assert kinds(here).count("ack") == 2


def test_a_flood_of_private_frames_is_tried_at_twenty_a_second_and_none_is_lost() -> None:
    here = room("ana", "bo")
    bo = here.handhelds["bo"]
    for seq in range(1, 61):
        air, _ = sealed_for_bo(here, seq, bytes([seq]))
        here.carry_out(bo, bo.node.receive(air, -50, here.now, WALL))
    assert 20 <= len(bo.mail()) < 30
    here.run(1_000)
    assert 38 <= len(bo.mail()) <= 42
    here.run(3_000)
    assert len(bo.mail()) == 60


def test_more_than_can_wait_drops_the_oldest_and_counts_it() -> None:
    here = room("ana", "bo")
    bo = here.handhelds["bo"]
    air, _ = sealed_for_bo(here)
    for _ in range(20 + 256 + 3):
        bo.node.receive(air, -50, here.now, WALL)
    assert bo.node.dropped["trials"] == 3


def test_forged_acks_and_acks_of_others_deliver_nothing() -> None:
    here = room("ana", "bo")
    here.deaf = {("bo", "ana")}
    here.send("ana", "bo", "hello")
    here.run(1_000)
    ana = here.handhelds["ana"]
    for preimage in (bytes(8), b"\xff" * 8, next(iter(ana.sealings))):
        effects = ana.node.receive(flood(AirKind.ACK, 8, encode(Ack(preimage))), -50, here.now, WALL)
        assert dropped(effects) == ["ack"]
    assert ana.node.outbox == {"aired": 1}


def test_an_impersonation_by_another_contact_is_not_shown() -> None:
    here = room("ana", "bo", "eve")
    bo, eve = here.handhelds["bo"].identity, here.handhelds["eve"].identity
    ana = here.handhelds["ana"].identity
    mixed = replace(eve)
    mixed.__dict__["_pair"] = (ana.key, b"")
    letter = Letter(LetterKind.TEXT, 1, 1, b"I am ana")
    for seal in (seal_known, seal_first):
        sealed = seal(mixed, letter, first=PRIVATE, reader=bo.key, prekey=bo.prekey, ephemeral=b"m" * 32)
        hearer = here.handhelds["bo"]
        here.carry_out(
            hearer, hearer.node.receive(flood(AirKind.PRIVATE, 8, sealed.body), -50, here.now, WALL)
        )
    assert here.handhelds["bo"].mail() == []


def test_messages_on_their_way_survive_a_restart_with_their_acks() -> None:
    here = room("ana", "bo")
    here.deaf = {("bo", "ana")}
    here.send("ana", "bo", "before the cut")
    here.run(500)
    ana = here.handhelds["ana"]
    entry = Entry(1, here.handhelds["bo"].identity.key, 1, 1, b"before the cut", State.AIRED)
    entry.sealings = list(ana.sealings)
    acks = [air for _, name, air in here.frames if name == "bo" and decode_air(air).kind == AirKind.ACK]
    ack = acks[0]
    profiles = [keep.raw for keep in ana.profiles.values()]
    saved = Saved(profiles=profiles, boards=["here"], letters=[entry], letter_seqs=[(entry.reader, 1)])
    again = Handheld("ana", saved, seed="again")
    room_again = Room([again])
    room_again.carry_out(again, again.node.receive(ack, -50, 0, WALL))
    assert again.states == {1: ["delivered"]}
    room_again.send("ana", entry.reader.hex(), "after")
    assert again.letters[-1].seq == 2


@pytest.mark.parametrize(
    ("who", "text", "says"),
    [
        ("bo", "", "nothing to send"),
        ("bo", "\u200b", "nothing to send"),
        ("bo", "x" * 10_000, "9833 too long"),
        ("bo", "a\0b", "NUL"),
        ("ana", "hello me", "your own key"),
        ("nobody", "hi", "no name nobody"),
        ("abc", "hi", "no name abc"),
        ("0000", "hi", "Nobody known"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_its_sentence(who: str, text: str, says: str) -> None:
    here = room("ana", "bo")
    with pytest.raises(Refused, match=says):
        here.send("ana", who, text)
    here.send("ana", "bo", "fine")
    assert here.handhelds["ana"].letters[0].seq == 1


def test_the_outbox_is_bounded_before_anything_is_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handheld.node.outbox.OUTBOX_MAX", 2)
    here = room("ana")
    here.send("ana", EVE.key.hex(), "one")
    here.send("ana", EVE.key.hex(), "two")
    with pytest.raises(Refused, match="wait for their readers"):
        here.send("ana", EVE.key.hex(), "three")


def test_a_self_chosen_name_finds_nobody_and_the_refusal_says_what_to_do() -> None:
    here = room("ana", "bo")
    key = here.handhelds["bo"].identity.key
    with pytest.raises(Refused, match=f"key {key.hex()[:8]}.*pocketmesh name KEY bo"):
        here.handhelds["ana"].node.send(Send("bo", "hi"), WALL)
    here.name("ana", "bo", "Bo from the mill")
    here.carry_out(
        here.handhelds["ana"], here.handhelds["ana"].node.send(Send("bo FROM the mill", "hi"), WALL)
    )
    assert here.handhelds["ana"].letters[0].peer == key
    assert here.handhelds["ana"].petnames == {key: "Bo from the mill"}
    person = here.handhelds["ana"].node.everybody(here.now)[0]
    assert (person.name, person.petname) == ("Bo from the mill", "Bo from the mill")


def test_a_petname_finds_one_person_and_can_be_taken_away() -> None:
    here = room("ana", "bo", "cy")
    node = here.handhelds["ana"].node
    here.name("ana", "bo", "friend")
    with pytest.raises(Refused, match="already"):
        here.name("ana", "cy", "Friend")
    key = here.handhelds["bo"].identity.key.hex()
    node.name(Name("friend", ""))
    with pytest.raises(Refused):
        node.find("friend")
    assert node.find(key[:8]).hex() == key
    here.name("ana", "cy", "friend")
    with pytest.raises(Refused, match="24 visible"):
        node.name(Name(key, "x" * 25))
    with pytest.raises(Refused, match=r"config\.toml"):
        node.name(Name(node.key.hex(), "me"))


def test_two_contacts_with_one_prefix_are_told_apart_and_neither_is_guessed() -> None:
    here = room("ana")
    ana = here.handhelds["ana"]
    keys = ["ab" * 32, "ab" * 31 + "cd"]
    for number, key in enumerate(keys):
        here.carry_out(ana, ana.node.name(Name(key, f"twin {number}"))[1])
    with pytest.raises(Refused, match="2 keys begin with abab"):
        ana.node.find("abab")
    assert ana.node.find(keys[1]).hex() == keys[1]


def test_a_namesake_of_a_contact_is_pointed_out_and_the_key_stays_pinned() -> None:
    here = room("ana", "bo")
    bo = here.handhelds["bo"].identity.key
    here.name("ana", "bo", "bo")
    other = flood(AirKind.PROFILE, 8, encode(sign_profile(EVE, 0, b"Bo")))
    ana = here.handhelds["ana"]
    here.carry_out(ana, ana.node.receive(other, -50, here.now, WALL))
    here.carry_out(ana, ana.node.send(Send("bo", "hi"), WALL))
    letter = ana.letters[0]
    assert letter.peer == bo
    note = ana.node.message(letter, 1, "queued", here.now).note
    assert EVE.key.hex()[:8] in note
    assert bo.hex()[:8] in note


def test_only_the_prekey_opens() -> None:
    here = room("ana", "bo")
    air, bo = sealed_for_bo(here)
    saved = Saved(profiles=[keep.raw for keep in here.handhelds["bo"].profiles.values()], boards=["here"])
    rotated = Node(replace(bo, prekey_secret=b"p" * 32, epoch=2), "bo", SeededEntropy("r"), saved)
    assert any(
        isinstance(effect, KeepLetter)
        for effect in here.handhelds["bo"].node.receive(air, -50, here.now, WALL)
    )
    assert dropped(rotated.receive(air, -50, here.now, WALL)) == ["mail"]


def test_what_cannot_be_opened_is_dropped_and_named() -> None:
    here = room("ana", "bo")
    ana, bo = here.handhelds["ana"], here.handhelds["bo"]
    keys = {"reader": bo.identity.key, "prekey": bo.identity.prekey, "ephemeral": b"e" * 32}
    letter = Letter(LetterKind.TEXT, 1, 1, b"hello")
    first = seal_first(ana.identity, letter, first=PRIVATE, **keys).body
    to_himself = seal_known(bo.identity, letter, first=PRIVATE, **keys).body
    cases = {
        "low-order": bytes(32) + first[32:],
        "mail": first[:50] + bytes([first[50] ^ 1]) + first[51:],
        "size": first[:-1],
    }
    for reason, body in cases.items():
        effects = bo.node.receive(flood(AirKind.PRIVATE, 8, body), -50, here.now, WALL)
        assert dropped(effects) == [reason]
    effects = bo.node.receive(flood(AirKind.PRIVATE, 8, to_himself), -50, here.now, WALL)
    assert dropped(effects) == ["mail"]


def test_the_memory_of_acks_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handheld.node.answers.REMEMBERED", 1)
    here = room("ana", "bo")
    bo = here.handhelds["bo"]
    for seq, again in ((1, 3), (2, 1), (1, 1)):
        air, _ = sealed_for_bo(here, seq, bytes([seq]))
        for _ in range(again):
            here.carry_out(bo, bo.node.receive(air, -50, here.now, WALL))
            here.run(100)
    # Twice for the first, once for the second; then the first is forgotten and answered anew.
    assert kinds(here).count("ack") == 4


def test_a_reader_who_lost_our_profile_gets_it_again_soon() -> None:
    here = room("ana", "bo")
    here.send("ana", "bo", "one")
    here.run(500)
    here.send("bo", "ana", "two")
    here.run(500)
    profiles = [keep.raw for keep in here.handhelds["ana"].profiles.values()]
    forgetful = Handheld("bo", Saved(boards=["here"], letter_seqs=[]), seed="forgetful")
    here.handhelds["bo"] = forgetful
    forgetful.radio = True
    forgetful.node.radio_up(2_540, here.now)
    forgetful.node._presence.radio_down()
    assert profiles
    here.send("ana", "bo", "three")
    here.run(20_000)
    assert forgetful.mail() == ["three"]


def test_what_the_radio_has_no_room_for_is_sealed_later_and_is_no_try() -> None:
    here = room("ana", *(f"reader{number}" for number in range(12)))
    here.radio_down("ana")
    for number in range(12):
        for text in range(5):
            here.send("ana", f"reader{number}", f"{text}")
    ana = here.handhelds["ana"]
    ana.radio = True
    effects = ana.node.radio_up(2_540, here.now) + ana.node.tick(here.now)
    assert sum(isinstance(effect, KeepSealing) for effect in effects) <= 40
    here.carry_out(ana, effects)
    here.run(60_000)
    assert ana.node.outbox == {}


def test_a_profile_opens_only_the_first_contacts_of_its_own_writer() -> None:
    here = room("bo")
    bo = here.handhelds["bo"]
    mallory = Identity.create(SeededEntropy("mallory"))
    keys = {"reader": bo.identity.key, "prekey": bo.identity.prekey}
    for writer, text in ((EVE, b"from eve"), (mallory, b"from mallory")):
        letter = Letter(LetterKind.TEXT, 1, 1, text)
        sealed = seal_first(writer, letter, first=PRIVATE, ephemeral=text.ljust(32), **keys)
        bo.node.receive(flood(AirKind.PRIVATE, 7, sealed.body), -50, here.now, WALL)
    for writer, mail in ((EVE, ["from eve"]), (mallory, ["from eve", "from mallory"])):
        profile = flood(AirKind.PROFILE, 8, encode(sign_profile(writer, 0, b"x")))
        here.carry_out(bo, bo.node.receive(profile, -50, here.now, WALL))
        assert bo.mail() == mail


def test_an_ack_may_come_before_the_radio_says_that_it_has_sent() -> None:
    here = room("ana", "bo")
    ana, bo = here.handhelds["ana"], here.handhelds["bo"]
    (letter,) = ana.node.send(Send(bo.identity.key.hex(), "quick"), WALL)
    assert isinstance(letter, KeepLetter)
    (given,) = (one for one in ana.node.kept(letter, 1, here.now) if isinstance(one, Transmit))
    here.carry_out(bo, bo.node.receive(given.air, -50, here.now, WALL))
    here.run(100)
    assert ana.states[1] == ["delivered"]
    here.carry_out(ana, ana.node.sent(given.token, SentResult.ON_AIR, here.now))
    assert ana.states[1] == ["delivered"]


def told(here: Room, name: str) -> list[tuple[str, str]]:
    handheld = here.handhelds[name]
    shown = [handheld.node.message(letter, 1, "received", here.now) for letter in handheld.letters]
    return [(message.kind, message.text) for message in shown]


def write(here: Room, kind: int, body: bytes) -> None:
    """Ana's node writes a letter of some kind to Bo."""
    ana, bo = here.handhelds["ana"], here.handhelds["bo"].identity.key
    here.carry_out(ana, [ana.node._mail.write(bo, kind, body, WALL)])


def test_a_kind_that_is_not_known_is_kept_acknowledged_counted_and_says_so() -> None:
    here = room("ana", "bo")
    for body in (b"", b"\x80", b"\0key\0\0", bytes(LETTER_BODY_MAX)):
        write(here, 200, body)
        here.run(2_000)
    ana, bo = here.handhelds["ana"], here.handhelds["bo"]
    assert [letter.text for letter in bo.letters] == [b"", b"\x80", b"\0key\0\0", bytes(LETTER_BODY_MAX)]
    assert told(here, "bo") == [("newer", "A message that only a newer pocketmesh can show.")] * 4
    assert bo.node.dropped["letter kind"] == 4
    assert [states[-1] for states in ana.states.values()] == ["delivered"] * 4


def test_an_organ_takes_the_letters_of_its_kind_before_they_are_acknowledged() -> None:
    here = room("ana", "bo")
    taken: list[bytes] = []

    def take(letter: KeepLetter, now: int) -> list[Effect]:
        taken.append(letter.text)
        assert kinds(here).count("ack") == len(taken) - 1
        return [KeepPetname(letter.author, "from a letter")]

    bo = here.handhelds["bo"]
    show = lambda body, own: f"{'sent' if own else 'got'} {body.decode()}"  # noqa: E731
    for handheld in here.handhelds.values():
        handheld.node._mail.kinds[LetterKind.INTRODUCTION] = Kind("introduction", show, take)
    write(here, LetterKind.INTRODUCTION, b"Cy")
    here.run(200)
    here.send("ana", "bo", "and a text")
    here.run(200)
    assert taken == [b"Cy"]
    assert bo.petnames == {here.handhelds["ana"].identity.key: "from a letter"}
    assert told(here, "bo") == [("introduction", "got Cy"), ("text", "and a text")]
    assert told(here, "ana") == [("introduction", "sent Cy"), ("text", "and a text")]
    assert [letter.seq for letter in bo.letters] == [1, 2]
