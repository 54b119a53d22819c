"""The identity: what is saved is what comes back, and secrets do not show."""

import pytest

from handheld.clock import SeededEntropy
from handheld.crypto.identity import Identity
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


@pytest.mark.parametrize("size", [0, 99, 101])
def test_a_blob_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(CryptoError) as refused:
        Identity.from_blob(bytes(size))
    assert refused.value.reason == "size"


def test_repr_tells_no_secret() -> None:
    made = Identity.create(SeededEntropy(3))
    assert made.sign_seed.hex() not in repr(made)
    assert str(made.sign_seed) not in repr(made)
