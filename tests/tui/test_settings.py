"""The first start, and the page of settings."""

from dataclasses import replace
from pathlib import Path

import pytest
from rich.style import Style

from handheld.commands import ChangeSetting, RadioSet
from handheld.config import FILE
from tests.support.door import STATUS, UP, SmallNode, open_door
from tests.support.screen import Screen, screen
from tui.ends import PASSPHRASE
from tui.settings import region_of
from tui.state import Place


def changes(node: SmallNode) -> list[object]:
    return [one for one in node.asked if isinstance(one, ChangeSetting | RadioSet)]


async def test_somebody_new_gives_a_name_and_is_at_home(tmp_path: Path) -> None:
    node = SmallNode(status=replace(STATUS, name=""))
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15), first=True) as at:
        await at.until("Welcome to pocketmesh.")
        await at.write("Ida")
        await at.press("enter")
        await at.until("A passphrase now?")
        await at.press("enter")
        await at.until("It works: 1 neighbour near.")
    assert changes(node) == [ChangeSetting("name", "Ida")]


async def test_a_lora_radio_is_asked_for_the_law_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Vienna")
    status = replace(STATUS, name="", radio=replace(UP, kind="lora"))
    node = SmallNode(status=status)
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15), first=True) as at:
        await at.until("Welcome")
        await at.press("enter")
        await at.until("Region: EU868")
        await at.press("enter")
        await at.until("A passphrase now?")
        await at.press("y")
        await at.until(lambda: at.shell.return_value == PASSPHRASE)
    assert changes(node) == [ChangeSetting("name", ""), RadioSet("region", "EU868")]


async def test_who_has_chosen_something_or_wants_no_questions_is_not_asked(tmp_path: Path) -> None:
    node = SmallNode(status=replace(STATUS, name=""))
    async with open_door(tmp_path, node), screen(tmp_path, first=True) as at:
        await at.until("Welcome")
        await at.press("escape")
        await at.until("It works")
    (tmp_path / FILE).write_text("", encoding="utf-8")
    async with open_door(tmp_path, node), screen(tmp_path, first=True) as at:
        await at.until("It works")
        assert at.shell.view.place is Place.HOME
    assert changes(node) == []


async def test_settings_are_changed_with_enter(tmp_path: Path) -> None:
    node = SmallNode()
    async with open_door(tmp_path, node), screen(tmp_path, (40, 15)) as at:
        await at.until("It works")
        await at.press("s")
        await at.until("your name, as others see it")
        await at.press("enter")
        await at.until("name: ")
        await at.write("Ada of the mill")
        await at.press("enter")
        await at.until("name: Ada of the mill.")
        await at.press("down", "enter")
        await at.until("invisible: yes.")
        await at.press(*["down"] * 6)
        await at.until("22:00-07:00")
        await at.press("enter")
        await at.write("now and then")
        await at.press("enter")
        await at.until("quiet_hours is a span of hours")
        await at.press(*["down"] * 12, "enter")
        await at.write("x")
        await at.press("enter")
        await at.until("radio: autox at the next start.")
        await at.press("escape")
        await at.until("It works")
    assert node.config.invisible
    assert node.config.name == "Ada of the mill"


def test_a_region_is_suggested_where_its_law_surely_holds() -> None:
    zones = {"Europe/Vienna": "EU868", "Europe/Moscow": "", "America/Denver": "US915", "America/Lima": ""}
    assert {zone: region_of(zone) for zone in zones} == zones


async def test_a_theme_is_seen_at_once_and_mono_has_no_colour(tmp_path: Path) -> None:
    async with open_door(tmp_path, SmallNode()), screen(tmp_path, (40, 15)) as at:
        await at.until("It works: 1 neighbour near.")
        before = styles(at)
        assert colours(at) != {None}
        for theme in ("dark", "light", "contrast", "console", "mono"):
            await at.press("s")
            await at.until("theme")
            at.shell.turn(lambda view: replace(view, chosen_setting="theme"))
            await at.press("enter")
            await at.until(f"theme: {theme}.")
            await at.press("escape")
            await at.until("It works")
            assert (colours(at) == {None}) == (theme == "mono")
            assert styles(at) != before


def styles(at: Screen) -> set[Style]:
    """Every look that is drawn with."""
    strips = at.shell.screen._compositor.render_strips()
    return {segment.style for strip in strips for segment in strip if segment.style is not None}


def colours(at: Screen) -> set[str | None]:
    """Every colour that is drawn with, before and behind."""
    named = {colour.name for one in styles(at) for colour in (one.color, one.bgcolor) if colour is not None}
    return {name for name in named if name != "default"} or {None}
