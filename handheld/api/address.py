"""Where a node is found: the data folder, and the socket in it.

Used by the small verbs too, so nothing heavy is imported here.
"""

from __future__ import annotations

import os
import socket
import stat
import sys
import time

from handheld.errors import FolderDamaged, FolderHeld, FolderReadOnly, NodeUnreachable, UsageError

APP = "pocketmesh"
SOCKET = "api.sock"
SCREENS = "screen.sock"
"""Of the node, and of what lends screens, in the data folder."""
ENVIRONMENT = "POCKETMESH_HOME"

PATIENCE_S = 5.0
"""How long to knock at a node that is too busy to open."""

_POLL_S = 0.05

_SUN_PATH = 108 if sys.platform == "linux" else 104
"""Bytes of a socket's path with its final zero: unix(7)."""


def chosen_folder(data: str | None) -> tuple[str, bool]:
    """(absolute data folder, whether somebody named it): `data`, else POCKETMESH_HOME, else the default."""
    named = data or os.environ.get(ENVIRONMENT)
    return (os.path.abspath(os.path.expanduser(named)), True) if named else (default_folder(), False)


def default_folder() -> str:
    """Where programs keep a user's data by the custom of this system, as platformdirs has it."""
    home = os.environ.get("HOME", "")
    if sys.platform != "linux" or not os.path.isabs(home):
        import platformdirs  # noqa: PLC0415  costs 70 million instructions, and on Linux the custom is one line

        return platformdirs.user_data_dir(APP, appauthor=False)
    shared = os.environ.get("XDG_DATA_HOME", "")
    if not os.path.isabs(shared):
        shared = os.path.join(home, ".local", "share")
    return os.path.join(shared, APP)


def dial(folder: str, patience_s: float = PATIENCE_S, name: str = SOCKET) -> socket.socket | None:
    """A connection to the node of a folder, or None if none listens. NodeUnreachable if it is not ours.

    A node that is too busy to let us in is tried again for `patience_s`.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    good = False
    try:
        with _SocketPath(folder, name) as path:
            _knock(connection, path, patience_s)
        owner = peer_uid(connection)
        good = owner in {None, os.getuid()}
    except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
        return None
    except OSError as error:
        raise NodeUnreachable(f"The node of {folder} cannot be reached: {error.strerror}.") from None
    finally:
        if not good:
            connection.close()
    if not good:
        raise NodeUnreachable(f"The node of {folder} was started by another user ({owner}).")
    return connection


def _knock(connection: socket.socket, path: str, patience_s: float) -> None:
    # A blocking connect waits for ever on a node that is stopped while many knock.
    connection.setblocking(False)
    deadline = time.monotonic() + patience_s
    while True:
        try:
            connection.connect(path)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_POLL_S)
        else:
            connection.setblocking(True)
            return


def listen(folder: str, name: str = SOCKET) -> socket.socket:
    """A bound socket that only this user may open. The caller holds the lock of the folder.

    The socket file of a node that died is replaced. FolderHeld if somebody answers on it all the same,
    FolderDamaged if it is no socket, FolderReadOnly if none can be made.
    """
    if (other := dial(folder, name=name)) is not None:
        other.close()
        who = "node" if name == SOCKET else "screen server"
        raise FolderHeld(f"Another {who} answers in {folder}. Stop it first.")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Not chmod afterwards: between the two anybody could connect.
    before = os.umask(0o177)
    try:
        remove(folder, name)
        with _SocketPath(folder, name) as path:
            listener.bind(path)
    except OSError as error:
        listener.close()
        raise FolderReadOnly(f"No socket can be made in {folder}: {error.strerror}.") from None
    except BaseException:
        listener.close()
        raise
    finally:
        os.umask(before)
    return listener


def remove(folder: str, name: str = SOCKET) -> None:
    """Take the socket file away, if there is one. The caller holds the lock of the folder."""
    path = os.path.join(folder, name)
    try:
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            raise FolderDamaged(f"{path} is in the way: it should be a socket. Move it elsewhere.")
        os.unlink(path)
    except FileNotFoundError:
        pass


def peer_uid(connection: socket.socket) -> int | None:
    """The user at the other end, from the kernel; None where it does not tell and the file's mode decides."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    # struct ucred: pid, uid, gid of 4 bytes each, unix(7).
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(credentials[4:8], sys.byteorder)


class _SocketPath:
    """A path to the socket that fits into a socket address, good while the block runs."""

    def __init__(self, folder: str, name: str) -> None:
        self._folder = folder
        self._name = name
        self._handle = -1

    def __enter__(self) -> str:
        path = os.path.join(self._folder, self._name)
        if len(os.fsencode(path)) < _SUN_PATH:
            return path
        if not os.path.isdir("/proc/self/fd"):
            raise UsageError(
                f"{self._folder} is too long for a socket's path here. Choose another with --data."
            )
        self._handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        return f"/proc/self/fd/{self._handle}/{self._name}"

    def __exit__(self, *_: object) -> None:
        if self._handle >= 0:
            os.close(self._handle)
