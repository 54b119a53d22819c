"""How often a sealing was acknowledged: twice within ten powered minutes, and never again.

So whoever recorded a private message and sends it once more learns nothing, also after its reader has
started anew. It is remembered for as long as the sealing could be opened: no longer than a prekey lives.
"""

from collections import OrderedDict
from collections.abc import Iterable

from handheld.node.prekeys import LIFE_S

PER_SEALING = 2
WINDOW_S = 10 * 60
"""Powered seconds."""

REMEMBERED = 20_000
"""Beyond, those longest ago are forgotten: only somebody we have answered can make so many."""


class Answers:
    """Commitments of others' sealings, each with how often and when first, in powered seconds."""

    def __init__(self, held: Iterable[tuple[bytes, int, int]] = ()) -> None:
        self._held = OrderedDict((commitment, (count, first)) for commitment, count, first in held)

    def first(self, commitment: bytes) -> bool:
        """Whether no ack of this sealing was given yet."""
        return commitment not in self._held

    def spent(self, commitment: bytes, powered: int) -> bool:
        """Whether this sealing gets no more acks."""
        count, first = self._held.get(commitment, (0, powered))
        return count >= PER_SEALING or powered - first > WINDOW_S

    def give(self, commitment: bytes, powered: int) -> bool:
        """Count one ack of this sealing; False when it may not go out."""
        spent = self.spent(commitment, powered)
        count, first = self._held.get(commitment, (0, powered))
        self._held[commitment] = (count + 1, first)
        self._forget(powered)
        return not spent

    def _forget(self, powered: int) -> None:
        while len(self._held) > REMEMBERED or powered - next(iter(self._held.values()))[1] > LIFE_S:
            self._held.popitem(last=False)
