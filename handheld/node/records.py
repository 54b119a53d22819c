"""Records that are carried by hand: what comes from a stick, and what of ours goes onto one."""

from collections.abc import Callable

from handheld.crypto.signing import sign_profile
from handheld.node.effects import Effect
from handheld.node.inbound import Inbound
from handheld.node.odometer import Odometer
from handheld.node.prekeys import Prekeys
from handheld.wire.air import first_byte
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind


class Records:
    """A record is byte 0 and the body of an air frame; `count` counts what is dropped among effects."""

    def __init__(
        self,
        inbound: Inbound,
        prekeys: Prekeys,
        nickname: bytes,
        odometer: Odometer,
        count: Callable[[list[Effect]], None],
    ) -> None:
        self._inbound = inbound
        self._prekeys = prekeys
        self._nickname = nickname
        self._odometer = odometer
        self._count = count

    def brought(self, raw: bytes, age_s: int, now: int, at: int) -> list[Effect]:
        """A record came in a file when it was so many seconds old; `at`: wall label. Never raises on it."""
        effects = self._inbound.brought(raw, age_s, now, at)
        self._count(effects)
        return effects

    def own_profile(self) -> bytes:
        """Our profile, for those who are not here."""
        profile = sign_profile(self._prekeys.identity, 0, self._nickname)
        return bytes([first_byte(AirKind.PROFILE)]) + encode(profile)

    def powered(self, now: int) -> int:
        """Seconds that this device has been running in all."""
        return self._odometer.read(now)
