"""`pocketmesh help`: the overview, the page of a verb, and the exit codes."""

from __future__ import annotations

import argparse

from handheld import errors
from handheld.cli import show
from handheld.errors import UsageError
from handheld.verbs import VERBS

EXIT_CODES = "exit-codes"
FILTER = "filter"

TEXTS = ("range", "repeater", "distress", "alphabet", "program")
"""The short texts that the screen has to read."""

DESCRIPTION = """\
Print the overview, the page of a command, the exit codes, the page about filters, or one of the short texts
that the screen has to read: range, repeater, distress, alphabet, program."""
EXAMPLES = """\
pocketmesh help read
pocketmesh help exit-codes
pocketmesh help filter
pocketmesh help distress"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `help`."""
    parser.add_argument(
        "topic", nargs="?", metavar="TOPIC", help=f"a command, {EXIT_CODES}, {FILTER}, or a text"
    )


def run(args: argparse.Namespace) -> int:
    """Print the page."""
    from handheld.cli import main

    if args.topic is None:
        show.out(main.overview().rstrip())
    elif args.topic == EXIT_CODES:
        show.out(exit_codes())
    elif args.topic == FILTER:
        from handheld.cli.radio_filter import PAGE

        show.out(PAGE)
    elif args.topic in TEXTS:
        show.out(text(args.topic))
    elif args.topic in VERBS:
        show.out(main.parser_of(args.topic).format_help().rstrip())
    else:
        raise UsageError(
            f"There is no page {args.topic!r}. There are: {', '.join((EXIT_CODES, FILTER, *TEXTS, *VERBS))}"
        )
    return 0


def text(name: str) -> str:
    """One of TEXTS; its first line is its title."""
    from pathlib import Path

    import tui

    path = Path(tui.__file__).with_name("pages_text") / f"{name}.txt"
    return path.read_text(encoding="ascii").strip()


def exit_codes() -> str:
    """Every exit code with its meaning, from the tree of errors."""
    rows = [("0", "Done."), ("1", "A mistake in pocketmesh, or an output that cannot be written.")]
    rows += [
        (str(kind.exit_code), (kind.__doc__ or "").splitlines()[0])
        for kind in errors.UserError.__subclasses__()
    ]
    rows.append(("130", "Interrupted by Ctrl-C."))
    return show.table(rows, right={0})
