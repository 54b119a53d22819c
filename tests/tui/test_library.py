"""What one can do alone, and the texts that are there to read."""

from dataclasses import replace
from pathlib import Path

import pytest

from handheld.config import Config
from handheld.events import Alert
from tests.support.door import STATUS, SmallNode, message, open_door
from tests.support.screen import screen
from tui.library import FOLDER, TEXTS, text
from tui.pages import page
from tui.state import Place, View


def test_each_text_is_listed_plain_and_short() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(TEXTS)
    for name in TEXTS:
        assert text(name).isascii()
        assert len(text(name)) < 2000
        assert "\\" not in text(name)


@pytest.mark.parametrize("size", [(40, 15), (80, 24)], ids=str)
async def test_alone_one_reads_how_to_call_for_help(tmp_path: Path, size: tuple[int, int]) -> None:
    node = SmallNode(status=replace(STATUS, neighbours=0), people=[])
    async with open_door(tmp_path, node), screen(tmp_path, size) as at:
        await at.until("nobody is near yet")
        await at.press("end", "pagedown")
        await at.until("i read" if size == (40, 15) else "i  read")
        await at.press("i", "down", "down", "enter")
        await at.until("Distress signals")
        await at.until("w, on Home")
        await at.press("pagedown", "pagedown", "pagedown", "pagedown")
        await at.until("112")
        await at.press("escape")
        await at.until("Phonetic alphabet")
        await at.press("escape")
        await at.until("nobody is near")


FILES = (("share", "x"), ("pause", "s"))


def test_texts_name_the_keys_in_force() -> None:
    own = (("alerts", "e"), ("call", "t"), ("radio", "o"), ("help", "z"), ("saw", "y"))
    view = View(place=Place.LIBRARY, config=Config(keys=own))
    for name, says in (
        ("distress", "press e, then t, on Home"),
        ("repeater", "on Home, o shows"),
        ("program", "z is the help"),
    ):
        assert says in drawn(replace(view, reading=name))
        assert says not in drawn(View(place=Place.LIBRARY, reading=name))
    alerts = replace(view, place=Place.ALERTS)
    assert "Press t to write one" in drawn(alerts)
    assert "x shares one" in drawn(replace(view, place=Place.FILES, files=(), config=Config(keys=FILES)))
    one = Alert(message(7, "Leg broken", kind="alert"))
    assert "y: tell that you saw it" in drawn(replace(alerts, alerts=(one,)))


def drawn(view: View) -> str:
    lines, _, _ = page(view, (80, 60), 0)
    return " ".join("".join(text for text, _ in line).strip() for line in lines)
