"""What keys and typed answers do about files."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from handheld.commands import (
    FILE_BYTES,
    AskCost,
    Files,
    ForgetFile,
    GetFile,
    PauseFile,
    ReadFile,
    Share,
    WhoHas,
)
from handheld.errors import Refused, UserError
from handheld.events import FileInfo
from handheld.text import amount, clean, duration
from tui import files, photo
from tui import reducer as news
from tui.cells import fit, safe
from tui.editing import common
from tui.picture import Picture
from tui.state import Place, Preview, Question, file_chosen, is_board, is_room

if TYPE_CHECKING:
    from tui.shell import Shell

PATH = Question("share", "File: ")
TO = "To #board, &room, name: "
FOLDER = "Into the folder: "
PATH_BYTES = 400
TEXT_MAX = 65_536
SHORT = 24
LISTED = 12
"""Names of files in a sentence."""

PATHS = frozenset({"share", "save"})
"""Questions that a path answers."""


def show(shell: Shell) -> None:
    """To the list of files."""
    shell.wish(_read(shell))
    shell.go(Place.FILES)


def ask_share(shell: Shell) -> None:
    """Ask which file to share."""
    shell.ask_for(PATH, f"{Path.home()}{os.sep}")


def complete_path(shell: Shell) -> None:
    """Write as much more of a path as is sure, and say what there is."""
    text = shell.composer.text
    folder, slash, begun = _meant(text).rpartition(os.sep)
    try:
        with os.scandir(_expanded(folder + slash or ".")) as found:
            names = sorted(
                entry.name + (os.sep if entry.is_dir() else "")
                for entry in found
                if entry.name.startswith(begun) and (begun or not entry.name.startswith("."))
            )
    except (OSError, UserError) as error:
        shell.turn(news.told, str(error) if isinstance(error, UserError) else f"{error.strerror}.")
        return
    shell.composer.take(common(names)[len(begun) :])
    shell.place_cursor()
    if len(names) != 1:
        shell.turn(news.told, ", ".join(map(safe, names[:LISTED])) or "Nothing begins so.")


def _meant(text: str) -> str:
    """A whole path that is typed behind the folder that stood there is meant instead of it."""
    return text[text.rfind("//") + 1 :] if "//" in text else text


def _expanded(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise Refused("Nobody has that home.") from None


def get(shell: Shell) -> None:
    """Ask for the chosen file, or go on with it."""
    if (one := file_chosen(shell.view)) is not None:
        shell.wish(_get(shell, one.id))


def who(shell: Shell) -> None:
    """Ask those near who has the chosen file."""
    if (one := file_chosen(shell.view)) is not None:
        shell.wish(_changed(shell, WhoHas(one.id)))


def pause(shell: Shell) -> None:
    """The chosen file waits."""
    if (one := file_chosen(shell.view)) is not None:
        shell.wish(_changed(shell, PauseFile(one.id)))


def look(shell: Shell) -> None:
    """Look into the chosen file."""
    if (one := file_chosen(shell.view)) is not None:
        shell.wish(_look(shell, one))


def ask_save(shell: Shell) -> None:
    """Ask where to write the chosen file."""
    if (one := file_chosen(shell.view)) is not None:
        shell.ask_for(Question("save", FOLDER, one.id), str(Path.home()))


def ask_forget(shell: Shell) -> None:
    """Ask whether the chosen file may go."""
    if (one := file_chosen(shell.view)) is not None:
        does = "Take from the list" if one.state == "known" else "Forget"
        label = f'{does} "{fit(safe(one.name), SHORT)}"? y yes, any other key no'
        shell.ask_for(Question("forget", label, one.id))


def forget_answer(shell: Shell, key: str, about: str) -> None:
    """A key that answers whether a file may go."""
    if key in {"y", "Y"}:
        shell.wish(_forget(shell, about))


def share_answer(shell: Shell, key: str, about: str) -> None:
    """A key that answers whether to share at that cost."""
    if key in {"y", "Y"}:
        path, to, slow = about.rsplit("\n", 2)
        shell.wish(_share(shell, path, to, yes=bool(slow)))
    else:
        shell.turn(news.told, "Nothing was shared.")


def slow_answer(shell: Shell, key: str, about: str) -> None:
    """A key that answers whether a file may keep slow air busy."""
    if key in {"y", "Y"}:
        shell.wish(_changed(shell, GetFile(about, yes=True)))
    else:
        shell.turn(news.told, "It waits for a fast radio, or for g and y.")


def _path(shell: Shell, _: Question, text: str) -> None:
    if text:
        shell.wish(_ask_to(shell, _meant(text)))


def _to(shell: Shell, question: Question, text: str) -> None:
    if text:
        shell.wish(_weigh(shell, question.about, text))


def _save(shell: Shell, question: Question, text: str) -> None:
    if text:
        shell.wish(_write(shell, question.about, text))


ANSWERED: dict[str, Callable[[Shell, Question, str], None]] = {"share": _path, "share to": _to, "save": _save}
"""What a typed answer does, by the kind of its question."""

SPACE = {"share": PATH_BYTES, "share to": 64, "save": PATH_BYTES}
"""Bytes that an answer may have, where a name's would not do."""


async def _read(shell: Shell) -> None:
    shell.turn(files.read, await shell.ask(Files()))


async def _changed(shell: Shell, command: GetFile | PauseFile | WhoHas) -> None:
    shell.turn(files.changed, await shell.ask(command))


async def _get(shell: Shell, file: str) -> None:
    got: FileInfo = await shell.ask(GetFile(file))
    shell.turn(files.changed, got)
    if got.waits:
        left = "" if got.wait_s is None else f" {duration(got.wait_s)} or more of"
        label = f"{amount(got.travels)}:{left} slow air. All the same? y yes, any other key no"
        shell.ask_for(Question("slow sure", label, file))


async def _forget(shell: Shell, file: str) -> None:
    await shell.ask(ForgetFile(file))
    await _read(shell)
    shell.go(Place.FILES)
    if any(one.id == file for one in shell.view.files or ()):
        shell.turn(news.told, "Gone from here. g fetches it again; d takes its name away, too.")


async def _ask_to(shell: Shell, path: str) -> None:
    shell.ask_for(Question("share to", TO, str(_expanded(path).resolve())), "#here")


async def _weigh(shell: Shell, path: str, to: str) -> None:
    cost = await shell.ask(AskCost(path))
    label = f"{files.cost(cost)} Share with {fit(safe(to), SHORT)}? y yes, any other key no"
    shell.ask_for(Question("share sure", label, f"{path}\n{to}\n{'slow' if cost.slow else ''}"))


async def _share(shell: Shell, path: str, to: str, *, yes: bool) -> None:
    if is_board(to):
        command = Share(path, board=to, yes=yes)
    elif is_room(to):
        command = Share(path, room=to[1:], yes=yes)
    else:
        command = Share(path, who=to, yes=yes)
    shell.turn(files.changed, await shell.ask(command))
    shell.go(Place.FILES)


async def _content(shell: Shell, file: FileInfo | str) -> tuple[bytes, str]:
    """All of a file, and what it may be called in a folder."""
    number = file if isinstance(file, str) else file.id
    content = b""
    while len(content) <= FILE_BYTES:
        part = await shell.ask(ReadFile(number, len(content)))
        data = base64.b64decode(part.data)
        content += data
        if not data or len(content) >= part.size:
            break
    return content, part.name


async def _look(shell: Shell, file: FileInfo) -> None:
    seen: FileInfo = await shell.ask(GetFile(file.id, look=True))
    shell.turn(files.changed, seen)
    if seen.look == "text":
        content, _ = await _content(shell, seen)
        text = clean(content[:TEXT_MAX], TEXT_MAX, lines=True)
        shell.turn(files.previewed, Preview(seen.id, text))
    elif seen.look in photo.KINDS:
        shell.turn(news.told, "Drawing it ...")
        content, _ = await _content(shell, seen)
        shell.turn(files.previewed, Preview(seen.id, await _drawn(content, seen)))
        shell.turn(news.told, "")
    elif seen.look:
        raise Refused(f"A file of the kind {seen.look} is not shown here. w writes it into a folder.")
    else:
        raise Refused(f"Not all of it is here yet: {files.state(seen)}.")


async def _drawn(content: bytes, seen: FileInfo) -> Picture:
    try:
        return await photo.picture_of(content, seen.width, seen.height)
    except Refused as refused:
        raise Refused(f"{refused} w writes it into a folder.") from None


async def _write(shell: Shell, file: str, path: str) -> None:
    folder = _expanded(path)
    content, name = await _content(shell, file)
    _put(folder / name, content)
    shell.turn(news.told, f"Written: {folder / name}")


def _put(path: Path, content: bytes) -> None:
    # Neither follows a link nor replaces a file; nobody may start it.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        target = open(os.open(path, flags, 0o600), "wb")  # noqa: SIM115
    except FileExistsError:
        raise Refused(f"{path} is there already. Choose another folder.") from None
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from None
    try:
        with target:
            target.write(content)
    except OSError as error:
        path.unlink()
        raise Refused(f"{path} cannot be written: {error.strerror}. Nothing was left there.") from None
