"""Above the radio's log: how strong frames came, how busy the air was, who is near, by hops. Pure."""

from collections.abc import Sequence
from itertools import groupby

from handheld.events import RadioEntry
from tui import words
from tui.cells import Line, between, fit, width
from tui.glyphs import Glyphs, spark
from tui.keymap import labels
from tui.state import Known, View, near

ROWS_MIN = 9
"""Fewer rows are all for the log."""

LOG_ROWS = 5
"""Rows that the log has in any case."""

WEAK_DBM, STRONG_DBM = -120, -40

SLOT_S = 10
"""Seconds of air in each sign."""

LABEL = 8

FRAME = 250
"""Bytes of the longest frame, whose time on the air the radio tells."""


def overview(view: View, columns: int, rows: int) -> list[Line]:
    """As many lines as leave room for the log."""
    if rows < ROWS_MIN or not view.radio:
        return []
    room = columns - LABEL - 18
    lines = [_strengths(view.radio, view.glyphs, room), _busy(view, room)]
    lines = [line for line in lines if line]
    return lines + _tree(view, columns, rows - LOG_ROWS - len(lines) - 1) + [()]


def _fact(label: str, drawn: str, told: str) -> Line:
    return ((f" {label:<{LABEL - 1}}", "quiet"), (drawn, "good"), (f"  {told}", ""))


def _strengths(entries: Sequence[RadioEntry], glyphs: Glyphs, room: int) -> Line:
    """The signal of the last frames that were heard."""
    heard = [one.rssi for one in entries if one.what == "in" and one.rssi is not None][-max(1, room) :]
    if not heard:
        return ()
    told = f"{min(heard)} to {max(heard)} dBm" if min(heard) != max(heard) else f"{heard[0]} dBm"
    return _fact("Signal", spark(heard, WEAK_DBM, STRONG_DBM, glyphs.ramp), told)


def _busy(view: View, room: int) -> Line:
    """How much of the air frames took, heard and sent: a sign for every ten seconds up to the last."""
    longest = view.status.radio.airtime_us if view.status is not None else None
    entries = view.radio or ()
    if not longest or not entries:
        return ()
    # Not the first and the last entry: the clock may have been set between them.
    times = [one.ms // (1000 * SLOT_S) for one in entries]
    last = max(times)
    first = max(last - max(1, room) + 1, min(times))
    slots = dict.fromkeys(range(first, last + 1), 0)
    for one in entries:
        if one.what in {"in", "out"} and (slot := one.ms // (1000 * SLOT_S)) in slots:
            slots[slot] += longest * min(len(one.data) // 2, FRAME) // FRAME
    taken = list(slots.values())
    share = sum(taken) / (len(taken) * SLOT_S * 10_000)
    drawn = spark(taken, 0, max(*taken, SLOT_S * 10_000), view.glyphs.ramp)
    return _fact("On air", drawn, f"{share:.1f} %, {SLOT_S} s each")


def _tree(view: View, columns: int, rows: int) -> list[Line]:
    """Those who are near, under the number of hops between."""
    everybody = near(view)
    if not everybody or rows < 3:
        return []
    groups = [(hops, list(those)) for hops, those in groupby(everybody, key=lambda one: one.person.hops)]
    lines: list[Line] = [((" you", "own"),)]
    branch, last, beside, below = view.glyphs.tree
    for at, (hops, those) in enumerate(groups):
        ends = at == len(groups) - 1
        told = "on the network" if hops is None else words.count(hops, "hop")
        lines.append(((f" {last if ends else branch} ", "quiet"), (told, "quiet")))
        for number, known in enumerate(those):
            stem = f" {below if ends else beside} {last if number == len(those) - 1 else branch} "
            lines.append(_leaf(view, known, stem, columns))
    if len(lines) > rows:
        hidden = len(lines) - rows + 1
        key = labels(view.config.keys)["people"]
        return [*lines[: rows - 1], ((f" and {words.count(hidden, 'line')} more: {key}", "quiet"),)]
    return lines


def _leaf(view: View, known: Known, stem: str, columns: int) -> Line:
    one = known.person
    heard = words.past(words.seconds_since(known.heard, view.now))
    unit = "" if one.by == "lan" or one.rssi is None else " dBm"
    right = f"  {words.signal(one)}{unit}, {heard} "
    name = words.name_of(one, columns - width(stem) - width(right) - 3)
    left: Line = ((stem, "quiet"), (f"{one.mark} ", ""), (fit(name, columns), "name"))
    return between(left, ((right, "quiet"),), columns)
