"""The public boards we follow or have heard of, found again by the three bytes that travel."""

from collections import OrderedDict
from collections.abc import Iterable

from handheld.crypto.signing import board_id
from handheld.errors import Refused
from handheld.wire.sync import BOARD_NAME_MAX

BOARDS_MAX = 64

LISTS = "~lists"
"""The board of published lists. Nobody can type its name, so nobody writes there by hand."""


def board_name(given: str) -> str:
    """The one spelling of a board's name: lower case, without "#". Refused says what a name may be."""
    name = given.strip().removeprefix("#").lower()
    if not name or not can_travel(name) or not all(c.isalnum() or c in "-_." for c in name):
        raise Refused(
            f"A board's name is 1 to {BOARD_NAME_MAX} letters, digits, dots or dashes, such as #here or "
            "#market. A letter with an accent counts as two, one of some scripts as three or four."
        )
    return name


def can_travel(name: str) -> bool:
    """Whether a frame has room for a board's name, which counts in bytes."""
    return len(name.encode()) <= BOARD_NAME_MAX


HEARD_MAX = 256
"""Names of boards that are not followed."""


class Boards:
    """Boards, followed, not any more, and heard of. Two names may share their three bytes: all are tried."""

    def __init__(self, names: Iterable[str], heard: Iterable[str] = ()) -> None:
        self._by_prefix = {board_id(LISTS)[:3]: [LISTS]}
        self._names: set[str] = set()
        self._heard: OrderedDict[str, None] = OrderedDict()
        for name in names:
            self.follow(name)
        for name in heard:
            self.hear(name)

    @property
    def heard(self) -> list[str]:
        """Names of boards that are not followed, the one heard first first."""
        return list(self._heard)

    def follows(self, name: str) -> bool:
        """Whether this board is followed."""
        return name in self._names

    def hear(self, name: str) -> bool:
        """A board is called so, in the one spelling: True if that is new."""
        if name in self._names or name in self._heard:
            return False
        self._heard[name] = None
        self._by_prefix.setdefault(board_id(name)[:3], []).append(name)
        if len(self._heard) > HEARD_MAX:
            self._forget(next(iter(self._heard)))
        return True

    def _forget(self, name: str) -> None:
        del self._heard[name]
        self._lose(name)

    def _lose(self, name: str) -> None:
        prefix = board_id(name)[:3]
        names = self._by_prefix[prefix]
        names.remove(name)
        if not names:
            del self._by_prefix[prefix]

    def follow(self, name: str) -> bool:
        """Follow a board from now on; False if we did already. Refused beyond 64 boards."""
        if name in self._names:
            return False
        if len(self._names) >= BOARDS_MAX:
            raise Refused(f"{BOARDS_MAX} boards are followed already; that is all this device keeps.")
        if name in self._heard:
            self._forget(name)
        self._names.add(name)
        self._by_prefix.setdefault(board_id(name)[:3], []).append(name)
        return True

    def unfollow(self, name: str) -> None:
        """Follow a board no more; its posts are still checked and carried. Refused if it is not followed."""
        if name not in self._names:
            raise Refused(f"You do not follow #{name}. See: pocketmesh boards")
        self._names.remove(name)
        self._lose(name)
        self.hear(name)

    def candidates(self, channel: bytes) -> list[str]:
        """The boards, followed or heard of, whose id begins with these three bytes."""
        return self._by_prefix.get(channel, [])
