"""The published vectors of the wire, as tests/vectors/README.md describes them."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import handheld.wire.schema  # noqa: F401  declares every layout
from handheld.wire.layout import LAYOUTS, Frame

FOLDER = Path(__file__).resolve().parents[1] / "vectors"
FILES = (
    "link",
    "air",
    "records",
    "rooms",
    "meeting",
    "notices",
    "sync",
    "follows",
    "letters",
    "lan",
    "stick",
    "files",
)


@dataclass(frozen=True)
class Case:
    """One case. `raw` is all of it, as it stands in the file."""

    id: str
    layout: str
    data: bytes
    error: str | None
    raw: dict[str, Any]

    @property
    def kind(self) -> type[Frame]:
        """The dataclass of the layout."""
        return LAYOUTS[self.layout]

    @property
    def fields(self) -> dict[str, int | bytes]:
        """The fields with bytes as bytes; empty where the length is the error."""
        given = self.raw["fields"]
        return {name: bytes.fromhex(v) if isinstance(v, str) else v for name, v in given.items()}

    @property
    def digest(self) -> str:
        """What tests/wire/published.json holds against a silent change."""
        text = json.dumps(self.raw, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def cases(*files: str) -> list[Case]:
    """The cases of some files (see FILES), of all without an argument."""
    found = []
    for name in files or FILES:
        document = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        found += [
            Case(raw["id"], raw["layout"], bytes.fromhex(raw["hex"]), raw["error"], raw)
            for raw in document["cases"]
        ]
    return found
