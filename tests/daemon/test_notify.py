"""The owner's program: run for what concerns him, one at a time, told by its environment alone."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from handheld.clock import ManualClock
from handheld.concern import concern
from handheld.daemon import notify
from handheld.daemon.notify import Notifier
from handheld.daemon.system import minute_of_day
from handheld.events import Event, MessageKept
from tests.support.door import BOB, message
from tests.support.patience import PATIENCE_S

PRIVATE = message(1, "psst; $(touch x)", "", peer=BOB.key, peer_name="Bob")
MENTION = message(2, "Where is ADA?")
ALERT = message(3, "Fire", kind="alert")

WRITE = (
    "import os, sys; f = open(sys.argv[1], 'a'); "
    "f.write('|'.join(os.environ['POCKETMESH_' + k] for k in ('KIND', 'FROM', 'WHERE', 'TEXT')) + chr(10))"
)


def test_what_concerns_the_owner() -> None:
    kinds = [concern(one, "Ada") for one in (PRIVATE, MENTION, ALERT, message(4, "Adam is here"))]
    assert kinds == ["private", "mention", "alert", ""]
    assert concern(replace(PRIVATE, muted=True), "Ada") == ""
    assert concern(replace(PRIVATE, own=True), "Ada") == ""
    assert concern(message(5, "anything"), "") == ""


async def told(folder: Path, quiet: str, *messages: Event, wall: int | None = None) -> list[str]:
    out = folder / "told"
    out.touch()
    command = f'{sys.executable} -c "{WRITE}" {out}'
    clock = ManualClock() if wall is None else ManualClock(wall=wall)
    notifier = Notifier(command, quiet, "Ada", clock)
    passed: list[Event] = []
    publish = notifier.telling(passed.append)
    for event in messages:
        publish(event)
    assert passed == list(messages)
    if notifier._running is not None:
        await notifier._running
    return out.read_text(encoding="utf-8").splitlines()


async def test_the_program_is_told_in_its_environment(tmp_path: Path) -> None:
    heard = await told(tmp_path, "", *map(MessageKept, (PRIVATE, MENTION, message(9, "nothing for us"))))
    assert heard == ["private|Bob|private|psst; $(touch x)", "mention|Bob|#here|Where is ADA?"]


async def test_alerts_come_through_quiet_hours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "wall_is_sure", lambda wall: True)
    now = minute_of_day(ManualClock().wall())
    quiet = f"{now // 60}:{now % 60:02}-{(now // 60 + 1) % 24}:{now % 60:02}"
    heard = await told(tmp_path, quiet, *map(MessageKept, (PRIVATE, ALERT)))
    assert heard == ["alert|Bob|#here|Fire"]


async def test_quiet_hours_of_a_clock_that_nobody_set_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "wall_is_sure", lambda wall: False)
    assert len(await told(tmp_path, "00:00-23:59", MessageKept(PRIVATE))) == 1


async def test_a_program_that_hangs_or_is_not_there_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "WAIT_S", 0.05)
    for command in ("sleep 60", "/nowhere/at/all", "unbalanced '"):
        notifier = Notifier(command, "", "Ada", ManualClock())
        for number in range(20):
            notifier._kept(replace(PRIVATE, id=number))
        assert len(notifier._waiting) == notify.WAITING_MAX
        assert notifier._running is not None
        await asyncio.wait_for(notifier._running, PATIENCE_S)
