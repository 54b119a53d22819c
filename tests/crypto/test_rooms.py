"""Rooms: what is sealed opens for members alone, is signed by its author alone, and fits its frame."""

import hashlib
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.bindings import crypto_aead_chacha20poly1305_ietf_decrypt
from nacl.signing import VerifyKey

from handheld.clock import SeededEntropy
from handheld.crypto import rooms, words
from handheld.crypto.identity import Identity
from handheld.crypto.rooms import RoomKey
from handheld.errors import CryptoError, UsageError, WireError
from handheld.wire import codec
from handheld.wire.air import first_byte, flood
from handheld.wire.constants import AIR_FRAME_MAX, AirKind, RoomType
from handheld.wire.rooms import ROOM_TEXT_MAX, RoomFrame, RoomPost
from tests.support.vectors import FOLDER

PUBLISHED: dict[str, Any] = json.loads((FOLDER / "rooms.json").read_text())["sealed"]
CHANCE = SeededEntropy("rooms")
ANA, BO = Identity.create(CHANCE), Identity.create(CHANCE)
KEY = rooms.new_key(CHANCE)
FIRST = first_byte(AirKind.ROOM)


def body(
    text: bytes, key: RoomKey = KEY, author: Identity = ANA, *, seq: int = 1, chance: bytes = bytes(16)
) -> bytes:
    return rooms.seal_post(author, key, RoomType.NOTE, seq, 7, text, chance)


def opened(data: bytes, key: RoomKey = KEY, author: Identity = ANA, first: int = FIRST) -> RoomPost:
    post = rooms.open_post(key, first, codec.decode(RoomFrame, data))
    rooms.verify_room_post(key, first, post, author.key)
    return post


def published_key() -> RoomKey:
    numbers = PUBLISHED["room"], PUBLISHED["key"]
    return RoomKey(bytes.fromhex(numbers[0]), PUBLISHED["epoch"], bytes.fromhex(numbers[1]))


@pytest.mark.parametrize("case", PUBLISHED["posts"], ids=lambda case: str(case["seq"]))
def test_published_posts_are_sealed_and_opened_to_the_byte(case: dict[str, Any]) -> None:
    author = Identity(bytes.fromhex(PUBLISHED["seed"]), bytes(32), bytes(32), 1)
    key, text = published_key(), bytes.fromhex(case["text"])
    made = rooms.seal_post(
        author, key, case["type"], case["seq"], case["lamport"], text, bytes.fromhex(PUBLISHED["chance"])
    )
    assert made.hex() == case["body"]
    assert codec.encode(opened(made, key, author)).hex() == case["plain"]


@pytest.mark.parametrize("case", PUBLISHED["posts"], ids=lambda case: str(case["seq"]))
def test_published_posts_are_what_the_prose_says(case: dict[str, Any]) -> None:
    data, first, key = (
        bytes.fromhex(case["body"]),
        bytes([PUBLISHED["first"]]),
        bytes.fromhex(PUBLISHED["key"]),
    )
    made = hashlib.blake2b(data[:12], digest_size=44, key=key, person=b"pm room frame").digest()
    plain = crypto_aead_chacha20poly1305_ietf_decrypt(data[12:], first, made[32:], made[:32])
    assert plain.hex() == case["plain"]

    author = bytes.fromhex("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8")
    place = author + bytes.fromhex(PUBLISHED["room"]) + b"\0\1"
    ident = hashlib.blake2b(key, digest_size=32, person=b"pm room key").digest()
    VerifyKey(author).verify(b"pocketmesh room 1\0" + first + place + ident + plain[:-64], plain[-64:])


def test_published_card_and_words() -> None:
    key = published_key()
    assert key.card == PUBLISHED["card"]
    assert list(key.check_words) == PUBLISHED["check_words"]
    assert rooms.from_card(PUBLISHED["card"]) == key
    made = rooms.from_words(words.parse(PUBLISHED["words"]))
    assert (made.room.hex(), made.secret.hex(), made.epoch) == (
        PUBLISHED["words_room"],
        PUBLISHED["words_key"],
        1,
    )


def test_140_bytes_of_text_fill_a_frame_and_three_lengths_exist() -> None:
    sizes = {len(flood(AirKind.ROOM, 8, body(b"x" * length))) for length in range(1, ROOM_TEXT_MAX + 1)}
    assert sizes == {146, 194, 250}
    assert max(sizes) == AIR_FRAME_MAX
    with pytest.raises(ValueError, match="141"):
        body(b"x" * 141)


@given(st.binary(min_size=1, max_size=ROOM_TEXT_MAX).filter(lambda text: b"\0" not in text))
@settings(max_examples=30)
def test_what_is_sealed_is_what_is_opened(text: bytes) -> None:
    assert opened(body(text)).text.rstrip(b"\0") == text


@pytest.mark.parametrize("text", [b"x", b"y" * 140])
def test_every_flipped_bit_is_refused(text: bytes) -> None:
    sealed = body(text)
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CryptoError, match="seal"):
            opened(bytes(changed))


def test_every_truncation_is_refused() -> None:
    sealed = body(b"z" * 100)
    for length in range(len(sealed)):
        with pytest.raises((CryptoError, WireError)):
            opened(sealed[:length])


def test_another_first_byte_key_or_epoch_opens_nothing() -> None:
    sealed = body(b"hello")
    with pytest.raises(CryptoError, match="seal"):
        opened(sealed, first=first_byte(AirKind.ROOM, 1))
    with pytest.raises(CryptoError, match="seal"):
        opened(sealed, rooms.next_key(KEY, CHANCE))
    with pytest.raises(CryptoError, match="signature"):
        opened(sealed, RoomKey(KEY.room, 2, KEY.secret))


def test_a_member_cannot_write_as_another() -> None:
    with pytest.raises(CryptoError, match="signature"):
        opened(body(b"I am Ana", author=BO), author=ANA)


def test_a_member_cannot_carry_a_post_into_another_room_even_of_the_same_number() -> None:
    trap = RoomKey(KEY.room, KEY.epoch, CHANCE.take(32))
    signed = rooms.open_post(KEY, FIRST, codec.decode(RoomFrame, body(b"yes, I agree")))
    with pytest.raises(CryptoError, match="signature"):
        rooms.verify_room_post(trap, FIRST, signed, ANA.key)
    rooms.verify_room_post(KEY, FIRST, signed, ANA.key)


def test_a_member_who_seals_what_is_no_post_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RoomPost, "check", lambda self: None)
    broken = rooms.seal_post(ANA, KEY, RoomType.NOTE, 0, 1, b"numbered 0", bytes(16))
    monkeypatch.undo()
    with pytest.raises(CryptoError, match="post"):
        opened(broken)


def test_the_air_shows_no_room_author_or_repetition() -> None:
    frames = [body(b"the same words", seq=1, chance=CHANCE.take(16)) for _ in range(20)]
    assert len({frame[:12] for frame in frames}) == 20
    for frame in frames:
        for known in (KEY.room, KEY.ident[:4], KEY.secret[:4], ANA.key[:3], b"same"):
            assert known not in frame


def test_chance_that_repeats_gives_the_same_salt_to_the_same_post_only() -> None:
    assert body(b"one") == body(b"one")
    assert body(b"one")[:12] != body(b"two")[:12]
    assert body(b"one", seq=1)[:12] != body(b"one", seq=2)[:12]
    assert body(b"one", chance=b"x" * 16)[:12] != body(b"one")[:12]


def test_keys_of_following_epochs() -> None:
    after = rooms.next_key(KEY, CHANCE)
    assert (after.room, after.epoch) == (KEY.room, 2)
    assert after.secret != KEY.secret
    assert after.rank > KEY.rank
    with pytest.raises(CryptoError, match="epoch"):
        rooms.next_key(RoomKey(KEY.room, rooms.EPOCH_MAX, KEY.secret), CHANCE)


def test_check_words_differ_between_rooms_and_epochs() -> None:
    keys = [KEY, RoomKey(KEY.room, 2, KEY.secret), rooms.next_key(KEY, CHANCE), rooms.new_key(CHANCE)]
    assert len({key.check_words for key in keys}) == 4
    assert {len(key.check_words) for key in keys} == {2}


def test_a_card_is_read_in_any_spelling_and_fits_a_small_code() -> None:
    assert re.fullmatch(r"PMR:[A-Z2-7]{72}", KEY.card)
    spaced = " ".join(KEY.card.lower()[at : at + 4] for at in range(0, 76, 4))
    assert rooms.from_card(spaced) == KEY
    assert rooms.from_card(KEY.card.removeprefix(rooms.CARD)) == KEY


def test_a_card_with_a_wrong_missing_or_foreign_character_is_refused() -> None:
    for place in range(4, 76):
        for wrong in ("", "1", "A" if KEY.card[place] != "A" else "B"):
            with pytest.raises(UsageError, match="no room's card"):
                rooms.from_card(KEY.card[:place] + wrong + KEY.card[place + 1 :])
    for text in ("", "PMR:", "hello", "PMR:" + "A" * 72, "Ä" * 72):
        with pytest.raises(UsageError, match="no room's card"):
            rooms.from_card(text)


def test_words_make_the_same_room_everywhere_and_six_are_needed() -> None:
    said = words.generate(6, CHANCE)
    assert rooms.from_words(said) == rooms.from_words(
        words.parse(" ".join(word[:4] for word in said).upper())
    )
    assert rooms.from_words(said) != rooms.from_words(said[::-1])
    with pytest.raises(UsageError, match="at least 6 generated words; these are 5"):
        rooms.from_words(said[:5])


def test_repr_tells_no_secret() -> None:
    assert KEY.secret.hex() not in repr(KEY)
    assert str(KEY.secret) not in repr(KEY)
