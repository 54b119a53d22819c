"""Who lives in the village: their keys, whom they know, and a node for each, made from the seed."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from handheld.clock import SeededEntropy
from handheld.crypto.identity import Identity
from handheld.crypto.signing import sign_profile
from handheld.node.node import Node
from handheld.node.saved import Saved
from handheld.sim.host import Host
from handheld.sim.plan import Message
from handheld.sim.scenario import BOX, Scenario
from handheld.wire.air import first_byte
from handheld.wire.codec import encode
from handheld.wire.constants import NICKNAME_MAX, AirKind

EVERYBODY_MAX = 200
"""Up to so many nodes all hold everybody's profile; beyond, each holds those he will need."""

Transmit = Callable[[int, bytes], None]


class Inhabitants:
    """Everybody with a host, by number."""

    def __init__(self, scenario: Scenario, messages: Iterable[Message]) -> None:
        self._scenario = scenario
        self._numbers = [number for number, node in enumerate(scenario.nodes) if node.writes]
        self._identities = {
            number: Identity.create(SeededEntropy(f"{scenario.seed}/identity/{number}"))
            for number in self._numbers
        }
        self._profiles = {number: self._profile(number) for number in self._numbers}
        self._known = self._acquaintances(messages)
        self._starts = [0] * len(scenario.nodes)
        self.hosts: dict[int, Host] = {}
        """Who has been given a Pi so far."""

    def key(self, number: int) -> bytes:
        """Somebody's public key."""
        return self._identities[number].key

    def host(
        self,
        number: int,
        kept: Callable[[bytes, str], None],
        delivered: Callable[[bytes], None],
        transmit: Transmit,
    ) -> Host:
        """His Pi; see Host for the three it calls."""
        made = Host(self._identities[number], partial(self._node, number), transmit, kept, delivered)
        self.hosts[number] = made
        return made

    def _node(self, number: int, identity: Identity, saved: Saved) -> Node:
        # Chance is fresh at each start, as it is on a Pi.
        self._starts[number] += 1
        entropy = SeededEntropy(f"{self._scenario.seed}/node/{number}/{self._starts[number]}")
        known = self._known[number]
        newer = list(saved.profiles)
        heard = {raw[1:33] for raw in newer}
        given = replace(
            saved,
            profiles=[raw for other in (number, *known) if (raw := self._profiles[other])[1:33] not in heard]
            + newer,
            known_to=[self._identities[other].key for other in known],
        )
        place = self._scenario.nodes[number]
        return Node(identity, place.name, entropy, given, box=place.role == BOX)

    def _acquaintances(self, messages: Iterable[Message]) -> dict[int, list[int]]:
        if len(self._numbers) <= EVERYBODY_MAX:
            return {number: [one for one in self._numbers if one != number] for number in self._numbers}
        known: dict[int, set[int]] = {number: set() for number in self._numbers}
        for message in messages:
            for reader in message.readers:
                known[reader].add(message.sender)
            if message.to_one:
                known[message.sender].update(message.readers)
        return {number: sorted(others) for number, others in known.items()}

    def _profile(self, number: int) -> bytes:
        name = self._scenario.nodes[number].name.encode()[:NICKNAME_MAX]
        return bytes([first_byte(AirKind.PROFILE)]) + encode(sign_profile(self._identities[number], 0, name))
