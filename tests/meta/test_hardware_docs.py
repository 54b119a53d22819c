"""The pages on hardware say what the firmware has, and lead to each other."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from handheld.wire.constants import Preset, Region
from tests.support.cpython_firmware import firmware
from tests.support.tree import ROOT

FOLDER = ROOT / "hardware-docs"
PAGES = sorted(FOLDER.glob("*.md"))
DRAWN = ("parts.svg", "wiring.svg", "led.svg")
BOARDS = sorted(path.stem for path in (ROOT / "firmware" / "boards").glob("[a-z]*.py"))
COLUMNS = (
    "UART_TX",
    "UART_RX",
    "LORA_SCK",
    "LORA_MOSI",
    "LORA_MISO",
    "LORA_CS",
    "LORA_RESET",
    "LORA_IRQ",
    "LORA_BUSY",
    "LED",
)


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    section = (
        ("\n" + (FOLDER / page).read_text(encoding="utf-8")).split(f"\n{heading}\n")[1].split("\n## ")[0]
    )
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]


def pins(name: str) -> list[str]:
    """A board's pins as the table has them."""
    with firmware(f"boards.{name}") as (board,):
        given = {key: getattr(board, key, None) for key in COLUMNS}
    serial = ["USB" if given["UART_TX"] is None else str(given[key]) for key in COLUMNS[:2]]
    return serial + ["-" if given[key] is None else str(given[key]) for key in COLUMNS[2:]]


def test_the_table_of_pins_is_that_of_the_firmware() -> None:
    table = {row[0]: row[1:] for row in rows("wiring.md", "## Pins")}

    assert table == {name: pins(name) for name in BOARDS}


def test_every_region_and_preset_has_its_line_in_the_law() -> None:
    text = (FOLDER / "law.md").read_text(encoding="utf-8")

    assert {row[0] for row in rows("law.md", "# The law")} >= {region.name for region in Region}
    assert all(f"`{preset.name.lower()}`" in text for preset in Preset)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if "://" not in target and not (FOLDER / target).exists()]

    assert missing == []


def test_every_page_is_reached_from_the_first() -> None:
    first = (FOLDER / "README.md").read_text(encoding="utf-8")

    assert [page.name for page in PAGES if page.name != "README.md" and f"({page.name})" not in first] == []


def test_what_troubleshooting_quotes_is_what_the_programs_say() -> None:
    sources = [path for part in ("handheld", "tui", "firmware") for path in (ROOT / part).rglob("*.py")]
    said = "".join(path.read_text(encoding="utf-8") for path in sources)
    said = re.sub(r'"\s+f?"', "", said)  # a sentence may go on in the next line
    seen = [row[0] for row in rows("trouble.md", "# Troubleshooting, by what you see")]
    quoted = re.findall(r'"([^"]+)"', " ".join(seen))

    assert len(quoted) > 10
    assert [quote for quote in quoted if quote not in said] == []


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_says_what_it_shows(name: str) -> None:
    root = ET.parse(FOLDER / "pictures" / name).getroot()

    assert root.find("{http://www.w3.org/2000/svg}title") is not None
