"""When the bell rings, and when not."""

from dataclasses import replace

from handheld.config import Config
from tests.support.door import BOB, STATUS, message
from tui import reducer
from tui.notices import has_title, rings
from tui.state import View

PRIVATE = message(1, "psst", "", peer=BOB.key)
NIGHT, NOON = 23 * 3600, 12 * 3600


def view(config: Config, *, sure: bool = True) -> View:
    return replace(reducer.status_read(View(), replace(STATUS, clock_sure=sure)), config=config)


def test_private_messages_names_and_alerts_ring() -> None:
    at = view(Config())
    said = [PRIVATE, message(2, "ada?"), message(3, "hello"), message(4, "Fire", kind="alert")]
    assert [rings(at, one, NOON) for one in said] == [True, True, False, True]
    assert not rings(at, replace(PRIVATE, muted=True), NOON)
    assert not any(rings(view(Config(bell=False)), one, NOON) for one in said)


def test_only_alerts_ring_at_night_where_the_hour_is_known() -> None:
    config = Config(quiet_hours="22:00-07:00")
    alert = message(4, "Fire", kind="alert")
    assert [rings(view(config), one, NIGHT) for one in (PRIVATE, alert)] == [False, True]
    assert rings(view(config), PRIVATE, NOON)
    assert rings(view(config, sure=False), PRIVATE, NIGHT)


def test_consoles_have_no_title() -> None:
    names = ("xterm-256color", "tmux-256color", "linux", "vt100", "vt220", "dumb", "")
    assert [has_title(name) for name in names] == [True, True, False, False, False, False, False]
