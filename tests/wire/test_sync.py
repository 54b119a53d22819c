"""What is inside a vector, by the published cases, and what its writer may say."""

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.errors import LocalError, WireError
from handheld.wire.codec import decode, encode
from handheld.wire.sync import (
    ASK,
    MAIL,
    NUMBER_MAX,
    Beacon,
    Entries,
    Entry,
    Listing,
    Offer,
    Vector,
    buckets_for,
    offer,
    pack_entries,
    pack_lists,
    short,
    unpack,
)
from tests.support.vectors import FOLDER

CONTENTS = json.loads((FOLDER / "sync.json").read_text(encoding="utf-8"))["contents"]


def said(vector: Vector) -> dict[str, object]:
    found = unpack(vector)
    if isinstance(found, Listing):
        lists = {str(bucket): [check, prints.hex()] for bucket, (check, prints) in found.lists.items()}
        return {"size": found.size, "nonce": found.nonce, "lists": lists}
    entries = [
        {
            **entry._asdict(),
            "id": entry.id.hex(),
            "missing": [list(hole) for hole in entry.missing],
            "gone": [list(hole) for hole in entry.gone],
        }
        for entry in found.entries
    ]
    return {"size": found.size, "complete": sorted(found.complete), "entries": entries}


@pytest.mark.parametrize("case", CONTENTS, ids=lambda case: case["comment"])
def test_the_inside_of_a_vector_is_read_as_published(case: dict[str, object]) -> None:
    vector = decode(Vector, bytes.fromhex(str(case["hex"])))

    if case["error"]:
        with pytest.raises(WireError) as raised:
            unpack(vector)
        assert raised.value.reason == case["error"]
    else:
        assert said(vector) == {key: case[key] for key in case if key not in {"hex", "error", "comment"}}


numbers = st.integers(1, NUMBER_MAX)


@given(st.binary(min_size=2, max_size=243), st.integers(0, 255))
@settings(max_examples=300)
def test_whatever_comes_is_read_or_refused(content: bytes, flags: int) -> None:
    vector = Vector(flags, content)
    try:
        vector.check()
        found = unpack(vector)
    except WireError:
        return
    if isinstance(found, Entries):
        for entry in found.entries:
            assert 0 <= entry.highest <= NUMBER_MAX  # 0: nothing is there of that feed
            assert all(1 <= first <= last <= entry.highest for first, last in entry.missing + entry.gone)
    else:
        assert all(bucket < found.size for bucket in found.lists)


@given(numbers, st.integers(0, NUMBER_MAX), st.lists(st.tuples(numbers, numbers, st.booleans()), max_size=15))
@settings(max_examples=100)
def test_what_an_entry_says_is_what_is_read(
    highest: int, epoch: int, drawn: list[tuple[int, int, bool]]
) -> None:
    holes, below = [], highest
    for jump, length, gone in drawn:
        last = below - jump % 1_000 - 1
        first = last - length % 1_000
        if first < 2:
            break
        holes.append((first, last, gone))
        below = first
    entry = Entry(
        b"abc",
        highest,
        epoch,
        1 if highest > 1 else 0,
        tuple((first, last) for first, last, gone in holes if not gone),
        tuple((first, last) for first, last, gone in holes if gone),
    )

    found = unpack(decode(Vector, encode(pack_entries(32, {4}, [entry], 9))))

    assert found == Entries(32, frozenset({4}), (entry,))


def test_a_list_of_too_many_feeds_is_our_own_mistake() -> None:
    with pytest.raises(LocalError):
        pack_lists(16, {0: (0, bytes(256))}, 0)


def test_beacons_have_three_sizes_on_the_air() -> None:
    sizes = {
        feeds: 6 + len(encode(Beacon(0, feeds, bytes(8), bytes(8), bytes(2 * buckets_for(feeds)))))
        for feeds in (0, 64, 65, 256, 257, 600)
    }

    assert sizes == {0: 57, 64: 57, 65: 89, 256: 89, 257: 153, 600: 153}


def test_an_offer_is_of_ids_and_ages_and_says_which_sort() -> None:
    asked = decode(type(offer([], 0, 0)), encode(offer([(bytes(range(8)), 7)], MAIL | ASK, 5)))

    assert (asked.pairs(), asked.is_mail, asked.asks) == ([(bytes(range(4)), 7)], True, True)


@given(st.lists(st.tuples(st.binary(min_size=3, max_size=4), st.integers(0, 255)), min_size=1, max_size=40))
def test_public_records_are_offered_in_short(items: list[tuple[bytes, int]]) -> None:
    said = decode(Offer, encode(offer(items, 0, 3)))
    assert said.pairs() == [(short(name), level) for name, level in items]
    assert said.comes
    assert not said.whole
    ages = [level for _, level in items]
    changes = 1 + sum(one != other for one, other in pairwise(ages))
    assert len(said.items) == (3 * len(items) + changes if len(items) > 1 else 5)


def test_a_short_offer_that_ends_within_a_name_or_before_an_age_is_refused() -> None:
    for items in ("48d9445a0102", "48d9445a010203"):
        with pytest.raises(WireError) as refused:
            decode(Offer, bytes.fromhex("08" + items))
        assert refused.value.reason == "short"
