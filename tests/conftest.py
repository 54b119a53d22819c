"""What holds for every test: nothing of the person who runs them is read or written, chance is repeatable."""

import os
import signal

import pytest
from hypothesis import settings

# A slow machine is no failure (deadline), and a found example belongs in a test, not in a hidden folder.
settings.register_profile("pocketmesh", deadline=None, database=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("pocketmesh")


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The data folder, the cache and the settings of the person at the keyboard are out of reach."""
    home = tmp_path_factory.getbasetemp() / "home"
    home.mkdir(exist_ok=True)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.delenv("POCKETMESH_HOME", raising=False)


# A shell makes what it starts beside itself deaf to Ctrl-C, and nohup to a terminal that is closed. Both are
# handed down to programs under test.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
