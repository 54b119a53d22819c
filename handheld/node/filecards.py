"""A file as it is shown, and what it takes before it is shared."""

from handheld.errors import Refused
from handheld.events import FileInfo
from handheld.files.content import shrink
from handheld.files.look import Look
from handheld.files.names import shown
from handheld.node.fileconsent import Consent
from handheld.node.filecourier import Courier
from handheld.node.people import People
from handheld.node.rooms import Rooms
from handheld.node.shelf import Entry
from handheld.text import amount
from handheld.wire.files import FILE_MAX

UNSEEN = Look("")


class FileCards:
    """Says whose a file is, for whom, and how far it has come."""

    def __init__(self, people: People, rooms: Rooms, consent: Consent) -> None:
        self._people = people
        self._rooms = rooms
        self._consent = consent

    def info(
        self,
        entry: Entry,
        courier: Courier,
        now: int,
        look: Look = UNSEEN,
        found: tuple[list[bytes], list[bytes]] = ([], []),
    ) -> FileInfo:
        """This file, which this courier moves; `found`: keys of who has it, and of who lacks parts."""
        has, lacks = ([self._people.person(key, now) for key in keys] for keys in found)
        in_room = 0 < len(entry.peer) < len(entry.author)
        reader = self._people.person(entry.peer, now) if entry.peer and not in_room else None
        symbols = entry.shape.symbols
        have = symbols if entry.whole else min(entry.held, symbols)
        coming = entry.wanted and not entry.whole
        return FileInfo(
            id=entry.tag.hex(),
            name=shown(entry.manifest.name),
            size=entry.manifest.size,
            travels=entry.manifest.packed,
            state=_state(entry),
            have=have,
            symbols=symbols,
            own=entry.own,
            pinned=entry.pinned,
            author=self._people.person(entry.author, now),
            board=entry.board,
            room=self._rooms.name_of(entry.peer) if in_room else "",
            peer=reader.key if reader else "",
            peer_name=reader.name if reader else "",
            wait_s=-(-(symbols - have) * courier.frame_ms // 1_000) if coming else None,
            quiet_s=courier.quiet_s(entry.tag, now) if coming else None,
            lacked=courier.lacked(entry.tag, now),
            has=has,
            lacks=lacks,
            look=look.kind,
            width=look.width,
            height=look.height,
            waits=entry.wanted and self._consent.waits(entry),
        )


def travels(content: bytes, limit: int) -> int:
    """Bytes of this content on its way. Refused if it may not be shared at all."""
    if not content:
        raise Refused("The file is empty: there is nothing to share.")
    if len(content) > FILE_MAX:
        raise Refused(f"The file has more than {amount(FILE_MAX)}, which is all that is ever shared.")
    packed, _ = shrink(content)
    if len(packed) > limit:
        raise Refused(
            f"The file takes {amount(len(packed))} on its way, and the limit is {amount(limit)}. "
            "It can be raised up to 1024 KB by file_kb in config.toml; make it smaller for slow air."
        )
    return len(packed)


def _state(entry: Entry) -> str:
    if entry.unsaved:
        return "full"
    if entry.whole:
        return "here" if entry.wanted else "paused"
    if entry.wanted:
        return "coming"
    return "paused" if entry.held else "known"
