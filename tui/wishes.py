"""What is asked of the node about a conversation, as commands. Pure."""

from handheld.commands import LETTER_BYTES, POST_BYTES, Post, Read, Seen, Send
from tui.state import is_board

PAGE = 60
"""Messages that are read at once: some screens full."""


def read(chat: str, before: int) -> Read:
    """A page of it: the newest, or those before an id."""
    if is_board(chat):
        return Read(board=chat[1:], limit=PAGE, before=before)
    return Read(who=chat, limit=PAGE, before=before)


def seen(chat: str, message: int) -> Seen:
    """It was read up to here."""
    return Seen(message, board=chat[1:]) if is_board(chat) else Seen(message, who=chat)


def write(chat: str, text: str) -> Post | Send:
    """Say something there."""
    return Post(chat[1:], text) if is_board(chat) else Send(chat, text)


def room(chat: str) -> int:
    """Bytes that a message there may have."""
    return POST_BYTES if is_board(chat) else LETTER_BYTES
