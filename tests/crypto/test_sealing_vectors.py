"""Private messages byte for byte: the frozen vectors, and the protocol written down a second time."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from nacl.bindings import crypto_aead_chacha20poly1305_ietf_encrypt

from handheld.crypto import sealing
from handheld.crypto.curve import KeyPair
from handheld.crypto.identity import Identity
from handheld.errors import RemoteError
from handheld.wire.codec import decode
from handheld.wire.records import Letter, Private
from tests.support import plain25519

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "sealing.json").read_text())
CHAINS = json.loads((Path(__file__).parents[1] / "vectors" / "chain.json").read_text())
KEYS = ("identity", "static", "prekey")
PEOPLE = {
    name: Identity(*(bytes.fromhex(keys[f"{kind}_secret"]) for kind in KEYS), 1)
    for name, keys in VECTORS["people"].items()
}
SEAL = {"known": sealing.seal_known, "first": sealing.seal_first}
OPEN = {"known": sealing.open_known, "first": sealing.open_first}


def read(case: dict[str, Any]) -> sealing.Opened:
    """Open a case's body as its reader, as a message of its author."""
    author, reader = PEOPLE[case["author"]], PEOPLE[case["reader"]]
    private = decode(Private, bytes.fromhex(case["body"]))
    probed = sealing.probe(private, KeyPair(reader.prekey_secret, reader.prekey))
    return OPEN[case["pattern"]](
        private, probed, first=case["first"], author=author.key, static=author.static, reader=reader.key
    )


@pytest.mark.parametrize("name", PEOPLE)
def test_the_public_keys_belong_to_the_secrets(name: str) -> None:
    made = PEOPLE[name]
    published = [VECTORS["people"][name][f"{kind}_public"] for kind in KEYS]
    assert [key.hex() for key in (made.key, made.static, made.prekey)] == published


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_sealed_and_opened_to_the_byte(case: dict[str, Any]) -> None:
    reader = PEOPLE[case["reader"]]
    letter = Letter(case["kind"], case["seq"], case["lamport"], bytes.fromhex(case["text"]))
    sent = SEAL[case["pattern"]](
        PEOPLE[case["author"]],
        letter,
        first=case["first"],
        reader=reader.key,
        prekey=reader.prekey,
        ephemeral=bytes.fromhex(case["ephemeral_secret"]),
    )
    seed = CHAINS["seeds"][case["name"]]
    assert [value.hex() for value in sent] == [case["body"], case["preimage"], case["commitment"], seed]
    assert read(case) == (letter, sent.preimage, sent.seed)


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["name"])
def test_refused_for_the_reason_given(case: dict[str, Any]) -> None:
    with pytest.raises(RemoteError) as refused:
        read(case)
    assert refused.value.reason == case["reason"]


def by_hand(author: Identity, reader: Identity, first: int, e: bytes, letter: bytes) -> tuple[bytes, ...]:
    """Body, preimage and seed of a known message, with X25519 in plain Python and no function of ours."""

    def blake(*parts: bytes) -> bytes:
        return hashlib.blake2b(b"".join(parts)).digest()

    def mac(key: bytes, *parts: bytes) -> bytes:
        return hmac.new(key, b"".join(parts), hashlib.blake2b).digest()

    public = plain25519.x25519(e, (9).to_bytes(32, "little"))
    es = plain25519.x25519(e, reader.prekey)
    ss = plain25519.x25519(author.static_secret, reader.prekey)
    name = b"Noise_K_25519_ChaChaPoly_BLAKE2b" + bytes(32)
    h = blake(name, bytes([first]), b"pocketmesh private 1\0", reader.key)
    for key in (author.static, reader.prekey, public):
        h = blake(h, key)
    ck = mac(mac(name, es), b"\1")
    temporary = mac(ck, ss)
    ck = mac(temporary, b"\1")
    key = mac(temporary, ck, b"\2")[:32]
    preimage = mac(mac(ck, b"ack"), b"\1")[:8]
    mask = hashlib.blake2b(public, digest_size=4, key=es, person=b"pm hint").digest()
    hint = bytes(a ^ b for a, b in zip(author.key[:4], mask, strict=True))
    commitment = hashlib.sha256(preimage).digest()[:8]
    h = blake(h, author.key, hint, commitment)
    sealed = crypto_aead_chacha20poly1305_ietf_encrypt(letter, h, bytes(12), key)
    return public + hint + commitment + sealed, preimage, mac(mac(ck, b"chain"), b"\1")[:32]


@pytest.mark.parametrize(
    "case", [case for case in VECTORS["cases"] if case["pattern"] == "known"], ids=lambda case: case["name"]
)
def test_a_second_writing_of_the_protocol_agrees(case: dict[str, Any]) -> None:
    head = b"".join(case[name].to_bytes(size) for name, size in (("kind", 1), ("seq", 4), ("lamport", 4)))
    body, preimage, seed = by_hand(
        PEOPLE[case["author"]],
        PEOPLE[case["reader"]],
        case["first"],
        bytes.fromhex(case["ephemeral_secret"]),
        (head + bytes.fromhex(case["text"])).ljust(len(case["body"]) // 2 - 60, b"\0"),
    )
    assert (body.hex(), preimage.hex()) == (case["body"], case["preimage"])
    assert seed.hex() == CHAINS["seeds"][case["name"]]
