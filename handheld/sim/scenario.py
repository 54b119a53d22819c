"""A scenario as frozen values: who is where, what is written when, and what goes wrong.

Everything in it was checked when it was read (reader.py).
"""

from dataclasses import dataclass, replace

from handheld.sim.air import Burst
from handheld.sim.lora import Lora

HANDHELD, REPEATER, BOX = "handheld", "repeater", "box"
LORA, ESPNOW = "lora", "espnow"
DM, POST, FILE = "dm", "post", "file"
RANDOM, ALL, EVERYBODY = "random", "all", "*"


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
    burst: Burst | None


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
class FaultPlan:
    """[[fault]]: what goes wrong, or is mended, at this second. Which other fields count: see FAULTS."""

    kind: str
    at_s: float
    nodes: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    area: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """x, y and radius in metres."""
    seconds: float = 0.0
    jump_s: int = 0
    back_s: float = 0.0
    """How old the backup is that somebody is restored from."""
    frames_per_s: float = 0.0
    identities: int = 1


@dataclass(frozen=True)
class Scenario:
    """One file."""

    name: str
    seed: int
    duration_s: float
    air: AirPlan
    place: PlacePlan | None
    nodes: tuple[NodePlan, ...]
    traffic: tuple[TrafficPlan, ...] = ()
    faults: tuple[FaultPlan, ...] = ()


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
