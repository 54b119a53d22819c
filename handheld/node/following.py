"""Whom the owner follows, mutes and blocks, and the lists of it that people publish."""

from collections.abc import Callable, Iterable

from handheld.commands import Publish, Relate
from handheld.errors import Refused, WireError
from handheld.events import Person, PersonHeard, PublishedList
from handheld.node.boards import LISTS, Boards
from handheld.node.effects import (
    Effect,
    KeepBoard,
    KeepLetter,
    KeepPost,
    KeepRank,
    KeepRelation,
    KeepRoomPost,
    Tell,
)
from handheld.node.people import People
from handheld.node.standing import BLOCK, BLOCKED, FOLLOW, MUTE, OBEY, REST
from handheld.wire.codec import decode, encode
from handheld.wire.constants import PostType
from handheld.wire.follows import BLOCKS, FOLLOWS, NAME, NAMES_MAX, PARTS_MAX, Follows, parts

RELATIONS = {"followed": FOLLOW, "muted": MUTE, "blocked": BLOCK, "obeyed": OBEY}
"""What a command calls them."""

LISTED = {"follows": (FOLLOWS, FOLLOW), "blocks": (BLOCKS, BLOCK)}
"""What can be published, by its name in a command: the kind of list, and of whom it is made."""

Record = tuple[int, bytes]
"""A published part of a list: its number among the posts of its author, and its body."""

Write = Callable[[str, PostType, bytes, int], KeepPost]
"""Makes the next own post: board, type, what it says, wall-time label."""


class Following:
    """The owner's acts, to what is to be kept; the lists of others, to whom they concern."""

    def __init__(
        self, people: People, boards: Boards, write: Write, lists: Iterable[tuple[bytes, int, bytes]] = ()
    ) -> None:
        self.standing = people.standing
        self.boards = boards
        self.people = people
        self._write = write
        for author, seq, body in lists:
            self._learn(author, [(seq, body)])

    def unfollow(self, name: str) -> list[Effect]:
        """Follow a board no more. Refused if it is not followed."""
        self.boards.unfollow(name)
        return [KeepBoard(name, followed=False)]

    def rank(self, author: bytes, board: str) -> int:
        """How much a post there counts: on a board that is not followed, no more than anybody's."""
        rank = self.standing.rank(author)
        return rank if self.boards.follows(board) else max(rank, REST)

    def shows(self, keep: KeepPost | KeepLetter | KeepRoomPost) -> bool:
        """Whether a screen hears of a row: not of somebody blocked, nor of a board that is not followed."""
        elsewhere = isinstance(keep, KeepPost) and not self.boards.follows(keep.board)
        if isinstance(keep, KeepPost) and keep.kind == PostType.ALERT:
            elsewhere = False
        return not elsewhere and keep.rank != BLOCKED

    def relate(self, command: Relate, lists: Iterable[Record], now: int) -> tuple[Person, list[Effect]]:
        """Follow, mute, block or obey somebody, or no more. `lists`: what is held of those he published.

        Refused, with nothing changed: nobody is meant, oneself is, or there is no such relation.
        """
        key, relation = self.people.find(command.who), RELATIONS.get(command.relation)
        if relation is None:
            raise Refused(f"There are these relations to people: {', '.join(RELATIONS)}.")
        if key == self.people.own:
            raise Refused("That is you. You count first here anyway.")
        if not command.on and not self.standing.has(key, relation):
            raise Refused(self._is_not(key, command))
        before = self._ranks()
        held = self.standing.relate(key, relation, on=command.on)
        self._learn(key, lists)
        person = self.people.person(key, now)
        told = Tell(PersonHeard(person, fresh=False))
        return person, [KeepRelation(key, held), *self._changed(before), told]

    def _is_not(self, key: bytes, command: Relate) -> str:
        other = self.standing.through(key)
        if command.relation == "blocked" and other:
            return (
                f"{command.who} is blocked by a list of {other.hex()[:8]}, which you obey. To see him all "
                f"the same, follow him or give him a name of yours. To obey it no more: "
                f"pocketmesh unblock --list-from {other.hex()[:8]}"
            )
        return f"{command.who} is not {command.relation}. See: pocketmesh people"

    def heard(self, author: bytes, seq: int, body: bytes) -> list[Effect]:
        """A signed part of a list. Raises WireError when it is none."""
        said = decode(Follows, body)
        if not self.standing.takes(author, said.kind):
            return []
        before = self._ranks()
        self.standing.learn(author, seq, said)
        return self._changed(before)

    def publish(
        self, command: Publish, held: Iterable[Record], at: int
    ) -> tuple[PublishedList, list[Effect]]:
        """Publish a list as it is now, take it back (`on` false), or only say how it stands (None).

        `held`: our own records that are held. Refused: there is no such list, or it is too long.
        """
        if command.list not in LISTED:
            raise Refused(f"These lists can be published: {' and '.join(LISTED)}.")
        kind, relation = LISTED[command.list]
        people = self.standing.having(relation)
        if len(people) > NAMES_MAX * PARTS_MAX:
            raise Refused(f"A list has room for {NAMES_MAX * PARTS_MAX} people; these are {len(people)}.")
        names = [key[:NAME] for key in people]
        if command.on is None:
            published = [name for part in _newest(kind, held) for name in part.names]
            return PublishedList(command.list, len(people), len(published), published == names), []
        names = names if command.on else []
        effects: list[Effect] = [
            self._write(LISTS, PostType.FOLLOWS, encode(part), at) for part in parts(kind, names)
        ]
        return PublishedList(command.list, len(people), len(names), current=command.on), effects

    def _learn(self, author: bytes, lists: Iterable[Record]) -> None:
        for seq, body in lists:
            try:
                self.standing.learn(author, seq, decode(Follows, body))
            except WireError:
                continue  # kept by a version that took more for a list

    def _ranks(self) -> dict[bytes, int]:
        return {key: self.standing.rank(key) for key in self.people.all_keys()}

    def _changed(self, before: dict[bytes, int]) -> list[Effect]:
        now = self._ranks()
        keys = dict.fromkeys((*before, *now))
        ranks = {key: now.get(key, REST) for key in keys}
        return [KeepRank(key, rank) for key, rank in ranks.items() if rank != before.get(key, REST)]


def _newest(kind: int, held: Iterable[Record]) -> list[Follows]:
    """The parts of an own list as others have it."""
    found = sorted((seq, decode(Follows, body)) for seq, body in held)
    ours = [said for _, said in found if said.kind == kind]
    count = ours[-1].parts if ours else 0
    newest = {said.part: said for said in ours}
    return [newest[part] for part in range(count) if part in newest]
