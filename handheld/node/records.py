"""Records that are carried by hand: what comes from a stick, and what of ours goes onto one."""

from collections.abc import Callable

from handheld.crypto.signing import sign_profile
from handheld.node.carrying import frame_id
from handheld.node.effects import Effect
from handheld.node.inbound import Inbound
from handheld.node.mail import Mail
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
        mail: Mail,
        count: Callable[[list[Effect]], None],
    ) -> None:
        self._inbound = inbound
        self._prekeys = prekeys
        self._nickname = nickname
        self._mail = mail
        self._count = count

    def brought(self, raw: bytes, age_s: int, now: int, at: int) -> list[Effect]:
        """A record came in a file when it was so many seconds old; `at`: wall label. Never raises on it."""
        effects = self._inbound.brought(raw, age_s, now, at)
        self._count(effects)
        # At once: the node that was started for an import ends after it.
        return effects + self._mail.carrying.save(frame_id(raw), now)

    def own_profile(self) -> bytes:
        """Our profile, for those who are not here."""
        profile = sign_profile(self._prekeys.identity, 0, self._nickname)
        return bytes([first_byte(AirKind.PROFILE)]) + encode(profile)

    def powered(self, now: int) -> int:
        """Seconds that this device has been running in all."""
        return self._mail.carrying.powered(now)

    def carries(self, raw: bytes) -> bool:
        """Whether this frame is carried here."""
        return frame_id(raw) in self._mail.carrying.bag

    def seal(self, now: int) -> list[Effect]:
        """Seal own private messages of which no copy is carried: where no radio reaches they go by hand."""
        sealed = {message for _, _, _, message in self._mail.carrying.frames(now)}
        waiting = [
            entry for entry in self._mail.outbox.open() if entry.message not in sealed and not entry.held
        ]
        effects = [effect for entry in waiting for effect in self._mail.seal(entry, now)]
        for id8, _, _, message in self._mail.carrying.frames(now):
            effects += self._mail.carrying.save(id8, now) if message else []
        return effects

    def sealed(self, now: int) -> list[tuple[bytes, int]]:
        """Sealed mail and posts in rooms that are carried, with their age in seconds; then acks of others."""
        carried = self._mail.carrying.frames(now)
        self._mail.carrying.given |= {message for _, _, _, message in carried if message}
        frames = [(raw, age) for _, raw, age, _ in carried]
        ack = bytes([first_byte(AirKind.ACK)])
        return frames + [(ack + preimage, 0) for preimage in self._mail.carrying.receipts()]
