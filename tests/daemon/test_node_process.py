"""Real node processes on real folders: they start, answer, survive, refuse and end as they should."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from handheld.api.client import Client
from handheld.commands import Chats, Name, People, Post, Read, Seen, Send, Status, Watch
from handheld.errors import NodeUnreachable, Refused, UserError
from handheld.events import MessageKept
from tests.support.patience import PATIENCE_S
from tests.support.store import fill, small_disk

READER = "ab" * 32


@contextmanager
def node(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A node without a radio, ended with the block if it has not ended before."""
    command = [sys.executable, "-m", "handheld", "node", "--data", str(folder), "--radio", "none", *arguments]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@asynccontextmanager
async def door(folder: Path) -> AsyncIterator[Client]:
    """A client, as soon as the node answers."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            client = await Client.connect(folder)
            break
        except NodeUnreachable:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)
    try:
        yield client
    finally:
        await client.close()


def refused(folder: Path, *arguments: str) -> tuple[int, str]:
    """How a node that cannot start ends: its exit code and what it said."""
    with node(folder, *arguments) as process:
        _, said = process.communicate(timeout=PATIENCE_S)
    assert "Traceback" not in said
    return process.returncode, said


async def test_what_was_saved_is_there_after_a_kill_and_numbers_go_on(tmp_path: Path) -> None:
    with node(tmp_path, "--name", "ana") as process:
        async with door(tmp_path) as client:
            first = await client.ask(Post("#Here", "Water at the school"))
            letter = await client.ask(Send(READER, "Are you safe?"))
            await client.ask(Name(READER, "bo"))
            status = await client.ask(Status())
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert (first.board, first.seq, first.state, first.own) == ("here", 1, "queued", True)
    assert (letter.peer, letter.seq, letter.state) == (READER, 1, "queued")
    assert "No profile" in letter.note
    assert (status.messages, status.queued, status.outbox, status.name) == (2, 1, {"queued": 1}, "ana")

    with node(tmp_path):
        async with door(tmp_path) as client:
            held = await client.ask(Read())
            second = await client.ask(Post("here", "again"))
            answer = await client.ask(Send("bo", "still there?"))
            private = await client.ask(Read(who="bo"))
            again = await client.ask(Status())
    assert [message.text for message in held] == ["Water at the school", "Are you safe?"]
    assert (second.seq, answer.seq) == (2, 2)
    assert [message.text for message in private] == ["Are you safe?", "still there?"]
    assert private[0].peer_name == "bo"
    assert again.key == status.key
    assert again.outbox == {"queued": 2}


async def test_what_arrives_is_told_after_it_is_saved(tmp_path: Path) -> None:
    with node(tmp_path):
        async with door(tmp_path) as watcher, door(tmp_path) as writer:
            await watcher.ask(Watch())
            kept = await writer.ask(Post("here", "hello"))
            async for event in watcher.events():
                assert event == MessageKept(kept)
                break
            assert (await writer.ask(Read("here")))[0] == kept
            assert await writer.ask(People()) == []


async def test_conversations_are_listed_the_newest_first(tmp_path: Path) -> None:
    with node(tmp_path):
        async with door(tmp_path) as client:
            assert [chat.board for chat in await client.ask(Chats())] == ["here"]
            await client.ask(Post("market", "apples"))
            letter = await client.ask(Send(READER, "Are you safe?"))
            chats = await client.ask(Chats())
            assert [(chat.board, chat.peer) for chat in chats] == [("", READER), ("market", ""), ("here", "")]
            assert chats[0].last == letter
            assert await client.ask(Seen(letter.id, who=READER)) is None
            with pytest.raises(Refused):
                await client.ask(Seen(letter.id))


async def test_refusals_are_sentences_and_the_node_goes_on(tmp_path: Path) -> None:
    with node(tmp_path):
        async with door(tmp_path) as client:
            for command in (Post("here", ""), Post("no board", "x"), Send("nobody", "x"), Read("here", "bo")):
                with pytest.raises(Refused):
                    await client.ask(command)
            assert (await client.ask(Status())).messages == 0


async def test_it_ends_in_order_on_sigterm(tmp_path: Path) -> None:
    with node(tmp_path) as process:
        async with door(tmp_path):
            pass
        process.terminate()
        assert process.wait(timeout=PATIENCE_S) == 0
    assert not (tmp_path / "api.sock").exists()


async def test_a_second_node_is_refused_and_names_the_first(tmp_path: Path) -> None:
    with node(tmp_path) as process:
        async with door(tmp_path) as client:
            code, said = refused(tmp_path)
            assert (code, str(process.pid) in said) == (15, True)
            await client.ask(Status())


async def test_a_child_ends_soon_after_its_last_client(tmp_path: Path) -> None:
    with node(tmp_path, "--child") as process:
        async with door(tmp_path) as client:
            await client.ask(Status())
        assert process.wait(timeout=PATIENCE_S) == 0


async def test_a_lost_identity_is_not_replaced_beside_its_database(tmp_path: Path) -> None:
    with node(tmp_path):
        async with door(tmp_path):
            pass
    identity = tmp_path / "identity"
    identity.unlink()
    code, said = refused(tmp_path)
    assert code == 14
    assert "missing" in said
    assert not identity.exists()


def lose_database(folder: Path) -> None:
    for file in folder.glob("pocketmesh.db*"):
        file.unlink()


async def test_an_identity_whose_database_was_lost_uses_no_number_twice(tmp_path: Path) -> None:
    numbers = set()
    for _ in range(3):
        with node(tmp_path):
            async with door(tmp_path) as client:
                key = (await client.ask(Status())).key
                for command in (Post("here", "hello"), Send(READER, "hello")):
                    numbers.add((key, type(command), (await client.ask(command)).seq))
        lose_database(tmp_path)
    assert len(numbers) == 6
    assert len({key for key, _, _ in numbers}) == 1


@pytest.mark.parametrize("name", ["identity", "pocketmesh.db"])
async def test_what_is_damaged_is_told_and_left_as_it_is(tmp_path: Path, name: str) -> None:
    with node(tmp_path):
        async with door(tmp_path):
            pass
    file = tmp_path / name
    file.write_bytes(b"rubbish" * 2000)
    code, said = refused(tmp_path)
    assert code == 14
    assert str(file) in said
    assert file.read_bytes() == b"rubbish" * 2000


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("colour = 1", "colour"),
        ("name = 7", "name"),
        ('boards = ["two words"]', "boards"),
        ("= =", "config.toml"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, settings: str, says: str) -> None:
    (tmp_path / "config.toml").write_text(settings)
    code, said = refused(tmp_path)
    assert code == 2
    assert says in said


def test_a_named_folder_that_is_missing_is_not_made(tmp_path: Path) -> None:
    code, said = refused(tmp_path / "typo")
    assert code == 10
    assert "mkdir -p" in said
    assert not (tmp_path / "typo").exists()


async def post_until_refused(client: Client) -> tuple[int, UserError]:
    for saved in range(500):
        try:
            await client.ask(Post("here", "x" * 160))
        except UserError as error:
            return saved, error
    pytest.fail("the disk never filled")


async def test_a_full_disk_refuses_with_a_sentence_and_reading_goes_on(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 2048) as folder, node(folder):
        async with door(folder) as client:
            await client.ask(Post("here", "before"))
            fill(folder / "ballast")
            saved, error = await post_until_refused(client)
            assert error.exit_code == 12
            assert (await client.ask(Status())).messages == 1 + saved
            (folder / "ballast").unlink()
            await client.ask(Post("here", "after"))
            assert (await client.ask(Read(limit=1)))[0].text == "after"
