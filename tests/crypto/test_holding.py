"""Who has a file: believed of whoever signed it, or of those who hold the key of a sealed one."""

from dataclasses import replace

import pytest

from handheld.clock import SeededEntropy
from handheld.crypto.holding import say, verify, whom
from handheld.crypto.identity import Identity
from handheld.errors import CryptoError

TAG, SALT, KEY = b"a file", b"\1\2", bytes(range(32))
ANA, BO = (Identity.create(SeededEntropy(name)) for name in ("ana", "bo"))


@pytest.mark.parametrize("key", [b"", KEY], ids=["public", "sealed"])
def test_it_stands_for_one_person_one_file_and_one_question(key: bytes) -> None:
    holder = say(ANA, TAG, 25, SALT, key)
    verify(holder, TAG, 25, ANA.key, key)
    assert whom(holder, key) == ANA.key[:8]
    for tag, lacks, other in (
        (b"b file", 25, holder),
        (TAG, 0, holder),
        (TAG, 25, replace(holder, salt=b"\1\3")),
        (TAG, 25, replace(holder, proof=bytes(len(holder.proof)))),
    ):
        with pytest.raises(CryptoError):
            verify(other, tag, lacks, ANA.key, key)


def test_a_public_one_is_of_him_who_signed_it() -> None:
    with pytest.raises(CryptoError):
        verify(say(ANA, TAG, 0, SALT, b""), TAG, 0, BO.key, b"")


def test_a_sealed_one_names_nobody_to_whom_lacks_the_key() -> None:
    one, two = (say(ANA, TAG, 0, salt, KEY) for salt in (SALT, b"\1\3"))
    assert one.who != two.who
    assert ANA.key[:8] not in (one.who, two.who)
    with pytest.raises(CryptoError):
        verify(one, TAG, 0, ANA.key, bytes(32))
