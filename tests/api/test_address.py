"""The data folder by the rules, and by platformdirs' where nobody chose."""

import shutil
import tempfile
from pathlib import Path

import platformdirs
import pytest

from handheld.api import address
from handheld.errors import NodeUnreachable


@pytest.mark.parametrize(
    ("home", "shared"),
    [
        ("/home/ada", None),
        ("/home/ada", "/srv/data"),
        ("/home/ada", ""),
        ("/home/ada", "not/absolute"),
        ("/home/ada/", None),
    ],
)
def test_the_default_is_that_of_platformdirs(
    monkeypatch: pytest.MonkeyPatch, home: str, shared: str | None
) -> None:
    monkeypatch.setenv("HOME", home)
    if shared is None:
        monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    else:
        monkeypatch.setenv("XDG_DATA_HOME", shared)
    wanted = Path(platformdirs.user_data_dir("pocketmesh", appauthor=False))
    assert Path(address.default_folder()) == wanted


def test_without_a_home_platformdirs_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME", raising=False)
    assert address.default_folder() == platformdirs.user_data_dir("pocketmesh", appauthor=False)


def test_the_option_wins_over_the_environment_and_that_over_the_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert address.chosen_folder(None) == (address.default_folder(), False)
    monkeypatch.setenv("POCKETMESH_HOME", "/srv/box")
    assert address.chosen_folder(None) == ("/srv/box", True)
    assert address.chosen_folder("/srv/mill") == ("/srv/mill", True)
    monkeypatch.chdir(tmp_path)
    assert address.chosen_folder("here") == (str(tmp_path / "here"), True)
    monkeypatch.setenv("HOME", "/home/ada")
    assert address.chosen_folder("~/mesh") == ("/home/ada/mesh", True)


def test_nobody_listens_where_there_is_nothing(tmp_path: Path) -> None:
    assert address.dial(str(tmp_path)) is None
    assert address.dial(str(tmp_path / "absent")) is None
    (tmp_path / "file").touch()
    assert address.dial(str(tmp_path / "file")) is None
    assert address.dial(str(tmp_path / ("x" * 120))) is None


def test_what_is_in_the_way_of_a_connection_is_named(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(NodeUnreachable, match=f"The node of {loop} cannot be reached: "):
        address.dial(str(loop))


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_addresses_of_any_length_can_be_bound(request: pytest.FixtureRequest) -> None:
    short = Path(tempfile.mkdtemp(dir="/tmp"))
    request.addfinalizer(lambda: shutil.rmtree(short))
    before = open_files()
    # Addresses of 96 to 115 bytes: 107 fit, with the zero at the end.
    for length in range(96, 116):
        folder = short / ("x" * (length - len(f"{short}//api.sock")))
        folder.mkdir()
        address.listen(str(folder)).close()
        assert (folder / "api.sock").is_socket()
        address.remove(str(folder))
    assert open_files() == before
