"""What a saver told, and what of it a data folder no longer keeps."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from handheld.errors import UserError
from handheld.store import boards, keyfile, messages, migrate, people, petnames
from handheld.store.folder import Folder
from handheld.store.messages import MessageRow
from handheld.store.sealed import show
from tests.support.store import VAULT, key

RANKS = {"received": 0, "queued": 0, "waiting": 0, "aired": 1, "failed": 2, "delivered": 3}
"""How far a message has come; failed and delivered are both ends, and an end may turn to delivered."""


class Promises:
    """Grows with each line that was told."""

    def __init__(self) -> None:
        self.rows: dict[int, MessageRow] = {}
        self.states: dict[int, str] = {}
        self.sealings: dict[str, int] = {}
        self.boards: set[str] = set()
        self.numbers = {"identity": -1, "petname": -1, "epoch": -1}

    def take(self, line: str) -> None:
        """One more line of `tests.support.saver`."""
        told: dict[str, Any] = json.loads(line)
        if "message" in told:
            peer, author = bytes.fromhex(told["peer"]), bytes.fromhex(told["author"])
            row = MessageRow(peer, author, told["seq"], 1, "", told["text"].encode(), b"", False, *[None] * 3)
            assert told["message"] not in self.rows, "an id was given twice"
            self.rows[told["message"]] = row
        elif "state" in told:
            number, state = told["state"]
            if RANKS[state] >= RANKS[self.states.get(number, "queued")]:
                self.states[number] = state
        elif "sealing" in told:
            self.sealings[told["sealing"]] = told["of"]
        elif "board" in told:
            self.boards.add(told["board"])
        else:
            self.numbers |= told

    def broken(self, path: Path) -> list[str]:
        """Open the folder with the real store, as a node does; what is not as it was told."""
        try:
            with Folder.open(path, explicit=False) as folder:
                there = folder.database.exists()
                blob = keyfile.read(folder.identity)
                if blob is None and there:
                    return ["the identity is gone beside a database"]
                if (-1 if blob is None else int(blob)) < self.numbers["identity"]:
                    return [f"the identity is {blob!r}, told was {self.numbers['identity']}"]
                writer, reader = migrate.open_pair(folder.database, VAULT)
                with closing(writer), closing(reader):
                    return list(self._broken_in(writer))
        except UserError as error:
            return [f"{type(error).__name__}: {error}"]

    def _broken_in(self, connection: sqlite3.Connection) -> Iterator[str]:
        yield from (
            f"corrupt: {line}" for (line,) in connection.execute("PRAGMA integrity_check") if line != "ok"
        )
        yield from (f"orphan: {line}" for line in connection.execute("PRAGMA foreign_key_check"))
        yield from self._broken_messages(connection)
        yield from self._broken_sealings(connection)
        yield from (f"board {name} is gone" for name in self.boards - set(boards.all(connection)))
        names = dict(petnames.all(connection))
        held = {
            "petname": int(names.get(key(6), "name -1").split()[1]),
            "epoch": next((row.epoch for row in people.all(connection) if row.key == key(7)), -1),
        }
        yield from (f"{name} is {have}" for name, have in held.items() if have < self.numbers[name])

    def _broken_messages(self, connection: sqlite3.Connection) -> Iterator[str]:
        for number, row in self.rows.items():
            held = messages.get(connection, number)
            if held is None or (*held[:2], held.seq, held.text) != (*row[:2], row.seq, row.text):
                yield f"message {number} is lost or changed"
            elif RANKS[held.state] < RANKS[self.states.get(number, "queued")]:
                yield f"message {number} was {self.states[number]} and is {held.state}"
        used = messages.own_seq(connection)
        letters = dict(messages.own_seqs(connection))
        for row in self.rows.values():
            given = used if not row.peer else letters.get(row.peer, 0)
            if row.author == key(1) and row.seq > given:
                yield f"number {row.seq} may be given twice"
        connection.execute("BEGIN")
        again = [messages.add(connection, row) for row in self.rows.values()]
        connection.execute("ROLLBACK")
        yield from ("a message is shown twice" for number in again if number is not None)

    def _broken_sealings(self, connection: sqlite3.Connection) -> Iterator[str]:
        held = {
            show(connection, commitment).hex(): message
            for commitment, message in connection.execute("SELECT commitment, message FROM sealings")
        }
        delivered = {
            number for (number,) in connection.execute("SELECT id FROM messages WHERE state = 'delivered'")
        }
        for commitment, message in self.sealings.items():
            if held.get(commitment) != message and message not in delivered:
                yield f"the sealing of message {message} is lost"
