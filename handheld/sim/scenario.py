"""A scenario file as frozen values: who is where, what is written when, and what goes wrong."""

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from handheld.errors import SimulationError
from handheld.sim import toml
from handheld.sim.lora import Lora
from handheld.sim.toml import Table, is_number, number, one_of, whole, word
from handheld.wire.constants import POST_TEXT_MAX
from handheld.wire.records import LETTER_TEXT_MAX

NODES_MAX = 5_000
DURATION_MAX_S = 60 * 86_400
LENGTH_MAX_M = 1_000_000

MARK = 8
"""Bytes that a message needs to be told from the others."""

HANDHELD, REPEATER, BOX = "handheld", "repeater", "box"
LORA, ESPNOW = "lora", "espnow"
DM, POST = "dm", "post"
RANDOM, ALL, EVERYBODY = "random", "all", "*"

_LENGTH = number(-LENGTH_MAX_M, LENGTH_MAX_M)
_SECOND = number(0, DURATION_MAX_S)
_TEXT_MAX = {DM: LETTER_TEXT_MAX, POST: POST_TEXT_MAX}


@dataclass(frozen=True)
class AirPlan:
    """[air]: the kind of radio, and what becomes of its signal."""

    model: str
    lora: Lora
    frequency_hz: int
    path_loss: str
    exponent: float
    reference_db: float
    range_m: float
    link_offset_db: float
    extra_loss: float


@dataclass(frozen=True)
class PlacePlan:
    """[place]: where those are put who name no place of their own."""

    kind: str
    width_m: float
    height_m: float


@dataclass(frozen=True)
class NodePlan:
    """One node. `walk` is (second, x, y), one point for who stays, none for who is placed by [place]."""

    name: str
    role: str
    walk: tuple[tuple[float, float, float], ...] = ()
    on_s: tuple[tuple[float, float], ...] = ()

    @property
    def writes(self) -> bool:
        """Whether there is a host that people use."""
        return self.role != REPEATER


@dataclass(frozen=True)
class TrafficPlan:
    """[[traffic]]: `senders` by name. Every `every_s` in the mean, or at exactly these seconds."""

    kind: str
    senders: tuple[str, ...]
    to: str
    every_s: float
    at_s: tuple[float, ...]
    bytes: int


@dataclass(frozen=True)
class Scenario:
    """One file, checked."""

    name: str
    seed: int
    duration_s: float
    air: AirPlan
    place: PlacePlan | None
    nodes: tuple[NodePlan, ...]
    traffic: tuple[TrafficPlan, ...] = field(default=())


def parse(text: str) -> Scenario:
    """The scenario in this text; SimulationError names the key and the line of what cannot be."""
    top = toml.read(text)
    name = top.need("name", "one line of text", word)
    seed = top.take("seed", "a whole number from 0", whole(0, 2**63 - 1), 1)
    duration = top.need("duration_s", f"seconds, up to {DURATION_MAX_S:,}", number(1, DURATION_MAX_S))
    air = _air(top.table("air"))
    place = _place(top.table("place")) if top.has("place") else None
    nodes = _nodes(top, place)
    traffic = tuple(_traffic(table, nodes) for table in top.tables("traffic"))
    if top.has("fault"):
        top.refuse("fault", "is not built yet")
    top.end()
    return Scenario(name, seed, duration, air, place, nodes, traffic)


def _air(table: Table) -> AirPlan:
    positive = number(0.001, LENGTH_MAX_M)
    try:
        lora = Lora(
            table.take("sf", "7 to 12", whole(7, 12), 11),
            table.take("bandwidth_hz", "a bandwidth in Hz", whole(7_800, 500_000), 250_000),
            table.take("coding_rate", "5 to 8", whole(5, 8), 5),
            table.take("preamble", "a number of symbols from 6", whole(6, 65_535), 16),
            table.take("tx_dbm", "a power from -20 to 40 dBm", number(-20, 40), 30),
        )
    except SimulationError as error:
        table.refuse("sf", f"does not fit: {error}")
    plan = AirPlan(
        model=table.need("model", '"lora" or "espnow"', one_of(LORA, ESPNOW)),
        lora=lora,
        frequency_hz=table.take("frequency_hz", "a frequency", whole(10**8, 6 * 10**9), 908_750_000),
        path_loss=table.need(
            "path_loss",
            '"3gpp-suburban", "log-distance" or "none"',
            one_of("3gpp-suburban", "log-distance", "none"),
        ),
        exponent=table.take("exponent", "a number from 1 to 10", number(1, 10), 3.0),
        reference_db=table.take("reference_db", "0 to 200 dB", number(0, 200), 40.0),
        range_m=table.take("range_m", "a length above 0 m", positive, 0.0),
        link_offset_db=table.take("link_offset_db", "0 to 20 dB", number(0, 20), 0.0),
        extra_loss=table.take("extra_loss", "a share from 0 to 1", number(0, 1), 0.0),
    )
    if plan.path_loss == "none" and not plan.range_m:
        table.refuse("range_m", 'is missing: path_loss "none" needs a range')
    table.end()
    return plan


def _place(table: Table) -> PlacePlan:
    positive = number(0.001, LENGTH_MAX_M)
    place = PlacePlan(
        table.need("kind", '"random", "grid" or "line"', one_of("random", "grid", "line")),
        table.need("width_m", "a length above 0 m", positive),
        table.take("height_m", "a length above 0 m", positive, 0.0),
    )
    if place.kind != "line" and not place.height_m:
        table.refuse("height_m", "is missing: a length above 0 m")
    table.end()
    return place


def _nodes(top: Table, place: PlacePlan | None) -> tuple[NodePlan, ...]:
    nodes: list[NodePlan] = []
    names: set[str] = set()
    for table in top.tables("nodes"):
        for plan in _some(table, place, len(nodes)):
            if plan.name in names:
                table.refuse("name", f"{plan.name!r} is in two places: another node has that name")
            names.add(plan.name)
            nodes.append(plan)
        if len(nodes) > NODES_MAX:
            table.refuse("count", f"makes more than {NODES_MAX:,} nodes")
    if not nodes:
        top.refuse("nodes", "is missing: at least one node")
    return tuple(nodes)


def _some(table: Table, place: PlacePlan | None, before: int) -> list[NodePlan]:
    count = table.take("count", f"1 to {NODES_MAX}", whole(1, NODES_MAX))
    name = table.take("name", "a word", lambda given: word(given) and given not in (EVERYBODY, RANDOM, ALL))
    if name is not None and count is not None:
        table.refuse("count", "does not go with a name: one name is one node")
    role = table.take("role", "handheld, repeater or box", one_of(HANDHELD, REPEATER, BOX), HANDHELD)
    walk = _walk(table, place)
    if walk and count is not None:
        table.refuse("count", "would put several nodes into one place")
    windows = _windows(table)
    table.end()
    names = [name] if name else [f"n{before + number + 1}" for number in range(count or 1)]
    return [NodePlan(one, role, walk, windows) for one in names]


def _walk(table: Table, place: PlacePlan | None) -> tuple[tuple[float, float, float], ...]:
    given = [key for key in ("x", "y", "walk") if table.has(key)]
    if place and given:
        table.refuse(given[0], "puts the node into two places: [place] chooses one already")
    if "walk" in given and len(given) > 1:
        table.refuse(given[0], "puts the node into two places: the walk has its own")
    if "walk" not in given:
        x = table.take("x", "metres", _LENGTH)
        y = table.take("y", "metres", _LENGTH)
        if place is None and (x is None or y is None):
            table.refuse("x" if x is None else "y", "is missing: without [place] every node has x and y")
        return ((0.0, x, y),) if x is not None else ()
    points = table.need("walk", "a list of [second, x, y]", _are_points)
    if any(late[0] <= early[0] for early, late in pairwise(points)):
        table.refuse("walk", "puts the node into two places: each point needs a later second")
    return tuple((second, x, y) for second, x, y in points)


def _are_points(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, list) and len(one) == 3 and all(map(is_number, one)) for one in value)
        and all(_SECOND(one[0]) and _LENGTH(one[1]) and _LENGTH(one[2]) for one in value)
    )


def _windows(table: Table) -> tuple[tuple[float, float], ...]:
    windows = table.take("on_s", "a list of [from second, to second], in order", _are_windows, [])
    return tuple((start, end) for start, end in windows)


def _are_windows(value: Any) -> bool:
    if not (isinstance(value, list) and all(isinstance(one, list) and len(one) == 2 for one in value)):
        return False
    flat = [second for one in value for second in one]
    return all(map(_SECOND, flat)) and all(early < late for early, late in pairwise(flat))


def _traffic(table: Table, nodes: tuple[NodePlan, ...]) -> TrafficPlan:
    kind = table.need("kind", '"dm" or "post"', word)
    if kind not in _TEXT_MAX:
        table.refuse("kind", f"{kind!r} is not built yet; there are dm and post")
    people = [node.name for node in nodes if node.writes]
    senders = _names(table, "from", people)
    to = table.take("to", 'a name, "random" or "all"', word, RANDOM if kind == DM else ALL)
    if kind == DM and to != RANDOM and to not in people:
        table.refuse("to", f"has to be a name or {RANDOM!r}: there is nobody who reads and is called {to!r}")
    if kind == DM and (to in senders or len(people) < 2):
        table.refuse("to", "goes in a circle: nobody writes to himself")
    if kind == POST and to != ALL:
        table.refuse("to", 'has to be "all": everybody reads a post')
    every = table.take("every_s", "a mean of at least 0.1 s", number(0.1, DURATION_MAX_S))
    at = table.take(
        "at_s", "a list of seconds", lambda given: isinstance(given, list) and all(map(_SECOND, given))
    )
    if (every is None) == (at is None):
        table.refuse("every_s", "or at_s has to be there, and only one of them")
    size = table.take("bytes", f"{MARK} to {_TEXT_MAX[kind]}", whole(MARK, _TEXT_MAX[kind]), 40)
    table.end()
    return TrafficPlan(kind, senders, to, every or 0.0, tuple(at or ()), size)


def _names(table: Table, key: str, known: list[str]) -> tuple[str, ...]:
    given = table.take(
        key, "a name, a list of names or *", lambda one: word(one) or isinstance(one, list), "*"
    )
    if given == EVERYBODY:
        return tuple(known)
    names = given if isinstance(given, list) else [given]
    for name in names:
        if name not in known:
            table.refuse(key, f"names {name!r}, but no node that writes is called so")
    if len(set(names)) < len(names):
        table.refuse(key, "names somebody twice")
    return tuple(names)


def change(
    scenario: Scenario, *, seed: int | None, duration_s: float | None, nodes: int | None, posts: bool
) -> Scenario:
    """The same with another seed or duration, with the first `nodes` nodes, with posts instead of letters."""
    kept = scenario.nodes if nodes is None else scenario.nodes[:nodes]
    names = {node.name for node in kept}
    traffic = [
        replace(one, senders=tuple(name for name in one.senders if name in names)) for one in scenario.traffic
    ]
    if posts:
        traffic = [replace(one, kind=POST, to=ALL) for one in traffic]
    return replace(
        scenario,
        seed=scenario.seed if seed is None else seed,
        duration_s=scenario.duration_s if duration_s is None else duration_s,
        nodes=kept,
        traffic=tuple(traffic),
    )
