"""What the screen is told while it asks is not undone by an answer that was on its way."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from handheld.commands import Chats, Command, Read
from handheld.events import MessageKept
from tests.support.door import BOB, SmallNode, message, open_door
from tests.support.screen import screen


@dataclass
class LateNode(SmallNode):
    """Its answers to these were put together before the message that it tells of first."""

    late: list[type[Command]] = field(default_factory=list)

    async def answer(self, command: Command) -> object:
        answer = await super().answer(command)
        if type(command) in self.late:
            self.late.remove(type(command))
            news = message(50 + len(self.late), "psst", peer=BOB.key, peer_name="Bob", board="")
            self.messages = [*self.messages, news]
            self.publish(MessageKept(news))
        return answer


@pytest.mark.parametrize("times", [1, 2])
async def test_a_message_that_came_before_the_list_was_answered_is_in_it(tmp_path: Path, times: int) -> None:
    node = LateNode(messages=[message(1, "hello")], late=[Chats] * times)
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until(f"{1 + times} unread: ")
        assert at.text().count('"Bob" ') >= 1
    assert node.late == []


async def test_a_message_that_came_before_the_page_was_answered_is_on_it(tmp_path: Path) -> None:
    node = LateNode(messages=[message(1, "hello", peer=BOB.key, peer_name="Bob", board="")])
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("1 unread")
        node.late = [Read]
        at.shell.open_chat(BOB.key)
        await at.until("psst")
        assert "hello" in at.text()
