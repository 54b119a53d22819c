"""The files we know: what each is, whose, for whom, and how much of the disk they may take."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from handheld.crypto.filebox import open_file
from handheld.errors import CryptoError, Refused, WireError
from handheld.files.content import grow
from handheld.files.shape import Shape, cut, digest_of
from handheld.node.effects import KeepFile
from handheld.wire.age import pack, unpack
from handheld.wire.codec import decode, encode
from handheld.wire.constants import POST_LIFE_S
from handheld.wire.files import FileKey, Manifest, flags_of
from handheld.wire.records import KEY, Post

QUOTA = 16 << 20
"""Bytes of files, as they travel, that a device keeps."""

FILES_MAX = 256
"""Files that are known at the same time."""

PREFIX_MIN = 4

NOBODY = bytes(32)
"""Stands for the author of a file that is carried for others: who that is, and its name, is sealed."""

_NAMELESS = b"-"


@dataclass(slots=True)
class Entry:
    """A file. `key` is empty where it is public; `held` counts symbols, also of what is not in memory."""

    manifest: Manifest
    key: bytes
    author: bytes
    peer: bytes
    board: str
    content: bytes
    own: bool
    wanted: bool
    born: int
    pinned: bool = False
    whole: bool = False
    held: int = 0
    agreed: bool = False
    """The owner lets it take slow air, too."""
    unsaved: bool = False
    """The disk had no room for what came of it."""

    @property
    def tag(self) -> bytes:
        """How it is named on the air."""
        return self.manifest.tag

    @property
    def carried(self) -> bool:
        """Whether it is here for others only."""
        return self.author == NOBODY

    @property
    def shape(self) -> Shape:
        """How it is cut."""
        return Shape(self.manifest.packed)

    @property
    def empty(self) -> bool:
        """Whether nothing of it is here, and nothing is asked for."""
        return not (self.whole or self.held or self.wanted)

    @property
    def stays(self) -> bool:
        """Whether neither age nor want of space takes it: it is pinned, or the owner's, and here."""
        return self.pinned or (self.own and not self.empty)

    @property
    def expired(self) -> int:
        """The reading of the odometer at which it goes."""
        return self.born + unpack(self.manifest.expiry)

    def keep(self) -> KeepFile:
        """The effect that saves it as it is now."""
        return KeepFile(
            tag=self.tag,
            author=self.author,
            peer=self.peer,
            board=self.board,
            content=self.content,
            own=self.own,
            wanted=self.wanted,
            pinned=self.pinned,
            whole=self.whole,
            size=self.manifest.packed,
            born=self.born,
            agreed=self.agreed,
        )


def manifest_of(name: bytes, size: int, packed: bytes, *, shrunk: bool, sealed: bool) -> Manifest:
    """The manifest of an own file that goes as late as any post."""
    digest = digest_of(packed)
    _, top = cut(packed, digest)
    flags = flags_of(Shape(len(packed)).top, shrunk=shrunk, sealed=sealed)
    return Manifest(pack(POST_LIFE_S), flags, size, len(packed), digest, top + name)


def opened(entry: Entry, payload: bytes) -> bytes:
    """The file itself, out of what travelled. Refused if that is not what its manifest says."""
    try:
        packed = open_file(entry.key, payload) if entry.key else payload
        return grow(packed, entry.manifest.size) if entry.manifest.shrunk else packed
    except (CryptoError, WireError) as error:
        raise Refused(f"This file is not what it claims to be, and is not opened: {error}.") from None


def read_public(raw: bytes) -> Manifest:
    """The manifest in a post (byte 0 and body) whose signature holds; WireError if it contradicts itself."""
    return _read(decode(Post, raw[1:]).text, sealed=False)


def read_sealed(body: bytes) -> tuple[bytes, Manifest]:
    """Key and manifest of a sealed file; WireError."""
    told = decode(FileKey, body)
    return told.key, _read(told.manifest, sealed=True)


def shell_of(manifest: Manifest) -> bytes:
    """What lets others check pieces of a sealed file, and says nothing more of it."""
    size = manifest.packed - KEY // 2
    flags = flags_of(manifest.checks, shrunk=False, sealed=True)
    return encode(
        Manifest(manifest.expiry, flags, size, manifest.packed, manifest.digest, manifest.top + _NAMELESS)
    )


def read_shell(data: bytes) -> Manifest:
    """A shell; WireError."""
    manifest = _read(data, sealed=True)
    if manifest.name != _NAMELESS:
        raise WireError("reserved", "a shell with a name")
    return manifest


def _read(text: bytes, *, sealed: bool) -> Manifest:
    manifest = decode(Manifest, text)
    if manifest.sealed != sealed:
        raise WireError("manifest", "sealed where all may read, or open where nobody may")
    if manifest.checks != Shape(manifest.packed).top:
        raise WireError("manifest", f"{manifest.checks} checks for {manifest.packed} bytes")
    return manifest


class Shelf:
    """Files by their tags, the one first heard of at the front."""

    def __init__(self, quota: int = QUOTA) -> None:
        self.quota = quota
        self._entries: dict[bytes, Entry] = {}

    def __iter__(self) -> Iterator[Entry]:
        return (entry for entry in self._entries.values() if not entry.carried)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, tag: bytes) -> bool:
        return tag in self._entries

    @property
    def carried(self) -> list[Entry]:
        """Those that are here for others only, which no list shows."""
        return [entry for entry in self._entries.values() if entry.carried]

    @property
    def known(self) -> int:
        """How many there are of both."""
        return len(self._entries)

    def restore(self, keeps: Iterable[tuple[KeepFile, int]]) -> int:
        """What the store held, with how many symbols of each; how many could not be read."""
        unreadable = 0
        for keep, held in keeps:
            try:
                if keep.author == NOBODY:
                    key, manifest = b"", read_shell(keep.content)
                elif keep.peer:
                    key, manifest = read_sealed(keep.content)
                else:
                    key, manifest = b"", read_public(keep.content)
            except WireError:
                unreadable += 1
                continue
            entry = Entry(
                manifest=manifest,
                key=key,
                author=keep.author,
                peer=keep.peer,
                board=keep.board,
                content=keep.content,
                own=keep.own,
                wanted=keep.wanted,
                born=keep.born,
                pinned=keep.pinned,
                whole=keep.whole,
                held=held,
                agreed=keep.agreed,
            )
            self._entries[entry.tag] = entry
        return unreadable

    def get(self, tag: bytes) -> Entry | None:
        """The file of this tag."""
        return self._entries.get(tag)

    def put(self, entry: Entry) -> None:
        """A file more; ask `room` before."""
        self._entries[entry.tag] = entry

    def drop(self, tag: bytes) -> None:
        """A file less."""
        del self._entries[tag]

    def find(self, given: str) -> Entry:
        """The one file whose id begins with these hex digits; Refused says why not."""
        digits = given.strip().lower()
        if len(digits) < PREFIX_MIN or not set(digits) <= set("0123456789abcdef"):
            raise Refused(f"A file is named by at least {PREFIX_MIN} hex digits of its id: pocketmesh files")
        found = [entry for entry in self if entry.tag.hex().startswith(digits)]
        if not found:
            raise Refused(
                f"There is no file {digits}. Who has it can share it again. What there is: pocketmesh files"
            )
        if len(found) > 1:
            raise Refused(f"{len(found)} files begin with {digits}. Give more digits.")
        return found[0]

    @property
    def used(self) -> int:
        """Bytes of what is whole, or is to become so."""
        entries = self._entries.values()
        return sum(one.manifest.packed for one in entries if not one.empty)

    def room(self, size: int, *, own: bool) -> list[Entry] | None:
        """Which files have to go for one more of `size` bytes; None if that is not to be had.

        Own and pinned ones stay, carried ones go first. For one of somebody else's, what is not whole yet
        stays as well.
        """
        over, many = self.used + size - self.quota, self.known + 1 - FILES_MAX
        goes: list[Entry] = []
        for entry in [*self.carried, *self]:
            if over <= 0 and many <= 0:
                break
            coming = entry.wanted and not entry.whole and not own and not entry.carried
            if entry.stays or coming:
                continue
            over -= 0 if entry.empty else entry.manifest.packed
            many -= 1
            goes.append(entry)
        return goes if over <= 0 and many <= 0 else None

    def expired(self, powered: int) -> list[Entry]:
        """Files that are too old, those aside that stay."""
        return [one for one in self._entries.values() if not one.stays and one.expired <= powered]
