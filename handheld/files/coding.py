"""Repair of lost symbols: a random linear code over GF(2), in whole numbers of any length.

Symbols below N are the file's own. One with a greater number is the XOR of those that a mask chooses, and the
number seeds the mask: so whoever lacks m symbols needs about m + 2 others, whichever, and need not say which.
Research behind it: DESIGN section 7. A row is (mask, value), both integers, bit i of a mask for symbol i.
"""

import hashlib
from collections.abc import Sequence

NUMBER_MAX = 0xFFFE
"""Symbols are numbered in two bytes; the last number, SHELL in wire/files.py, stands for something else."""


def mask_of(tag: bytes, number: int, symbols: int) -> int:
    """Which symbols a repair symbol is made of; never none."""
    seed = b"pocketmesh file mask 1\0" + tag + number.to_bytes(2, "big")
    drawn = int.from_bytes(hashlib.shake_128(seed).digest(-(-symbols // 8)), "big")
    return drawn & ((1 << symbols) - 1) or 1


def combined(values: Sequence[int], mask: int) -> int:
    """The XOR of the values that the mask chooses."""
    result = 0
    while mask:
        low = mask & -mask
        result ^= values[low.bit_length() - 1]
        mask ^= low
    return result


class Elimination:
    """Rows in echelon form, each under its lowest bit; memory is that of the file."""

    def __init__(self) -> None:
        self._rows: dict[int, tuple[int, int]] = {}
        self.consistent = True
        """False once two rows contradicted each other: one of them was made up."""

    @property
    def rank(self) -> int:
        """How many independent rows there are."""
        return len(self._rows)

    def add(self, mask: int, value: int) -> bool:
        """Take a row; whether it told anything new."""
        while mask:
            low = mask & -mask
            held = self._rows.get(low)
            if held is None:
                self._rows[low] = (mask, value)
                return True
            if mask == low and held[0] != low:
                # A plain symbol makes the better row: what is left of the other moves on.
                self._rows[low] = (mask, value)
            mask, value = mask ^ held[0], value ^ held[1]
        self.consistent = self.consistent and value == 0
        return False

    def solved(self, symbols: int) -> list[int]:
        """The values of all symbols, once the rank is their number."""
        values = [0] * symbols
        for low in sorted(self._rows, reverse=True):
            mask, value = self._rows[low]
            values[low.bit_length() - 1] = value ^ combined(values, mask ^ low)
        return values
