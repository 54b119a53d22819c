"""What is asked about rooms: the node decides, and the answer goes out once it is on the disk."""

from collections.abc import Awaitable, Callable
from typing import Any

from handheld.clock import Clock
from handheld.commands import Command, Invite, JoinRoom, LeaveRoom, NewRoom, Remove, Rooms, ShowRoomCard
from handheld.daemon.executor import Executor
from handheld.events import Room, RoomCard
from handheld.node import room
from handheld.node.effects import Effect
from handheld.node.node import Node


class RoomDesk:
    """One method for each command; Refused says why not."""

    def __init__(self, node: Node, clock: Clock, executor: Executor) -> None:
        self._rooms = node.rooms
        self._clock = clock
        self._executor = executor

    def answers(self) -> dict[type[Command], Callable[[Any], Awaitable[object]]]:
        """Who answers which command."""
        return {
            Rooms: self.everything,
            NewRoom: self.make,
            JoinRoom: self.join,
            Invite: self.invite,
            Remove: self.remove,
            LeaveRoom: self.leave,
            ShowRoomCard: self.card,
        }

    async def everything(self, _command: Rooms) -> list[Room]:
        """All rooms and invitations."""
        return self._rooms.everything(self._clock.now())

    async def make(self, command: NewRoom) -> RoomCard:
        """A new room."""
        return await self._carded(*self._rooms.make(command))

    async def join(self, command: JoinRoom) -> RoomCard:
        """Into a room."""
        return await self._carded(*self._rooms.join(command, self._clock.wall()))

    async def invite(self, command: Invite) -> Room:
        """One more member."""
        return await self._shown(*self._rooms.invite(command, self._clock.wall()))

    async def remove(self, command: Remove) -> Room:
        """One member less."""
        return await self._shown(*self._rooms.remove(command, self._clock.wall()))

    async def leave(self, command: LeaveRoom) -> None:
        """Out of a room."""
        await self._executor.carry_out(self._rooms.leave(command, self._clock.wall()))

    async def card(self, command: ShowRoomCard) -> RoomCard:
        """What lets somebody in."""
        return self._rooms.card(self._rooms.find(command.room))

    async def _carded(self, made: room.Room, effects: list[Effect]) -> RoomCard:
        await self._executor.carry_out(effects)
        return self._rooms.card(made)

    async def _shown(self, changed: room.Room, effects: list[Effect]) -> Room:
        await self._executor.carry_out(effects)
        return self._rooms.shown(changed, self._clock.now())
