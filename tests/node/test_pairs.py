"""Two pairs under loss, reordering, replay, restored backups, new prekeys and power cuts."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from handheld.clock import SeededEntropy
from tests.benchmarks import pairs as loop
from tests.support.pairs import STEPS, WEIGHTS, Pairs

seeds = st.integers(0, 2**16)
steps = st.sampled_from([step for step, weight in zip(STEPS, WEIGHTS, strict=True) for _ in range(weight)])


class Machine(RuleBasedStateMachine):
    """Hypothesis chooses the steps, and takes away those that a fault does not need."""

    @initialize()
    def begin(self) -> None:
        self.world = Pairs()

    @rule(step=steps, seed=seeds)
    def step(self, step: object, seed: int) -> None:
        step(self.world, SeededEntropy(seed))  # type: ignore[operator]

    @invariant()
    def holds(self) -> None:
        if hasattr(self, "world"):
            self.world.check()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.heal()


TestPairs = Machine.TestCase
TestPairs.settings = settings(
    max_examples=8, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("number", range(3))
def test_a_long_life_of_two_pairs(number: int) -> None:
    found = loop.round_of(number)
    assert found["wrong"] == 0
    assert found["short"] > 50
    assert found["delivered"] > 90
