"""From a scenario file to its values; what cannot be is refused by key and line."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from handheld.errors import SimulationError
from handheld.sim import toml
from handheld.sim.air import Burst
from handheld.sim.lora import Lora
from handheld.sim.scenario import (
    ALL,
    BOX,
    DM,
    ESPNOW,
    EVERYBODY,
    FILE,
    HANDHELD,
    LORA,
    POST,
    RANDOM,
    REPEATER,
    AirPlan,
    FaultPlan,
    NodePlan,
    PlacePlan,
    Scenario,
    TrafficPlan,
)
from handheld.sim.toml import Table, is_number, number, one_of, whole, word
from handheld.wire.constants import POST_TEXT_MAX
from handheld.wire.records import LETTER_TEXT_MAX

NODES_MAX = 5_000
DURATION_MAX_S = 60 * 86_400
LENGTH_MAX_M = 1_000_000
IDENTITIES_MAX = 1_000
FILE_BYTES_MAX = 65_536
BACKUP_S = 3600
"""How old a backup is where it does not say."""

JUMP_MAX_S = 2**31
"""Beyond what a 32-bit calendar holds."""

MARK = 8
"""Bytes that a message needs to be told from the others."""

_LENGTH = number(-LENGTH_MAX_M, LENGTH_MAX_M)
_SECOND = number(0, DURATION_MAX_S)
_TEXT_MAX = {DM: LETTER_TEXT_MAX, POST: POST_TEXT_MAX, FILE: FILE_BYTES_MAX}


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
    faults = tuple(_fault(table, nodes) for table in top.tables("fault"))
    top.end()
    return Scenario(name, seed, duration, air, place, nodes, traffic, faults)


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
        burst=_burst(table.table("bursts")) if table.has("bursts") else None,
    )
    if plan.path_loss == "none" and not plan.range_m:
        table.refuse("range_m", 'is missing: path_loss "none" needs a range')
    table.end()
    return plan


def _burst(table: Table) -> Burst:
    mean = number(0.001, DURATION_MAX_S)
    burst = Burst(
        table.need("good_s", "seconds in the mean, above 0", mean),
        table.need("bad_s", "seconds in the mean, above 0", mean),
        table.need("bad_loss", "a share from 0 to 1", number(0, 1)),
    )
    table.end()
    return burst


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
    kind = table.need("kind", '"dm", "post" or "file"', word)
    if kind not in _TEXT_MAX:
        table.refuse("kind", f"{kind!r} is not built yet; there are dm, post and file")
    people = [node.name for node in nodes if node.writes]
    senders = _names(table, "from", people)
    to = table.take("to", 'a name, "random" or "all"', word, RANDOM if kind == DM else ALL)
    if kind == DM and to != RANDOM and to not in people:
        table.refuse("to", f"has to be a name or {RANDOM!r}: there is nobody who reads and is called {to!r}")
    if kind == DM and (to in senders or len(people) < 2):
        table.refuse("to", "goes in a circle: nobody writes to himself")
    if kind == POST and to != ALL:
        table.refuse("to", 'has to be "all": everybody reads a post')
    if kind == FILE and to not in (ALL, RANDOM, *people):
        table.refuse("to", f'has to be "all", {RANDOM!r} or a name of somebody who reads')
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
            table.refuse(key, f"names {name!r}, but no node that can do this is called so")
    if len(set(names)) < len(names):
        table.refuse(key, "names somebody twice")
    return tuple(names)


def _are_names(value: Any) -> bool:
    return word(value) or (isinstance(value, list) and bool(value) and all(map(word, value)))


def _fault(table: Table, nodes: Sequence[NodePlan]) -> FaultPlan:
    kind = table.need("kind", "one word", word)
    if kind not in _FAULTS:
        table.refuse("kind", f"{kind!r} is not built yet; there are {', '.join(_FAULTS)}")
    at = table.need("at_s", "a second from 0", _SECOND)
    values = _FAULTS[kind](table, nodes)
    if values.get("back_s", 0) > at:
        table.refuse("back_s", "is longer ago than the beginning")
    if kind == "restore":
        values.setdefault("back_s", min(at, BACKUP_S))
    table.end()
    return FaultPlan(kind, at, **values)


def _of_nodes(table: Table, nodes: Sequence[NodePlan]) -> dict[str, Any]:
    if not table.has("node"):
        table.refuse("node", "is missing: a name, a list of names or *")
    return {"nodes": _names(table, "node", [node.name for node in nodes])}


def _of_hosts(table: Table, nodes: Sequence[NodePlan]) -> dict[str, Any]:
    return _of_nodes(table, [node for node in nodes if node.writes])


def _partition(table: Table, nodes: Sequence[NodePlan]) -> dict[str, Any]:
    groups = table.need("groups", "a list of lists of names", _are_groups)
    names = [name for group in groups for name in group]
    known = {node.name for node in nodes}
    for name in names:
        if name not in known:
            table.refuse("groups", f"names {name!r}, but no node is called so")
    if len(set(names)) < len(names):
        table.refuse("groups", "puts somebody into two places: each name stands once")
    return {"groups": tuple(tuple(group) for group in groups)}


def _are_groups(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, list) and _are_names(one) for one in value)


def _clock(table: Table, nodes: Sequence[NodePlan]) -> dict[str, Any]:
    jump = table.need("jump_s", "whole seconds forward, or back", whole(-JUMP_MAX_S, JUMP_MAX_S))
    return {**_of_hosts(table, nodes), "jump_s": jump}


def _restore(table: Table, nodes: Sequence[NodePlan]) -> dict[str, Any]:
    back = table.take("back_s", "how many seconds old the backup is", number(0, 1e9), None)
    return {**_of_hosts(table, nodes), **({} if back is None else {"back_s": back})}


def _jam(table: Table, _nodes: Sequence[NodePlan]) -> dict[str, Any]:
    area = table.need("area", "[x, y, radius] in metres", _is_area)
    return {"area": tuple(area), "seconds": table.need("seconds", "how long it lasts", number(0.001, 1e9))}


def _is_area(value: Any) -> bool:
    whole_area = isinstance(value, list) and len(value) == 3 and all(map(is_number, value))
    return whole_area and all(map(_LENGTH, value)) and value[2] > 0


def _junk(table: Table, nodes: Sequence[NodePlan]) -> dict[str, Any]:
    return {
        **_of_nodes(table, nodes),
        "frames_per_s": table.need("frames_per_s", "a rate from 0.01 to 1,000", number(0.01, 1_000)),
        "identities": table.take("identities", f"1 to {IDENTITIES_MAX}", whole(1, IDENTITIES_MAX), 1),
        "seconds": table.take("seconds", "how long it lasts", number(0.001, 1e9), 1e9),
    }


_FAULTS: dict[str, Callable[[Table, Sequence[NodePlan]], dict[str, Any]]] = {
    "off": _of_nodes,
    "on": _of_nodes,
    "kill": _of_hosts,
    "restore": _restore,
    "clock": _clock,
    "partition": _partition,
    "heal": lambda _table, _nodes: {},
    "jam": _jam,
    "junk": _junk,
}
"""How the rest of each kind's table is read."""
