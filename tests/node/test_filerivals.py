"""Two manifests of one file: whoever lied first keeps nobody from the file, nor does who lies later."""

from dataclasses import replace
from random import Random

import pytest

from handheld.node.filerivals import RIVALS_MAX, Rivals
from handheld.node.shelf import Entry, manifest_of
from handheld.wire.air import flood
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind, PostType
from handheld.wire.files import Manifest, Symbol
from tests.support.file_village import Village

MINUTE = 60_000
CONTENT = Random(1).randbytes(6_000)
TRUE = manifest_of(b"map.png", 6000, CONTENT, shrunk=False, sealed=False)
LIES = {
    "checks": replace(TRUE, rest=b"\0\1\2\3" + TRUE.rest[4:]),
    "digest": replace(TRUE, digest=TRUE.digest[:6] + bytes(10)),
}


def post_of_eve(village: Village, lie: Manifest) -> bytes:
    post = village.hosts["eve"].node.postings.record("here", PostType.FILE, encode(lie), 0)
    return flood(AirKind.POST, 8, post.raw[1:])


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("first", ["eve", "ana"])
def test_a_lie_about_a_file_keeps_nobody_from_it(lie: str, first: str) -> None:
    village = Village(["ana", "bo", "eve"])
    village.start()
    bo = village.hosts["bo"]
    said = post_of_eve(village, LIES[lie])
    if first == "eve":
        bo.heard(said, -60, village.now)
    village.share("ana", CONTENT)
    if first == "ana":
        village.run(MINUTE // 60)
        bo.heard(said, -60, village.now)
    village.run(5 * MINUTE)

    (file,) = village.files("bo")
    assert (file.state, file.have, file.author.name) == ("here", file.symbols, "ana")
    assert bo.node.dropped["lying manifest"] == (first == "eve")


def test_of_many_lies_only_a_few_are_gathered() -> None:
    rivals = Rivals()
    for number in range(2 * RIVALS_MAX):
        lie = replace(TRUE, digest=TRUE.digest[:6] + bytes([number]) * 10)
        rivals.put(Entry(lie, b"", bytes(32), b"", "here", b"", own=False, wanted=False, born=0), ())
        rivals.put(Entry(lie, b"", bytes(32), b"", "here", b"", own=False, wanted=False, born=0), ())
    assert len(rivals._held) == RIVALS_MAX
    assert rivals.add(Symbol(TRUE.tag, 0, 0, b"x")) is None
    rivals.close(TRUE.tag)
    assert not rivals._held
