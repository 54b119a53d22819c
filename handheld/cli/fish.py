"""Completion for the fish shell, made of the same parsers as the help: shtab has none for it."""

from __future__ import annotations

from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from handheld.cli.main import Argument, Parser

HEAD = """\
# Completion of pocketmesh for fish.
function __pocketmesh_verb
    set -l words (commandline -opc)
    test (count $words) -ge 2; and contains -- $words[2] $argv
end
function __pocketmesh_no_verb
    test (count (commandline -opc)) -eq 1
end
complete -c pocketmesh -f
"""


def completion(verbs: Mapping[str, str], parsers: Mapping[str, Parser]) -> str:
    """A file for fish's folder of completions: `verbs` with a line about each, and their parsers."""
    lines = [HEAD]
    lines += [
        f"complete -c pocketmesh -n __pocketmesh_no_verb -a {verb} -d {_quoted(line)}"
        for verb, line in verbs.items()
    ]
    for verb, parser in parsers.items():
        lines += [
            f"complete -c pocketmesh -n '__pocketmesh_verb {verb}' {words}"
            for argument in parser.arguments()
            if (words := _words(argument))
        ]
    return "\n".join(lines) + "\n"


def _words(argument: Argument) -> str:
    """What fish is told of one argument; "" where there is nothing to choose from."""
    options, choices, is_valued, text = argument
    if not options:
        return f"-a {_quoted(' '.join(choices))}" if choices else ""
    names = [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in options]
    if is_valued and choices:
        names.append(f"-x -a {_quoted(' '.join(choices))}")
    elif is_valued:
        names.append("-r -F")
    return f"{' '.join(names)} -d {_quoted(text)}"


def _quoted(text: str) -> str:
    """In single quotes, where fish reads only these two."""
    inner = " ".join(text.split()).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{inner}'"
