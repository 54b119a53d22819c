"""Changing what has not gone out, on a real database: in place or written anew, where that is sound."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from handheld.clock import SeededEntropy
from handheld.commands import Edit, NewRoom, Post, Read, Say, Send
from handheld.crypto.identity import Identity
from handheld.crypto.signing import sign_profile
from handheld.daemon.editing import EditDesk
from handheld.daemon.executor import Executor
from handheld.daemon.saving import load
from handheld.daemon.system import SystemClock
from handheld.errors import DiskFull, Refused
from handheld.events import Event, Message, MessageChanged
from handheld.node.node import Node
from handheld.store import keyfile, messages, meta
from handheld.store.database import Database
from handheld.wire.air import first_byte
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind
from tests.support.store import VAULT, fill, small_disk

ANA = Identity.create(SeededEntropy("ana"))
BO = Identity.create(SeededEntropy("bo"))
WALL = 1_800_000_000


class Bench:
    """A node without a radio, from its database to the desk."""

    def __init__(self, node: Node, database: Database, folder: Path) -> None:
        self.node, self.database = node, database
        self.told: list[Event] = []
        keep = partial(keyfile.rewrite, folder / "identity")
        clock = SystemClock()
        self.executor = Executor(
            node, database, clock, lambda _token, _air: None, self.told.append, lambda: None, keep
        )
        self._desk = EditDesk(node, clock, self.executor, database)

    async def edit(self, message: Message, text: str) -> Message:
        return await self._desk.edit(Edit(message.id, text))

    async def send(self, text: str) -> Message:
        return (await self.executor.carry_out(self.node.send(Send(BO.key.hex(), text), WALL)))[-1]

    async def texts(self) -> list[str]:
        return [one.text for one in await self.executor.read(Read())]


@asynccontextmanager
async def running(folder: Path, *, clean: bool = True) -> AsyncIterator[Bench]:
    database = Database.open(folder / "db", VAULT)
    saved = await database.write(lambda connection: load(connection, ["here"], 0), urgent=True)
    node = Node(ANA, "ana", SeededEntropy(str(folder)), saved)
    bench = Bench(node, database, folder)
    profile = sign_profile(BO, 0, b"bo")
    raw = bytes([first_byte(AirKind.PROFILE)]) + encode(profile)
    await bench.executor.carry_out(node.records.brought(raw, 0, 0, WALL))
    task = asyncio.create_task(bench.executor.run())
    try:
        yield bench
    finally:
        task.cancel()
        if clean:
            await bench.executor.finish(node.stop(0))
        await database.close()


async def test_a_private_message_is_changed_in_its_place(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        first = await bench.send("see you at fvie")
        await bench.send("and bring bread")
        changed = await bench.edit(first, "see you at five")
        assert (changed.id, changed.seq, changed.text) == (first.id, first.seq, "see you at five")
        assert await bench.texts() == ["see you at five", "and bring bread"]
        assert MessageChanged(changed) in bench.told


async def test_it_can_be_changed_by_a_node_that_starts_after_a_good_end_alone(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        written = await bench.send("one")
    async with running(tmp_path, clean=False) as bench:
        await bench.edit(written, "two")
    async with running(tmp_path) as bench:
        with pytest.raises(Refused, match="gone out"):
            await bench.edit(written, "three")
        assert await bench.texts() == ["two"]


async def test_what_was_sealed_is_refused_also_when_only_the_end_saved_it(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        written = await bench.send("one")
        bench.executor.submit(bench.node.records.seal(0))
    async with running(tmp_path) as bench:
        with pytest.raises(Refused, match="gone out"):
            await bench.edit(written, "two")
        assert (
            await bench.database.write(
                lambda connection: messages.rewrite(connection, written.id, 1, 1, b"two"), urgent=True
            )
            is None
        )


async def test_of_a_backup_nothing_is_changed(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        written = await bench.send("one")
    database = Database.open(tmp_path / "db", VAULT)
    await database.write(lambda connection: meta.put(connection, meta.RESTORED, 1), urgent=True)
    await database.close()
    async with running(tmp_path) as bench:
        with pytest.raises(Refused, match="gone out"):
            await bench.edit(written, "two")


async def test_in_a_room_it_keeps_its_place_too(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        await bench.executor.carry_out(bench.node.rooms.make(NewRoom("kitchen", 0))[1])
        said = (await bench.executor.carry_out(bench.node.rooms.say(Say("kitchen", "sveen"), WALL)))[0]
        await bench.executor.carry_out(bench.node.rooms.say(Say("kitchen", "bring bread"), WALL))
        changed = await bench.edit(said, "seven")
        assert changed.id == said.id
        assert changed.seq > said.seq
        assert await bench.texts() == ["seven", "bring bread"]
    async with running(tmp_path) as bench:
        await bench.edit(said, "eight")
        assert await bench.texts() == ["eight", "bring bread"]


async def test_a_post_is_taken_back_and_written_anew_with_its_kind(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        first = (await bench.executor.carry_out(bench.node.post(Post("here", "sop", "offer", 6), WALL)))[-1]
        changed = await bench.edit(first, "soup")
        assert (changed.kind, changed.board, changed.text) == ("offer", "here", "soup")
        assert changed.left_s is not None
        assert abs(changed.left_s - 6 * 3600) < 3600
        long = await bench.edit(changed, "soup and bread " * 20)
        assert await bench.texts() == [long.text]
        with pytest.raises(Refused, match="gone out"):
            await bench.edit(first, "never")


async def test_a_note_is_written_anew_as_a_note(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        first = (await bench.executor.carry_out(bench.node.post(Post("here", "sop"), WALL)))[-1]
        changed = await bench.edit(first, "soup")
        assert (changed.kind, changed.text) == (first.kind, "soup")
        assert await bench.texts() == ["soup"]


async def test_nothing_to_say_or_nobodys_changes_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        written = await bench.send("one")
        with pytest.raises(Refused, match="nothing to send"):
            await bench.edit(written, "  ")
        with pytest.raises(Refused, match="no message of yours"):
            await bench._desk.edit(Edit(99, "text"))
        assert await bench.texts() == ["one"]


async def until_full(bench: Bench, written: Message) -> None:
    for number in range(2_000):
        await bench.edit(written, f"{number}")


async def test_a_full_disk_keeps_the_old_text_and_it_can_be_changed_later(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1024) as disk:
        async with running(disk, clean=False) as bench:
            written = await bench.send("one")
            fill(disk / "ballast")
            with pytest.raises(DiskFull):
                await until_full(bench, written)
            (disk / "ballast").unlink()
            assert (await bench.edit(written, "two")).text == "two"


CHANGER = """
import asyncio, sys
from itertools import count
from pathlib import Path
from tests.daemon.test_editing import running

async def main():
    async with running(Path(sys.argv[1])) as bench:
        written = await bench.send("text 0")
        print("text 0", flush=True)
        for number in count(1):
            await bench.edit(written, f"text {number}")
            print(f"text {number}", flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("changes", [1, 7, 40])
async def test_a_killed_node_leaves_the_old_text_or_the_new_one_whole(tmp_path: Path, changes: int) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHANGER, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    said = [int((await child.stdout.readline()).split()[1]) for _ in range(changes)]
    child.kill()
    rest = (await child.stdout.read()).decode().splitlines(keepends=True)
    await child.wait()
    last = [*said, *(int(line.split()[1]) for line in rest if line.endswith("\n"))][-1]
    async with running(tmp_path) as bench:
        assert await bench.texts() in ([f"text {last}"], [f"text {last + 1}"])
