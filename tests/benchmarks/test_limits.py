"""The costs a slow board feels, held to their limits: counts, so a busy machine is no excuse."""

from pathlib import Path

from tests.benchmarks.screen import RSS_MAX, counted, resident_with_many
from tests.benchmarks.startup import MENU_MAX, NODE_UP_MAX, STATUS_MAX, menu_prompt, node_up, status_attached


def test_status_of_a_running_node_is_cheap(tmp_path: Path) -> None:
    assert status_attached(tmp_path) <= STATUS_MAX


def test_the_menus_ask_soon(tmp_path: Path) -> None:
    assert menu_prompt(tmp_path) <= MENU_MAX


def test_a_node_is_up_within_its_limit(tmp_path: Path) -> None:
    assert node_up(tmp_path) <= NODE_UP_MAX


def test_the_screen_and_what_is_done_on_it_stay_within_their_limits(tmp_path: Path) -> None:
    over = [(what, count, most) for what, count, most in counted(tmp_path) if most and count > most]
    assert over == []


def test_ten_thousand_messages_fit_into_memory(tmp_path: Path) -> None:
    assert resident_with_many(tmp_path) <= RSS_MAX
