"""The wrappers around libsodium: what they refuse, and that plain Python agrees with them."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.crypto import curve
from handheld.errors import CryptoError
from tests.support import plain25519

KEY, NONCE = b"k" * 32, b"n" * 12
OTHER = curve.key_pair(b"o" * 32).public
SEALED = curve.encrypt(KEY, NONCE, b"associated", b"text")

keys = st.binary(min_size=32, max_size=32)


def reason(action: Callable[[], object]) -> str:
    """Why the action is refused."""
    with pytest.raises(CryptoError) as refused:
        action()
    return refused.value.reason


@settings(max_examples=25, deadline=None)
@given(keys, keys)
def test_x25519_as_plain_python_has_it(secret: bytes, point: bytes) -> None:
    expected = plain25519.x25519(secret, point)
    if expected == bytes(32):
        assert reason(lambda: curve.shared_secret(secret, point)) == "low-order"
    else:
        assert curve.shared_secret(secret, point) == expected
    assert curve.key_pair(secret).public == plain25519.x25519(secret, (9).to_bytes(32, "little"))


@pytest.mark.parametrize("point", plain25519.LOW_ORDER, ids=bytes.hex)
def test_a_point_of_low_order_leaves_no_secret(point: bytes) -> None:
    assert plain25519.x25519(KEY, point) == bytes(32)
    assert reason(lambda: curve.shared_secret(KEY, point)) == "low-order"


@pytest.mark.parametrize("size", [0, 31, 33])
def test_keys_and_nonces_of_another_size_never_reach_c(size: int) -> None:
    wrong = b"w" * size
    for action in (
        lambda: curve.key_pair(wrong),
        lambda: curve.shared_secret(wrong, OTHER),
        lambda: curve.shared_secret(KEY, wrong),
        lambda: curve.encrypt(wrong, NONCE, b"", b"text"),
        lambda: curve.encrypt(KEY, wrong, b"", b"text"),
        lambda: curve.decrypt(wrong, NONCE, b"", SEALED),
        lambda: curve.decrypt(KEY, wrong, b"", SEALED),
    ):
        assert reason(action) == "size"


def test_decrypts_what_was_encrypted() -> None:
    assert curve.decrypt(KEY, NONCE, b"associated", SEALED) == b"text"
    assert curve.decrypt(KEY, NONCE, b"", curve.encrypt(KEY, NONCE, b"", b"")) == b""


def test_every_flipped_bit_breaks_the_seal() -> None:
    for position in range(len(SEALED) * 8):
        flipped = bytearray(SEALED)
        flipped[position // 8] ^= 1 << position % 8
        assert reason(lambda: curve.decrypt(KEY, NONCE, b"associated", bytes(flipped))) == "seal"  # noqa: B023


def test_every_truncation_breaks_the_seal() -> None:
    for length in range(len(SEALED)):
        expected = "size" if length < curve.TAG else "seal"
        assert reason(lambda: curve.decrypt(KEY, NONCE, b"associated", SEALED[:length])) == expected  # noqa: B023


def test_another_key_nonce_or_associated_data_breaks_the_seal() -> None:
    for arguments in (
        (b"K" * 32, NONCE, b"associated"),
        (KEY, b"N" * 12, b"associated"),
        (KEY, NONCE, b"associates"),
        (KEY, NONCE, b""),
    ):
        assert reason(lambda: curve.decrypt(*arguments, SEALED)) == "seal"  # noqa: B023


def test_repr_tells_no_key() -> None:
    pair = curve.key_pair(KEY)
    assert str(pair.secret) not in repr(pair)
    assert str(pair.public) not in repr(pair)
