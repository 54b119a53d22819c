"""What devices do with carried mail when they meet: who holds ours, and whose acks we hand out."""

from collections import OrderedDict
from collections.abc import Iterable

from handheld.clock import Entropy
from handheld.crypto.sealing import commitment_of
from handheld.node.carrying import Carrying
from handheld.node.effects import Effect, KeepState
from handheld.node.outbound import Outbound, Outgoing
from handheld.node.outbox import Input, Outbox
from handheld.node.presence import Presence
from handheld.wire import age
from handheld.wire.air import first_byte
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind
from handheld.wire.records import Ack
from handheld.wire.sync import Offer, one_hop_again

WAIT_MS = 2_000
"""Somebody else may have the same ack at hand: each waits for a random part of this."""

OWED_MAX = 128

SAID_MS = 10 * 60 * 1_000
"""An ack that was said here is not said again for so long: radios tell of no frame that they heard lately, so
nobody could know that another said it."""

SAID_MAX = 4_096


class Courier:
    """Keeps `outbox` told of who carries our messages, and ends the carrying of what was acknowledged."""

    def __init__(
        self,
        carrying: Carrying,
        outbox: Outbox,
        outbound: Outbound,
        presence: Presence,
        entropy: Entropy,
    ) -> None:
        self._carrying = carrying
        self._outbox = outbox
        self._outbound = outbound
        self._presence = presence
        self._entropy = entropy
        self._owed: dict[bytes, tuple[int, bytes]] = {}
        self._said: OrderedDict[bytes, int] = OrderedDict()

    def offered(self, offer: Offer, now: int) -> list[Effect]:
        """Somebody says what mail he holds: note how old it is, and who holds ours; owe him the acks."""
        if not offer.is_mail or offer.asks:
            return []
        for ident, level in offer.pairs():
            self._carrying.expect(ident, age.unpack(level))
            if (preimage := self._carrying.receipt(ident)) is not None:
                self._owe(preimage, now)
        return self.held((ident for ident, _ in offer.pairs()), now, more=False)

    def _owe(self, preimage: bytes, now: int) -> None:
        commitment = commitment_of(preimage)
        said = self._said.get(commitment)
        if len(self._owed) < OWED_MAX and (said is None or now - said >= SAID_MS):
            self._owed.setdefault(commitment, (now + self._entropy.below(WAIT_MS), preimage))

    def _note(self, commitment: bytes, now: int) -> None:
        self._said.pop(commitment, None)
        self._said[commitment] = now
        if len(self._said) > SAID_MAX:
            self._said.popitem(last=False)

    def same(self, digest: bytes, now: int) -> list[Effect]:
        """Somebody holds just what we hold, so also what is ours of it; `digest`: of what he holds."""
        carrying = self._carrying
        if digest != carrying.bag.digest(carrying.powered(now)):
            return []
        return self.held(carrying.own_mail(), now, more=False)

    def held(self, idents: Iterable[bytes], now: int, *, more: bool) -> list[Effect]:
        """Somebody holds frames under these ids, or (`more`) is given them by us: that is said of ours."""
        effects: list[Effect] = []
        for message in sorted(self._carrying.messages(idents)):
            entry = self._outbox.get(message)
            if entry is not None and self._outbox.held(entry, more=more):
                self._outbox.step(entry, Input.HELD, now)
                effects.append(KeepState(message, entry.state.value, entry.carriers))
        return effects

    def acked(self, preimage: bytes, now: int, *, ours: bool) -> list[Effect]:
        """An ack was heard: nobody need hand it to those who have just heard it, too."""
        commitment = commitment_of(preimage)
        self._owed.pop(commitment, None)
        self._note(commitment, now)
        return self._carrying.acked(preimage, now, ours=ours)

    def answer(self, preimage: bytes, now: int) -> list[Effect]:
        """Acknowledge to those near what came by a carrier, or was sealed again: this walks, too."""
        self._note(commitment_of(preimage), now)
        raw = bytes([first_byte(AirKind.ACK)]) + encode(Ack(preimage))
        return self._outbound.put(Outgoing(one_hop_again(raw), hurry=True), now)

    def take_back(self, preimages: Iterable[bytes], now: int) -> list[Effect]:
        """Own sealings need not be carried any more: say so to those near, or to who offers them."""
        effects: list[Effect] = []
        for preimage in preimages:
            effects += self._carrying.acked(preimage, now, ours=True)
            if not self._presence.sparing:
                effects += self.answer(preimage, now)
        return effects

    def next_deadline(self) -> int | None:
        """When `tick` has something to do."""
        times = [at for at, _ in self._owed.values()]
        if (saving := self._carrying.next_deadline()) is not None:
            times.append(saving)
        return min(times, default=None)

    def tick(self, now: int) -> list[Effect]:
        """Hand out acks, and save what is worth it."""
        effects = self._carrying.tick(now)
        for commitment in [one for one, (at, _) in self._owed.items() if at <= now]:
            effects += self.answer(self._owed.pop(commitment)[1], now)
        return effects
