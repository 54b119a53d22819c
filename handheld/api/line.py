"""One line of the door: a JSON object in UTF-8, at most 64 KiB, with the version of the door's language.

    request  {"v": 1, "id": 7, "do": "post", "with": {"board": "here", "text": "hi"}}
    reply    {"v": 1, "id": 7, "ok": VALUE}, after any number of {"v": 1, "id": 7, "part": [...]} whose
             items come before those of "ok": a list too long for one line
    error    {"v": 1, "id": 7, "error": {"code": EXIT CODE, "say": "A sentence."}}
    event    {"v": 1, "event": "message", "with": {...}}

Used by the small verbs too, so nothing heavy is imported here.
"""

from __future__ import annotations

import json

from handheld.errors import NodeUnreachable, Refused, UserError, by_code

TYPE_CHECKING = False  # typing itself would cost a small verb 15 million instructions
if TYPE_CHECKING:
    from typing import Any

VERSION = 1
"""Of the door's language; it changes when a command, reply or event loses or changes a field."""

LINE_MAX = 65_536
"""Bytes of a line, without its newline."""

OTHER_LANGUAGE = "The node and this program do not understand each other: stop the node and start it again."


def pack(content: dict[str, object]) -> bytes:
    """The line for an object, newline included, of any length. Half surrogates become question marks."""
    numbered = {"v": VERSION, **content}
    text = json.dumps(numbered, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"


def unpack(line: bytes) -> dict[str, Any]:
    """The object of a line, "v" taken off. Refused, with a sentence, if it is none or of another version."""
    try:
        content = json.loads(line.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused("A line that is no JSON in UTF-8.") from None
    if not isinstance(content, dict):
        raise Refused("A line has to be one JSON object.")
    version = content.pop("v", None)
    if version is True or version != VERSION:
        raise Refused(
            f"One end speaks version {VERSION} of the door's language, the other {_short(version)}."
        )
    return content


def error_in(content: dict[str, Any]) -> UserError:
    """What a node's error line says, as the error that ends with the same exit code."""
    error = content.get("error")
    if not isinstance(error, dict):
        return NodeUnreachable(OTHER_LANGUAGE)
    code, say = error.get("code"), error.get("say")
    return by_code(code if isinstance(code, int) else 1, say if isinstance(say, str) else OTHER_LANGUAGE)


def _no_number(name: str) -> None:
    raise ValueError(name)


def _short(value: object) -> str:
    return str(value) if isinstance(value, int) and 0 <= value < 1000 else "none that is known"
