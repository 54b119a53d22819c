"""Answers to the commands by which somebody becomes known: meetings and cards."""

from collections.abc import Awaitable, Callable
from typing import Any

from handheld.clock import Clock
from handheld.commands import Command, Compare, Meet, ShowCard, ShowMeeting, TakeCard, Unmeet
from handheld.daemon.executor import Executor
from handheld.events import Card, Meeting, Person
from handheld.node.effects import Effect
from handheld.node.node import Node
from handheld.text import cut
from handheld.wire.constants import NICKNAME_MAX

Answers = dict[type[Command], Callable[[Any], Awaitable[object]]]


def answers(node: Node, executor: Executor, clock: Clock) -> Answers:
    """What to do for each of these commands; all rows are on the disk when one is answered."""
    known = node.acquaintance

    async def shown(effects: list[Effect]) -> Meeting:
        await executor.carry_out(effects)
        return known.meeting(clock.now())

    async def meet(command: Meet) -> Meeting:
        return await shown(known.begin(command, clock.now()))

    async def compare(command: Compare) -> Meeting:
        return await shown(known.compare(command, clock.now()))

    async def show_meeting(_command: ShowMeeting) -> Meeting:
        return known.meeting(clock.now())

    async def show_card(_command: ShowCard) -> Card:
        return known.card()

    async def take_card(command: TakeCard) -> Person:
        card, effects = known.take_card(command.card)
        await executor.carry_out(effects)
        return node.person(card.key, clock.now(), cut(card.name, NICKNAME_MAX))

    async def unmeet(command: Unmeet) -> Person:
        key, effects = known.unmeet(command)
        await executor.carry_out(effects)
        return node.person(key, clock.now())

    return {
        Meet: meet,
        Compare: compare,
        ShowMeeting: show_meeting,
        ShowCard: show_card,
        TakeCard: take_card,
        Unmeet: unmeet,
    }
