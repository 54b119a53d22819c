"""Short form between nodes: what it costs on the air, and that nothing that goes wrong is noticed."""

from collections import Counter
from dataclasses import replace

import pytest

from handheld.clock import SeededEntropy
from handheld.crypto import chain
from handheld.crypto.identity import Identity
from handheld.node.chains import (
    AHEAD,
    LIFE_S,
    OFFERED,
    PAIRS_MAX,
    RECEIVING_MAX,
    SEEDS_MAX,
    STEPS_MAX,
    Chains,
)
from handheld.node.effects import Dropped
from handheld.node.inbound import REPAIR
from handheld.wire.air import decode_air, flood, way
from handheld.wire.codec import decode, encode
from handheld.wire.constants import AirKind
from handheld.wire.records import Ack, Letter, Session
from tests.support.nodes import WALL, Handheld, Room

ANA, BO = b"a" * 32, b"b" * 32
CHANCE = SeededEntropy("chains")


class Two:
    """Ana's and Bo's chains, and sealings that pass between them."""

    def __init__(self) -> None:
        self.ana, self.bo = Chains(ANA), Chains(BO)

    def seal(self, *, heard: bool = True, answered: bool = True, back: bool = False) -> tuple[bytes, bytes]:
        """A sealing from Ana to Bo, or back."""
        writer, reader = (self.bo, self.ana) if back else (self.ana, self.bo)
        to, by = (ANA, BO) if back else (BO, ANA)
        commitment, seed = CHANCE.take(8), CHANCE.take(32)
        writer.sealed(to, commitment, seed)
        if heard:
            reader.heard(by, commitment, seed)
        if answered:
            writer.acked(to, commitment, 0)
        return commitment, seed

    def talk(self) -> None:
        """Until Ana may write in short form."""
        self.seal(back=True)
        self.seal()

    def pass_one(self, *, lost: bool = False, answered: bool = True) -> bool:
        """A frame from Ana to Bo; whether she could write one, and he knew it."""
        step = self.ana.step(BO, 0)
        if step is None:
            return False
        if not lost:
            found = self.bo.find(step.label)
            if found is None:
                return False
            assert found == (ANA, step)
            self.bo.opened(step.label)
            assert self.bo.find(step.label) is None
            if answered:
                self.ana.acked(BO, step.commitment, 0)
        return True


def test_a_chain_takes_an_ack_in_each_direction() -> None:
    two = Two()
    assert two.ana.step(BO, 0) is None
    two.seal()
    assert two.ana.step(BO, 0) is None
    two.seal(back=True)
    assert two.ana.step(BO, 0) is None
    # Bo sealed after he had acknowledged Ana's: he has a chain, she not yet.
    assert two.bo.step(ANA, 0) is not None
    two.seal()
    assert two.pass_one()


@pytest.mark.parametrize("lost", range(SEEDS_MAX))
def test_it_is_found_when_acks_were_lost(lost: int) -> None:
    two = Two()
    two.seal(back=True)
    for _ in range(lost):
        two.seal(back=True, heard=False, answered=False)
    for _ in range(3):
        two.seal(answered=False)
    two.seal()
    assert two.pass_one()


def test_lost_and_late_frames_open_within_the_window() -> None:
    two = Two()
    two.talk()
    late = [step for _ in range(OFFERED - 1) if (step := two.ana.step(BO, 0))]
    assert two.pass_one()
    for step in reversed(late):
        assert two.bo.find(step.label) == (ANA, step)
        two.bo.opened(step.label)
        assert two.bo.find(step.label) is None


def test_nobody_goes_further_ahead_than_the_reader_looks() -> None:
    two = Two()
    two.talk()
    assert sum(two.pass_one(lost=True) for _ in range(100)) == OFFERED
    two.talk()
    assert two.pass_one()
    assert sum(two.pass_one(lost=True) for _ in range(100)) == AHEAD - OFFERED


def test_a_chain_ends_after_so_many_frames_or_hours() -> None:
    two = Two()
    two.talk()
    assert sum(two.pass_one() for _ in range(200)) == STEPS_MAX
    two.talk()
    assert two.ana.step(BO, LIFE_S - 1)
    assert two.ana.step(BO, LIFE_S) is None


def test_late_steps_and_what_is_held_are_bounded() -> None:
    two = Two()
    for _ in range(50):
        two.talk()
        two.pass_one(lost=True)
        for _ in range(STEPS_MAX):
            two.pass_one()
    (pair,) = two.bo._pairs.values()
    assert len(pair.receiving) <= RECEIVING_MAX
    assert len(two.bo._labels) == sum(len(chain.steps) for chain in pair.receiving)
    assert len(two.bo._labels) <= RECEIVING_MAX * (2 * AHEAD + 1)
    assert pair.said.maxlen == SEEDS_MAX


def test_the_quietest_pair_goes_first_and_takes_its_labels_with_it() -> None:
    chains = Chains(ANA)
    for number in range(PAIRS_MAX + 5):
        reader = number.to_bytes(32, "big")
        chains.sealed(reader, CHANCE.take(8), CHANCE.take(32))
        chains.heard(reader, CHANCE.take(8), CHANCE.take(32))
    assert len(chains._labels) == PAIRS_MAX * OFFERED
    assert chains.step(bytes(32), 0) is None
    chains.give_up(bytes(32))
    assert len(chains._pairs) == PAIRS_MAX


def test_two_directions_never_share_a_label_or_a_key() -> None:
    two = Two()
    two.talk()
    two.seal(back=True)
    drawn = [step for _ in range(OFFERED) for step in (two.ana.step(BO, 0), two.bo.step(ANA, 0)) if step]
    assert len({step.label for step in drawn}) == len({step.key for step in drawn}) == 2 * OFFERED


# Between nodes


def room(*names: str) -> Room:
    here = Room([Handheld(name) for name in names])
    here.radio_up()
    here.run(3_000)
    return here


def talk(here: Room) -> None:
    """Until both may write in short form."""
    for writer, reader in (("ana", "bo"), ("bo", "ana"), ("ana", "bo")):
        here.send(writer, reader, "hello")
        here.run(300)
    here.frames.clear()


def private(here: Room) -> Counter[tuple[str, int]]:
    found = ((decode_air(air), len(air)) for _, _, air in here.frames)
    return Counter(
        (AirKind(air.kind).name, size) for air, size in found if air.kind not in (AirKind.PROFILE, *REPAIR)
    )


def test_twenty_characters_cost_84_bytes_with_the_ack() -> None:
    here = room("ana", "bo")
    talk(here)
    for number in range(10):
        here.send("ana", "bo", f"Meet me at the well{number}")
        here.run(300)
        here.send("bo", "ana", f"I am at the well at{number}")
        here.run(300)
    assert private(here) == {("SESSION", 70): 20, ("ACK", 14): 20}
    assert [states[-1] for states in here.handhelds["ana"].states.values()] == ["delivered"] * 12


def test_a_reader_who_started_anew_gets_it_sealed_and_then_the_short_form_again() -> None:
    here = room("ana", "bo")
    talk(here)
    here.handhelds["bo"] = here.handhelds["bo"].restarted("again")
    here.radio_up("bo")
    here.run(2_000)
    here.frames.clear()
    here.send("ana", "bo", "are you back?")
    here.run(3_000)
    here.send("bo", "ana", "yes")
    here.run(1_000)
    assert here.handhelds["bo"].mail() == ["hello", "hello", "are you back?"]
    assert private(here)["SESSION", 70] == 2
    here.frames.clear()
    for number in range(5):
        here.send("ana", "bo", f"good {number}")
        here.run(500)
    assert private(here)["SESSION", 70] >= 4


def test_at_thirty_percent_loss_it_is_mostly_short_and_everything_arrives_once() -> None:
    here = room("ana", "bo")
    talk(here)
    here.loss_percent = 30
    for number in range(150):
        here.send("ana", "bo", f"message {number}")
        here.run(1_000)
        here.send("bo", "ana", f"answer {number}")
        here.run(1_000)
    here.run(60_000)
    for one, other in (("ana", "bo"), ("bo", "ana")):
        assert sorted(here.handhelds[one].mail()) == sorted(here.handhelds[other].mail(own=True))
        assert all(states[-1] == "delivered" for states in here.handhelds[one].states.values())
    kinds = Counter(kind for kind, _ in private(here).elements())
    assert kinds["SESSION"] > 2 * kinds["PRIVATE"]


def test_a_changed_or_repeated_frame_is_dropped_and_the_real_one_still_opens() -> None:
    here = room("ana", "bo")
    talk(here)
    here.deaf = {("ana", "bo")}
    here.send("ana", "bo", "to be changed")
    here.run(10)
    bo = here.handhelds["bo"]
    air = next(air for _, who, air in here.frames if who == "ana")
    changed = air[:-1] + bytes([air[-1] ^ 1])
    for data, reason in ((changed, "seal"), (air[:-1], "short"), (air + b"\0", "size")):
        effects = bo.node.receive(data, -50, here.now, WALL)
        assert [effect.reason for effect in effects if isinstance(effect, Dropped)] == [reason]
    here.carry_out(bo, bo.node.receive(air, -50, here.now, WALL))
    assert bo.mail()[-1] == "to be changed"
    effects = bo.node.receive(air, -50, here.now, WALL)
    assert [effect.reason for effect in effects if isinstance(effect, Dropped)] == ["label"]


def test_a_replayed_sealing_brings_no_chain_back() -> None:
    here = room("ana", "bo")
    here.send("ana", "bo", "one")
    here.run(300)
    here.send("bo", "ana", "two")
    here.run(300)
    here.frames.clear()
    here.send("ana", "bo", "three")
    here.run(300)
    sealed = next(air for _, _, air in here.frames if decode_air(air).kind == AirKind.PRIVATE)
    here.frames.clear()
    for number in range(9):
        here.send("ana", "bo", f"short {number}")
        here.run(300)
    short = [air for _, _, air in here.frames if decode_air(air).kind == AirKind.SESSION]
    bo = here.handhelds["bo"]
    here.carry_out(bo, bo.node.receive(sealed, -50, here.now, WALL))
    for air in short:
        effects = bo.node.receive(air, -50, here.now, WALL)
        assert [effect.reason for effect in effects if isinstance(effect, Dropped)] == ["label"]


def test_devices_that_start_from_one_backup_never_draw_the_same_secrets() -> None:
    """Two copies of Ana's folder, each with its own chance: nothing of a chain is in it to be repeated."""
    drawn = []
    for copy in ("one", "two"):
        here = room("ana", "bo")
        talk(here)
        here.handhelds["ana"] = here.handhelds["ana"].restarted(f"copy {copy}")
        here.radio_up("ana")
        here.run(2_000)
        here.send("bo", "ana", "welcome back")
        here.run(3_000)
        here.frames.clear()
        for number in range(6):
            here.send("ana", "bo", f"after the restore {number}")
            here.run(2_000)
        sent = [decode_air(air) for _, who, air in here.frames if who == "ana"]
        short = [air.body[:8] for air in sent if air.kind == AirKind.SESSION]
        assert len(short) >= 4
        drawn += short
    assert len(set(drawn)) == len(drawn)


def test_a_letter_too_long_for_nothing_goes_in_any_form() -> None:
    here = room("ana", "bo")
    talk(here)
    for length in (1, 23, 24, 79, 80, 167):
        here.send("ana", "bo", "x" * length)
        here.run(300)
    assert {size for kind, size in private(here) if kind == "SESSION"} == {70, 126, 214}
    assert [len(text) for text in here.handhelds["bo"].mail()[2:]] == [1, 23, 24, 79, 80, 167]


def test_chains_need_no_profile_but_their_own_person() -> None:
    here = room("ana", "bo", "eve")
    talk(here)
    here.send("ana", "bo", "for bo alone")
    here.run(300)
    assert here.handhelds["eve"].mail() == []
    assert Identity.create(SeededEntropy("eve keys")).key == here.handhelds["eve"].identity.key
    assert "label" in here.handhelds["eve"].dropped


def test_forged_acks_of_a_frame_in_short_form_deliver_nothing() -> None:
    here = room("ana", "bo", "eve")
    talk(here)
    here.deaf = {("bo", "ana")}
    here.send("ana", "bo", "hello?")
    here.run(100)
    ana, eve = here.handhelds["ana"], here.handhelds["eve"]
    session = decode(Session, next(decode_air(air).body for _, who, air in here.frames if who == "ana"))
    for preimage in (session.commitment, session.label, session.tag[:8], bytes(8), eve.identity.key[:8]):
        effects = ana.node.receive(flood(AirKind.ACK, 8, encode(Ack(preimage))), -50, here.now, WALL)
        assert [effect.reason for effect in effects if isinstance(effect, Dropped)] == ["ack"]
    assert ana.node.outbox == {"aired": 1}


def test_a_contact_cannot_write_as_another_under_a_label_that_he_heard() -> None:
    here = room("ana", "bo", "eve")
    talk(here)
    here.deaf = {("ana", "bo")}
    here.send("ana", "bo", "the real one")
    here.run(10)
    air = next(air for _, who, air in here.frames if who == "ana")
    session = decode(Session, decode_air(air).body)
    own = chain.advance(b"e" * 32)[1]
    forged = chain.seal(
        replace(own, label=session.label), Letter(1, 3, 9, b"not hers"), first=decode_air(air).first
    )
    mixed = session.label + session.commitment + forged[16:]
    bo = here.handhelds["bo"]
    for body, reason in ((forged, "commitment"), (mixed, "seal")):
        effects = bo.node.receive(flood(AirKind.SESSION, 8, body), -50, here.now, WALL)
        assert [effect.reason for effect in effects if isinstance(effect, Dropped)] == [reason]
    here.carry_out(bo, bo.node.receive(air, -50, here.now, WALL))
    assert bo.mail()[-1] == "the real one"


def test_a_short_form_comes_by_way_as_well() -> None:
    here = room("ana", "bo")
    talk(here)
    here.loss_percent = 100
    here.send("ana", "bo", "by the mill")
    here.run(100)
    body = next(decode_air(air).body for _, _, air in here.frames if decode_air(air).kind == AirKind.SESSION)
    here.loss_percent = 0
    bo = here.handhelds["bo"]
    here.carry_out(bo, bo.node.receive(way(AirKind.SESSION, 8, b"\5", 0, body), -50, here.now, WALL))
    assert bo.mail()[-1] == "by the mill"
