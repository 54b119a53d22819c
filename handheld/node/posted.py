"""What a public post says, by its type: the word of its kind, its text, where, and what there is to note."""

from typing import NamedTuple

from handheld.files.names import described
from handheld.node.effects import KeepPost
from handheld.node.longtexts import join
from handheld.text import clean_message
from handheld.wire.constants import AlertStep, PostType
from handheld.wire.files import Manifest
from handheld.wire.notices import Alert, Notice, fields_of

WORDS = {
    PostType.NOTE: "text",
    PostType.NEED: "need",
    PostType.OFFER: "offer",
    PostType.EVENT: "event",
    PostType.ALERT: "alert",
    PostType.FILE: "file",
}
"""The word of each type that is shown, as in events.Message."""

CHOSEN = {
    "note": PostType.NOTE,
    "need": PostType.NEED,
    "offer": PostType.OFFER,
    "event": PostType.EVENT,
}
"""What one chooses when writing; alerts are written apart from all others."""

SCALE = 10_000_000

STEPS = {AlertStep.SEEN: "I saw your alert.", AlertStep.OVER: "The alert is over."}


class Said(NamedTuple):
    """The fields of events.Message that a post fills."""

    kind: str
    text: str
    place: str = ""
    note: str = ""


def said(post: KeepPost) -> Said:
    """What this post says, clean. Its type is one of WORDS, its struct was judged when it came."""
    fields = fields_of(post.kind, post.text)
    if isinstance(fields, Manifest):
        return Said("file", described(fields))
    first = fields.text if isinstance(fields, Notice | Alert) else post.text
    text, note = join(first, enumerate(post.more, 1))
    kind = WORDS[PostType(post.kind)]
    if not isinstance(fields, Alert):
        return Said(kind, clean_message(text), note=note)
    spoken = clean_message(text)
    if fields.step in STEPS:
        return Said(
            "seen" if fields.step == AlertStep.SEEN else "over",
            f"{STEPS[AlertStep(fields.step)]} {spoken}".strip(),
        )
    return Said(kind, spoken, place_text(fields), note)


def place_text(alert: Alert) -> str:
    """ "48.2082000, 16.3738000" without the zeros; "" where no place is told."""
    if not alert.has_place:
        return ""
    return f"{_degrees(alert.latitude)}, {_degrees(alert.longitude)}"


def _degrees(value: int) -> str:
    whole, part = divmod(abs(value), SCALE)
    return f"{'-' if value < 0 else ''}{whole}.{part:07}".rstrip("0").rstrip(".")
