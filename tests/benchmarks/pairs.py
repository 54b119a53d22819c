"""Two pairs under everything at once: 500 steps a round, then the air is fine and all must arrive."""

from collections import Counter

from handheld.clock import SeededEntropy
from handheld.wire.air import decode_air
from handheld.wire.constants import AirKind
from tests.support.pairs import STEPS, WEIGHTS, Pairs

STEPS_PER_ROUND = 500


def round_of(number: int) -> Counter[str]:
    """The round with this number: its steps, what they did, and under "wrong" whether anything was."""
    chance = SeededEntropy(f"pairs {number}")
    choices = [step for step, weight in zip(STEPS, WEIGHTS, strict=True) for _ in range(weight)]
    world = Pairs()
    found = Counter({"steps": STEPS_PER_ROUND, "wrong": 0})
    try:
        for _ in range(STEPS_PER_ROUND):
            choices[chance.below(len(choices))](world, chance)
            world.check()
        world.heal()
    except AssertionError:
        found["wrong"] = 1
    kinds = Counter(decode_air(air).kind for _, _, air in world.frames)
    found["short"], found["sealed"] = kinds[AirKind.SESSION], kinds[AirKind.PRIVATE]
    found["written"], found["starts"] = len(world.wrote), world.lives
    states = Counter(states[-1] for one in world.handhelds.values() for states in one.states.values())
    found["delivered"], found["failed"] = states["delivered"], states["failed"]
    return found
