"""Boards, search, deletion and alerts at the door, on a real node and a real database."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from handheld.clock import ManualClock, SeededEntropy
from handheld.commands import (
    NOTICE_COMMANDS,
    AlertOver,
    Alerts,
    Boards,
    CallHelp,
    Command,
    Delete,
    DismissAlert,
    Older,
    Post,
    Read,
    Relate,
    SawAlert,
    Search,
    Send,
)
from handheld.crypto.identity import Identity
from handheld.crypto.signing import sign_post, sign_profile
from handheld.daemon import following, placing
from handheld.daemon.executor import Executor
from handheld.daemon.notices import NoticeDesk
from handheld.daemon.saving import load
from handheld.errors import Refused
from handheld.events import Alert, AlertChanged, Board, BoardChanged, Event, Message, MessageKept
from handheld.node.effects import KeepBoard
from handheld.node.node import Node
from handheld.node.saved import Saved
from handheld.store import finding, keyfile, messages
from handheld.store.database import Database
from handheld.store.posts import LIVE_MAX
from handheld.wire.air import flood
from handheld.wire.codec import encode
from handheld.wire.constants import AirFlag, AirKind, AlertStep, PostType
from handheld.wire.notices import NOBODY, NOWHERE, Deleted, More, Notice
from handheld.wire.notices import Alert as AlertFields
from tests.support.patience import PATIENCE_S
from tests.support.store import VAULT

BO = Identity.create(SeededEntropy("bo"))
_NO = NOWHERE, NOWHERE
DAY_MS = 24 * 3600 * 1000


@dataclass
class Bench:
    """A node with its desk, what it published and gave to the radio, and its clock."""

    node: Node
    executor: Executor
    desk: NoticeDesk
    database: Database
    told: list[Event]
    sent: list[bytes]
    clock: ManualClock

    async def do(self, command: Command) -> object:
        """What the door would answer."""
        return await self.desk.answers()[type(command)](command)

    async def post(self, text: str, kind: str = "note", hours: int = 0, board: str = "here") -> Message:
        return (await self.executor.carry_out(self.node.post(Post(board, text, kind, hours), 0)))[0]

    async def read(self, board: str = "here") -> list[str]:
        return [message.text for message in await self.executor.read(Read(board))]

    async def heard(self, kind: int, text: bytes, seq: int) -> None:
        """Bo writes on #here."""
        flags = AirFlag.URGENT if kind == PostType.ALERT else 0
        frame = flood(AirKind.POST, 8, encode(sign_post(BO, "here", seq, seq, text, kind, flags)), flags)
        await self.executor.carry_out(self.node.receive(frame, -50, self.clock.now(), 0))

    async def later(self, milliseconds: int) -> None:
        self.clock.advance(milliseconds)
        await self.executor.carry_out(self.node.tick(self.clock.now()))


@asynccontextmanager
async def bench(folder: Path, place: str = "") -> AsyncIterator[Bench]:
    entropy = SeededEntropy("desk")
    node = Node(Identity.create(entropy), "ana", entropy, Saved(boards=["here"]))
    database = Database.open(folder / "db", VAULT)
    clock, told, sent = ManualClock(), list[Event](), list[bytes]()
    node.radio_up(2_540, 0)
    keep = partial(keyfile.rewrite, folder / "identity")
    executor = Executor(
        node, database, clock, lambda _, air: sent.append(air), told.append, lambda: None, keep
    )
    desk = NoticeDesk(node, clock, executor, database, place)
    profile = flood(AirKind.PROFILE, 8, encode(sign_profile(BO, 0, b"bo")))
    await executor.carry_out([KeepBoard("here"), *node.follow("market"), *node.receive(profile, -50, 0, 0)])
    try:
        yield Bench(node, executor, desk, database, told, sent, clock)
    finally:
        await database.close()


async def test_boards_tell_what_is_on_them(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        await at.post("hello")
        await at.post("water", "need", 48)
        await at.heard(PostType.OFFER, encode(Notice(100, b"soup")), 1)
        here, market = await at.do(Boards())  # type: ignore[misc]
    assert here == Board("here", 3, 1, {"need": 1, "offer": 1}, next_s=here.next_s)
    assert 3000 < here.next_s < 4000
    assert (market.name, market.posts) == ("market", 0)


async def test_what_has_expired_is_seen_no_more_and_is_off_the_disk_within_the_hour(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        await at.later(0)
        await at.heard(PostType.NEED, encode(Notice(100, b"for an hour")), 1)
        await at.post("for a week")
        at.clock.advance(2 * 3600 * 1000)
        assert await at.read() == ["for a week"]
        (chat,) = [chat for chat in await at.executor.list_chats() if chat.board == "here"]
        assert (chat.unread, chat.last and chat.last.text) == (0, "for a week")
        await at.later(600_000)
        assert await at.database.read(messages.count) == 1
        assert BoardChanged("") in at.told


async def test_a_long_post_is_told_whole_and_read_whole(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        text = "one two three four five six seven eight nine ten " * 10
        assert (await at.post(text)).text == text.strip()
        await at.heard(PostType.NOTE, "half …".encode(), 1)
        await at.heard(PostType.MORE, encode(More(2, 2, 100, b"a loaf of bread")), 2)
        assert await at.read() == [text.strip(), "half a loaf of bread"]
        assert sum(isinstance(event, MessageKept) for event in at.told) == 2
        assert at.told[-1] == BoardChanged("here") or BoardChanged("here") in at.told


async def test_what_is_taken_back_is_gone_here_and_a_signed_request_goes_out(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        await at.post("stays")
        wrong = await at.post("wrong " * 60)
        await at.do(Delete(wrong.id))
        assert await at.read() == ["stays"]
        assert await at.do(Search("wrong")) == []
        for number, why in ((wrong.id, "no post with the number"), (999, "no post with the number")):
            with pytest.raises(Refused, match=why):
                await at.do(Delete(number))
        rows = await at.database.read(lambda db: messages.select(db, "state = 'gone' ORDER BY seq"))
    assert [(row.seq, row.text, row.raw) for row in rows] == [(2, b"", b""), (3, b"", b""), (4, b"", b"")]


async def test_nobody_elses_post_is_taken_back(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        await at.heard(PostType.NOTE, b"mine", 1)
        (message,) = await at.executor.read(Read("here"))
        with pytest.raises(Refused, match="Nobody can take another's words back"):
            await at.do(Delete(message.id))
        mine = await at.post("not yours")
        await at.heard(PostType.DELETED, encode(Deleted(1, 1)), 2)
        assert await at.read() == ["not yours"]
        assert mine.seq == 1  # the number that Bo's tombstone names, of Bo's own feed


async def test_words_are_found_wherever_they_are_held(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        await at.post("The BRIDGE is open", "event", 24)
        await at.post("bridge and tunnel", board="market")
        await at.heard(PostType.NOTE, "bridge? …".encode(), 1)
        await at.heard(PostType.MORE, encode(More(2, 2, 100, b"the Tunnel too")), 2)
        key = BO.key.hex()
        await at.executor.carry_out(at.node.send(Send(key, "bridge at noon"), 0))

        async def find(words: str, **where: str) -> list[str]:
            found = await at.do(Search(words, **where))  # type: ignore[arg-type]
            return [message.text for message in found]  # type: ignore[attr-defined]

        everything = ["The BRIDGE is open", "bridge and tunnel", "bridge? the Tunnel too", "bridge at noon"]
        assert await find("bridge") == everything
        assert await find("tunnel") == everything[1:3]
        assert await find("bridge tunnel") == everything[1:2]
        assert await find("bridge", board="market") == everything[1:2]
        assert await find("bridge", who=key) == everything[2:]
        await at.post("a bridge that came later")
        assert await find("bridge", board="#here") == [
            everything[0],
            everything[2],
            "a bridge that came later",
        ]
        assert [one.text for one in await at.do(Search("bridge", limit=1))] == ["a bridge that came later"]  # type: ignore[attr-defined]
        for nothing in ("", " ", "a b c d e f g h i"):
            with pytest.raises(Refused, match="1 to 8 words"):
                await at.do(Search(nothing))


async def test_a_search_goes_on_block_by_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "BLOCK", 2)
    async with bench(tmp_path) as at:
        for number in range(7):
            await at.post(f"post {number}")
        for words, number in (("6", 6), ("0", 0), ("3", 3)):
            (found,) = await at.do(Search(f"post {words}", limit=1))  # type: ignore[misc]
            assert found.text == f"post {number}"
        for number in range(7, 12):
            await at.post(f"post {number}")
        assert len(await at.do(Search("post", limit=50))) == 12  # type: ignore[arg-type]


async def test_a_call_for_help_and_its_answers(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        called = await at.do(CallHelp("Leg broken", "48.2,16.3"))
        assert isinstance(called, Message)
        assert (called.kind, called.text, called.place, called.board) == (
            "alert",
            "Leg broken",
            "48.2, 16.3",
            "here",
        )
        seen = AlertFields(AlertStep.SEEN, 100, NOWHERE, NOWHERE, at.node.key[:8], called.seq, b"Coming")
        await at.heard(PostType.ALERT, encode(seen), 1)
        (alert,) = await at.do(Alerts())  # type: ignore[misc]
        assert isinstance(alert, Alert)
        assert [one.name for one in alert.seen_by] == ["bo"]
        assert (await at.read())[-1] == "I saw your alert. Coming"
        over = await at.do(AlertOver("Found"))
        assert isinstance(over, Message)
        assert over.text == "The alert is over. Found"
        with pytest.raises(Refused, match="no alert on the air"):
            await at.do(AlertOver())


async def test_only_somebody_elses_alert_is_answered(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        call = AlertFields(AlertStep.HELP, 100, NOWHERE, NOWHERE, NOBODY, 0, b"Lost in the fog")
        await at.heard(PostType.ALERT, encode(call), 1)
        (alert,) = await at.do(Alerts())  # type: ignore[misc]
        answer = await at.do(SawAlert(alert.message.id, "On my way"))
        assert isinstance(answer, Message)
        assert answer.text == "I saw your alert. On my way"
        (alert,) = await at.do(Alerts())  # type: ignore[misc]
        assert alert.answered
        mine = await at.do(CallHelp("me too", "none"))
        note = await at.post("no alert")
        for number in (mine.id, note.id, answer.id):  # type: ignore[attr-defined]
            with pytest.raises(Refused, match="no alert of somebody else"):
                await at.do(SawAlert(number))


@pytest.mark.parametrize(
    ("program", "wait_s", "place"),
    [
        ("print('48.2,16.3')", PATIENCE_S, "48.2, 16.3"),
        ("print('no fix')", PATIENCE_S, ""),
        ("print('91,0')", PATIENCE_S, ""),
        ("import os; os.write(1, b'\\xff' * 5000)", PATIENCE_S, ""),
        ("import time; time.sleep(60)", 0.2, ""),
    ],
)
async def test_the_owners_program_tells_the_place_or_the_alert_goes_without(
    tmp_path: Path, program: str, wait_s: float, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "WAIT_S", wait_s)
    async with bench(tmp_path, f'{sys.executable} -c "{program}"') as at:
        called = await at.do(CallHelp("help"))
        assert isinstance(called, Message)
        assert called.place == place


async def test_without_such_a_program_or_with_a_wrong_one_there_is_no_place(tmp_path: Path) -> None:
    for command in ("", "/nowhere/to/be/found", '"unfinished'):
        assert await placing.ask(command) == placing.UNKNOWN


async def test_chats_are_still_listed_by_their_newest_message(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        await at.post("first", board="market")
        await at.post("second")
        assert [chat.board for chat in await at.executor.list_chats()] == ["here", "market"]


async def test_the_door_knows_of_every_command_that_is_answered_here(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        assert set(NOTICE_COMMANDS) == set(here.desk.answers())
        assert await here.do(Older()) is None


async def test_an_alert_that_was_put_away_stays_so_after_a_restart(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        await at.heard(PostType.ALERT, encode(AlertFields(AlertStep.HELP, 100, *_NO, NOBODY, 0, b"me!")), 1)
        (alert,) = await at.do(Alerts())  # type: ignore[misc]
        await at.do(DismissAlert(alert.message.id))
        changed = [event.alert for event in at.told if isinstance(event, AlertChanged)]
        assert [one.dismissed for one in changed] == [False, True]
        saved = await at.database.write(lambda connection: load(connection, [], 1))
        assert list(saved.dismissed) == [alert.message.id]


async def test_what_somebody_blocked_calls_for_leaves_the_screen(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        await at.heard(PostType.ALERT, encode(AlertFields(AlertStep.HELP, 100, *_NO, NOBODY, 0, b"me!")), 1)
        relate = following.answers(at.node, at.executor, at.clock)[Relate]
        await relate(Relate(BO.key.hex(), "blocked"))
        assert await at.do(Alerts()) == []
        assert [event.alert.gone for event in at.told if isinstance(event, AlertChanged)] == [False, True]


async def test_what_had_to_go_for_others_is_told_of_nowhere(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        for seq in range(1, LIVE_MAX + 2):
            body = encode(AlertFields(AlertStep.HELP, 100, *_NO, NOBODY, 0, b"%d" % seq))
            await at.heard(PostType.ALERT, body, seq)
        assert not at.node.upkeep.holds(BO.key, 1)
        alerts = await at.do(Alerts())
        assert [one.message.seq for one in alerts] == [6, 5, 4, 3, 2]  # type: ignore[attr-defined]


async def test_of_a_full_store_the_index_holds_what_the_table_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "_window", lambda _connection: 3)
    async with bench(tmp_path) as at:
        for seq in range(1, 9):
            await at.heard(PostType.NOTE, b"hello", seq)
        held = [seq for seq in range(1, 9) if at.node.upkeep.holds(BO.key, seq)]
        assert held == [6, 7, 8]
        assert len(at.node.upkeep._dying) <= 2 * 3
