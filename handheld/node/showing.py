"""A saved message as it is shown: text and names are cleaned here, bytes stay exact below."""

from collections.abc import Callable, Iterable

from handheld.events import RECEIVED, Message
from handheld.node.effects import KeepLetter, KeepPost, KeepRoomPost
from handheld.node.entry import State
from handheld.node.mail import Mail
from handheld.node.odometer import Odometer
from handheld.node.people import People
from handheld.node.posted import Said, said
from handheld.node.rooms import JOINED_TEXT, KINDS, Rooms
from handheld.wire.constants import POST_LIFE_S, LetterKind, RoomType

OLD_KEY = "Written under an older key of the room: who has left it since may read this too."


class Showing:
    """Says who somebody is, what a letter of its kind says, and what there is to note.

    `gaps`: the first and last numbers of what is missing of somebody's posts.
    """

    def __init__(
        self,
        people: People,
        mail: Mail,
        rooms: Rooms,
        odometer: Odometer,
        gaps: Callable[[bytes], Iterable[tuple[int, int]]],
    ) -> None:
        self._people = people
        self._gaps = gaps
        self._mail = mail
        self._rooms = rooms
        self._odometer = odometer

    def message(
        self, row: KeepPost | KeepLetter | KeepRoomPost, message: int, state: str, now: int
    ) -> Message:
        """This row, saved under the id `message`, in this state."""
        author = self._people.person(row.author, now)
        post = row if isinstance(row, KeepPost) else None
        peer = self._people.person(row.peer, now) if isinstance(row, KeepLetter) else None
        written = self._said(row)
        return Message(
            id=message,
            board=post.board if post else "",
            author=author.key,
            name=author.name,
            mark=author.mark,
            text=written.text,
            seq=row.seq,
            lamport=row.lamport,
            own=row.own,
            hops=post.hops if post else None,
            rssi=post.rssi if post else None,
            at=row.at,
            state=state if row.own else RECEIVED,
            peer=peer.key if peer else "",
            peer_name=peer.name if peer else "",
            note=written.note or self._note(row, state),
            kind=written.kind,
            room=self._rooms.name_of(row.room) if isinstance(row, KeepRoomPost) else "",
            named=author.named,
            beside=author.beside,
            peer_named=bool(peer and peer.named),
            carriers=self._mail.outbox.carriers(message),
            muted=author.muted,
            missing=self._missing(post) if post else [],
            left_s=None if post is None else self._left(post, now),
            place=written.place,
        )

    def _missing(self, post: KeepPost) -> list[int]:
        """What is not here of the posts right before this one, by the first and the last number."""
        return next((list(gap) for gap in self._gaps(post.author) if gap[1] == post.seq - 1), [])

    def _left(self, post: KeepPost, now: int) -> int:
        life = POST_LIFE_S if post.expires is None else post.expires
        return max(0, life - post.age - (self._odometer.read(now) - post.powered))

    def _said(self, row: KeepPost | KeepLetter | KeepRoomPost) -> Said:
        """The word of its kind, and its text as it is shown."""
        if isinstance(row, KeepPost):
            return said(row)
        if isinstance(row, KeepRoomPost) and row.kind == RoomType.JOINED:
            return Said(KINDS[RoomType.JOINED], JOINED_TEXT)
        in_room = LetterKind.FILE_KEY if row.kind == RoomType.FILE else LetterKind.TEXT
        kind = self._mail.kind(row.kind if isinstance(row, KeepLetter) else in_room)
        return Said(kind.word, kind.show(row.text, row.own))

    def _note(self, row: KeepPost | KeepLetter | KeepRoomPost, state: str) -> str:
        if isinstance(row, KeepRoomPost):
            return OLD_KEY if row.old else ""
        if not isinstance(row, KeepLetter) or not row.own:
            return ""
        if state in (State.QUEUED.value, State.WAITING.value) and self._people.prekey(row.peer) is None:
            return "No profile of this person was heard yet: the message waits until it is, and goes then."
        if others := self._people.namesakes(row.peer):
            return (
                f"Somebody else calls himself the same: key {others[0].hex()[:8]}. This goes to "
                f"{row.peer.hex()[:8]}."
            )
        return ""
