"""The chart: who hears whom around, where people are, and so by which relays somebody is reached.

It is drawn from what hosts say around of whom their radios hear (`gossip`), and from the paths of what came
here. Nothing of that is signed: anybody who knows the network key can make it up. So a way is never more than
a guess: links of a way that was not answered count as longer for a while, and a flood is the last resort.

Names have one byte and collide. A radio that says who it is, is known by its tag; of several with one name
that one is meant which lists the other in turn.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from handheld.wire.around import TAG, Entry, Grade
from handheld.wire.constants import PATH_NAMES

RADIOS_MAX = 512

FORGET_MS = 10 * 60 * 60 * 1000
"""Powered time after which a radio of which nothing new came is forgotten."""

LINKS_MAX = 2048
"""Links learned from paths and greetings, besides what radios say for themselves."""

COST = {Grade.WEAK: 19, Grade.FAIR: 13, Grade.STRONG: 10}
"""What a link counts one way; by measured transmissions until a frame is through, in a village of 100."""

ONE_WAY = 34
"""What the way back counts where none is known: nobody is heard to hand it on there."""

TWIN = 40
"""What it counts more to go by a radio whose name another one has, too."""

DOUBT = 15
DOUBT_MAX = 60
"""What a link counts more after each time that it may have failed."""

OWN = b""
"""Our own radio, as a place on the chart."""

Node = bytes
"""A radio: its tag, or its name alone where that is all that is known."""


@dataclass(slots=True)
class Radio:
    """What a radio's host last said: its version, its name, and whom it hears how well."""

    entry: Entry
    at: int


@dataclass(slots=True)
class _Way:
    cost: int
    names: bytes
    nodes: tuple[Node, ...] = field(repr=False)


Ears = dict[Node, dict[Node, Grade]]


class Chart:
    """`changed` counts how often it was drawn anew."""

    def __init__(self) -> None:
        self._radios: dict[bytes, Radio] = {}
        self._near: dict[int, int] = {}
        self._tags: dict[int, bytes] = {}
        self._links: dict[tuple[int, int], None] = {}
        self._doubts: dict[tuple[Node, Node], int] = {}
        self._called: dict[int, list[Entry]] | None = None
        self._ears: Ears | None = None
        self._ways: dict[Node, _Way] | None = None

    def __len__(self) -> int:
        return len(self._radios)

    def __iter__(self) -> Iterable[Entry]:
        return (radio.entry for radio in self._radios.values())

    # What is heard.

    def near(self, name: int, quality: int) -> bool:
        """The radio of this name was heard by ours, with this quality; True if that is new."""
        before = self._near.get(name, -1)
        if quality > 0 or before < 0:
            self._near[name] = quality
        if quality != before and (quality or before < 0):
            self._redraw()
        return before < 0 or (quality > 0 and before == 0)

    def is_near(self, name: int, tag: bytes) -> None:
        """Our neighbour of this name is that radio."""
        if self._tags.get(name) != tag:
            self._tags[name] = tag
            self._redraw()

    def path(self, names: bytes, quality: int) -> None:
        """A frame came by these radios; with a `quality` above 0 all those links work both ways."""
        for speaker, listener in zip(names, names[1:], strict=False):
            self.link(speaker, listener)
            if quality:
                self.link(listener, speaker)

    def link(self, speaker: int, listener: int) -> None:
        """The radio `listener` is said to hear `speaker`."""
        if speaker == listener or (speaker, listener) in self._links:
            return
        self._links[speaker, listener] = None
        if len(self._links) > LINKS_MAX:
            del self._links[next(iter(self._links))]
        self._redraw()

    def take(self, entry: Entry, now: int) -> int:
        """What a radio says of itself: 1 if it is newer than what we had, 0 if it is the same, -1 if older."""
        held = self._radios.get(entry.tag)
        if held is not None:
            ahead = entry.version - held.entry.version & 255
            if ahead == 0 and held.entry.hears:
                held.at = now
                return 0
            if ahead > 127 and held.entry.hears:
                return -1
        self._radios[entry.tag] = Radio(entry, now)
        if len(self._radios) > RADIOS_MAX:
            del self._radios[min(self._radios, key=lambda tag: self._radios[tag].at)]
        self._redraw()
        return 1

    def learn(self, author: bytes, name: int, now: int) -> None:
        """This person's frames are first transmitted by a radio of that name."""
        held = self._radios.get(author[:TAG])
        if held is None or (held.entry.name != name and not held.entry.hears):
            self._radios[author[:TAG]] = Radio(Entry(author[:TAG], 0, name, {}), now)
            self._redraw()

    def _redraw(self) -> None:
        self._called = self._ears = self._ways = None

    # Who hears whom.

    def entry(self, tag: bytes) -> Entry | None:
        """What this radio said last."""
        held = self._radios.get(tag)
        return None if held is None else held.entry

    def hears(self) -> dict[int, Grade]:
        """Whom our own radio hears, by name, and how well."""
        return {name: Grade.of(quality) for name, quality in self._near.items()}

    def neighbours(self) -> set[Node]:
        """All who are known to hear us."""
        return {self.node(name) for name, quality in self._near.items() if quality}

    def listeners(self, node: Node) -> set[Node]:
        """All who are known to hear this radio."""
        name = self._name(node)
        heard = {
            radio.entry.tag
            for radio in self._radios.values()
            if name in radio.entry.hears and self._speaker(name, radio.entry) == node
        }
        if self._node(name) == node:
            linked = (self._node(listener) for speaker, listener in self._links if speaker == name)
            heard.update(one for one in linked if one is not None)
        return heard

    def node(self, name: int) -> Node:
        """Our neighbour of this name."""
        tag = self._tags.get(name)
        if tag is not None and (held := self._radios.get(tag)) is not None and held.entry.name == name:
            return tag
        return self._node(name) or bytes([name])

    def ears(self) -> Ears:
        """From each radio to those who hear it, and how well."""
        if self._ears is None:
            self._ears = self._draw()
        return self._ears

    def _by_name(self) -> dict[int, list[Entry]]:
        if self._called is None:
            self._called = {}
            for radio in self._radios.values():
                self._called.setdefault(radio.entry.name, []).append(radio.entry)
        return self._called

    def _node(self, name: int) -> Node | None:
        """The only radio of this name; None if there are several."""
        who = self._by_name().get(name, [])
        if len(who) > 1:
            return None
        return who[0].tag if who else bytes([name])

    def _speaker(self, name: int, listener: Entry) -> Node | None:
        """Which radio of this name the listener hears."""
        who = self._by_name().get(name, [])
        likely = [one for one in who if listener.name in one.hears]
        return likely[0].tag if len(likely) == 1 else self._node(name)

    def _draw(self) -> Ears:
        ears: Ears = {OWN: {}}
        for speaker, listener in self._links:
            one, other = self._node(speaker), self._node(listener)
            if one is not None and other is not None:
                ears.setdefault(one, {})[other] = Grade.WEAK
        for radio in self._radios.values():
            for name, grade in radio.entry.hears.items():
                if (heard := self._speaker(name, radio.entry)) is not None:
                    ears.setdefault(heard, {})[radio.entry.tag] = grade
        for name, quality in self._near.items():
            node = self.node(name)
            ears.setdefault(node, {})[OWN] = Grade.of(quality)
            if quality:
                ears[OWN][node] = Grade.of(quality)
        return ears

    # By which relays.

    def lookup(self, key: bytes, now: int) -> bytes | None:
        """The relays to this person in the order of travel, his own radio last; None if no way is known."""
        held = self._radios.get(key[:TAG])
        if held is None:
            return None
        if now - held.at >= FORGET_MS:
            del self._radios[key[:TAG]]
            self._redraw()
            return None
        found = self.ways().get(key[:TAG])
        return None if found is None else found.names

    def worked(self, key: bytes, now: int) -> None:
        """What went by the way to this person was answered."""
        if (found := self.ways().get(key[:TAG])) is not None:
            self._radios[key[:TAG]].at = now
            doubts = [link for link in zip(found.nodes, found.nodes[1:], strict=False) if link in self._doubts]
            for link in doubts:
                del self._doubts[link]
                self._ways = None

    def failed(self, key: bytes) -> None:
        """What went by the way to this person was not answered in time."""
        if (found := self.ways().get(key[:TAG])) is not None:
            for link in zip(found.nodes, found.nodes[1:], strict=False):
                self._doubts[link] = min(DOUBT_MAX, self._doubts.get(link, 0) + DOUBT)
            self._ways = None

    def ways(self) -> dict[Node, _Way]:
        """The cheapest way to each radio, of at most seven names."""
        if self._ways is None:
            self._ways = self._search()
        return self._ways

    def _search(self) -> dict[Node, _Way]:
        best = {OWN: _Way(0, b"", (OWN,))}
        front = best
        for _ in range(PATH_NAMES):
            found: dict[Node, _Way] = {}
            for node, way in front.items():
                self._spread(node, way, best, found)
            best = best | found
            front = found
        del best[OWN]
        return best

    def _spread(self, node: Node, way: _Way, best: dict[Node, _Way], found: dict[Node, _Way]) -> None:
        ears = self.ears()
        for other, grade in ears.get(node, {}).items():
            if other == OWN:
                continue
            back = ears.get(other, {}).get(node)
            cost = (COST[grade] + (ONE_WAY if back is None else COST[back])) // 2
            cost += way.cost + self._doubts.get((node, other), 0)
            name = self._name(other)
            if len(self._by_name().get(name, ())) > 1:
                cost += TWIN
            held = found.get(other) or best.get(other)
            if held is None or cost < held.cost:
                found[other] = _Way(cost, way.names + bytes([name]), (*way.nodes, other))

    def _name(self, node: Node) -> int:
        return node[0] if len(node) == 1 else self._radios[node].entry.name
