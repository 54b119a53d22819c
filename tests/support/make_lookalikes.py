"""Makes handheld/lookalikes.txt from Unicode's confusables.txt:

    python -m tests.support.make_lookalikes confusables.txt > handheld/lookalikes.txt

The source is the file of that name of UTS 39 (unicode.org/Public/security/). What NFKC does already, what the
sanitiser removes and what maps to nothing but itself is left out, so that a small computer reads it quickly.
"""

import sys
import unicodedata
from pathlib import Path

from handheld.text import clean

HEAD = """\
# Characters that look alike: what they look like, a tab, and the characters that do. Made by
# tests/support/make_lookalikes.py from confusables.txt of Unicode Technical Standard 39, version {version}.
# Copyright {year} Unicode, Inc. Distributed under the Unicode License v3, https://www.unicode.org/license.txt"""


def made(source: str) -> str:
    """The text of lookalikes.txt."""
    lines = source.lstrip("\ufeff").splitlines()
    version = next(line.split(":")[1].strip() for line in lines if line.startswith("# Version"))
    year = next(line.split()[2] for line in lines if line.startswith("# \u00a9"))
    groups: dict[str, list[str]] = {}
    for line in lines:
        fields = [field.strip() for field in line.partition("#")[0].split(";")]
        if len(fields) < 3:
            continue
        character, target = (_characters(field) for field in fields[:2])
        if _is_wanted(character, target):
            groups.setdefault(target, []).append(character)
    rows = [f"{target}\t{''.join(sorted(characters))}" for target, characters in sorted(groups.items())]
    return "\n".join([HEAD.format(version=version, year=year), *rows])


def _characters(field: str) -> str:
    return "".join(chr(int(code, 16)) for code in field.split())


def _is_wanted(character: str, target: str) -> bool:
    shown = clean(f"x{character}x", 9) == f"x{character}x" and clean(f"x{target}x", 9) == f"x{target}x"
    is_mark = unicodedata.category(character).startswith("M")
    return (
        shown and not is_mark and unicodedata.normalize("NFKC", character) in (character, character.strip())
    )


if __name__ == "__main__":
    sys.stdout.write(made(Path(sys.argv[1]).read_text(encoding="utf-8")) + "\n")
