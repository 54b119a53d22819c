"""Mail in transit: who holds which, told by the beginnings of ids, newest first, one frame a round."""

from collections.abc import Callable
from typing import Protocol

from handheld.sync.serving import Wanted
from handheld.wire import age
from handheld.wire.sync import ASK, ITEM_ID, ITEMS_MAX, MAIL, PART, Offer, offer


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


MAIL_TALK = ("offer", "tell", "ask")

MAIL_LOAD = 10
"""Percent of slow air that may be taken when mail in transit is spoken of: what is live goes first."""

PUBLIC_LOAD = 30
"""The same for what is public. Where a hundred write more than their air takes, what each of them lacks would
fill the rest of it, and less and less would arrive at once."""

GATHER_MS = 60_000
"""On fast air mail that others seem to lack is offered after so long. Whoever comes nearer is heard by one at
first and by all some fifty metres later: what is handed out then serves them all."""

OLDEST = len(age.LEVELS) - 1

ASKS_MAX = 512
"""Items that are to be asked for; what is offered beyond is offered again."""


class Mailing:
    """What to offer next, what to tell somebody of, what to ask for, what is asked of us."""

    def __init__(self, mail: Mail) -> None:
        self.mail = mail
        self._asks: dict[bytes, None] = {}
        self._untold: set[bytes] = set()
        self._first = 0
        self._said: bytes = b""

    @property
    def asks(self) -> bool:
        """Whether there is something to ask for."""
        return bool(self._asks)

    @property
    def tells(self) -> bool:
        """Whether we hold what somebody seems to lack, and nobody has told him of."""
        return bool(self._untold)

    def say(self, name: str, odometer_s: int, turn: int, awaits: Callable[[bytes], bool]) -> Offer | None:
        """An "offer", what there is to "tell", or to "ask" for; nothing under any other name.

        `awaits` tells what somebody else is about to hand out.
        """
        if name == "ask":
            return self._ask(turn, awaits)
        sayings = {"offer": self._offer, "tell": self._tell}
        return sayings[name](odometer_s, turn) if name in sayings else None

    def _offer(self, odometer_s: int, turn: int) -> Offer | None:
        """The next 45 items, the newest first; from the newest on again once all were told or any is new."""
        held = self.mail.newest(self.mail.count, odometer_s)
        digest = self.mail.digest(odometer_s)
        if digest != self._said or self._first >= len(held):
            self._first = 0
        self._said = digest
        items = held[self._first : self._first + ITEMS_MAX]
        flags = MAIL | PART if self._first else MAIL
        self._first += ITEMS_MAX
        return offer([(name, age.pack(old)) for name, old in items], flags, turn) if items else None

    def _tell(self, odometer_s: int, turn: int) -> Offer | None:
        """Of what we hold, that of which somebody seems to know nothing."""
        held = self.mail.newest(self.mail.count, odometer_s) if self._untold else []
        items = [(name, age.pack(old)) for name, old in held if name[:ITEM_ID] in self._untold][:ITEMS_MAX]
        self._untold.clear()
        return offer(items, MAIL | PART, turn) if items else None

    def offered(self, heard: Offer, odometer_s: int) -> None:
        """Somebody holds these: ask for what we lack, tell him what he seems to lack."""
        theirs = dict(heard.pairs())
        self._untold.difference_update(theirs)
        for name in theirs:
            if len(self._asks) < ASKS_MAX and self.mail.wanted(name):
                self._asks[name] = None
        if not heard.whole:
            return
        # Who names fewer than there is room for has named all.
        oldest = max(theirs.values()) if len(theirs) == ITEMS_MAX else OLDEST
        ours = self.mail.newest(ITEMS_MAX, odometer_s)
        self._untold.update(name[:ITEM_ID] for name, old in ours if age.pack(old) <= oldest)
        self._untold.difference_update(theirs)

    def _ask(self, turn: int, awaits: Callable[[bytes], bool]) -> Offer | None:
        """Ask for what is lacked still; later for what somebody is handing out."""
        lacked = [name for name in self._asks if self.mail.wanted(name)]
        names = [name for name in lacked if not awaits(name)][:ITEMS_MAX]
        self._asks = dict.fromkeys(name for name in lacked if awaits(name))
        return offer([(name, 0) for name in names], MAIL | ASK, turn) if names else None

    def asked(self, heard: Offer) -> list[Wanted]:
        """Somebody asks for these: what of it we hold. What is asked for by him is not asked for by us."""
        found = []
        for name, _ in heard.pairs():
            self._asks.pop(name, None)
            found += [Wanted(mail=held) for held in self.mail.find(name)]
        return found
