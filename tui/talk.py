"""A conversation as lines, wrapped only where it is seen, from the lowest line upwards."""

from collections.abc import Callable
from typing import NamedTuple

from handheld.events import Message
from handheld.text import missing, state_word
from tui import words
from tui.cells import Line, filled, line_width, safe, safe_lines, wrap
from tui.glyphs import Glyphs
from tui.state import View, kind_of

TEXT_MAX = 100
"""Columns of a message at the most: longer lines are hard to read."""

MUTED = "(muted)"
"""Stands for what somebody muted wrote, where others write as well."""

BLOCKS_MAX = 600
"""Messages that stay wrapped."""

EMPTY = {
    "public": "Nothing was written here yet. Everybody near reads what you write here. Say hello.",
    "room": "Nothing was written here yet. Only those who hold the room's key can read what you write.",
    "private": "Nothing between you two yet. What you write here is sealed: only the other can read it.",
    "reading": "Reading what is kept ...",
}


class Anchor(NamedTuple):
    """What stands on the lowest line: so many lines of this message (0: the newest) are below it."""

    message: int = 0
    below: int = 0


BOTTOM = Anchor()


class Blocks:
    """The lines of each message at one width, kept as long as they may be seen again."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], list[Line]] = {}

    def lines(self, message: Message, before: Message | None, view: View, columns: int) -> list[Line]:
        """The message with what stands above it: a new day, the mark of what is new, its author."""
        talk = view.talk
        new = talk is not None and message.id == talk.new_from
        # What is not saved yet has no id of its own: there the text tells one from another.
        which = message.id if message.id > 0 else message.text
        said = (message.text, message.note, words.left(message), message.state, message.carriers)
        is_picked = message.id == picked(view)
        head = (_signature(message), _follows(message, before, view), new, _unsure(view), is_picked)
        key = (which, said, head, columns, view.glyphs.ramp)
        if (found := self._kept.get(key)) is None:
            if len(self._kept) >= BLOCKS_MAX:
                self._kept.clear()
            found = block(message, before, view, columns, new=new)
            if is_picked:
                found = [*found[:-1], _marked(found[-1])]
            self._kept[key] = found
        return found


def _marked(line: Line) -> Line:
    """The last line of a picked message, with its mark."""
    text = "".join(part for part, _ in line)
    return ((">" + text[1:], "chosen"),)


def picked(view: View) -> int:
    """The id of the message that is picked, or 0."""
    return int(view.question.about) if view.question is not None and view.question.kind == "pick" else 0


def in_sight(view: View, blocks: Blocks, anchor: Anchor, size: tuple[int, int]) -> list[int]:
    """The ids of the messages whose last line is seen."""
    columns, rows = size
    messages = shown(view)
    at, below = _find(messages, anchor)
    seen: list[int] = []
    while at >= 0 and rows > 0:
        if not below:
            seen.append(messages[at].id)
        rows -= len(blocks.lines(messages[at], messages[at - 1] if at else None, view, columns)) - below
        at, below = at - 1, 0
    return seen


def _signature(message: Message) -> tuple[object, ...]:
    said = (message.name, message.named, message.beside, message.mark)
    return (*said, message.muted, *message.missing)


def _unsure(view: View) -> bool:
    """Whether nobody has set the calendar."""
    return view.status is not None and not view.status.clock_sure


def _follows(message: Message, before: Message | None, view: View) -> tuple[bool, bool]:
    if before is None:
        return False, False
    return before.author == message.author, words.day(before.at, view.zone_s) == words.day(
        message.at, view.zone_s
    )


def block(message: Message, before: Message | None, view: View, columns: int, *, new: bool) -> list[Line]:
    """The lines of one message."""
    size = min(columns - 1, TEXT_MAX)
    lines: list[Line] = []
    today, dash = words.day(message.at, view.zone_s), view.glyphs.dash
    same_day = before is not None and today == words.day(before.at, view.zone_s)
    if today and not same_day:
        lines.append(((f" {dash} {'about ' if _unsure(view) else ''}{today} {dash}", "quiet"),))
    if new:
        lines.append(((f" {dash[0] * 3} new {dash[0] * 3}", "note"),))
    gap = missing(*message.missing) if len(message.missing) == 2 else ""
    lines += [((f" {row}", "note"),) for row in wrap(f"{dash} {gap} {dash}", size - 2) if gap]
    if before is None or before.author != message.author or not same_day or new or gap:
        lines.append(_head(message))
    time = words.clock(message.at, view.zone_s)
    indent = 7 if time else 2
    quiet = f" {time} " if time else "  "
    folded = message.muted and not message.peer and message.kind != "alert"
    mark = "" if folded else words.KIND_MARKS.get(message.kind, "")
    marked = MUTED if folded else f"{mark} {message.text}" if mark else message.text
    rows = [row for text in safe_lines(marked) for row in wrap(text, size - indent)]
    for number, row in enumerate(rows):
        seen = mark if number == 0 and row.startswith(mark) else ""
        spans = (
            (seen, words.KIND_LOOKS.get(message.kind, "note")),
            (row.removeprefix(seen), "quiet" if folded else ""),
        )
        lines.append(((quiet if number == 0 else " " * indent, "quiet"), *spans))
    if message.place:
        lines.append(((" " * indent, ""), (f"At {safe(message.place)}", "note")))
    if message.note and not message.peer:
        lines += [((" " * indent, ""), (row, "note")) for row in wrap(safe(message.note), size - indent)]
    if message.own or mark:
        lines[-1:] = _with_state(lines[-1], message, view.glyphs, size, indent)
    return [filled(line, columns) for line in lines]


def _head(message: Message) -> Line:
    look = "own" if message.own else "name"
    hops = f"  {words.count(message.hops, 'hop')}" if message.hops is not None else ""
    return (
        (f" {message.mark} ", ""),
        (words.author(message), look),
        (hops, "quiet"),
    )


def _with_state(line: Line, message: Message, glyphs: Glyphs, size: int, indent: int) -> list[Line]:
    word = state_word(message.state, message.carriers) if message.own else ""
    told = ", ".join(part for part in (word, words.left(message)) if part)
    sign = f"{glyphs.states[message.state]} " if message.own and message.state in glyphs.states else ""
    mark: Line = ((f"  {sign}({told})", words.STATE_LOOKS.get(message.state, "quiet")),)
    if line_width(line) + line_width(mark) <= size:
        return [(*line, *mark)]
    return [line, ((" " * (indent - 2), ""), *mark)]


def shown(view: View) -> list[Message] | tuple[Message, ...]:
    """The messages, and below them what the node has not saved yet, under numbers below zero."""
    talk = view.talk
    if talk is None:
        return ()
    waiting = [text for chat, text in view.pending if chat == talk.chat]
    if not waiting:
        return talk.messages
    pending = [_pending(-number, text, view) for number, text in enumerate(waiting, 1)]
    return [*talk.messages, *pending]


def _pending(number: int, text: str, view: View) -> Message:
    key = view.status.key if view.status else ""
    return Message(number, "", key, "", "*", text, 0, 0, True, None, None, None, "saving")


def draw(view: View, blocks: Blocks, anchor: Anchor, size: tuple[int, int]) -> list[Line]:
    """The conversation in `size` columns and rows, with `anchor` on the lowest one."""
    columns, rows = size
    messages = shown(view)
    if not messages:
        return _empty(view, size)
    at, below = _find(messages, anchor)
    lines: list[Line] = []
    while at >= 0 and len(lines) < rows:
        mine = blocks.lines(messages[at], messages[at - 1] if at else None, view, columns)
        lines[:0] = mine[: max(0, len(mine) - below)]
        at, below = at - 1, 0
    blank: Line = ((" " * columns, ""),)
    return [blank] * (rows - len(lines)) + lines[max(0, len(lines) - rows) :]


def _empty(view: View, size: tuple[int, int]) -> list[Line]:
    columns, rows = size
    talk = view.talk
    kind = "reading" if talk is None or not talk.read else kind_of(talk.chat)
    lines = [filled(((" " + line, ""),), columns) for line in wrap(EMPTY[kind], columns - 2)][:rows]
    return lines + [((" " * columns, ""),)] * (rows - len(lines))


def _find(messages: list[Message] | tuple[Message, ...], anchor: Anchor) -> tuple[int, int]:
    """The index of the message on the lowest line, and how many of its lines are below that."""
    if anchor.message:
        for at in range(len(messages) - 1, -1, -1):
            if messages[at].id == anchor.message:
                return at, anchor.below
    return len(messages) - 1, 0


def newer(view: View, anchor: Anchor) -> int:
    """Messages that are wholly below the lowest line."""
    messages = shown(view)
    return len(messages) - 1 - _find(messages, anchor)[0] if messages else 0


def newer_line(number: int, columns: int, dash: str) -> Line:
    """What stands on the lowest line while newer messages are below it."""
    return filled(((f" {dash} {words.count(number, 'newer message')} below {dash}", "note"),), columns)


def scrolled(
    view: View, blocks: Blocks, anchor: Anchor, size: tuple[int, int], up: int
) -> tuple[Anchor, bool]:
    """The anchor after scrolling up (down if below zero) by so many lines, and whether the top was met."""
    columns, rows = size
    messages = shown(view)
    if not messages:
        return BOTTOM, True
    at, below = _find(messages, anchor)

    def height(index: int) -> int:
        return len(blocks.lines(messages[index], messages[index - 1] if index else None, view, columns))

    met_top = False
    while up > 0:
        if not _more_above(at, below, rows, height):
            met_top = True
            break
        up, below = up - 1, below + 1
        if below >= height(at):
            at, below = at - 1, 0
    while up < 0 and (at < len(messages) - 1 or below):
        up, below = up + 1, below - 1
        if below < 0:
            at += 1
            below = height(at) - 1
    if at == len(messages) - 1 and below == 0:
        return BOTTOM, met_top
    return Anchor(messages[at].id, below), met_top


def _more_above(at: int, below: int, rows: int, height: Callable[[int], int]) -> bool:
    """Whether there is a line above the highest one shown."""
    seen = -below
    while at >= 0:
        seen += height(at)
        if seen > rows:
            return True
        at -= 1
    return False
