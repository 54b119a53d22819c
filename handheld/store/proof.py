"""Which rows of a damaged database can be believed: rubbish in a page may look like a row."""

import re
from collections.abc import Callable, Mapping

from handheld.crypto.signing import verify_post, verify_profile
from handheld.errors import RemoteError
from handheld.store import messages, meta
from handheld.store.pages import Value
from handheld.text import clean_line, clean_name
from handheld.wire.air import first_byte
from handheld.wire.codec import decode
from handheld.wire.constants import AirKind, LetterKind
from handheld.wire.records import KEY, LETTER_TEXT_MAX, Post, Profile
from handheld.wire.rooms import ROOM_TEXT_MAX

Row = Mapping[str, Value]

NUMBER_MAX = 1 << 31
"""Greater numbers are not counted on from: one rubbish counter must not use 32 bits up."""

_COUNTER = re.compile(
    f"{meta.OWN_SEQ}|{meta.OWN_LAMPORT}|{meta.LETTER_FLOOR}|{meta.ODOMETER}|{meta.LETTER_SEQ}[0-9a-f]{{64}}"
    f"|{meta.ROOM_SEQ}[0-9a-f]{{16}}"
)
_POST = bytes([first_byte(AirKind.POST)])
_KEY = 32


def believable(table: str, row: Row) -> bool:
    """Whether the row says what we can have written; signed ones are verified. Other tables are believed."""
    judge = _JUDGES.get(table)
    try:
        return judge is None or judge(row)
    except (RemoteError, ValueError, KeyError):
        return False


def _person(row: Row) -> bool:
    raw = _bytes(row["profile"])
    profile = decode(Profile, raw[1:])
    verify_profile(raw[0], profile)
    return (profile.author, profile.epoch) == (row["key"], row["epoch"])


def _message(row: Row) -> bool:
    numbers = {"id": NUMBER_MAX, "seq": 1 << 32, "lamport": 1 << 32, "own": 2, "kind": 255}
    if not all(_within(row[name], limit) for name, limit in numbers.items()):
        return False
    if row["state"] not in messages.STATES:
        return False
    peer = _bytes(row["peer"])
    if peer == messages.PUBLIC:
        return _post(row)
    return _letter(row) if len(peer) == messages.PERSON else _room_post(row)


def _post(row: Row) -> bool:
    raw, author = _bytes(row["raw"]), _bytes(row["author"])
    # Another kind of record that comes to be kept as a public row needs its own proof here.
    if raw[:1] != _POST or len(author) != _KEY:
        return False
    post = decode(Post, raw[1:])
    verify_post(raw[0], post, author, str(row["board"]))
    return (post.seq, post.lamport, post.text) == (row["seq"], row["lamport"], row["text"])


def _letter(row: Row) -> bool:
    if row["powered"] is not None and not _within(row["powered"], NUMBER_MAX):
        return False
    text, is_text = _bytes(row["text"]), row["kind"] == LetterKind.TEXT
    if len(text) > LETTER_TEXT_MAX or (is_text and (not text or b"\0" in text)):
        return False
    # Our own words are UTF-8; what somebody else sent is kept as it came.
    return bool(text.decode()) if row["own"] and is_text else bool(row["own"]) or row["author"] == row["peer"]


def _room_post(row: Row) -> bool:
    text = _bytes(row["text"])
    return len(text) <= ROOM_TEXT_MAX and b"\0" not in text and len(_bytes(row["author"])) == KEY


def _room(row: Row) -> bool:
    name, content = row["name"], _bytes(row["content"])
    return _is_name(name) and content.startswith(b"{")


def _answered(row: Row) -> bool:
    return _within(row["count"], NUMBER_MAX) and _within(row["powered"], NUMBER_MAX)


def _petname(row: Row) -> bool:
    return _is_name(row["petname"])


def _met(row: Row) -> bool:
    return len(_bytes(row["key"])) == KEY


def _introduction(row: Row) -> bool:
    return _within(row["id"], NUMBER_MAX) and len(_bytes(row["introducer"])) == KEY and _is_name(row["name"])


def _is_name(name: Value) -> bool:
    return isinstance(name, str) and bool(name) and clean_name(name) == name


def _board(row: Row) -> bool:
    name = row["name"]
    return isinstance(name, str) and bool(name) and clean_line(name) == name and " " not in name


def _counter(row: Row) -> bool:
    return bool(_COUNTER.fullmatch(str(row["key"]))) and _within(row["value"], NUMBER_MAX)


def _within(value: Value, limit: int) -> bool:
    return isinstance(value, int) and 0 <= value < limit


def _bytes(value: Value) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("not bytes")  # noqa: TRY004 - what the card says, not our own mistake
    return value


_JUDGES: dict[str, Callable[[Row], bool]] = {
    "people": _person,
    "messages": _message,
    "answered": _answered,
    "petnames": _petname,
    "met": _met,
    "introductions": _introduction,
    "boards": _board,
    "rooms": _room,
    "meta": _counter,
}
