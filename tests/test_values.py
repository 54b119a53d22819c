"""Values compare, hash and print as those of the standard library, and secrets are not printed."""

import dataclasses
from dataclasses import field

import pytest

from handheld.values import dataclass


@dataclass(frozen=True, slots=True)
class Light:
    name: str
    where: int = 0
    secret: bytes = field(default=b"", repr=False)
    more: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Other:
    name: str
    where: int = 0


@dataclass(frozen=True, repr=False)
class Silent:
    secret: bytes


def test_equal_are_those_of_one_kind_with_the_same_values() -> None:
    assert Light("a", 1) == Light("a", where=1)
    assert Light("a", 1) != Light("a", 2)
    assert Other("a") != Light("a")
    assert Other("a") != ("a", 0)
    assert len({Other("a"), Other("a", 0), Other("b")}) == 2


def test_they_print_what_may_be_seen() -> None:
    assert repr(Light("a", 1, b"key")) == "Light(name='a', where=1, more=[])"
    assert "key" not in repr(Silent(b"key"))


def test_the_standard_library_takes_them_as_its_own() -> None:
    one = Light("a", secret=b"key")
    assert dataclasses.replace(one, where=2) == Light("a", 2, b"key")
    assert [item.name for item in dataclasses.fields(one)] == ["name", "where", "secret", "more"]
    match one:
        case Light(name, where):
            assert (name, where) == ("a", 0)
    with pytest.raises(TypeError):
        Light()  # type: ignore[call-arg]
