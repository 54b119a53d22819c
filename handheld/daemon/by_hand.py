"""Who answers what is asked about sticks: loaded when somebody asks, which is hardly ever."""

from collections.abc import Awaitable, Callable
from typing import Any

from handheld.clock import Clock
from handheld.commands import Command, Records, TakeRecords
from handheld.daemon.executor import Executor
from handheld.node.node import Node
from handheld.store.database import Database


def answers(
    node: Node, clock: Clock, executor: Executor, database: Database
) -> dict[type[Command], Callable[[Any], Awaitable[object]]]:
    """Who answers which command."""

    async def answer(command: Records | TakeRecords) -> object:
        from handheld.daemon.stick import StickDesk  # noqa: PLC0415

        return await StickDesk(node, clock, executor, database).answer(command)

    return {Records: answer, TakeRecords: answer}
