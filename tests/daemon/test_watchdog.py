"""What systemd hears: that the node is up, that it lives, and nothing where nobody asked."""

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from handheld.daemon.watchdog import ALIVE, READY, Watchdog
from tests.support.patience import PATIENCE_S


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(10)
        yield listening


def environ(listening: socket.socket, **more: str) -> dict[str, str]:
    return {"NOTIFY_SOCKET": listening.getsockname(), **more}


async def test_it_is_ready_and_then_alive_twice_in_the_time_given(systemd: socket.socket) -> None:
    task = asyncio.create_task(Watchdog(environ(systemd, WATCHDOG_USEC="20000")).run())
    said = [await asyncio.to_thread(systemd.recv, 100) for _ in range(3)]
    task.cancel()

    assert said == [READY, ALIVE, ALIVE]


@pytest.mark.parametrize(
    "more", [{}, {"WATCHDOG_USEC": "x"}, {"WATCHDOG_USEC": "20000", "WATCHDOG_PID": str(os.getpid() + 1)}]
)
async def test_who_is_not_watched_says_that_it_is_ready_and_ends(
    systemd: socket.socket, more: dict[str, str]
) -> None:
    await Watchdog(environ(systemd, **more)).run()

    assert systemd.recv(100) == READY


@pytest.mark.parametrize("path", ["", "relative", "/nowhere/at/all", "@nobody listens to this"])
async def test_where_nobody_listens_nothing_happens(path: str) -> None:
    task = asyncio.create_task(Watchdog({"NOTIFY_SOCKET": path}).run())
    await asyncio.wait([task], timeout=PATIENCE_S)
    assert task.done()
    assert task.exception() is None
