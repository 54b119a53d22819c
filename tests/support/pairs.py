"""Three people in two pairs, and an air and a power supply that do their worst, step by step.

Every frame lies in a bag until a step takes it out: it may reach anybody, in any order, changed, again, or
never. A cut can fall between any two effects of a node. A device may come back from an old backup. After
each step everything that anybody may call true is compared with what was written.
"""

from collections.abc import Callable
from copy import deepcopy

from handheld.clock import Entropy
from handheld.crypto.identity import Identity
from handheld.errors import Refused
from handheld.node.effects import Dropped, Effect, KeepLetter, Tell, Transmit
from handheld.node.entry import State
from handheld.node.prekeys import PERIOD_S
from handheld.wire.air import decode_air
from handheld.wire.constants import AirKind, SentResult
from tests.support.nodes import KEPT, WALL, Handheld, Room

NAMES = ("ana", "bo", "cy")
PAIRS = (("ana", "bo"), ("bo", "ana"), ("ana", "cy"), ("cy", "ana"))
LEAP = 1 << 16
BAG_MAX = 400
BACKUPS_MAX = 3
HEAL_MS = 30 * 60 * 1000
"""Two announcements of every profile fit in, so everybody hears of every prekey."""


class PowerCut(Exception):
    """The power went between two effects."""


class Pairs(Room):
    """The world; a step is a method that draws what it needs from the chance it is given."""

    def __init__(self) -> None:
        super().__init__([Handheld(name) for name in NAMES])
        self.bag: list[tuple[str, bytes]] = []
        self.wrote: dict[str, tuple[str, str]] = {}
        self.arrived: set[str] = set()
        self.backups: dict[str, list[dict[str, object]]] = {name: [] for name in NAMES}
        self.lives = 0
        self._fuse: int | None = None
        self._checked = 0
        self.radio_up()
        self.settle(5_000)

    # What Room does at once, here a step has to bring about.

    def carry_out(self, handheld: Handheld, effects: list[Effect]) -> None:
        for effect in effects:
            if self._fuse is not None and not isinstance(effect, Dropped | Tell):
                self._fuse -= 1
                if self._fuse < 0:
                    raise PowerCut
            super().carry_out(handheld, [effect])

    def _keep_letter(self, handheld: Handheld, letter: KeepLetter) -> None:
        if not letter.own:
            self.arrived.add(letter.text.decode())
        super()._keep_letter(handheld, letter)

    def _transmit(self, sender: Handheld, effect: Transmit) -> None:
        self.frames.append((self.now, sender.name, effect.air))
        self.bag.append((sender.name, effect.air))
        del self.bag[:-BAG_MAX]
        self.carry_out(sender, sender.node.sent(effect.token, SentResult.ON_AIR, self.now))

    # Steps

    def write(self, chance: Entropy) -> None:
        """Somebody writes to somebody."""
        writer, reader = PAIRS[chance.below(len(PAIRS))]
        text = f"{writer} writes to {reader} {len(self.wrote)}"
        text += "." * chance.below(60) * chance.below(2)
        self.wrote[text] = (writer, reader)
        self.send(writer, reader, text)

    def wait(self, chance: Entropy) -> None:
        """Time passes: a moment, or minutes."""
        self.run((20, 500, 2_000, 60_000)[chance.below(4)])

    def deliver(self, chance: Entropy) -> None:
        """A frame of the bag reaches one or all of the others, and may stay in it to come again."""
        if self.bag:
            sender, air = self._drawn(chance, keep=chance.below(4) == 0)
            names = [name for name in NAMES if name != sender]
            for name in names if chance.below(2) else names[: 1 + chance.below(2)]:
                self._hear(name, air)

    def deliver_in_order(self, chance: Entropy) -> None:
        """The air is fine for a while."""
        self.settle(200 + chance.below(2_000))

    def lose(self, chance: Entropy) -> None:
        """Frames are lost."""
        for _ in range(min(len(self.bag), 1 + chance.below(8))):
            self._drawn(chance, keep=False)

    def change(self, chance: Entropy) -> None:
        """A frame reaches everybody with a bit flipped, or cut short."""
        if not self.bag:
            return
        _, air = self._drawn(chance, keep=True)
        if chance.below(4):
            bit = chance.below(len(air) * 8)
            air = (int.from_bytes(air, "big") ^ 1 << bit).to_bytes(len(air), "big")
        else:
            air = air[: chance.below(len(air))]
        for name in NAMES:
            self._hear(name, air)

    def repeat(self, chance: Entropy) -> None:
        """An old frame reaches somebody once more, be it his own."""
        if self.frames:
            _, _, air = self.frames[chance.below(len(self.frames))]
            self._hear(NAMES[chance.below(len(NAMES))], air)

    def cut_power(self, chance: Entropy) -> None:
        """A device starts anew from what it had kept; the cut falls anywhere in what it was doing."""
        name = NAMES[chance.below(len(NAMES))]
        self._fuse = chance.below(5)
        try:
            for _, air in self.bag[-12:]:
                self._hear(name, air)
            self.carry_out(self.handhelds[name], self.handhelds[name].node.tick(self.now))
        except PowerCut:
            pass
        finally:
            self._fuse = None
        self._replace(name, self.handhelds[name])

    def back_up(self, chance: Entropy) -> None:
        """Somebody makes a backup: what is kept, without the prekeys."""
        name = NAMES[chance.below(len(NAMES))]
        self.backups[name].append({part: deepcopy(getattr(self.handhelds[name], part)) for part in KEPT})
        del self.backups[name][:-BACKUPS_MAX]

    def restore(self, chance: Entropy) -> None:
        """A device goes on with a backup: numbers and epoch jump, the prekey is new, chains are gone."""
        name = NAMES[chance.below(len(NAMES))]
        if self.backups[name]:
            kept = self.backups[name][chance.below(len(self.backups[name]))]
            old = Handheld(name, identity=self.handhelds[name].identity)
            old.__dict__.update(deepcopy(kept))
            self._replace(name, old, restored=True)

    def renew(self, chance: Entropy) -> None:
        """Somebody makes a new prekey, if he may."""
        handheld = self.handhelds[NAMES[chance.below(len(NAMES))]]
        try:
            effects = handheld.node.renew(self.now)
        except Refused:
            return
        self.carry_out(handheld, effects)

    def age(self, chance: Entropy) -> None:
        """Somebody's device has been running for two days: prekeys come and go."""
        self._age(self.handhelds[NAMES[chance.below(len(NAMES))]])

    def settle(self, milliseconds: int) -> None:
        """For so long the air loses nothing."""
        end = self.now + milliseconds
        while self.now < end:
            self.run(min(20, end - self.now) if self.bag else min(200, end - self.now))
            bag, self.bag = self.bag, []
            for sender, air in bag:
                for name in NAMES:
                    if name != sender:
                        self._hear(name, air)

    # What must be true

    def check(self) -> None:
        """After every step: who wrote what to whom is as it was, and nothing of it can be read on the air."""
        for name, handheld in self.handhelds.items():
            texts = handheld.mail()
            assert len(set(texts)) == len(texts), f"shown twice to {name}"
            for letter in handheld.letters:
                author = next(who for who in NAMES if self.handhelds[who].identity.key == letter.author)
                reader = author if letter.own else name
                assert self.wrote[letter.text.decode()][not letter.own] == reader
                assert self.wrote[letter.text.decode()][0] == author, "a wrong author"
            assert not handheld.posts, "private, and kept as public"
            for message, states in handheld.states.items():
                if states[-1] == State.DELIVERED.value and message in handheld.own:
                    assert handheld.own[message].text.decode() in self.arrived, "delivered, and never kept"
        new, self._checked = self.frames[self._checked :], len(self.frames)
        assert not any(b"writes to" in air for _, _, air in new), "readable on the air"

    def heal(self) -> None:
        """The air is fine again: what was written and is not given up arrives; prekeys come and go; and
        whoever writes then is answered in short form."""
        self.bag.clear()
        self.settle(HEAL_MS)
        self.check()
        for name, handheld in self.handhelds.items():
            stuck = [m for m in handheld.own if self._state(handheld, m) not in ("delivered", "failed")]
            assert not stuck, f"{name} is stuck with {stuck}"
        for _ in range(4):
            for handheld in self.handhelds.values():
                self._age(handheld)
            self.settle(11 * 60 * 1000)
        for _ in range(3):
            heard = len(self.frames)
            for writer, reader in PAIRS:
                text = f"{writer} writes to {reader} {len(self.wrote)}"
                self.wrote[text] = (writer, reader)
                self.send(writer, reader, text)
                self.settle(3_000)
                assert text in self.handhelds[reader].mail(), f"{text}, and it did not arrive"
        self.check()
        kinds = {decode_air(air).kind for _, _, air in self.frames[heard:]}
        assert AirKind.SESSION in kinds, "no short form any more"
        assert AirKind.PRIVATE not in kinds, "sealed where the short form would do"

    def _state(self, handheld: Handheld, message: int) -> str:
        return handheld.states.get(message, ["queued"])[-1]

    def _age(self, handheld: Handheld) -> None:
        handheld.node._odometer._base += PERIOD_S
        handheld.node._odometer._due = self.now
        self.carry_out(handheld, handheld.node.tick(self.now))

    def _drawn(self, chance: Entropy, *, keep: bool) -> tuple[str, bytes]:
        place = chance.below(len(self.bag))
        return self.bag[place] if keep else self.bag.pop(place)

    def _hear(self, name: str, air: bytes) -> None:
        handheld = self.handhelds[name]
        self.carry_out(handheld, handheld.node.receive(air, -60, self.now, WALL))

    def _replace(self, name: str, held: Handheld, *, restored: bool = False) -> None:
        self.lives += 1
        leap = LEAP * self.lives if restored else 0
        if restored:
            secret = self.lives.to_bytes(32, "big")
            identity = held.identity
            held.identity = Identity(
                identity.sign_seed, identity.static_secret, secret, identity.epoch + leap, held.odometer
            )
        held.floor = max(held.floor, leap)
        self.handhelds[name] = held.restarted(f"life {self.lives}")
        self.radio_up(name)


STEPS: tuple[Callable[[Pairs, Entropy], None], ...] = (
    Pairs.write,
    Pairs.wait,
    Pairs.deliver,
    Pairs.deliver_in_order,
    Pairs.lose,
    Pairs.change,
    Pairs.repeat,
    Pairs.cut_power,
    Pairs.back_up,
    Pairs.restore,
    Pairs.renew,
    Pairs.age,
)
WEIGHTS = (40, 16, 40, 24, 10, 10, 14, 4, 1, 1, 3, 2)
