"""The valley: as large as it should be, the same by its seed, and nothing said that does not fit a post."""

from itertools import pairwise

import pytest

from handheld.clock import SeededEntropy
from handheld.errors import UsageError
from handheld.sim.air import ESPNOW
from handheld.sim.cast import CHAPTERS, HOUSES, NAMES, PATH_LOSS, valley, with_guest
from handheld.sim.place import SECOND_US, Ground
from handheld.wire.constants import FIRST_CONTACT_SIZES, NICKNAME_MAX, POST_TEXT_MAX
from handheld.wire.records import LETTER_HEAD

SCHOOL, MILL, HILL, CHURCH, BRIDGE, WALKER = range(6)


def reach(cast, number, second):
    ground = Ground([person.walk for person in cast.people], PATH_LOSS)
    return ground.reach(number, round(second * SECOND_US), ESPNOW.budget)


@pytest.mark.parametrize("seed", range(20))
def test_every_seed_gives_two_three_and_four_hops_and_a_walker_out_of_range(seed):
    cast = valley(30, SeededEntropy(seed))
    assert reach(cast, SCHOOL, 0) == {MILL: 1, HILL: 1, CHURCH: 2, BRIDGE: 3, WALKER: 4}
    assert reach(cast, BRIDGE, 0) == {WALKER: 1, CHURCH: 1, MILL: 2, HILL: 2, SCHOOL: 3}
    away_s = cast.people[WALKER].walk.points[1][0]
    assert reach(cast, WALKER, away_s) == {}
    assert reach(cast, SCHOOL, away_s) == {MILL: 1, HILL: 1, CHURCH: 2, BRIDGE: 3}
    assert reach(cast, WALKER, 30)[SCHOOL] == 4


@pytest.mark.parametrize("seconds", [10, 12, 30, 61, 300, 3600])
def test_scenes_follow_each_other_and_end_before_the_demo_does(seconds):
    cast = valley(seconds, SeededEntropy(1))
    starts = [cue.at_s for cue in cast.cues]
    assert starts == sorted(starts)
    assert len(starts) >= 4
    assert all(3 <= cue.at_s <= cue.until_s <= seconds - 2 for cue in cast.cues)
    for cue in cast.cues:
        for line in cue.lines:
            # Who speaks is in reach of the others from the first line on; the walker says nothing up there.
            assert len(reach(cast, line.speaker, cue.at_s)) >= 4


def test_the_walker_leaves_after_saying_so_and_speaks_again_when_he_is_back():
    cast = valley(30, SeededEntropy(3))
    points = cast.people[WALKER].walk.points
    first_lines = [cue for cue in cast.cues if cue.lines[0].speaker == WALKER]
    assert len(first_lines) == 2
    assert first_lines[0].at_s < first_lines[0].until_s == points[0][0]
    assert first_lines[1].at_s == points[-1][0]


def test_the_same_seed_gives_the_same_valley_and_another_one_another():
    assert valley(60, SeededEntropy(5)) == valley(60, SeededEntropy(5))
    assert valley(60, SeededEntropy(5)) != valley(60, SeededEntropy(6))
    assert len({valley(30, SeededEntropy(seed)).cues[0].lines for seed in range(30)}) >= 3


def scenes(chapter):
    return (*chapter.before, chapter.leaving, *chapter.away, chapter.back)


def test_every_line_and_name_fits():
    longest = max(NAMES, key=len)
    names = dict.fromkeys(HOUSES, longest)
    first_letter = FIRST_CONTACT_SIZES[-1] - LETTER_HEAD
    for role, text, *reader in (line for chapter in CHAPTERS for scene in scenes(chapter) for line in scene):
        assert {role, *reader} <= set(HOUSES)
        # Also a first contact, which has less room: the reader may not have answered before.
        assert len(text.format(**names).encode()) <= (first_letter if reader else POST_TEXT_MAX)
    assert all(len(name.encode()) <= NICKNAME_MAX for name in NAMES)
    assert len(set(NAMES)) == len(NAMES) >= len(HOUSES)


@pytest.mark.parametrize("seed", range(6))
def test_a_guest_has_no_lines_and_nobody_answers_what_he_did_not_say(seed):
    whole = valley(3600, SeededEntropy(seed), 90)
    cast = with_guest(whole, "hill")
    assert (cast.guest, cast.people) == (HILL, whole.people)
    said = {line for cue in cast.cues for line in cue.lines}
    answered = {
        line
        for cue in whole.cues
        for number, line in enumerate(cue.lines)
        if any(before.speaker == HILL for before in cue.lines[:number])
    }
    assert answered
    assert not said & answered
    assert not any(HILL in {line.speaker, line.reader} for line in said)
    assert {line.speaker for line in said} == set(range(6)) - {HILL}
    assert all(cue.lines for cue in cast.cues)


def test_a_walk_may_take_longer():
    turns = [len(valley(900, SeededEntropy(1), round_s).people[WALKER].walk.points) for round_s in (90, 300)]
    assert turns == [40, 12]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_chapter_has_private_words_over_two_or_three_hops_answered_privately(chapter):
    cast = valley(30, SeededEntropy(1))
    roles = list(HOUSES)
    private = [(line, after) for scene in scenes(chapter) for line, after in pairwise((*scene, None))]
    private = [(line, after) for line, after in private if len(line) == 3]
    distances = [reach(cast, roles.index(line[0]), 0)[roles.index(line[2])] for line, _ in private]
    assert set(distances) <= {2, 3}
    assert len(distances) >= 4
    # Nobody else can have read it, so nobody else can go on; a short demo plays the first scene only.
    assert all(after is None or after[0] == line[2] for line, after in private)
    assert sum(after is not None and after[2:] == (line[0],) for line, after in private) * 2 == len(private)
    assert any(len(line) == 3 for line in chapter.before[0])


def test_over_all_chapters_there_are_two_hops_and_three():
    cast = valley(3600, SeededEntropy(1))
    said = [(cue.at_s, line) for cue in cast.cues for line in cue.lines if line.reader is not None]
    assert {reach(cast, line.speaker, at_s)[line.reader] for at_s, line in said} == {2, 3}


def test_a_demo_too_short_for_a_story_is_refused():
    with pytest.raises(UsageError, match="at least 10 seconds"):
        valley(9, SeededEntropy(1))
