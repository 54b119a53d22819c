"""The node: commands and frames in, effects out. It holds no clock, chance, file or socket of its own."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from handheld.clock import Entropy
from handheld.commands import Post
from handheld.crypto.identity import Identity
from handheld.crypto.signing import sign_post, sign_profile
from handheld.errors import Refused, WireError
from handheld.events import Message, Person
from handheld.node.boards import Boards, board_name
from handheld.node.effects import Dropped, Effect, KeepBoard, KeepPost
from handheld.node.inbound import Inbound
from handheld.node.outbound import Outbound, Outgoing
from handheld.node.people import People
from handheld.node.presence import Presence
from handheld.text import clean_message, clean_name
from handheld.wire.air import first_byte, flood
from handheld.wire.codec import decode, encode
from handheld.wire.constants import NICKNAME_MAX, POST_TEXT_MAX, PUBLIC_START_TTL, AirKind
from handheld.wire.records import Profile

LAMPORT_MAX = (1 << 32) - 1
"""Where the clock stops: more does not fit the wire, and order by arrival remains."""


@dataclass(frozen=True)
class Saved:
    """What the store held at start: exact profiles (byte 0 and body), boards, own counters.

    `unaired`: own posts that were saved and never sent, as (message id, byte 0 and body).
    """

    profiles: Iterable[bytes] = ()
    boards: Iterable[str] = ()
    seq: int = 0
    lamport: int = 0
    unaired: Iterable[tuple[int, bytes]] = ()


def cut(text: str, limit: int) -> bytes:
    """UTF-8 of at most `limit` bytes, never ending inside a character."""
    return text.encode()[:limit].decode("utf-8", "ignore").encode()


class Node:
    """Verbs: `receive`, `send`, `tick`, `next_deadline`, and what the radio says. All return effects."""

    def __init__(self, identity: Identity, nickname: str, entropy: Entropy, saved: Saved) -> None:
        self._identity = identity
        self._nickname = cut(clean_name(nickname), NICKNAME_MAX)
        self.dropped: Counter[str] = Counter()
        self._people = People(identity.key, self._readable(saved.profiles))
        self._people.learn(sign_profile(identity, 0, self._nickname))
        self._boards = Boards(saved.boards)
        self._presence = Presence(entropy)
        self._inbound = Inbound(identity.key, self._people, self._boards, self._presence)
        self._inbound.lamport = saved.lamport
        self._outbound = Outbound()
        self._seq = saved.seq
        for message, raw in saved.unaired:
            self._outbound.put(Outgoing(_public(raw), message), 0)

    @property
    def key(self) -> bytes:
        """Our own public key."""
        return self._identity.key

    @property
    def queued(self) -> int:
        """Own messages that wait for the radio."""
        return len(self._outbound)

    def _readable(self, profiles: Iterable[bytes]) -> Iterator[Profile]:
        for raw in profiles:
            try:
                yield decode(Profile, raw[1:])
            except WireError:
                self.dropped["saved profile"] += 1

    def receive(self, data: bytes, rssi: int, now: int, at: int) -> list[Effect]:
        """A frame that the radio heard at `rssi` dBm; `at` is the wall-time label. Never raises on it."""
        effects = self._inbound.receive(data, rssi, now, at)
        self.dropped.update(effect.reason for effect in effects if isinstance(effect, Dropped))
        self._presence.crowd(self._people.neighbours(now))
        return effects

    def send(self, command: Post, at: int) -> list[Effect]:
        """Write a post. Refused, with nothing changed, when it is empty, too long, or cannot be queued."""
        board = board_name(command.board)
        try:
            text = command.text.strip().encode()
        except UnicodeEncodeError:
            raise Refused("The text holds half a character; write it again.") from None
        if not text or not clean_message(text):
            raise Refused("There is nothing to post. Write some text after the board's name.")
        if len(text) > POST_TEXT_MAX:
            over = len(text) - POST_TEXT_MAX
            raise Refused(f"A post holds {POST_TEXT_MAX} bytes; this one is {over} too long. Cut it in two.")
        if b"\0" in text:
            raise Refused("A post cannot hold a NUL character.")
        self._outbound.room()
        effects = self.follow(board)
        self._seq += 1
        self._inbound.lamport = min(self._inbound.lamport + 1, LAMPORT_MAX)
        lamport = self._inbound.lamport
        post = sign_post(self._identity, board, self._seq, lamport, text)
        raw = bytes([first_byte(AirKind.POST)]) + encode(post)
        keep = KeepPost(self.key, self._seq, lamport, board, text, raw, True, None, None, at)
        return [*effects, keep]

    def follow(self, name: str) -> list[Effect]:
        """Follow a board from now on, and look again at the posts that waited for its name."""
        if not self._boards.follow(name):
            return []
        return [KeepBoard(name), *self._inbound.board_followed()]

    def kept(self, message: int, raw: bytes, now: int) -> list[Effect]:
        """An own post is durable under this id: now it may go on the air."""
        return self._outbound.put(Outgoing(_public(raw), message), now)

    def radio_up(self, airtime_us: int, now: int) -> list[Effect]:
        """A radio answered whose longest frame takes `airtime_us` on its air."""
        self._presence.radio_up(airtime_us, now)
        return self._outbound.radio_up(now)

    def radio_down(self) -> None:
        """The radio went: what was given to it waits again."""
        self._presence.radio_down()
        self._outbound.radio_down()

    def sent(self, token: int, result: int, now: int) -> list[Effect]:
        """The radio says what became of a frame."""
        return self._outbound.sent(token, result, now)

    def next_deadline(self) -> int | None:
        """When `tick` is wanted."""
        times = (self._presence.next_deadline(), self._outbound.next_deadline())
        return min((time for time in times if time is not None), default=None)

    def tick(self, now: int) -> list[Effect]:
        """Time has come: announce ourselves if it is due, give the radio what waits."""
        flags = self._presence.due(now)
        if flags is None:
            return self._outbound.pump(now)
        profile = sign_profile(self._identity, flags, self._nickname)
        raw = bytes([first_byte(AirKind.PROFILE)]) + encode(profile)
        return self._outbound.put(Outgoing(_public(raw)), now)

    def everybody(self, now: int) -> list[Person]:
        """All people whose profile we hold, neighbours first."""
        return self._people.everybody(now)

    def neighbours(self, now: int) -> int:
        """How many neighbours there are."""
        return self._people.neighbours(now)

    def message(self, row: KeepPost, message: int, now: int) -> Message:
        """A saved post as it is shown: text and names are cleaned here, bytes stay exact below."""
        author = self._people.person(row.author, now)
        return Message(
            id=message,
            board=row.board,
            author=author.key,
            name=author.name,
            mark=author.mark,
            text=clean_message(row.text),
            seq=row.seq,
            lamport=row.lamport,
            own=row.own,
            hops=row.hops,
            rssi=row.rssi,
            at=row.at,
        )


def _public(raw: bytes) -> bytes:
    """The flooding frame of a public record saved as byte 0 and body."""
    return flood(AirKind(raw[0] >> 2 & 15), PUBLIC_START_TTL, raw[1:], raw[0] & 3)
