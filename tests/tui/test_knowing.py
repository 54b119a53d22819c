"""Meetings, cards and introductions from the screen: keys in, commands at the node."""

from dataclasses import replace
from pathlib import Path

from handheld.commands import Compare, Introduce, Meet, Name, TakeCard
from handheld.events import Meeting
from tests.support.door import BOB, CAI, CARD, WORDS, SmallNode, open_door
from tests.support.screen import Screen, screen

COMPARING = Meeting("comparing", 47, 3, 3, WORDS, [CAI, replace(BOB, petname="Bob")])


async def begin(at: Screen, number: str, people: str) -> None:
    await at.press("p", "m")
    await at.until("Number, 00 to 99")
    await at.write(number)
    await at.press("enter")
    await at.until("How many you are")
    await at.write(people)
    await at.press("enter")


async def test_a_meeting_from_its_number_to_the_names(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await begin(at, "47", "3")
        await at.until("1 of 3 here")
        node.goes_on(COMPARING)
        await at.until("hamster")
        await at.press("y")
        await at.until("Name for olive-tiger")
        await at.write("cai")
        await at.press("enter")
        await at.until(lambda: Name(CAI.key, "cai") in node.asked)
        await at.until(lambda: at.shell.view.question is None)
        assert [one for one in node.asked if isinstance(one, Meet | Compare)] == [
            Meet(47, 3),
            Compare(same=True),
        ]


async def test_words_that_differ_end_it_in_a_sentence(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await begin(at, "47", "3")
        await at.until("1 of 3 here")
        node.goes_on(COMPARING)
        await at.until("hamster")
        await at.press("n")
        await at.until("Nobody is met.")
        assert "hamster" not in at.text()
        assert Compare(same=False) in node.asked


async def test_who_goes_away_ends_a_meeting(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await begin(at, "47", "3")
        await at.until("1 of 3 here")
        await at.press("y", "escape")
        await at.until("Hops")
        await at.until(lambda: Compare(same=False) in node.asked)
        assert Compare(same=True) not in node.asked


async def test_eleven_people_and_letters_are_refused_in_a_sentence(tmp_path: Path) -> None:
    async with open_door(tmp_path, SmallNode()), screen(tmp_path, (40, 15)) as at:
        await begin(at, "47", "11")
        await at.until("2 to 10 people")
        await at.press("escape", "escape")
        await begin(at, "ab", "3")
        await at.until("typed in digits")


async def test_the_own_card_takes_all_lines_and_any_way_leads_back(tmp_path: Path) -> None:
    async with open_door(tmp_path, SmallNode()), screen(tmp_path, (40, 15), tier="unicode") as at:
        await at.press("p", "k")
        await at.until(CARD.code[0])
        assert [line[5:34] for line in at.lines()] == CARD.code
        await at.press("escape")
        await at.until("Hops")
        assert at.lines()[0].startswith(" People")


async def test_a_card_is_typed_and_its_holder_gets_a_name(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await at.press("p", "t")
        await at.until("Card, or 12 words")
        await at.write("hello")
        await at.press("enter")
        await at.until("no card of pocketmesh")
        await at.press("t")
        await at.write("PM1AB")
        await at.press("enter")
        await at.until("Name for")
        assert TakeCard("PM1AB") in node.asked


async def test_an_introduction_is_told(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await at.press("p")
        await at.until("olive-tiger")
        await at.press("i")
        await at.until("to:")
        await at.write("Bob")
        await at.press("enter")
        await at.until("You introduced")
        assert Introduce(BOB.key, "Bob") in node.asked
