"""What concerns the owner: what bell, title and a program of his tell of. Pure."""

import re

from handheld.events import Message


def concern(message: Message, nickname: str) -> str:
    """What there is for the owner in a message: "alert", "private", "mention", or "" for nothing."""
    if message.own or message.muted:
        return ""
    if message.kind == "alert":
        return "alert"
    if message.peer:
        return "private"
    return "mention" if names(message.text, nickname) else ""


def names(text: str, nickname: str) -> bool:
    """Whether a text names somebody: the name as a word of its own, in any case."""
    return bool(nickname) and bool(
        re.search(rf"(?<!\w){re.escape(nickname.casefold())}(?!\w)", text.casefold())
    )
