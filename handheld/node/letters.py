"""What the node does with a private message once it is open, by the kind of letter inside."""

from collections.abc import Callable

from handheld.node.effects import Effect, KeepLetter
from handheld.text import clean_message
from handheld.values import dataclass
from handheld.wire.constants import LetterKind


def _nothing(_letter: KeepLetter, _now: int) -> list[Effect]:
    return []


@dataclass(frozen=True)
class Kind:
    """One kind: its word in events, how it is shown, and what a letter of it does.

    `show` makes clean text of a body; its second argument tells whether we wrote it.
    `take` gets each letter of somebody else when it is durable and before it is acknowledged: what it
    returns is on the disk before the ack goes out. It must bear to get the same letter again: after a
    power cut, and whenever an ack was lost.
    """

    word: str
    show: Callable[[bytes, bool], str]
    take: Callable[[KeepLetter, int], list[Effect]] = _nothing


NEWER = Kind("newer", lambda _body, _own: "A message that only a newer pocketmesh can show.")


def kinds() -> dict[int, Kind]:
    """The table that a node begins with; an organ adds the kinds that are its own."""
    return {LetterKind.TEXT: Kind("text", lambda body, _own: clean_message(body))}
