"""Names of one byte collide: that costs transmissions, never a loop and never a message.

Hosts are real here (`Ways`, `Routes`); the radios are a model of PROTOCOL.md's rules for relaying.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.clock import SeededEntropy
from handheld.node.heralds import Heralds
from handheld.node.routes import WAY_TRIES, Routes
from handheld.node.ways import GOOD, Ways
from handheld.wire.air import AirFrame, AirPath, decode_air
from handheld.wire.constants import PATH_NAMES, PUBLIC_START_TTL, AirKind

PEOPLE = 10


@dataclass
class Mesh:
    """Who hears whom, and what each radio is called. `sent` counts the transmissions of the last frame."""

    names: list[int]
    hears: list[set[int]]
    sent: list[int] = field(default_factory=list)

    def neighbours(self, speaker: int) -> Iterator[int]:
        return (listener for listener in range(PEOPLE) if speaker in self.hears[listener])

    def collect(self, author: int) -> Iterator[tuple[int, bytes, int]]:
        """Every copy of a `here` that a host gets: whose host, the path, its quality."""
        waiting = [(author, bytes([self.names[author]]), 15)]
        forwarded = {author}
        while waiting:
            speaker, path, quality = waiting.pop(0)
            for listener in self.neighbours(speaker):
                both = listener in self.hears[speaker]
                folded = min(quality, GOOD if both else 0)
                yield listener, path, folded
                if listener not in forwarded and len(path) < min(PATH_NAMES, PUBLIC_START_TTL):
                    forwarded.add(listener)
                    waiting.append((listener, path + bytes([self.names[listener]]), folded))

    def deliver(self, author: int, frame: AirFrame) -> set[int]:
        """Whose hosts get a private frame."""
        start = frame.cursor if isinstance(frame, AirPath) else 0
        waiting, forwarded, got = [(author, start, frame.ttl)], {author}, set()
        self.sent = []
        while waiting:
            speaker, cursor, ttl = waiting.pop(0)
            self.sent.append(speaker)
            for listener in self.neighbours(speaker):
                got.add(listener)
                turn = not isinstance(frame, AirPath) or self._is_turn(listener, frame.path[cursor:])
                if turn and listener not in forwarded and ttl > 1:
                    forwarded.add(listener)
                    waiting.append((listener, cursor + 1, ttl - 1))
        return got

    def _is_turn(self, listener: int, rest: bytes) -> bool:
        # The last name is the reader's own radio, which has nobody to forward to.
        return len(rest) > 1 and rest[0] == self.names[listener]


@dataclass
class Person:
    """One host's ways."""

    number: int
    ways: Ways = field(default_factory=Ways)

    def __post_init__(self) -> None:
        entropy = SeededEntropy(self.number)
        self.routes = Routes(self.ways, Heralds(entropy, invisible=False), entropy)

    @property
    def key(self) -> bytes:
        return bytes([self.number + 1]) * 32


def converse(mesh: Mesh, people: list[Person], writer: Person, reader: Person) -> tuple[int, list[int]]:
    """How many tries it took until the ack was back, and the transmissions of each frame that went by way."""
    by_way: list[int] = []
    for tries in range(WAY_TRIES + 2):
        route = writer.routes.frame(AirKind.PRIVATE, bytes([tries + 1]), reader.key, tries, 1)
        air = decode_air(route.air)
        if reader.number in mesh.deliver(writer.number, air):
            by_way += [len(mesh.sent)] if route.hops else []
            ack = decode_air(reader.routes.answer(bytes([tries + 1, 1]), writer.key, 1, 1))
            if writer.number in mesh.deliver(reader.number, ack):
                by_way += [len(mesh.sent)] if isinstance(ack, AirPath) else []
                return tries + 1, by_way
        if route.hops:
            writer.routes.failed(reader.key)
    raise AssertionError("a message was lost")


links = st.sets(st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)), max_size=12)


@settings(max_examples=80)
@given(
    names=st.lists(st.integers(1, 3), min_size=PEOPLE, max_size=PEOPLE),
    more=links,
    one_way=links,
    writer=st.integers(0, PEOPLE - 1),
    reader=st.integers(0, PEOPLE - 1),
)
def test_with_three_names_for_ten_radios_nothing_loops_and_nothing_is_lost(
    names: list[int], more: set[tuple[int, int]], one_way: set[tuple[int, int]], writer: int, reader: int
) -> None:
    # A line of six with four more at its ends, so that a flood reaches all; and whatever else is heard.
    mesh = Mesh(names, [set() for _ in range(PEOPLE)])
    for a, b in {(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 6), (0, 7), (5, 8), (5, 9), *more}:
        mesh.hears[a].add(b)
        mesh.hears[b].add(a)
    for a, b in one_way:
        mesh.hears[a].add(b)
    people = [Person(number) for number in range(PEOPLE)]
    for author in people:
        for hearer, path, quality in mesh.collect(author.number):
            people[hearer].ways.learn(author.key[:8], path, quality, 0)
    if writer == reader:
        return
    tries, by_way = converse(mesh, people, people[writer], people[reader])
    assert tries <= WAY_TRIES + 2
    assert all(sent <= PEOPLE for sent in by_way)


def test_with_names_of_their_own_a_way_costs_one_transmission_for_each_hop_and_works_at_once() -> None:
    mesh = Mesh(list(range(1, PEOPLE + 1)), [set() for _ in range(PEOPLE)])
    for a in range(6):
        mesh.hears[a].add(a + 1)
        mesh.hears[a + 1].add(a)
    people = [Person(number) for number in range(PEOPLE)]
    for author in people:
        for hearer, path, quality in mesh.collect(author.number):
            people[hearer].ways.learn(author.key[:8], path, quality, 0)
    for hops in range(1, 7):
        assert converse(mesh, people, people[0], people[hops]) == (1, [hops, hops])


def test_two_neighbours_of_one_name_both_forward_and_that_is_all() -> None:
    # 0 - {1, 2} - 3: the two in the middle have the same name and hear each other.
    mesh = Mesh([1, 2, 2, 3, 4, 5, 6, 7, 8, 9], [set() for _ in range(PEOPLE)])
    for a, b in ((0, 1), (0, 2), (1, 2), (1, 3), (2, 3)):
        mesh.hears[a].add(b)
        mesh.hears[b].add(a)
    people = [Person(number) for number in range(PEOPLE)]
    for author in people[:4]:
        for hearer, path, quality in mesh.collect(author.number):
            people[hearer].ways.learn(author.key[:8], path, quality, 0)
    assert converse(mesh, people, people[0], people[3]) == (1, [3, 3])


def test_a_made_up_here_costs_a_few_tries_and_no_message() -> None:
    mesh = Mesh(list(range(1, PEOPLE + 1)), [set() for _ in range(PEOPLE)])
    for a in range(3):
        mesh.hears[a].add(a + 1)
        mesh.hears[a + 1].add(a)
    people = [Person(number) for number in range(4)]
    people[0].ways.learn(people[3].key[:8], b"\x77", 15, 0)
    assert converse(mesh, people, people[0], people[3]) == (WAY_TRIES + 1, [])
    assert people[0].ways.lookup(people[3].key, 1) is None
