"""Cells at rest: they open where they were sealed, with the same keys, to the last bit, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handheld.crypto.vault import NAMES_MAX, OVERHEAD, Vault
from handheld.errors import CryptoError

VAULT, OTHER = Vault(bytes(32)), Vault(bytes(31) + b"\x01")


@given(st.binary(max_size=64), st.binary(max_size=300))
def test_what_was_sealed_opens_at_its_place(place: bytes, plain: bytes) -> None:
    box = VAULT.seal(place, plain)

    assert VAULT.open(place, box) == plain
    assert len(box) == len(plain) + OVERHEAD


@given(st.data())
def test_nothing_else_opens(data: st.DataObject) -> None:
    plain = data.draw(st.binary(max_size=40))
    box = VAULT.seal(b"here", plain)
    bit = data.draw(st.integers(0, len(box) * 8 - 1))
    flipped = (int.from_bytes(box, "big") ^ 1 << bit).to_bytes(len(box), "big")
    cut = box[: data.draw(st.integers(0, len(box) - 1))]

    for vault, place, wrong in (
        (VAULT, b"here", flipped),
        (VAULT, b"here", cut),
        (VAULT, b"here", box + b"\0"),
        (VAULT, b"there", box),
        (OTHER, b"here", box),
    ):
        with pytest.raises(CryptoError):
            vault.open(place, wrong)


def test_a_nonce_is_met_again_only_by_the_same_content_of_the_same_place() -> None:
    cells = [(place, plain) for place in (b"", b"a", b"ab") for plain in (b"", b"a", b"b", b"bb")]
    boxes = [VAULT.seal(*cell) for cell in cells]

    assert [VAULT.seal(*cell) for cell in cells] == boxes
    assert len({box[:24] for box in boxes}) == len(cells)
    assert OTHER.seal(*cells[0])[:24] != boxes[0][:24]


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(CryptoError):
        Vault(bytes(size))


def test_it_says_nothing_of_its_keys() -> None:
    assert VAULT._box_key.hex()[:8] not in repr(VAULT)


def test_a_name_is_the_same_box_everywhere_and_many_are_told_apart() -> None:
    vault = Vault(bytes(32))
    names = [number.to_bytes(4, "big") for number in range(NAMES_MAX + 2)]
    boxes = [vault.hide(name) for name in names]

    assert [vault.show(box) for box in boxes] == names
    assert vault.show(boxes[-1]) == names[-1]
    assert vault.hide(names[-1]) == boxes[-1]
    assert [vault.hide(name) for name in names[:3]] == boxes[:3] == [VAULT.hide(name) for name in names[:3]]
    assert (vault.hide(b""), vault.show(b"")) == (b"", b"")
    for other, box in ((OTHER, boxes[0]), (vault, boxes[0][:-1] + bytes([boxes[0][-1] ^ 1]))):
        with pytest.raises(CryptoError):
            other.show(box)
    with pytest.raises(CryptoError):
        vault.open(b"here", boxes[0])
