"""What a command line that was begun can go on with, from the registry of verbs and their parsers."""

from __future__ import annotations

from handheld.verbs import VERBS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


def completions(
    line: str, names: Mapping[str, Iterable[str]] | None = None, verbs: Iterable[str] = VERBS
) -> list[str]:
    """What the last word of `line` can become; it has no `pocketmesh` at its head.

    `verbs`: those that there are; `names`: what there is to name, by what the argument is called in the help,
    such as the people for WHO. Quotes are not understood: a name with a blank is offered only by its head.
    """
    verb, *rest = line.split(" ")
    if not rest:
        return [one for one in verbs if one.startswith(verb)]
    if verb not in VERBS:
        return []
    from handheld.cli.main import parser_of

    found, metavar = parser_of(verb).offered(rest)
    for name in metavar.split("|"):
        found += (names or {}).get(name, ())
    return [one for one in found if one.startswith(rest[-1])]


def for_screen() -> tuple[list[str], Callable[[str, Mapping[str, Sequence[str]]], list[str]]]:
    """How a screen runs a command beside itself, and completes what is typed."""
    import sys

    return [sys.executable, "-m", "handheld"], completions


def on_line(verbs: Iterable[str]) -> Callable[[str], list[str]]:
    """For an editor of lines: what the last word of a line with "/" at its head can become there."""

    def at(line: str) -> list[str]:
        if not line.startswith("/"):
            return []
        slash = "" if " " in line else "/"
        return [f"{slash}{one} " for one in completions(line[1:], verbs=verbs)]

    return at
