"""How a phase of a node ends."""

from enum import Enum


class End(Enum):
    """What comes after it."""

    STOP = "the process ends"
    AGAIN = "it opens anew, with the settings as they are now"
    LOCK = "the keys are dropped, and it waits for them"
    WIPE = "the keys are destroyed, the rest goes, and the process ends"


GOES_ON = frozenset({End.AGAIN, End.LOCK})
"""After these there is another phase, for which those who knock wait."""
