"""The identity: what is saved is what comes back, and secrets do not show."""

import pytest

from handheld.clock import SeededEntropy
from handheld.crypto.identity import LIVE_MAX, Identity
from handheld.errors import CryptoError


def test_comes_back_from_its_blob() -> None:
    made = Identity.create(SeededEntropy(1))
    again = Identity.from_blob(made.blob)
    assert again == made
    assert (again.key, again.static, again.prekey, again.epoch) == (made.key, made.static, made.prekey, 1)


def test_keys_are_all_different_and_32_bytes() -> None:
    made = Identity.create(SeededEntropy(2))
    keys = {made.key, made.static, made.prekey, made.sign_seed, made.static_secret, made.prekey_secret}
    assert len(keys) == 6
    assert {len(key) for key in keys} == {32}


@pytest.mark.parametrize("size", [0, 63, 100, 103, 105])
def test_a_blob_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(CryptoError) as refused:
        Identity.from_blob(bytes(size))
    assert refused.value.reason == "size"


def test_repr_tells_no_secret() -> None:
    made = Identity.create(SeededEntropy(3))
    assert made.sign_seed.hex() not in repr(made)
    assert str(made.sign_seed) not in repr(made)


def test_replaced_prekeys_stay_live_until_they_are_dropped_by_the_odometer() -> None:
    first = Identity.create(SeededEntropy(4))
    third = first.renewed(b"b" * 32, 100).renewed(b"c" * 32, 200)
    assert (third.epoch, third.made, third.prekey_secret) == (3, 200, b"c" * 32)
    assert [pair.secret for pair in third.live] == [b"c" * 32, b"b" * 32, first.prekey_secret]
    assert Identity.from_blob(third.blob) == third
    assert third.key == first.key
    later = third.without(99)
    assert [pair.public for pair in later.live] == [third.prekey, third.live[1].public]
    assert [pair.secret for pair in third.without(10_000).live] == [b"c" * 32]
    assert b"b" * 32 not in third.without(100).blob


def test_more_prekeys_than_there_can_be_are_refused() -> None:
    blob = Identity.create(SeededEntropy(5)).blob
    most = blob + (LIVE_MAX - 1) * blob[64:]
    assert len(Identity.from_blob(most).live) == LIVE_MAX
    for bad in (blob[:64], most + blob[64:]):
        with pytest.raises(CryptoError):
            Identity.from_blob(bad)
