"""Sticks with files of records on them, and people who wrote what is in them."""

from pathlib import Path

from handheld.clock import SeededEntropy
from handheld.crypto.identity import Identity
from handheld.crypto.signing import sign_post, sign_profile
from handheld.wire import stick
from handheld.wire.air import first_byte
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind

LEVEL = 40
"""The age of every record, as in wire.age: some minutes."""


def writers(count: int) -> list[Identity]:
    """People, the same ones each time."""
    return [Identity.create(SeededEntropy(f"writer {number}")) for number in range(count)]


def profile(identity: Identity, name: bytes) -> bytes:
    """A profile as a record."""
    return bytes([first_byte(AirKind.PROFILE)]) + encode(sign_profile(identity, 0, name))


def post(identity: Identity, seq: int, text: bytes, board: str = "here") -> bytes:
    """A post as a record."""
    return bytes([first_byte(AirKind.POST)]) + encode(sign_post(identity, board, seq, seq, text))


def village(posts: int, people: int) -> list[bytes]:
    """The profiles of so many people, and so many posts by them."""
    them = writers(people)
    records = [profile(one, b"p%d" % number) for number, one in enumerate(them)]
    return records + [
        post(them[number % people], 1 + number // people, b"message %d, about this and that" % number)
        for number in range(posts)
    ]


def write(folder: Path, records: list[bytes], device: str = "000000ff") -> Path:
    """A file of these."""
    folder.mkdir(exist_ok=True)
    file = folder / f"pocketmesh-{device}.records"
    slots = [stick.pack_head(bytes.fromhex(device), len(records))]
    file.write_bytes(b"".join(slots + [stick.pack(LEVEL, record) for record in records]))
    return file
