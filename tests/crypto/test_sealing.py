"""Private messages: who can open them, what changes them, what acknowledges them."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.clock import SeededEntropy
from handheld.crypto import noise, sealing
from handheld.crypto.curve import KeyPair, key_pair, shared_secret
from handheld.crypto.identity import Identity
from handheld.errors import CryptoError, LocalError, RemoteError
from handheld.wire.air import first_byte
from handheld.wire.codec import decode, encode
from handheld.wire.constants import (
    FIRST_CONTACT_SIZES,
    PLAIN_HEADER,
    SEALED_SIZES,
    AirFlag,
    AirKind,
    LetterKind,
)
from handheld.wire.records import LETTER_HEAD, LETTER_TEXT_MAX, Letter, Private
from tests.support import plain25519
from tests.support.libsodium import calls_of

ANA, BEN, EVE = (Identity.create(SeededEntropy(name)) for name in ("ana", "ben", "eve"))
FIRST = first_byte(AirKind.PRIVATE)
URGENT = first_byte(AirKind.PRIVATE, AirFlag.URGENT)
EPHEMERAL = SeededEntropy("ephemeral").take(32)
BEN_PREKEY = KeyPair(BEN.prekey_secret, BEN.prekey)
PATTERNS = ("known", "first")
TEXT_MAX = {"known": LETTER_TEXT_MAX, "first": FIRST_CONTACT_SIZES[-1] - LETTER_HEAD}

patterns = st.sampled_from(PATTERNS)
bytes32 = st.binary(min_size=32, max_size=32)


def a_letter(text: bytes = b"Meet at the well at six", seq: int = 1, lamport: int = 2) -> Letter:
    return Letter(LetterKind.TEXT, seq, lamport, text)


def prekey_of(person: Identity) -> KeyPair:
    return KeyPair(person.prekey_secret, person.prekey)


def seal(
    pattern: str,
    letter: Letter | None = None,
    author: Identity = ANA,
    reader: Identity = BEN,
    prekey: bytes = BEN.prekey,
    ephemeral: bytes = EPHEMERAL,
    first: int = FIRST,
) -> sealing.Sealed:
    """A message from Ana to Ben, unless said otherwise."""
    function = {"known": sealing.seal_known, "first": sealing.seal_first}[pattern]
    return function(
        author, letter or a_letter(), first=first, reader=reader.key, prekey=prekey, ephemeral=ephemeral
    )


def read(
    pattern: str,
    body: bytes,
    author: bytes = ANA.key,
    static: bytes = ANA.static,
    reader: bytes = BEN.key,
    prekey: KeyPair = BEN_PREKEY,
    first: int = FIRST,
) -> sealing.Opened:
    """Open bytes from the air, as Ben and as a message from Ana, unless said otherwise."""
    function = {"known": sealing.open_known, "first": sealing.open_first}[pattern]
    private = decode(Private, body)
    probed = sealing.probe(private, prekey)
    return function(private, probed, first=first, author=author, static=static, reader=reader)


def reason(action: Callable[[], object]) -> str:
    """Why the action is refused."""
    with pytest.raises(CryptoError) as refused:
        action()
    return refused.value.reason


# What arrives


@pytest.mark.parametrize("pattern", PATTERNS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_opens_as_it_was_sealed(pattern: str, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, TEXT_MAX[pattern]))
    text = data.draw(st.binary(min_size=count, max_size=count).map(lambda raw: raw.replace(b"\0", b"x")))
    letter = a_letter(text, data.draw(st.integers(1, 2**32 - 1)), data.draw(st.integers(0, 2**32 - 1)))
    sent = seal(pattern, letter, ephemeral=data.draw(bytes32))
    assert read(pattern, sent.body) == (letter, sent.preimage, sent.seed)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_message_to_oneself_opens(pattern: str) -> None:
    sent = seal(pattern, reader=ANA, prekey=ANA.prekey)
    assert read(pattern, sent.body, reader=ANA.key, prekey=prekey_of(ANA)).letter == a_letter()


def test_the_hint_names_the_author_to_the_reader_alone() -> None:
    private = decode(Private, seal("known").body)
    assert sealing.probe(private, BEN_PREKEY).hint == ANA.key[:4]
    assert private.hint != ANA.key[:4]
    others = {sealing.probe(private, key_pair(SeededEntropy(n).take(32))).hint for n in range(50)}
    assert len(others) == 50
    assert ANA.key[:4] not in others


def test_a_first_contact_names_nobody_until_it_is_opened() -> None:
    private = decode(Private, seal("first").body)
    probed = sealing.probe(private, BEN_PREKEY)
    assert probed.hint == sealing.FIRST_CONTACT
    assert sealing.first_static(private, probed, first=FIRST, reader=BEN.key) == ANA.static


@pytest.mark.parametrize("pattern", PATTERNS)
def test_two_sealings_of_a_letter_have_nothing_in_common(pattern: str) -> None:
    one, two = (decode(Private, seal(pattern, ephemeral=SeededEntropy(n).take(32)).body) for n in range(2))
    for name in ("ephemeral", "hint", "commitment", "sealed", "tag"):
        assert getattr(one, name) != getattr(two, name)


# Sizes


@pytest.mark.parametrize("pattern", PATTERNS)
def test_only_three_lengths_are_on_the_air(pattern: str) -> None:
    on_air = [
        PLAIN_HEADER + len(seal(pattern, a_letter(b"x" * count)).body)
        for count in range(1, TEXT_MAX[pattern] + 1)
    ]
    # A first contact has no room for any letter in the shortest.
    room = {"known": (47, 111, 167), "first": (0, 63, 119)}[pattern]
    ends = zip((0, *room), room, (122, 186, 242), strict=False)
    assert on_air == [length for start, end, length in ends for _ in range(start, end)]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_is_no_letter_is_never_sealed(pattern: str) -> None:
    for letter in (
        a_letter(b"x" * (TEXT_MAX[pattern] + 1)),
        a_letter(b"x" * 10_000),
        a_letter(b"a\0b"),
        a_letter(b"a\0"),
        a_letter(b""),
        replace(a_letter(), seq=0),
        replace(a_letter(), kind=255),
        replace(a_letter(), seq=2**32),
    ):
        with pytest.raises(LocalError):
            seal(pattern, letter)


# What is refused


def damaged(body: bytes) -> Iterator[bytes]:
    """The body with each bit flipped, cut at each length, and longer by a byte."""
    for position in range(len(body) * 8):
        flipped = bytearray(body)
        flipped[position // 8] ^= 1 << position % 8
        yield bytes(flipped)
    for length in range(len(body)):
        yield body[:length]
    yield body + b"\0"


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("count", [1, 100, 119])
def test_every_flipped_bit_and_every_truncation_is_refused(pattern: str, count: int) -> None:
    # Among them the top bit of the ephemeral key, which X25519 ignores and the transcript does not.
    body = seal(pattern, a_letter(b"x" * count)).body
    for broken in damaged(body):
        with pytest.raises(RemoteError):
            read(pattern, broken)


@settings(max_examples=60, deadline=None)
@given(
    pattern=patterns,
    head=st.binary(min_size=44, max_size=44),
    size=st.sampled_from(SEALED_SIZES),
    data=st.data(),
)
def test_random_bytes_raise_nothing_but_crypto_errors(
    pattern: str, head: bytes, size: int, data: st.DataObject
) -> None:
    body = head + data.draw(st.binary(min_size=size + 16, max_size=size + 16))
    with pytest.raises(CryptoError):
        read(pattern, body)


@pytest.mark.parametrize("point", plain25519.LOW_ORDER, ids=bytes.hex)
def test_no_key_of_low_order_passes(point: bytes) -> None:
    for pattern in PATTERNS:
        body = seal(pattern).body
        assert reason(lambda: read(pattern, point + body[32:])) == "low-order"  # noqa: B023
        assert reason(lambda: seal(pattern, prekey=point)) == "low-order"  # noqa: B023
    assert reason(lambda: read("known", seal("known").body, static=point)) == "low-order"
    e = key_pair(EPHEMERAL)
    state = noise.begin_x(prologue(), BEN.prekey, e.public, shared_secret(e.secret, BEN.prekey))
    body = e.public + bytes(12) + state.encrypt_and_hash(point) + bytes(72 + 16)
    assert reason(lambda: read("first", body, static=point)) == "low-order"


@pytest.mark.parametrize("pattern", PATTERNS)
def test_one_contact_cannot_pass_for_another(pattern: str) -> None:
    # Eve holds her own static secret and knows everything public of Ana: her identity, thus her hint.
    eve_as_ana = Identity(ANA.sign_seed, EVE.static_secret, EVE.prekey_secret, 1)
    body = seal(pattern, author=eve_as_ana).body
    refused = {"known": "commitment", "first": "static"}[pattern]
    assert reason(lambda: read(pattern, body)) == refused
    assert reason(lambda: read(pattern, body, author=EVE.key, static=EVE.static)) == "seal"


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_profile_with_anothers_static_key_does_not_win_his_messages(pattern: str) -> None:
    assert reason(lambda: read(pattern, seal(pattern).body, author=EVE.key)) == "seal"


@pytest.mark.parametrize("pattern", PATTERNS)
def test_nobody_but_the_reader_opens_it(pattern: str) -> None:
    body = seal(pattern).body
    refused = {"known": "commitment", "first": "seal"}[pattern]
    assert reason(lambda: read(pattern, body, reader=EVE.key, prekey=prekey_of(EVE))) == refused
    private = decode(Private, body)
    probed = sealing.probe(private, prekey_of(EVE))
    assert reason(lambda: sealing.first_static(private, probed, first=FIRST, reader=EVE.key)) == "seal"


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_message_to_one_person_does_not_open_as_one_to_another(pattern: str) -> None:
    # Eve's profile names Ben's prekey. What is written to her reaches Ben, who must not take it for his.
    assert reason(lambda: read(pattern, seal(pattern, reader=EVE).body)) == "seal"


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_first_byte_of_the_frame_is_sealed_too(pattern: str) -> None:
    assert read(pattern, seal(pattern, first=URGENT).body, first=URGENT).letter == a_letter()
    assert reason(lambda: read(pattern, seal(pattern).body, first=URGENT)) == "seal"


def test_a_known_message_and_a_first_contact_do_not_pass_for_each_other() -> None:
    assert reason(lambda: read("first", seal("known").body)) == "seal"
    assert reason(lambda: read("known", seal("first").body)) == "commitment"


def crafted(plain: bytes, commitment: bytes | None = None) -> bytes:
    """What Ana can send to Ben with a program of her own."""
    e = key_pair(EPHEMERAL)
    es, ss = (shared_secret(secret, BEN.prekey) for secret in (e.secret, ANA.static_secret))
    state = noise.begin_k(prologue(), ANA.static, BEN.prekey, e.public, es, ss)
    commitment = commitment or sealing.commitment_of(noise.hkdf(state.chaining_key, b"ack")[0][:8])
    state.mix_hash(ANA.key + bytes(4) + commitment)
    return e.public + bytes(4) + commitment + state.encrypt_and_hash(plain)


def prologue(reader: bytes = BEN.key) -> bytes:
    return bytes([FIRST]) + b"pocketmesh private 1\0" + reader


def test_a_contacts_nonsense_is_refused() -> None:
    good = encode(a_letter(b"x".ljust(47, b"\0")))
    assert read("known", crafted(good)).letter == a_letter(b"x")
    assert reason(lambda: read("known", crafted(b"\x09" + good[1:]))) == "letter"
    assert reason(lambda: read("known", crafted(good[:20] + b"x" + good[21:]))) == "letter"
    assert reason(lambda: read("known", crafted(good, commitment=b"12345678"))) == "commitment"


# Acks


@pytest.mark.parametrize("pattern", PATTERNS)
def test_only_the_preimage_is_an_ack(pattern: str) -> None:
    sent = seal(pattern)
    assert sealing.commitment_of(sent.preimage) == sent.commitment == decode(Private, sent.body).commitment
    for position in range(64):
        forged = (int.from_bytes(sent.preimage) ^ 1 << position).to_bytes(8)
        assert sealing.commitment_of(forged) != sent.commitment
    other = seal(pattern, ephemeral=bytes(32))
    assert sealing.commitment_of(other.preimage) != sent.commitment


def test_an_ack_cannot_be_made_from_what_others_can_compute() -> None:
    # Whoever guesses the two ends knows every byte of the transcript, up to the very hash at its end.
    sent = seal("known")
    e = decode(Private, sent.body).ephemeral
    state = noise.begin_k(prologue(), ANA.static, BEN.prekey, e, bytes(32), bytes(32))
    state.mix_hash(ANA.key + sent.body[32:44])
    state.mix_hash(sent.body[44:])
    for known in (state.hash, state.chaining_key, sent.body, e, sent.commitment):
        for guess in (known[:8], noise.hkdf(known, b"ack")[0][:8], hashlib.sha256(known).digest()[:8]):
            assert sealing.commitment_of(guess) != sent.commitment


# Costs and secrets


def test_libsodium_calls_per_message() -> None:
    base, product = "crypto_scalarmult_base", "crypto_scalarmult"
    encrypt, decrypt = (f"crypto_aead_chacha20poly1305_ietf_{verb}crypt" for verb in ("en", "de"))
    # Sealed once before counting: an identity works its own public keys out once.
    known, first = seal("known").body, seal("first").body
    assert calls_of(lambda: seal("known")) == {base: 1, product: 2, encrypt: 1}
    assert calls_of(lambda: seal("first")) == {base: 1, product: 2, encrypt: 2}
    assert calls_of(lambda: read("known", known)) == {product: 2, decrypt: 1}
    assert calls_of(lambda: read("first", first)) == {product: 2, decrypt: 2}
    private = decode(Private, known)
    assert calls_of(lambda: sealing.probe(private, prekey_of(EVE))) == {product: 1}


def test_repr_tells_no_secret() -> None:
    probed = sealing.probe(decode(Private, seal("known").body), BEN_PREKEY)
    for secret in (probed.es, BEN.prekey_secret):
        assert str(secret) not in repr(probed)
