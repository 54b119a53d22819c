"""The public boards we follow, found again by the three bytes that travel."""

from collections.abc import Iterable

from handheld.crypto.signing import board_id
from handheld.errors import Refused

BOARDS_MAX = 64
NAME_MAX = 24

LISTS = "~lists"
"""The board of published lists. Nobody can type its name, so nobody writes there by hand."""


def board_name(given: str) -> str:
    """The one spelling of a board's name: lower case, without "#". Refused says what a name may be."""
    name = given.strip().removeprefix("#").lower()
    if not name or len(name) > NAME_MAX or not all(c.isalnum() or c in "-_." for c in name):
        raise Refused(
            f"A board's name is 1 to {NAME_MAX} letters, digits, dots or dashes, such as #here or #market."
        )
    return name


class Boards:
    """Boards whose posts can be checked. Two names may share their three bytes: every candidate is tried."""

    def __init__(self, names: Iterable[str], unfollowed: Iterable[str] = ()) -> None:
        self._by_prefix: dict[bytes, list[str]] = {}
        self._names: set[str] = set()
        self._know(LISTS)
        for name in unfollowed:
            self._know(name)
        for name in names:
            self.follow(name)

    def follow(self, name: str) -> bool:
        """Follow a board from now on; False if we did already. Refused beyond 64 boards."""
        if name in self._names:
            return False
        if len(self._names) >= BOARDS_MAX:
            raise Refused(f"{BOARDS_MAX} boards are followed already; that is all this device keeps.")
        self._names.add(name)
        self._know(name)
        return True

    def unfollow(self, name: str) -> None:
        """Follow a board no more; its posts are still checked and carried. Refused if it is not followed."""
        if name not in self._names:
            raise Refused(f"You do not follow #{name}. See: pocketmesh read")
        self._names.remove(name)

    def follows(self, name: str) -> bool:
        """Whether a board is followed now."""
        return name in self._names

    def _know(self, name: str) -> None:
        names = self._by_prefix.setdefault(board_id(name)[:3], [])
        if name not in names:
            names.append(name)

    def candidates(self, channel: bytes) -> list[str]:
        """The boards, followed or not any more, whose id begins with these three bytes."""
        return self._by_prefix.get(channel, [])
