"""The people of the valley: who lives where, who goes for a walk, and what they have to say to each other.

Everything is drawn from a seed. The houses stand in a line along the road, so far apart that a radio
reaches the next one and not the one after it; one house on the hill sees three others.

                 hill
      school ---- mill ---- church ---- bridge ---- last house
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import NamedTuple, TypeVar

from handheld.clock import Entropy
from handheld.errors import UsageError
from handheld.sim.place import PathLoss, Walk, log_distance, still

Drawn = TypeVar("Drawn")

SECONDS_MIN = 10
"""A shorter demo ends before anybody has something to say."""

PATH_LOSS: PathLoss = log_distance(3.5, 40)
"""2.4 GHz between houses: 40 dB at 1 m as in free space, then falling faster; 158 m for an ESP32."""

HOUSES = {
    "school": ("the school", 0, 0),
    "mill": ("the mill", 115, 0),
    "hill": ("the hill farm", 115, 65),
    "church": ("the church", 230, 0),
    "bridge": ("the bridge", 345, 0),
    "walker": ("the last house", 430, 40),
}
"""Role: where it is said to be, metres east, metres north."""

FAR_AWAY = (880, 340)
JITTER_M = 5

NAMES = (
    *("ana", "bo", "cem", "dee", "eva", "finn", "gil", "hana"),
    *("ida", "jon", "kai", "lea", "mira", "noor", "otto", "pia"),
)

BOARD = "here"

START_S = 3.0
"""From the command to the first words: radios and nodes start, everybody says hello."""

DRAIN_S = 2.0
"""Before the end nobody begins a new post, so that what is slow is not taken for lost."""

ROUND_S = 40.0
"""One walk and its story take about this long in a long demo."""

LINE_S = 1.0
"""A line, its way through the valley, and the silence before the answer."""

PAUSE_MS = (100, 500)

Line = tuple[str, str] | tuple[str, str, str]
"""(role, text), or (role, text, role of the only reader).

Every line but the first of a scene is said when the one before it has arrived at its speaker.
"""

Scene = tuple[Line, ...]


@dataclass(frozen=True)
class Chapter:
    """One story: before the walker leaves, as he leaves, while he is away, when he is back."""

    before: tuple[Scene, ...]
    leaving: Scene
    away: tuple[Scene, ...]
    back: Scene


CHAPTERS = (
    Chapter(
        before=(
            (
                ("school", "Water at the school: the cellar is full, the hall is dry. Beds for twenty."),
                ("bridge", "Old Mrs Berger is afraid at night and will not say so.", "school"),
                ("school", "She sleeps in the room beside mine.", "bridge"),
            ),
            (
                ("mill", "Who has a pump? Ours gave up an hour ago."),
                ("church", "There is one in the vestry, {mill}. Come and get it."),
            ),
            (
                ("hill", "My back is bad again, I cannot carry sandbags today.", "bridge"),
                ("bridge", "I send my boys. Nobody needs to know why.", "hill"),
            ),
            (
                ("church", "I ring the bell every hour, so that you know where the village is."),
                ("hill", "Heard it up here. The stream behind my house is loud, but in its bed."),
            ),
        ),
        leaving=(
            ("walker", "I go up to the weir and read the gauge. Back soon."),
            ("bridge", "Take the upper path, {walker}, the lower one is under water."),
        ),
        away=(
            (
                ("mill", "The mill bridge holds. One car at a time, please."),
                ("hill", "I see it from here and will say when it is free."),
            ),
            (
                ("school", "Has anybody heard {walker}?"),
                ("bridge", "Not since the last house. No radio reaches up there."),
            ),
        ),
        back=(
            ("walker", "Back. The gauge stands at 2.10 m and has been falling since noon."),
            ("school", "Thank you, {walker}. The first good news today."),
        ),
    ),
    Chapter(
        before=(
            (
                ("mill", "No light at the mill since six. And with you?"),
                ("bridge", "Dark here too. The baby is cold; have you a blanket to spare?", "mill"),
                ("mill", "Two. They are with you before night.", "bridge"),
            ),
            (
                ("school", "The school has a generator. Bring medicine that must stay cold."),
                ("hill", "My mother's insulin, then. I bring it down."),
                ("school", "The fridge in the staff room is free."),
            ),
            (
                ("bridge", "Could the baby sleep at the school, if it gets colder?", "school"),
                ("school", "Of course. The room is warm, come when you like.", "bridge"),
            ),
            (
                ("church", "Candles in the church porch, take what you need."),
                ("bridge", "Two packets for us, please."),
            ),
        ),
        leaving=(
            ("walker", "I walk along the power line and look for the break."),
            ("hill", "Stay away from the wires, {walker}, even if they lie still."),
        ),
        away=(
            (
                ("bridge", "A tree lies across the road above the bridge."),
                ("church", "I have a saw. Tomorrow, with daylight."),
            ),
            (
                ("mill", "Soup at the mill for everybody who cooks with electricity."),
                ("school", "Twelve children say yes."),
            ),
        ),
        back=(
            ("walker", "A pine on the line at the third pylon. The works know now."),
            ("mill", "Then it will be a quiet evening. Thank you for going."),
        ),
    ),
    Chapter(
        before=(
            (
                ("bridge", "Jonas is not home from the pasture yet. Has anybody seen him?"),
                ("school", "He was here and asked me not to tell. He is sad about the dog.", "bridge"),
                ("bridge", "Thank you. Then I know what he looks for.", "school"),
            ),
            (
                ("hill", "I can see the pasture. Nobody there, and the gate is open."),
                ("bridge", "Then he went after the sheep."),
            ),
            (
                ("bridge", "Please look at the weir, {mill}. I do not want to say it to all.", "mill"),
                ("mill", "I was there. Nothing, and the gate is shut.", "bridge"),
            ),
            (
                ("mill", "I look along the water."),
                ("church", "I take the path behind the churchyard."),
            ),
        ),
        leaving=(
            ("walker", "I go up to the hut, he knows the way there."),
            ("bridge", "Take a blanket with you, {walker}."),
        ),
        away=(
            (
                ("church", "I ring until he is back."),
                ("hill", "One hears it up to the edge of the wood."),
            ),
            (
                ("mill", "Nothing along the water, and that is good."),
                ("bridge", "Thank you, {mill}. Come in and warm yourself."),
            ),
        ),
        back=(
            ("walker", "Found him at the hut, asleep among the sheep. We are coming down."),
            ("bridge", "Thank you. Thank you all."),
            ("church", "Then I stop ringing."),
        ),
    ),
)


@dataclass(frozen=True)
class Person:
    """Somebody with a handheld."""

    name: str
    place: str
    walk: Walk


class Spoken(NamedTuple):
    """A line by numbers of people: for everybody, or for one reader only."""

    speaker: int
    text: str
    reader: int | None = None


@dataclass(frozen=True)
class Cue:
    """A scene: its first line at `at_s`, none after `until_s`."""

    at_s: float
    until_s: float
    lines: tuple[Spoken, ...]


@dataclass(frozen=True)
class Cast:
    """Everybody and everything they will say, in seconds from the command's start."""

    people: tuple[Person, ...]
    cues: tuple[Cue, ...]
    guest: int | None = None
    """Number of the one who is played by the person at the keyboard."""
    newcomer: bool = False
    """Whether that one has no name yet: the screen asks for it, as at any first start."""


@dataclass(frozen=True)
class _Round:
    """When the walker is where, in one round."""

    start_s: float
    end_s: float

    def share(self, part: float) -> float:
        return self.start_s + part * (self.end_s - self.start_s)

    @property
    def walk(self) -> tuple[tuple[float, bool], ...]:
        """(second, away?)"""
        turns = ((0.5, False), (0.6, True), (0.75, True), (0.85, False))
        return tuple((self.share(part), away) for part, away in turns)


def valley(seconds: int, entropy: Entropy, round_s: float = ROUND_S) -> Cast:
    """A cast for a demo of this length, a walk every `round_s`. UsageError if it is too short for a story."""
    if seconds < SECONDS_MIN:
        raise UsageError(
            f"A demo takes at least {SECONDS_MIN} seconds, or nobody has the time to say anything."
        )
    rounds = _rounds(seconds, round_s)
    names = dict(zip(HOUSES, _shuffled(NAMES, entropy), strict=False))
    people = tuple(
        Person(names[role], place, _walk(role, x, y, rounds, entropy))
        for role, (place, x, y) in HOUSES.items()
    )
    chapters = _shuffled(CHAPTERS, entropy)
    cues = [
        cue for number, part in enumerate(rounds) for cue in _cues(chapters[number % len(chapters)], part)
    ]
    roles = list(HOUSES)
    return Cast(
        people,
        tuple(
            Cue(at_s, until_s, tuple(_spoken(line, roles, names) for line in scene))
            for at_s, until_s, scene in cues
        ),
    )


def with_guest(cast: Cast, role: str, *, newcomer: bool = False) -> Cast:
    """The cast without the lines of one role, and without those that answer them."""
    guest = list(HOUSES).index(role)
    cues = (
        replace(cue, lines=tuple(takewhile(lambda line: line.speaker != guest, cue.lines)))
        for cue in cast.cues
    )
    return replace(cast, cues=tuple(cue for cue in cues if cue.lines), guest=guest, newcomer=newcomer)


def _spoken(line: Line, roles: Sequence[str], names: Mapping[str, str]) -> Spoken:
    role, text, *reader = line
    return Spoken(roles.index(role), text.format(**names), roles.index(reader[0]) if reader else None)


def pause_ms(entropy: Entropy) -> int:
    """How long somebody thinks about an answer, besides waiting for silence."""
    shortest, longest = PAUSE_MS
    return shortest + entropy.below(longest - shortest)


def _rounds(seconds: int, round_s: float) -> list[_Round]:
    span = seconds - START_S - DRAIN_S
    count = max(1, round(span / round_s))
    return [_Round(START_S + n * span / count, START_S + (n + 1) * span / count) for n in range(count)]


def _walk(role: str, x: float, y: float, rounds: Sequence[_Round], entropy: Entropy) -> Walk:
    x += entropy.below(2 * JITTER_M + 1) - JITTER_M
    y += entropy.below(2 * JITTER_M + 1) - JITTER_M
    if role != "walker":
        return still(x, y)
    return Walk(tuple((at_s, *(FAR_AWAY if away else (x, y))) for part in rounds for at_s, away in part.walk))


def _cues(chapter: Chapter, part: _Round) -> list[tuple[float, float, Scene]]:
    (leave_s, _), (away_s, _), (turn_s, _), (back_s, _) = part.walk
    leaving_s = leave_s - LINE_S * len(chapter.leaving)
    return [
        *_spread(chapter.before, part.start_s, leaving_s),
        *_spread((chapter.leaving,), leaving_s, leave_s),
        *_spread(chapter.away, away_s, turn_s),
        *_spread((chapter.back,), back_s, part.end_s),
    ]


def _spread(scenes: Sequence[Scene], start_s: float, end_s: float) -> list[tuple[float, float, Scene]]:
    """As many scenes as there is time for, at least the first, at even distances."""
    fitting = list(scenes)
    while len(fitting) > 1 and sum(LINE_S * len(scene) for scene in fitting) > end_s - start_s:
        fitting.pop()
    step = (end_s - start_s) / len(fitting)
    return [(start_s + number * step, end_s, scene) for number, scene in enumerate(fitting)]


def _shuffled(items: Sequence[Drawn], entropy: Entropy) -> list[Drawn]:
    """Fisher and Yates."""
    result = list(items)
    for last in range(len(result) - 1, 0, -1):
        chosen = entropy.below(last + 1)
        result[last], result[chosen] = result[chosen], result[last]
    return result
