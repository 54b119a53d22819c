"""The numbers of RFC 7748, 8032 and 8439, through our wrappers and through plain Python."""

import json
from pathlib import Path
from typing import Any

import pytest
from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair

from handheld.crypto import curve
from handheld.crypto.identity import Identity
from tests.support import plain25519

VECTORS = Path(__file__).parents[1] / "vectors"
RFC7748 = json.loads((VECTORS / "rfc7748.json").read_text())
RFC8032 = json.loads((VECTORS / "rfc8032.json").read_text())["cases"]
RFC8439 = json.loads((VECTORS / "rfc8439.json").read_text())["cases"]


def unhex(case: dict[str, str], *names: str) -> list[bytes]:
    """The named values of a case."""
    return [bytes.fromhex(case[name]) for name in names]


@pytest.mark.parametrize("case", RFC7748["products"])
def test_x25519_products(case: dict[str, str]) -> None:
    scalar, point, product = unhex(case, "scalar", "point", "product")
    assert curve.shared_secret(scalar, point) == product
    assert plain25519.x25519(scalar, point) == product


@pytest.mark.parametrize("case", RFC7748["iterations"], ids=lambda case: case["count"])
def test_x25519_iterated(case: dict[str, Any]) -> None:
    scalar = point = (9).to_bytes(32, "little")
    for _ in range(case["count"]):
        scalar, point = curve.shared_secret(scalar, point), scalar
    assert scalar.hex() == case["result"]


def test_x25519_agreement() -> None:
    a, a_public, b, b_public, shared = unhex(
        RFC7748["agreement"], "a_secret", "a_public", "b_secret", "b_public", "shared"
    )
    assert (curve.key_pair(a).public, curve.key_pair(b).public) == (a_public, b_public)
    assert curve.shared_secret(a, b_public) == curve.shared_secret(b, a_public) == shared


@pytest.mark.parametrize("case", RFC8032, ids=lambda case: case["name"])
def test_ed25519(case: dict[str, str]) -> None:
    seed, public, message, signature = unhex(case, "secret", "public", "message", "signature")
    identity = Identity(seed, bytes(32), bytes(32), 1)
    assert identity.key == public
    # What signing.py calls: it signs records only, so the published messages go in one step below it.
    assert crypto_sign(message, identity.signing_key) == signature + message
    assert crypto_sign_open(signature + message, public) == message


@pytest.mark.parametrize("case", RFC8032, ids=lambda case: case["name"])
def test_ed25519_in_plain_python(case: dict[str, str]) -> None:
    seed, public, message, signature = unhex(case, "secret", "public", "message", "signature")
    assert plain25519.ed25519_public(seed) == crypto_sign_seed_keypair(seed)[0] == public
    assert plain25519.ed25519_sign(seed, message) == signature
    assert plain25519.ed25519_verify(public, message, signature)
    assert not plain25519.ed25519_verify(public, message + b"!", signature)
    assert not plain25519.ed25519_verify(public, message, signature[:32] + b"\xff" * 32)
    assert not plain25519.ed25519_verify(b"\xff" * 32, message, signature)


@pytest.mark.parametrize("case", RFC8439, ids=lambda case: case["name"])
def test_chacha20_poly1305(case: dict[str, str]) -> None:
    key, nonce, associated, plain, sealed = unhex(case, "key", "nonce", "associated", "plain", "sealed")
    assert curve.encrypt(key, nonce, associated, plain) == sealed
    assert curve.decrypt(key, nonce, associated, sealed) == plain
