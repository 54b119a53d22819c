"""What a post of type FOLLOWS says in the place of its text: a part of a list that its author published."""

from construct import Int8ub, Struct

from handheld.errors import WireError
from handheld.values import dataclass
from handheld.wire.layout import Frame, Layout, frame

FOLLOWS, BLOCKS = 1, 2
"""Kinds of lists: whom the author follows, whom he blocks."""

NAME = 8
"""Bytes of a key by which a list names its holder."""

NAMES_MAX = 18
"""People in one part; with this many the record fits the shortest frame that all air carries."""

PARTS_MAX = 15


@frame(
    Layout(
        "follows",
        Struct("kind" / Int8ub, "part" / Int8ub, "parts" / Int8ub),
        tail="people",
        tail_max=NAME * NAMES_MAX,
    )
)
@dataclass(frozen=True)
class Follows(Frame):
    """Part `part` (from 0) of `parts` of a list of one kind. `people`: the first eight bytes of their keys.

    Of each part the newest record holds, and of all the newest says how many parts there are: one with
    nobody in it takes the list back.
    """

    kind: int
    part: int
    parts: int
    people: bytes

    def check(self) -> None:
        """Two kinds, at most 15 parts, whole names."""
        if self.kind not in (FOLLOWS, BLOCKS):
            raise WireError("enum", f"list of kind {self.kind}")
        if not self.part < self.parts <= PARTS_MAX:
            raise WireError("size", f"part {self.part} of {self.parts}")
        if len(self.people) % NAME:
            raise WireError("size", f"{len(self.people)} bytes of names")

    @property
    def names(self) -> list[bytes]:
        """The people named, each by eight bytes."""
        return [self.people[at : at + NAME] for at in range(0, len(self.people), NAME)]


def parts(kind: int, names: list[bytes]) -> list[Follows]:
    """A list in as few parts as hold it; one part with nobody for an empty one."""
    step = NAMES_MAX
    cut = [names[at : at + step] for at in range(0, len(names), step)] or [[]]
    return [Follows(kind, number, len(cut), b"".join(some)) for number, some in enumerate(cut)]
