"""What devices do with carried mail when they meet: who holds ours, and whose acks we hand out."""

from collections.abc import Iterable

from handheld.clock import Entropy
from handheld.crypto.sealing import commitment_of
from handheld.node.carrying import Carrying
from handheld.node.effects import Effect, KeepState
from handheld.node.outbound import Outbound, Outgoing
from handheld.node.outbox import Input, Outbox
from handheld.node.presence import Presence
from handheld.sync.patience import Served
from handheld.wire import age
from handheld.wire.air import first_byte
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind
from handheld.wire.records import Ack
from handheld.wire.sync import Offer, one_hop_again

WAIT_MS, WAIT_AIRTIMES = 2_000, 6
"""Somebody else may have the same ack at hand: each waits for a random part of this, on slow air of so many
longest frames."""

ACKS_A_WAIT = 8
"""So many acks are said within one such time; more take longer."""

OWED_MAX = 128


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
        self._said = Served()
        self.radio_up(0)

    def radio_up(self, airtime_us: int) -> None:
        """A radio whose longest frame takes so long."""
        self._said.wait_ms = max(WAIT_MS, WAIT_AIRTIMES * airtime_us // 1_000)

    def offered(self, offer: Offer, now: int) -> list[Effect]:
        """Somebody says what mail he holds: note how old it is, and who holds ours; owe him the acks."""
        if not offer.is_mail or offer.asks:
            return []
        for ident, level in offer.pairs():
            self._carrying.expect(ident, age.unpack(level))
            preimage = self._carrying.receipt(ident)
            if preimage is not None and len(self._owed) < OWED_MAX and self._said.may(preimage, now):
                waits = 1 + len(self._owed) // ACKS_A_WAIT
                at = now + self._entropy.below(waits * self._said.wait_ms)
                self._owed.setdefault(commitment_of(preimage), (at, preimage))
        return self.held((ident for ident, _ in offer.pairs()), now, more=False)

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
        self._owed.pop(commitment_of(preimage), None)
        self._said.note(preimage, now)
        return self._carrying.acked(preimage, now, ours=ours)

    def take_back(self, preimages: Iterable[bytes], now: int) -> list[Effect]:
        """Own sealings need not be carried any more: say so to those near, or to who offers them."""
        effects: list[Effect] = []
        for preimage in preimages:
            effects += self._carrying.acked(preimage, now, ours=True)
            if not self._presence.sparing:
                effects += self.say(preimage, now)
        return effects

    def say(self, preimage: bytes, now: int) -> list[Effect]:
        """Acknowledge to those near what came by a carrier, or was sealed again: this walks, too."""
        self._said.note(preimage, now)
        raw = bytes([first_byte(AirKind.ACK)]) + encode(Ack(preimage))
        return self._outbound.put(Outgoing(one_hop_again(raw), hurry=True), now)

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
            effects += self.say(self._owed.pop(commitment)[1], now)
        return effects
