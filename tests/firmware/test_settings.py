"""What the radio keeps: nothing outside the law, and nothing lost when the power goes at any byte."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as few
from hypothesis import strategies as st

from handheld.wire.codec import decode, encode
from handheld.wire.constants import Preset, RadioKind, Region, SetResult, Setting
from handheld.wire.link import Settings
from tests.support.cpython_firmware import load

settings, regions = load("settings", "regions")

LORA = (RadioKind.LORA, -9, 22)
WIFI = (RadioKind.ESPNOW, 2, 20)


@pytest.fixture(autouse=True)
def flash(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(kept, result=SetResult.UNCHANGED):
    """What the host would read."""
    return decode(Settings, encode(Settings(**kept.answer(result))))


def region(kept, value):
    assert kept.change(Setting.REGION, value) == SetResult.CHANGED
    return kept


def test_lora_has_no_region_until_one_is_chosen():
    kept = settings.Settings(*LORA)
    assert told(kept) == Settings(1, 0, 0, Preset.MEDIUM, 22, 0, -9, 22, 0, 0)
    assert kept.change(Setting.CHANNEL, 1) == SetResult.NO_REGION
    assert kept.change(Setting.POWER, -9) == SetResult.NO_REGION
    assert kept.change(Setting.PRESET, Preset.LONG) == SetResult.CHANGED


def test_a_region_brings_its_usual_channel_and_its_limits():
    kept = region(settings.Settings(*LORA), Region.EU868)
    assert told(kept) == Settings(1, 1, 1, Preset.MEDIUM, 22, 25, -9, 22, 100_000, 869_525_000)
    region(kept, Region.EU433)
    assert told(kept) == Settings(1, 2, 3, Preset.MEDIUM, 10, 6, -9, 10, 100_000, 433_675_000)


def test_a_channel_lowers_the_power_to_what_is_allowed_there():
    kept = region(settings.Settings(*LORA), Region.EU868)
    assert kept.change(Setting.CHANNEL, 2) == SetResult.CHANGED
    assert (kept.power, kept.duty(), kept.kilohertz()) == (14, 10_000, 868_125)
    assert kept.change(Setting.POWER, 15) == SetResult.TOO_STRONG
    assert kept.change(Setting.POWER, 14) == SetResult.UNCHANGED
    assert kept.change(Setting.POWER, -10) == SetResult.TOO_WEAK
    assert kept.change(Setting.POWER, -9) == SetResult.CHANGED
    assert kept.change(Setting.CHANNEL, 26) == SetResult.NO_CHANNEL
    assert kept.change(Setting.CHANNEL, 0) == SetResult.NO_CHANNEL
    assert kept.change(Setting.REGION, Region.EU868) == SetResult.UNCHANGED
    assert kept.channel == 2


@pytest.mark.parametrize(
    ("number", "value"), [(0, 1), (6, 1), (255, 1), (2, 0), (2, 255), (2, -1), (4, 0), (4, 4)]
)
def test_what_is_not_known_is_refused(flash, number, value):
    kept = settings.Settings(*LORA)
    assert kept.change(number, value) == SetResult.UNKNOWN
    assert list(flash.iterdir()) == []


def test_espnow_is_allowed_everywhere_from_the_start():
    kept = settings.Settings(*WIFI)
    assert told(kept) == Settings(1, 0, 6, 0, 17, 11, 2, 17, 1_000_000, 2_437_000_000)
    assert kept.change(Setting.CHANNEL, 12) == SetResult.NO_CHANNEL
    assert kept.change(Setting.PRESET, Preset.LONG) == SetResult.UNKNOWN
    region(kept, Region.EU868)
    assert kept.change(Setting.CHANNEL, 13) == SetResult.CHANGED
    assert kept.change(Setting.POWER, 18) == SetResult.TOO_STRONG
    region(kept, Region.US915)
    assert (kept.channel, kept.power) == (6, 17)
    assert kept.change(Setting.POWER, 20) == SetResult.CHANGED
    # No law of this region is known for ESP-NOW: what is allowed everywhere.
    region(kept, Region.JP920)
    assert (kept.channels(), kept.power) == (11, 17)


@few(max_examples=200)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(-128, 130)), max_size=12), st.sampled_from([LORA, WIFI])
)
def test_nothing_outside_the_law_can_be_set(wishes, kind):
    for name in settings.FILES:
        Path(name).unlink(missing_ok=True)
    kept = settings.Settings(*kind)
    for number, value in wishes:
        before = kept.answer(0)
        result = kept.change(number, value)
        assert (result == SetResult.CHANGED) == (kept.answer(0) != before)
    now = told(kept)
    assert now.power_min <= now.power <= now.power_max
    assert now.channels == 0 or 1 <= now.channel <= now.channels
    if kept.lora and kept.region:
        band = kept.band()
        assert now.power <= band[regions.POWER]
        assert now.frequency == 1000 * regions.frequency(kept.region, kept.channel)
    assert told(settings.Settings(*kind)) == now


def test_what_was_kept_is_there_after_a_start(flash):
    region(settings.Settings(*LORA), Region.US915).keep(3)
    again = settings.Settings(*LORA)
    assert (again.region, again.channel, again.kept) == (Region.US915, 37, 3)
    # For another radio the same files hold what that one may do.
    other = settings.Settings(*WIFI)
    assert (other.region, other.channel, other.power, other.preset) == (Region.US915, 6, 20, 0)


def test_what_cannot_be_kept_is_not_changed(flash):
    kept = settings.Settings(*LORA)
    (flash / "settings.a").mkdir()  # nothing can be written there
    before = kept.answer(0)
    assert kept.change(Setting.REGION, Region.EU868) == SetResult.NOT_KEPT
    assert kept.answer(0) == before
    assert not kept.save()
    (flash / "settings.a").rmdir()
    assert region(kept, Region.EU868).save()
    assert told(settings.Settings(*LORA)).region == Region.EU868


def test_a_write_that_is_torn_at_any_byte_leaves_the_old_or_the_new(flash):
    files = [flash / name for name in settings.FILES]
    kept = region(settings.Settings(*LORA), Region.EU868)
    for channel in range(2, 6):
        before = [file.read_bytes() if file.exists() else None for file in files]
        old, new = channel - 1, channel
        kept.change(Setting.CHANNEL, new)
        [number] = [n for n, file in enumerate(files) if file.exists() and file.read_bytes() != before[n]]
        whole = files[number].read_bytes()
        assert settings.Settings(*LORA).channel == new
        for size, rest in itertools.product(range(len(whole)), (b"", b"\0", b"\xff", bytes(20))):
            files[number].write_bytes(whole[:size] + rest)
            assert settings.Settings(*LORA).channel == (new if whole[:size] + rest == whole else old)
        files[number].unlink()
        assert settings.Settings(*LORA).channel == old
        files[number].write_bytes(whole)


def test_after_a_torn_write_the_whole_file_is_the_one_that_stays(flash):
    kept = region(settings.Settings(*LORA), Region.EU868)
    kept.change(Setting.CHANNEL, 2)
    for name in settings.FILES:
        whole = (flash / name).read_bytes()
        (flash / name).write_bytes(whole[:5])
        again = settings.Settings(*LORA)
        again.change(Setting.CHANNEL, 7)
        assert settings.Settings(*LORA).channel == 7
        again.change(Setting.CHANNEL, 2)


def test_the_generation_goes_round(flash):
    kept = settings.Settings(*LORA)
    kept._generation = 0xFFFD
    region(kept, Region.EU868)
    for channel in range(2, 8):
        kept.change(Setting.CHANNEL, channel)
        assert settings.Settings(*LORA).channel == channel


@pytest.mark.parametrize(
    "field", [{"region": 99}, {"region": 1, "channel": 200}, {"region": 2, "channel": 1, "power": 100}]
)
def test_what_was_kept_outside_the_law_is_brought_into_it(flash, field):
    kept = settings.Settings(*LORA)
    for name, value in ({"preset": 77} | field).items():
        setattr(kept, name, value)
    kept._save()
    again = settings.Settings(*LORA)
    assert again.preset == Preset.MEDIUM
    assert again.region in {0, *Region}
    assert again.power <= again.strongest()
    assert not again.region or 1 <= again.channel <= again.channels()


def test_a_format_of_another_version_is_none_of_ours(flash, monkeypatch):
    monkeypatch.setattr(settings, "_VERSION", 2)
    region(settings.Settings(*LORA), Region.EU868)
    monkeypatch.undo()
    monkeypatch.chdir(flash)
    assert settings.Settings(*LORA).region == 0
