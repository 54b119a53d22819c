"""Rooms from the screen: made, joined, written in, and never taken for a board or a person."""

from dataclasses import replace
from pathlib import Path

import pytest

from handheld.commands import Invite, JoinRoom, LeaveRoom, NewRoom, Post, Say, Send, ShowRoomCard
from handheld.events import Chat, MessageKept, Room, RoomChanged
from tests.support.door import BOB, SmallNode, message, open_door
from tests.support.screen import Screen, screen
from tui import wishes
from tui.state import chat_of, kind_of
from tui.words import chat_name

ASKED = Room("cellar", 1, "fever olive", [], inviter=BOB)
SAID = message(1, "Soup at seven", "", room="kitchen")


def in_kitchen(**changes: object) -> SmallNode:
    return SmallNode(rooms=[Room("kitchen", 1, "obey throw", [BOB])], messages=[SAID], **changes)  # type: ignore[arg-type]


def flat(at: Screen) -> str:
    """What is drawn, without its line breaks."""
    return " ".join(at.text().split())


async def to_chats(at: Screen) -> None:
    await at.until("It works")
    await at.press("c")
    await at.until("r room")


async def choose(at: Screen, chat: str) -> None:
    """Up and down to the row of a conversation."""
    await at.until(lambda: any(chat_of(one) == chat for one in at.shell.view.chats or ()))
    rows = [chat_of(one) for one in at.shell.view.chats or ()]
    await at.press(*["up"] * len(rows), *["down"] * rows.index(chat))
    await at.until(lambda: at.shell.view.chosen_chat == chat)


async def test_a_room_is_made_and_its_words_are_told(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await to_chats(at)
        await at.press("r")
        await at.until("Room:")
        await at.write("kitchen")
        await at.press("enter")
        await at.until("Words or card, or none:")
        await at.press("enter")
        await at.until(lambda: "one two three four five six" in flat(at))
        assert "&kitchen  room" in at.text()
        assert "Only those who hold the room's key" in flat(at)
        await at.write("hello")
        await at.press("enter")
        await at.until("hello  . (queued)")
        assert [one for one in node.asked if isinstance(one, NewRoom | Say | Post | Send)] == [
            NewRoom("kitchen", 6),
            Say("kitchen", "hello"),
        ]


async def test_a_room_is_joined_by_words_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        for typed, sees in (("foo bar", 'Did you mean "food"?'), ("era boss", "check words: obey throw")):
            await at.press("escape", "c", "r")
            await at.until("Room:")
            await at.write("kitchen")
            await at.press("enter")
            await at.until("Words or card")
            await at.write(typed)
            await at.press("enter")
            await at.until(lambda sees=sees: sees in flat(at))
        assert [one for one in node.asked if isinstance(one, JoinRoom)] == [
            JoinRoom("kitchen", "foo bar"),
            JoinRoom("kitchen", "era boss"),
        ]


@pytest.mark.parametrize(
    ("key", "command"), [("y", JoinRoom("cellar", "")), ("n", LeaveRoom("cellar")), ("escape", None)]
)
async def test_an_invitation_is_answered_by_a_key(tmp_path: Path, key: str, command: object) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node) as door, screen(tmp_path, (53, 20)) as at:
        await to_chats(at)
        node.rooms.append(ASKED)
        door.publish(RoomChanged("cellar"))
        await at.until('&"cellar"')
        assert "somebody asks you in" in at.text()
        await choose(at, "&cellar")
        await at.press("enter")
        await at.until("y come in, n decline")
        await at.press(key)
        await at.until("Others in the room" if key == "y" else "Enter open")
        if command is not None:
            await at.until(lambda: command in node.asked)
        else:
            assert not any(isinstance(one, JoinRoom | LeaveRoom) for one in node.asked)


async def test_home_says_that_somebody_asks_us_in(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node) as door, screen(tmp_path, (40, 15)) as at:
        await at.until("No unread messages.")
        node.rooms.append(ASKED)
        door.publish(RoomChanged("cellar"))
        await at.until('1 unread: &"cellar" asks you in')
        await at.press("p")
        await at.until("1 new, 1 near")


async def test_what_is_said_in_a_room_stands_in_it_and_nowhere_else(tmp_path: Path) -> None:
    node = in_kitchen()
    async with open_door(tmp_path, node) as door, screen(tmp_path, (53, 20)) as at:
        await to_chats(at)
        await choose(at, "&kitchen")
        assert '"Bob": Soup at seven' in at.text()
        await at.press("enter")
        await at.until("&kitchen  room")
        old = replace(message(2, "late", "", room="kitchen"), note="Written under an older key of the room.")
        door.publish(MessageKept(old))
        await at.until("Written under an older key")
        door.publish(MessageKept(message(3, "for all", "kitchen")))
        await at.press("escape")
        await at.until("#kitchen")
        assert "&kitchen" in at.text()


async def test_its_card_is_shown_and_somebody_is_let_in(tmp_path: Path) -> None:
    node = in_kitchen(people=[BOB])
    async with open_door(tmp_path, node), screen(tmp_path, (80, 24), tier="unicode") as at:
        await to_chats(at)
        await choose(at, "#here")
        await at.press("i")
        await at.until("Choose a room first")
        await choose(at, "&kitchen")
        await at.press("i")
        await at.until("Invite whom:")
        await at.write("Bob")
        await at.press("enter")
        await at.until("goes to Bob, sealed")
        await at.press("k")
        await at.until("\u2580")
        assert Invite("kitchen", "Bob") in node.asked
        assert ShowRoomCard("kitchen") in node.asked


def test_board_room_and_person_of_one_name_are_three_conversations() -> None:
    chats = [
        Chat("kitchen", "", "", "", 0),
        Chat("", "", "", "", 0, room="kitchen"),
        Chat("", BOB.key, "kitchen", "=", 0, named=True),
    ]
    assert [chat_of(one) for one in chats] == ["#kitchen", "&kitchen", BOB.key]
    assert [chat_name(one) for one in chats] == ["#kitchen", "&kitchen", "kitchen"]
    assert [kind_of(chat_of(one)) for one in chats] == ["public", "room", "private"]
    assert [wishes.write(chat_of(one), "x", "note") for one in chats] == [
        Post("#kitchen", "x"),
        Say("kitchen", "x"),
        Send(BOB.key, "x"),
    ]
    assert [wishes.room(chat_of(one)) for one in chats] == [512, 140, 167]
