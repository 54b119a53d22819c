"""Any frame, field by field, from the declarations that read and write it; and what is wrong with a bad one.

Nothing here knows a frame by name: a new layout is explained as soon as it is declared.
"""

from collections.abc import Iterator
from typing import Any

from handheld.errors import LocalError, WireError
from handheld.text import clean_line
from handheld.values import dataclass
from handheld.wire import meanings
from handheld.wire.codec import decode
from handheld.wire.constants import LINK_HEADER, AirKind, LinkKind
from handheld.wire.layout import LAYOUTS, Frame, Layout
from handheld.wire.schema import layouts

LINK = "link_header"
AIR = "air"
POST = "post"
"""What `explain` is asked for mostly: any frame of the cable, of the air, a post."""

_SHORT = 8
"""Bytes that a line shows in full; of longer ones it shows four and how many there are."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: where it is in what was given, and what it says. `note`: a number's name, or clean text."""

    name: str
    offset: int
    size: int
    value: int | bytes
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One layout's worth of a frame. `fault`: what is wrong, in words, at `fault_at`; "": nothing is."""

    layout: str
    offset: int
    size: int
    fields: tuple[Field, ...]
    fault: str = ""
    fault_at: int = 0


def guess(data: bytes) -> str:
    """The layout that these bytes look like: a frame of the air, of the cable, or ""."""
    if not data:
        return ""
    if data[0] >> 6 == 1:
        return AIR
    known = data[0] in LinkKind.__members__.values()
    return LINK if known and len(data) >= LINK_HEADER else ""


def fitting(data: bytes) -> list[str]:
    """Every layout that takes these bytes as they are."""
    return [name for name in layouts() if not _refusal(LAYOUTS[name], data)]


def explain(data: bytes, layout: str) -> list[Part]:
    """What these bytes say, from the outside in. `layout`: a declared one, LINK or AIR; else LocalError."""
    name = meanings.air_layout(data) if layout == AIR else layout
    if name not in layouts():
        raise LocalError(f"no layout {layout}")
    return list(_parts(data, name, 0))


def line(data: bytes, layout: str = AIR) -> str:
    """The frame in one line: its kind, how it travels, its fields. Never fails: a bad one is called so.

    The radio prints the same for a frame of the air: firmware/printer.py.
    """
    parts = _outer(explain(data, layout))
    words = [word for part in parts for word in _words(part)]
    faults = [f"[{part.fault}]" for part in parts if part.fault]
    return " ".join([*words, *faults])


def _outer(parts: list[Part]) -> list[Part]:
    """Without what stands in the text of a post: a line is long enough."""
    names = [part.layout for part in parts]
    return parts[: names.index(POST) + 1] if POST in names else parts


def values(data: bytes, layout: str = AIR) -> dict[str, str]:
    """Every field by its name, as `line` has it, and what is told by bits; the innermost of equal names."""
    found: dict[str, str] = {}
    for part in explain(data, layout):
        for field in part.fields:
            found[field.name] = shown(field.value)
            found.update({bits.name: _named(bits, field.value) for bits in _bits(part, field)})
    return found


def shown(value: int | bytes) -> str:
    """A value in a line: a number, or hex that is cut where it is long."""
    if isinstance(value, int):
        return str(value)
    return value.hex() if len(value) <= _SHORT else f"{value[:4].hex()}..{len(value)}"


def _parts(data: bytes, name: str, offset: int) -> Iterator[Part]:
    kind = LAYOUTS[name]
    fields = _fields(kind.LAYOUT, data, offset)
    fault, fault_at = _fault(kind, data)
    yield Part(name, offset, len(data), fields, fault, offset + fault_at)
    inner = _inner(name, {field.name: field for field in fields})
    if inner is not None:
        field, inside = inner
        yield from _parts(bytes(field.value), inside, field.offset)


def _inner(name: str, fields: dict[str, Field]) -> tuple[Field, str] | None:
    """The field that holds another frame, and that frame's layout."""
    if (air := fields.get(meanings.AIR_FIELD)) is not None and isinstance(air.value, bytes):
        return air, meanings.air_layout(air.value)
    if name == POST and "text" in fields:
        inside = meanings.post_body(_number(fields["type"]))
        return (fields["text"], inside) if inside else None
    if name not in _HOLDERS or meanings.BODY_FIELD not in fields:
        return None
    body = fields[meanings.BODY_FIELD]
    if name == LINK:
        inside = meanings.link_body(_number(fields["kind"]))
    else:
        inside = meanings.air_body(_number(fields["first"]) >> 2 & 15, body.size)
    return (body, inside) if inside else None


_HOLDERS = (LINK, *meanings.AIR_LAYOUTS)


def _number(field: Field) -> int:
    return field.value if isinstance(field.value, int) else 0


def _fields(layout: Layout, data: bytes, offset: int) -> tuple[Field, ...]:
    """The fields as far as the bytes go."""
    found: list[Field] = []
    spare = max(0, len(data) - layout.head_size - layout.trailer_size)
    at = 0
    sizes = [(sub.name, sub.sizeof(), sub) for sub in layout.head.subcons]
    if layout.tail:
        sizes.append((layout.tail, min(spare, layout.tail_max), None))
    if layout.trailer is not None:
        sizes += [(sub.name, sub.sizeof(), sub) for sub in layout.trailer.subcons]
    for name, size, sub in sizes:
        raw = data[at : at + size]
        if len(raw) < size:
            break
        value = sub.parse(raw) if sub is not None else raw
        found.append(Field(name, offset + at, size, value, _note(layout.name, name, value)))
        at += size
    return tuple(found)


def _note(layout: str, name: str, value: int | bytes) -> str:
    if isinstance(value, bytes):
        return f'"{clean_line(value)}"' if name in meanings.TEXTS else ""
    if layout in meanings.AIR_LAYOUTS and name in meanings.BITS:
        return ", ".join(f"{bits.name} {_named(bits, value)}" for bits in meanings.BITS[name])
    numbers = meanings.NUMBERS.get((layout, name))
    return _name(numbers, value) if numbers is not None else ""


def _name(numbers: Any, value: int) -> str:
    try:
        return str(numbers(value).name)
    except ValueError:
        return ""


def _named(bits: meanings.Bits, value: int | bytes) -> str:
    number = bits.of(value) if isinstance(value, int) else 0
    if bits.names is None:
        return str(number)
    try:
        return bits.names(number).name
    except ValueError:
        return str(number)


def _bits(part: Part, field: Field) -> tuple[meanings.Bits, ...]:
    return meanings.BITS.get(field.name, ()) if part.layout in meanings.AIR_LAYOUTS else ()


# One line.

_UNTOLD = frozenset({"first", "hop", "mac", meanings.AIR_FIELD, meanings.BODY_FIELD})
"""What a line leaves out, or says in other words."""


def _words(part: Part) -> Iterator[str]:
    fields = {field.name: field for field in part.fields}
    if part.layout == LINK and "kind" in fields:
        yield fields["kind"].note
        return
    if part.layout in meanings.AIR_LAYOUTS:
        yield from _header_words(fields)
    for field in part.fields:
        if field.name not in _UNTOLD:
            yield f"{field.name}={field.note or shown(field.value)}"
        elif field.name == meanings.BODY_FIELD and _inner(part.layout, fields) is None:
            yield f"body={shown(field.value)}"


def _header_words(fields: dict[str, Field]) -> Iterator[str]:
    if "hop" not in fields:
        return
    first, hop = _number(fields["first"]), _number(fields["hop"])
    kind = first >> 2 & 15
    yield AirKind(kind).name if kind in AirKind.__members__.values() else f"KIND-{kind}"
    mode, ttl, _ = meanings.BITS["hop"]
    yield f"{_named(mode, hop)} ttl={ttl.of(hop)}"
    if first & 1:
        yield "URGENT"


# What is wrong, and where.


def _refusal(kind: type[Frame], data: bytes) -> WireError | None:
    try:
        decode(kind, data)
    except WireError as error:
        return error
    return None


def _fault(kind: type[Frame], data: bytes) -> tuple[str, int]:
    """What is wrong with it in a sentence, and the offset; ("", 0): nothing."""
    error = _refusal(kind, data)
    if error is None:
        return "", 0
    layout = kind.LAYOUT
    if error.reason == "short":
        missing = layout.size_min - len(data)
        return f"{layout.name} ends too early: {missing} more bytes at least", len(data)
    if error.reason == "long":
        return f"{len(data) - layout.size_max} bytes too many for {layout.name}", layout.size_max
    detail = str(error).partition(": ")[2]
    name, at = _culprit(kind, data, detail)
    return f"{name}: {detail} ({error.reason})" if name else f"{detail} ({error.reason})", at


def _culprit(kind: type[Frame], data: bytes, detail: str) -> tuple[str, int]:
    """The first field with which another value would be right, and its offset; ("", 0) if it takes more.

    What `detail` names is tried first, then what has no fixed length: the fixed ones say how to read it.
    """
    layout = kind.LAYOUT
    fields = _fields(layout, data, 0)
    for field in sorted(fields, key=lambda one: (one.name not in detail, one.name != layout.tail)):
        for other in _others(field, layout):
            mended = data[: field.offset] + other + data[field.offset + field.size :]
            if _refusal(kind, mended) is None:
                return field.name, field.offset
    return "", 0


def _others(field: Field, layout: Layout) -> Iterator[bytes]:
    if isinstance(field.value, int):
        for number in range(256) if field.size == 1 else (1, 2):
            yield number.to_bytes(field.size, "big")
        return
    yield bytes(field.size)
    yield from (b"x" * length + bytes(field.size - length) for length in range(1, field.size + 1))
    if field.name == layout.tail:
        for length in range(layout.tail_min, layout.tail_max + 1):
            yield b"x" * length
            yield b"x" * (length - 1) + b"\x80" if length else b""
