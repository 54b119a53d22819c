"""The two start-up costs a slow board feels, held to their limits: counts, so a busy machine is no excuse."""

from pathlib import Path

from tests.benchmarks.startup import NODE_UP_MAX, STATUS_MAX, node_up, status_attached


def test_status_of_a_running_node_is_cheap(tmp_path: Path) -> None:
    assert status_attached(tmp_path) <= STATUS_MAX


def test_a_node_is_up_within_its_limit(tmp_path: Path) -> None:
    assert node_up(tmp_path) <= NODE_UP_MAX
