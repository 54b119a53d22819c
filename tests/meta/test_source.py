"""The rules of tests/support/source_rules.py hold in the checkout, and each is awake."""

from pathlib import Path

import pytest

from tests.support.source_rules import RULES
from tests.support.tree import ROOT, plant


@pytest.mark.parametrize("rule", RULES)
def test_the_checkout_keeps_the_rule(rule: str) -> None:
    assert RULES[rule](ROOT) == []


PLANTED = [
    ("imports_out_of_place", "handheld/node/planted.py", "import construct"),
    ("imports_out_of_place", "handheld/api/planted.py", "from sqlite3 import Row"),
    ("imports_out_of_place", "handheld/link/session.py", "import serial.tools"),
    ("imports_out_of_place", "handheld/daemon/planted.py", "from nacl.signing import SigningKey"),
    ("imports_out_of_place", "handheld/sim/planted.py", "def late():\n    import threading"),
    ("imports_out_of_place", "handheld/cli/planted.py", "import textual.app"),
    ("imports_out_of_place", "tui/planted.py", "from handheld.api import thin"),
    ("imports_out_of_place", "tui/planted.py", "from handheld import store"),
    ("firmware_imports", "firmware/planted.py", "from handheld.wire import constants"),
    ("firmware_imports", "firmware/boards/planted.py", "import dataclasses"),
    ("firmware_imports", "firmware/lib/planted.py", "from typing import Any"),
    ("forbidden_calls", "handheld/daemon/planted.py", "print('hello')"),
    ("forbidden_calls", "handheld/node/planted.py", "sys.exit(1)"),
    ("forbidden_calls", "handheld/node/planted.py", "now = time.time()"),
    ("forbidden_calls", "handheld/wire/planted.py", "nonce = os.urandom(8)"),
    ("forbidden_calls", "handheld/node/planted.py", "from os import urandom as chance\nchance(8)"),
    ("impure_firmware", "firmware/relay.py", "import time"),
    ("forbidden_calls", "handheld/cli/planted.py", "datetime.fromtimestamp(at)"),
    ("careless_statements", "handheld/crypto/planted.py", "assert verified"),
    ("careless_statements", "firmware/planted.py", "try:\n    pass\nexcept:\n    pass"),
    ("careless_statements", "handheld/api/planted.py", "try:\n    pass\nexcept LocalError:\n    pass"),
    ("careless_statements", "handheld/api/planted.py", "try:\n    pass\nexcept BaseException:\n    pass"),
    ("text_of_strangers", "handheld/node/planted.py", "name = profile.nickname.decode()"),
    ("text_of_strangers", "tui/planted.py", "raw.decode('utf-8', 'replace')"),
    ("text_of_strangers", "handheld/daemon/planted.py", "str(line, 'utf-8')"),
    ("oversized", "handheld/store/planted.py", "\n" * 400),
    ("oversized", "firmware/planted.py", "def long():\n" + "    pass\n" * 60),
    ("unfinished", "handheld/node/planted.py", "# TODO: later"),
    ("unfinished", "firmware/planted.py", "later = 1  # FIXME"),
]


@pytest.mark.parametrize(("rule", "file", "line"), PLANTED)
def test_a_planted_fault_is_found(tmp_path: Path, rule: str, file: str, line: str) -> None:
    (tmp_path / "firmware").mkdir()
    plant(tmp_path, file, line)

    findings = RULES[rule](tmp_path)

    assert len(findings) >= 1
    assert all(finding.startswith(file) for finding in findings)


def test_every_rule_has_a_planted_fault() -> None:
    assert {rule for rule, _, _ in PLANTED} == set(RULES)


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("handheld/link/port.py", "import serial"),
        ("handheld/store/database.py", "import sqlite3, threading"),
        ("handheld/cli/planted.py", "print('hello')"),
        ("handheld/api/planted.py", "try:\n    pass\nexcept BaseException:\n    raise"),
        ("tui/planted.py", "from handheld.api.client import Client\nfrom handheld import events"),
        ("firmware/planted.py", "import machine\nfrom micropython import const"),
    ],
)
def test_what_is_allowed_is_not_found(tmp_path: Path, file: str, line: str) -> None:
    (tmp_path / "firmware").mkdir()
    plant(tmp_path, file, line)

    assert [finding for rule in RULES.values() for finding in rule(tmp_path)] == []
