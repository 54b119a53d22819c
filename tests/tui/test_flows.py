"""What somebody does with the screen, key by key, on a real door."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from handheld.commands import Name, Post, Read, Seen, Send
from handheld.events import MessageKept, MessageState, PersonHeard, RadioChanged, RadioInfo
from tests.support.door import ADA, BOB, CAI, SmallNode, message, open_door
from tests.support.screen import Screen, screen
from tui import pressing
from tui import shell as shell_module
from tui.state import Place


def asked(node: SmallNode, kind: type) -> list[object]:
    return [command for command in node.asked if isinstance(command, kind)]


async def test_a_newcomer_says_hello_to_everybody(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("It works: 1 neighbour near.")
        await at.press("enter")
        await at.until("#here")
        await at.press("enter")
        await at.until("Nothing was written here yet")
        await at.write("Hello, anybody?")
        await at.until("15/512")
        await at.press("enter")
        await at.until("Hello, anybody?  (")
        await at.until(" 0/512")
    assert asked(node, Post) == [Post("#here", "Hello, anybody?")]


async def test_a_private_message_is_written_and_seen_delivered(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node) as door, screen(tmp_path) as at:
        await at.until("It works")
        await at.press("p")
        await at.until("Bob")
        await at.press("enter")
        await at.until('= "Bob"  private')
        await at.write("are you well")
        await at.press("enter")
        await at.until("are you well  . (queued)")
        for sign, state in ((">", "aired"), ("*", "delivered")):
            door.publish(MessageState(1, state))
            await at.until(f"are you well  {sign} ({state})")
    assert asked(node, Send) == [Send(BOB.key, "are you well")]


async def test_an_answer_arrives_while_one_looks_elsewhere(tmp_path: Path) -> None:
    node = SmallNode(messages=[message(1, "old")], seen={"here": 1})
    async with open_door(tmp_path, node) as door, screen(tmp_path) as at:
        await at.until("No unread messages.")
        answer = message(2, "psst", "", peer=BOB.key, peer_name="Bob")
        node.messages.append(answer)
        door.publish(MessageKept(answer))
        await at.until('1 unread: "Bob" 1')
        await at.press("c")
        await at.until("1 new")
        await at.press("enter")
        await at.until("psst")
        await at.until(lambda: node.seen.get(BOB.key) == 2)
        await at.press("escape")
        await at.until(lambda: at.shell.view.place is Place.CHATS and "1 new" not in at.text())


async def test_tab_leads_from_one_unread_conversation_to_the_next(tmp_path: Path) -> None:
    node = SmallNode(
        messages=[message(1, "apples", "market"), message(2, "hello")], boards=["here", "market"]
    )
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("2 unread")
        await at.press("c")
        await at.until("hello")
        await at.press("enter")
        await at.until("#here  public")
        await at.press("tab")
        await at.until("apples")
        await at.press("tab")
        await at.until("Nothing else is unread.")
        await at.press("x")
        await at.until("1/512")
        assert "Nothing else" not in at.text()


def burst(at: Screen, text: str) -> None:
    """Keys that came in one piece, before anything else had its turn."""
    names = {"\r": "enter", "\t": "tab", "\x1b": "escape"}
    for character in text:
        pressing.press(at.shell, names.get(character, character), None if character in names else character)


async def test_what_was_written_for_one_is_not_posted_on_the_board_that_the_next_key_opens(
    tmp_path: Path,
) -> None:
    node = SmallNode(messages=[message(1, "hello"), message(2, "psst", "", peer=BOB.key, peer_name="Bob")])
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("2 unread")
        at.shell.open_chat(BOB.key)
        await at.until("psst")
        burst(at, "secret for Bob only\r\t")
        await at.until("#here  public")
        await at.until(lambda: bool(asked(node, Send)))
        burst(at, "one\rtwo\rthree")
        await at.until(lambda: len(asked(node, Post)) == 2)
        await at.until("> three")
    assert asked(node, Send) == [Send(BOB.key, "secret for Bob only")]
    assert asked(node, Post) == [Post("#here", "one"), Post("#here", "two")]


async def test_what_arrives_does_not_move_the_choice(tmp_path: Path) -> None:
    node = SmallNode(
        messages=[message(1, "apples", "market"), message(2, "hello")], boards=["here", "market"]
    )
    async with open_door(tmp_path, node) as door, screen(tmp_path) as at:
        await at.until("2 unread")
        await at.press("c")
        await at.until("hello")
        newer = message(3, "pears", "market")
        node.messages.append(newer)
        door.publish(MessageKept(newer))
        await at.until("pears")
        await at.press("enter")
        await at.until("#here  public")


async def test_from_an_alert_or_a_search_one_comes_back_to_what_one_wrote(tmp_path: Path) -> None:
    node = SmallNode(messages=[message(1, "Hot soup is ready")])
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await at.until("1 unread")
        await at.press("c", "enter")
        await at.until("Hot soup is ready")
        await at.write("Half")
        await at.press("ctrl+g")
        await at.until("Nobody calls for help.")
        await at.press("colon", "escape")
        await at.until("Nobody calls for help.")
        await at.press("escape")
        await at.until("> Half")
        await at.press("ctrl+f")
        await at.write("soup")
        await at.press("enter")
        await at.until("1 message with: soup")
        await at.press("escape")
        await at.until("> Half")
        await at.press("escape")
        await at.until(lambda: at.shell.view.place is Place.CHATS)


async def test_a_draft_waits_in_its_conversation(tmp_path: Path) -> None:
    node = SmallNode(messages=[message(1, "hello", "market"), message(2, "hello")], boards=["here", "market"])
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("2 unread")
        await at.press("c", "enter")
        await at.until("#here  public")
        await at.write("not yet")
        await at.press("escape", "down", "enter")
        await at.until("#market  public")
        await at.until("> ")
        assert "not yet" not in at.text()
        await at.press("escape", "up", "enter")
        await at.until("> not yet")


async def test_what_is_too_long_is_not_sent(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await at.until("It works")
        await at.press("c", "enter")
        await at.until(" 0/512")
        at.shell.composer.take("ü" * 257)
        await at.until("2 too long")
        await at.press("enter")
        await at.until("That is 2 bytes too long.")
        await at.press("backspace")
        await at.until("512/512")
        await at.press("enter")
        await at.until(" 0/512")
    assert len(asked(node, Post)) == 1


async def test_what_the_node_refuses_comes_back_with_its_sentence(tmp_path: Path) -> None:
    node = SmallNode(people=[CAI])
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("It works")
        await at.press("p")
        await at.until("olive-tiger")
        await at.press("enter")
        await at.until("? olive-tiger  private")
        await at.write("hi")
        await at.press("enter")
        await at.until("You have no name")
        assert "> hi" in at.text()


async def test_somebody_gets_a_name(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("It works")
        await at.press("p")
        await at.until("Bob")
        await at.press("n")
        await at.until('Name for "Bob":')
        await at.press("escape")
        await at.until("Enter write")
        await at.press("n")
        await at.write("Bobby")
        await at.press("enter")
        await at.until("= Bobby")
    assert asked(node, Name) == [Name(BOB.key, "Bobby")]


async def test_another_board_is_opened_and_followed(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("It works")
        await at.press("c", "b")
        await at.until("Board: #")
        await at.write("#Market")
        await at.press("enter")
        await at.until("#market  public")
        await at.press("escape")
        await at.until("#market   ")
    assert "market" in node.boards


async def test_older_messages_come_when_one_scrolls_up(tmp_path: Path) -> None:
    node = SmallNode(messages=[message(number, f"line {number}") for number in range(1, 151)])
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await at.until("150 unread")
        await at.press("c", "enter")
        await at.until("line 150")
        assert at.shell.view.talk is not None
        assert len(at.shell.view.talk.messages) == 60
        while " line 1\n" not in at.text():
            await at.press("pageup", "up")
        await at.until(lambda: at.shell.view.talk is not None and at.shell.view.talk.complete)
        new = message(151, "line 151")
        node.messages.append(new)
        node.publish(MessageKept(new))
        await at.until("newer messages below")
        assert " line 1\n" in at.text()
        await at.write("x")
        await at.press("enter")
        await at.until("x  (")
    assert [command.before for command in asked(node, Read)][:3] == [0, 91, 31]  # type: ignore[attr-defined]


async def test_only_a_yes_quits(tmp_path: Path) -> None:
    async with open_door(tmp_path, SmallNode()), screen(tmp_path) as at:
        await at.until("It works")
        for no in ("n", "escape", "enter", "q"):
            await at.press("q")
            await at.until("Quit?")
            await at.press(no)
            await at.until("q Quit")
        await at.press("escape", "escape")
        await at.press("c", "ctrl+c")
        await at.until("Quit?")
        await at.press("y")
        await at.until(lambda: at.shell.return_value == 0)


async def test_q_is_a_letter_where_one_writes(tmp_path: Path) -> None:
    async with open_door(tmp_path, SmallNode()), screen(tmp_path) as at:
        await at.until("It works")
        await at.press("c", "enter")
        await at.until(" 0/512")
        await at.write("quiet, please?")
        await at.until("> quiet, please?")


async def test_a_neighbour_appears_and_a_radio_goes(tmp_path: Path) -> None:
    node = SmallNode(people=[])
    async with open_door(tmp_path, node) as door, screen(tmp_path) as at:
        await at.until("nobody is near yet")
        node.people = [BOB]  # the list may be asked for after it
        door.publish(PersonHeard(BOB, fresh=True))
        await at.until("It works: 1 neighbour near.")
        gone = RadioInfo("searching", "No radio is plugged in.")
        node.status = replace(node.status, radio=gone)
        door.publish(RadioChanged(gone))
        await at.until("Not on the air. No radio is plugged in.")


async def test_the_node_is_asked_again_after_something_happened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell_module, "STATUS_S", 0.05)
    node = SmallNode()
    async with open_door(tmp_path, node) as door, screen(tmp_path) as at:
        await at.until("Waiting  nothing")
        node.status = replace(node.status, queued=2)
        door.publish(MessageKept(message(1)))
        await at.until("Waiting  2 posts")


async def test_ages_grow_while_one_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell_module, "AGES_S", 0.05)
    node = SmallNode(people=[replace(BOB, heard_s=59)])
    async with open_door(tmp_path, node), screen(tmp_path) as at:
        await at.until("It works")
        await at.press("p")
        await at.until("1m ago")


async def test_a_lost_connection_is_made_again_and_everything_is_read_anew(tmp_path: Path) -> None:
    first, second = SmallNode(), SmallNode(messages=[message(1, "while you were away")])
    async with screen(tmp_path) as at:
        async with open_door(tmp_path, first):
            await at.until("It works")
            await at.press("c", "enter")
            await at.until(" 0/512")
            await at.write("half")
        await at.until("The node has ended.")
        async with open_door(tmp_path, second):
            await at.until("while you were away")
            await at.until("Enter send")
            assert "> half" in at.text()


async def test_a_node_is_started_where_none_comes_back(tmp_path: Path) -> None:
    started = 0

    def start() -> None:
        nonlocal started
        started += 1

    async with screen(tmp_path, start=start) as at:
        await at.until("No node runs")
        await at.until(lambda: started > 0)


async def test_pasted_text_is_written_and_not_obeyed(tmp_path: Path) -> None:
    from textual.events import Paste

    async with open_door(tmp_path, SmallNode()), screen(tmp_path) as at:
        await at.until("It works")
        at.shell.post_message(Paste("qy"))
        await at.pilot.pause()
        assert at.shell.view.place is Place.HOME
        await at.press("c", "enter")
        await at.until(" 0/512")
        at.shell.post_message(Paste("two\nlines\r\n"))
        await at.until("> two lines")


async def test_help_explains_every_mark_and_state(tmp_path: Path) -> None:
    async with open_door(tmp_path, SmallNode()), screen(tmp_path, (80, 50)) as at:
        await at.until("It works")
        await at.press("question_mark")
        for word in (
            "= you have met",
            "~ introduced",
            "? unknown",
            "queued",
            "waiting",
            "delivered",
            "given up",
        ):
            await at.until(word)


async def test_seen_is_told_for_what_arrives_in_the_open_conversation(tmp_path: Path) -> None:
    node = SmallNode(messages=[message(1)])
    async with open_door(tmp_path, node) as door, screen(tmp_path) as at:
        await at.until("1 unread")
        await at.press("c", "enter")
        await at.until(lambda: Seen(1, board="here") in node.asked)
        node.messages.append(message(2, "more", author=ADA.key))
        door.publish(MessageKept(message(2, "more")))
        await at.until(lambda: Seen(2, board="here") in node.asked)
        await asyncio.sleep(0)
