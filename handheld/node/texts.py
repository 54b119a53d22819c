"""Text that the owner wrote, as it travels."""

from handheld.errors import Refused
from handheld.text import clean_message


def checked(text: str, limit: int, what: str) -> bytes:
    """The text as it travels; Refused when it says nothing, or more than fits."""
    try:
        packed = text.strip().encode()
    except UnicodeEncodeError:
        raise Refused("The text holds half a character; write it again.") from None
    if not packed or not clean_message(packed):
        raise Refused("There is nothing to send. Write some text.")
    if len(packed) > limit:
        over = len(packed) - limit
        raise Refused(f"{what} holds {limit} bytes; this one is {over} too long. Cut it into parts.")
    if b"\0" in packed:
        raise Refused(f"{what} cannot hold a NUL character.")
    return packed
