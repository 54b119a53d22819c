"""Who answers what is asked about sticks and settings: loaded when somebody asks, which is hardly ever."""

from collections.abc import Awaitable, Callable
from typing import Any

from handheld.commands import ChangeSetting, Command, Records, Settings, TakeRecords
from handheld.daemon.end import End
from handheld.daemon.executor import Executor
from handheld.daemon.parts import Parts


def answers(
    parts: Parts, executor: Executor, finish: Callable[[End], None]
) -> dict[type[Command], Callable[[Any], Awaitable[object]]]:
    """Who answers which command; `finish` ends this phase of the node."""

    async def stick(command: Records | TakeRecords) -> object:
        from handheld.daemon.stick import StickDesk  # noqa: PLC0415

        return await StickDesk(parts.node, parts.clock, executor, parts.database).answer(command)

    async def settings(command: Settings | ChangeSetting) -> object:
        from handheld.daemon.settings import SettingsDesk  # noqa: PLC0415

        # With a passphrase the keys would have to be asked for again: there it waits for the next start.
        again = (lambda: finish(End.AGAIN)) if parts.lock_ms is None else None
        return await SettingsDesk(parts.folder, again).answer(command)

    return {Records: stick, TakeRecords: stick, Settings: settings, ChangeSetting: settings}
