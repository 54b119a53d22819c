"""To follow, mute and block: what reaches whom, what its sender learns, and whose lists count."""

import pytest

from handheld.commands import Introduce, Invite, Publish, Relate, Send
from handheld.crypto.cards import card_text
from handheld.errors import Refused
from handheld.events import PersonHeard, RoomChanged
from handheld.node.effects import KeepBoard, KeepPost, KeepRank, KeepRelation, Tell
from handheld.node.saved import Saved
from handheld.node.standing import BLOCKED, FOLLOWED, FURTHER, KNOWN, REST
from handheld.wire.air import decode_air
from handheld.wire.constants import AirKind, PostType
from tests.support.nodes import WALL, Handheld, Room


def village(*names: str) -> Room:
    room = Room([Handheld(name) for name in names])
    room.radio_up()
    room.run(60_000)
    return room


def key(room: Room, name: str) -> bytes:
    return room.handhelds[name].identity.key


def lists(handheld: Handheld, author: bytes) -> list[tuple[int, bytes]]:
    """What the store would find."""
    found = [post for post in handheld.posts if post.kind == PostType.FOLLOWS and post.author == author]
    return [(post.seq, post.text) for post in found]


def relate(room: Room, name: str, who: str, relation: str, *, on: bool = True) -> list[object]:
    handheld, other = room.handhelds[name], key(room, who)
    command = Relate(other.hex(), relation, on)
    person, effects = handheld.node.following.relate(command, lists(handheld, other), room.now)
    room.carry_out(handheld, effects)
    assert effects[-1] == Tell(PersonHeard(person, fresh=False))
    assert person == handheld.node.person(other, room.now)
    return list(effects[:-1])


def publish(room: Room, name: str, which: str, *, on: bool | None = True) -> object:
    handheld = room.handhelds[name]
    told, effects = handheld.node.following.publish(
        Publish(which, on), lists(handheld, handheld.identity.key), WALL
    )
    room.carry_out(handheld, effects)
    room.run(5_000)
    return told


def rank(room: Room, name: str, who: str) -> int:
    return room.handhelds[name].node.following.standing.rank(key(room, who))


def others(handheld: Handheld) -> list[str]:
    return [post.text.decode() for post in handheld.posts if not post.own and post.kind == PostType.NOTE]


def test_what_somebody_writes_is_kept_with_his_rank() -> None:
    room = village("ana", "bo", "cem", "dot")
    relate(room, "ana", "bo", "followed")
    room.name("ana", "cem", "cem")
    for name in ("bo", "cem", "dot"):
        room.post(name, f"from {name}")
    room.run(5_000)

    kept = {post.text.decode(): post.rank for post in room.handhelds["ana"].posts}
    assert kept == {"from bo": FOLLOWED, "from cem": KNOWN, "from dot": REST}


def test_each_act_says_what_it_changes() -> None:
    room = village("ana", "bo")
    bo = key(room, "bo")

    assert relate(room, "ana", "bo", "followed") == [KeepRelation(bo, 1), KeepRank(bo, FOLLOWED)]
    assert relate(room, "ana", "bo", "muted") == [KeepRelation(bo, 3)]
    assert relate(room, "ana", "bo", "blocked") == [KeepRelation(bo, 7), KeepRank(bo, BLOCKED)]
    shown = room.person("ana", "bo")
    assert (shown.followed, shown.muted, shown.blocked, shown.relation) == (True, True, True, "blocked")
    assert relate(room, "ana", "bo", "blocked", on=False) == [KeepRelation(bo, 3), KeepRank(bo, FOLLOWED)]
    assert room.person("ana", "bo").relation == "followed, muted"


@pytest.mark.parametrize(
    ("who", "relation", "on", "say"),
    [
        ("bo", "loved", True, "followed, muted, blocked, obeyed"),
        ("ana", "followed", True, "That is you"),
        ("bo", "followed", False, "is not followed"),
        ("nobody", "followed", True, "no name nobody"),
    ],
)
def test_what_makes_no_sense_is_refused(who: str, relation: str, on: bool, say: str) -> None:
    room = village("ana", "bo")
    named = key(room, who).hex() if who in room.handhelds else who

    with pytest.raises(Refused, match=say):
        room.handhelds["ana"].node.following.relate(Relate(named, relation, on), [], 0)


def test_nothing_of_somebody_blocked_is_kept_or_shown_in_public() -> None:
    room = village("ana", "bo")
    ana = room.handhelds["ana"]
    relate(room, "ana", "bo", "blocked")
    room.post("bo", "are you there")
    room.run(5_000)
    assert others(ana) == []
    assert "blocked" in ana.dropped

    relate(room, "ana", "bo", "blocked", on=False)
    room.post("bo", "and now")
    room.run(5_000)
    assert others(ana) == ["and now"]


def test_who_is_blocked_sees_his_letters_delivered_and_nobody_reads_them() -> None:
    room = village("ana", "bo")
    ana = room.handhelds["ana"]
    relate(room, "ana", "bo", "blocked")
    room.send("bo", "ana", "answer me")
    room.run(60_000)

    assert "delivered" in room.handhelds["bo"].states[1]
    (kept,) = ana.letters
    assert not ana.node.following.shows(kept)


def test_whoever_blocked_somebody_does_not_write_to_him() -> None:
    room = village("ana", "bo", "cem")
    room.name("ana", "cem", "cem")
    room.make_room("ana")
    relate(room, "ana", "bo", "blocked")
    node, bo = room.handhelds["ana"].node, key(room, "bo").hex()

    for write in (
        lambda: node.send(Send(bo, "hello"), WALL),
        lambda: node.rooms.invite(Invite("kitchen", bo), WALL),
        lambda: node.acquaintance.introduce(Introduce("cem", bo), WALL),
    ):
        with pytest.raises(Refused, match=f"unblock {bo[:8]}"):
            write()


def test_an_invitation_or_introduction_by_somebody_blocked_is_as_if_it_never_came() -> None:
    room = village("ana", "bo", "cem")
    ana = room.handhelds["ana"]
    room.name("ana", "bo", "bo")
    room.name("bo", "cem", "cem")
    relate(room, "ana", "bo", "blocked")
    room.make_room("bo")
    room.invite("bo", "ana")
    room.introduce("bo", "cem", to="ana")
    room.run(30_000)

    assert len(ana.letters) == 2
    assert ana.introductions == []
    assert not any(isinstance(event, RoomChanged) for event in ana.told)


def test_what_somebody_blocked_says_in_a_room_is_kept_out_of_sight() -> None:
    room = village("ana", "bo")
    ana = room.handhelds["ana"]
    room.join_room("bo", room.make_room("ana"))
    room.run(5_000)
    relate(room, "ana", "bo", "blocked")
    room.say("bo", "listen")
    room.run(5_000)

    kept = [post for post in ana.room_posts if post.text == b"listen"]
    assert [ana.node.following.shows(post) for post in kept] == [False]


def test_a_published_list_reaches_who_follows_its_author() -> None:
    room = village("ana", "bo", "cem", "dot")
    relate(room, "bo", "cem", "followed")
    relate(room, "ana", "bo", "followed")
    publish(room, "bo", "follows")

    assert rank(room, "ana", "cem") == FURTHER
    assert rank(room, "dot", "cem") == REST
    assert room.person("ana", "cem").relation == f"{key(room, 'bo').hex()[:8]} follows"
    assert others(room.handhelds["ana"]) == []
    said = {decode_air(air).kind for _, who, air in room.frames if who == "bo"}
    assert AirKind.BOARD not in said, "everybody knows the board of lists"

    publish(room, "bo", "follows", on=False)
    assert rank(room, "ana", "cem") == REST


def test_a_list_that_is_held_counts_from_the_day_its_author_is_followed() -> None:
    room = village("ana", "bo", "cem")
    relate(room, "bo", "cem", "followed")
    publish(room, "bo", "follows")
    assert rank(room, "ana", "cem") == REST

    bo, cem = key(room, "bo"), key(room, "cem")
    effects = relate(room, "ana", "bo", "followed")
    assert effects == [KeepRelation(bo, 1), KeepRank(bo, FOLLOWED), KeepRank(cem, FURTHER)]


def test_a_friends_blocks_are_obeyed_only_where_the_owner_says_so() -> None:
    room = village("ana", "bo", "cem")
    relate(room, "bo", "cem", "blocked")
    relate(room, "ana", "bo", "followed")
    publish(room, "bo", "blocks")
    assert rank(room, "ana", "cem") == REST

    relate(room, "ana", "bo", "obeyed")
    assert rank(room, "ana", "cem") == BLOCKED
    assert room.person("ana", "cem").relation == f"blocked by {key(room, 'bo').hex()[:8]}"
    with pytest.raises(Refused, match="--list-from"):
        relate(room, "ana", "cem", "blocked", on=False)

    relate(room, "ana", "cem", "followed")
    assert rank(room, "ana", "cem") == FOLLOWED
    relate(room, "ana", "cem", "followed", on=False)
    room.name("ana", "cem", "cem")
    assert rank(room, "ana", "cem") == KNOWN


def test_lists_are_private_until_they_are_published_and_how_they_stand_is_told() -> None:
    room = village("ana", "bo", "cem")
    relate(room, "ana", "bo", "followed")
    assert room.handhelds["ana"].posts == []
    assert vars_of(publish(room, "ana", "follows", on=None)) == ("follows", 1, 0, False)
    assert room.handhelds["ana"].posts == []

    assert vars_of(publish(room, "ana", "follows")) == ("follows", 1, 1, True)
    assert vars_of(publish(room, "ana", "follows", on=None)) == ("follows", 1, 1, True)
    relate(room, "ana", "cem", "followed")
    assert vars_of(publish(room, "ana", "follows", on=None)) == ("follows", 2, 1, False)
    assert vars_of(publish(room, "ana", "blocks", on=None)) == ("blocks", 0, 0, True)
    assert vars_of(publish(room, "ana", "follows", on=False)) == ("follows", 2, 0, False)
    with pytest.raises(Refused, match="follows and blocks"):
        publish(room, "ana", "friends")


def vars_of(told: object) -> tuple[object, ...]:
    return tuple(getattr(told, name) for name in ("list", "people", "published", "current"))


def test_a_long_list_goes_in_parts_and_there_is_an_end_to_it() -> None:
    room = village("ana", "bo")
    following = room.handhelds["ana"].node.following
    for number in range(20):
        following.relate(Relate(number.to_bytes(32, "big").hex(), "followed"), [], 0)
    _, effects = following.publish(Publish("follows", on=True), [], WALL)
    assert [len(effect.text) for effect in effects if isinstance(effect, KeepPost)] == [147, 19]

    for number in range(20, 271):
        following.relate(Relate(number.to_bytes(32, "big").hex(), "followed"), [], 0)
    with pytest.raises(Refused, match="room for 270 people; these are 271"):
        following.publish(Publish("follows", on=True), [], WALL)


def test_what_is_no_list_is_dropped_and_what_is_kept_of_such_is_passed_over() -> None:
    room = village("ana", "bo")
    ana, bo = room.handhelds["ana"], room.handhelds["bo"]
    relate(room, "ana", "bo", "followed")
    made = bo.node.postings.record("~lists", PostType.FOLLOWS, b"\x07rubbish", WALL)
    room.carry_out(bo, [made])
    room.run(5_000)
    assert "enum" in ana.dropped

    saved = Saved(relations=[(key(room, "bo"), 1)], lists=[(key(room, "bo"), 3, b"\x07rubbish")])
    assert (
        Handheld("ana", saved, identity=ana.identity).node.following.standing.rank(key(room, "bo"))
        == FOLLOWED
    )


def test_a_restart_knows_relations_and_lists() -> None:
    room = village("ana", "bo", "cem")
    relate(room, "bo", "cem", "followed")
    relate(room, "ana", "bo", "followed")
    publish(room, "bo", "follows")
    ana, bo, cem = room.handhelds["ana"], key(room, "bo"), key(room, "cem")
    saved = Saved(relations=[(bo, 1)], lists=[(bo, *record) for record in lists(ana, bo)])

    again = Handheld("ana", saved, identity=ana.identity)
    assert again.node.following.standing.rank(cem) == FURTHER
    assert again.node.person(bo, 0).followed, "who is followed is listed without a profile, too"


def test_a_board_that_is_followed_no_more_is_carried_and_not_shown() -> None:
    room = village("ana", "bo")
    ana = room.handhelds["ana"]
    room.name("ana", "bo", "bo")
    ana.node.follow("market")
    assert ana.node.following.unfollow("market") == [KeepBoard("market", followed=False)]
    room.post("bo", "apples", "market")
    room.run(5_000)

    (kept,) = ana.posts
    assert (kept.rank, ana.node.following.shows(kept)) == (REST, False)
    with pytest.raises(Refused, match="do not follow #market"):
        ana.node.following.unfollow("market")
    assert ana.node.follow("market") == [KeepBoard("market")]
    assert ana.node.following.shows(kept)


def test_to_meet_somebody_counts_at_once() -> None:
    room = village("ana", "bo")
    card, effects = room.handhelds["ana"].node.acquaintance.take_card(card_text(key(room, "bo"), "bo"))

    assert KeepRank(card.key, KNOWN) in effects


def test_what_is_missing_of_somebody_stands_with_his_next_post_until_it_comes() -> None:
    room = village("ana", "bo")
    ana = room.handhelds["ana"]
    room.post("bo", "one")
    room.run(5_000)
    room.deaf.add(("bo", "ana"))
    room.post("bo", "two")
    room.post("bo", "three")
    room.run(5_000)
    room.deaf.clear()
    room.post("bo", "four")
    room.run(1_000)
    room.deaf.add(("bo", "ana"))
    room.run(60_000)

    first, last = (post for post in ana.posts if not post.own)
    assert ana.node.message(first, 1, "", room.now).missing == []
    assert ana.node.message(last, 2, "", room.now).missing == [2, 3]

    room.deaf.clear()
    room.run(20 * 60_000)
    assert sorted(others(ana)) == ["four", "one", "three", "two"]
    assert all(ana.node.message(post, 1, "", room.now).missing == [] for post in ana.posts)


def test_what_somebody_blocked_wrote_is_not_asked_for_again() -> None:
    room = village("ana", "bo", "cem")
    ana, bo = room.handhelds["ana"], key(room, "bo")
    room.post("bo", "one")
    room.run(5_000)
    relate(room, "ana", "bo", "blocked")
    room.post("bo", "two")
    room.run(20 * 60_000)

    assert others(ana) == ["one"]
    assert not ana.node.upkeep.gaps(bo)
    assert ana.dropped.count("blocked") <= 2
