"""What carries the node's frames: the radio, as here, or that and a local network (`bridge`)."""

import asyncio
from collections.abc import Callable
from functools import partial

from handheld.clock import Clock, Entropy
from handheld.config import Bearers as Settings
from handheld.events import LanInfo
from handheld.link.port import Port
from handheld.link.session import FrameHeard, FrameSent
from handheld.logs import logger
from handheld.node.effects import Effect
from handheld.node.node import Node
from handheld.wire.constants import SentResult

TYPE_CHECKING = False
if TYPE_CHECKING:
    from handheld.daemon.lan import LanPort

Submit = Callable[[list[Effect]], None]


class RadioOnly:
    """The radio or nothing: frames go to the cable as they are. `submit` has effects carried out."""

    network: "LanPort | None" = None

    def __init__(self, node: Node, clock: Clock, port: Port | None, submit: Submit) -> None:
        self._node = node
        self._clock = clock
        self._port = port
        self._submit = submit
        self._log = logger("node")

    @property
    def found(self) -> bool:
        """Whether something other than the radio carries frames."""
        return False

    def radio_up(self, airtime_us: int) -> None:
        """A radio answered whose longest frame takes so many microseconds."""
        self._submit(self._node.radio_up(airtime_us, self._clock.now()))

    def radio_down(self) -> None:
        """The radio went."""
        self._node.radio_down(self._clock.now())

    def heard(self, event: FrameHeard) -> None:
        """The radio heard a frame."""
        self._submit(self._node.receive(event.air, event.rssi, self._clock.now(), self._clock.wall()))

    def sent(self, event: FrameSent) -> None:
        """The radio says what became of a frame."""
        self._submit(self._node.sent(event.token, event.result, self._clock.now()))

    def transmit(self, token: int, air: bytes) -> None:
        """A frame of the node's."""
        if self._port is None or not self._port.send(token, air):
            # The cable is full or gone; the node gives it again in a moment, or when the radio is back.
            self._log.debug("frame %s waits for the cable", token)
            self._soon(lambda: self.sent(FrameSent(token, SentResult.QUEUE_FULL)))

    def next_deadline(self) -> int | None:
        """When `tick` is wanted."""
        return None

    def tick(self) -> None:
        """Time has come."""

    def info(self) -> LanInfo | None:
        """The local network as it is shown; None without one."""
        return None

    def _soon(self, call: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_soon(call)


def build(
    settings: Settings, node: Node, clock: Clock, port: Port | None, entropy: Entropy
) -> Callable[[Submit], RadioOnly]:
    """What makes the bearers of a node, once it is known who carries out effects."""
    if settings.lan is False:
        return partial(RadioOnly, node, clock, port)
    from handheld.daemon.bridge import Bridge  # noqa: PLC0415  most nodes have the radio only

    return lambda submit: Bridge(node, clock, port, submit, settings, entropy)
