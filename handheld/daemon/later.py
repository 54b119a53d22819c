"""Desks that are built when first asked: most nodes never are, and every import makes the start longer."""

from collections.abc import Awaitable, Callable
from typing import Any

from handheld.commands import Command

Answers = dict[type[Command], Callable[[Any], Awaitable[object]]]


class Later:
    """Answers commands with what `build` gives, from the first one on."""

    def __init__(self, build: Callable[[], Answers]) -> None:
        self._build = build
        self._answers: Answers = {}

    async def __call__(self, command: Command) -> object:
        """The answer to it."""
        if not self._answers:
            self._answers = self._build()
        return await self._answers[type(command)](command)
