"""Own messages in private and in rooms get another text, as long as nothing of them has left.

Two texts under one number would be two messages to whoever has seen both, and nobody could say which holds.
So what may have left keeps its text: a sealing was made of it, the radio was given it, others carry it, or a
node that did not end in good order may have done so. Nothing is sealed while the change is being saved: the
old text and the new one are never both on their way.
"""

from handheld.errors import Refused
from handheld.node.effects import Effect, KeepLetter, KeepRoomPost, Rewrite
from handheld.node.mail import Mail
from handheld.node.outbound import Outbound
from handheld.node.rooms import Rooms, Unaired
from handheld.node.texts import checked
from handheld.wire.constants import LetterKind, RoomType
from handheld.wire.records import LETTER_TEXT_MAX
from handheld.wire.rooms import ROOM_TEXT_MAX

GONE_OUT = "It has gone out already, or may have. Write another message to correct it."


class Rewriting:
    """The organ for changes; each begins with `letter` or `post` and ends with `saved` or `given_up`."""

    def __init__(self, mail: Mail, rooms: Rooms, outbound: Outbound, key: bytes) -> None:
        self._mail = mail
        self._rooms = rooms
        self._outbound = outbound
        self._key = key
        self._before: dict[int, Unaired] = {}

    def letter(self, message: int, text: str, at: int | None) -> list[Effect]:
        """Another text for a private message, under its number: no sealing was made of the old one.

        The first sealing draws its own ephemeral key, or takes the next step of a chain, as each does.
        Refused, with nothing changed, when something of it may have left.
        """
        entry = self._mail.outbox.get(message)
        if entry is None or entry.left or entry.held or entry.kind != LetterKind.TEXT:
            raise Refused(GONE_OUT)
        body = checked(text, LETTER_TEXT_MAX, "A private message")
        entry.held = True
        letter = KeepLetter(
            entry.reader, self._key, entry.seq, entry.lamport, body, True, at, powered=entry.powered
        )
        return [Rewrite(message, letter, entry.state.value)]

    def post(self, message: int, text: str) -> list[Effect]:
        """Another text for a post in a room, under a new number: the old one was sealed when it was written.

        Readers miss nothing at the number that is left free, for numbers in rooms are not counted. Refused,
        with nothing changed, when something of it may have left.
        """
        one = self._rooms.unaired.get(message)
        if one is None or one.left or message in self._before or one.keep.kind != RoomType.NOTE:
            raise Refused(GONE_OUT)
        carrying = self._mail.carrying
        if not self._outbound.untouched(message) or message in carrying.given:
            raise Refused(GONE_OUT)
        post = self._rooms.renumbered(one.keep, checked(text, ROOM_TEXT_MAX, "A post in a room"))
        self._outbound.release(message)
        self._before[message] = one
        return [*carrying.withdraw(message), Rewrite(message, post, "queued")]

    def saved(self, done: Rewrite, now: int) -> list[Effect]:
        """The new text is durable: it goes out."""
        if isinstance(done.keep, KeepRoomPost):
            self._before.pop(done.message, None)
            return self._rooms.kept(done.keep, done.message, now)
        self._go_on(done.message, now, done.keep.text)
        return []

    def given_up(self, message: int, now: int) -> list[Effect]:
        """The new text could not be saved: the old one goes out. Nothing if it was saved."""
        if (one := self._before.pop(message, None)) is not None:
            return self._rooms.kept(one.keep, message, now)
        self._go_on(message, now)
        return []

    def _go_on(self, message: int, now: int, text: bytes | None = None) -> None:
        entry = self._mail.outbox.get(message)
        if entry is not None and entry.held:
            entry.text = entry.text if text is None else text
            entry.held, entry.at = False, now
