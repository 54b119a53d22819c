"""The identity file: two generations, and never a wrong or a lost key without a sentence."""

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.errors import DiskFull, FolderDamaged, FolderReadOnly, FolderTooNew
from handheld.store import keyfile
from tests.support.store import bound_by_permissions, small_disk, write_protected

OLD, NEW, NEXT = b"the first identity", b"the second identity", b"the third identity"


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    path = tmp_path / "identity"
    keyfile.write(path, OLD)
    keyfile.write(path, NEW)
    return path


def older(path: Path) -> Path:
    return path.with_name("identity.old")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def flip(path: Path, at: int, mask: int = 1) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= mask
    path.write_bytes(data)


def of_format(number: int, blob: bytes) -> bytes:
    body = keyfile.MAGIC + bytes([number]) + blob
    return body + keyfile._checksum(body)


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.WARNING, "pocketmesh.store")
    return caplog


def test_there_is_none_before_the_first(tmp_path: Path) -> None:
    assert keyfile.read(tmp_path / "identity") is None
    assert list(tmp_path.iterdir()) == []


def test_what_was_written_is_read_and_the_one_before_stays(
    identity: Path, warnings: pytest.LogCaptureFixture
) -> None:
    assert keyfile.read(identity) == NEW
    assert keyfile.read(older(identity)) == OLD
    assert sorted(contents(identity.parent)) == ["identity", "identity.old"]
    assert {path.stat().st_mode & 0o777 for path in identity.parent.iterdir()} == {0o600}
    assert warnings.text == ""


@pytest.mark.parametrize("blob", [b"", bytes(keyfile.BLOB_MAX)])
def test_the_smallest_and_the_largest_blob(tmp_path: Path, blob: bytes) -> None:
    keyfile.write(tmp_path / "identity", blob)

    assert keyfile.read(tmp_path / "identity") == blob


def test_too_large_a_blob_is_our_mistake(identity: Path) -> None:
    before = contents(identity.parent)

    with pytest.raises(ValueError, match="65537"):
        keyfile.write(identity, bytes(keyfile.BLOB_MAX + 1))

    assert contents(identity.parent) == before


def test_a_damaged_newer_generation_gives_way_to_the_older_and_says_so(
    identity: Path, warnings: pytest.LogCaptureFixture
) -> None:
    flip(identity, 10)

    assert keyfile.read(identity) == OLD
    assert "is damaged: going on with the generation before it" in warnings.text


def test_a_cut_between_the_two_renames_loses_nothing(
    identity: Path, warnings: pytest.LogCaptureFixture
) -> None:
    identity.replace(older(identity))
    (identity.parent / "identity.new").write_bytes(b"half of i")

    assert keyfile.read(identity) == NEW
    assert "is not there" in warnings.text
    keyfile.write(identity, NEXT)
    assert keyfile.read(identity) == NEXT
    assert keyfile.read(older(identity)) == NEW


def test_a_damaged_older_generation_is_not_missed(identity: Path, warnings: pytest.LogCaptureFixture) -> None:
    flip(older(identity), 10)

    assert keyfile.read(identity) == NEW
    assert warnings.text == ""


@pytest.mark.parametrize("missing", ["identity", "identity.old", None])
def test_two_bad_generations_are_a_sentence_and_stay_as_they_are(identity: Path, missing: str | None) -> None:
    for path in (identity, older(identity)):
        flip(path, 10)
        if path.name == missing:
            path.unlink()
    before = contents(identity.parent)

    with pytest.raises(FolderDamaged) as caught:
        keyfile.read(identity)
    with pytest.raises(FolderDamaged):
        keyfile.write(identity, NEXT)

    assert str(identity) in str(caught.value)
    assert contents(identity.parent) == before


def test_a_damaged_generation_is_kept_aside_when_the_next_is_written(identity: Path) -> None:
    flip(identity, 10)
    first = identity.read_bytes()
    keyfile.write(identity, NEXT)
    assert keyfile.read(older(identity)) == OLD

    flip(identity, 11)
    second = identity.read_bytes()
    keyfile.write(identity, NEW)
    flip(older(identity), 12)
    third = older(identity).read_bytes()
    keyfile.write(identity, NEXT)

    assert keyfile.read(identity) == NEXT
    assert keyfile.read(older(identity)) == NEW
    aside = {name: data for name, data in contents(identity.parent).items() if "damaged" in name}
    assert aside == {
        "identity.damaged1": first,
        "identity.damaged2": second,
        "identity.old.damaged1": third,
    }


@pytest.mark.parametrize("name", ["identity", "identity.old"])
def test_a_newer_format_is_refused_and_left_alone(identity: Path, name: str) -> None:
    identity.with_name(name).write_bytes(of_format(keyfile.FORMAT + 1, b"what we cannot know"))
    before = contents(identity.parent)

    with pytest.raises(FolderTooNew, match="newer pocketmesh"):
        keyfile.read(identity)
    with pytest.raises(FolderTooNew):
        keyfile.write(identity, NEXT)

    assert contents(identity.parent) == before


def test_a_damaged_format_number_is_not_taken_for_a_newer_one(identity: Path) -> None:
    flip(identity, len(keyfile.MAGIC), 0x80)

    assert keyfile.read(identity) == OLD


def test_where_the_disk_answers_with_an_error_the_older_generation_serves(identity: Path) -> None:
    identity.unlink()
    identity.mkdir()  # reading it is an error that is neither "missing" nor "forbidden"

    assert keyfile.read(identity) == OLD
    keyfile.write(identity, NEXT)
    assert keyfile.read(identity) == NEXT
    assert (identity.parent / "identity.damaged1").is_dir()


def test_a_huge_file_is_damage_and_not_read_whole(identity: Path) -> None:
    os.truncate(identity, 1 << 40)

    assert keyfile.read(identity) == OLD


def test_a_file_that_may_not_be_read_is_not_called_damaged() -> None:
    with bound_by_permissions() as folder:
        identity = folder / "identity"
        keyfile.write(identity, OLD)
        identity.chmod(0o000)

        with pytest.raises(FolderReadOnly) as caught:
            keyfile.read(identity)

    assert str(caught.value) == f"{identity} may not be read by this user: Permission denied."


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", size_kib=128) as disk:
        identity = disk / "identity"
        keyfile.write(identity, OLD)
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize))
        before = contents(disk)

        with pytest.raises(DiskFull):
            keyfile.write(identity, NEW)

        assert contents(disk) == before
        ballast.unlink()
        keyfile.write(identity, NEW)
        assert keyfile.read(identity) == NEW


def test_a_folder_without_writes_is_a_sentence(identity: Path) -> None:
    with write_protected(identity.parent):
        with pytest.raises(FolderReadOnly):
            keyfile.write(identity, NEXT)

        assert keyfile.read(identity) == NEW


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_no_damage_ever_yields_other_bytes(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("keys") / "identity"
    keyfile.write(path, OLD)
    keyfile.write(path, NEW)
    whole = path.read_bytes()
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    cut = data.draw(st.integers(0, len(whole) - 1))
    more = data.draw(st.binary(min_size=1, max_size=20))
    flipped = (int.from_bytes(whole, "big") ^ 1 << bit).to_bytes(len(whole), "big")

    for damaged in (flipped, whole[:cut], whole + more):
        path.write_bytes(damaged)
        assert keyfile.read(path) == OLD


def test_bytes_are_on_the_disk_before_their_name_and_the_name_before_the_return(
    identity: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, int]] = []
    fsync, replace = os.fsync, os.replace

    def watched_fsync(descriptor: int) -> None:
        fsync(descriptor)
        done.append(("fsync", os.fstat(descriptor).st_ino))

    def watched_replace(source: Path, target: Path) -> None:
        done.append((f"rename to {Path(target).name}", Path(source).stat().st_ino))
        replace(source, target)

    was = identity.stat().st_ino
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", watched_fsync)
        patch.setattr(os, "replace", watched_replace)
        keyfile.write(identity, NEXT)

    now = identity.stat().st_ino
    assert done == [
        ("fsync", now),
        ("rename to identity.old", was),
        ("rename to identity", now),
        ("fsync", identity.parent.stat().st_ino),
    ]


def test_a_rewrite_leaves_nothing_of_what_was_there(identity: Path) -> None:
    flip(older(identity), 12)
    keyfile.write(identity, b"a secret to be erased")
    assert (identity.parent / "identity.old.damaged1").exists()
    gone = [handle for path in identity.parent.iterdir() for handle in [path.open("rb")]]

    keyfile.rewrite(identity, NEXT)

    assert {path.name for path in identity.parent.iterdir()} == {"identity", "identity.old"}
    assert [keyfile.read(path) for path in (identity, older(identity))] == [NEXT, NEXT]
    for handle in gone:
        with handle:  # the files themselves, not only their names
            left = handle.read()
        assert left == bytes(len(left)) or NEXT in left


@pytest.mark.parametrize("bad", ["identity", "identity.old"])
def test_a_rewrite_beside_a_damaged_generation(identity: Path, bad: str) -> None:
    flip(identity.with_name(bad), 12)

    keyfile.rewrite(identity, NEXT)

    assert {path.name for path in identity.parent.iterdir()} == {"identity", "identity.old"}
    assert [keyfile.read(path) for path in (identity, older(identity))] == [NEXT, NEXT]


def test_a_rewrite_that_is_cut_anywhere_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for cut in range(100):
        path = tmp_path / str(cut) / "identity"
        path.parent.mkdir()
        keyfile.write(path, OLD)
        keyfile.write(path, NEW)
        with monkeypatch.context() as patch:
            steps = iter(range(cut))
            for module, name in ((os, "fsync"), (os, "replace"), (os, "unlink"), (keyfile, "sync_folder")):
                patch.setattr(module, name, _until(steps, getattr(module, name)))
            try:
                keyfile.rewrite(path, NEXT)
            except KeyboardInterrupt:
                assert keyfile.read(path) in (NEW, NEXT)
                continue
        assert keyfile.read(path) == NEXT
        assert cut > 10
        return
    pytest.fail("it never ended")


def _until(steps: Iterator[int], real: Callable[..., object]) -> Callable[..., object]:
    def step(*arguments: object, **options: object) -> object:
        if next(steps, None) is None:
            raise KeyboardInterrupt  # the power goes
        return real(*arguments, **options)

    return step


def test_a_full_disk_leaves_a_rewrite_for_later(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", size_kib=128) as disk:
        identity = disk / "identity"
        keyfile.write(identity, OLD)
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize))
        with pytest.raises(DiskFull):
            keyfile.rewrite(identity, NEW)
        assert keyfile.read(identity) == OLD
        ballast.unlink()
        keyfile.rewrite(identity, NEW)
        assert keyfile.read(identity) == NEW
