"""Whether a file may take slow air: what is large waits for a fast radio, or for the owner's yes."""

from handheld.node.shelf import Entry

SLOW_US = 50_000
"""Air on which the longest frame takes longer than this is slow."""

SLOW_LIMIT = 16 << 10
"""On slow air larger files are neither sent nor asked for without the owner's word."""


class Consent:
    """Which files are held back, on the radio that is there. Without a radio it is not known: none is."""

    def __init__(self) -> None:
        self._airtime_us = 0

    def radio(self, airtime_us: int) -> None:
        """A radio is there whose longest frame takes so long."""
        self._airtime_us = airtime_us

    def slow(self, travels: int) -> bool:
        """Whether so many bytes take the air for longer than the owner may expect."""
        return self._airtime_us > SLOW_US and travels > SLOW_LIMIT

    def waits(self, entry: Entry) -> bool:
        """Whether a file is neither asked for nor sent now, whatever was begun on another radio."""
        return not entry.agreed and self.slow(entry.manifest.packed)
