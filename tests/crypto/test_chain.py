"""Conversations in short form: the vectors, what is refused, and that no key is used twice."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.clock import SeededEntropy
from handheld.crypto import chain
from handheld.errors import CryptoError, LocalError, RemoteError
from handheld.wire.air import first_byte
from handheld.wire.codec import decode
from handheld.wire.constants import PLAIN_HEADER, AirFlag, AirKind, LetterKind
from handheld.wire.records import Letter, Session
from tests.support.libsodium import calls_of

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "chain.json").read_text())
CHAINS = {case["name"]: case for case in VECTORS["chains"]}
FIRST = first_byte(AirKind.SESSION)
LETTER = Letter(LetterKind.TEXT, 1, 2, b"Meet at the well now")


def raw(case: dict[str, Any], name: str) -> bytes:
    return bytes.fromhex(case[name])


def first_state(case: dict[str, Any]) -> bytes:
    return chain.begin(*(raw(case, name) for name in ("writer_seed", "reader_seed", "writer", "reader")))


def step_of(case: dict[str, Any]) -> chain.Step:
    state = first_state(CHAINS[case["chain"]])
    for _ in range(case["step"]):
        state, step = chain.advance(state)
    return step


def a_step(seed: object = 1) -> chain.Step:
    return chain.advance(SeededEntropy(str(seed)).take(32))[1]


@pytest.mark.parametrize("case", VECTORS["chains"], ids=lambda case: case["name"])
def test_chains_to_the_byte(case: dict[str, Any]) -> None:
    state = first_state(case)
    assert state.hex() == case["state"]
    for given_step in case["steps"]:
        state, step = chain.advance(state)
        found = (step.label, step.key, step.preimage, step.commitment, state)
        names = ("label", "key", "preimage", "commitment", "state_after")
        assert found == tuple(raw(given_step, name) for name in names)


@pytest.mark.parametrize("case", VECTORS["frames"], ids=lambda case: case["name"])
def test_frames_to_the_byte(case: dict[str, Any]) -> None:
    letter = Letter(case["kind"], case["seq"], case["lamport"], raw(case, "text"))
    body = chain.seal(step_of(case), letter, first=case["first"])
    assert body.hex() == case["body"]
    assert chain.open_with(step_of(case), decode(Session, body), first=case["first"]) == letter


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["name"])
def test_refused_for_the_reason_given(case: dict[str, Any]) -> None:
    with pytest.raises(CryptoError) as refused:
        chain.open_with(step_of(case), decode(Session, raw(case, "body")), first=case["first"])
    assert refused.value.reason == case["reason"]


def test_twenty_characters_take_seventy_bytes_and_three_lengths_exist() -> None:
    lengths = {
        count: PLAIN_HEADER
        + len(chain.seal(a_step(), Letter(LetterKind.TEXT, 1, 1, b"x" * count), first=FIRST))
        for count in range(1, 168)
    }
    assert lengths[20] == 70
    assert set(lengths.values()) == {70, 126, 214}
    assert (lengths[23], lengths[24], lengths[79], lengths[80]) == (70, 126, 126, 214)
    with pytest.raises(LocalError):
        chain.seal(a_step(), Letter(LetterKind.TEXT, 1, 1, b"x" * 168), first=FIRST)


def test_every_flipped_bit_and_every_cut_is_refused() -> None:
    step = a_step()
    body = chain.seal(step, LETTER, first=FIRST)
    whole = int.from_bytes(body, "big")
    for bit in range(len(body) * 8 - 64):  # the label, which stands first, is looked up and not opened
        flipped = (whole ^ 1 << bit).to_bytes(len(body), "big")
        with pytest.raises(CryptoError):
            chain.open_with(step, decode(Session, flipped), first=FIRST)
    for size in range(len(body)):
        with pytest.raises(RemoteError):
            chain.open_with(step, decode(Session, body[:size]), first=FIRST)
    for first in (first_byte(AirKind.SESSION, AirFlag.URGENT), first_byte(AirKind.PRIVATE)):
        with pytest.raises(CryptoError):
            chain.open_with(step, decode(Session, body), first=first)


def test_another_chain_opens_nothing() -> None:
    body = chain.seal(a_step(), LETTER, first=FIRST)
    for number in range(2, 50):
        with pytest.raises(CryptoError):
            chain.open_with(a_step(number), decode(Session, body), first=FIRST)


def test_what_is_no_letter_is_refused_by_name() -> None:
    step = a_step()
    plain = bytes([1]) + bytes(31)
    sealed = chain.curve.encrypt(step.key, bytes(12), bytes([FIRST]) + step.label + step.commitment, plain)
    session = Session(step.label, step.commitment, sealed[:-16], sealed[-16:])
    with pytest.raises(CryptoError) as refused:
        chain.open_with(step, session, first=FIRST)
    assert refused.value.reason == "letter"


seeds = st.binary(min_size=32, max_size=32)


@settings(max_examples=50, deadline=None)
@given(seeds, seeds, seeds, seeds)
def test_two_directions_and_all_steps_have_secrets_of_their_own(
    one: bytes, two: bytes, ana: bytes, bo: bytes
) -> None:
    drawn: list[bytes] = []
    for arguments in {(one, two, ana, bo), (two, one, bo, ana), (two, one, ana, bo), (one, two, bo, ana)}:
        state = chain.begin(*arguments)
        for _ in range(5):
            state, step = chain.advance(state)
            drawn += [step.label, step.key, step.preimage, state]
    assert len(set(drawn)) == len(drawn)


def test_a_frame_costs_one_call_of_libsodium_each_way_and_no_x25519() -> None:
    step = a_step()
    frames: list[bytes] = []
    assert calls_of(lambda: frames.append(chain.seal(step, LETTER, first=FIRST))) == {
        "crypto_aead_chacha20poly1305_ietf_encrypt": 1
    }
    session = decode(Session, frames[0])
    assert calls_of(lambda: chain.open_with(step, session, first=FIRST)) == {
        "crypto_aead_chacha20poly1305_ietf_decrypt": 1
    }


def test_repr_tells_no_secret() -> None:
    assert a_step().key.hex() not in repr(a_step())
    assert repr(a_step().key) not in repr(a_step())
