"""What the world drives: a radio with or without a host behind it, one turn after the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from handheld.clock import Entropy
from handheld.sim.air import Heard

NEVER = 1 << 62
"""A time that does not come."""


RESTART_US = 5_000_000
"""How long a host's process is gone after it died: systemd's pause and the start on a Zero."""


@dataclass(slots=True)
class Turn:
    """What came of one turn. Times in microseconds.

    `transmit` goes on the air `after_us` from now. `cad_us`: it listens for so long, and `sensed` of the next
    turn says what was there. `wake_us`: when it wants its next turn at the latest.
    """

    transmit: list[bytes] = field(default_factory=list)
    after_us: int = 0
    cad_us: int | None = None
    wake_us: int = NEVER


def mac(number: int) -> bytes:
    """What a radio is called on the air: locally administered."""
    return bytes([2, 0]) + number.to_bytes(4, "big")


class Station(Protocol):
    """One node of the village."""

    def turn(self, now_us: int, heard: Sequence[Heard] = (), sensed: bool | None = None) -> Turn:
        """Let it do what is due at `now_us`, having heard these frames until now."""
        ...

    def power(self, now_us: int, *, on: bool) -> None:
        """Switch it off, or on again: only what is saved is still there. Off, it gets no turns."""
        ...

    def kill(self, now_us: int) -> None:
        """Its host's process dies, and is started again some seconds later; the radio goes on."""
        ...

    def back_up(self) -> None:
        """Make a backup of its host."""
        ...

    def restore(self, entropy: Entropy, now_us: int) -> None:
        """Its host is lost, and made anew from the backup, if there is one; as after `kill`."""
        ...

    def jump(self, seconds: int) -> None:
        """Set the calendar of its host forward, or back."""
        ...

    def write(self, reader: bytes | None, text: str, now_us: int, size: int = 0) -> bool:
        """Its owner writes a private message to the one with this key, or (None) a post.

        With a `size`: a file of so many bytes that begins with the text.

        False, and nothing is written, while no host runs.
        """
        ...
