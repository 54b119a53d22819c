"""Posts of all kinds between nodes: fields that are signed, lives that end, and what is refused."""

from dataclasses import replace

import pytest

from handheld.clock import SeededEntropy
from handheld.commands import Post
from handheld.crypto.identity import Identity
from handheld.crypto.signing import sign_post, sign_profile
from handheld.errors import Refused
from handheld.node.boards import Boards
from handheld.node.effects import Dropped, Expire, KeepPost
from handheld.node.expiry import PERIOD_MS
from handheld.node.postings import place_of
from handheld.wire.age import pack, unpack
from handheld.wire.air import flood
from handheld.wire.codec import decode, encode
from handheld.wire.constants import POST_LIFE_S, AirFlag, AirKind, AlertStep, PostType
from handheld.wire.notices import NOBODY, NOWHERE, Alert, Deleted, More, Notice
from tests.support.nodes import WALL, Handheld, Room

EVE = Identity.create(SeededEntropy("eve"))
HOUR = 3600


def together(*names: str) -> Room:
    here = Room([Handheld(name) for name in names])
    here.radio_up()
    here.run(2_000)
    return here


def written(here: Room, name: str, text: str, kind: str = "note", hours: int = 0) -> list[KeepPost]:
    node = here.handhelds[name].node
    effects = node.post(Post("here", text, kind, hours), WALL)
    here.carry_out(here.handhelds[name], effects)
    here.run(1_000)
    return [effect for effect in effects if isinstance(effect, KeepPost)]


def from_eve(here: Room, kind: int, text: bytes, *, seq: int = 10, urgent: bool = False) -> list[str]:
    """What becomes of Eve's post: why it is dropped, or "kept"."""
    node, flags = here.handhelds["ana"].node, AirFlag.URGENT if urgent else 0
    node.receive(flood(AirKind.PROFILE, 8, encode(sign_profile(EVE, 0, b"eve"))), -50, here.now, WALL)
    post = sign_post(EVE, "here", seq, 1, text, kind, flags)
    effects = node.receive(flood(AirKind.POST, 8, encode(post), flags), -50, here.now, WALL)
    reasons = [effect.reason for effect in effects if isinstance(effect, Dropped)]
    return reasons + ["kept" for effect in effects if isinstance(effect, KeepPost)]


@pytest.mark.parametrize("kind", ["need", "offer", "event"])
def test_a_need_an_offer_an_event_arrive_with_their_lives(kind: str) -> None:
    here = together("ana", "bo")
    written(here, "ana", "Two blankets", kind, 72)
    (heard,) = here.handhelds["bo"].posts
    message = here.handhelds["bo"].node.message(heard, 1, "", here.now)
    assert (message.kind, message.text, message.board) == (kind, "Two blankets", "here")
    assert heard.expires == unpack(pack(72 * HOUR) + 1)
    assert abs(heard.expires - 72 * HOUR) < HOUR
    assert message.left_s in (heard.expires, heard.expires - 1)
    here.run(HOUR * 1000)
    later = here.handhelds["bo"].node.message(heard, 1, "", here.now)
    assert later.left_s in range(heard.expires - HOUR - 2, heard.expires - HOUR + 2)


def test_a_life_is_seven_days_at_the_most_and_by_default() -> None:
    here = together("ana")
    (note,) = written(here, "ana", "hello")
    (need,) = written(here, "ana", "water", "need")
    assert (note.expires, need.expires) == (POST_LIFE_S, unpack(pack(POST_LIFE_S)))
    node = here.handhelds["ana"].node
    for command, says in (
        (Post("here", "x", "need", 169), "7 days"),
        (Post("here", "x", "note", 5), "--kind"),
        (Post("here", "x", "alert"), "pocketmesh alert"),
        (Post("here", "x", "poem"), "note, need, offer, event"),
    ):
        with pytest.raises(Refused, match=says):
            node.post(command, WALL)


def test_a_long_text_arrives_whole_in_up_to_four_posts() -> None:
    here = together("ana", "bo")
    text = "".join(f"{number} bottles, " for number in range(60))[:512].strip()
    posts = written(here, "ana", text, "offer", 24)
    assert [post.kind for post in posts] == [PostType.OFFER, *[PostType.MORE] * 3]
    assert {post.expires for post in posts} == {unpack(174)}
    head, *others = here.handhelds["bo"].posts
    whole = replace(head, more=tuple(other.text for other in others))
    assert here.handhelds["bo"].node.message(whole, 1, "", here.now).text == text
    assert here.handhelds["ana"].node.message(posts[0], 1, "queued", here.now).text == text
    partly = replace(head, more=(others[0].text, b"", others[2].text))
    assert here.handhelds["bo"].node.message(partly, 1, "", here.now).note == "Part 3 of 4 missing."


def test_the_author_takes_a_post_back_and_nobody_else_does() -> None:
    here = together("ana", "bo")
    (post,) = written(here, "ana", "wrong address")
    ana, bo = (here.handhelds[name] for name in ("ana", "bo"))
    here.carry_out(ana, [ana.node.postings.delete(post, 0, WALL)])
    here.run(1_000)
    stone = bo.posts[-1]
    assert (stone.kind, decode(Deleted, stone.text)) == (PostType.DELETED, Deleted(post.seq, 1))
    with pytest.raises(Refused, match="Nobody can take"):
        bo.node.postings.delete(bo.posts[0], 0, WALL)


def test_what_was_taken_back_before_the_radio_had_it_does_not_go_out() -> None:
    here = Room([Handheld("ana")])
    written(here, "ana", "never mind")
    node = here.handhelds["ana"].node
    node.postings.unsend([1])
    here.radio_up()
    here.run(1_000)
    assert not [air for _, _, air in here.frames if air[0] >> 2 & 15 == AirKind.POST]


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        (PostType.DELETED, encode(Deleted(10, 1)), "tombstone"),
        (PostType.DELETED, encode(Deleted(7, 4)), "tombstone"),
        (PostType.DELETED, encode(Deleted(7, 3)), "kept"),
        (PostType.NEED, b"\xdd" + b"for ever", "range"),
        (PostType.NEED, b"\x01", "short"),
        (PostType.MORE, b"\x01\x02\x09first", "range"),
        (PostType.MORE, encode(More(2, 2, 9, b"without its first")), "kept"),
        (PostType.FILE, b"no manifest", "short"),
        (200, b"from a newer pocketmesh", "kept"),
    ],
)
def test_what_is_wrong_is_counted_and_dropped(kind: int, text: bytes, reason: str) -> None:
    here = together("ana")
    assert from_eve(here, kind, text) == [reason]
    assert here.handhelds["ana"].node.dropped[reason] == (reason != "kept")


def test_only_an_alert_is_urgent() -> None:
    here = together("ana")
    assert from_eve(here, PostType.NEED, encode(Notice(9, b"mine first")), urgent=True) == ["urgent"]
    help_wanted = encode(Alert(AlertStep.HELP, 9, NOWHERE, NOWHERE, NOBODY, 0, b"help"))
    assert from_eve(here, PostType.ALERT, help_wanted, seq=11, urgent=True) == ["kept"]


def test_an_alert_is_read_where_its_board_is_not_followed() -> None:
    here = together("ana")
    node = here.handhelds["ana"].node
    node.upkeep.boards = Boards([])
    help_wanted = encode(Alert(AlertStep.HELP, 9, NOWHERE, NOWHERE, NOBODY, 0, b"help"))
    assert from_eve(here, PostType.ALERT, help_wanted, urgent=True) == ["kept"]
    assert from_eve(here, PostType.NOTE, b"hello", seq=12) == ["unknown board"]


def test_the_store_is_told_the_odometer_soon_after_the_start_and_every_ten_minutes() -> None:
    node = Handheld("ana").node
    told = [
        effect.powered
        for now in range(0, 3 * PERIOD_MS, 60_000)
        for effect in node.tick(now)
        if isinstance(effect, Expire)
    ]
    assert told == [60, 60 + PERIOD_MS // 1000, 60 + 2 * PERIOD_MS // 1000]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("48.2082,16.3738", (482082000, 163738000)),
        (" -33.9 ; +18.4 ", (-339000000, 184000000)),
        ("90 180", (900000000, 1800000000)),
        ("", (NOWHERE, NOWHERE)),
    ],
)
def test_places_are_read_as_people_write_them(text: str, place: tuple[int, int]) -> None:
    assert place_of(text) == place


@pytest.mark.parametrize("text", ["48", "90.1,0", "0,-180.5", "nan,nan", "1e1,1", "north, west", "1,2,3"])
def test_what_is_no_place_on_earth_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="latitude"):
        place_of(text)
