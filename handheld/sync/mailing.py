"""Mail in transit: who holds which, told by the beginnings of ids, newest first, one frame a round."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Protocol

from handheld.sync.serving import Wanted
from handheld.wire import age
from handheld.wire.sync import ASK, HELD, ITEM_ID, ITEMS_MAX, MAIL, Offer, offer

ASKED_WAITS = 8
"""What somebody asked for is not asked for again within so many windows for answers: it is on its way."""

REMEMBERED = 4_096
"""Names remembered of what was told, or asked for."""


class Mail(Protocol):
    """An index of carried mail by frame ids of 8 bytes; the odometer is in seconds."""

    @property
    def count(self) -> int:
        """How many items are carried."""
        ...

    def digest(self, odometer_s: int) -> bytes:
        """8 bytes that are equal where the same items are held, those younger than a minute aside."""
        ...

    def newest(self, most: int, odometer_s: int) -> list[tuple[bytes, int]]:
        """Ids and ages of the newest items that are in the digest, at most so many."""
        ...

    def wanted(self, ident: bytes) -> bool:
        """Whether what is offered under the first 4 bytes of an id is neither held nor refused."""
        ...

    def find(self, ident: bytes) -> list[bytes]:
        """The ids of items that begin with these 4 bytes."""
        ...


class NoMail:
    """Somebody who carries none."""

    count = 0

    def digest(self, odometer_s: int) -> bytes:  # noqa: ARG002
        """Of nothing."""
        return bytes(8)

    def newest(self, most: int, odometer_s: int) -> list[tuple[bytes, int]]:  # noqa: ARG002
        """Nothing."""
        return []

    def wanted(self, ident: bytes) -> bool:  # noqa: ARG002
        """Never."""
        return False

    def find(self, ident: bytes) -> list[bytes]:  # noqa: ARG002
        """Nothing."""
        return []


class Mailing:
    """What to offer next, what to ask for, what is asked of us.

    Everybody near hears every word, so what one has told or asked for nobody else says again: from one
    difference between beacons to the next.
    """

    def __init__(self, mail: Mail) -> None:
        self.mail = mail
        self.wait_ms = 0
        """The window for answers: longer where the air is slow."""
        self._asks: dict[bytes, None] = {}
        self._asked: OrderedDict[bytes, int] = OrderedDict()
        self._told: OrderedDict[bytes, None] = OrderedDict()
        self._said = b""

    @property
    def asks(self) -> bool:
        """Whether there is something to ask for."""
        return bool(self._asks)

    def begin(self, odometer_s: int) -> None:
        """Somebody holds other mail: what was told is told again, once all was or any is new."""
        digest = self.mail.digest(odometer_s)
        if digest != self._said or not self._untold(odometer_s):
            self._told.clear()
        self._said = digest

    def offer(self, odometer_s: int, turn: int) -> Offer | None:
        """The next 45 items that nobody has told, the newest first."""
        items = self._untold(odometer_s)[:ITEMS_MAX]
        self._tell(name for name, _ in items)
        return offer([(name, age.pack(old)) for name, old in items], MAIL | HELD, turn) if items else None

    def offered(self, heard: Offer, odometer_s: int, now: int) -> bool:
        """Somebody holds these: ask for what we lack. Whether he seems to lack what we hold."""
        theirs = dict(heard.pairs())
        self._tell(theirs)
        if heard.promises:
            for name in theirs:
                self._note(name, now)
            return False
        for name in theirs:
            if self.mail.wanted(name) and not self._is_asked(name, now):
                self._asks[name] = None
        oldest = max(theirs.values())
        return any(age.pack(old) <= oldest for _, old in self._untold(odometer_s))

    def ask(self, turn: int, now: int) -> Offer | None:
        """Ask for what is lacked still, and was not asked for by others."""
        lacked = (name for name in self._asks if self.mail.wanted(name) and not self._is_asked(name, now))
        names = list(lacked)[:ITEMS_MAX]
        self._asks.clear()
        for name in names:
            self._note(name, now)
        return offer([(name, 0) for name in names], MAIL | ASK, turn) if names else None

    def asked(self, heard: Offer, now: int) -> list[Wanted]:
        """Somebody asks for these: what of it we hold. What is asked for by him is not asked for by us."""
        found = []
        for name, _ in heard.pairs():
            self._asks.pop(name, None)
            self._note(name, now)
            found += [Wanted(mail=held) for held in self.mail.find(name)]
        return found

    def _untold(self, odometer_s: int) -> list[tuple[bytes, int]]:
        held = self.mail.newest(self.mail.count, odometer_s)
        return [(name, old) for name, old in held if name[:ITEM_ID] not in self._told]

    def _tell(self, names: Iterable[bytes]) -> None:
        for name in names:
            self._told[name[:ITEM_ID]] = None
        while len(self._told) > REMEMBERED:
            self._told.popitem(last=False)

    def _is_asked(self, name: bytes, now: int) -> bool:
        return now - self._asked.get(name, now - ASKED_WAITS * self.wait_ms) < ASKED_WAITS * self.wait_ms

    def _note(self, name: bytes, now: int) -> None:
        self._asked.pop(name[:ITEM_ID], None)
        self._asked[name[:ITEM_ID]] = now
        while len(self._asked) > REMEMBERED:
            self._asked.popitem(last=False)
