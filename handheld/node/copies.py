"""Another device with our identity, such as the one that a backup was made on: noticed, and lived with.

Nothing breaks by it: what both sign is ours. But two that number alike lose posts, and mail reaches the one
whose profile has the higher epoch. So whoever notices leaps once, far above the other: then that one notices,
too. A replay of what we signed ourselves proves nothing and changes nothing.
"""

from collections.abc import Callable

from handheld.clock import Entropy
from handheld.crypto.identity import leap
from handheld.node.effects import CheckOwn, Effect, KeepCopy
from handheld.node.odometer import Odometer
from handheld.node.prekeys import Prekeys
from handheld.wire.records import Post, Profile

SHOWN_S = 48 * 3600
"""Powered seconds for which the owner is told after the last sign of the other device."""

QUIET_S = 3600
"""One more sign within this time is not saved anew."""


class Copies:
    """`noticed`: the odometer at the last sign of another device, 0 if there was none.

    `last`: gives the highest number of our own posts.
    """

    def __init__(
        self,
        prekeys: Prekeys,
        odometer: Odometer,
        entropy: Entropy,
        noticed: int,
        last: Callable[[], int],
    ) -> None:
        self._last = last
        self._prekeys = prekeys
        self._odometer = odometer
        self._entropy = entropy
        self._noticed = noticed

    def shown(self, now: int) -> bool:
        """Whether the owner has to know."""
        return self._noticed > 0 and self._odometer.read(now) - self._noticed < SHOWN_S

    def profile(self, heard: Profile, now: int) -> list[Effect]:
        """A profile that our key has signed was heard."""
        own = self._prekeys.identity
        if heard.epoch > own.epoch:
            return self._notice(heard.epoch, now)
        if heard.epoch == own.epoch and (heard.static, heard.prekey) != (own.static, own.prekey):
            return self._notice(heard.epoch, now)
        return []

    def post(self, heard: Post, raw: bytes, now: int) -> list[Effect]:
        """A post that our key has signed was heard: one to come is not ours, one before is to be compared."""
        if heard.seq > self._last():
            return self.differs(heard.seq, now)
        return [CheckOwn(self._prekeys.identity.key, heard.seq, raw)]

    def differs(self, seq: int, now: int) -> list[Effect]:
        """We never wrote the post of this number."""
        return self._notice(self._prekeys.identity.epoch, now, seq)

    def _notice(self, epoch: int, now: int, seq: int = 0) -> list[Effect]:
        powered, first = self._odometer.read(now), not self.shown(now)
        if not first and powered - self._noticed < QUIET_S:
            return []
        self._noticed = max(1, powered)
        if not first:
            return [KeepCopy(self._noticed, 0)]
        floor = max(seq, self._last()) + leap(self._entropy)
        return [KeepCopy(self._noticed, floor), *self._prekeys.leap(epoch, powered)]
