"""Changing what the radio keeps: names to numbers, the radio's answer to a sentence."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from enum import IntEnum

from handheld.errors import RadioMissing, Refused
from handheld.wire.constants import Preset, Region, SetResult, Setting
from handheld.wire.link import Settings

PATIENCE_S = 3.0
"""A radio answers within milliseconds, or it is gone."""

_CHOICES: dict[str, tuple[Setting, type[IntEnum] | None]] = {
    "region": (Setting.REGION, Region),
    "channel": (Setting.CHANNEL, None),
    "preset": (Setting.PRESET, Preset),
    "power": (Setting.POWER, None),
}
"""Settings by name, and the names of their values; None: a number."""

_REFUSALS: dict[int, Callable[[Settings], str]] = {
    SetResult.UNKNOWN: lambda _: "This radio has no such setting.",
    SetResult.NO_REGION: lambda _: "Choose the region first: the law decides. " + _listed("region", Region),
    SetResult.NO_CHANNEL: lambda now: f"{_law(now)} there are channels 1 to {now.channels}.",
    SetResult.TOO_STRONG: lambda now: (
        f"{_law(now)} channel {now.channel} allows at most {now.power_max} dBm with this radio."
    ),
    SetResult.TOO_WEAK: lambda now: f"This radio gives at least {now.power_min} dBm.",
    SetResult.NOT_KEPT: lambda _: (
        "The radio cannot keep it: its flash is full or worn out. Nothing was changed. "
        "Write MicroPython anew: pocketmesh radio flash --image FILE"
    ),
}


class RadioSettings:
    """Asks the radio by `ask(number, value)`, which says whether it could be asked."""

    def __init__(self, ask: Callable[[int, int], bool]) -> None:
        self._ask = ask
        # Each wish has one answer, and they come in order.
        self._asked: deque[asyncio.Future[Settings | None]] = deque()

    async def change(self, what: str, value: str) -> None:
        """Have a setting changed. Refused with the limit, or why not; RadioMissing if there is none."""
        answer = self._wish(*meant(what, value))
        if answer is None:
            raise RadioMissing("No radio is up that could be set. See: pocketmesh radio info")
        try:
            settings = await asyncio.wait_for(answer, PATIENCE_S)
        except TimeoutError:
            settings = None
        if settings is None:
            raise Refused("The radio did not answer. See: pocketmesh radio info")
        check(settings)

    def opened(self) -> None:
        """A radio is there: ask what it keeps."""
        self._wish(Setting.ASK, 0)

    def heard(self, settings: Settings) -> None:
        """The radio answered."""
        if self._asked:
            self._resolve(settings)

    def closed(self) -> None:
        """The radio is gone, and so are its answers."""
        while self._asked:
            self._resolve(None)

    def _resolve(self, settings: Settings | None) -> None:
        answer = self._asked.popleft()
        # Whoever asked may have lost patience.
        if not answer.done():
            answer.set_result(settings)

    def _wish(self, number: int, value: int) -> asyncio.Future[Settings | None] | None:
        if not self._ask(number, value):
            return None
        self._asked.append(asyncio.get_running_loop().create_future())
        return self._asked[-1]


def check(settings: Settings) -> None:
    """Refused with the limit, if that is what the radio answered."""
    if settings.result in _REFUSALS:
        raise Refused(_REFUSALS[settings.result](settings))


def meant(what: str, value: str) -> tuple[Setting, int]:
    """The numbers of a setting and its value. Refused if there is no such thing."""
    if what not in _CHOICES:
        raise Refused(f"The settings of a radio are {_and(_CHOICES)}.")
    setting, names = _CHOICES[what]
    if names is not None:
        found = {item.name.lower(): item for item in names}.get(value.lower())
        if found is None:
            raise Refused(_listed(what, names))
        return setting, found
    try:
        number = int(value)
    except ValueError:
        number = 1 << 15
    if not -(1 << 15) <= number < 1 << 15:
        raise Refused(f"The {what} is a whole number.")
    return setting, number


def _listed(what: str, names: type[IntEnum]) -> str:
    shown = [item.name if names is Region else item.name.lower() for item in names]
    return f"The {what} is one of {_and(shown)}."


def _law(now: Settings) -> str:
    return f"In {Region(now.region).name}" if now.region else "Without a region"


def _and(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}"
