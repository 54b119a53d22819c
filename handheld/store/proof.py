"""Which rows of a damaged database can be believed: rubbish in a page may look like a row.

What is sealed proves itself: it opens in the row it was written into, to the last bit. What lies open
beside it is looked at.
"""

from collections.abc import Callable, Mapping, Sequence

from handheld.crypto.vault import Vault
from handheld.errors import CryptoError
from handheld.store import messages, meta, ranks, sealed
from handheld.store.pages import Value
from handheld.wire.files import FILE_MAX

Row = Mapping[str, Value]

NUMBER_MAX = 1 << 31
"""Greater numbers are not counted on from: one rubbish counter must not use 32 bits up."""

_COUNTERS = {
    meta.OWN_SEQ,
    meta.OWN_LAMPORT,
    meta.LETTER_FLOOR,
    meta.LETTER_SEQ,
    meta.ROOM_SEQ,
    meta.SEEN,
    meta.ODOMETER,
    meta.COPIED,
    meta.BOX,
    meta.NOTICE,
    meta.READ_TOLD,
}


def believed(table: str, row: Row, vaults: Sequence[Vault]) -> dict[str, Value] | None:
    """The row as it was meant, if one of the vaults sealed it and we can have written the rest; else None."""
    judge = _JUDGES.get(table)
    return None if judge is not None and not judge(row) else opened(table, row, vaults)


def opened(table: str, row: Row, vaults: Sequence[Vault]) -> dict[str, Value] | None:
    """The row as it was before one of these vaults sealed it, else None."""
    for vault in vaults:
        try:
            return sealed.unseal(vault, table, row)
        except (CryptoError, KeyError, TypeError, ValueError):  # also where something else stands for a box
            continue
    return None


def _message(row: Row) -> bool:
    numbers = {
        "id": NUMBER_MAX,
        "seq": 1 << 32,
        "lamport": 1 << 32,
        "own": 2,
        "kind": 256,
        "rank": ranks.HIDDEN + 1,
    }
    times = (row.get("powered"), row.get("expires"))
    return (
        row.get("state") in messages.STATES
        and all(_within(row.get(name), most) for name, most in numbers.items())
        and _within(row.get("age", 0), NUMBER_MAX)
        and all(time is None or _within(time, NUMBER_MAX) for time in times)
    )


def _answered(row: Row) -> bool:
    return _within(row.get("count"), NUMBER_MAX) and _within(row.get("powered"), NUMBER_MAX)


def _file(row: Row) -> bool:
    flags = (row.get(name) for name in ("own", "wanted", "pinned", "whole"))
    born = row.get("born")
    return (
        all(_within(flag, 2) for flag in flags)
        and _within(row.get("size"), FILE_MAX + 1)
        and isinstance(born, int)
        and abs(born) < NUMBER_MAX
    )


def _counter(row: Row) -> bool:
    return row.get("key") in _COUNTERS and _within(row.get("value"), NUMBER_MAX)


def _within(value: Value, limit: int) -> bool:
    return isinstance(value, int) and 0 <= value < limit


def _carried(row: Row) -> bool:
    numbers = {"age": NUMBER_MAX, "powered": NUMBER_MAX, "rank": 3, "message": NUMBER_MAX}
    return all(_within(row.get(name, 0), most) for name, most in numbers.items())


_JUDGES: dict[str, Callable[[Row], bool]] = {
    "words": lambda _row: False,  # made anew: an old copy would hide messages from a search
    "messages": _message,
    "answered": _answered,
    "carried": _carried,
    "receipts": _carried,
    "dropped": _carried,
    "files": _file,
    "meta": _counter,
}
