"""What happened in the valley, as sentences while it happens and as one object at the end.

Times are microseconds of the clock that all processes share; what is told counts from the command's start.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from handheld import events
from handheld.sim.cast import Person
from handheld.sim.place import SECOND_US, Ground

STAY_US = SECOND_US
"""In reach of a post is who is in reach when it is sent and still is so much later."""

QUOTE = 28

KINDS = ("post", "private")

DELIVERED, FAILED = "delivered", "failed"
"""States of an own message that the story tells of; see events.Message."""


@dataclass(eq=False)
class Post:
    """One post: when it was written, who was in reach of it then, and whom it reached: (hops, when)."""

    sender: int
    text: str
    at_us: int
    in_reach: frozenset[int]
    arrivals: dict[int, tuple[int | None, int]] = field(default_factory=dict)

    def reached(self, receiver: int) -> bool:
        """Whether it is on somebody's screen."""
        return receiver in self.arrivals


@dataclass(eq=False)
class Letter:
    """One private message: when it was written, shown to its reader, and known to its writer as delivered.

    `hops`: a private frame carries no count, so this is the shortest chain of links on the map when it was
    written; None if there was none.
    """

    sender: int
    reader: int
    text: str
    at_us: int
    hops: int | None
    arrived_us: int | None = None
    acked_us: int | None = None
    failed: bool = False

    def reached(self, receiver: int) -> bool:
        """Whether it is on somebody's screen: nobody's but its reader's."""
        return receiver == self.reader and self.arrived_us is not None


Said = Post | Letter

Mark = tuple[str, int | None, int]
"""What tells messages apart: author's key, the only reader (None: a post), the author's number for it."""


class Story:
    """Keeps the facts; every verb takes one and returns the lines to tell about it.

    `budget`: the centi-dB that a link may lose. `started_us`: when the command was started; people's walks
    count from then.
    """

    def __init__(self, people: Sequence[Person], ground: Ground, budget: int, started_us: int) -> None:
        self._people = people
        self._ground = ground
        self._budget = budget
        self._started_us = started_us
        self._said: list[Said] = []
        self._by_mark: dict[Mark, Said] = {}
        self._letters: dict[tuple[int, int], Letter] = {}
        # A message may arrive, and be acknowledged, before its author's node has told us its number.
        self._unclaimed: dict[Mark, list[tuple[int, events.Message, int]]] = {}
        self._early_states: dict[tuple[int, int], list[tuple[str, int]]] = {}
        self._duplicates = 0
        self._met: set[tuple[int, str]] = set()
        self._first_neighbour_us: int | None = None
        self._alone: set[int] = set()

    def heard(self, listener: int, person: events.Person, now_us: int) -> list[str]:
        """Somebody's node heard a neighbour."""
        if not person.neighbour or person.level == "self" or (listener, person.key) in self._met:
            return []
        self._met.add((listener, person.key))
        if self._first_neighbour_us is None:
            self._first_neighbour_us = now_us
        signal = "" if person.rssi is None else f", {person.rssi} dBm"
        name = self._people[listener].name
        return [self._line(now_us, f"{name} hears {person.name}, {hops(person.hops)}{signal}")]

    def everybody_met_somebody(self) -> bool:
        """Whether nobody is left who has heard no one."""
        return {listener for listener, _ in self._met} >= set(range(len(self._people)))

    def every_letter_came(self) -> bool:
        """Whether no letter is still on its way, as far as its writer knows."""
        letters = (said for said in self._said if isinstance(said, Letter))
        return all(letter.failed or letter.acked_us is not None for letter in letters)

    def begin_post(self, sender: int, text: str, now_us: int) -> tuple[Post, list[str]]:
        """Somebody is about to post."""
        post = Post(sender, text, now_us, self._reach(sender, now_us) & self._reach(sender, now_us + STAY_US))
        self._said.append(post)
        who = self._people[sender]
        return post, [self._line(now_us, f'{who.name} at {who.place}: "{text}"')]

    def begin_letter(self, sender: int, reader: int, text: str, now_us: int) -> tuple[Letter, list[str]]:
        """Somebody is about to write to one person only."""
        distance = self._distances(sender, now_us).get(reader)
        letter = Letter(sender, reader, text, now_us, distance)
        self._said.append(letter)
        writer, to = self._people[sender], self._people[reader]
        return letter, [
            self._line(now_us, f'{writer.name} at {writer.place} writes to {to.name}, sealed: "{text}"')
        ]

    def saved(self, said: Said, message: events.Message) -> list[str]:
        """His node has saved the post or letter, under this number."""
        mark = (message.author, said.reader if isinstance(said, Letter) else None, message.seq)
        self._by_mark[mark] = said
        lines = [line for early in self._unclaimed.pop(mark, []) for line in self.arrived(*early)]
        if isinstance(said, Letter):
            place = (said.sender, message.id)
            self._letters[place] = said
            for state, now_us in self._early_states.pop(place, []):
                lines += self.state(*place, state, now_us)
        return lines

    def arrived(self, receiver: int, message: events.Message, now_us: int) -> list[str]:
        """A post or a letter is on somebody's screen."""
        if message.own:
            return []
        mark = (message.author, receiver if message.peer else None, message.seq)
        said = self._by_mark.get(mark)
        if said is None:
            self._unclaimed.setdefault(mark, []).append((receiver, message, now_us))
            return []
        if said.reached(receiver):
            self._duplicates += 1
            return []
        if isinstance(said, Letter):
            said.arrived_us = now_us
            kind, distance = "private", said.hops
        else:
            said.arrivals[receiver] = (message.hops, now_us)
            kind, distance = "post", message.hops
        names = f"from {self._people[said.sender].name} reached {self._people[receiver].name}"
        took = f"{(now_us - said.at_us) / SECOND_US:.2f} s"
        words = f"{kind} '{quote(said.text)}' {names} over {hops(distance)} in {took}"
        return [self._line(now_us, words)]

    def state(self, number: int, message: int, state: str, now_us: int) -> list[str]:
        """Somebody's node tells how far one of his messages got; `message` is its id there."""
        if state not in (DELIVERED, FAILED):
            return []
        letter = self._letters.get((number, message))
        if letter is None:
            self._early_states.setdefault((number, message), []).append((state, now_us))
            return []
        name = self._people[number].name
        letter.failed = state == FAILED
        if letter.failed:
            return [self._line(now_us, f"{name} sees '{quote(letter.text)}' given up")]
        letter.acked_us = now_us
        took = f"{(now_us - letter.at_us) / SECOND_US:.2f} s"
        return [self._line(now_us, f"{name} sees it delivered after {took}")]

    def look_around(self, now_us: int) -> list[str]:
        """Time has passed: tell who walked out of everybody's range, or back into it."""
        alone = {number for number in range(len(self._people)) if not self._reach(number, now_us)}
        gone = [f"{self._people[number].name} walks out of range" for number in sorted(alone - self._alone)]
        back = [f"{self._people[number].name} is back in range" for number in sorted(self._alone - alone)]
        self._alone = alone
        return [self._line(now_us, words) for words in gone + back]

    def result(self) -> dict[str, Any]:
        """Everything that can be counted, under the names of the JSON answer."""
        messages = [line for said in self._said for line in self._lines_of(said)]
        return {
            "first_neighbour_s": self._seconds(self._first_neighbour_us),
            "median_latency_s": _median(messages),
            "latency_s": {kind: _median([m for m in messages if m["kind"] == kind]) for kind in KINDS},
            "lost": sum(not message["delivered"] for message in messages),
            "failed": sum(isinstance(said, Letter) and said.failed for said in self._said),
            "duplicates_shown": self._duplicates,
            "people": [{"name": person.name, "place": person.place} for person in self._people],
            "messages": messages,
        }

    def _lines_of(self, said: Said) -> list[dict[str, Any]]:
        if isinstance(said, Letter):
            return [self._message(said, said.reader, said.hops, said.arrived_us)]
        return [
            self._message(said, receiver, *said.arrivals.get(receiver, (None, None)))
            for receiver in sorted(said.in_reach)
        ]

    def _message(self, said: Said, receiver: int, distance: int | None, at_us: int | None) -> dict[str, Any]:
        letter = said if isinstance(said, Letter) else None
        return {
            "kind": "private" if letter else "post",
            "from": self._people[said.sender].name,
            "to": self._people[receiver].name,
            "hops": distance,
            "latency_s": _took(said, at_us),
            "delivered": at_us is not None,
            "acked": letter.acked_us is not None if letter else None,
            "ack_s": _took(said, letter.acked_us) if letter else None,
        }

    def _distances(self, sender: int, now_us: int) -> dict[int, int]:
        return self._ground.reach(sender, now_us - self._started_us, self._budget)

    def _reach(self, sender: int, now_us: int) -> frozenset[int]:
        return frozenset(self._distances(sender, now_us))

    def _seconds(self, at_us: int | None) -> float | None:
        return None if at_us is None else round((at_us - self._started_us) / SECOND_US, 3)

    def _line(self, now_us: int, words: str) -> str:
        minutes, seconds = divmod((now_us - self._started_us) // SECOND_US, 60)
        return f"{minutes}:{seconds:02} {words}"


def hops(count: int | None) -> str:
    """A number of hops in words."""
    if count is None:
        return "some hops"
    return "1 hop" if count == 1 else f"{count} hops"


def quote(text: str) -> str:
    """The beginning of a post, by which it is recognised."""
    return text if len(text) <= QUOTE else text[: QUOTE - 3].rstrip(" .,:") + "..."


def summary(answer: dict[str, Any]) -> str:
    """The JSON answer in a few sentences."""
    letters = [message for message in answer["messages"] if message["kind"] == "private"]
    posts = [message for message in answer["messages"] if message["kind"] == "post"]
    arrived = f"{_arrived(posts)} posts arrived where they could{_half(answer, 'post')}. "
    if letters:
        acked = sum(message["acked"] for message in letters)
        arrived += f"{_arrived(letters)} private messages reached their reader{_half(answer, 'private')}"
        arrived += f", and {acked} of their writers know it. "
    kinds = ", ".join(f"{count} {kind}" for kind, count in answer["frames"].items())
    frames = sum(answer["frames"].values())
    air = f"{frames} frames were on the air for {answer['airtime_s']:.2f} s ({kinds})"
    return f"{arrived}{air}; the radios ran on {answer['interpreter']}."


def _arrived(messages: list[dict[str, Any]]) -> str:
    return f"{sum(message['delivered'] for message in messages)} of {len(messages)}"


def _half(answer: dict[str, Any], kind: str) -> str:
    median = answer["latency_s"][kind]
    return "" if median is None else f", half of them within {median:.2f} s"


def _took(said: Said, at_us: int | None) -> float | None:
    return None if at_us is None else round((at_us - said.at_us) / SECOND_US, 3)


def _median(messages: list[dict[str, Any]]) -> float | None:
    delays = [message["latency_s"] for message in messages if message["delivered"]]
    return round(statistics.median(delays), 3) if delays else None
