"""A village whose cables lose and turn bytes, and can be pulled and plugged in again under another name."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from handheld.api.client import Client
from handheld.clock import SeededEntropy
from handheld.commands import Watch
from handheld.events import RADIO_UP, RadioChanged
from handheld.sim.cable import Cable, Fault
from handheld.sim.village import Village

LOST_PPM = 300
TURNED_PPM = 300
"""Together a damaged frame in ten or so; a frame in the story has 20 to 130 bytes."""

OUT_S = 0.5


class BadCables(Village):
    """Each node opens a name in its folder that leads to the pty of the day, as udev's names do."""

    def start_nodes(self) -> None:
        self._cables = [
            Cable(end, fault=Fault(SeededEntropy(f"cable {number}"), LOST_PPM, TURNED_PPM))
            for number, end in enumerate(self._radio_ends)
        ]
        for number, home in enumerate(self.homes):
            port = self.plug(number)
            name = self._cast.people[number].name
            given = ["--data", str(home), "--radio", str(port), "--name", name]
            argv = [sys.executable, "-P", "-m", "handheld", "node", *given]
            self._children.spawn(f"the node of {name}", self._root / f"node of {name}.log", argv)

    def plug(self, number: int) -> Path:
        """Plug in; the name that leads there."""
        port = self._root / f"port {number}"
        port.unlink(missing_ok=True)
        port.symlink_to(self._cables[number].plug())
        return port

    def pull(self, number: int) -> None:
        """Pull the plug: port and name are gone."""
        self._cables[number].unplug()
        (self._root / f"port {number}").unlink()


async def replug(village: BadCables, home: Path) -> float:
    """Pull somebody's plug and put it in again under another name; seconds until his radio is up again."""
    number = village.homes.index(home)
    async with _watching(home) as client:
        village.pull(number)
        await asyncio.sleep(OUT_S)
        # Another pty is taken in between, so that ours gets another name.
        between = os.openpty()
        village.plug(number)
        plugged = time.monotonic()
        async for event in client.events():
            if isinstance(event, RadioChanged) and event.radio.state == RADIO_UP:
                break
        for end in between:
            os.close(end)
        return time.monotonic() - plugged


@asynccontextmanager
async def _watching(home: Path) -> AsyncIterator[Client]:
    client = await Client.connect(home)
    try:
        await client.ask(Watch())
        yield client
    finally:
        await client.close()
