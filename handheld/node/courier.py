"""What devices do with carried mail when they meet: who holds ours, and whose acks we hand out."""

from collections import deque
from collections.abc import Iterable

from handheld.clock import Entropy
from handheld.crypto.sealing import commitment_of
from handheld.node.carrying import Carrying
from handheld.node.effects import Effect, KeepState
from handheld.node.entry import Entry, Input
from handheld.node.outbound import Outbound, Outgoing
from handheld.node.outbox import WITHDRAW_MS, Outbox
from handheld.node.presence import Presence
from handheld.sync.patience import Served
from handheld.wire import age
from handheld.wire.air import first_byte
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind
from handheld.wire.receipts import receipts_frames
from handheld.wire.records import Ack
from handheld.wire.sync import Offer, one_hop_again

WAIT_MS, WAIT_AIRTIMES = 300, 6
"""Somebody else may have the same acks at hand: each waits for a random part of this, on slow air of so many
longest frames. Who lacks what was offered asks for it only then (sync/repair.py)."""

REPEAT_MS = 2_000
"""An ack that was said is not said again for three times this, or the wait if that is longer, then longer."""

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
        self._owed: dict[bytes, bytes] = {}
        self._due = 0
        self._surplus: deque[tuple[int, Entry]] = deque()
        self._said = Served()
        self.radio_up(0)

    def radio_up(self, airtime_us: int) -> None:
        """A radio whose longest frame takes so long."""
        self._wait_ms = max(WAIT_MS, WAIT_AIRTIMES * airtime_us // 1_000)
        self._said.wait_ms = max(REPEAT_MS, self._wait_ms)

    def offered(self, offer: Offer, now: int) -> list[Effect]:
        """Somebody says what mail he holds: note how old it is, and who holds ours; owe him the acks."""
        if not offer.is_mail or offer.asks:
            return []
        for ident, level in offer.pairs():
            self._carrying.expect(ident, age.unpack(level))
            preimage = self._carrying.receipt(ident)
            if preimage is not None and len(self._owed) < OWED_MAX and self._said.may(preimage, now):
                self.owe(preimage, now)
        return self.held((ident for ident, _ in offer.pairs()), now, more=False)

    def owe(self, preimage: bytes, now: int) -> None:
        """Say this ack to those near, soon, and together with the others that are owed."""
        self._due = self._due if self._owed else now + self._entropy.below(self._wait_ms)
        self._owed[commitment_of(preimage)] = preimage

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
        gone = list(preimages)
        effects = [effect for one in gone for effect in self._carrying.acked(one, now, ours=True)]
        return effects if self._presence.sparing else effects + self.say(gone, now)

    def sealed(self, entry: Entry, now: int) -> list[Effect]:
        """A message was given to the radio once more: few sealings of it are left to others to carry."""
        if self._outbox.fast and len(entry.kept) > 1:
            # Of a burst all but one are withdrawn together, once it is over.
            self._surplus = deque(one for one in self._surplus if one[1] is not entry)
            self._surplus.append((now + WITHDRAW_MS, entry))
        return self.take_back(self._outbox.surplus(entry, now), now)

    def say(self, preimages: list[bytes], now: int) -> list[Effect]:
        """Acknowledge to those near what is carried, in one frame: this walks, too."""
        for preimage in preimages:
            self._said.note(preimage, now)
        if len(preimages) == 1:
            ack = bytes([first_byte(AirKind.ACK)]) + encode(Ack(preimages[0]))
            frames = [one_hop_again(ack)]
        else:
            frames = list(receipts_frames(preimages))
        return [effect for frame in frames for effect in self._outbound.put(Outgoing(frame, hurry=True), now)]

    def next_deadline(self) -> int | None:
        """When `tick` has something to do."""
        times = [self._due] if self._owed else []
        times += [at for at, _ in list(self._surplus)[:1]]
        if (saving := self._carrying.next_deadline()) is not None:
            times.append(saving)
        return min(times, default=None)

    def tick(self, now: int) -> list[Effect]:
        """Hand out acks, take back sealings, and save what is worth it."""
        effects = self._carrying.tick(now)
        if self._owed and self._due <= now:
            owed = list(self._owed.values())
            self._owed.clear()
            effects += self.say(owed, now)
        while self._surplus and self._surplus[0][0] <= now:
            effects += self.take_back(self._outbox.surplus(self._surplus.popleft()[1], now), now)
        return effects
