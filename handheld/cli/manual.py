"""`make docs`: the man page and the shells' completions, from the registry of verbs.

    python -m handheld.cli.manual FOLDER

Needs shtab and argparse-manpage, which are there when pocketmesh is built and not when it runs.
"""

import argparse
import sys
from pathlib import Path

import shtab
from argparse_manpage.manpage import Manpage

from handheld import __version__
from handheld.cli.main import add_global_options, epilog
from handheld.cli.verbs import VERBS, load

COMPLETIONS = {"bash": "pocketmesh.bash", "zsh": "_pocketmesh", "tcsh": "pocketmesh.tcsh"}
"""Shell -> file."""


def whole_parser() -> argparse.ArgumentParser:
    """Every verb under one parser, as the tools want it; running a command never builds this."""
    parser = argparse.ArgumentParser(
        prog="pocketmesh",
        description="A messenger for when there is no network: chat over pocket radios.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_global_options(parser)
    parser.add_argument("--version", action="store_true", help="print the version")
    verbs = parser.add_subparsers(dest="verb", metavar="COMMAND", title="commands")
    for verb, (_, line) in VERBS.items():
        module = load(verb)
        one = verbs.add_parser(
            verb,
            help=line,
            description=module.DESCRIPTION,
            epilog=epilog(module.EXAMPLES),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.configure(one)
        add_global_options(one)
    return parser


def man_page(parser: argparse.ArgumentParser) -> str:
    """pocketmesh(1) in roff."""
    about = {
        "project_name": "pocketmesh",
        "prog": "pocketmesh",
        "version": __version__,
        "manual_title": "pocketmesh",
        "manual_section": "1",
    }
    return str(Manpage(parser, _data=about))


def write(folder: Path) -> list[Path]:
    """Make the files in a folder, which is made if need be; their paths."""
    parser = whole_parser()
    texts = {folder / "man" / "pocketmesh.1": man_page(parser)}
    for shell, name in COMPLETIONS.items():
        texts[folder / "completion" / name] = shtab.complete(parser, shell)
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(texts)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m handheld.cli.manual FOLDER")
    for made in write(Path(sys.argv[1])):
        print(made)
