"""The documents say what the tree has: a verb, exit code, event, setting or frame kind they lack fails."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from handheld.cli.help_cmd import exit_codes
from handheld.commands import COMMANDS
from handheld.config import Config
from handheld.events import EVENTS
from handheld.verbs import VERBS
from handheld.wire import constants
from tests.support.tree import ROOT

DOCUMENTS = (
    "README.md",
    "ARCHITECTURE.md",
    "PROTOCOL.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "hardware-docs/README.md",
)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def first_cells(name: str, heading: str) -> set[str]:
    """The first column of the table below a heading, without its marks of code."""
    section = text(name).split(f"\n{heading}\n")[1].split("\n## ")[0]
    return {row.split("|")[1].strip().strip("`") for row in section.splitlines() if row.startswith("|")}


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))


def test_the_readme_opens_with_the_two_commands() -> None:
    opening = text("README.md").split("\n## ")[0]

    assert "make demo" in opening
    assert "make test" in opening


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_make_target_named_in_a_document_exists(document: str) -> None:
    named = set(re.findall(r"\bmake ([a-z]+)\b(?=`|\n| {2,}|\*\*|$)", text(document)))

    assert named <= targets()


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_in_the_readme(verb: str) -> None:
    assert any(cell.split()[:2] == ["pocketmesh", verb] for cell in first_cells("README.md", "## Commands"))


def test_no_verb_in_the_readme_is_made_up() -> None:
    named = {
        cell.split()[1] for cell in first_cells("README.md", "## Commands") if cell.startswith("pocketmesh ")
    }

    assert named <= set(VERBS)


def test_the_readme_has_the_exit_codes_of_the_help_and_no_others() -> None:
    told = {line.split()[0] for line in exit_codes().splitlines()}

    assert first_cells("README.md", "### Exit codes") - {"code", "---", "---:"} == told


@pytest.mark.parametrize("setting", [item.name for item in fields(Config)])
def test_every_setting_is_in_the_readme(setting: str) -> None:
    assert setting in first_cells("README.md", "### Settings")


@pytest.mark.parametrize("name", [*COMMANDS, *EVENTS])
def test_every_command_and_event_of_the_door_is_in_the_architecture(name: str) -> None:
    assert name in first_cells("ARCHITECTURE.md", "## The door")


@pytest.mark.parametrize(
    "name",
    [
        item.name
        for kinds in (constants.AirKind, constants.AirMode, constants.LinkKind, constants.RadioKind)
        for item in kinds
    ],
)
def test_every_kind_of_frame_is_in_the_protocol(name: str) -> None:
    assert re.search(rf"\b{name}\b", text("PROTOCOL.md"))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_and_paths_lead_somewhere(document: str) -> None:
    folder = (ROOT / document).parent
    links = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", text(document))
    paths = re.findall(r"`((?:handheld|firmware|tui|tests|\.ci|hardware-docs)/[\w./-]*)`", text(document))

    missing = [link for link in links if not (folder / link).exists()]
    missing += [path for path in paths if not (ROOT / path).exists()]
    assert missing == []


def test_every_part_of_the_house_is_in_the_architecture() -> None:
    parts = {
        f"handheld/{path.name}/"
        for path in Path(ROOT / "handheld").iterdir()
        if (path / "__init__.py").is_file()
    }

    assert {part for part in parts if part not in text("ARCHITECTURE.md")} == set()


def test_the_readme_says_that_nobody_has_audited_it() -> None:
    assert "not externally audited" in text("README.md")
