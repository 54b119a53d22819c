"""Prekeys without a clock: a new one every 48 powered hours, each erased four times that after it was made.

Only the odometer erases, and only the odometer or the owner renews: a stranger who writes a lot changes
nothing. While a node runs as a rule the current prekey and three before it are live.
"""

from dataclasses import replace

from handheld.clock import Entropy
from handheld.crypto.curve import KeyPair
from handheld.crypto.identity import LIVE_MAX, Identity, leap
from handheld.errors import Refused
from handheld.events import Keys
from handheld.node.effects import Effect, KeepKeys

PERIOD_S = 48 * 3600
EPOCH_MAX = (1 << 31) - 1
"""Beyond, only the prekeys that come by themselves count on."""

LIFE_S = 4 * PERIOD_S
"""Powered seconds from the making of a prekey to its erasure: no mail can be opened for longer."""


RENEWED_MAX = LIVE_MAX - LIFE_S // PERIOD_S + 1
"""The owner renews while fewer are live: with those that come by themselves it never is more than LIVE_MAX.

Three more come by themselves before the first of them is erased.
"""


class Prekeys:
    """Holds the identity. A new prekey counts when it is on the disk: an epoch must never mean two keys."""

    def __init__(self, identity: Identity, entropy: Entropy) -> None:
        self.identity = identity
        # What was last asked to be saved: the next change begins there, so that no epoch is used twice.
        self._asked = identity
        self._entropy = entropy

    @property
    def live(self) -> tuple[KeyPair, ...]:
        """What mail is tried with, the current one first."""
        return self.identity.live

    def tick(self, powered: int) -> list[Effect]:
        """At this many powered seconds: what is to be saved, if a prekey is due to come or to go."""
        self._erase(powered)
        if powered - self._asked.made >= PERIOD_S:
            self._asked = self._asked.renewed(self._entropy.take(32), powered)
        # Also what was asked for before and could not be saved.
        return [] if self._asked == self.identity else [KeepKeys(self._asked.blob)]

    def renew(self, powered: int) -> list[Effect]:
        """The owner wants a new prekey now. Refused when as many as can be are live."""
        self._erase(powered)
        live = len(self._asked.older) + 1
        if live >= RENEWED_MAX:
            hours = -(-(self._asked.older[-1].made + LIFE_S - powered) // 3600)
            raise Refused(
                f"{live} mail keys are in use; the oldest is erased after {hours} more hours of running. "
                "Try again then."
            )
        self._asked = self._asked.renewed(self._entropy.take(32), powered)
        return [KeepKeys(self._asked.blob)]

    def leap(self, epoch: int, powered: int) -> list[Effect]:
        """A new prekey far above this epoch and our own, which a copy of us must not share.

        Nothing where as many as can be are live, or the epochs would end.
        """
        self._erase(powered)
        above = max(epoch, self._asked.epoch) + leap(self._entropy)
        if len(self._asked.older) + 1 >= RENEWED_MAX or above > EPOCH_MAX:
            return []
        self._asked = replace(self._asked.renewed(self._entropy.take(32), powered), epoch=above)
        return [KeepKeys(self._asked.blob)]

    def kept(self, keep: KeepKeys) -> bool:
        """These secrets are on the disk, and what they no longer hold is not; True for another prekey."""
        before, self.identity = self.identity, Identity.from_blob(keep.blob)
        return self.identity.epoch != before.epoch

    def state(self, powered: int) -> Keys:
        """As it is shown."""
        identity = self.identity
        return Keys(
            epoch=identity.epoch,
            age_s=powered - identity.made,
            next_s=max(0, identity.made + PERIOD_S - powered),
            older=len(identity.older),
            life_s=LIFE_S,
        )

    def _erase(self, powered: int) -> None:
        self._asked = self._asked.without(powered - LIFE_S)
