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


@dataclass
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
        self._posts: list[Post] = []
        self._by_id: dict[tuple[str, int], Post] = {}
        # A post may arrive before its author's node has told us its number.
        self._unclaimed: dict[tuple[str, int], list[tuple[int, events.Message, int]]] = {}
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

    def begin_post(self, sender: int, text: str, now_us: int) -> tuple[Post, list[str]]:
        """Somebody is about to post."""
        post = Post(sender, text, now_us, self._reach(sender, now_us) & self._reach(sender, now_us + STAY_US))
        self._posts.append(post)
        who = self._people[sender]
        return post, [self._line(now_us, f'{who.name} at {who.place}: "{text}"')]

    def posted(self, post: Post, message: events.Message) -> list[str]:
        """His node has saved the post, under this number."""
        key = (message.author, message.seq)
        self._by_id[key] = post
        return [line for early in self._unclaimed.pop(key, []) for line in self.arrived(*early)]

    def arrived(self, receiver: int, message: events.Message, now_us: int) -> list[str]:
        """A post is on somebody's screen."""
        key = (message.author, message.seq)
        post = self._by_id.get(key)
        if message.own:
            return []
        if post is None:
            self._unclaimed.setdefault(key, []).append((receiver, message, now_us))
            return []
        if post.reached(receiver):
            return []
        post.arrivals[receiver] = (message.hops, now_us)
        took = f"{(now_us - post.at_us) / SECOND_US:.2f} s"
        names = f"from {self._people[post.sender].name} reached {self._people[receiver].name}"
        return [self._line(now_us, f"post '{quote(post.text)}' {names} over {hops(message.hops)} in {took}")]

    def look_around(self, now_us: int) -> list[str]:
        """Time has passed: tell who walked out of everybody's range, or back into it."""
        alone = {number for number in range(len(self._people)) if not self._reach(number, now_us)}
        gone = [f"{self._people[number].name} walks out of range" for number in sorted(alone - self._alone)]
        back = [f"{self._people[number].name} is back in range" for number in sorted(self._alone - alone)]
        self._alone = alone
        return [self._line(now_us, words) for words in gone + back]

    def result(self) -> dict[str, Any]:
        """Everything that can be counted, under the names of the JSON answer."""
        messages = [self._message(post, number) for post in self._posts for number in sorted(post.in_reach)]
        delays = [message["latency_s"] for message in messages if message["delivered"]]
        return {
            "first_neighbour_s": self._seconds(self._first_neighbour_us),
            "median_latency_s": round(statistics.median(delays), 3) if delays else None,
            "lost": len(messages) - len(delays),
            "people": [{"name": person.name, "place": person.place} for person in self._people],
            "messages": messages,
        }

    def _message(self, post: Post, receiver: int) -> dict[str, Any]:
        distance, at_us = post.arrivals.get(receiver, (None, None))
        return {
            "kind": "post",
            "from": self._people[post.sender].name,
            "to": self._people[receiver].name,
            "hops": distance,
            "latency_s": None if at_us is None else round((at_us - post.at_us) / SECOND_US, 3),
            "delivered": at_us is not None,
            "acked": None,
        }

    def _reach(self, sender: int, now_us: int) -> frozenset[int]:
        return frozenset(self._ground.reach(sender, now_us - self._started_us, self._budget))

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
    """The JSON answer in two sentences."""
    total, frames = len(answer["messages"]), answer["frames"]
    arrived = f"{total - answer['lost']} of {total} posts arrived where they could"
    if answer["median_latency_s"] is not None:
        arrived += f", half of them within {answer['median_latency_s']:.2f} s"
    kinds = ", ".join(f"{count} {kind}" for kind, count in frames.items())
    air = f"{sum(frames.values())} frames were on the air for {answer['airtime_s']:.2f} s ({kinds})"
    return f"{arrived}. {air}; the radios ran on {answer['interpreter']}."
