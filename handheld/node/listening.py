"""After a restore: own posts wait until it was heard how far others are with ours.

The numbers go on far above what the backup knew, see store/backup.py, and above what anybody near holds. A
signed mark says that nothing lies between, so that nobody takes the jump for posts that he missed. What
others say about our own number is not signed: it is believed as far as it does no harm.
"""

from handheld.node.effects import Effect
from handheld.node.outbound import Outbound, Outgoing
from handheld.node.postings import Postings
from handheld.node.public import post_frame
from handheld.node.repair import Upkeep
from handheld.wire.constants import AirFlag

LISTEN_MS, LOOK_MS = 3 * 60 * 1_000, 5_000
"""With a radio it listens for so long, or until somebody told what he holds and it was looked for that."""

JUMP_MAX = 1 << 28
"""Nobody's word makes our numbers jump further than a restore would."""


class Listening:
    """Own posts on their way to the radio. `restored`: 1 above the last number that the backup knew; 0: none.

    Alerts do not wait.
    """

    def __init__(
        self, postings: Postings, upkeep: Upkeep, outbound: Outbound, restored: int, *, invisible: bool
    ) -> None:
        self._postings = postings
        self._upkeep = upkeep
        self._outbound = outbound
        self._invisible = invisible
        self._before = restored - 1
        self._mark = 0
        if restored:
            # The mark comes first: it says that nothing lies before its own number.
            postings.seq += 1
            self._mark = postings.seq
        self._waiting: list[tuple[bytes, int]] = []
        self._until: int | None = None
        self._look_at = 0

    @property
    def active(self) -> bool:
        """Whether own posts wait."""
        return self._mark > 0

    def put(self, raw: bytes, message: int, now: int) -> list[Effect]:
        """An own post is saved: it goes out, now or after listening."""
        urgent = bool(raw[0] & AirFlag.URGENT)
        if self.active and not urgent:
            self._waiting.append((raw, message))
            return []
        frame = post_frame(raw, invisible=self._invisible)
        return self._outbound.put(Outgoing(frame, message, waits=True, hurry=urgent), now)

    def radio_up(self, now: int) -> None:
        """Somebody can be heard from now on."""
        if self.active:
            self._until, self._look_at = now + LISTEN_MS, now + LOOK_MS

    def radio_down(self) -> None:
        """Nobody can be heard."""
        self._until = None

    def next_deadline(self) -> int | None:
        """When `tick` has something to do."""
        return None if self._until is None else min(self._until, self._look_at)

    def tick(self, now: int) -> list[Effect]:
        """When enough was heard: the mark to be kept, and what has waited."""
        if self._until is None or now < min(self._until, self._look_at):
            return []
        self._look_at = now + LOOK_MS
        if now < self._until and not self._upkeep.rounds:
            return []
        heard = self._upkeep.own_highest
        before = max(self._before, min(heard, self._mark - 1))
        if heard - self._postings.seq <= JUMP_MAX:
            self._postings.seq = max(self._postings.seq, heard)
        mark, waiting = self._mark, self._waiting
        self._mark, self._waiting, self._until = 0, [], None
        effects: list[Effect] = []
        for raw, message in waiting:
            effects += self.put(raw, message, now)
        return [*effects, self._postings.leap(mark, before)]
