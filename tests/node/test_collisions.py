"""Names of one byte collide: that costs transmissions, never a loop and never a message.

Hosts' ways are real here (`Ways`, `Routes`), and so are the radios' rules; the air loses nothing.
"""

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.clock import SeededEntropy
from handheld.node.chart import Chart
from handheld.node.gossip import Gossip
from handheld.node.heralds import Heralds
from handheld.node.routes import WAY_TRIES, Routes
from handheld.node.ways import Ways
from handheld.wire.air import AirPath, collecting, decode_air
from handheld.wire.constants import PUBLIC_START_TTL, AirKind
from tests.support.radio_mesh import FLOOR, Mesh, both_ways, line

PEOPLE = 10
WHILE_MS = 1500
"""In which a frame gets wherever it gets, repeats included."""

MOST = 5
"""Transmissions of one frame by one radio: the first, its repeats, and those that it was asked for again."""


@dataclass
class Person:
    """One host's ways."""

    number: int
    ways: Ways = field(default_factory=Ways)

    def __post_init__(self) -> None:
        entropy = SeededEntropy(self.number)
        self.routes = Routes(
            self.ways, Gossip(b"", Chart(), entropy), Heralds(entropy, invisible=False), entropy
        )

    @property
    def key(self) -> bytes:
        return bytes([self.number + 1]) * 32


def introduce(mesh: Mesh, people: list[Person]) -> None:
    """Everybody sends a `here`, and learns from those that come."""
    for author in people:
        body = author.key[:8] + bytes([author.number, 0])
        assert mesh.submit(author.number, collecting(AirKind.HERE, PUBLIC_START_TTL, body)) == 0
        mesh.run(WHILE_MS // 5)
    for number, air in mesh.handed:
        if air.kind == AirKind.HERE and isinstance(air, AirPath) and any(air.body[:8]):
            people[number].ways.learn(air.body[:8], air.path, air.quality, 0)


def send(mesh: Mesh, sender: Person, reader: Person, air: bytes) -> tuple[bool, Counter[int]]:
    """Whether a frame arrived, and who transmitted it how often."""
    assert mesh.submit(sender.number, air) == 0
    mesh.run(WHILE_MS)
    body = decode_air(air).body
    return reader.number in mesh.got(body), mesh.transmissions(body)


def converse(
    mesh: Mesh, people: list[Person], writer: Person, reader: Person
) -> tuple[int, list[Counter[int]]]:
    """How many tries it took until the ack was back, and the transmissions of each frame that went by way."""
    by_way: list[Counter[int]] = []
    for tries in range(WAY_TRIES + 4):
        route = writer.routes.frame(
            AirKind.PRIVATE, bytes([tries + 1, reader.number]) * 30, reader.key, tries, 1
        )
        arrived, counts = send(mesh, writer, reader, route.air)
        by_way += [counts] if route.hops else []
        if arrived:
            ack = reader.routes.answer(bytes([tries + 1, reader.number]) * 4, writer.key, 1, 1)
            arrived, counts = send(mesh, reader, writer, ack)
            by_way += [counts] if isinstance(decode_air(ack), AirPath) else []
            if arrived:
                return tries + 1, by_way
        if route.hops:
            writer.routes.failed(reader.key)
    raise AssertionError("a message was lost")


links = st.sets(st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)), max_size=12)


@settings(max_examples=60)
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
    hears = both_ways(PEOPLE, {(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 6), (0, 7), (5, 8), (5, 9), *more})
    for a, b in one_way:
        hears[a].add(b)
    # At the edge of what is heard: near ones would save each other a transmission that somebody needs.
    mesh = Mesh(hears, names=names, rssi=FLOOR)
    people = [Person(number) for number in range(PEOPLE)]
    introduce(mesh, people)
    if writer == reader:
        return
    _, by_way = converse(mesh, people, people[writer], people[reader])
    assert all(max(counts.values()) <= MOST for counts in by_way)


def test_with_names_of_their_own_a_way_costs_one_transmission_for_each_hop_and_works_at_once() -> None:
    mesh = Mesh(line(PEOPLE), names=range(1, PEOPLE + 1))
    people = [Person(number) for number in range(PEOPLE)]
    introduce(mesh, people)
    for hops in range(1, 7):
        tries, by_way = converse(mesh, people, people[0], people[hops])
        # Who hands a message to its reader repeats it once, as nobody is heard to hand that on.
        assert (tries, [sum(counts.values()) for counts in by_way]) == (1, [hops + 1, hops])


def test_two_neighbours_of_one_name_both_forward_and_that_is_all() -> None:
    # 0 - {1, 2} - 3: the two in the middle have the same name and hear each other.
    mesh = Mesh(both_ways(4, {(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)}), names=(1, 2, 2, 3))
    people = [Person(number) for number in range(4)]
    introduce(mesh, people)
    tries, by_way = converse(mesh, people, people[0], people[3])
    assert tries == 1
    assert all(max(counts.values()) <= 2 for counts in by_way)


def test_a_made_up_here_costs_a_few_tries_and_no_message() -> None:
    mesh = Mesh(line(4), names=range(1, 5))
    people = [Person(number) for number in range(4)]
    people[0].ways.learn(people[3].key[:8], b"\x77", 15, 0)
    tries, _ = converse(mesh, people, people[0], people[3])
    assert tries == WAY_TRIES + 1
    assert people[0].ways.lookup(people[3].key, 1) is None
