"""`make docs`: the man pages and the completions of the shells, from the registry of verbs.

    python -m handheld.cli.manual FOLDER

Needs shtab and argparse-manpage, which are there when pocketmesh is built and not when it runs.
"""

import argparse
import sys
from pathlib import Path

import shtab
from argparse_manpage.manpage import Manpage

from handheld import __version__
from handheld.api.address import ENVIRONMENT
from handheld.cli import fish, help_cmd
from handheld.cli.main import DEBUG, Parser, add_global_options
from handheld.cli.verbs import load
from handheld.verbs import VERBS

ABOUT = "a messenger for when there is no network, over pocket radios"
FISH = "pocketmesh.fish"
COMPLETIONS = {"bash": "pocketmesh.bash", "zsh": "_pocketmesh", "tcsh": "pocketmesh.tcsh"}
"""Shell -> file."""


def whole_parser() -> argparse.ArgumentParser:
    """Every verb under one parser, as the tools want it; running a command never builds this."""
    parser = argparse.ArgumentParser(prog="pocketmesh", description=ABOUT)
    add_global_options(parser)
    parser.add_argument("--version", action="store_true", help="print the version")
    verbs = parser.add_subparsers(dest="verb", metavar="COMMAND", title="commands")
    for verb, line in VERBS.items():
        module = load(verb)
        one = verbs.add_parser(verb, help=line, description=module.DESCRIPTION)
        module.configure(one)
        add_global_options(one)
    return parser


def parser_of(verb: str) -> Parser:
    """The parser of one verb, without the examples below its help."""
    module = load(verb)
    parser = Parser(prog=f"pocketmesh {verb}", description=module.DESCRIPTION)
    module.configure(parser)
    add_global_options(parser)
    return parser


def man_page_of(verb: str, line: str) -> str:
    """pocketmesh-VERB(1) in roff."""
    page = Manpage(parser_of(verb))
    page.source, page.section, page.manual = f"pocketmesh {__version__}", "1", "User Commands"
    page.description = line
    name = verb.replace("-", "\\-")
    text = str(page).replace(f".TH POCKETMESH {name.upper()} ", f".TH POCKETMESH\\-{name.upper()} ", 1)
    text = text.replace(f"\npocketmesh {name} \\- ", f"\npocketmesh\\-{name} \\- ", 1)
    more = "The exit codes are in pocketmesh(1), which lists the other commands, too."
    return f"{text}\n.SH EXAMPLES\n{_verbatim(load(verb).EXAMPLES)}\n.SH SEE ALSO\n{more}\n"


def man_page(parser: argparse.ArgumentParser) -> str:
    """pocketmesh(1) in roff."""
    page = Manpage(parser)
    page.source, page.section, page.manual = f"pocketmesh {__version__}", "1", "User Commands"
    page.description = ABOUT
    sections = {
        "EXAMPLES": "\n\n".join(load(verb).EXAMPLES for verb in VERBS),
        "EXIT STATUS": help_cmd.exit_codes(),
        "ENVIRONMENT": f"{ENVIRONMENT}: where things are kept\n{DEBUG}: show what went wrong inside",
    }
    return str(page) + "".join(f"\n.SH {title}\n{_verbatim(text)}" for title, text in sections.items())


def write(folder: Path) -> list[Path]:
    """Make the files in a folder, which is made if need be; their paths."""
    parser = whole_parser()
    texts = {folder / "man" / "pocketmesh.1": man_page(parser)}
    for shell, name in COMPLETIONS.items():
        texts[folder / "completion" / name] = shtab.complete(parser, shell)
    parsers = {verb: parser_of(verb) for verb in VERBS}
    texts[folder / "completion" / FISH] = fish.completion(VERBS, parsers)
    for verb, line in VERBS.items():
        texts[folder / "man" / f"pocketmesh-{verb}.1"] = man_page_of(verb, line)
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(texts)


def _verbatim(text: str) -> str:
    # In roff a backslash escapes, a bare minus may become a dash, and a dot or quote first is a request.
    lines = text.replace("\\", "\\\\").replace("-", "\\-").splitlines()
    return "\n".join([".nf", *(f"\\&{line}" for line in lines), ".fi", ""])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m handheld.cli.manual FOLDER")
    for made in write(Path(sys.argv[1])):
        print(made)
