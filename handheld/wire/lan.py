"""What a datagram on a local network holds: one air frame behind a version byte."""

from construct import Int8ub, Struct

from handheld.errors import WireError
from handheld.values import dataclass
from handheld.wire.constants import AIR_FRAME_MAX, LAN_VERSION, PLAIN_HEADER
from handheld.wire.layout import Frame, Layout, frame


@frame(
    Layout(
        "datagram",
        Struct("version" / Int8ub),
        tail="air",
        tail_min=PLAIN_HEADER + 1,
        tail_max=AIR_FRAME_MAX,
    )
)
@dataclass(frozen=True)
class Datagram(Frame):
    """One air frame with its link MAC, in the modes flood and one-hop: a cable has no ways."""

    version: int
    air: bytes

    def check(self) -> None:
        """Another version is another layout."""
        if self.version != LAN_VERSION:
            raise WireError("version", f"datagram version {self.version}")
