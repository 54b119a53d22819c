"""Rooms in a small village of pure nodes: who reads what, who is kept out, and how keys get about."""

from dataclasses import replace

import pytest

from handheld.clock import SeededEntropy
from handheld.commands import Invite, JoinRoom, LeaveRoom, NewRoom, Post, Remove, Say
from handheld.crypto import rooms as sealing
from handheld.crypto.identity import Identity
from handheld.crypto.rooms import RoomKey
from handheld.errors import Refused, UsageError
from handheld.events import RoomChanged
from handheld.node.effects import Dropped, KeepLetter, KeepRoomPost
from handheld.node.rooms import INVITED_MAX, ROOMS_MAX
from handheld.node.saved import Saved
from handheld.node.showing import OLD_KEY
from handheld.node.trials import PER_SECOND, WAITING_MAX
from handheld.wire.air import decode_air, first_byte, flood
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind, LetterKind, RoomType
from handheld.wire.rooms import RoomKeyLetter
from tests.support.nodes import WALL, Handheld, Room

ROOM_KEY = LetterKind.ROOM_KEY
EVE = Identity.create(SeededEntropy("eve"))


def village(*names: str) -> Room:
    """Handhelds that know each other's profiles."""
    here = Room(Handheld(name) for name in names)
    here.radio_up()
    here.run(3_000)
    return here


def together(*names: str) -> Room:
    """The same, all in the first one's room, and heard by each other."""
    here = village(*names)
    card = here.make_room(names[0])
    for name in names[1:]:
        here.join_room(name, card)
    here.run(2_000)
    for name in names:
        here.say(name, f"{name} is here")
    here.run(2_000)
    return here


def members(here: Room, name: str, room: str = "kitchen") -> list[str]:
    rooms = here.handhelds[name].node.rooms
    known = {one.identity.key.hex(): other for other, one in here.handhelds.items()}
    return sorted(known[person.key] for person in rooms.shown(rooms.find(room), here.now).members)


def key_of(here: Room, name: str) -> RoomKey:
    return here.handhelds[name].node.rooms.find("kitchen").current.key


def hear(here: Room, name: str, key: RoomKey, author: Identity, text: str, *, seq: int = 1) -> None:
    """A room frame that nobody in the village sent."""
    body = sealing.seal_post(author, key, RoomType.NOTE, seq, 5, text.encode(), bytes(16))
    handheld = here.handhelds[name]
    frame = flood(AirKind.ROOM, 8, body)
    here.carry_out(handheld, handheld.node.receive(frame, -60, here.now, WALL))


def test_what_is_said_in_a_room_is_read_by_its_members_alone() -> None:
    here = village("ana", "bo", "cy")
    here.join_room("bo", here.make_room("ana"))
    here.run(1_000)
    here.say("ana", "soup at seven")
    here.run(1_000)
    here.say("bo", "I bring bread")
    here.run(1_000)
    ana, bo, cy = here.handhelds.values()
    assert bo.said() == ["soup at seven"]
    assert ana.said() == ["(joined)", "I bring bread"]
    assert cy.said() == []
    assert cy.node.dropped["room"] == 3
    assert len(ana.aired) == 1
    assert (members(here, "ana"), members(here, "bo")) == (["bo"], ["ana"])


def test_words_make_the_room_that_they_made() -> None:
    here = village("ana", "bo")
    words = here.make_room("ana", words=6)
    assert len(words.split()) == 6
    here.join_room("bo", words.upper(), room="Küche")
    here.say("bo", "hello", room="Küche")
    here.run(1_000)
    assert here.handhelds["ana"].said() == ["(joined)", "hello"]
    with pytest.raises(UsageError, match="Did you mean"):
        here.join_room("bo", "appel " + words, room="other")


def test_the_air_shows_neither_room_nor_author_nor_text() -> None:
    here = together("ana", "bo")
    here.frames.clear()
    here.say("ana", "the well is dry")
    here.run(1_000)
    frames = [air for _, _, air in here.frames if air[0] >> 2 & 15 == AirKind.ROOM]
    assert len(frames) == 1
    key, author = key_of(here, "ana"), here.handhelds["ana"].identity.key
    for known in (key.room, key.ident[:3], key.secret[:3], author[:3], b"well"):
        assert known not in frames[0]


def test_room_frames_start_at_7_8_or_9_hops() -> None:
    here = together("ana", "bo")
    for number in range(20):
        here.say("ana", f"number {number}")
    here.run(5_000)
    ttls = {decode_air(air).ttl for _, _, air in here.frames if air[0] >> 2 & 15 == AirKind.ROOM}
    assert ttls == {7, 8, 9}


def test_a_replayed_frame_shows_nothing_twice_and_own_ones_come_back_in_vain() -> None:
    here = together("ana", "bo")
    bo = here.handhelds["bo"]
    held = bo.said()
    frames = [air for _, _, air in here.frames if air[0] >> 2 & 15 == AirKind.ROOM]
    for air in frames * 2:
        for handheld in here.handhelds.values():
            here.carry_out(handheld, handheld.node.receive(air, -60, here.now, WALL))
        here.run(1_000)
    assert bo.said() == held
    assert bo.node.dropped["own"] > 0


def test_a_changed_or_cut_frame_is_dropped() -> None:
    here = together("ana", "bo")
    bo = here.handhelds["bo"]
    held = bo.said()
    body = sealing.seal_post(
        here.handhelds["ana"].identity, key_of(here, "bo"), RoomType.NOTE, 99, 9, b"hello", bytes(16)
    )
    for place in range(0, len(body), 7):
        changed = bytearray(body)
        changed[place] ^= 1
        for data in (bytes(changed), body[:place] or b"x"):
            here.carry_out(bo, bo.node.receive(flood(AirKind.ROOM, 8, data), -60, here.now, WALL))
            here.run(100)
    assert bo.said() == held
    assert bo.node.dropped["short"] > 0


def test_a_member_cannot_pass_for_another() -> None:
    here = together("ana", "bo")
    bo = here.handhelds["bo"]
    forged = replace(EVE)
    vars(forged)["_pair"] = (here.handhelds["ana"].identity.key, EVE.signing_key)
    assert forged.key == here.handhelds["ana"].identity.key
    hear(here, "bo", key_of(here, "bo"), forged, "I am Ana")
    assert "I am Ana" not in bo.said()
    assert bo.node.dropped["signature"] == 1


def test_a_post_of_somebody_unknown_waits_for_his_profile() -> None:
    here = village("ana", "bo")
    here.join_room("bo", here.make_room("ana"))
    here.run(1_000)
    here.handhelds["cy"] = Handheld("cy")
    here.radio_up("cy")
    here.deaf = {("cy", "ana"), ("ana", "cy")}
    here.run(3_000)
    here.deaf = {("cy", "bo")}
    here.join_room("cy", key_of(here, "ana").card)
    here.say("cy", "a stranger's words")
    here.run(10)
    ana = here.handhelds["ana"]
    assert ana.node.dropped["unknown author"] == 2
    assert ana.said() == ["(joined)"]
    here.run(5_000)
    assert ana.said() == ["(joined)", "(joined)", "a stranger's words"]
    assert members(here, "ana") == ["bo", "cy"]


def test_an_invitation_waits_for_a_yes() -> None:
    here = village("ana", "bo")
    here.make_room("ana")
    here.say("ana", "before")
    here.invite("ana", "bo")
    here.run(2_000)
    bo = here.handhelds["bo"].node.rooms
    (asked,) = bo.everything(here.now)
    assert asked.inviter is not None
    assert (asked.name, asked.inviter.key) == ("kitchen", here.handhelds["ana"].identity.key.hex())
    with pytest.raises(Refused, match="You are in no room called kitchen"):
        here.say("bo", "too early")
    here.say("ana", "still before")
    here.run(1_000)
    assert here.handhelds["bo"].said() == []
    here.join_room("bo")
    here.say("ana", "after")
    here.run(1_000)
    assert here.handhelds["bo"].said() == ["after"]
    assert here.handhelds["ana"].said() == ["(joined)"]
    assert RoomChanged("kitchen") in here.handhelds["bo"].told


def test_an_invitation_can_be_declined_and_no_more_than_some_are_kept() -> None:
    here = village("ana", "bo")
    for number in range(INVITED_MAX + 2):
        here.make_room("ana", f"room {number}")
        here.invite("ana", "bo", f"room {number}")
        here.run(1_000)
    bo = here.handhelds["bo"]
    names = [room.name for room in bo.node.rooms.everything(here.now)]
    assert names == sorted(f"room {number}" for number in range(2, INVITED_MAX + 2))
    letters = len(bo.letters)
    here.leave_room("bo", "room 5")
    assert "room 5" not in [room.name for room in bo.node.rooms.everything(here.now)]
    assert len(bo.letters) == letters
    with pytest.raises(Refused, match="Nobody asks you"):
        here.join_room("bo", room="room 5")


def test_two_invitations_of_one_name_stay_apart() -> None:
    here = village("ana", "bo", "cy")
    for name in ("ana", "cy"):
        here.make_room(name)
        here.invite(name, "bo")
        here.run(1_000)
    names = [room.name for room in here.handhelds["bo"].node.rooms.everything(here.now)]
    assert names == ["kitchen", "kitchen 2"]


def test_leaving_gives_a_new_key_to_those_who_stay_and_leaves_nothing_behind() -> None:
    here = together("ana", "bo", "cy")
    before = key_of(here, "ana")
    here.leave_room("cy")
    here.run(3_000)
    assert key_of(here, "ana") == key_of(here, "bo") != before
    assert key_of(here, "ana").epoch == 2
    assert (members(here, "ana"), members(here, "bo")) == (["bo"], ["ana"])
    cy = here.handhelds["cy"]
    assert (cy.rooms, cy.room_posts) == ({}, [])
    here.say("ana", "cy is gone")
    here.run(1_000)
    assert "cy is gone" in here.handhelds["bo"].said()
    assert cy.said() == []


def test_who_is_taken_out_reads_no_more_and_is_read_no_more() -> None:
    here = together("ana", "bo", "cy")
    old = key_of(here, "cy")
    here.remove("ana", "cy")
    here.run(3_000)
    here.say("bo", "among ourselves")
    here.say("cy", "hello?")
    here.run(2_000)
    assert "among ourselves" in here.handhelds["ana"].said()
    assert "among ourselves" not in here.handhelds["cy"].said()
    assert "hello?" not in here.handhelds["ana"].said() + here.handhelds["bo"].said()
    assert here.handhelds["bo"].node.dropped["gone"] == 1
    assert key_of(here, "cy") == old
    here.invite("bo", "cy")
    here.run(3_000)
    here.say("cy", "back again")
    here.run(2_000)
    assert "back again" in here.handhelds["ana"].said()
    assert key_of(here, "ana") == key_of(here, "bo") == key_of(here, "cy")


def test_who_was_away_gets_the_key_later_and_what_he_wrote_meanwhile_is_marked() -> None:
    here = together("ana", "bo", "cy")
    here.radio_down("bo")
    here.remove("ana", "cy")
    here.run(60_000)
    here.deaf = {("ana", "bo")}
    here.say("bo", "I was away")
    here.radio_up("bo")
    here.run(500)
    ana, bo = here.handhelds["ana"], here.handhelds["bo"]
    post = ana.room_posts[-1]
    assert (post.text, post.old) == (b"I was away", True)
    shown = ana.node.message(post, 9, "old key", here.now)
    assert (shown.note, shown.state, shown.room, shown.board, shown.peer) == (
        OLD_KEY,
        "received",
        "kitchen",
        "",
        "",
    )
    here.deaf = set()
    here.run(60_000)
    assert key_of(here, "bo") == key_of(here, "ana")
    here.say("bo", "and have the key")
    here.run(2_000)
    assert not ana.room_posts[-1].old
    assert bo.node.rooms.find("kitchen").inside == [ana.identity.key]


def test_two_take_different_people_out_at_once() -> None:
    here = together("ana", "bo", "cy", "dee", "eli")
    here.remove("ana", "dee")
    here.remove("bo", "eli")
    here.run(30_000)
    keys = {name: key_of(here, name) for name in here.handhelds}
    assert keys["ana"] == keys["bo"] == keys["cy"]
    assert keys["ana"] not in (keys["dee"], keys["eli"])
    assert members(here, "cy") == ["ana", "bo"]
    assert all(not room.may_read for room in here.handhelds["ana"].node.rooms.everything(here.now))


def test_rotation_survives_loss() -> None:
    here = together("ana", "bo", "cy", "dee")
    here.loss_percent = 40
    here.remove("ana", "dee")
    here.leave_room("cy")
    here.run(180_000)
    assert key_of(here, "ana") == key_of(here, "bo") != key_of(here, "dee")
    assert members(here, "bo") == ["ana"]


def test_what_waits_for_the_radio_goes_out_under_the_new_key() -> None:
    here = together("ana", "bo", "cy")
    here.radio_down("ana")
    here.say("ana", "written before")
    here.remove("ana", "cy")
    here.deaf = {("ana", "bo")}
    here.radio_up("ana")
    here.run(2_000)
    assert "written before" not in here.handhelds["cy"].said()
    assert here.handhelds["ana"].node.queued == 0


def test_who_joined_unheard_is_given_the_key_when_he_speaks() -> None:
    here = together("ana", "bo", "cy")
    card = key_of(here, "ana").card
    dee = here.handhelds["dee"] = Handheld("dee")
    here.deaf = {("dee", name) for name in ("ana", "bo", "cy")}
    here.radio_up("dee")
    here.join_room("dee", card)
    here.run(3_000)
    here.remove("ana", "cy")
    here.run(3_000)
    here.deaf = set()
    here.run(700_000)
    here.say("dee", "here I am")
    here.run(30_000)
    assert dee.node.rooms.find("kitchen").current.key == key_of(here, "ana") == key_of(here, "bo")


def test_a_newer_card_brings_the_key_to_who_missed_it() -> None:
    here = together("ana", "bo", "cy")
    here.radio_down("bo")
    here.remove("ana", "cy")
    card = key_of(here, "ana").card
    here.join_room("bo", card)
    assert key_of(here, "bo") == key_of(here, "ana")
    with pytest.raises(Refused, match="you call it kitchen"):
        here.join_room("bo", card)


def test_the_stranger_who_floods_costs_so_many_opens_a_second_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = together("ana", "bo")
    here.make_room("bo", "second")
    bo, opens = here.handhelds["bo"], 0
    real = sealing.open_post

    def counted(*args: object) -> object:
        nonlocal opens
        opens += 1
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("handheld.node.ears.open_post", counted)
    here.run(2_000)
    foreign = sealing.new_key(SeededEntropy("foreign"))
    for seq in range(1, 101):
        hear(here, "bo", foreign, EVE, "junk", seq=seq)
    hear(here, "bo", key_of(here, "bo"), here.handhelds["ana"].identity, "in between", seq=50)
    assert opens == PER_SECOND * 2
    here.run(10_000)
    assert opens == 100 * 2 + 1
    assert "in between" in bo.said()
    for seq in range(1, WAITING_MAX + PER_SECOND + 10):
        hear(here, "bo", foreign, EVE, "junk", seq=seq)
    assert bo.node.dropped["trials"] > 0


def test_who_is_in_no_room_opens_nothing() -> None:
    here = village("ana", "bo")
    here.make_room("bo")
    here.invite("bo", "ana")
    here.run(1_000)
    hear(here, "ana", key_of(here, "bo"), here.handhelds["bo"].identity, "hello")
    assert "we are in no room" in [
        effect.detail
        for effect in here.handhelds["ana"].node.receive(
            flood(AirKind.ROOM, 8, bytes(140)), -60, here.now, WALL
        )
        if isinstance(effect, Dropped)
    ]
    assert here.handhelds["ana"].said() == []


def test_types_to_come_are_counted_and_letters_that_are_none_dropped() -> None:
    here = together("ana", "bo")
    bo, ana = here.handhelds["bo"], here.handhelds["ana"]
    body = sealing.seal_post(
        ana.identity,
        key_of(here, "bo"),
        200,
        77,
        9,
        b"\1\2",
        bytes(16),  # type: ignore[arg-type]
    )
    here.carry_out(bo, bo.node.receive(flood(AirKind.ROOM, 8, body), -60, here.now, WALL))
    assert bo.node.dropped["room post type"] == 1
    before = dict(bo.rooms)
    key = encode(RoomKeyLetter(bytes(8), 1, bytes(32), bytes(8), bytes(32), b""))
    for text in (b"", b"x" * 20, key[:-1]):
        letter = KeepLetter(ana.identity.key, ana.identity.key, 9, 9, text, False, WALL, kind=ROOM_KEY)
        assert [type(effect) for effect in bo.node.rooms.take(letter, here.now)] == [Dropped]
    assert bo.rooms == before


def test_a_member_who_seals_rubbish_is_dropped() -> None:
    here = together("ana", "bo")
    bo, key = here.handhelds["bo"], key_of(here, "bo")
    sealed = sealing.seal_post(EVE, key, RoomType.NOTE, 1, 1, b"x", bytes(16))
    made, nonce = sealing._frame_key(key, sealed[:12])
    rubbish = sealing.encrypt(made, nonce, bytes([first_byte(AirKind.ROOM)]), bytes(112))
    here.carry_out(bo, bo.node.receive(flood(AirKind.ROOM, 8, sealed[:12] + rubbish), -60, here.now, WALL))
    assert bo.node.dropped["post"] == 1


def test_what_a_room_may_be_called_and_how_many_there_are() -> None:
    here = village("ana")
    here.make_room("ana", "Our Street")
    rooms = here.handhelds["ana"].node.rooms
    for name, why in (
        ("our street", "already"), ("", "1 to 24"), ("#here", "does not begin"), ("x" * 25, "1 to 24"),
        ("a\nb", "1 to 24"), ("ü" * 13, "26 bytes"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=why):
            rooms.make(NewRoom(name))
    with pytest.raises(UsageError, match="at least 6"):
        rooms.make(NewRoom("weak", 5))
    for number in range(ROOMS_MAX - 1):
        here.make_room("ana", f"room {number}")
    with pytest.raises(Refused, match="16 rooms already"):
        rooms.make(NewRoom("one more"))
    assert len(rooms.everything(0)) == ROOMS_MAX


def test_what_is_refused_changes_nothing() -> None:
    here = together("ana", "bo")
    ana, rooms = here.handhelds["ana"], here.handhelds["ana"].node.rooms
    own, before = ana.identity.key.hex(), dict(ana.rooms)
    with pytest.raises(Refused, match="your own key"):
        rooms.invite(Invite("kitchen", own), WALL)
    with pytest.raises(Refused, match="not known to be in"):
        rooms.remove(Remove("kitchen", "ab" * 32), WALL)
    with pytest.raises(Refused, match="in no room called cellar"):
        rooms.leave(LeaveRoom("cellar"), WALL)
    with pytest.raises(Refused, match="nothing to send"):
        rooms.say(Say("kitchen", " "), WALL)
    with pytest.raises(Refused, match="holds 140 bytes; this one is 1 too long"):
        rooms.say(Say("kitchen", "x" * 141), WALL)
    with pytest.raises(UsageError, match="no room's card"):
        rooms.join(JoinRoom("x", "PMR:AAAA"), WALL)
    assert ana.rooms == before


def test_what_is_meant_for_a_room_does_not_go_on_a_board_of_its_name() -> None:
    here = together("ana", "bo")
    with pytest.raises(Refused, match="kitchen is a room of yours"):
        here.post("ana", "for us alone", "kitchen")
    here.post("ana", "for everybody", "#kitchen")
    assert here.handhelds["ana"].node.post(Post("#kitchen", "and more"), WALL)


def test_a_restart_keeps_rooms_members_numbers_and_what_was_not_sent() -> None:
    here = together("ana", "bo", "cy")
    here.radio_down("ana")
    here.say("ana", "not sent yet")
    ana = here.handhelds["ana"]
    waiting = [(7, post) for post in ana.room_posts if post.text == b"not sent yet"]
    rooms = [(keep.id, keep.name, keep.content) for keep in ana.rooms.values()]
    profiles = [keep.raw for keep in ana.profiles.values()]
    damaged = [(b"damaged!", "broken", b"{}")]
    saved = Saved(
        profiles=profiles, rooms=[*rooms, *damaged], room_seqs=[(rooms[0][0], 2)], room_posts=waiting
    )
    again = Handheld("ana", saved, seed="again")
    again.room_posts = list(ana.room_posts)
    here.handhelds["ana"] = again
    assert again.node.dropped["saved room"] == 1
    assert members(here, "ana") == ["bo", "cy"]
    here.radio_up("ana")
    here.say("ana", "after the restart")
    here.run(3_000)
    assert here.handhelds["bo"].said()[-2:] == ["not sent yet", "after the restart"]
    assert [post.seq for post in again.room_posts if post.own] == [1, 2, 3]


def test_posts_of_a_room_that_was_left_are_not_sent() -> None:
    here = together("ana", "bo")
    here.radio_down("ana")
    here.say("ana", "never mind")
    here.leave_room("ana")
    here.radio_up("ana")
    here.run(2_000)
    assert "never mind" not in here.handhelds["bo"].said()
    lost = KeepRoomPost(b"no room!", here.handhelds["ana"].identity.key, 1, 1, b"x", True, WALL)
    assert here.handhelds["ana"].node.kept(lost, 3, here.now) == []


def _key_that_wins(good: RoomKey, epoch: int) -> RoomKey:
    """A key of this epoch that goes before the good one: whoever makes it draws until it does."""
    entropy = SeededEntropy("evil")
    while True:
        found = RoomKey(good.room, epoch, entropy.take(32))
        if found.rank > good.rank:
            return found


@pytest.mark.parametrize("who", ["cy", "mal"])
def test_neither_who_was_taken_out_nor_a_stranger_makes_a_key_that_is_kept(who: str) -> None:
    here = together("ana", "bo", "cy")
    here.handhelds["mal"] = Handheld("mal")
    here.radio_up("mal")
    here.run(5_000)
    here.remove("ana", "cy")
    here.run(3_000)
    good = key_of(here, "ana")
    assert good == key_of(here, "bo")
    evil = _key_that_wins(good, good.epoch if who == "cy" else good.epoch + 1)
    sender = here.handhelds[who]
    out = here.handhelds["cy"].identity.key[:8].ljust(32, b"\0")
    letter = RoomKeyLetter(evil.room, evil.epoch, evil.secret, sender.identity.key[:8], out, b"kitchen")
    for victim in ("ana", "bo"):
        reader = here.handhelds[victim].identity.key
        here.carry_out(sender, [sender.node._mail.write(reader, LetterKind.ROOM_KEY, encode(letter), WALL)])
    here.run(10_000)
    assert key_of(here, "ana") == key_of(here, "bo")
    assert key_of(here, "ana").ident != evil.ident
