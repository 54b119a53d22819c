"""Simulated villages whose devices hold posts before they are switched on."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from handheld.clock import SeededEntropy
from handheld.crypto.identity import Identity
from handheld.crypto.signing import sign_post, sign_profile
from handheld.node.node import Node
from handheld.node.saved import Saved
from handheld.sim.fast import FastStation
from handheld.sim.host import Host
from handheld.sim.reader import parse
from handheld.sim.run import Options, Village
from handheld.store import meta, people, posts
from handheld.store.messages import MessageRow
from handheld.store.people import PersonRow
from handheld.wire.air import first_byte
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind

SECOND_US = 1_000_000
ODOMETER_S = 30 * 24 * 3600
"""What every device's says at second 0."""

AIR = {
    "SF9/250": '[air]\nmodel = "lora"\nsf = 9\nbandwidth_hz = 250000\ncoding_rate = 5\npreamble = 16\n'
    'tx_dbm = 14\nfrequency_hz = 908750000\npath_loss = "3gpp-suburban"\n',
    "ESP-NOW": '[air]\nmodel = "espnow"\npath_loss = "none"\nrange_m = 500\n',
}

Stock = Iterable[tuple[int, int, int]]
"""Posts by the number of their author, their own number, and how old they are in seconds."""


@cache
def author(number: int) -> Identity:
    return Identity.create(SeededEntropy(f"author {number}"))


@cache
def profile(number: int) -> bytes:
    signed = sign_profile(author(number), 0, f"author {number}".encode())
    return bytes([first_byte(AirKind.PROFILE)]) + encode(signed)


@cache
def post(number: int, seq: int) -> bytes:
    text = f"post {seq} of {number} ".encode().ljust(60, b".")
    signed = sign_post(author(number), "here", seq, seq, text)
    return bytes([first_byte(AirKind.POST)]) + encode(signed)


def village(air: str, nodes: int, seed: int = 44, *, off: str = "", extra_loss: float = 0.0) -> Village:
    """A cell of `nodes` who all hear each other; `off`: when the first is on, as in a scenario."""
    loss = f"extra_loss = {extra_loss}\n"
    switched = f"on_s = {off}\n" if off else ""
    text = (
        f'name = "cell"\nseed = {seed}\nduration_s = 86400\n\n{AIR[air]}{loss}\n'
        '[place]\nkind = "random"\nwidth_m = 150\nheight_m = 150\n\n'
        f'[[nodes]]\nname = "away"\n{switched}\n[[nodes]]\ncount = {nodes - 1}\n'
    )
    return Village(parse(text), Options())


def host(made: Village, number: int) -> Host:
    station = made.world._stations[number]
    assert isinstance(station, FastStation)
    assert station._host is not None
    return station._host


def stock(made: Village, number: int, holds: Stock) -> None:
    """This device held these posts, and the profiles of their authors, when it was switched off."""
    device = host(made, number)
    build = device._build

    def with_profiles(identity: Identity, saved: Saved) -> Node:
        held = [row.profile for row in people.all(device._store)]
        made.inhabitants._known[number] = []
        own = made.inhabitants._profiles[number]
        given = replace(saved, profiles=[own, *held])
        inhabitants = made.inhabitants
        inhabitants._starts[number] += 1
        entropy = SeededEntropy(f"{number}/{inhabitants._starts[number]}")
        return Node(identity, f"node {number}", entropy, given)

    assert build is not None
    device._build = with_profiles
    store = device._store
    meta.raise_to(store, meta.ODOMETER, ODOMETER_S)
    for one in {one for one, _, _ in holds}:
        people.save(store, PersonRow(author(one).key, 0, profile(one), None, None))
    for one, seq, age_s in holds:
        row = MessageRow(
            peer=b"",
            author=author(one).key,
            seq=seq,
            lamport=seq,
            board="here",
            text=b"text",
            raw=post(one, seq),
            own=False,
            hops=None,
            rssi=None,
            at=None,
            age=age_s,
            powered=ODOMETER_S,
        )
        posts.add(store, row)
    device.restart()


def held(made: Village, number: int) -> int:
    """How many posts it holds."""
    query = "SELECT count(*) FROM messages WHERE peer = x''"
    return int(host(made, number)._store.execute(query).fetchone()[0])


def run(made: Village, until_s: float) -> None:
    made.world.run(round(until_s * SECOND_US))
