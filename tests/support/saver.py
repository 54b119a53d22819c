"""Saves all that a node saves, and tells each thing that it may call saved: `saver FOLDER SEED`.

One JSON object a line on standard output, written when the store said that it is on the disk. A third word
sets PRAGMA synchronous to it, which no node does.
"""

import asyncio
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

from handheld.store import boards, keyfile, messages, outgoing, people, petnames
from handheld.store.database import Database
from handheld.store.folder import Folder
from handheld.store.messages import AIRED, DELIVERED, FAILED, RECEIVED, MessageRow
from tests.support.store import VAULT, key, letter, own_post, person, post

STEPS = 18
"""Things that each of the writers below does: enough in all for two checkpoints."""


def tell(**what: object) -> None:
    """Promise this to whoever reads."""
    os.write(1, json.dumps(what).encode() + b"\n")


class Saver:
    """Some writers side by side on one database, as the parts of a node are."""

    def __init__(self, folder: Folder, database: Database, chance: random.Random) -> None:
        self._folder = folder
        self._database = database
        self._chance = chance

    async def run(self) -> None:
        """All of them, to the end."""
        writers = [self._posts(), self._letters(2), self._letters(3), self._heard(), self._names()]
        await asyncio.gather(*writers)

    async def _posts(self) -> None:
        seq = await self._database.read(messages.own_seq)
        for _ in range(STEPS):
            seq += 1
            number = await self._add(own_post(seq, text=self._text(b"post", seq)))
            await self._advance(number, AIRED)
            self._write_identity()

    async def _letters(self, peer: int) -> None:
        seq = dict(await self._database.read(messages.own_seqs)).get(key(peer), 0)
        for _ in range(STEPS):
            seq += 1
            number = await self._add(letter(seq, peer, text=self._text(b"letter", seq)))
            for _ in range(self._chance.randrange(3)):
                await self._seal(number, self._chance.randbytes(8))
                await self._advance(number, AIRED)
            if self._chance.random() < 0.5:
                await self._advance(number, self._chance.choice((DELIVERED, FAILED)))

    async def _heard(self) -> None:
        known = await self._database.read(messages.count)
        for seq in range(known + 1, known + STEPS + 1):
            if self._chance.random() < 0.5:
                await self._add(post(seq, author=4, text=self._text(b"heard", seq)))
            else:
                words = self._text(b"for you", seq)
                await self._add(letter(seq, 5, author=key(5), own=False, text=words, state=RECEIVED))

    async def _names(self) -> None:
        count = len(await self._database.read(boards.all))
        for number in range(count, count + STEPS):
            await self._write(lambda connection, n=number: petnames.save(connection, key(6), f"name {n}"))
            tell(petname=number)
            await self._write(lambda connection, n=number: people.save(connection, person(7, n)))
            tell(epoch=number)
            await self._write(lambda connection, n=number: boards.add(connection, f"board{n}"))
            tell(board=f"board{number}")

    async def _add(self, row: MessageRow) -> int:
        number = await self._write(lambda connection: messages.add(connection, row))
        assert number is not None, f"a number was given twice: {row}"
        tell(
            message=number, peer=row.peer.hex(), author=row.author.hex(), seq=row.seq, text=row.text.decode()
        )
        tell(state=[number, row.state])
        return int(number)

    async def _advance(self, message: int, state: str) -> None:
        await self._write(lambda connection: messages.advance(connection, message, state))
        tell(state=[message, state])

    async def _seal(self, message: int, commitment: bytes) -> None:
        await self._write(lambda connection: outgoing.add_sealing(connection, message, commitment))
        tell(sealing=commitment.hex(), of=message)

    async def _write(self, work: Any) -> Any:
        return await self._database.write(work, urgent=self._chance.random() < 0.8)

    def _write_identity(self) -> None:
        held = keyfile.read(self._folder.identity)
        number = 0 if held is None else int(held) + 1
        keep = keyfile.rewrite if number % 3 == 0 else keyfile.write
        keep(self._folder.identity, b"%d" % number)
        tell(identity=number)

    def _text(self, kind: bytes, seq: int) -> bytes:
        return b"%s %d " % (kind, seq) + b"x" * self._chance.randrange(150)


async def main(path: Path, seed: int, synchronous: str = "") -> None:
    """Save, and end in order or not."""
    chance = random.Random(seed)
    with Folder.open(path, explicit=False) as folder:
        if keyfile.read(folder.identity) is None:
            keyfile.write(folder.identity, b"0")
            tell(identity=0)
        database = Database.open(folder.database, VAULT)
        if synchronous:
            database._writer.execute(f"PRAGMA synchronous = {synchronous}")
        await Saver(folder, database, chance).run()
        if chance.random() < 0.5:
            await database.close()
        else:
            os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
