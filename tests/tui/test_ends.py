"""Locking and wiping from the screen, a node that is locked, and a copy that was noticed."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from handheld.commands import Lock, Wipe
from tests.support.door import STATUS, SmallNode, door_thread, open_door
from tests.support.screen import screen
from tests.support.terminal import screen_on
from tests.tui.test_flows import asked
from tui.ends import LOCKED, WIPED


async def test_control_x_twice_wipes_from_everywhere(tmp_path: Path) -> None:
    for keys in ((), ("c",), ("p",), ("c", "enter"), ("question_mark",)):
        node = SmallNode()
        async with open_door(tmp_path, node), screen(tmp_path) as at:
            await at.until("It works")
            await at.press(*keys, "ctrl+x")
            await at.until("destroys your keys")
            await at.press("ctrl+x")
            await at.until(lambda at=at: at.shell.return_value == WIPED)
        assert asked(node, Wipe) == [Wipe()]


async def test_any_other_key_is_no(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await at.until("It works")
        for key in ("y", "escape", "enter", "ctrl+c"):
            await at.press("ctrl+x")
            await at.until("destroys your keys")
            await at.press(key)
            await at.until(lambda: "destroys your keys" not in at.text())
        assert at.shell.return_value is None
    assert asked(node, Wipe) == []


async def test_a_wipe_without_a_node_is_left_to_whoever_started_the_screen(tmp_path: Path) -> None:
    async with screen(tmp_path) as at:
        await at.press("ctrl+x", "ctrl+x")
        await at.until(lambda: at.shell.return_value == WIPED)


async def test_control_l_locks_where_there_is_a_passphrase(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("It works")
        await at.press("ctrl+l")
        await at.until("There is no passphrase yet.")
        node.has_passphrase = True
        await at.press("c", "enter", "ctrl+l")
        await at.until(lambda: at.shell.return_value == LOCKED)
    assert len(asked(node, Lock)) == 2


async def test_a_node_that_is_locked_ends_the_screen(tmp_path: Path) -> None:
    node = SmallNode(replace(STATUS, locked=True))
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until(lambda: at.shell.return_value == LOCKED)


@pytest.mark.parametrize("size", [(80, 24), (40, 15)])
async def test_a_copy_is_said_first(tmp_path: Path, size: tuple[int, int]) -> None:
    node = SmallNode(replace(STATUS, copied=True))
    async with open_door(tmp_path, node), screen(tmp_path, size) as at:
        await at.until("Another device has your")


def test_the_screen_is_blank_before_the_node_has_answered(tmp_path: Path) -> None:
    node = SmallNode(may_wipe=threading.Event())
    with door_thread(tmp_path, node), screen_on(tmp_path) as terminal:
        terminal.until("It works")
        terminal.press("\x18")
        terminal.until("destroys your keys")
        terminal.press("\x18")
        terminal.until(lambda: not terminal.text().strip())
        assert terminal.code is None
        node.may_wipe.set()
        assert terminal.ended() == WIPED % 256
    assert asked(node, Wipe) == [Wipe()]
