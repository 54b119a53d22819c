"""Dataclasses that cost a slow board a small part of what the standard library's do.

There, each one is four methods and more that are written as text and compiled at every start: 4 million
instructions a class on average, and a node has about two hundred of them, of which it makes few. Here only
__init__ is, when the first one is made; comparing, hashing and printing are shared. To mypy they are
`dataclasses.dataclass`, and it holds the code to frozen and slots: at run time nothing does.
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

    def dataclass(
        *,
        frozen: bool = False,
        slots: bool = False,  # noqa: ARG001 - as there
        repr: bool = True,  # noqa: A002 - as there
    ) -> Callable[[type], type]:
        """A decorator for a class of values; only those that never change (`frozen`) can be hashed."""

        def make(cls: type) -> type:
            cls.__doc__ = cls.__doc__ or ""  # else its signature is made into one, which costs most of all
            made = dataclasses.dataclass(init=False, eq=False, repr=False)(cls)
            made.__init__ = _first_init(made)
            made.__eq__, made.__hash__ = _equal, _hash if frozen else None
            if repr:
                made.__repr__ = _repr
            return made

        return make


def _first_init(cls: Any) -> Callable[..., None]:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - the name in a TypeError
        cls.__init__ = _real_init(cls)
        cls.__init__(self, *args, **kwargs)

    return __init__


def _real_init(cls: Any) -> Callable[..., None]:
    # That of a class with the same fields: the standard library makes no __init__ without a class.
    fields = {field.name: field for field in dataclasses.fields(cls)}
    body = {"__qualname__": cls.__qualname__, "__doc__": "As above.", **fields}
    body["__annotations__"] = {name: field.type for name, field in fields.items()}
    if hasattr(cls, "__post_init__"):
        body["__post_init__"] = cls.__post_init__
    same: Any = dataclasses.dataclass(eq=False, repr=False)(type(cls.__name__, (), body))
    made: Callable[..., None] = same.__init__
    return made


def _values(one: Any) -> tuple[object, ...]:
    return tuple([getattr(one, name) for name in one.__match_args__])


def _equal(one: object, other: object) -> bool:
    return type(one) is type(other) and _values(one) == _values(other)


def _hash(one: object) -> int:
    return hash(_values(one))


def _repr(one: Any) -> str:
    shown = [f"{field.name}={getattr(one, field.name)!r}" for field in dataclasses.fields(one) if field.repr]
    return f"{type(one).__qualname__}({', '.join(shown)})"
