"""Public posts: own ones get numbers, structs and signatures, others' are judged before they are kept."""

from collections.abc import Iterable

from handheld.commands import Post
from handheld.crypto.signing import sign_post
from handheld.errors import Refused, WireError
from handheld.node.effects import KeepPost
from handheld.node.lamport import Lamport
from handheld.node.longtexts import TEXT_MAX, split
from handheld.node.odometer import Odometer
from handheld.node.outbound import Outbound
from handheld.node.posted import CHOSEN
from handheld.node.prekeys import Prekeys
from handheld.node.texts import checked
from handheld.wire.age import pack, unpack
from handheld.wire.air import first_byte
from handheld.wire.codec import encode
from handheld.wire.constants import (
    ALERT_TEXT_MAX,
    POST_LIFE_S,
    POST_TEXT_MAX,
    AirFlag,
    AirKind,
    AlertStep,
    PostType,
)
from handheld.wire.notices import (
    EXPIRY_MAX,
    LATITUDE_MAX,
    LONGITUDE_MAX,
    NOBODY,
    NOWHERE,
    Alert,
    Deleted,
    More,
    Notice,
    fields_of,
)
from handheld.wire.records import Post as PostFrame
from handheld.wire.sync import Leap

DISTRESS = "here"
"""The board of every alert: all know it, and read alerts there."""

HOURS_MAX = POST_LIFE_S // 3600
ALERT_HOURS = 24

SCALE = 10_000_000
DEGREES = frozenset("+-.0123456789")
DEGREES_MAX = 16
"""Characters of a number of degrees."""

Place = tuple[int, int]


def place_of(text: str) -> Place:
    """ "48.2082, 16.3738" in ten-millionths of a degree; "" is nowhere. Refused unless it is on Earth."""
    if not text.strip():
        return NOWHERE, NOWHERE
    try:
        latitude, longitude = map(_degrees, text.replace(",", " ").replace(";", " ").split())
    except ValueError:
        latitude, longitude = NOWHERE, NOWHERE
    if abs(latitude) <= LATITUDE_MAX and abs(longitude) <= LONGITUDE_MAX:
        return latitude, longitude
    raise Refused('A place is latitude and longitude in degrees, such as "48.2082,16.3738" or "-33.9,18.4".')


def _degrees(text: str) -> int:
    if not DEGREES.issuperset(text) or len(text) > DEGREES_MAX:
        raise ValueError(text)
    return round(float(text) * SCALE)


def lifetime(hours: int) -> int:
    """The level nearest to the age of so many hours; 0: as late as any post. Refused beyond 7 days."""
    if not 0 <= hours <= HOURS_MAX:
        raise Refused(f"A post lives from 1 hour to {HOURS_MAX // 24} days.")
    if not hours:
        return EXPIRY_MAX
    level, seconds = pack(hours * 3600), hours * 3600
    above = min(level + 1, EXPIRY_MAX)
    return above if unpack(above) - seconds < seconds - unpack(level) else level


class Postings:
    """Whatever is signed on a board. `seq`: the highest number ever given to an own post."""

    def __init__(
        self, prekeys: Prekeys, lamport: Lamport, odometer: Odometer, outbound: Outbound, seq: int
    ) -> None:
        self._prekeys = prekeys
        self._outbound = outbound
        self._lamport = lamport
        self._odometer = odometer
        self.seq = seq

    def write(self, board: str, command: Post, at: int) -> list[KeepPost]:
        """A post, and what follows it if it is long. Refused, with nothing changed, when it cannot be."""
        kind = CHOSEN.get(command.kind)
        if kind is None:
            raise Refused(f"A post is one of {', '.join(CHOSEN)}. Alerts: pocketmesh alert TEXT")
        text = checked(command.text, TEXT_MAX, "A post")
        if kind == PostType.NOTE:
            if command.hours:
                raise Refused("A note lives for 7 days. Choose --kind need, offer or event with --for.")
            return self._several(board, kind, text, EXPIRY_MAX, at)
        return self._several(board, kind, text, lifetime(command.hours), at)

    def call(self, text: str, place: Place, hours: int, at: int) -> list[KeepPost]:
        """A call for help, and what follows it if it is long."""
        packed, expiry = checked(text, TEXT_MAX, "An alert"), lifetime(hours or ALERT_HOURS)
        first, *others = split(packed, ALERT_TEXT_MAX)
        body = encode(Alert(AlertStep.HELP, expiry, *place, NOBODY, 0, first))
        return self._signed(DISTRESS, PostType.ALERT, body, others, expiry, at)

    def answer(self, about: KeepPost, step: AlertStep, text: str, at: int) -> KeepPost:
        """That this alert was seen, or that the own one is over."""
        packed = checked(text, ALERT_TEXT_MAX, "An answer") if text.strip() else b""
        expiry = lifetime(ALERT_HOURS)
        body = encode(Alert(step, expiry, NOWHERE, NOWHERE, about.author[:8], about.seq, packed))
        return self._signed(DISTRESS, PostType.ALERT, body, [], expiry, at)[0]

    def delete(self, post: KeepPost, following: int, at: int) -> KeepPost:
        """The tombstone of an own post, and of the MORE that follow it. Refused for anybody else's."""
        if not post.own:
            raise Refused(
                "Only what you wrote yourself can be deleted. Nobody can take another's words back."
            )
        body = encode(Deleted(post.seq, 1 + following))
        return self._signed(post.board, PostType.DELETED, body, [], EXPIRY_MAX, at)[0]

    def record(self, board: str, kind: PostType, body: bytes, at: int) -> KeepPost:
        """An own post of a kind that this organ knows nothing of; it lives as long as any."""
        return self._keep(board, kind, body, POST_LIFE_S, at)

    def leap(self, number: int, before: int) -> KeepPost:
        """The mark under this number, which was left free, that there is none between it and `before`."""
        last, self.seq = self.seq, number - 1
        mark = self._keep(DISTRESS, PostType.LEAP, encode(Leap(before)), POST_LIFE_S, None)
        self.seq = last
        return mark

    def unsend(self, messages: Iterable[int]) -> None:
        """What of these own messages still waits for the radio need not go."""
        for message in messages:
            self._outbound.release(message)

    def powered(self, now: int) -> int:
        """Seconds that this device has been running in all."""
        return self._odometer.read(now)

    def judge(self, author: bytes, first: int, post: PostFrame, now: int) -> tuple[int, int]:
        """Somebody else's post, signed: the odometer now, and the age at which it goes. As `expires_of`."""
        expires = expires_of(author, first, post)
        self._lamport.see(post.lamport)
        return self._odometer.read(now), expires

    def _several(self, board: str, kind: PostType, text: bytes, expiry: int, at: int) -> list[KeepPost]:
        if kind == PostType.NOTE:
            first, *others = split(text, POST_TEXT_MAX)
        else:
            first, *others = split(text, POST_TEXT_MAX - 1)
            first = encode(Notice(expiry, first))
        return self._signed(board, kind, first, others, expiry, at)

    def _signed(
        self, board: str, kind: PostType, body: bytes, others: list[bytes], expiry: int, at: int
    ) -> list[KeepPost]:
        parts = len(others) + 1
        more = tuple(encode(More(part, parts, expiry, text)) for part, text in enumerate(others, 2))
        life = POST_LIFE_S if kind in (PostType.NOTE, PostType.DELETED) else unpack(expiry)
        head = self._keep(board, kind, body, life, at, more)
        return [head, *(self._keep(board, PostType.MORE, text, unpack(expiry), at) for text in more)]

    def _keep(
        self, board: str, kind: PostType, body: bytes, life: int, at: int | None, more: tuple[bytes, ...] = ()
    ) -> KeepPost:
        identity = self._prekeys.identity
        self.seq += 1
        lamport = self._lamport.tick()
        flags = AirFlag.URGENT if kind == PostType.ALERT else 0
        post = sign_post(identity, board, self.seq, lamport, body, kind, flags)
        raw = bytes([first_byte(AirKind.POST, flags)]) + encode(post)
        return KeepPost(
            author=identity.key,
            seq=self.seq,
            lamport=lamport,
            board=board,
            text=body,
            raw=raw,
            own=True,
            hops=None,
            rssi=None,
            at=at,
            kind=kind,
            powered=self._odometer.seconds,
            expires=life,
            more=more,
        )


def expires_of(author: bytes, first: int, post: PostFrame) -> int:
    """The age in seconds at which somebody else's post goes, whose signature holds under this first byte.

    WireError if it is not what its type says, or says more than its author may.
    """
    fields = fields_of(post.type, post.text)
    if first & AirFlag.URGENT and post.type != PostType.ALERT:
        raise WireError("urgent", f"a post of type {post.type}")
    if isinstance(fields, Deleted):
        if fields.seq + fields.count > post.seq:
            raise WireError("tombstone", f"post {post.seq} takes {fields.count} from {fields.seq} back")
        return POST_LIFE_S
    if isinstance(fields, Alert) and fields.step == AlertStep.OVER and not author.startswith(fields.author):
        raise WireError("tombstone", "somebody else says that an alert is over")
    if isinstance(fields, Leap) and fields.seq >= post.seq:
        raise WireError("leap", f"post {post.seq} leaps from {fields.seq}")
    return POST_LIFE_S if fields is None or isinstance(fields, Leap) else unpack(fields.expiry)
