"""The words for how far an own message got, on every screen, so that none says more than is known."""

WORDS = {
    "queued": "queued",
    "saving": "saving",
    "waiting": "waiting for key",
    "aired": "aired",
    "unheard": "no one in reach",
    "unanswered": "not answered",
    "carried": "carried",
    "delivered": "delivered",
    "read": "read",
    "failed": "given up",
}
"""By the word that is stored. A post on a board is never delivered: nobody knows who heard it."""

MEANINGS = {
    "queued": "saved here, not sent yet",
    "waiting for key": "for a newer key of the reader: sent when it comes",
    "aired": "sent; nobody knows yet who heard it",
    "no one in reach": "sent, and nobody was near to hear it: it is tried again",
    "not answered": "somebody was near, but no answer came: it is tried again",
    "carried by 2+": "at least two others hold it, sealed, to hand it on",
    "delivered": "the reader's device has it",
    "read": "the reader has seen it, and lets you know",
    "given up": "not answered for seven days of running",
}
"""What the words mean, for help."""


def word(state: str, carriers: int = 0) -> str:
    """The word for a state; of a message that at least so many `carriers` hold."""
    if state == "carried" and carriers:
        return f"carried by {carriers}+"
    return WORDS.get(state, state)
