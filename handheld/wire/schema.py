"""What the two ends of the cable must agree on, as plain rows and numbers, and its hash.

The rows are what MicroPython's `struct` can read: big-endian whole numbers, byte strings, one field of
variable length. A declaration that asks for more is refused here, by the name of its field.
"""

import hashlib
from functools import cache
from typing import Any, NamedTuple

from construct import Bytes, FormatField, Struct

from handheld.errors import LocalError
from handheld.wire import (
    air,
    files,
    follows,
    lan,
    letters,
    link,
    meeting,
    notices,
    records,
    rooms,
    stick,
    sync,
)
from handheld.wire.constants import (
    AIR_FRAME_MAX,
    AIR_VERSION,
    DEFAULT_NETWORK_KEY,
    HERE_NAMES_MAX,
    ID_LENGTH,
    LINE_MAX,
    LINK_FRAME_MAX,
    LINK_HEADER,
    LINK_NUMBERED,
    MAC_LENGTH,
    MAC_OFFSET,
    PATH_COUNT,
    PATH_HEADER,
    PATH_NAMES,
    PLAIN_HEADER,
    PROBES_MAX,
    PROTOCOL_VERSION,
    QUALITY_MAX,
    QUALITY_SHIFT,
    AirFlag,
    AirKind,
    AirMode,
    ExtensionType,
    LinkKind,
    Listen,
    Preset,
    RadioKind,
    Region,
    SentResult,
    SetResult,
    Setting,
)
from handheld.wire.layout import LAYOUTS, Layout

SCHEMA_LENGTH = 4

# construct's format to the letter that both `struct` modules give the same size behind a ">".
_LETTERS = {">B": "B", ">b": "b", ">H": "H", ">h": "h", ">L": "I", ">l": "i", ">Q": "Q", ">q": "q"}

_RADIO_MODULES = (air.__name__, link.__name__)
_RECORD_MODULES = (records, rooms, meeting, notices, sync, follows, letters, lan, stick, files)
_MODULES = (*_RADIO_MODULES, *(module.__name__ for module in _RECORD_MODULES))

_AGREED: dict[str, int | bytes] = {
    "PROTOCOL_VERSION": PROTOCOL_VERSION,
    "AIR_VERSION": AIR_VERSION,
    "AIR_FRAME_MAX": AIR_FRAME_MAX,
    "PLAIN_HEADER": PLAIN_HEADER,
    "PATH_HEADER": PATH_HEADER,
    "PATH_NAMES": PATH_NAMES,
    "PATH_COUNT": PATH_COUNT,
    "QUALITY_SHIFT": QUALITY_SHIFT,
    "QUALITY_MAX": QUALITY_MAX,
    "HERE_NAMES_MAX": HERE_NAMES_MAX,
    "MAC_OFFSET": MAC_OFFSET,
    "MAC_LENGTH": MAC_LENGTH,
    "ID_LENGTH": ID_LENGTH,
    "LINK_HEADER": LINK_HEADER,
    "LINK_NUMBERED": LINK_NUMBERED,
    "LINK_FRAME_MAX": LINK_FRAME_MAX,
    "LINE_MAX": LINE_MAX,
    "PROBES_MAX": PROBES_MAX,
    "NETWORK_KEY": DEFAULT_NETWORK_KEY,
    **{f"MODE_{mode.name}": mode.value for mode in AirMode},
    **{f"FLAG_{flag.name}": flag.value for flag in AirFlag},
    **{f"LINK_{kind.name}": kind.value for kind in LinkKind},
    **{f"RADIO_{kind.name}": kind.value for kind in RadioKind},
    **{f"SENT_{result.name}": result.value for result in SentResult},
    **{f"SETTING_{setting.name}": setting.value for setting in Setting},
    **{f"SET_{result.name}": result.value for result in SetResult},
    **{f"REGION_{region.name}": region.value for region in Region},
    **{f"PRESET_{preset.name}": preset.value for preset in Preset},
    **{f"LISTEN_{listen.name}": listen.value for listen in Listen},
    "EXTENSION_PROBE": ExtensionType.PROBE.value,
    "EXTENSION_FURTHER": ExtensionType.FURTHER.value,
}

# A relay passes on kinds it does not know, so a new one must not call for new firmware: not hashed.
_KINDS: dict[str, int | bytes] = {f"KIND_{kind.name}": kind.value for kind in AirKind}

CONSTANTS: dict[str, int | bytes] = {**_AGREED, **_KINDS}
"""Every number of the radio's tables by its name there."""


class Row(NamedTuple):
    """One layout without construct; formats are those of `struct`, "" where there is no trailer."""

    head_format: str
    head_names: tuple[str, ...]
    tail: str
    tail_min: int
    tail_max: int
    trailer_format: str
    trailer_names: tuple[str, ...]


def row(layout: Layout) -> Row:
    """The row of a layout; LocalError names the field that MicroPython's `struct` cannot read."""
    return Row(
        _format(layout.name, layout.head),
        layout.head_names,
        layout.tail,
        layout.tail_min,
        layout.tail_max,
        _format(layout.name, layout.trailer) if layout.trailer is not None else "",
        layout.trailer_names,
    )


def radio_row(layout: Layout) -> Row:
    """The row of a layout that the radio reads: the field of variable length is its last, or LocalError."""
    if layout.trailer is not None:
        raise LocalError(f"{layout.name}.{layout.trailer_names[0]}: follows a field of variable length")
    return row(layout)


def layouts() -> dict[str, Layout]:
    """Every layout of the wire by name, in the order of declaration."""
    return _declared(*_MODULES)


def radio_layouts() -> dict[str, Layout]:
    """The layouts that the radio reads, by name, in the order of declaration."""
    return _declared(*_RADIO_MODULES)


def _declared(*modules: str) -> dict[str, Layout]:
    # By module: the order in which a program happened to import them must not change the hash.
    return {
        name: kind.LAYOUT for module in modules for name, kind in LAYOUTS.items() if kind.__module__ == module
    }


@cache
def schema() -> bytes:
    """Four bytes that differ as soon as anything differs that host and radio must agree on."""
    lines = [f"{name} = {value!r}" for name, value in _AGREED.items()]
    lines += [f"{name}: {tuple(radio_row(layout))!r}" for name, layout in radio_layouts().items()]
    digest = hashlib.sha256("\n".join(lines).encode()).digest()
    # To a radio that has just started byte 3 is Ctrl-C, and the schema travels in the host's hello.
    return digest.replace(b"\3", b"")[:SCHEMA_LENGTH]


def _format(name: str, struct: Struct) -> str:
    return ">" + "".join(_letter(name, field) for field in struct.subcons)


def _letter(name: str, field: Any) -> str:
    kind = field.subcon
    if isinstance(kind, FormatField) and kind.fmtstr in _LETTERS:
        return _LETTERS[kind.fmtstr]
    if isinstance(kind, Bytes) and isinstance(kind.length, int):
        return f"{kind.length}s"
    raise LocalError(f"{name}.{field.name}: {kind!r} is no big-endian whole number and no fixed bytes")
