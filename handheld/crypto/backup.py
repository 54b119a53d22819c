"""A backup's bytes: a head that says how its key is made, then boxes of 64 KiB that only come in order.

    magic 4 | version 1 | salt 16 | passes 4 | memory in KiB 4 | boxes

The key is that of a passphrase (Argon2id), or with no passes and no memory the 32 bytes of 24 words. Each box
is bound to the head, to its place, and to whether it is the last: nothing can be cut off, moved or put in.
"""

from collections.abc import Iterable, Iterator

from handheld.crypto.keyring import SALT, Lock, within_bounds
from handheld.crypto.vault import OVERHEAD, Vault
from handheld.errors import CryptoError

MAGIC = b"pmbk"
VERSION = 1
HEAD = len(MAGIC) + 1 + SALT + 8
CHUNK = 65_536
BOX = CHUNK + OVERHEAD

WORDS = Lock(bytes(SALT), 0, 0)
"""In the place of a lock: the key was written down as words."""


def pack_head(lock: Lock) -> bytes:
    """The head of a backup whose key this lock makes."""
    numbers = lock.passes.to_bytes(4, "big") + lock.memory.to_bytes(4, "big")
    return MAGIC + bytes([VERSION]) + lock.salt + numbers


def read_head(head: bytes) -> Lock:
    """How the key is made. CryptoError("size") if it is no backup, "version" if of a newer pocketmesh."""
    if len(head) != HEAD or not head.startswith(MAGIC):
        raise CryptoError("size", "no backup")
    if head[len(MAGIC)] != VERSION:
        raise CryptoError("version", f"version {head[len(MAGIC)]}")
    numbers = head[-8:]
    salt = head[len(MAGIC) + 1 : -8]
    lock = Lock(salt, int.from_bytes(numbers[:4], "big"), int.from_bytes(numbers[4:], "big"))
    if lock != WORDS and not within_bounds(lock):
        raise CryptoError("size", "no backup")
    return lock


def seal(head: bytes, key: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The boxes of these chunks, each but the last of CHUNK bytes."""
    vault = Vault(key)
    for number, (chunk, last) in enumerate(_marked(chunks)):
        yield vault.seal(_place(head, number, last), chunk)


def open_boxes(head: bytes, key: bytes, boxes: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks. CryptoError at the first that is not as it was: of another key, damaged, cut off."""
    vault = Vault(key)
    for number, (box, last) in enumerate(_marked(boxes)):
        yield vault.open(_place(head, number, last), box)


def _marked(items: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each with whether it is the last; of nothing, one empty last."""
    before: bytes | None = None
    for item in items:
        if before is not None:
            yield before, False
        before = item
    yield before or b"", True


def _place(head: bytes, number: int, last: bool) -> bytes:
    return head + number.to_bytes(8, "big") + bytes([last])
