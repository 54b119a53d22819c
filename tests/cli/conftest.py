"""A small node behind a real door, for verbs that are run in this process or in one of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.door import DoorThread, SmallNode, door_thread


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallNode:
    """Whom the verbs find without being told where."""
    monkeypatch.setenv("POCKETMESH_HOME", str(tmp_path))
    return SmallNode()


@pytest.fixture
def door(tmp_path: Path, node: SmallNode) -> Iterator[DoorThread]:
    """Its door, open during the test."""
    with door_thread(tmp_path, node) as opened:
        yield opened
