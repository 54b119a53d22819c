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


@dataclass()
class Changing:
    name: str
    more: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Checked(Other):
    far: bool = False

    def __post_init__(self) -> None:
        if self.far and not self.where:
            raise ValueError(self.name)


@dataclass(frozen=True)
class Empty:
    pass


def test_defaults_are_made_anew_for_each() -> None:
    one, other = Changing("a"), Changing("b")
    one.more.append(1)
    assert (one.more, other.more, Changing("c", [2]).more) == ([1], [], [2])


def test_what_changes_has_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Changing("a"))


def test_one_that_follows_another_has_all_values_and_is_checked() -> None:
    assert repr(Checked("a", far=True, where=2)) == "Checked(name='a', where=2, far=True)"
    with pytest.raises(ValueError, match="b"):
        Checked("b", far=True)
    assert Empty() == Empty()


def test_a_value_that_is_no_field_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match=r"Other\.__init__\(\) got an unexpected keyword argument 'far'"):
        Other("a", far=True)  # type: ignore[call-arg]
