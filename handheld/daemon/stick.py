"""What goes onto a stick and comes from one: records, out by the page and in by the handful."""

import asyncio
from collections import Counter
from typing import NamedTuple, get_args

from handheld.clock import Clock
from handheld.commands import RECORDS_AT_ONCE, Records, TakeRecords
from handheld.daemon.executor import Executor
from handheld.daemon.system import SystemEntropy
from handheld.errors import Refused
from handheld.events import RecordPage, RecordsTaken
from handheld.node.effects import Dropped, Effect, Keep, KeepLetter, KeepPost, KeepRoomPost
from handheld.node.node import Node
from handheld.store import meta, records
from handheld.store.database import Database
from handheld.wire import age
from handheld.wire.codec import decode
from handheld.wire.constants import AirKind
from handheld.wire.records import Profile

_MESSAGES = (KeepPost, KeepLetter, KeepRoomPost)
_KEEPS = get_args(Keep)

HELD = frozenset({"own", "epoch", "answered"})
"""Reasons to drop a record that say that it, or a newer one, is held already."""

SEALED = "sealed"
NO_ROOM = "no room"
"""Why the store did not keep a post: too old, or all that is held counts for more."""

_NO_PAGE = '"after" has to be what the page before said.'
_DEVICES = 1 << 31


class _Brought(NamedTuple):
    effects: list[Effect]
    before: bool
    carried: bool  # for others, then as before


class StickDesk:
    """One method for each command."""

    def __init__(self, node: Node, clock: Clock, executor: Executor, database: Database) -> None:
        self._node = node
        self._clock = clock
        self._executor = executor
        self._database = database
        self._entropy = SystemEntropy()

    async def answer(self, command: Records | TakeRecords) -> RecordPage | RecordsTaken:
        """One of the two commands."""
        return await (self.take(command) if isinstance(command, TakeRecords) else self.page(command))

    async def page(self, command: Records) -> RecordPage:
        """One page of what may be carried: from the disk first, then what is sealed, which the node holds."""
        part, _, place = command.after.partition(":")
        if part == SEALED:
            return await self._sealed(place)
        try:
            found = await self._database.read(lambda connection: records.page(connection, command.after))
        except ValueError:
            raise Refused(_NO_PAGE) from None
        powered = self._node.records.powered(self._clock.now())
        packed = [
            _packed(raw, seconds if then is None else seconds + max(0, powered - then))
            for raw, seconds, then in found.rows
            if not self._is_blocked(raw)
        ]
        own = [] if command.after else [_packed(self._node.records.own_profile(), 0)]
        return RecordPage(await self._device(), own + packed, found.after or f"{SEALED}:0")

    def _is_blocked(self, raw: bytes) -> bool:
        """Whether this is the profile of somebody blocked: nothing of him is carried."""
        if raw[0] >> 2 & 15 != AirKind.PROFILE:
            return False
        return self._node.following.standing.blocked(decode(Profile, raw[1:]).author)

    async def _sealed(self, place: str) -> RecordPage:
        if not place.isdecimal():
            raise Refused(_NO_PAGE)
        now, at = self._clock.now(), int(place)
        if at == 0:
            await self._executor.carry_out(self._node.records.seal(now))
        held = self._node.records.sealed(now)
        rows = [_packed(raw, seconds) for raw, seconds in held[at : at + records.PAGE]]
        # What comes or goes between two pages is missing, or there twice: it stays for the next time.
        more = at + records.PAGE < len(held)
        return RecordPage(await self._device(), rows, f"{SEALED}:{at + records.PAGE}" if more else "")

    async def take(self, command: TakeRecords) -> RecordsTaken:
        """What somebody else carried here."""
        if len(command.records) > RECORDS_AT_ONCE:
            raise Refused(f"At most {RECORDS_AT_ONCE} records at once.")
        brought = [_unpacked(text) for text in command.records]
        found = []
        for seconds, raw in brought:
            found.append(self._bring(raw, seconds))
            # What is sealed takes up to 10 ms each on a Pi Zero: others have their turn.
            await asyncio.sleep(0)
        effects = [effect for one in found for effect in one.effects]
        posts = {
            (effect.author, effect.seq)
            for effect in effects
            if isinstance(effect, KeepPost) and not self._node.upkeep.holds(effect.author, effect.seq)
        }
        told = await self._executor.carry_out(effects)
        # Posts on boards that nobody follows here are kept for others, and not told.
        letters = sum(not message.board for message in told)
        kept = sum(self._node.upkeep.holds(*which) for which in posts)
        return _summary(found, kept + letters, len(posts) - kept)

    def _bring(self, raw: bytes, seconds: int) -> _Brought:
        carried = self._node.records.carries(raw)
        effects = self._node.records.brought(raw, seconds, self._clock.now(), self._clock.wall())
        return _Brought(effects, carried, self._node.records.carries(raw))

    async def _device(self) -> str:
        number = await self._database.read(lambda connection: meta.get(connection, meta.STICK))
        if not number:
            drawn = 1 + self._entropy.below(_DEVICES - 1)
            await self._database.write(
                lambda connection: meta.raise_to(connection, meta.STICK, drawn), urgent=True
            )
            number = drawn
        return f"{number:08x}"


def _summary(brought: list[_Brought], messages: int, lost: int) -> RecordsTaken:
    """`messages`: how many messages among them were new and were kept; `lost`: how many new ones were not."""
    refused: Counter[str] = Counter({NO_ROOM: lost} if lost else {})
    new = messages
    for one in brought:
        kept = [effect for effect in one.effects if isinstance(effect, _KEEPS)]
        reasons = [effect.reason for effect in one.effects if isinstance(effect, Dropped)]
        if any(isinstance(effect, _MESSAGES) for effect in kept):
            continue
        if one.carried:
            new += not one.before
        elif kept and not reasons:
            new += 1
        elif reasons and not kept and reasons[0] not in HELD:
            refused[reasons[0]] += 1
    new = min(new, len(brought) - refused.total())
    return RecordsTaken(new, len(brought) - new - refused.total(), dict(refused))


def _packed(raw: bytes, seconds: int) -> str:
    return f"{age.pack(seconds):02x}{raw.hex()}"


def _unpacked(text: str) -> tuple[int, bytes]:
    try:
        packed = bytes.fromhex(text)
    except ValueError:
        packed = b""
    if len(packed) < 3:
        raise Refused("A record is hex digits: its age, then at least two bytes.")
    return age.unpack(packed[0]), packed[1:]
