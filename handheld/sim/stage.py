"""The cast on the stage: every person a client of his own node, speaking when it is his turn."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from handheld.api.client import Client
from handheld.clock import Entropy
from handheld.commands import Command, Name, People, Send, Status, Watch
from handheld.commands import Post as PostCommand
from handheld.errors import NodeUnreachable, SimulationError, UserError
from handheld.events import MessageKept, MessageState, PersonHeard
from handheld.sim.cast import BOARD, START_S, Cast, Cue, Spoken, pause_ms
from handheld.sim.place import SECOND_US
from handheld.sim.story import Said, Story
from handheld.sim.timing import microseconds

KNOCK_S = 0.03
"""How often a node that is starting is asked whether it is up."""

GATHER_S = START_S + 4
"""From then on the story begins even if somebody has heard nobody yet."""

LOOK_S = 0.2

QUIET_S = 0.5
"""Nobody speaks before nothing was heard anywhere for so long: people do not talk into each other's words,
and a newcomer's greetings, which are spread over this time, are over."""


PARTING_S = 8.0
"""At the end a letter that is still on its way is waited for so long: on a busy machine that is no loss."""

ANSWER_S = 2.5
"""What has not arrived after so long is not answered, and the story goes on with the next scene."""


class Stage:
    """Plays a cast over the nodes in `folders`; `tell` gets each line of the story."""

    def __init__(
        self,
        cast: Cast,
        story: Story,
        folders: Sequence[Path],
        entropy: Entropy,
        started_us: int,
        tell: Callable[[list[str]], None],
    ) -> None:
        self._cast = cast
        self._story = story
        self._folders = folders
        self._entropy = entropy
        self._started_us = started_us
        self._tell = tell
        self._clients: dict[int, Client] = {}
        self._keys: dict[int, str] = {}
        self._named: set[tuple[int, int]] = set()
        self._news = asyncio.Event()
        self._heard_us = 0

    async def play(
        self, until_s: float, check: Callable[[], None], *beside: Coroutine[Any, Any, None]
    ) -> None:
        """From the opening of the doors until `until_s`, and until what was written to one person has come.

        `check` raises when a process has fallen.

        What goes on `beside` it ends with it, and ends it by an error.
        """
        cast = [number for number in range(len(self._folders)) if number != self._cast.guest]
        work = [*map(self._listen, cast), self._direct(), self._look_around(check), *beside]
        tasks = [asyncio.create_task(part) for part in work]
        try:
            await asyncio.wait(tasks, timeout=until_s - self._now_s(), return_when=asyncio.FIRST_EXCEPTION)
            if not any(task.done() and task.exception() for task in tasks):
                await self._happens(self._story.every_letter_came, until_s + PARTING_S)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            for client in self._clients.values():
                await client.close()
        for result in results:
            if isinstance(result, NodeUnreachable):
                # A node that hangs up has most likely fallen, and its own words say more.
                await asyncio.sleep(KNOCK_S)
                check()
            if isinstance(result, Exception):
                raise result

    def _now_s(self) -> float:
        return (microseconds() - self._started_us) / SECOND_US

    async def _sleep_until(self, second: float) -> None:
        await asyncio.sleep(max(0.0, second - self._now_s()))

    async def _listen(self, number: int) -> None:
        client = await connected(self._folders[number])
        await client.ask(Watch())
        self._keys[number] = (await client.ask(Status())).key
        for person in await client.ask(People()):
            self._tell(self._story.heard(number, person, microseconds()))
        self._clients[number] = client
        async for event in client.events():
            now_us = microseconds()
            if isinstance(event, PersonHeard):
                self._heard_us = now_us
                self._tell(self._story.heard(number, event.person, now_us))
            elif isinstance(event, MessageKept):
                if event.message.peer:
                    self._heard_us = now_us
                self._tell(self._story.arrived(number, event.message, now_us))
            elif isinstance(event, MessageState):
                self._heard_us = now_us
                self._tell(self._story.state(number, event.id, event.state, now_us))
            self._news.set()

    async def _look_around(self, check: Callable[[], None]) -> None:
        while True:
            check()
            self._tell(self._story.look_around(microseconds()))
            await asyncio.sleep(LOOK_S)

    async def _direct(self) -> None:
        await self._happens(self._story.everybody_met_somebody, GATHER_S)
        for cue in self._cast.cues:
            await self._sleep_until(cue.at_s)
            await self._scene(cue)

    async def _scene(self, cue: Cue) -> None:
        said: Said | None = None
        for line in cue.lines:
            if said is not None:
                until_s = min(cue.until_s, self._now_s() + ANSWER_S)
                if not await self._happens(partial(said.reached, line.speaker), until_s):
                    return
                await asyncio.sleep(pause_ms(self._entropy) / 1000)
            if not self._clients.keys() >= {line.speaker, line.reader} - {None}:
                return
            if not await self._quiet(cue.until_s):
                return
            said = await self._say(line)

    async def _say(self, line: Spoken) -> Said:
        said: Said
        command: Command
        if line.reader is None:
            said, lines = self._story.begin_post(line.speaker, line.text, microseconds())
            command = PostCommand(BOARD, line.text)
        else:
            who = await self._petname(line.speaker, line.reader)
            said, lines = self._story.begin_letter(line.speaker, line.reader, line.text, microseconds())
            command = Send(who, line.text)
        self._tell(lines)
        self._heard_us = said.at_us
        self._tell(self._story.saved(said, await self._ask(line.speaker, command)))
        return said

    async def _petname(self, speaker: int, reader: int) -> str:
        """Who is whose neighbour is old knowledge here: the speaker has told his node whose key is whose."""
        name = self._cast.people[reader].name
        if (speaker, reader) not in self._named:
            await self._ask(speaker, Name(self._keys[reader], name))
            self._named.add((speaker, reader))
        return name

    async def _ask(self, speaker: int, command: Command) -> Any:
        try:
            return await self._clients[speaker].ask(command)
        except NodeUnreachable:
            raise
        except UserError as error:
            name = self._cast.people[speaker].name
            raise SimulationError(f"The node of {name} did not take a message: {error}") from None

    async def _quiet(self, until_s: float) -> bool:
        """Wait until nobody has been heard for a while; False if that takes too long."""
        while True:
            silence_s = (microseconds() - self._heard_us) / SECOND_US
            if silence_s >= QUIET_S:
                return self._now_s() <= until_s
            await asyncio.sleep(QUIET_S - silence_s)

    async def _happens(self, what: Callable[[], bool], until_s: float) -> bool:
        """Whether it comes true in time; asked again after each event of any node."""
        while not what():
            self._news.clear()
            try:
                # Not wait_for: on Python 3.11 it loses a cancellation that meets the event (bpo-42130).
                async with asyncio.timeout(until_s - self._now_s()):
                    await self._news.wait()
            except TimeoutError:
                return what()
        return True


async def connected(folder: Path) -> Client:
    """A client of the node that starts there, as soon as it is up."""
    while True:
        try:
            return await Client.connect(folder)
        except NodeUnreachable:
            await asyncio.sleep(KNOCK_S)
