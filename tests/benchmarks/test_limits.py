"""The costs a slow board feels, held to their limits: counts, so a busy machine is no excuse."""

from pathlib import Path

from tests.benchmarks.screen import (
    BYTES_MAX,
    RSS_MAX,
    bytes_on_the_line,
    counted,
    resident_with_many,
    resident_with_stored,
)
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


def test_a_slow_line_has_little_to_carry(tmp_path: Path) -> None:
    written = dict(bytes_on_the_line(tmp_path))
    assert {what: count for what, count in written.items() if count > BYTES_MAX.get(what, count)} == {}
    assert written["5 s without anything"] == 0


def test_a_hundred_thousand_stored_messages_fit_into_memory(tmp_path: Path) -> None:
    assert resident_with_stored(tmp_path) <= RSS_MAX


def test_ten_thousand_messages_fit_into_memory(tmp_path: Path) -> None:
    assert resident_with_many(tmp_path) <= RSS_MAX
