"""Only what changed is written, and the terminal shows what should stand there all the same."""

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style

from tui.cells import pad, safe
from tui.painter import Painter

SIZE = (24, 4)
STYLES = [None, Style(), Style(bold=True), Style(reverse=True), Style(color="red")]

texts = st.text(st.sampled_from("ab  x山é\u0301\u0327"), max_size=30)
rows = st.lists(st.tuples(texts, st.sampled_from(STYLES)), min_size=1, max_size=3)
frames = st.lists(st.dictionaries(st.integers(0, SIZE[1] - 1), rows, min_size=1), min_size=1, max_size=6)


def segments(row: list[tuple[str, Style | None]]) -> list[Segment]:
    """Spans in exactly the width of the screen."""
    text = safe("".join(text for text, _ in row))
    line = pad(text, SIZE[0])
    first = len(line) // 2
    return [Segment(line[:first], row[0][1]), Segment(line[first:], row[-1][1])]


def terminal() -> tuple[pyte.Screen, pyte.Stream]:
    seen = pyte.Screen(*SIZE)
    seen.reset_mode(pyte.modes.DECAWM)
    return seen, pyte.Stream(seen)


def cells(seen: pyte.Screen) -> list[list[tuple[object, ...]]]:
    looks = ("data", "bold", "reverse", "fg")
    return [
        [tuple(getattr(seen.buffer[y][x], look) for look in looks) for x in range(SIZE[0])]
        for y in range(SIZE[1])
    ]


@settings(max_examples=150)
@given(changes=frames)
def test_differences_end_in_the_same_screen_as_whole_frames(
    changes: list[dict[int, list[tuple[str, Style | None]]]],
) -> None:
    seen, stream = terminal()
    painter = Painter(colour=True)
    painter.forget(SIZE)
    standing: dict[int, list[Segment]] = {}
    for change in changes:
        drawn = {y: segments(row) for y, row in change.items()}
        standing |= drawn
        stream.feed(painter.paint(drawn.items(), (3, 1)))
    whole, whole_stream = terminal()
    fresh = Painter(colour=True)
    whole_stream.feed(fresh.paint(standing.items(), (3, 1)))

    assert cells(seen) == cells(whole)
    assert (seen.cursor.x, seen.cursor.y) == (3, 1)


def test_a_key_costs_a_few_bytes_and_no_change_none() -> None:
    painter = Painter(colour=True)
    painter.forget((80, 1))
    painter.paint([(0, [Segment("> hell".ljust(80))])], (6, 0))

    written = painter.paint([(0, [Segment("> hello".ljust(80))])], (7, 0))
    assert written == "\x1b[1;7Ho\x1b[1;8H"
    assert painter.paint([(0, [Segment("> hello".ljust(80))])], (7, 0)) == ""


def test_without_colour_the_rest_stays() -> None:
    painter = Painter(colour=False)
    written = painter.paint([(0, [Segment("x", Style(bold=True, color="red"))])], (0, 0))
    assert "\x1b[1mx" in written
    assert "31" not in written
