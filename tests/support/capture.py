"""Frames that a listener hears in a village of pure nodes, with what he would like to know of each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest import mock

from handheld.clock import SeededEntropy
from handheld.crypto.sealing import Sealed
from handheld.node import mail
from handheld.node.saved import Saved
from handheld.wire.air import decode_air
from handheld.wire.constants import AirKind, LetterKind
from handheld.wire.rooms import ROOM_TEXT_MAX
from tests.support.nodes import Handheld, Room

NAMES = ("ana", "bo", "cem", "dee", "eva")
SECRET_KINDS = (AirKind.PRIVATE, AirKind.SESSION, AirKind.ACK, AirKind.ROOM)
LONGEST = 160
"""Bytes of a text at the most; in a room they are fewer."""

CALM_MS = 30_000


class Heard(NamedTuple):
    """A frame as it is on the air, and the answers: `first` contact or not, kind of `letter`, 0 if none."""

    air: bytes
    kind: int
    sender: str
    reader: str = ""
    first: bool = False
    letter: int = 0


def village(number: int) -> list[Heard]:
    """What is heard while five people who know nothing of each other begin to write to each other and go on.

    They are the same five people in every village, so that what tells one of them tells him in all.
    """
    chance = SeededEntropy(f"village {number}")
    saved = Saved(boards=["here"])
    room = Room(Handheld(name, saved, seed=f"village {number}") for name in NAMES)
    with _first_contacts() as firsts:
        room.radio_up()
        room.run(CALM_MS)
        secret = room.make_room(NAMES[0])
        for name in NAMES[1:]:
            room.join_room(name, secret)
        pairs = [(one, other) for one in NAMES for other in NAMES if one != other]
        for _ in range(4):
            for one, other in sorted(pairs, key=lambda _: chance.take(4)):
                room.send(one, other, _text(chance))
                room.run(1 + chance.below(2_000))
            room.run(CALM_MS)
        for name in NAMES:
            room.say(name, _text(chance, ROOM_TEXT_MAX))
            room.run(CALM_MS)
        _write_other_letters(room, chance)
        room.run(CALM_MS)
    return list(_labelled(room, firsts))


def _text(chance: SeededEntropy, longest: int = LONGEST) -> str:
    return "x" * (1 + chance.below(longest))


def _write_other_letters(room: Room, chance: SeededEntropy) -> None:
    """Introductions, keys of rooms and of files, and what devices ask, which are written less often."""
    for at, name in enumerate(NAMES):
        friend, other = NAMES[at - 1], NAMES[at - 2]
        room.name(name, other, f"friend {chance.below(99)}")
        room.introduce(name, other, friend)
        room.make_room(name, f"room of {name}")
        room.invite(name, friend, f"room of {name}")
        room.share(name, friend, chance.take(700 + chance.below(900)))
        gaps, key = room.handhelds[name].node.gaps, room.handhelds[friend].identity.key
        room.carry_out(room.handhelds[name], gaps.found(key, [(1, 1 + chance.below(9))], room.now, 0))
        room.carry_out(room.handhelds[name], [gaps.seen(key, 1 + chance.below(9), 0)])
        room.run(2_000)


@contextmanager
def _first_contacts() -> Iterator[set[bytes]]:
    """Commitments of the first contacts that are sealed meanwhile: nothing else tells them."""
    commitments: set[bytes] = set()
    real: Callable[..., Sealed] = mail.seal_first

    def noting(*arguments: Any, **named: Any) -> Sealed:
        sealed = real(*arguments, **named)
        commitments.add(sealed.commitment)
        return sealed

    with mock.patch.object(mail, "seal_first", noting):
        yield commitments


def _labelled(room: Room, firsts: set[bytes]) -> Iterator[Heard]:
    for _, sender, air in room.frames:
        frame = decode_air(air)
        if frame.kind not in SECRET_KINDS:
            continue
        own = room.handhelds[sender]
        at = {AirKind.PRIVATE: 36, AirKind.SESSION: 8}.get(AirKind(frame.kind))
        if at is None:
            yield Heard(air, frame.kind, sender)
            continue
        commitment = frame.body[at : at + 8]
        letter = own.own[own.sealings[commitment]]
        reader = next(name for name, one in room.handhelds.items() if one.identity.key == letter.peer)
        yield Heard(air, frame.kind, sender, reader, commitment in firsts, LetterKind(letter.kind))
