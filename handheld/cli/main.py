"""`pocketmesh`: finds the verb, loads nothing else, turns what it raises into a sentence and an exit code."""

from __future__ import annotations

import argparse
import os
import signal
import sys

from handheld import __version__
from handheld.cli import show
from handheld.cli.verbs import load
from handheld.errors import UsageError, UserError
from handheld.verbs import VERBS

TYPE_CHECKING = False
if TYPE_CHECKING:
    Argument = tuple[list[str], list[str], bool, str]
    """(its options, what it can be, whether it takes a value, its help)."""
    from typing import NoReturn

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it: 128 and the signal's number."""

DEBUG = "POCKETMESH_DEBUG"
CRASH_LOG = "crash.log"

WIDTH = 80
"""Columns of help at the most, and where there is no screen."""

SCREEN = "screen"
MENU = "menu"
"""The verb on a terminal when none is given."""

_EXAMPLES = "examples:"

_HELP = """\
pocketmesh {version}: a messenger for when there is no network.

Try first:
  pocketmesh demo              a village on this machine
  pocketmesh                   the screen, with a radio plugged in
  pocketmesh status            is it working?
  pocketmesh post here Hello   to everybody near

Commands:
{verbs}

Options, before or after the command:
  --data DIR    where things are kept; also POCKETMESH_HOME
  --debug       show what went wrong inside
  --version     print the version

`pocketmesh COMMAND --help` tells more, with examples.
"""


class Formatter(argparse.HelpFormatter):
    """Fills descriptions to the width of the screen, and leaves the examples as they are."""

    def __init__(self, prog: str) -> None:
        # argparse would ask shutil, which costs 8 million instructions, when an argument is declared.
        super().__init__(prog, width=min(show.columns() or WIDTH, WIDTH) - 2)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text.startswith(_EXAMPLES) else super()._fill_text(text, width, indent)


class Parser(argparse.ArgumentParser):
    """argparse that says what is wrong in our manner, and leaves ending the process to `entry`."""

    def error(self, message: str) -> NoReturn:
        """UsageError with the reason and where to read on."""
        raise UsageError(f"{message[:1].upper()}{message[1:]}. Try: {self.prog} --help")

    def arguments(self) -> list[Argument]:
        """Each argument, for a shell's completion."""
        return [
            (
                list(action.option_strings),
                list(map(str, action.choices or ())),
                action.nargs != 0,
                (action.help or "").replace("%%", "%"),
            )
            for action in self._actions
        ]

    def offered(self, words: list[str]) -> tuple[list[str], str]:
        """What the last of these words may be, whatever it is so far: (choices, name)."""
        before, last = words[:-1], words[-1]
        places = [action for action in self._actions if not action.option_strings]
        for at, word in enumerate(before):
            for action in places:
                if isinstance(action.choices, dict) and isinstance(found := action.choices.get(word), Parser):
                    return found.offered(words[at + 1 :])
        if last.startswith("-"):
            return [option for option in self._option_string_actions if option.startswith("--")], ""
        wanted = self._option_string_actions.get(before[-1]) if before else None
        if wanted is None or wanted.nargs == 0:
            at = min(self._filled(before), len(places) - 1)
            wanted = places[at] if places else None
        if wanted is None:
            return [], ""
        return list(map(str, wanted.choices or ())), str(wanted.metavar or wanted.dest.upper())

    def _filled(self, words: list[str]) -> int:
        """How many of these words are neither options nor what an option takes."""
        filled, taken = 0, False
        for word in words:
            option = self._option_string_actions.get(word)
            filled += option is None and not taken
            taken = option is not None and option.nargs != 0
        return filled


def entry() -> NoReturn:
    """The command: runs and ends the process. Nothing else in pocketmesh does."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that is not in UTF-8 shows question marks rather than a traceback.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    code = main(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError:
        # Nobody reads any more; otherwise the interpreter would complain about it once again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    # Everything is done; one more Ctrl-C would only print a traceback over the end of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)


def main(argv: list[str]) -> int:
    """Run one command line; the exit code. Raises nothing: errors are one sentence on standard error."""
    given = argparse.Namespace(data=None, debug=False)
    try:
        code = _run(argv, given)
        show.flush()
    except UserError as error:
        return _complain(str(error), error.exit_code)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return 0
    except SystemExit as ended:  # argparse, after --help
        return int(ended.code or 0)
    except Exception:  # noqa: BLE001  the last resort: written down in full
        return _complain(_written_down(given.data), 1)
    return code


def parser_of(verb: str) -> Parser:
    """The complete parser of one verb, for running it and for its help."""
    module = load(verb)
    parser = Parser(
        prog=f"pocketmesh {verb}",
        description=module.DESCRIPTION,
        epilog=epilog(module.EXAMPLES),
        formatter_class=Formatter,
        allow_abbrev=False,
    )
    module.configure(parser)
    add_global_options(parser)
    return parser


def epilog(examples: str) -> str:
    """What stands below the options in the help of a verb."""
    lines = "\n".join("  " + line for line in examples.splitlines())
    return f"{_EXAMPLES}\n{lines}\n\n`pocketmesh help exit-codes` lists the exit codes."


def add_global_options(parser: argparse.ArgumentParser) -> None:
    """The options that every verb takes; given after the verb they win over those before it."""
    unset = argparse.SUPPRESS
    parser.add_argument(
        "--data", metavar="DIR", default=unset, help="where things are kept (POCKETMESH_HOME)"
    )
    parser.add_argument("--debug", action="store_true", default=unset, help="show what went wrong inside")


def overview() -> str:
    """What `pocketmesh` alone prints where nobody is at a terminal."""
    verbs = "\n".join(f"  {verb:<10} {line}" for verb, line in VERBS.items())
    return _HELP.format(version=__version__, verbs=verbs)


def _run(argv: list[str], given: argparse.Namespace) -> int:
    top = Parser(prog="pocketmesh", add_help=False, formatter_class=Formatter, allow_abbrev=False)
    top.add_argument("-h", "--help", action="store_true")
    top.add_argument("--version", action="store_true")
    add_global_options(top)
    top.add_argument("verb", nargs="?")
    top.add_argument("rest", nargs=argparse.REMAINDER)
    top.parse_args(argv, given)
    if given.version:
        show.out(f"pocketmesh {__version__}")
        return 0
    if given.help or (given.verb is None and not show.has_person()):
        show.out(overview().rstrip())
        return 0
    verb = given.verb or (SCREEN if show.on_terminal() else MENU)
    if verb not in VERBS:
        raise UsageError(_unknown(verb))
    parser_of(verb).parse_args(given.rest, given)
    if given.debug:
        os.environ[DEBUG] = "1"  # for a child node, too
    return int(load(verb).run(given))


def _unknown(verb: str) -> str:
    import difflib

    nearest = difflib.get_close_matches(verb, VERBS, 1)
    hint = f"Did you mean: pocketmesh {nearest[0]}" if nearest else f"There are: {', '.join(VERBS)}"
    return f"There is no command {verb!r}. {hint}"


def _complain(sentence: str, code: int) -> int:
    try:
        print(f"pocketmesh: {sentence}", file=sys.stderr)
    except OSError:
        return code  # nobody is left to read it
    return code


def _written_down(data: str | None) -> str:
    """Put the traceback that is being handled where it can be found again; the sentence that says where."""
    import tempfile
    import traceback

    from handheld.api import address

    details = f"pocketmesh {__version__}, Python {sys.version}\n{traceback.format_exc()}"
    if os.environ.get(DEBUG):
        print(details, file=sys.stderr)
        return "That was a mistake in pocketmesh."
    path = os.path.join(address.chosen_folder(data)[0], CRASH_LOG)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    except OSError:
        descriptor, path = tempfile.mkstemp(prefix="pocketmesh-", suffix=".log", text=True)
    with open(descriptor, "w", encoding="utf-8", errors="replace") as file:
        file.write(details)
    return f"That was a mistake in pocketmesh, not yours. What happened is written in {path}"
