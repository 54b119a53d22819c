"""Frozen dataclasses that cost a slow board a third of the standard library's to define.

There, each one is four methods and more that are written as text and compiled at every start: 4 million
instructions a class on average, and a node has over a hundred of them. Here only __init__ is; comparing,
hashing and printing are shared. To mypy they are `dataclasses.dataclass`, and it holds the code to frozen
and slots: at run time nothing does.
"""

import dataclasses
from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["NUMBER_MAX", "Between", "dataclass"]

NUMBER_MAX = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly (RFC 8259, section 6)."""


class Between(NamedTuple):
    """The range of a whole number, both ends included."""

    low: int
    high: int


TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool, slots: bool = False, repr: bool = True) -> Callable[[type], type]:  # noqa: A002, ARG001 - as there
        """A decorator for a class whose values never change."""

        def make(cls: type) -> type:
            made = dataclasses.dataclass(eq=False, repr=False)(cls)
            made.__eq__, made.__hash__ = _equal, _hash
            if repr:
                made.__repr__ = _repr
            return made

        return make


def _values(one: Any) -> tuple[object, ...]:
    return tuple([getattr(one, name) for name in one.__match_args__])


def _equal(one: object, other: object) -> bool:
    return type(one) is type(other) and _values(one) == _values(other)


def _hash(one: object) -> int:
    return hash(_values(one))


def _repr(one: Any) -> str:
    shown = [f"{field.name}={getattr(one, field.name)!r}" for field in dataclasses.fields(one) if field.repr]
    return f"{type(one).__qualname__}({', '.join(shown)})"
