"""Programs a test leans on: where they are, or a skip that names what is missing (a failure in CI)."""

import os
import shutil
import sys
from pathlib import Path

import pytest


def need_tool(name: str) -> str:
    """The path of a program: from this environment first, then from the PATH.

    Without it the test is skipped by name; with CI set in the environment it fails instead, so that
    nothing is ever left out unseen.
    """
    here = Path(sys.executable).parent
    if found := shutil.which(name, path=os.pathsep.join([str(here), os.environ.get("PATH", "")])):
        return found
    sentence = f"{name} is not installed"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)
