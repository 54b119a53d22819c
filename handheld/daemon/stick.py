"""What goes onto a stick and comes from one: records, out by the page and in by the handful."""

import asyncio
from collections import Counter
from typing import get_args

from handheld.clock import Clock
from handheld.commands import RECORDS_AT_ONCE, Records, TakeRecords
from handheld.daemon.executor import Executor
from handheld.daemon.system import SystemEntropy
from handheld.errors import Refused
from handheld.events import RecordPage, RecordsTaken
from handheld.node.effects import Dropped, Effect, Keep, KeepLetter, KeepPost, KeepRoomPost
from handheld.node.node import Node
from handheld.node.trials import PER_SECOND
from handheld.store import meta, records
from handheld.store.database import Database
from handheld.wire import age
from handheld.wire.constants import AirKind

_MESSAGES = (KeepPost, KeepLetter, KeepRoomPost)
_KEEPS = get_args(Keep)

HELD = frozenset({"own", "epoch", "answered"})
"""Reasons to drop a record that say that it, or a newer one, is held already."""

_SEALED = (AirKind.PRIVATE, AirKind.ROOM)
_DEVICES = 1 << 31


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
        """One page of what may be carried."""
        try:
            found = await self._database.read(lambda connection: records.page(connection, command.after))
        except ValueError:
            raise Refused('"after" has to be what the page before said.') from None
        powered = self._node.records.powered(self._clock.now())
        packed = [
            _packed(raw, seconds if then is None else seconds + max(0, powered - then))
            for raw, seconds, then in found.rows
        ]
        own = [] if command.after else [_packed(self._node.records.own_profile(), 0)]
        return RecordPage(await self._device(), own + packed, found.after)

    async def take(self, command: TakeRecords) -> RecordsTaken:
        """What somebody else carried here."""
        if len(command.records) > RECORDS_AT_ONCE:
            raise Refused(f"At most {RECORDS_AT_ONCE} records at once.")
        brought = [_unpacked(text) for text in command.records]
        now, at = self._clock.now(), self._clock.wall()
        effects = [self._node.records.brought(raw, seconds, now, at) for seconds, raw in brought]
        told = await self._executor.carry_out([effect for of_one in effects for effect in of_one])
        # What is sealed is tried at a certain pace: nothing of a full stick shall be lost to that.
        sealed = sum(raw[0] >> 2 & 15 in _SEALED for _, raw in brought)
        await asyncio.sleep(sealed / PER_SECOND)
        return _summary(effects, len(told))

    async def _device(self) -> str:
        number = await self._database.read(lambda connection: meta.get(connection, meta.STICK))
        if not number:
            drawn = 1 + self._entropy.below(_DEVICES - 1)
            await self._database.write(
                lambda connection: meta.raise_to(connection, meta.STICK, drawn), urgent=True
            )
            number = drawn
        return f"{number:08x}"


def _summary(effects: list[list[Effect]], told: int) -> RecordsTaken:
    """`told`: how many of the messages among them were new."""
    refused: Counter[str] = Counter()
    messages = others = 0
    for of_one in effects:
        kept = [effect for effect in of_one if isinstance(effect, _KEEPS)]
        dropped = [effect.reason for effect in of_one if isinstance(effect, Dropped)]
        messages += sum(isinstance(effect, _MESSAGES) for effect in kept)
        others += any(not isinstance(effect, _MESSAGES) for effect in kept) and not dropped
        if dropped and not kept and dropped[0] not in HELD:
            refused[dropped[0]] += 1
    new = min(len(effects), told + others)
    return RecordsTaken(new, max(0, len(effects) - new - refused.total()), dict(refused))


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
