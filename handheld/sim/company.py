"""The others in a guest's valley: each listens at his own node, greets him and answers what he writes."""

import asyncio
import contextlib
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from handheld.commands import People, Post, Send, Watch
from handheld.errors import Refused
from handheld.events import Message, MessageKept, Person, PersonHeard
from handheld.sim.cast import BOARD, HOUSES, Cast
from handheld.sim.manners import Meeting
from handheld.sim.stage import connected

GREETING_S = {"mill": 1.0}
"""Who greets the guest on the board, so long after he heard him for the first time."""

PRIVATE_GREETING_S = {"school": 4.0}
"""The same for a private message."""

ANSWER_S = {"mill": 1.0, "bridge": 3.0}
"""Who answers a post, so long after it has arrived."""

PRIVATE_ANSWER_S = 1.5
"""The ack of a private message is on the guest's screen by then."""

WAITING_MAX = 2
"""Things to say that one keeps in mind; who writes faster gets fewer answers."""


def company(cast: Cast, folders: Sequence[Path]) -> list[Coroutine[Any, Any, None]]:
    """Everybody's part, for `Stage.play`; empty where there is no guest. Ends by NodeUnreachable only."""
    if cast.guest is None:
        return []
    guest = cast.people[cast.guest]
    others = frozenset(person.name for person in cast.people if person is not guest)
    name = "" if cast.newcomer else guest.name
    neighbours = [
        Neighbour(role, Meeting(person.name, person.place, name, None), folder, others)
        for role, person, folder in zip(HOUSES, cast.people, folders, strict=True)
        if person is not guest
    ]
    return [part for neighbour in neighbours for part in (neighbour.listen(), neighbour.speak())]


class Neighbour:
    """One of them, in the house of `role`. A guest who has no name yet is whoever is none of the `others`."""

    def __init__(
        self, role: str, meeting: Meeting, folder: Path, others: frozenset[str] = frozenset()
    ) -> None:
        self._role = role
        self._others = others
        self._meeting = meeting
        self._folder = folder
        self._guest = ""  # his key, once he was heard
        self._turn = 0
        self._to_say: asyncio.Queue[tuple[float, Post | Send]] = asyncio.Queue(WAITING_MAX)

    async def listen(self) -> None:
        """Hear the guest, and think of something to say."""
        client = await connected(self._folder)
        try:
            await client.ask(Watch())
            for person in await client.ask(People()):
                self._heard(person)
            async for event in client.events():
                if isinstance(event, PersonHeard):
                    self._heard(event.person)
                elif isinstance(event, MessageKept):
                    self._read(event.message)
        finally:
            await client.close()

    async def speak(self) -> None:
        """Say it, one thing after the other."""
        client = await connected(self._folder)
        try:
            while True:
                pause_s, command = await self._to_say.get()
                await asyncio.sleep(pause_s)
                with contextlib.suppress(Refused):
                    await client.ask(command)
        finally:
            await client.close()

    def _heard(self, person: Person) -> None:
        if not person.neighbour or not self._is_guest(person):
            return
        first = not self._guest
        self._guest = person.key
        self._meeting = replace(self._meeting, guest=person.name, hops=person.hops)
        if first and self._role in GREETING_S:
            self._think(GREETING_S[self._role], Post(BOARD, self._meeting.greeting()))
        if first and self._role in PRIVATE_GREETING_S:
            self._think(PRIVATE_GREETING_S[self._role], Send(person.key, self._meeting.private_greeting()))

    def _is_guest(self, person: Person) -> bool:
        if not person.name:
            return False
        return person.name == self._meeting.guest or (
            not self._meeting.guest and person.name not in self._others
        )

    def _read(self, message: Message) -> None:
        if message.author != self._guest:
            return
        answer = self._meeting.answer(message.text, bool(message.peer), self._turn)
        self._turn += 1
        if message.peer:
            self._think(PRIVATE_ANSWER_S, Send(self._guest, answer))
        elif self._role in ANSWER_S:
            self._think(ANSWER_S[self._role], Post(message.board, answer))

    def _think(self, pause_s: float, command: Post | Send) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self._to_say.put_nowait((pause_s, command))
