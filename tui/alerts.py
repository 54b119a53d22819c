"""Alerts on the screen: the line that stays on top until one was answered, and their page. Pure."""

from collections.abc import Mapping

from handheld.events import Alert
from tui import words
from tui.cells import Line, filled, fit, safe, wrap
from tui.keymap import labels
from tui.state import Place, View

NONE = """\
Nobody calls for help.

An alert goes to everybody in reach before anything else, and is repeated until somebody you know saw \
it. It is public, and says where you are if you tell it. Press {call} to write one: it is sent only when you \
typed HELP."""


def waiting(view: View) -> Alert | None:
    """Somebody's alert that we have not answered, the one to be answered first."""
    return next(
        (one for one in view.alerts if not (one.over or one.answered or one.dismissed or one.message.own)),
        None,
    )


def mine(view: View) -> Alert | None:
    """Our own alert that is not over."""
    return next((one for one in view.alerts if one.message.own and not one.over), None)


def bar(view: View, columns: int) -> Line | None:
    """What the highest line says while there is an alert, wherever one is; None without one."""
    if view.place is Place.ALERTS:
        return None
    if (one := waiting(view)) is not None:
        said = safe(one.message.text).replace("\n", " ")
        text = f" ALERT {one.message.mark} {words.author(one.message)}: {said}"
    elif (one := mine(view)) is not None:
        text = f" YOUR ALERT: {_fate(one)}"
    else:
        return None
    key = f"  {labels(view.config.keys)['alerts-now']} "
    return filled(((fit(text, columns - len(key)), "alarm"), (key, "alarm")), columns, "alarm")


def _fate(alert: Alert) -> str:
    seen = ", ".join(words.name_of(one) for one in alert.seen_by)
    again = "repeated" if alert.repeats else "not repeated any more"
    return f"seen by {seen}, {again}" if seen else f"nobody saw it yet, {again}"


def alerts_page(view: View, columns: int, _rows: int) -> tuple[list[Line], int | None]:
    """All that live: one's own, then those of people one knows."""
    keys = labels(view.config.keys)
    if not view.alerts:
        none = NONE.format(**keys)
        return [line for part in none.split("\n") for line in _text(part, columns)], None
    lines: list[Line] = []
    for one in view.alerts:
        lines += [*_alert(one, keys, columns), ()]
    return lines, None


def _alert(alert: Alert, keys: Mapping[str, str], columns: int) -> list[Line]:
    message = alert.message
    look = "own" if message.own else "name"
    lines: list[Line] = [((f" {message.mark} ", ""), (words.author(message), look))]
    text = safe(message.text).replace("\n", " ")
    lines += _text(f"ALERT: {text}", columns, "quiet" if alert.over else "bad")
    if message.place:
        lines += _text(f"At {safe(message.place)}", columns)
    return lines + _text(_state(alert, keys), columns, "note")


def _state(alert: Alert, keys: Mapping[str, str]) -> str:
    if alert.over:
        return "It is over."
    if alert.message.own:
        return f"{_fate(alert).capitalize()}. {keys['over']}: it is over."
    if alert.answered:
        return "You said that you saw it."
    if alert.dismissed:
        return "You put it away."
    return f"{keys['saw']}: tell that you saw it. {keys['put-away']}: put it away, nobody is told."


def _text(text: str, columns: int, look: str = "") -> list[Line]:
    return [((" " + line, look),) for line in wrap(text, columns - 2)]
