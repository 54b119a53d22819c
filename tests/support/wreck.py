"""A data folder like one that was used for a while, and the ways in which a card ruins its database."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from handheld.clock import SeededEntropy
from handheld.commands import READ_LIMIT
from handheld.crypto.identity import Identity
from handheld.crypto.signing import sign_post, sign_profile
from handheld.store import (
    acquaintances,
    boards,
    keyfile,
    messages,
    migrate,
    outgoing,
    people,
    petnames,
    rooms,
)
from handheld.store.folder import Folder
from handheld.store.messages import DELIVERED, MessageRow
from handheld.store.people import PersonRow
from handheld.store.salvage import Salvaged, salvage
from handheld.wire.air import first_byte
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind
from tests.support.store import VAULT, keys_of

OWN_POSTS, OWN_LETTERS, OTHERS, PETNAMES, BOARDS = 120, 60, 24, 12, 5
READERS = 3
PETNAMES_PAGE = 14

SELF = Identity.create(SeededEntropy("self"))
OTHER = [Identity.create(SeededEntropy(f"other {number}")) for number in range(OTHERS)]


def post(author: Identity, seq: int, text: bytes, *, own: bool) -> MessageRow:
    """A post that its author has signed."""
    signed = sign_post(author, "here", seq, seq, text)
    raw = bytes([first_byte(AirKind.POST)]) + encode(signed)
    state = "aired" if own else "received"
    return MessageRow(b"", author.key, seq, seq, "here", text, raw, own, None, None, 1_800_000_000, state)


def letter(number: int) -> MessageRow:
    """A private message of ours."""
    peer, text = OTHER[number % READERS].key, b"letter %d" % number
    return MessageRow(peer, SELF.key, number, number, "", text, b"", True, None, None, None, "queued")


def profile(person: Identity) -> PersonRow:
    """Somebody whom we heard."""
    raw = bytes([first_byte(AirKind.PROFILE)]) + encode(sign_profile(person, 0, b"somebody"))
    return PersonRow(person.key, person.epoch, raw, None, None)


def fill(connection: sqlite3.Connection) -> None:
    """What a while has brought."""
    for seq in range(1, OWN_POSTS + 1):
        messages.add(connection, post(SELF, seq, b"post %d" % seq, own=True))
    for number in range(1, OWN_LETTERS + 1):
        found = messages.add(connection, letter(number))
        outgoing.add_sealing(connection, found or 0, number.to_bytes(8, "big"))
        if number % 2:
            messages.advance(connection, found or 0, DELIVERED)
    for place, person in enumerate(OTHER):
        people.save(connection, profile(person))
        messages.add(connection, post(person, 1, b"from %d" % place, own=False))
    for place, person in enumerate(OTHER[:PETNAMES]):
        petnames.save(connection, person.key, f"friend {place}")
    for number in range(BOARDS):
        boards.add(connection, f"board{number}" if number else "here")
        rooms.save(connection, number.to_bytes(8, "big"), f"room {number}", b"{%d}" % number)
    for person in OTHER[:READERS]:
        acquaintances.save_met(connection, person.key, met=True)
    for person in OTHER[READERS:]:
        acquaintances.save_introduction(connection, person.key, OTHER[0].key, "a friend of his")


def furnish(path: Path) -> Folder:
    """Make such a folder, closed in order."""
    folder = Folder(path)
    keyfile.write(folder.identity, keys_of(SELF))
    writer, reader = migrate.open_pair(folder.database, VAULT)
    with closing(writer), closing(reader):
        writer.execute("BEGIN")
        fill(writer)
        writer.execute("COMMIT")
    return folder


def ruin(folder: Folder, data: bytes, log: bytes = b"") -> list[str]:
    """Put these bytes in the place of the folder's database, salvage it, and say what is wrong then."""
    whole = folder.database.read_bytes()
    before = _rows(folder.database)
    folder.database.write_bytes(data)
    if log:
        folder.database.with_name("pocketmesh.db-wal").write_bytes(log)
    with Folder.open(folder.path, explicit=True) as held:
        done = salvage(held, [VAULT], SeededEntropy("ruin"))
    return [*_findings(folder, done, before, whole, data), *_out_of_step(done, _rows(folder.database))]


def _findings(folder: Folder, done: Salvaged, before: "Rows", whole: bytes, data: bytes) -> Iterator[str]:
    after = _rows(folder.database)
    for table in ("posts", "people", "met", "introductions", "rooms"):  # sealed, to the last bit
        if done.aside and (invented := after[table] - before[table]):
            yield f"invented in {table}: {invented}"
    if page_of_petnames(data) == page_of_petnames(whole) and after["petnames"] != before["petnames"]:
        yield f"petnames lost: {before['petnames'] - after['petnames']}"
    if keyfile.read(folder.identity) != keys_of(SELF):
        yield "the identity is another"
    if done.aside and (folder.path / done.aside[0]).read_bytes() != data:
        yield "the damaged file is not as it was"
    if done.aside and done.own_seq <= OWN_POSTS:
        yield f"number {done.own_seq} was given before"


def _out_of_step(done: Salvaged, after: "Rows") -> Iterator[str]:
    if done.kept["petnames"] != len(after["petnames"]):
        yield "the count is not that of the rows"
    yield from (
        f"more kept than known: {table}" for table in done.kept if done.kept[table] > done.known[table]
    )


def page_of_petnames(data: bytes) -> bytes:
    """The page that holds them all."""
    return data[PETNAMES_PAGE * 4096 : (PETNAMES_PAGE + 1) * 4096]


def everything(connection: sqlite3.Connection) -> list[MessageRow]:
    """All messages, the oldest first."""
    found: list[MessageRow] = []
    while page := messages.page(connection, "", b"", found[0].id if found else 0, READ_LIMIT):
        found = page + found
    return found


Rows = dict[str, set[tuple[object, ...]]]


def _rows(path: Path) -> Rows:
    writer, reader = migrate.open_pair(path, VAULT)
    with closing(writer), closing(reader):
        posts = {row[1:7] for row in everything(reader) if not row.peer}
        return {
            "posts": posts,
            "people": {row[:3] for row in people.all(reader)},
            "petnames": set(petnames.all(reader)),
            "met": {(key,) for key in acquaintances.met(reader)},
            "introductions": set(acquaintances.introductions(reader)),
            "rooms": set(rooms.all(reader)),
        }


def pages_overwritten(data: bytearray, chance: random.Random) -> None:
    """Some pages hold rubbish."""
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) // 4096) * 4096
        data[at : at + 4096] = chance.randbytes(4096)


def sectors_overwritten(data: bytearray, chance: random.Random) -> None:
    """Some sectors hold rubbish, or zeros."""
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(data) // 512) * 512
        data[at : at + 512] = chance.choice((chance.randbytes(512), bytes(512)))


def pages_swapped(data: bytearray, chance: random.Random) -> None:
    """Two pages have changed places."""
    count = len(data) // 4096
    one, two = (4096 * place for place in chance.sample(range(count), 2))
    data[one : one + 4096], data[two : two + 4096] = data[two : two + 4096], data[one : one + 4096]


def bits_flipped(data: bytearray, chance: random.Random) -> None:
    """Bits rot anywhere."""
    for _ in range(chance.randint(1, 40)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def truncated(data: bytearray, chance: random.Random) -> None:
    """The end is missing."""
    del data[chance.randrange(len(data)) :]


def header_destroyed(data: bytearray, chance: random.Random) -> None:
    """The first page holds rubbish."""
    data[:4096] = chance.randbytes(4096)


WAYS = (
    pages_overwritten,
    sectors_overwritten,
    pages_swapped,
    bits_flipped,
    truncated,
    header_destroyed,
)
