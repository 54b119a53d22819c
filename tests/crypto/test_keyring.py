"""The key file's content: open, or behind a passphrase; wrong ones and damage are told apart."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.crypto.keyring import (
    MEMORY_MAX,
    MEMORY_MIN,
    PASSES_MAX,
    PASSES_MIN,
    Keyring,
    Lock,
    costs,
    lock_of,
    pack,
    renew,
    unpack,
)
from handheld.errors import CryptoError

LOCK = Lock(b"salt" * 4, PASSES_MIN, MEMORY_MIN)
KEY, OTHER = b"k" * 32, b"o" * 32
ONE, TWO = Keyring((b"1" * 32,), b"the identity"), Keyring((b"1" * 32, b"2" * 32), b"the identity")


@pytest.mark.parametrize("ring", [ONE, TWO])
def test_what_was_packed_comes_back(ring: Keyring) -> None:
    assert unpack(pack(ring)) == ring
    assert lock_of(pack(ring)) is None
    locked = pack(ring, LOCK, KEY)
    assert unpack(locked, KEY) == ring
    assert lock_of(locked) == LOCK


def test_another_passphrase_is_told_from_damage() -> None:
    with pytest.raises(CryptoError) as caught:
        unpack(pack(ONE, LOCK, KEY), OTHER)
    assert caught.value.reason == "seal"
    for none in (b"", b"short"):
        with pytest.raises(CryptoError) as caught:
            unpack(pack(ONE, LOCK, KEY), none)
        assert caught.value.reason == "seal"
    with pytest.raises(CryptoError) as caught:
        unpack(pack(ONE)[:-1])
    assert caught.value.reason == "size"


def test_behind_a_lock_nothing_of_the_keys_can_be_seen() -> None:
    locked = pack(TWO, LOCK, KEY)

    assert not any(secret in locked for secret in (*TWO.masters, TWO.identity, KEY))
    assert TWO.identity not in pack(TWO)
    assert not any(master.decode()[:4] in repr(TWO) for master in TWO.masters)


@settings(max_examples=60)
@given(st.data())
def test_no_damage_yields_other_keys(data: st.DataObject) -> None:
    ring, key = data.draw(st.sampled_from([(ONE, b""), (TWO, b""), (ONE, KEY), (TWO, KEY)]))
    whole = pack(ring, LOCK if key else None, key)
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    flipped = (int.from_bytes(whole, "big") ^ 1 << bit).to_bytes(len(whole), "big")
    for damaged in (flipped, whole[: data.draw(st.integers(0, len(whole) - 1))], whole + b"\0", b"", b"\x07"):
        try:
            found = unpack(damaged, key)
        except CryptoError:
            continue
        # A second master key is not what seals the identity; the key file's checksum finds such a flip.
        assert (found.masters[0], found.identity) == (ring.masters[0], ring.identity)


@pytest.mark.parametrize("ring", [ONE, TWO])
def test_the_identity_is_renewed_without_the_passphrase(ring: Keyring) -> None:
    for lock, key in ((None, b""), (LOCK, KEY)):
        renewed = renew(pack(ring, lock, key), ring.vaults[0], b"another")
        assert unpack(renewed, key) == Keyring(ring.masters, b"another")


def test_what_is_cut_off_is_not_renewed() -> None:
    for blob in (b"\0\1" + bytes(31), b"\0\0"):
        with pytest.raises(CryptoError):
            renew(blob, ONE.vaults[0], b"another")


def test_a_passphrase_is_the_same_however_it_is_typed() -> None:
    composed = unicodedata.normalize("NFC", "gr\u00fcn wald")
    decomposed = unicodedata.normalize("NFD", composed)
    key = LOCK.key(composed)

    assert len(key) == 32
    assert LOCK.key(f"  {decomposed.replace(' ', '   ')} ") == key
    assert LOCK.key("grun wald") != key
    assert LOCK._replace(salt=b"talt" * 4).key(composed) != key


@pytest.mark.parametrize("floor_ms", [0, 1, 30, 400, 999, 1_000, 1_001, 60_000])
def test_costs_stay_between_floor_and_ceiling(floor_ms: int) -> None:
    passes, memory = costs(floor_ms)

    assert PASSES_MIN <= passes <= PASSES_MAX
    assert memory in (MEMORY_MIN, MEMORY_MAX)
    if floor_ms > 1_000:
        assert (passes, memory) == (PASSES_MIN, MEMORY_MIN)
    else:
        assert floor_ms * passes * memory <= 2_000 * PASSES_MIN * MEMORY_MIN or passes == PASSES_MIN


@pytest.mark.parametrize(
    "lock",
    [LOCK._replace(passes=PASSES_MAX + 1), LOCK._replace(passes=0), LOCK._replace(memory=MEMORY_MAX + 1)],
)
def test_costs_out_of_bounds_are_damage_and_never_tried(lock: Lock) -> None:
    with pytest.raises(CryptoError):
        lock_of(pack(ONE, lock, KEY))
