"""Letters that are missing: asked for when their writer is near, and sealed again when somebody asks us.

What is missing is for the store to say, which knows every number: see `messages.missing`. Here is decided
when to look, and how often to ask. Who restores an old backup gets back like this what was written since.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from handheld.errors import WireError
from handheld.node.effects import Dropped, Effect, FindAgain, FindGaps, KeepLetter, KeepRead
from handheld.node.entry import Entry
from handheld.node.letters import Kind
from handheld.node.mail import Mail
from handheld.node.outbox import OUTBOX_MAX
from handheld.node.people import People
from handheld.wire.codec import decode, encode
from handheld.wire.constants import LetterKind
from handheld.wire.letters import Again, ReadReceipt, again

LOOK_MS = 10 * 60 * 1000
"""After a letter, and again while its writer is away. Letters overtake each other for longer than seconds."""

ASK_AGAIN_MS = 24 * 3600 * 1000
ASKED_MAX = 3
"""The same numbers are asked for so often at the most, a day apart; then they are lost."""

WRITERS_MAX = 256

AGAIN_MAX = 32
"""Letters that are sealed again for one request, and one request of each person in LOOK_MS."""


class Gaps:
    """The organ for letters that ask for letters, and for those that tell what was seen."""

    def __init__(self, people: People, mail: Mail) -> None:
        self._people = people
        self._mail = mail
        self._look: OrderedDict[bytes, int] = OrderedDict()
        self._asked: OrderedDict[tuple[bytes, int, int], tuple[int, int]] = OrderedDict()
        self._served: OrderedDict[bytes, int] = OrderedDict()
        mail.kinds[LetterKind.AGAIN] = Kind("again", lambda _body, _own: "Letters are missing.", self._again)
        mail.kinds[LetterKind.READ] = Kind("read", lambda _body, _own: "Letters were seen.", self._read)

    def letter(self, writer: bytes, now: int) -> None:
        """A letter of somebody is on the disk: look in a while whether one before it is missing."""
        self._look.setdefault(writer, now + LOOK_MS)
        if len(self._look) > WRITERS_MAX:
            self._look.popitem(last=False)

    def found(self, writer: bytes, missing: Sequence[tuple[int, int]], now: int, at: int) -> list[Effect]:
        """The store says what is missing of this writer, first and last numbers: ask him for it."""
        asked = [one for one in missing if self._may_ask(writer, one, now)]
        if missing:
            self._look[writer] = now + ASK_AGAIN_MS
        if not asked:
            return []
        for first, last in asked:
            times, _ = self._asked.pop((writer, first, last), (0, 0))
            self._asked[writer, first, last] = (times + 1, now)
        while len(self._asked) > WRITERS_MAX:
            self._asked.popitem(last=False)
        return [self._mail.write(writer, LetterKind.AGAIN, encode(again(asked)), at)]

    def sealed_again(self, letters: Iterable[Entry], now: int) -> list[Effect]:
        """What somebody lacks of our letters, from the store: each is sent like a new one."""
        for entry in letters:
            if len(self._mail.outbox) < OUTBOX_MAX and self._mail.outbox.get(entry.message) is None:
                self._mail.outbox.add(entry, now)
        return self._mail.tick(now)

    def seen(self, writer: bytes, upto: int, at: int) -> KeepLetter:
        """Tell somebody that the owner has seen what he wrote, up to this number."""
        return self._mail.write(writer, LetterKind.READ, encode(ReadReceipt(upto)), at)

    def next_deadline(self) -> int | None:
        """When `tick` has something to do."""
        return min(self._look.values(), default=None)

    def tick(self, now: int) -> list[Effect]:
        """Look for gaps of those who are near."""
        effects: list[Effect] = []
        for writer in [key for key, at in self._look.items() if at <= now]:
            if self._people.near(writer, now):
                del self._look[writer]
                effects.append(FindGaps(writer))
            else:
                self._look[writer] = now + LOOK_MS
        return effects

    def _may_ask(self, writer: bytes, gap: tuple[int, int], now: int) -> bool:
        times, at = self._asked.get((writer, *gap), (0, -ASK_AGAIN_MS))
        return times < ASKED_MAX and now - at >= ASK_AGAIN_MS

    def _again(self, letter: KeepLetter, now: int) -> list[Effect]:
        try:
            wanted = decode(Again, letter.text).pairs()
        except WireError as error:
            return [Dropped(error.reason, "a letter that asks for letters")]
        if now < self._served.get(letter.author, now):
            return [Dropped("asked again", "letters were asked for too often")]
        self._served.pop(letter.author, None)
        self._served[letter.author] = now + LOOK_MS
        if len(self._served) > WRITERS_MAX:
            self._served.popitem(last=False)
        return [FindAgain(letter.author, tuple(wanted), AGAIN_MAX)]

    def _read(self, letter: KeepLetter, _now: int) -> list[Effect]:
        try:
            return [KeepRead(letter.author, decode(ReadReceipt, letter.text).upto)]
        except WireError as error:
            return [Dropped(error.reason, "a letter that tells what was seen")]
