"""Names that look alike: the skeletons of Unicode Technical Standard 39, a little coarser, to warn a reader.

Two names whose skeletons meet may be taken for each other on a small screen. That is a reason to look twice
and never a reason to take one for the other: nothing is found by a skeleton.
"""

import unicodedata
from functools import cache

_LATIN_MARKS = range(0x0300, 0x0370)


def skeletons(name: str) -> frozenset[str]:
    """What the name looks like, in one or two forms; two names look alike when they share one.

    Case, spaces, punctuation and accents do not count. A name of punctuation and emoji alone has none.
    """
    plain = unicodedata.normalize("NFKC", name)
    # A capital I looks like an l and a small i does not, but people take "Ida" and "ida" for one name.
    return frozenset({_skeleton(plain), _skeleton(plain.casefold())} - {""})


def _skeleton(name: str) -> str:
    table = _table()
    mapped = "".join(table.get(character, character) for character in unicodedata.normalize("NFD", name))
    # What a character looks like may be made of others, or be another case of them.
    bare = unicodedata.normalize("NFKD", mapped).casefold()
    return "".join(character for character in bare if _counts(character))


def _counts(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM" and ord(character) not in _LATIN_MARKS


@cache
def _table() -> dict[str, str]:
    from importlib.resources import files  # noqa: PLC0415  costs 25 million instructions, and comes with the first name

    text = files("handheld").joinpath("lookalikes.txt").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if "\t" in line and not line.startswith("# "))
    return {character: target for target, characters in rows for character in characters}
