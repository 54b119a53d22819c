"""The chart: who hears whom around, who is at which radio, and so by which relays somebody is reached.

It is drawn from what hosts tell each other of whom their radios hear (`gossip`), and from the paths of what
came here. Nothing of that is signed: anybody who knows the network key can make it up. So a way is a guess,
and links of one that was not answered count as longer for a while.

Names have one byte and collide. A radio that says who is at it is known by its tag, and of several with one
name that one is meant which lists the other in turn.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from handheld.wire.around import TAG, Entry, Grade

RADIOS_MAX = 512
LINKS_MAX = 2048
"""Links that are known from paths and greetings alone."""

FORGET_MS = 10 * 60 * 60 * 1000
"""Powered time after which a radio that said nothing new is left out. Its version stays known, or others
would bring it back."""

SILENT_MS = 3 * 60 * 60 * 1000
"""The same for a neighbour that our own radio did not hear; radios greet each other once an hour."""

WAY_MAX = 12
"""Names of the longest way. From the eighth on they stand in what goes by it (see `routes`)."""

COST = {Grade.WEAK: 19, Grade.FAIR: 13, Grade.STRONG: 10}
"""What half of a link counts: as many tenths of a transmission as it took in a village of 100."""

ONE_WAY = 60
"""The other half where a link is known one way only: nobody is heard to hand on what goes by it."""

TWIN = 40
"""What it counts more to go by a radio whose name another one has as well."""

DOUBT, DOUBT_MAX = 15, 60
"""What a link counts more after each time that a way by it was not answered."""

OWN = b""

Node = bytes
"""A radio: by its tag; by its name, where that is all that is known; our own is OWN."""

Ears = dict[Node, dict[Node, Grade]]
"""From each radio to those who hear it, and how well."""


@dataclass(slots=True)
class _Radio:
    entry: Entry
    at: int
    worked: bool = False


@dataclass(slots=True)
class _Near:
    quality: int
    at: int
    tag: bytes = b""
    again: bool = False


@dataclass(slots=True)
class _Way:
    cost: int
    names: bytes
    nodes: tuple[Node, ...]


class Chart:
    """Radios and links as they were told, and the best ways among them; drawn only when somebody asks."""

    def __init__(self) -> None:
        self._radios: dict[bytes, _Radio] = {}
        self._near: dict[int, _Near] = {}
        self._links: dict[tuple[int, int], None] = {}
        self._doubts: dict[tuple[Node, Node], int] = {}
        self._called: dict[int, list[Entry]] = {}
        self._once: dict[int, list[Entry]] = {}
        self._own = 0
        self._across: set[int] = set()
        self._ears: Ears | None = None
        self._ways: dict[Node, _Way] | None = None
        self._now = 0

    def __len__(self) -> int:
        return len(self._radios)

    # What is heard.

    def ours(self, name: int) -> None:
        """Our own radio is called so."""
        if name != self._own:
            self._own = name
            self._redraw()

    def renamed(self, former: int, name: int) -> None:
        """Our neighbour of the first name took the other one."""
        if name != former and (held := self._near.pop(former, None)) is not None:
            self._near.setdefault(name, held)
            self._redraw()

    def near(self, name: int, quality: int, now: int) -> bool:
        """Our radio heard the one of this name; True if that is new, or that it hears ours.

        `quality` is that of the link, 0 if it is not known to work both ways.
        """
        held = self._near.get(name)
        self._now = now
        if held is None:
            self._near[name] = _Near(quality, now)
            self._redraw()
            return True
        held.at, held.again = now, True
        if quality in (0, held.quality):
            return False
        known, held.quality = held.quality > 0, quality
        self._redraw()
        return not known

    def is_near(self, name: int, tag: bytes) -> None:
        """Our neighbour of this name is the radio with that tag."""
        if (held := self._near.get(name)) is not None and held.tag != tag:
            for former in [other for other, near in self._near.items() if near.tag == tag]:
                held.quality = max(held.quality, self._near.pop(former).quality)
            held.tag = tag
            self._redraw()

    def path(self, names: bytes, quality: int) -> None:
        """A frame came by these radios; with a `quality` above 0 all those links work both ways."""
        for speaker, listener in pairwise(names):
            self.link(speaker, listener)
            if quality:
                self.link(listener, speaker)

    def link(self, speaker: int, listener: int) -> None:
        """The radio `listener` hears `speaker`."""
        if speaker == listener or (speaker, listener) in self._links:
            return
        self._links[speaker, listener] = None
        if len(self._links) > LINKS_MAX:
            del self._links[next(iter(self._links))]
        self._redraw()

    def take(self, entry: Entry, now: int) -> int:
        """What a radio says of itself: 1 if that is newer than what was known of it, 0 the same, -1 older."""
        self._now = now
        held = self._radios.get(entry.tag)
        if held is not None:
            ahead = entry.version - held.entry.version & 255
            if ahead == 0 or ahead > 127:
                return -1 if ahead else 0
        self._radios[entry.tag] = _Radio(entry, now, held is not None and held.worked)
        if len(self._radios) > RADIOS_MAX:
            # Whoever has answered us stays longer: made-up ones push out each other.
            del self._radios[min(self._radios, key=self._standing)]
        self._redraw()
        return 1

    def _standing(self, tag: bytes) -> tuple[bool, int]:
        return self._radios[tag].worked, self._radios[tag].at

    def _redraw(self) -> None:
        self._called, self._once = {}, {}
        self._ears = self._ways = None

    # Who hears whom.

    def entries(self) -> Iterator[Entry]:
        """What each radio said last, however long ago."""
        return (radio.entry for radio in self._radios.values())

    def entry(self, tag: bytes) -> Entry | None:
        """What this radio said last, if that still counts."""
        held = self._radios.get(tag)
        return held.entry if held is not None and self._now - held.at < FORGET_MS else None

    def hears(self) -> dict[int, Grade]:
        """Whom our own radio hears, by name, and how well.

        Who was heard once and does not hear us may have another name by now, as somebody else had this one.
        """
        sure = ((name, near.quality) for name, near in self._heard() if near.quality or near.again)
        return {name: Grade.of(quality) for name, quality in sure}

    def neighbours(self) -> set[int]:
        """The names of all who are known to hear us.

        Whom we do not hear counts where no links that work both ways lead to him: nobody else may tell him.
        """
        return {name for name, near in self._heard() if near.quality} | self._across

    def across(self) -> tuple[set[int], list[bytes]]:
        """Who hears us from where no links that work both ways lead: names, and the tags on our side."""
        ears = self._drawn()
        here = _both_ways(ears) if self._across else set()
        return self._across, sorted(tag for tag in here if tag in self._radios)

    @property
    def _alone(self) -> bool:
        """Whether our own name is known, and nobody else has it."""
        return self._own > 0 and not self._by_name(self._own)

    def twins(self, name: int) -> Iterator[bytes]:
        """The tags of all others of whom it was said that their radio is called so."""
        return (one.tag for one in self._by_name(name))

    def names(self) -> set[int]:
        """All names of radios, those of the past too."""
        named = {name for one in self.entries() for name in (one.name, *one.former, *one.hears)}
        return named.union(self._near, *self._links)

    def node(self, name: int) -> Node:
        """Our neighbour of this name."""
        held = self._near.get(name)
        known = None if held is None else self.entry(held.tag)
        if known is not None and name in (known.name, *known.former):
            return known.tag
        called = self._likely(name)
        return called[0].tag if len(called) == 1 else bytes([name])

    def listeners(self, node: Node) -> set[Node]:
        """All who are known to hear this radio."""
        name, held = self._name(node), self._radios.get(node)
        names = bytes([name]) if held is None else bytes([name]) + held.entry.former
        heard = ((one, called) for one in self.entries() for called in names if called in one.hears)
        said = {one.tag for one, called in heard if self._speaker(called, one) == node}
        if self._only(name) == node:
            told = (self._only(listener) for speaker, listener in self._links if speaker == name)
            said.update(one for one in told if one is not None)
        return said

    def _heard(self) -> Iterator[tuple[int, _Near]]:
        return ((name, near) for name, near in self._near.items() if self._now - near.at < SILENT_MS)

    def _by_name(self, name: int) -> list[Entry]:
        if not self._called:
            for one in self.entries():
                if self._now - self._radios[one.tag].at < FORGET_MS:
                    self._called.setdefault(one.name, []).append(one)
                    for former in one.former:
                        self._once.setdefault(former, []).append(one)
        return self._called.get(name, [])

    def _likely(self, name: int) -> list[Entry]:
        """All of this name, and all that had it before."""
        return [*self._by_name(name), *self._once.get(name, [])]

    def _only(self, name: int) -> Node | None:
        """The only radio of this name; None if there are several."""
        if name == self._own and self._alone:
            return OWN
        who = self._by_name(name)
        if len(who) > 1:
            return None
        return who[0].tag if who else bytes([name])

    def _speaker(self, name: int, listener: Entry) -> Node | None:
        """Which radio of this name the listener hears; None if nobody can tell."""
        if name == self._own and self._alone:
            return OWN
        names = {listener.name, *listener.former}
        called = self._likely(name)
        likely = [one for one in called if not names.isdisjoint(one.hears)]
        if len(likely) == 1:
            return likely[0].tag
        if len(called) > 1:
            return None
        return called[0].tag if called else bytes([name])

    def _name(self, node: Node) -> int:
        held = self._radios.get(node)
        return held.entry.name if held is not None else node[0]

    def _drawn(self) -> Ears:
        if self._ears is None:
            self._ears = self._draw()
        return self._ears

    def _draw(self) -> Ears:
        ears: Ears = {}
        for speaker, listener in self._links:
            one, other = self._only(speaker), self._only(listener)
            # What a radio with a host hears it says for itself.
            if one is not None and other is not None and other not in self._radios:
                ears.setdefault(one, {})[other] = Grade.WEAK
        for listening in self.entries():
            for name, grade in listening.hears.items():
                if (heard := self._speaker(name, listening)) is not None and heard != OWN:
                    ears.setdefault(heard, {})[listening.tag] = grade
        for name, near in self._heard():
            ears.setdefault(self.node(name), {})[OWN] = Grade.of(near.quality)
            if near.quality:
                ears.setdefault(OWN, {})[self.node(name)] = Grade.of(near.quality)
        self._add_across(ears)
        return ears

    def _add_across(self, ears: Ears) -> None:
        self._across = set()
        hearers = [one for one in self.entries() if self._own in one.hears] if self._alone else []
        here = _both_ways(ears) if hearers else set()
        for one in hearers:
            if one.tag not in here:
                ears.setdefault(OWN, {})[one.tag] = one.hears[self._own]
                self._across.add(one.name)

    # By which relays.

    def lookup(self, key: bytes, now: int) -> bytes | None:
        """The relays to this person in the order of travel, his own radio last; None if no way is known."""
        self._now = now
        found = self._way(key) if self.entry(key[:TAG]) is not None else None
        return None if found is None else found.names

    def worked(self, key: bytes) -> None:
        """What went by the way to this person was answered."""
        if (found := self._way(key)) is not None:
            self._radios[key[:TAG]].worked = True
            for link in _links(found.nodes):
                if self._doubts.pop(link, 0):
                    self._ways = None

    def failed(self, key: bytes) -> None:
        """What went by the way to this person was not answered in time."""
        if (found := self._way(key)) is not None:
            for link in _links(found.nodes):
                self._doubts[link] = min(DOUBT_MAX, self._doubts.pop(link, 0) + DOUBT)
            while len(self._doubts) > LINKS_MAX:
                del self._doubts[next(iter(self._doubts))]
            self._ways = None

    def _way(self, key: bytes) -> _Way | None:
        if self._ways is None:
            self._ways = self._search()
        return self._ways.get(key[:TAG])

    def _search(self) -> dict[Node, _Way]:
        """The cheapest way of at most WAY_MAX names to each radio (Bellman and Ford's, a hop a round)."""
        front = best = {OWN: _Way(0, b"", (OWN,))}
        for _ in range(WAY_MAX):
            found: dict[Node, _Way] = {}
            for node, way in front.items():
                for other, cost in self._onward(node):
                    held = found.get(other) or best.get(other)
                    if held is None or way.cost + cost < held.cost:
                        names = way.names + bytes([self._name(other)])
                        found[other] = _Way(way.cost + cost, names, (*way.nodes, other))
            front, best = found, best | found
        return best

    def _onward(self, node: Node) -> Iterator[tuple[Node, int]]:
        """Who hears this radio, and what it counts to go there."""
        ears = self._drawn()
        for other, grade in ears.get(node, {}).items():
            if other != OWN:
                back = ears.get(other, {}).get(node)
                cost = (COST[grade] + (ONE_WAY if back is None else COST[back])) // 2
                twin = TWIN if len(self._by_name(self._name(other))) > 1 else 0
                yield other, cost + twin + self._doubts.get((node, other), 0)


def _both_ways(ears: Ears) -> set[Node]:
    """All whom we reach by links that work both ways, as far as is known."""
    found, front = {OWN}, [OWN]
    while front:
        node = front.pop()
        new = [one for one in ears.get(node, {}) if one not in found and node in ears.get(one, {})]
        found.update(new)
        front += new
    return found


def _links(nodes: tuple[Node, ...]) -> Iterator[tuple[Node, Node]]:
    return pairwise(nodes)
