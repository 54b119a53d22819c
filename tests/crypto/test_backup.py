"""The boxes of a backup: in order, all of them, under one key; its head within bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handheld.clock import SeededEntropy
from handheld.crypto.backup import HEAD, WORDS, open_boxes, pack_head, read_head, seal
from handheld.crypto.identity import LEAP, Identity, leap
from handheld.crypto.keyring import MEMORY_MAX, MEMORY_MIN, PASSES_MAX, PASSES_MIN, Lock
from handheld.errors import CryptoError

KEY = b"k" * 32
LOCK = Lock(b"salt" * 4, PASSES_MIN, MEMORY_MIN)
HEADER = pack_head(LOCK)


def opened(boxes: list[bytes], key: bytes = KEY, head: bytes = HEADER) -> list[bytes]:
    return list(open_boxes(head, key, boxes))


@given(st.lists(st.binary(max_size=30), max_size=5))
def test_what_was_sealed_comes_back(chunks: list[bytes]) -> None:
    assert opened(list(seal(HEADER, KEY, chunks))) == (chunks or [b""])


@given(st.lists(st.binary(max_size=30), min_size=2, max_size=5, unique=True), st.data())
def test_nothing_can_be_cut_off_moved_put_in_or_changed(chunks: list[bytes], data: st.DataObject) -> None:
    boxes = list(seal(HEADER, KEY, chunks))
    at = data.draw(st.integers(0, len(boxes) - 2))
    swapped = [*boxes[:at], boxes[at + 1], boxes[at], *boxes[at + 2 :]]
    other = pack_head(LOCK._replace(salt=b"other" * 3 + b"!"))
    for wrong in (
        boxes[: at + 1],
        boxes[at + 1 :],
        swapped,
        [*boxes[: at + 1], *boxes[at:]],
        [*boxes, boxes[-1]],
    ):
        with pytest.raises(CryptoError):
            opened(wrong)
    for key, head in ((b"o" * 32, HEADER), (KEY, other)):
        with pytest.raises(CryptoError):
            opened(boxes, key, head)


@pytest.mark.parametrize("lock", [LOCK, Lock(bytes(16), PASSES_MAX, MEMORY_MAX), WORDS])
def test_a_head_says_how_the_key_is_made(lock: Lock) -> None:
    assert read_head(pack_head(lock)) == lock
    assert len(pack_head(lock)) == HEAD


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"", "size"),
        (HEADER[:-1], "size"),
        (b"pmbx" + HEADER[4:], "size"),
        (HEADER[:4] + b"\x02" + HEADER[5:], "version"),
        (pack_head(LOCK._replace(passes=PASSES_MAX + 1)), "size"),
        (pack_head(LOCK._replace(memory=MEMORY_MAX + 1)), "size"),
        (pack_head(LOCK._replace(passes=0)), "size"),
        (pack_head(WORDS._replace(salt=b"s" * 16)), "size"),
    ],
)
def test_other_heads_are_refused(head: bytes, reason: str) -> None:
    with pytest.raises(CryptoError) as caught:
        read_head(head)
    assert caught.value.reason == reason


def test_a_restored_identity_has_other_prekeys_and_a_marked_epoch() -> None:
    entropy = SeededEntropy("restored")
    before = Identity.create(entropy).renewed(b"p" * 32, 7)
    after = Identity.restored(before.core, 9, entropy)

    assert (after.key, after.static, after.made, after.older) == (before.key, before.static, 9, ())
    assert after.prekey not in {pair.public for pair in before.live}
    assert LEAP <= after.epoch - before.epoch < 2 * LEAP
    assert b"p" * 32 not in before.core
    for core in (b"", before.core[:-1], before.core + b"\0"):
        with pytest.raises(CryptoError):
            Identity.restored(core, 0, entropy)


def test_leaps_differ() -> None:
    entropy = SeededEntropy("leaps")
    leaps = {leap(entropy) for _ in range(50)}
    assert len(leaps) > 45
    assert all(LEAP <= one < 2 * LEAP for one in leaps)


def test_from_the_seed_alone_all_else_is_new() -> None:
    entropy = SeededEntropy("recalled")
    before = Identity.create(entropy)
    one, two = (Identity.recalled(before.sign_seed, entropy) for _ in range(2))

    assert one.key == two.key == before.key
    assert len({before.static, one.static, two.static}) == 3
    assert one.epoch != two.epoch
    assert {one.epoch % LEAP, two.epoch % LEAP} == {0}
