"""Look-alikes: whoever swaps a letter of a known name for its double is found out."""
# ruff: noqa: RUF001  # characters that look like others are what this is about

from importlib.resources import files

import pytest

from handheld.lookalike import skeletons
from tests.support.make_lookalikes import made

CONTACTS = ("Ana", "bo", "Ida at the mill", "Zoë", "Иван", "Ελένη", "Արամ", "王 of 3", "Liam 01")

SOURCE = """\
# Version: 99.0.0
# © 2099 Unicode®, Inc.
0430 ;\t0061 ;\tMA\t# CYRILLIC SMALL LETTER A
200B ;\t0020 ;\tMA\t# removed by the sanitiser
0301 ;\t0300 ;\tMA\t# a mark
FF41 ;\t0061 ;\tMA\t# NFKC does it
"""


def doubles() -> dict[str, str]:
    """Each character that looks like one single other."""
    rows = files("handheld").joinpath("lookalikes.txt").read_text(encoding="utf-8").splitlines()
    pairs = (row.split("\t") for row in rows if "\t" in row)
    return {character: target for target, characters in pairs for character in characters}


def alike(one: str, other: str) -> bool:
    return not skeletons(one).isdisjoint(skeletons(other))


def test_every_swap_of_one_character_of_a_contacts_name_is_flagged() -> None:
    table = doubles()
    swaps = [
        (name, name.replace(letter, double, 1))
        for name in CONTACTS
        for letter in set(name) - {" "}
        for double, target in table.items()
        if target in (letter, table.get(letter))
    ]

    assert len(swaps) > 300
    assert [swap for name, swap in swaps if not alike(name, swap)] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana", "ana"),
        ("Ana", "Аna"),
        ("Ana", "a n a"),
        ("Ana", "Ana."),
        ("Ana", "Aná"),
        ("Ana", "ａｎａ"),
        ("Ian", "lan"),
        ("bo", "b0"),
        ("modem", "rnodern"),
        ("Straße", "STRASSE"),
        ("scope", "ѕсоре"),
    ],
)
def test_these_look_alike(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("Ana", "Ina"), ("bo", "bob"), ("王", "玉"), ("मीरा", "मारा"), ("Ида", "Иван")]
)
def test_these_do_not(one: str, other: str) -> None:
    assert not alike(one, other)


def test_a_name_without_letters_looks_like_nobodys() -> None:
    assert skeletons("🏔 !") == frozenset()
    assert skeletons("") == frozenset()


def test_the_table_is_made_of_what_the_sanitiser_lets_through() -> None:
    assert made(SOURCE).splitlines()[3:] == ["a\tа"]
    assert "version 99.0.0" in made(SOURCE)
    assert "Copyright 2099 Unicode" in made(SOURCE)


def test_the_table_is_small() -> None:
    assert len(files("handheld").joinpath("lookalikes.txt").read_bytes()) < 20_000
