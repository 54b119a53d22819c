"""The data folder: found, made, refused with a sentence, and held by one node at a time."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from handheld.errors import DiskFull, FolderDamaged, FolderHeld, FolderMissing, FolderReadOnly
from handheld.store.folder import LOCK, LOCK_MAX, Folder
from tests.support.store import bound_by_permissions, small_disk, write_protected
from tests.support.tree import ROOT

HOLD = """
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from handheld.store.folder import Folder
folder = Folder.open(Path(sys.argv[1]), True)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_named_folder_that_is_missing_is_refused_and_not_made(tmp_path: Path) -> None:
    wanted = tmp_path / "gone"

    with pytest.raises(FolderMissing) as caught:
        Folder.open(wanted, explicit=True)

    assert str(caught.value) == f"There is no folder {wanted}. Make it with: mkdir -p {wanted}"
    assert not wanted.exists()


def test_the_advice_can_be_pasted_for_any_name(tmp_path: Path) -> None:
    wanted = tmp_path / "my things; rm -rf x"

    with pytest.raises(FolderMissing) as caught:
        Folder.find(wanted, explicit=True)
    command = str(caught.value).partition("Make it with: ")[2]
    subprocess.run(["sh", "-c", command], check=True)

    assert Folder.find(wanted, explicit=True).path == wanted


def test_the_default_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    wanted = tmp_path / "share" / "pocketmesh"

    with Folder.open(wanted, explicit=False) as folder:
        assert folder.path == wanted
        assert wanted.stat().st_mode & 0o777 == 0o700
        assert (wanted / LOCK).stat().st_mode & 0o777 == 0o600


def test_what_is_there_is_opened_with_its_mode_unchanged(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)

    for explicit in (True, False):
        Folder.open(tmp_path, explicit).close()

    assert tmp_path.stat().st_mode & 0o777 == 0o750


@pytest.mark.parametrize("explicit", [True, False])
def test_a_file_is_no_folder(tmp_path: Path, explicit: bool) -> None:
    file = tmp_path / "file"
    file.write_text("mine")

    with pytest.raises(FolderMissing, match="is not a folder"):
        Folder.open(file, explicit)
    with pytest.raises(FolderMissing):
        Folder.open(file / "below", explicit)
    assert file.read_text() == "mine"


def test_the_paths_of_a_folder_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    folder = Folder.find(Path(), explicit=True)

    names = (folder.database, folder.identity, folder.socket, folder.log, folder.config)
    assert {path.parent for path in names} == {tmp_path}
    assert folder.socket.name == "api.sock"
    assert len(set(names)) == 5


def test_a_second_node_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as holder:
        assert holder.stdout
        assert holder.stdin
        assert holder.stdout.readline() == b"held\n"

        with pytest.raises(FolderHeld) as caught:
            Folder.open(tmp_path, explicit=True)
        reader = Folder.find(tmp_path, explicit=True)

        assert str(caught.value) == (
            f"Node {holder.pid} already runs on {tmp_path}. One that a command or the screen started ends by "
            "itself, seconds after them; stop any other, or use --data with another folder."
        )
        assert reader.path == tmp_path
        assert (tmp_path / LOCK).read_text().splitlines()[0] == str(holder.pid)
        holder.kill()
        holder.wait()
    # The lock went with the process, however it ended.
    Folder.open(tmp_path, explicit=True).close()


def test_a_lock_is_given_back(tmp_path: Path) -> None:
    first = Folder.open(tmp_path, explicit=True)
    with pytest.raises(FolderHeld, match=f"^Node {os.getpid()} "):
        Folder.open(tmp_path, explicit=True)
    first.close()
    first.close()

    Folder.open(tmp_path, explicit=True).close()


def test_the_lock_file_may_hold_anything(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_bytes(b"9" * 5000)
    with Folder.open(tmp_path, explicit=True):
        assert (tmp_path / LOCK).stat().st_size <= LOCK_MAX
        (tmp_path / LOCK).write_bytes(b"\x1b[2J\n")

        with pytest.raises(FolderHeld) as caught:
            Folder.open(tmp_path, explicit=True)

    assert str(caught.value).startswith("A node already runs on ")


def test_a_long_command_line_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["pocketmesh", "node", "\udcff" * 1000])

    with Folder.open(tmp_path, explicit=True):
        assert (tmp_path / LOCK).read_text().startswith(f"{os.getpid()}\npocketmesh node ?")
        assert (tmp_path / LOCK).stat().st_size == LOCK_MAX


def test_a_folder_that_was_made_outlives_a_power_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[int] = []
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: flushed.append(os.fstat(descriptor).st_ino))
        Folder.find(tmp_path / "share" / "pocketmesh", explicit=False)

    assert flushed == [tmp_path.stat().st_ino, (tmp_path / "share").stat().st_ino]


def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    data = tmp_path / "data"
    data.mkdir()
    (data / LOCK).symlink_to(victim)

    with pytest.raises(FolderDamaged):
        Folder.open(data, explicit=True)

    assert victim.read_text() == "mine"


def test_a_file_system_without_writes_is_refused(tmp_path: Path) -> None:
    with write_protected(tmp_path):
        with pytest.raises(FolderReadOnly, match="Read-only file system"):
            Folder.open(tmp_path, explicit=True)
        with pytest.raises(FolderReadOnly):
            Folder.open(tmp_path / "new", explicit=False)
        assert Folder.find(tmp_path, explicit=True).path == tmp_path


def test_a_folder_nobody_may_write_to_is_refused() -> None:
    # The kernel makes no files here, not for root either.
    with pytest.raises((FolderMissing, FolderReadOnly)):
        Folder.open(Path("/proc/self/fd"), explicit=True)
    with bound_by_permissions() as folder:
        folder.chmod(0o500)

        with pytest.raises(FolderReadOnly) as caught:
            Folder.open(folder, explicit=True)
        with pytest.raises(FolderReadOnly):
            Folder.open(folder / "new", explicit=False)

    assert str(caught.value) == (
        f"{folder} cannot be used: Permission denied. Make it writable, or use --data with another folder."
    )


def test_a_folder_nobody_may_enter_is_refused() -> None:
    with bound_by_permissions() as folder:
        below = folder / "locked" / "data"
        below.mkdir(parents=True)
        below.parent.chmod(0o000)

        with pytest.raises(FolderReadOnly, match="Permission denied"):
            Folder.open(below, explicit=True)


def test_a_full_disk_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", size_kib=512) as disk:
        with pytest.raises(DiskFull, match="No room is left on the disk that holds"):
            Folder.open(disk, explicit=True)
        # Not held by the node that did not start.
        (disk / "ballast").write_bytes(bytes(os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize))
        (disk / LOCK).write_bytes(b"")
        with pytest.raises(DiskFull):
            Folder.open(disk, explicit=True)


def test_a_small_disk_with_room_is_taken(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", size_kib=2048) as disk, Folder.open(disk, explicit=True) as folder:
        assert folder.path == disk


def _replace(folder: Folder, cut: int) -> None:
    """A restore that ends after this many of its steps, as a power cut would end it."""
    aside = folder.put_aside()
    steps: list[Callable[[], object]] = [
        lambda: (folder.path / "half of a database").write_bytes(b"half"),
        lambda: folder.identity.write_bytes(b"new keys"),
        lambda: folder.settle(aside),
    ]
    for step in steps[:cut]:
        step()


@pytest.mark.parametrize(("cut", "keys"), [(0, b"keys"), (1, b"keys"), (2, b"new keys"), (3, b"new keys")])
def test_what_was_put_aside_comes_back_unless_it_was_replaced(tmp_path: Path, cut: int, keys: bytes) -> None:
    path = tmp_path / "data"
    with Folder.open(path, explicit=False) as folder:
        folder.identity.write_bytes(b"keys")
        folder.config.write_bytes(b"")
        _replace(folder, cut)

    with Folder.open(path, explicit=True) as folder:
        assert folder.identity.read_bytes() == keys
        assert folder.config.exists() == (keys == b"keys")
        asides = list(tmp_path.glob("data.before*"))
        assert [sorted(one.name for one in aside.iterdir()) for aside in asides] == (
            [] if keys == b"keys" else [["config.toml", "identity"]]
        )


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_cut_off_while_it_is_put_back_it_comes_back_at_the_next_start(
    tmp_path: Path, moved: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "data"
    with Folder.open(path, explicit=False) as folder:
        folder.identity.write_bytes(b"keys")
        folder.config.write_bytes(b"")
        aside = folder.put_aside()
        left = iter([True] * (1 + moved))
        real = Path.rename

        def rename(self: Path, target: Path) -> Path:
            if not next(left, False):
                raise KeyboardInterrupt
            return real(self, target)

        with monkeypatch.context() as cut, suppress(KeyboardInterrupt):
            cut.setattr(Path, "rename", rename)
            folder.put_back(aside)

    with Folder.open(path, explicit=True) as folder:
        assert (folder.identity.read_bytes(), folder.config.read_bytes()) == (b"keys", b"")
    assert not list(tmp_path.glob("data.before*"))
