"""What is asked of the node about a conversation, as commands. Pure."""

from collections.abc import Callable

from handheld.commands import LETTER_BYTES, POST_BYTES, ROOM_BYTES, Post, Read, Say, Seen, Send
from tui.state import is_board, is_room

FRAME_BYTES, MORE_BYTES = 160, 157
"""Bytes of a post in its first frame, and in each of those that follow: see "Long posts" in PROTOCOL.md."""

PAGE = 60
"""Messages that are read at once: some screens full."""


def read(chat: str, before: int) -> Read:
    """A page of it: the newest, or those before an id."""
    if is_board(chat):
        return Read(board=chat[1:], limit=PAGE, before=before)
    if is_room(chat):
        return Read(room=chat[1:], limit=PAGE, before=before)
    return Read(who=chat, limit=PAGE, before=before)


def seen(chat: str, message: int) -> Seen:
    """It was read up to here."""
    if is_board(chat):
        return Seen(message, board=chat[1:])
    return Seen(message, room=chat[1:]) if is_room(chat) else Seen(message, who=chat)


def write(chat: str, text: str, kind: str) -> Post | Say | Send:
    """Say something there; `kind`: of a post on a board."""
    if is_board(chat):
        # With its "#": it is the board that is meant, also where a room has the same name.
        return Post(chat, text, kind)
    return Say(chat[1:], text) if is_room(chat) else Send(chat, text)


def room(chat: str) -> int:
    """Bytes that a message there may have."""
    if is_board(chat):
        return POST_BYTES
    return ROOM_BYTES if is_room(chat) else LETTER_BYTES


def frames(chat: str) -> Callable[[int], int]:
    """How many frames on the air so many bytes take there."""
    return _post_frames if is_board(chat) else lambda _: 1


def _post_frames(used: int) -> int:
    return 1 + max(0, -(-(used - FRAME_BYTES) // MORE_BYTES))
