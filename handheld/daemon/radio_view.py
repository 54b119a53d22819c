"""The radio as a screen sees it, put together from what the port and the cable session say."""

from dataclasses import replace

from handheld.events import RADIO_CONNECTING, RADIO_UP, RadioInfo
from handheld.text import clean_line
from handheld.wire.constants import Preset, RadioKind, Region
from handheld.wire.link import HelloRadio, Settings, Status

NO_RADIO = RadioInfo("none", "This node runs without a radio. Start it with --radio auto to use one.")

NO_REGION = (
    "It only listens until it knows which law holds: pocketmesh radio set region EU868, or "
    + ", ".join(region.name for region in Region if region is not Region.EU868)
    + "."
)


class RadioView:
    """Holds the newest facts; `info` hands them out with the age of the last frame."""

    def __init__(self, first: RadioInfo) -> None:
        self._info = first
        self._heard: int | None = None

    @property
    def found(self) -> bool:
        """Whether there is one to wait for: it is up, or has been found and is being spoken to."""
        return self._info.state in {RADIO_CONNECTING, RADIO_UP}

    def info(self, now: int) -> RadioInfo:
        """The radio now."""
        age = None if self._heard is None else (now - self._heard) // 1000
        return replace(self._info, last_heard_s=age)

    def port(self, state: str, why: str, port: str) -> None:
        """The port was found, opened or lost."""
        self._info = RadioInfo(state, why, port)

    def hello(self, hello: HelloRadio) -> None:
        """The radio said who it is."""
        self._info = RadioInfo(
            state=RADIO_UP,
            port=self._info.port,
            board=clean_line(hello.board),
            kind=RadioKind(hello.radio).name.lower(),
            channel=hello.channel,
            firmware=".".join(str(part) for part in hello.firmware),
            airtime_us=hello.airtime,
        )

    def counters(self, status: Status) -> None:
        """The radio's own counts since its boot."""
        counts = {name: getattr(status, name) for name in Status.LAYOUT.fields}
        self._info = replace(self._info, counters=counts)

    def settings(self, settings: Settings) -> None:
        """What the radio keeps."""
        self._info = replace(
            self._info,
            why="" if settings.duty else NO_REGION,
            region=Region(settings.region).name if settings.region else "",
            preset=Preset(settings.preset).name.lower() if settings.preset else "",
            channel=settings.channel,
            power_dbm=settings.power,
            power_max_dbm=settings.power_max,
            channels=settings.channels,
            frequency_hz=settings.frequency,
            duty_ppm=settings.duty,
        )

    def heard(self, now: int) -> None:
        """A frame came from the air."""
        self._heard = now
