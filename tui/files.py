"""The files on the screen: their list, one of them, and a look into it. Pure."""

from dataclasses import replace

from handheld.events import FileChanged, FileCost, FileForgotten, FileInfo, Person
from handheld.text import amount, duration
from tui import words
from tui.cells import Line, between, fit, line_width, pad, safe, safe_lines, wrap
from tui.keymap import labels
from tui.picture import Picture, drawn
from tui.state import Preview, View, file_chosen
from tui.words import lettered

NONE = """\
No files yet.

{share} shares one: with everybody in reach, with a room, or sealed with one person. What others share while \
you are near comes by itself."""

SHOWN_LINES = 400
"""Lines of a text that are shown; the rest is for a folder: w."""

QUIET_S = 60
"""After so long without a piece it is said that nobody sends."""

ROOMY = 60
"""Columns from which on a line has room for whom a file is for."""

Page = tuple[list[Line], int | None]


def state(file: FileInfo) -> str:
    """How far it has come."""
    if file.waits:
        return "waits"
    if file.state != "coming":
        return "absent" if file.state == "known" else file.state
    return f"{100 * file.have // file.symbols} %"


def readers(file: FileInfo) -> str:
    """For whom it is."""
    if file.board:
        return f"#{safe(file.board)}"
    return f"&{safe(file.room)}" if file.room else safe(file.peer_name) or file.peer[:8]


def cost(told: FileCost) -> str:
    """What sharing it takes."""
    by = f" by {safe(told.radio)}" if told.radio else ""
    share = told.share_ppm
    law = "" if share is None else f", {max(1, round(share / 10_000))} % of your hour's air time"
    return f"{amount(told.travels)}: {duration(told.seconds)} or more{by}{law}."


def _none(view: View) -> str:
    return NONE.format(**labels(view.config.keys))


def files_page(view: View, columns: int, _rows: int) -> Page:
    """All that are known."""
    if not view.files:
        said = _none(view) if view.files is not None else "Asking which files there are ..."
        return _text(said, columns), None
    chosen = file_chosen(view)
    lines = [_file(one, columns, chosen=one is chosen) for one in view.files]
    at = next((at for at, one in enumerate(view.files) if one is chosen), None)
    return lettered(view, lines, range(len(lines)), at or 0), at


def _file(file: FileInfo, columns: int, *, chosen: bool) -> Line:
    look = "chosen" if chosen else ""
    to = f"  {readers(file)}" if columns >= ROOMY else ""
    right = f" {amount(file.size):>7}  {pad(state(file), 6)}{pad(to, 14) if to else ''} "
    name = fit(safe(file.name), columns - len(right) - 3)
    line = between(((f"{'>' if chosen else ' '} ", ""), (name, "name")), ((right, "quiet"),), columns)
    return tuple((text, look) for text, _ in line) if chosen else line


def file_page(view: View, columns: int, rows: int) -> Page:
    """One file, and what is in it once somebody looks."""
    file = file_chosen(view)
    if file is None:
        return _text(_none(view), columns), None
    preview = view.preview
    looks = preview is not None and preview.id == file.id
    # A small screen has room for what is in it, or for what is known of it.
    facts = [fact for fact in _facts(file) if not looks or fact[0] in ("Name", "Looks")]
    lines = [_fact(label, value, columns) for label, value in facts]
    lines.append(())
    if preview is None or not looks:
        return lines, None
    if isinstance(preview.content, Picture):
        return lines + drawn(
            preview.content, (columns - 2, rows - 2), view.glyphs, colours=view.colours
        ), None
    told = [line for part in safe_lines(preview.content) for line in wrap(part, columns - 2)]
    return lines + [((f" {line}", ""),) for line in told[:SHOWN_LINES]], None


def _facts(file: FileInfo) -> list[tuple[str, str]]:
    author = file.author
    wait = "" if file.wait_s is None else f", {duration(file.wait_s)} or more to come"
    quiet = file.quiet_s or 0
    if quiet >= QUIET_S or file.waits:
        wait = ""
    # Whoever says that he has all of it now lacked the rest a moment ago.
    asks = file.lacked and (file.lacks or not file.has)
    size = f"{file.width} x {file.height}" if file.width else ""
    rows = [
        ("Name", safe(file.name)),
        ("Size", amount(file.size)),
        ("State", "" if file.state == "known" else f"{state(file)}{wait}{', pinned' if file.pinned else ''}"),
        ("Quiet", f"nobody near sends it, for {duration(quiet)} now" if quiet >= QUIET_S else ""),
        ("Air", "slow: waits for a fast radio, or for g and y" if file.waits else ""),
        ("Absent", "not here: g fetches it again" if file.state == "known" else ""),
        ("Disk", "no room for it: tried again each minute" if file.state == "full" else ""),
        ("Pieces", f"{file.have} of {file.symbols}" if file.state != "known" else ""),
        ("For", readers(file)),
        ("Near", f"somebody lacks {file.lacked} of {file.symbols} pieces" if asks else ""),
        ("Have it", _people(file.has)),
        ("Lack", _people(file.lacks)),
        ("From", "you" if file.own else f"{author.mark} {words.name_of(author)}"),
        ("Looks", f"{file.look} {size}".strip()),
        ("Id", file.id),
    ]
    return [(label, value) for label, value in rows if value]


def _people(people: list[Person]) -> str:
    names = ", ".join(f"{one.mark} {words.name_of(one)}" for one in people)
    return f"{len(people)}: {names}" if people else ""


def _fact(label: str, value: str, columns: int) -> Line:
    line: Line = ((pad(f" {label}", 9), "quiet"), (fit(value, columns - 10), ""))
    return (*line, (" " * (columns - line_width(line)), ""))


def _text(text: str, columns: int) -> list[Line]:
    return [((" " + line, ""),) for part in text.split("\n") for line in wrap(part, columns - 2)]


def read(view: View, files: list[FileInfo]) -> View:
    """All that are known; the newest first."""
    return replace(view, files=tuple(reversed(files)))


def changed(view: View, file: FileInfo) -> View:
    """A file came further, is new, or was taken away: then nothing of it is shown any more."""
    files = view.files or ()
    if view.preview is not None and view.preview.id == file.id and file.have < file.symbols:
        view = replace(view, preview=None)
    if any(one.id == file.id for one in files):
        return replace(view, files=tuple(file if one.id == file.id else one for one in files))
    return replace(view, files=(file, *files))


def previewed(view: View, preview: Preview) -> View:
    """Somebody looked into a file."""
    return replace(view, preview=preview)


def changed_event(view: View, event: FileChanged) -> View:
    """The same, told by the node."""
    return view if view.files is None else changed(view, event.file)


def forgotten(view: View, event: FileForgotten) -> View:
    """A file is gone."""
    files, preview = view.files, view.preview
    if preview is not None and preview.id == event.id:
        preview = None
    left = None if files is None else tuple(one for one in files if one.id != event.id)
    return replace(view, files=left, preview=preview)
