"""Programs a test leans on: where they are, or a skip that names what is missing (a failure in CI)."""

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test for this reason. With CI set in the environment fail it: nothing is left out unseen."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def need_tool(name: str) -> str:
    """The path of a program: from this environment first, then from the PATH. Else see `missing`."""
    here = Path(sys.executable).parent
    found = shutil.which(name, path=os.pathsep.join([str(here), os.environ.get("PATH", "")]))
    return found or missing(f"{name} is not installed")
