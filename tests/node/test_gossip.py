"""News go from neighbour to neighbour: everybody gets them, few say them again, nobody is made to shout."""

from dataclasses import dataclass, field

import pytest

from handheld.clock import SeededEntropy
from handheld.errors import WireError
from handheld.node.chart import Chart
from handheld.node.gossip import AGAIN_MS, BURST, EVERY, FRESH, RENAMES, Gossip
from handheld.wire.around import Entry, Grade, pack, pack_known, unpack
from handheld.wire.constants import ExtensionType
from handheld.wire.records import Extension

AIRTIME_MS = 2_000
HOUR = 3_600_000
GOOD = 9


def key(number: int) -> bytes:
    return bytes([number, 0, 77]).ljust(32, b"k")


@dataclass
class Village:
    """Hosts on radios named 1, 2 ...; `links` work both ways and lose nothing but what `deaf` ones miss."""

    links: set[tuple[int, int]]
    hosts: dict[int, Gossip] = field(default_factory=dict)
    said: list[tuple[int, Extension]] = field(default_factory=list)
    deaf: set[int] = field(default_factory=set)
    now: int = 0

    def __post_init__(self) -> None:
        for name in sorted({name for link in self.links for name in link}):
            self.hosts[name] = Gossip(key(name), Chart(), SeededEntropy(name))
            self.hosts[name].radio_up(AIRTIME_MS * 1000, 0)
            for other in self.around(name):
                self.hosts[name].said(bytes([other]), GOOD, bytes(self.around(other)), 0)

    def around(self, name: int) -> list[int]:
        return [b if a == name else a for a, b in sorted(self.links) if name in (a, b)]

    def run(self, until: int) -> None:
        while True:
            wanted = {name: host.next_deadline() for name, host in self.hosts.items()}
            name = min(wanted, key=lambda one: until if wanted[one] is None else wanted[one] or 0)
            at = wanted[name]
            if at is None or at >= until:
                self.now = until
                return
            self.now = max(self.now, at)
            said = self.hosts[name].due(self.now)
            if said is not None:
                self.said.append((name, said))
                for other in set(self.around(name)) - self.deaf:
                    self.hosts[other].receive(bytes([name]), GOOD, said, self.now)

    def know(self, name: int) -> set[int]:
        return {entry.tag[0] for entry in self.hosts[name].chart.entries()}


def line(length: int) -> Village:
    return Village({(name, name + 1) for name in range(1, length)})


def told(village: Village) -> list[int]:
    """How often each was spoken of."""
    entries = [entry for _, said in village.said if said.type == 1 for entry in unpack(said.content)]
    return [sum(entry.tag == key(name)[:3] for entry in entries) for name in village.hosts]


def test_everybody_learns_of_everybody_and_by_which_way() -> None:
    village = line(7)
    village.run(HOUR)
    for name in village.hosts:
        assert village.know(name) == set(village.hosts) - {name}
    assert village.hosts[1].chart.lookup(key(7), HOUR) == bytes(range(2, 8))


def test_at_the_ends_and_where_all_have_heard_it_nobody_says_it_again() -> None:
    village = line(3)
    village.run(HOUR)
    assert told(village) == [2, 1, 2]
    village = Village({(a, b) for a in range(1, 7) for b in range(1, a)})
    village.run(HOUR)
    assert told(village) == [1] * 6


def test_who_missed_something_is_told_when_he_says_of_whom_he_knows() -> None:
    village = line(4)
    village.deaf = {4}
    village.run(10 * 60_000)
    assert village.know(4) == set()
    village.deaf = set()
    village.run(2 * HOUR)
    assert village.know(4) == {1, 2, 3}


def test_news_of_oneself_wait_and_little_news_are_none() -> None:
    village = Village({(1, name) for name in range(2, 9)})
    village.run(HOUR)
    before = len([name for name, said in village.said if name == 1 and said.type == 1])
    village.hosts[1].greeted(b"\x63", GOOD, village.now)  # one of seven
    village.run(2 * HOUR)
    assert len([name for name, said in village.said if name == 1 and said.type == 1]) == before
    village.hosts[1].greeted(b"\x64", GOOD, village.now)
    village.run(village.now + FRESH * AIRTIME_MS)
    own = [said for name, said in village.said if name == 1 and said.type == 1][before:]
    assert [next(unpack(one.content)).name for one in own] == [0]


def test_every_four_hours_it_is_said_once_more() -> None:
    village = line(2)
    village.run(AGAIN_MS * 5 // 2)
    assert 2 <= told(village)[0] <= 4


def test_who_starts_anew_goes_on_from_the_version_that_others_know() -> None:
    village = line(3)
    village.run(HOUR)
    held = village.hosts[3].chart.entry(key(1)[:3])
    assert held is not None
    village.hosts[1] = Gossip(key(1), Chart(), SeededEntropy("anew"))
    village.hosts[1]._version = held.version - 2 & 255
    village.hosts[1].greeted(b"\2", GOOD, village.now)
    village.hosts[1].radio_up(AIRTIME_MS * 1000, village.now)
    village.run(3 * HOUR)
    after = village.hosts[3].chart.entry(key(1)[:3])
    assert after is not None
    assert 0 < (after.version - held.version & 255) < 10


def test_made_up_news_cost_a_few_frames_and_then_one_now_and_then() -> None:
    village = line(3)
    village.run(HOUR)
    village.said.clear()
    for number in range(2_000):
        village.now += 100
        made_up = Entry(
            number.to_bytes(3, "big"), 1, 1 + number % 255, dict.fromkeys(range(1, 31), Grade.WEAK)
        )
        village.hosts[2].receive(b"\1", GOOD, Extension(1, pack(made_up)), village.now)
        village.run(village.now)
    assert len([name for name, _ in village.said if name == 2]) <= BURST + 200_000 // (EVERY * AIRTIME_MS) + 1


@pytest.mark.parametrize(
    "said",
    [
        Extension(ExtensionType.AROUND, pack(Entry(b"ana", 1, 1, {5: Grade.WEAK}))[:-1]),
        Extension(ExtensionType.KNOWN, pack_known([], 1)[:-1]),
        Extension(3, b"?"),
    ],
)
def test_what_is_cut_off_or_not_known_is_refused(said: Extension) -> None:
    village = line(2)
    with pytest.raises(WireError):
        village.hosts[1].receive(b"\2", GOOD, said, 0)
    assert village.know(1) == set()


def test_without_a_radio_nothing_is_said() -> None:
    village = line(2)
    village.hosts[1].radio_down()
    assert village.hosts[1].next_deadline() is None
    assert village.hosts[1].due(HOUR) is None


def test_a_frame_has_room_for_what_it_says() -> None:
    village = Village({(1, 2), (2, 3)})
    village.run(HOUR)
    for number in range(60):
        entry = Entry(bytes([number, 1, 1]), 1, 1 + number, dict.fromkeys(range(1, 16), Grade.FAIR))
        village.hosts[2].receive(b"\1", GOOD, Extension(1, pack(entry)), village.now)
    village.run(2 * HOUR)
    assert set(range(60)) <= village.know(3)
    assert max(len(said.content) for _, said in village.said) <= 235


def test_of_two_radios_with_one_name_the_one_with_the_higher_tag_takes_another() -> None:
    village = line(3)
    for name in village.hosts:
        village.hosts[name].ours(name, 0)
    village.run(HOUR)
    village.hosts[1].ours(50, village.now)
    village.hosts[3].receive(
        b"\2", GOOD, Extension(1, pack(Entry(key(1)[:3], 99, 3, {2: Grade.WEAK}))), village.now
    )
    assert village.hosts[3].takes not in (0, 1, 2, 3)
    assert village.hosts[1].takes == 0
    village.run(village.now + HOUR)
    said = [entry for _, said in village.said if said.type == 1 for entry in unpack(said.content)]
    assert [entry for entry in said if entry.tag == key(3)[:3]][-1].former == b"\3"
    taken = village.hosts[3].takes
    village.hosts[3].ours(3, village.now)  # of a hello before that
    assert village.hosts[3].takes == taken
    village.hosts[3].ours(taken, village.now)
    assert village.hosts[3].takes == 0
    # The other way round the lower tag stays as it is.
    village.hosts[1].receive(b"\2", GOOD, Extension(1, pack(Entry(b"\xff" * 3, 1, 50, {}))), village.now)
    assert village.hosts[1].takes == 0


def test_who_claims_all_names_moves_nobody_more_than_a_few_times() -> None:
    village = line(2)
    host = village.hosts[2]
    host.ours(2, 0)
    village.run(HOUR)
    names = set()
    for number in range(2_000):
        claimed = Entry(number.to_bytes(3, "big")[:2] + b"\0", number & 255, host._name, {})
        host.receive(b"\1", GOOD, Extension(1, pack(claimed)), village.now)
        names.add(host._name)
        if host.takes:
            host.ours(host.takes, village.now)
    assert len(names) <= 1 + RENAMES


def test_where_all_names_are_taken_nobody_moves() -> None:
    village = line(2)
    host = village.hosts[2]
    for name in range(1, 256):
        host.receive(b"\1", GOOD, Extension(1, pack(Entry(bytes([0, 0, name]), 1, name, {}))), 0)
    host.ours(7, 0)
    assert (host.takes, host._name) == (0, 7)
