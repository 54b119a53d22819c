"""What a node starts with."""

from collections.abc import Iterable

from handheld.node.effects import KeepFile, KeepPost, KeepRoomPost
from handheld.node.entry import Entry
from handheld.node.names import Introduction
from handheld.node.repair import Held
from handheld.values import dataclass


@dataclass(frozen=True)
class Saved:
    """What the store held at start: exact profiles (byte 0 and body), boards, own counters.

    Among the profiles is our own as it was last flooded in company, once it was.
    `unaired`: own posts that were saved and never sent, as (message id, byte 0 and body). `letters`: own
    private messages that are still on their way. `letter_seqs`: the last number given to each reader,
    `letter_floor`: what no number may be below. `known_to`: who answered us, so holds our profile.
    `petnames`: our own names for people, `met`: whom we met, `introductions`: what contacts call others.
    `relations`: to whom the owner has which, and the `lists` those people published (author, number, body).
    `rooms`: number, name and content of each; `room_seqs`: the last number given in each; `room_posts`: own
    posts in rooms that were never sent, with their message ids. `odometer`: seconds of running in all.
    `answered`: others' sealings that were acknowledged, how often, and when first by the odometer. `copied`:
    the odometer when another device with our identity was last noticed, 0 if never. `alerts`: posts of type
    ALERT with their message ids, `dismissed` those that the owner put away. `carried`, `receipts`: as in
    KeepCarried and KeepReceipt, `gone`: ids of what was carried and dropped. `files`: those that are known,
    with how many symbols of each. `clean`: the node before ended in good order, so what is not known to have
    left has not.
    """

    profiles: Iterable[bytes] = ()
    petnames: Iterable[tuple[bytes, str]] = ()
    met: Iterable[bytes] = ()
    introductions: Iterable[Introduction] = ()
    relations: Iterable[tuple[bytes, int]] = ()
    lists: Iterable[tuple[bytes, int, bytes]] = ()
    boards: Iterable[str] = ()
    seq: int = 0
    lamport: int = 0
    unaired: Iterable[tuple[int, bytes]] = ()
    letters: Iterable[Entry] = ()
    letter_seqs: Iterable[tuple[bytes, int]] = ()
    letter_floor: int = 0
    known_to: Iterable[bytes] = ()
    rooms: Iterable[tuple[bytes, str, bytes]] = ()
    room_seqs: Iterable[tuple[bytes, int]] = ()
    room_posts: Iterable[tuple[int, KeepRoomPost]] = ()
    odometer: int = 0
    copied: int = 0
    alerts: Iterable[tuple[int, KeepPost]] = ()
    dismissed: Iterable[int] = ()
    answered: Iterable[tuple[bytes, int, int]] = ()
    held: Iterable[Held] = ()
    boards_heard: Iterable[str] = ()
    restored: int = 0
    twins: Iterable[bytes] = ()
    carried: Iterable[tuple[bytes, bytes, int, int, int, int]] = ()
    receipts: Iterable[tuple[bytes, bytes, bytes, int]] = ()
    gone: Iterable[bytes] = ()
    files: Iterable[tuple[KeepFile, int]] = ()
    clean: bool = False
