"""How much each person counts here: who is kept and carried first, who is muted, who is blocked.

The owner's own judgement goes before any other's: nobody's published list touches whom he met, named or
follows. All of it is by full key, but for published lists, which name people by eight bytes of theirs.
"""

from collections.abc import Iterable, Iterator

from handheld.errors import Refused
from handheld.node.names import INTRODUCED, MET, SELF, Names
from handheld.wire.follows import FOLLOWS, NAME, Follows

OWN, KNOWN, FOLLOWED, FURTHER, REST, BLOCKED = range(6)
"""Ranks, the best first: oneself; met or named; followed; followed or introduced by one of those; all others.

Of rank BLOCKED nothing is shown or carried.
"""

FOLLOW, MUTE, BLOCK, OBEY = 1, 2, 4, 8
"""Bits of a relation. OBEY: whom he says he blocks is blocked here, too."""

_WORDS = {FOLLOW: "followed", MUTE: "muted", OBEY: "blocks obeyed"}

RELATIONS_MAX = 1_000
"""People whom the owner follows, mutes or blocks."""


class Standing:
    """The owner's relations to people, and the lists of those whose word he takes."""

    def __init__(self, names: Names, relations: Iterable[tuple[bytes, int]] = ()) -> None:
        self._names = names
        self._relations = dict(relations)
        self._lists: dict[tuple[bytes, int], dict[int, tuple[int, Follows]]] = {}
        self._further: dict[bytes, bytes] = {}
        self._shunned: dict[bytes, bytes] = {}

    def rank(self, key: bytes) -> int:
        """How much this person counts: OWN, the best, to REST, or BLOCKED."""
        relation, level = self._relations.get(key, 0), self._names.level(key)
        if level == SELF:
            return OWN
        if relation & BLOCK:
            return BLOCKED
        if level == MET or self._names.petname(key):
            return KNOWN
        if relation & FOLLOW:
            return FOLLOWED
        if key[:NAME] in self._shunned:
            return BLOCKED
        return FURTHER if level == INTRODUCED or key[:NAME] in self._further else REST

    def blocked(self, key: bytes) -> bool:
        """Whether nothing of this person is shown or carried."""
        return self.rank(key) == BLOCKED

    def muted(self, key: bytes) -> bool:
        """Whether what this person writes is kept without a notice, and folded where it is shown."""
        return self.has(key, MUTE)

    def refuse_blocked(self, key: bytes) -> None:
        """Refused for somebody blocked: whoever writes to him has to unblock him first."""
        if self.blocked(key):
            who = self._names.petname(key) or key.hex()[:8]
            raise Refused(f"You blocked {who}. Before you write to him: pocketmesh unblock {who}")

    def has(self, key: bytes, relation: int) -> bool:
        """Whether the owner has this relation to somebody."""
        return bool(self._relations.get(key, 0) & relation)

    def through(self, key: bytes) -> bytes:
        """Whose published list puts this person where he is, b"" if none does."""
        rank = self.rank(key)
        if rank == BLOCKED and not self.has(key, BLOCK):
            return self._shunned[key[:NAME]]
        return self._further.get(key[:NAME], b"") if rank == FURTHER else b""

    def words(self, key: bytes) -> str:
        """What the owner, or somebody whose word he takes, has to do with a person; "" if nothing."""
        other = self.through(key)
        name = self._names.petname(other) or other.hex()[:NAME]
        if self.blocked(key):
            return f"blocked by {name}" if other else "blocked"
        words = [word for bit, word in _WORDS.items() if self.has(key, bit)]
        return ", ".join(words) or (f"{name} follows" if other else "")

    def keys(self) -> Iterator[bytes]:
        """Everybody to whom the owner has a relation."""
        yield from self._relations

    def having(self, relation: int) -> list[bytes]:
        """Everybody to whom the owner has this relation, in the order of their keys."""
        return sorted(key for key, held in self._relations.items() if held & relation)

    def relate(self, key: bytes, relation: int, *, on: bool) -> int:
        """Begin or end a relation: all that hold now, as bits. Refused when there are enough."""
        held = self._relations.get(key, 0)
        if on and not held and len(self._relations) >= RELATIONS_MAX:
            raise Refused(
                f"You follow, mute or block {RELATIONS_MAX} people already; that is all this device keeps."
            )
        held = held | relation if on else held & ~relation
        if held:
            self._relations[key] = held
        else:
            self._relations.pop(key, None)
        self._heed()
        return held

    def learn(self, author: bytes, seq: int, said: Follows) -> None:
        """A part of a list that `author` published under this number of his.

        The greater number holds, and how many parts it says there are.
        """
        if not self.takes(author, said.kind):
            return
        parts = self._lists.setdefault((author, said.kind), {})
        newest = max(parts.values(), key=lambda part: part[0], default=(0, said))
        if said.part in parts and parts[said.part][0] >= seq:
            return
        if seq < newest[0] and said.part >= newest[1].parts:
            return
        parts[said.part] = seq, said
        count = said.parts if seq > newest[0] else newest[1].parts
        for old in [number for number in parts if number >= count]:
            del parts[old]
        self._heed()

    def takes(self, author: bytes, kind: int) -> bool:
        """Whether the owner takes the word of `author` in a list of this kind."""
        return self.has(author, FOLLOW if kind == FOLLOWS else OBEY)

    def _heed(self) -> None:
        """Whom the lists name, by those whose word is taken now; of two who name one, the first counts."""
        self._lists = {which: parts for which, parts in self._lists.items() if self.takes(*which)}
        self._further, self._shunned = {}, {}
        for (author, kind), parts in self._lists.items():
            named = self._further if kind == FOLLOWS else self._shunned
            for _, said in parts.values():
                for name in said.names:
                    named.setdefault(name, author)
