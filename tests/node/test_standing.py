"""Standing: who counts how much, and whose word about others does."""

import pytest

from handheld.errors import Refused
from handheld.node import standing
from handheld.node.names import Names
from handheld.node.standing import BLOCK, FOLLOW, MUTE, OBEY, RELATIONS_MAX, Standing
from handheld.wire.follows import BLOCKS, FOLLOWS, Follows, parts

OWN, ANA, BO, CEM, DOT = (bytes([number]) * 32 for number in range(1, 6))


def make(relations: object = (), **names: object) -> Standing:
    return Standing(Names(OWN, **names), relations)  # type: ignore[arg-type]


def says(kind: int, *people: bytes) -> Follows:
    return parts(kind, [key[:8] for key in people])[0]


def test_ranks_in_their_order() -> None:
    known = make([(CEM, FOLLOW)], petnames=[(ANA, "ana")], met=[BO])
    known.learn(CEM, 1, says(FOLLOWS, DOT))

    assert known.rank(OWN) == standing.OWN
    assert known.rank(ANA) == known.rank(BO) == standing.KNOWN
    assert known.rank(CEM) == standing.FOLLOWED
    assert known.rank(DOT) == standing.FURTHER
    assert known.through(DOT) == CEM
    assert known.rank(bytes(32)) == standing.REST


def test_who_is_introduced_is_one_hop_further() -> None:
    known = make(met=[ANA], introductions=[(BO, ANA, "bo")])

    assert known.rank(BO) == standing.FURTHER


def test_to_mute_changes_no_rank() -> None:
    known = make([(ANA, FOLLOW | MUTE)])

    assert known.muted(ANA)
    assert known.rank(ANA) == standing.FOLLOWED


def test_who_is_blocked_comes_back_as_he_was() -> None:
    known = make([(ANA, FOLLOW)])

    assert known.relate(ANA, BLOCK, on=True) == FOLLOW | BLOCK
    assert known.blocked(ANA)
    assert known.relate(ANA, BLOCK, on=False) == FOLLOW
    assert known.rank(ANA) == standing.FOLLOWED
    assert known.relate(ANA, FOLLOW, on=False) == 0
    assert list(known.keys()) == []


def test_the_word_of_a_stranger_does_not_count() -> None:
    known = make([(BO, MUTE)])
    known.learn(ANA, 1, says(FOLLOWS, DOT))
    known.learn(BO, 1, says(BLOCKS, CEM))

    assert known.rank(DOT) == known.rank(CEM) == standing.REST


def test_to_follow_is_not_to_obey() -> None:
    known = make([(ANA, FOLLOW)])
    known.learn(ANA, 1, says(BLOCKS, CEM))
    assert not known.blocked(CEM)

    known.relate(ANA, OBEY, on=True)
    known.learn(ANA, 1, says(BLOCKS, CEM))
    assert known.blocked(CEM)
    assert known.through(CEM) == ANA


def test_nobodys_blocks_touch_whom_the_owner_knows_or_himself() -> None:
    known = make([(ANA, OBEY), (BO, FOLLOW)], petnames=[(CEM, "cem")], met=[DOT])
    known.learn(ANA, 1, says(BLOCKS, OWN, BO, CEM, DOT))

    assert not any(map(known.blocked, (OWN, BO, CEM, DOT)))


def test_who_is_unfollowed_names_nobody_any_more() -> None:
    known = make([(ANA, FOLLOW)])
    known.learn(ANA, 1, says(FOLLOWS, BO))
    known.relate(ANA, FOLLOW, on=False)
    assert known.rank(BO) == standing.REST

    known.relate(ANA, FOLLOW, on=True)
    assert known.rank(BO) == standing.REST, "his list is read anew from what is stored"


def test_a_newer_record_replaces_an_older_in_any_order() -> None:
    many = [bytes([9, number]) * 16 for number in range(20)]
    first, second = parts(FOLLOWS, [key[:8] for key in many])
    shorter = says(FOLLOWS, BO)
    for order in ([(1, first), (2, second), (3, shorter)], [(3, shorter), (2, second), (1, first)]):
        known = make([(ANA, FOLLOW)])
        for seq, part in order:
            known.learn(ANA, seq, part)
        assert known.rank(BO) == standing.FURTHER
        assert all(known.rank(key) == standing.REST for key in many)


def test_all_parts_of_one_list_count() -> None:
    many = [bytes([9, number]) * 16 for number in range(20)]
    known = make([(ANA, FOLLOW)])
    for seq, part in enumerate(parts(FOLLOWS, [key[:8] for key in many]), 1):
        known.learn(ANA, seq, part)

    assert all(known.rank(key) == standing.FURTHER for key in many)
    known.learn(ANA, 9, parts(FOLLOWS, [])[0])
    assert not any(known.rank(key) == standing.FURTHER for key in many)


def test_of_two_who_name_one_the_other_is_left() -> None:
    known = make([(ANA, FOLLOW), (BO, FOLLOW)])
    known.learn(ANA, 1, says(FOLLOWS, CEM))
    known.learn(BO, 1, says(FOLLOWS, CEM))
    known.relate(ANA, FOLLOW, on=False)

    assert known.through(CEM) == BO


def test_there_is_an_end_to_relations() -> None:
    full = make([(number.to_bytes(32, "big"), FOLLOW) for number in range(1, RELATIONS_MAX + 1)])

    with pytest.raises(Refused, match="1000 people already"):
        full.relate(ANA, BLOCK, on=True)
    assert full.relate((1).to_bytes(32, "big"), BLOCK, on=True) == FOLLOW | BLOCK
    assert not full.blocked(ANA)
