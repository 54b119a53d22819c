"""The strict codec: bytes <-> frame dataclass, every failure a WireError.

`construct` alone is quiet about trailing bytes and takes unknown numbers; here the length must fit the
layout exactly, and each frame's `check` refuses reserved bits and unknown numbers.
"""

from typing import TypeVar

from construct import ConstructError

from handheld.errors import LocalError, WireError
from handheld.wire.layout import Frame

F = TypeVar("F", bound=Frame)


def decode(kind: type[F], data: bytes) -> F:
    """The frame that `data` is, all of it.

    Raises WireError with reason "short" or "long" when the length cannot be right, or the reason that
    the frame's own `check` gives.
    """
    layout = kind.LAYOUT
    if len(data) < layout.size_min:
        raise WireError("short", f"{layout.name} of {len(data)} bytes, at least {layout.size_min}")
    if len(data) > layout.size_max:
        raise WireError("long", f"{layout.name} of {len(data)} bytes, at most {layout.size_max}")
    end = len(data) - layout.trailer_size
    parsed = layout.head_codec.parse(data[: layout.head_size])
    values = {name: parsed[name] for name in layout.head_names}
    if layout.tail:
        values[layout.tail] = bytes(data[layout.head_size : end])
    if layout.trailer_codec is not None:
        parsed = layout.trailer_codec.parse(data[end:])
        values.update({name: parsed[name] for name in layout.trailer_names})
    made = kind(**values)
    made.check()
    return made


def encode(item: Frame) -> bytes:
    """The bytes of a frame; LocalError for one that `decode` would refuse: the mistake is our own."""
    layout = item.LAYOUT
    try:
        item.check()
    except WireError as error:
        raise LocalError(f"{layout.name}: {error}") from error
    values = {name: getattr(item, name) for name in layout.fields}
    tail = values.get(layout.tail, b"")
    if not layout.tail_min <= len(tail) <= layout.tail_max:
        raise LocalError(f"{layout.name}: {layout.tail} of {len(tail)} bytes")
    try:
        # The plain struct builds strictly; a compiled one would cut a byte string that is too long.
        head = layout.head.build(values)
        trailer = layout.trailer.build(values) if layout.trailer is not None else b""
    except ConstructError as error:
        raise LocalError(f"{layout.name}: {error}") from error
    return bytes(head + tail + trailer)
