"""Villages that have a hard time, one a round: what everybody is owed has to be there in the end, once."""

from collections import Counter

from tests.support.rough_village import play

NODES, DAYS = 20, 1


def round_of(number: int) -> Counter[str]:
    """One village of this seed: `lost` messages that are missing, `wrong` ones shown twice or gone again."""
    return play(number, NODES, DAYS).counts
