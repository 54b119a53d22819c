"""Numbers of others from 2^31 on, through a real node, its database and every command that shows them.

A root of 32 bits is where they could hurt (`make image-check`): a C long, a length, and a time end there.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from handheld.crypto.identity import Identity
from handheld.crypto.signing import sign_post, sign_profile
from handheld.wire.air import first_byte
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind, AlertStep, PostType
from handheld.wire.notices import NOBODY, Alert, Deleted, More, Notice
from handheld.wire.sync import Leap
from tests.cli.test_stick import brought, ready
from tests.support.cli import run
from tests.support.sticks import write, writers

EDGES = (2**31 - 1, 2**31, 2**32 - 1)
EAST = 1_799_999_999
"""Ten-millionths of a degree: of all places the one with the largest number."""

SHOWN = [
    ["status"],
    ["people"],
    ["boards"],
    ["read", "--limit", "200"],
    ["search", "wide"],
    ["files"],
    ["keys"],
    ["doctor"],
]


def record(author: Identity, seq: int, lamport: int, text: bytes, kind: int = PostType.NOTE) -> bytes:
    return bytes([first_byte(AirKind.POST)]) + encode(sign_post(author, "here", seq, lamport, text, kind))


def wide(author: Identity, edge: int) -> Iterator[bytes]:
    """One of everything that holds a number, its numbers as large as this, or as they may be."""
    profile = sign_profile(replace(author, epoch=edge), 0, b"w%x" % edge)
    yield bytes([first_byte(AirKind.PROFILE)]) + encode(profile)
    yield record(author, 1, edge, b"wide: the first of many")
    numbers = iter(range(edge - 20, edge + 1))
    call = Alert(AlertStep.HELP, 200, 899_999_999, EAST, NOBODY, 0, b"wide: help")
    seen = Alert(AlertStep.SEEN, 200, -899_999_999, -EAST, b"\xff" * 8, edge, b"wide: seen")
    for text, kind in (
        (b"wide: a note", PostType.NOTE),
        (encode(Notice(200, b"wide: a need")), PostType.NEED),
        (encode(Notice(200, b"wide: an offer")), PostType.OFFER),
        (encode(call), PostType.ALERT),
        (encode(seen), PostType.ALERT),
        (encode(Deleted(edge - 20, 1)), PostType.DELETED),
        (encode(More(2, 2, 200, b"wide: more")), PostType.MORE),
        (encode(Leap(edge - 30)), PostType.LEAP),
        (b"wide: of a type to come", 200),
    ):
        yield record(author, next(numbers), edge, text, kind)


@pytest.mark.parametrize("edge", EDGES)
def test_the_numbers_of_others_hurt_nowhere(tmp_path: Path, edge: int) -> None:
    home, at = ready(tmp_path / "home"), tmp_path / "stick"
    (author,) = writers(1)
    records = list(wide(author, edge))
    write(at, records)

    summary = brought(home, at)
    assert (summary["new"], summary["refused"]) == (len(records) - 1, {"no room": 1})  # it was taken back

    for command in SHOWN:
        ended = run("--data", str(home), *command)
        assert (ended.code, ended.err) == (0, ""), command
        as_json = run("--data", str(home), *command, "--json")
        assert as_json.code == 0, command
        json.loads(as_json.out)
    shown = json.loads(run("--data", str(home), "read", "--limit", "200", "--json").out)
    texts = {message["text"] for message in shown}
    assert {"wide: the first of many", "wide: an offer", "wide: help"} <= texts
    assert run("--data", str(home), "post", "here", "mine").code == 0
    assert run("--data", str(home), "export", str(at)).code == 0
    for each in records:
        assert run("decode", each.hex()).code == 0
