"""Wishes for the radio's settings: by name to it, its answer as a sentence."""

import asyncio

import pytest

from handheld.daemon.radio_settings import RadioSettings, meant
from handheld.daemon.radio_view import NO_REGION, RadioView
from handheld.errors import RadioMissing, Refused
from handheld.events import RADIO_UP, RadioInfo
from handheld.wire.constants import Preset, Region, SetResult, Setting
from handheld.wire.link import Settings


def settings(result: SetResult, region: int = Region.EU868) -> Settings:
    return Settings(result, region, 2, Preset.MEDIUM, 14, 25, -9, 14, 10_000, 868_125_000)


class Radio:
    """Answers in order, or not at all."""

    def __init__(self, *answers: Settings) -> None:
        self.asked: list[tuple[int, int]] = []
        self.answers = list(answers)
        self.wishes = RadioSettings(self.ask)

    def ask(self, number: int, value: int) -> bool:
        self.asked.append((number, value))
        if self.answers:
            asyncio.get_running_loop().call_soon(self.wishes.heard, self.answers.pop(0))
        return True


@pytest.mark.parametrize(
    ("words", "number", "value"),
    [
        (("region", "eu868"), Setting.REGION, Region.EU868),
        (("preset", "LONG"), Setting.PRESET, Preset.LONG),
        (("channel", "13"), Setting.CHANNEL, 13),
        (("power", "-9"), Setting.POWER, -9),
    ],
)
async def test_names_become_numbers(words: tuple[str, str], number: int, value: int) -> None:
    radio = Radio(settings(SetResult.CHANGED))
    await radio.wishes.change(*words)
    assert radio.asked == [(number, value)]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("colour", "1"), "The settings of a radio are region, channel, preset and power."),
        (("region", "MOON"), "The region is one of EU868, EU433, US915, AU915, IN865, JP920 and KR920."),
        (("preset", "5"), "The preset is one of long, medium and fast."),
        (("power", "much"), "The power is a whole number."),
        (("channel", "40000"), "The channel is a whole number."),
    ],
)
def test_what_no_radio_knows_is_refused_at_once(words: tuple[str, str], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        meant(*words)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("result", "region", "sentence"),
    [
        (SetResult.UNKNOWN, 1, "This radio has no such setting."),
        (
            SetResult.NO_REGION,
            0,
            "Choose the region first: the law decides. The region is one of EU868,",
        ),
        (SetResult.NO_CHANNEL, 1, "In EU868 there are channels 1 to 25."),
        (SetResult.NO_CHANNEL, 0, "Without a region there are channels 1 to 25."),
        (SetResult.TOO_STRONG, 1, "In EU868 channel 2 allows at most 14 dBm with this radio."),
        (SetResult.TOO_WEAK, 1, "This radio gives at least -9 dBm."),
        (
            SetResult.NOT_KEPT,
            1,
            (
                "The radio cannot keep it: its flash is full or worn out. Nothing was changed. "
                "Write MicroPython anew: pocketmesh radio flash --image FILE"
            ),
        ),
    ],
)
async def test_what_the_radio_refuses_comes_with_the_limit(
    result: SetResult, region: int, sentence: str
) -> None:
    with pytest.raises(Refused) as refused:
        await Radio(settings(result, region)).wishes.change("power", "30")
    assert str(refused.value).startswith(sentence)


async def test_each_wish_has_its_own_answer() -> None:
    radio = Radio(settings(SetResult.UNCHANGED), settings(SetResult.TOO_STRONG), settings(SetResult.CHANGED))
    radio.wishes.opened()
    strong = asyncio.create_task(radio.wishes.change("power", "30"))
    await asyncio.sleep(0)
    await radio.wishes.change("channel", "3")
    with pytest.raises(Refused, match="at most 14 dBm"):
        await strong
    assert radio.asked == [(Setting.ASK, 0), (Setting.POWER, 30), (Setting.CHANNEL, 3)]
    radio.wishes.heard(settings(SetResult.UNCHANGED))  # one that nobody asked for


async def test_a_radio_that_goes_away_or_is_not_there_is_told() -> None:
    radio = Radio()
    wish = asyncio.create_task(radio.wishes.change("power", "1"))
    await asyncio.sleep(0)
    radio.wishes.closed()
    with pytest.raises(Refused, match="did not answer"):
        await wish
    with pytest.raises(RadioMissing, match="No radio is up"):
        await RadioSettings(lambda number, value: False).change("power", "1")


async def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handheld.daemon.radio_settings.PATIENCE_S", 0.01)
    radio = Radio()
    with pytest.raises(Refused, match="did not answer"):
        await radio.wishes.change("power", "1")
    radio.wishes.heard(settings(SetResult.CHANGED))


def test_the_view_has_them_by_name_and_says_why_a_radio_is_mute() -> None:
    view = RadioView(RadioInfo(RADIO_UP))
    view.settings(settings(SetResult.UNCHANGED))
    info = view.info(0)
    assert (info.region, info.preset, info.channel, info.why) == ("EU868", "medium", 2, "")
    assert (info.power_dbm, info.power_max_dbm, info.channels) == (14, 14, 25)
    assert (info.frequency_hz, info.duty_ppm) == (868_125_000, 10_000)
    view.settings(Settings(1, 0, 0, 0, 22, 0, -9, 22, 0, 0))
    assert (view.info(0).region, view.info(0).preset, view.info(0).why) == ("", "", NO_REGION)
