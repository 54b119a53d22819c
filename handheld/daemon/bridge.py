"""Radio and local network as one: the node knows one air, this makes it of two.

With both, a frame of the node goes to both and counts as sent when the network took it, or else the radio;
what one hears first is handed on to the other.
"""

from handheld.clock import Clock, Entropy
from handheld.config import Bearers as Settings
from handheld.daemon.bearers import RadioOnly, Submit
from handheld.daemon.lan import LanPort
from handheld.events import LanInfo
from handheld.link.lan import AIRTIME_US, Lan
from handheld.link.port import Port
from handheld.link.session import FrameHeard, FrameSent
from handheld.node.effects import Effect, Transmit
from handheld.node.node import Node
from handheld.node.outbound import Outbound, Outgoing
from handheld.wire.constants import DEFAULT_NETWORK_KEY, SentResult


class Bridge(RadioOnly):
    """A local network, and a radio if there is one.

    The network takes everything at once, so the radio has a queue of its own here: the node need not wait
    for the slower of the two.
    """

    def __init__(
        self,
        node: Node,
        clock: Clock,
        port: Port | None,
        submit: Submit,
        settings: Settings,
        entropy: Entropy,
    ) -> None:
        super().__init__(node, clock, port, submit)
        self.network: LanPort = LanPort(settings, self._lan_heard, self._announce)
        self._rules = Lan(DEFAULT_NETWORK_KEY, entropy, clock.now())
        self._to_radio = Outbound()
        self._airtime_us = 0

    @property
    def found(self) -> bool:
        """Whether there is a network or a peer."""
        return bool(self.network.networks or self.network.peers)

    def radio_up(self, airtime_us: int) -> None:
        """A radio answered: its pace is the node's from now on."""
        now = self._clock.now()
        self._airtime_us = airtime_us
        self._rules.radio(airtime_us, now)
        self._announce()
        self._give(self._to_radio.radio_up(now))

    def radio_down(self) -> None:
        """The radio went; what it held and the network did not take is given to the node's care again."""
        self._airtime_us = 0
        self._rules.radio(0, self._clock.now())
        self._to_radio.radio_down()
        self._to_radio = Outbound()
        self._announce()

    def heard(self, event: FrameHeard) -> None:
        """The radio heard a frame: the network may have it too."""
        if datagram := self._rules.from_radio(event.air, self._clock.now()):
            self._rules.counters["handed on"] += self.network.send(datagram)
        super().heard(event)

    def sent(self, event: FrameSent) -> None:
        """The radio says what became of a frame; where the network took it, the node was told before."""
        now = self._clock.now()
        item = self._to_radio.sent(event.token, event.result, now)
        self._give(self._to_radio.pump(now))
        if item is not None and item.message:
            self._submit(self._node.sent(item.message, event.result, now))

    def transmit(self, token: int, air: bytes) -> None:
        """A frame of the node's, to both."""
        datagram = self._rules.own(air, self._clock.now())
        took = bool(datagram) and self.network.send(datagram)
        self._rules.counters["out"] += took
        if self._airtime_us:
            # The token travels as the queue's number of the message, so that its answer finds the node.
            self._queue(Outgoing(air, 0 if took else token))
        if took:
            self._answer(token, SentResult.ON_AIR)
        elif not self._airtime_us:
            self._answer(token, SentResult.QUEUE_FULL if datagram else SentResult.REFUSED)

    def next_deadline(self) -> int | None:
        """When something waits to go to the radio."""
        times = (self._rules.next_deadline(), self._to_radio.next_deadline())
        return min((time for time in times if time is not None), default=None)

    def tick(self) -> None:
        """Give the radio what is due."""
        for air in self._rules.due(self._clock.now()):
            self._queue(Outgoing(air))
        self._give(self._to_radio.pump(self._clock.now()))

    def info(self) -> LanInfo:
        """The network as it is shown."""
        return LanInfo(
            networks=self.network.networks,
            peers=self.network.peers,
            near=self._rules.near(self._clock.now()),
            counters=dict(self._rules.counters),
            dropped=dict(self._rules.dropped),
            why=self.network.why,
        )

    def _lan_heard(self, datagram: bytes, address: str, link: str) -> None:
        now = self._clock.now()
        taken = self._rules.receive(datagram, address, now)
        if taken is None:
            return
        if taken.onward:
            self._rules.counters["handed on"] += self.network.send(taken.onward, link)
        self._submit(self._node.receive(taken.air, None, now, self._clock.wall()))

    def _announce(self) -> None:
        """The air has changed: the node says to whom it reaches now that it is here."""
        now = self._clock.now()
        if self._airtime_us or self.found:
            self._submit(self._node.radio_up(self._airtime_us or AIRTIME_US, now))
        else:
            self._node.radio_down(now)

    def _answer(self, token: int, result: SentResult) -> None:
        self._soon(lambda: self._submit(self._node.sent(token, result, self._clock.now())))

    def _queue(self, item: Outgoing) -> None:
        self._give(self._to_radio.put(item, self._clock.now()))

    def _give(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Transmit):
                RadioOnly.transmit(self, effect.token, effect.air)
