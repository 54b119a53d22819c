"""The pictures in the documents show the screen as it is, and every place of it."""

import re
import shutil
from pathlib import Path

from tests.support.picture import PICTURES as PICTURES_OF_SCREENS
from tests.support.tree import ROOT, run_in
from tui.state import Place

PICTURES = ROOT / "hardware-docs" / "pictures"


def check(folder: Path, *names: str) -> tuple[int, str]:
    result = run_in(ROOT, "python", "-m", "tests.support.picture", "--check", str(folder), *names)
    return result.returncode, result.stdout


def test_the_pictures_are_current() -> None:
    assert check(PICTURES) == (0, "")


def test_a_picture_that_says_something_else_or_is_missing_is_found(tmp_path: Path) -> None:
    copy = shutil.copytree(PICTURES, tmp_path / "pictures")
    home = copy / "home.svg"
    home.write_text(home.read_text(encoding="utf-8").replace("neighbours", "friends"), encoding="utf-8")
    (copy / "private.svg").unlink()

    code, output = check(copy, "home", "private", "people")

    assert code == 1
    assert "home, private." in output


def test_no_picture_fetches_anything_when_it_is_looked_at() -> None:
    for picture in PICTURES.glob("*.svg"):
        text = picture.read_text(encoding="utf-8")
        assert "url(http" not in text
        assert "href" not in text


def test_every_place_has_its_picture_on_the_page_of_screens() -> None:
    page = (ROOT / "hardware-docs" / "screens.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"\(pictures/([\w-]+)\.svg\)", page))
    assert shown == PICTURES_OF_SCREENS.keys()
    assert {place.value for place in Place} - shown == {"talk", "found", "said"}
    assert {"board", "private", "search"} <= shown  # those two; what a command prints is its own
