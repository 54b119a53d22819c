"""The valley: as large as it should be, the same by its seed, and nothing said that does not fit a post."""

import pytest

from handheld.clock import SeededEntropy
from handheld.errors import UsageError
from handheld.sim.air import ESPNOW
from handheld.sim.cast import CHAPTERS, HOUSES, NAMES, PATH_LOSS, valley, with_guest
from handheld.sim.place import SECOND_US, Ground
from handheld.wire.constants import NICKNAME_MAX, POST_TEXT_MAX

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
        for speaker, _ in cue.lines:
            # Who speaks is in reach of the others from the first line on; the walker says nothing up there.
            assert len(reach(cast, speaker, cue.at_s)) >= 4


def test_the_walker_leaves_after_saying_so_and_speaks_again_when_he_is_back():
    cast = valley(30, SeededEntropy(3))
    points = cast.people[WALKER].walk.points
    first_lines = [cue for cue in cast.cues if cue.lines[0][0] == WALKER]
    assert len(first_lines) == 2
    assert first_lines[0].at_s < first_lines[0].until_s == points[0][0]
    assert first_lines[1].at_s == points[-1][0]


def test_the_same_seed_gives_the_same_valley_and_another_one_another():
    assert valley(60, SeededEntropy(5)) == valley(60, SeededEntropy(5))
    assert valley(60, SeededEntropy(5)) != valley(60, SeededEntropy(6))
    assert len({valley(30, SeededEntropy(seed)).cues[0].lines for seed in range(30)}) >= 3


def test_every_line_and_name_fits():
    longest = max(NAMES, key=len)
    names = dict.fromkeys(HOUSES, longest)
    scenes = [
        scene
        for chapter in CHAPTERS
        for scene in (*chapter.before, chapter.leaving, *chapter.away, chapter.back)
    ]
    for scene in scenes:
        for role, text in scene:
            assert role in HOUSES
            assert len(text.format(**names).encode()) <= POST_TEXT_MAX
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
        if any(before[0] == HILL for before in cue.lines[:number])
    }
    assert answered
    assert not said & answered
    assert not any(line[0] == HILL for line in said)
    assert {line[0] for line in said} == set(range(6)) - {HILL}
    assert all(cue.lines for cue in cast.cues)


def test_a_walk_may_take_longer():
    turns = [len(valley(900, SeededEntropy(1), round_s).people[WALKER].walk.points) for round_s in (90, 300)]
    assert turns == [40, 12]


def test_a_demo_too_short_for_a_story_is_refused():
    with pytest.raises(UsageError, match="at least 10 seconds"):
        valley(9, SeededEntropy(1))
