"""The words of a meeting: the same for those who hold the same, for others not."""

import json
from dataclasses import replace
from itertools import permutations

import pytest

from handheld.clock import SeededEntropy
from handheld.crypto.identity import Identity
from handheld.crypto.meeting import commitment_of, group_of, own_reveal, sign_reveal, verify_reveal, words_of
from handheld.errors import CryptoError
from handheld.wire.codec import decode
from handheld.wire.meeting import MeetReveal
from tests.support.vectors import FOLDER, cases

ENTROPY = SeededEntropy("meeting")
PEOPLE = [Identity.create(ENTROPY) for _ in range(3)]
REVEALS = [
    own_reveal(one, 47, 3, ENTROPY.take(32), name)
    for one, name in zip(PEOPLE, (b"a", b"b", b"c"), strict=True)
]
GROUP = group_of(map(commitment_of, REVEALS))


def test_the_order_in_which_they_came_does_not_matter() -> None:
    assert len({words_of(order) for order in permutations(REVEALS)}) == 1
    assert len({group_of(map(commitment_of, order)) for order in permutations(REVEALS)}) == 1
    assert len(words_of(REVEALS)) == 4


@pytest.mark.parametrize(
    "change", [{"key": bytes(32)}, {"nonce": bytes(32)}, {"nickname": b"x"}, {"number": 48}, {"people": 4}]
)
def test_whatever_is_revealed_is_committed_to_signed_and_makes_the_words(
    change: dict[str, int | bytes],
) -> None:
    signed = sign_reveal(PEOPLE[0], REVEALS[0], GROUP)
    changed: MeetReveal = replace(signed, **change)

    assert commitment_of(changed) != commitment_of(signed)
    assert words_of([changed, *REVEALS[1:]]) != words_of([signed, *REVEALS[1:]])
    with pytest.raises(CryptoError):
        verify_reveal(changed, GROUP)


def test_turn_and_signature_change_neither_words_nor_commitment() -> None:
    again = replace(sign_reveal(PEOPLE[0], REVEALS[0], GROUP), turn=9)

    assert commitment_of(again) == commitment_of(REVEALS[0])
    assert words_of([again, *REVEALS[1:]]) == words_of(REVEALS)
    verify_reveal(again, GROUP)


def test_a_reveal_of_another_group_is_refused() -> None:
    other = group_of([commitment_of(REVEALS[0]), bytes(32)])

    with pytest.raises(CryptoError, match="another group"):
        verify_reveal(sign_reveal(PEOPLE[0], REVEALS[0], GROUP), other)


def test_the_published_meeting_shows_the_published_words() -> None:
    found = {case.id: case.data for case in cases("meeting")}
    for meeting in json.loads((FOLDER / "meeting.json").read_text(encoding="utf-8"))["meetings"]:
        reveals = [decode(MeetReveal, found[name]) for name in meeting["reveals"]]
        group = bytes.fromhex(meeting["group"])

        assert [commitment_of(reveal).hex() for reveal in reveals] == meeting["commitments"]
        assert group_of(map(bytes.fromhex, meeting["commitments"])) == group
        assert list(words_of(reveals)) == meeting["words"]
        for reveal in reveals:
            verify_reveal(reveal, group)
