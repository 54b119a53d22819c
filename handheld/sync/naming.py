"""When names of boards were said: who follows none of them needs a name to check posts and carry them."""

from handheld.wire.air import one_hop
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind
from handheld.wire.sync import BoardName

NAMED_MS = 10 * 60 * 1_000
"""A board's name is not said again within this time."""

NAMED_MAX = 320
"""Names of which it is known when they were said: as many as are held, see node/boards.py."""

KNOWN_BOARD = "here"
"""Everybody knows it."""


class Naming:
    """Names, with when each was last said by anybody."""

    def __init__(self) -> None:
        self._said: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._said)

    def said(self, board: str, now: int) -> None:
        """Somebody said the name of a board."""
        self._said.pop(board, None)
        self._said[board] = now
        if len(self._said) > NAMED_MAX:
            del self._said[next(iter(self._said))]

    def frames(self, board: str, now: int) -> list[bytes]:
        """What to say before a post on this board: its name, unless all know it or just heard it."""
        if not board or board == KNOWN_BOARD or now - self._said.get(board, -NAMED_MS) < NAMED_MS:
            return []
        self.said(board, now)
        return [one_hop(AirKind.BOARD, encode(BoardName(board.encode())))]
