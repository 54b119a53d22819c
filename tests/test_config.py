"""Settings: what is there is taken, what is wrong is refused by name and place, nothing is guessed."""

from pathlib import Path

import pytest

from handheld.config import FILE, Config, load
from handheld.errors import UsageError


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    assert load(tmp_path) == Config(name="", radio="auto", boards=("here",))


def test_what_is_set_is_taken_and_the_rest_stays(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('name = "Müller"\nboards = ["here", "market"]\n', encoding="utf-8")

    assert load(tmp_path) == Config(name="Müller", radio="auto", boards=("here", "market"))


def test_one_may_be_invisible(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("invisible = true\n", encoding="utf-8")

    assert load(tmp_path) == Config(invisible=True)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"name = ", "cannot be read"),
        (b'name = "\xff"', "cannot be read"),
        (b'nickname = "Ana"', "'nickname'"),
        (b"name = 5", "name is text"),
        (b"radio = true", "radio is text"),
        (b'boards = "here"', "boards is a list"),
        (b"boards = [1]", "boards is a list"),
        (b"[name]\nx = 1", "name is text"),
        (b'invisible = "yes"', "invisible is true or false"),
        (b"invisible = 1", "invisible is true or false"),
        (b"box = 10", "box is true or false"),
        (b'read_receipts = "no"', "read_receipts is true or false"),
        (b"notice = true", "notice is text in quotes"),
    ],
)
def test_what_is_wrong_is_refused_with_a_sentence(tmp_path: Path, content: bytes, named: str) -> None:
    (tmp_path / FILE).write_bytes(content)

    with pytest.raises(UsageError) as refused:
        load(tmp_path)

    assert named in str(refused.value)
    assert str(tmp_path / FILE) in str(refused.value)
    assert str(refused.value).endswith(".")


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()

    with pytest.raises(UsageError):
        load(tmp_path)
