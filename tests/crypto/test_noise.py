"""Noise K and X against published vectors of two other implementations, and what a state refuses."""

import json
from pathlib import Path
from typing import Any

import pytest

from handheld.crypto import curve, noise
from handheld.errors import CryptoError

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "noise.json").read_text())["cases"]
ES, SS = b"e" * 32, b"s" * 32


class Case:
    """A published case: the keys and messages as bytes, and the lines of each end."""

    def __init__(self, published: dict[str, Any]) -> None:
        self.pattern = published["pattern"]
        self.prologue = bytes.fromhex(published["prologue"])
        self.sender, self.ephemeral, self.recipient = (
            curve.key_pair(bytes.fromhex(published[f"{name}_secret"]))
            for name in ("sender", "ephemeral", "recipient")
        )
        assert self.recipient.public.hex() == published["recipient_public"]
        self.messages = [
            (bytes.fromhex(each["plain"]), bytes.fromhex(each["sealed"])) for each in published["messages"]
        ]

    def write(self) -> tuple[noise.SymmetricState, bytes]:
        """The sender's end up to the payload, and the message so far."""
        es = curve.shared_secret(self.ephemeral.secret, self.recipient.public)
        ss = curve.shared_secret(self.sender.secret, self.recipient.public)
        message = self.ephemeral.public
        if self.pattern == "K":
            return self.begin_k(es, ss), message
        state = noise.begin_x(self.prologue, self.recipient.public, self.ephemeral.public, es)
        message += state.encrypt_and_hash(self.sender.public)
        state.mix_key(ss)
        return state, message

    def read(self, message: bytes) -> tuple[noise.SymmetricState, bytes]:
        """The recipient's end up to the payload, and what is left of the message."""
        ephemeral, rest = message[:32], message[32:]
        es = curve.shared_secret(self.recipient.secret, ephemeral)
        if self.pattern == "K":
            return self.begin_k(es, curve.shared_secret(self.recipient.secret, self.sender.public)), rest
        state = noise.begin_x(self.prologue, self.recipient.public, ephemeral, es)
        static = state.decrypt_and_hash(rest[:48])
        assert static == self.sender.public
        state.mix_key(curve.shared_secret(self.recipient.secret, static))
        return state, rest[48:]

    def begin_k(self, es: bytes, ss: bytes) -> noise.SymmetricState:
        """Pattern K, alike at both ends."""
        keys = (self.sender.public, self.recipient.public, self.ephemeral.public)
        return noise.begin_k(self.prologue, *keys, es, ss)


@pytest.fixture(params=VECTORS, ids=lambda published: published["name"])
def case(request: pytest.FixtureRequest) -> Case:
    return Case(request.param)


def test_both_patterns_are_there_from_two_sources() -> None:
    assert sorted(published["name"] for published in VECTORS) == [
        "K, cacophony",
        "K, snow",
        "X, cacophony",
        "X, snow",
    ]


def test_writes_the_published_message(case: Case) -> None:
    plain, sealed = case.messages[0]
    state, message = case.write()
    assert message + state.encrypt_and_hash(plain) == sealed


def test_reads_the_published_message(case: Case) -> None:
    plain, sealed = case.messages[0]
    state, rest = case.read(sealed)
    assert state.decrypt_and_hash(rest) == plain


def test_the_final_chaining_key_is_the_published_one(case: Case) -> None:
    # Vectors do not name it, but their transport messages are under a key that only it gives. Section 5.2,
    # Split(). Acks hang on it.
    state, _ = case.write()
    key = noise.hkdf(state.chaining_key, b"")[0][:32]
    for number, (plain, sealed) in enumerate(case.messages[1:]):
        nonce = bytes(4) + number.to_bytes(8, "little")
        assert curve.encrypt(key, nonce, b"", plain) == sealed


def test_the_payload_leaves_the_chaining_key_as_it_is(case: Case) -> None:
    state, _ = case.write()
    before = state.chaining_key
    state.encrypt_and_hash(b"payload")
    assert state.chaining_key == before


@pytest.mark.parametrize("place", range(6))
def test_every_argument_of_k_counts(place: int) -> None:
    arguments = [b"prologue", b"s" * 32, b"r" * 32, b"e" * 32, ES, SS]
    sealed = noise.begin_k(*arguments).encrypt_and_hash(b"payload")
    arguments[place] = b"another".ljust(len(arguments[place]))
    with pytest.raises(CryptoError) as refused:
        noise.begin_k(*arguments).decrypt_and_hash(sealed)
    assert refused.value.reason == "seal"


@pytest.mark.parametrize("place", range(4))
def test_every_argument_of_x_counts(place: int) -> None:
    arguments = [b"prologue", b"r" * 32, b"e" * 32, ES]
    sealed = noise.begin_x(*arguments).encrypt_and_hash(b"s" * 32)
    arguments[place] = b"another".ljust(len(arguments[place]))
    with pytest.raises(CryptoError) as refused:
        noise.begin_x(*arguments).decrypt_and_hash(sealed)
    assert refused.value.reason == "seal"


def test_the_patterns_do_not_pass_for_each_other() -> None:
    k = noise.begin_k(b"", b"", b"r" * 32, b"e" * 32, ES, SS)
    x = noise.begin_x(b"", b"r" * 32, b"e" * 32, ES)
    x.mix_key(SS)
    assert k.chaining_key != x.chaining_key


def test_one_key_never_meets_a_nonce_twice() -> None:
    writer, reader = (noise.begin_x(b"", b"r" * 32, b"e" * 32, ES) for _ in range(2))
    first, second = writer.encrypt_and_hash(b"same"), writer.encrypt_and_hash(b"same")
    assert bytes(a ^ b for a, b in zip(first[:4], second[:4], strict=True)) != bytes(4)
    key = noise.hkdf(b"Noise_X_25519_ChaChaPoly_BLAKE2b".ljust(64, b"\0"), ES)[1][:32]
    reader.mix_hash(first)
    # The counter stands in the nonce after 32 zero bits, little-endian (section 12.3).
    assert curve.decrypt(key, bytes(4) + b"\1" + bytes(7), reader.hash, second) == b"same"


def test_without_a_key_nothing_is_sealed_or_opened() -> None:
    state = noise.SymmetricState(b"Noise_K_25519_ChaChaPoly_BLAKE2b", b"")
    for action in (state.encrypt_and_hash, state.decrypt_and_hash):
        with pytest.raises(CryptoError) as refused:
            action(b"in clear, if nobody looks out")
        assert refused.value.reason == "size"
