"""The pages that are drawn from the view alone: home, chats, people, help; others in `meeting`. Pure."""

from collections.abc import Callable
from itertools import accumulate

from handheld.events import Chat
from handheld.text import state_word
from tui import files, words
from tui.alerts import alerts_page
from tui.cells import Line, between, filled, fit, line_width, pad, safe, width, wrap
from tui.helping import help_page
from tui.keymap import labels
from tui.library import library_page
from tui.meeting import card_page, meeting_page
from tui.palette import palette_page
from tui.picking import found_page
from tui.radio import radio_page
from tui.running import said_page
from tui.settings import settings_page, welcome_page
from tui.state import (
    Door,
    Known,
    Place,
    View,
    chat_chosen,
    chat_of,
    near,
    person_chosen,
    unread,
)

LABEL = 9
NAME_MAX = 36
ROOMY = 52
"""Columns from which on all facts about somebody have room."""
TALL = 24
"""Rows from which on a narrow list has two for each conversation."""
PAGE_MAX = 88
"""Columns of a page at the most: a line that goes across a large screen is lost on the way."""

ALONE = """\
Nobody near? You can
{chats}  write on #here: it goes out at the first meeting
{card}  show your card, for somebody's camera
{read}  read: range, repeaters, distress signals"""

ALONE_ROWS = 4
"""Rows that it takes; where there are no more, one has to do."""

ALONE_SHORT = "Alone? {chats} write, {card} your card, {read} read"

NO_CHATS = "Reading what is kept ..."
NOBODY = """\
Nobody heard yet.

Others announce themselves within ten minutes of coming near. Is the radio up? Home (Escape) tells.

Write meanwhile: posts wait until the radio has sent them."""


def page(view: View, size: tuple[int, int], top: int) -> tuple[list[Line], int, int | None]:
    """(lines, first line shown, line of the cursor) of the place in `size` columns and rows.

    `top` is where it was scrolled to; it moves as far as the cursor or the end ask for.
    """
    return of(view, view.place, size, top)


def of(view: View, place: Place, size: tuple[int, int], top: int) -> tuple[list[Line], int, int | None]:
    """The same of any place, be one there or not."""
    columns, rows = size
    inner = min(columns, PAGE_MAX)
    lines, cursor = PAGES[place](view, inner, rows)
    if cursor is not None:
        top = min(max(top, cursor - rows + 1), cursor)
    top = max(0, min(top, len(lines) - rows))
    shown = [
        filled(line, columns, line[-1][1] if _is_chosen(line) else "") for line in lines[top : top + rows]
    ]
    blank = ((" " * columns, ""),)
    return shown + [blank] * (rows - len(shown)), top, None if cursor is None else cursor - top


def _is_chosen(line: Line) -> bool:
    return bool(line) and line[0][1] == "chosen"


Page = tuple[list[Line], int | None]


def _home(view: View, columns: int, rows: int) -> Page:
    sentence, look = words.verdict(view)
    lines: list[Line] = [((" " + text, look),) for text in wrap(sentence, columns - 2)]
    lines.append(())
    if view.status is None:
        return lines, None
    neighbours = near(view)
    news = _news(view, columns)
    facts = _facts(view)
    room = rows - len(lines) - len(facts) - len(news) - 3
    alone = not neighbours and view.door is Door.OPEN
    offered = _text((ALONE if room > ALONE_ROWS else ALONE_SHORT).format(**labels(view.config.keys)), columns)
    listed = neighbours if room >= 2 else []
    for label, value in facts:
        lines.append(_fact(label, str(len(neighbours)) if listed and label == "Near" else value, columns))
    if alone and room <= ALONE_ROWS:
        # What one can do is worth more than that nothing is unread.
        lines += offered + (news if unread(view) else [])
    else:
        lines += [(), *news, *([(), *offered] if alone else [])]
    if listed:
        lines += [(), ((" Near you", "strong"),)]
        lines += [_neighbour(view, known, columns) for known in listed[:room]]
    return lines, None


def _facts(view: View) -> list[tuple[str, str]]:
    status = view.status
    if status is None:
        return []
    radio, neighbours = status.radio, near(view)
    heard = None if radio.last_heard_s is None else radio.last_heard_s + (view.now - view.status_at) // 1000
    letters = sum(status.outbox.values())
    waiting = [words.count(status.queued, "post")] if status.queued else []
    waiting += [words.count(letters, "private message")] if letters else []
    names = ", ".join(words.name_of(known.person) for known in neighbours[:5])
    rows = [
        ("Radio", words.radio_words(radio)),
        ("Network", words.network_words(status)),
        ("Heard", "nothing yet" if heard is None else f"a frame {words.past(heard)}"),
        ("Near", f"{len(neighbours)}: {names}" if neighbours else "nobody yet"),
        ("Waiting", ", ".join(waiting) or "nothing"),
        ("Battery", view.battery),
        ("You", f"{safe(status.name) or 'no name yet'}, key {status.key[:4]} {status.key[4:8]}"),
        ("Folder", safe(view.folder)),
    ]
    return [(label, value) for label, value in rows if value]


def _fact(label: str, value: str, columns: int) -> Line:
    return ((pad(f" {label}", LABEL + 1), "quiet"), (fit(value, columns - LABEL - 2), ""))


def _news(view: View, columns: int) -> list[Line]:
    waiting = [chat for chat in view.chats or () if chat.unread or chat.invitation]
    if not waiting:
        return [((" No unread messages.", "quiet"),)]
    names = ", ".join(
        f"{words.chat_name(chat)} {'asks you in' if chat.invitation else chat.unread}" for chat in waiting
    )
    text = f"{unread(view)} unread: {names}"
    return [((" " + line, "strong"),) for line in wrap(text, columns - 2)[:2]]


def _neighbour(view: View, known: Known, columns: int) -> Line:
    one = known.person
    hops = words.count(one.hops, "hop") if one.hops is not None else ""
    heard = words.past(words.seconds_since(known.heard, view.now))
    right = f" {hops}, {'heard ' if columns >= ROOMY else ''}{heard} "
    name = words.name_of(one, columns - 3 - width(right))
    return between(((f" {one.mark} ", ""), (name, "name")), ((right, "quiet"),), columns)


def _chats(view: View, columns: int, rows: int) -> Page:
    if view.chats is None:
        return _text(NO_CHATS, columns), None
    chosen = _marked(view)
    longest = max([8, *(width(words.chat_name(chat)) for chat in view.chats)])
    names = min(longest, columns // (2 if any(chat.beside for chat in view.chats) else 3))
    if columns < ROOMY and rows >= TALL:
        rows_of = [_high_chat(view, chat, columns, chosen=chat is chosen) for chat in view.chats]
    else:
        rows_of = [[_chat(view, chat, names, columns, chosen=chat is chosen)] for chat in view.chats]
    lines = [line for those in rows_of for line in those]
    at = next((number for number, chat in enumerate(view.chats) if chat is chosen), None)
    heights = [len(those) for those in rows_of]
    heads = list(accumulate(heights[:-1], initial=0)) if heights else []
    if all(chat.last is None for chat in view.chats):
        lines += [(), *_text("Nothing was written yet. Press Enter to open #here, and say hello.", columns)]
    return words.lettered(view, lines, heads, at or 0), None if at is None else heads[at]


def _marked(view: View) -> Chat | None:
    """The conversation that is chosen, or the one that is open."""
    if view.place is Place.CHATS:
        return chat_chosen(view)
    open_one = view.talk.chat if view.place is Place.TALK and view.talk else ""
    return next((chat for chat in view.chats or () if chat_of(chat) == open_one), None)


def _said(chat: Chat) -> str:
    """The newest in a conversation, with who said it."""
    last = chat.last
    said = "somebody asks you in" if chat.invitation else "nothing yet"
    if last is not None:
        first = words.first_line(last)
        own = f"you ({state_word(last.state, last.carriers)})"
        said = first if chat.peer and not last.own else f"{own if last.own else words.author(last)}: {first}"
    return said


def _high_chat(view: View, chat: Chat, columns: int, *, chosen: bool) -> list[Line]:
    """One conversation on two rows: its name, and what was said there."""
    new = f"  {min(chat.unread, 999)} new" if chat.unread else ""
    look = "strong" if chat.unread else ""
    name = words.chat_name(chat, columns - len(new) - 4)
    head = ((">" if chosen else " ", "strong"), (f"{chat.mark or ' '} ", ""), (name, look))
    lines = [
        between(head, ((f"{new} ", "note"),), columns),
        filled((("   ", ""), (fit(_said(chat), columns - 4), "" if chat.unread else "quiet")), columns),
    ]
    return [_as_chosen(view, line, chosen=chosen) for line in lines]


def _chat(view: View, chat: Chat, names: int, columns: int, *, chosen: bool) -> Line:
    last, said = chat.last, _said(chat)
    new = f"{min(chat.unread, 999)} new" if chat.unread else ""
    when = words.clock(last.at, view.zone_s) if last is not None else ""
    left = (
        (">" if chosen else " ", "strong"),
        (f"{chat.mark or ' '} ", ""),
        (pad(words.chat_name(chat, names), names), "strong" if chat.unread else ""),
        ("  ", ""),
        (said, "" if chat.unread else "quiet"),
    )
    right = ((f"  {new}" if new else "", "note"), (f" {when} " if when and columns >= 50 else " ", "quiet"))
    return _as_chosen(view, between(left, right, columns), chosen=chosen)


def _as_chosen(view: View, line: Line, *, chosen: bool) -> Line:
    # Seen from elsewhere, beside an open conversation, it is marked and not chosen.
    return tuple((text, "chosen") for text, _ in line) if chosen and view.place is Place.CHATS else line


def _people(view: View, columns: int, _rows: int) -> Page:
    if not view.people:
        return _text(NOBODY if view.people is not None else "Asking who is there ...", columns), None
    chosen = person_chosen(view) if view.place is Place.PEOPLE else None
    signals = columns >= ROOMY
    signed = any(words.relation_sign(known.person) for known in view.people)
    left = 4 if signed else 3
    names = min(NAME_MAX, columns - left - (25 if signals else 15))
    head = (
        f"{' ' * left}{pad('Name', names)} {'Hops':>4} {'dBm':>4}  Heard"
        if signals
        else f"{' ' * left}{pad('Name', names)} Hops Heard"
    )
    lines: list[Line] = [((head, "quiet"),)]
    rows: list[int] = []
    at = 0
    for known in view.people:
        is_chosen = known.person is chosen
        at = len(rows) if is_chosen else at
        rows.append(len(lines))
        lines += _person(view, known, columns, names, left, chosen=is_chosen)
    return words.lettered(view, lines, rows, at), rows[at]


def _person(view: View, known: Known, columns: int, names: int, left: int, *, chosen: bool) -> list[Line]:
    """One person; what the owner has to do with him stands behind, or below where he is chosen."""
    one, is_near = known.person, known.near(view.now)
    hops = str(one.hops) if is_near and one.hops is not None else "-"
    signal = f" {words.signal(one) if is_near else '-':>4} " if columns >= ROOMY else ""
    facts = f" {hops:>4}{signal} {words.past(words.seconds_since(known.heard, view.now))}"
    look = "chosen" if chosen else ""
    mark = pad(f"{'>' if chosen else ' '}{one.mark}{words.relation_sign(one)}", left)
    line: Line = (
        (mark, look),
        (pad(words.name_of(one, names), names), look or ("name" if is_near else "")),
        (facts, look or ("" if is_near else "quiet")),
    )
    relation = safe(one.relation)
    room = columns - line_width(line) - 2
    if fits := bool(relation) and width(relation) <= room:
        line = (*line, (f"  {relation}", look or "quiet"))
    whole: Line = (*line, (" " * (columns - line_width(line)), look))
    if chosen and relation and not fits:
        return [whole, ((fit(f"{' ' * left}{relation}", columns), "quiet"),)]
    return [whole]


def _text(text: str, columns: int) -> list[Line]:
    lines: list[Line] = []
    for paragraph in text.split("\n"):
        lines += [((" " + line, ""),) for line in wrap(paragraph, columns - 2)]
    return lines


PAGES: dict[Place, Callable[[View, int, int], Page]] = {
    Place.HOME: _home,
    Place.CHATS: _chats,
    Place.PEOPLE: _people,
    Place.MEET: meeting_page,
    Place.CARD: card_page,
    Place.ALERTS: alerts_page,
    Place.FOUND: found_page,
    Place.FILES: files.files_page,
    Place.FILE: files.file_page,
    Place.RADIO: radio_page,
    Place.LIBRARY: library_page,
    Place.SETTINGS: settings_page,
    Place.WELCOME: welcome_page,
    Place.HELP: help_page,
    Place.COMMANDS: palette_page,
    Place.SAID: said_page,
}
