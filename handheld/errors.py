"""Every error of pocketmesh, as one tree.

    PocketmeshError
    ├── LocalError            our own mistake: never caught, a test must crash on it
    ├── RemoteError           somebody else's bytes: counted and dropped, never shown as a traceback
    │   ├── WireError         a frame that is not what its layout says
    │   ├── CryptoError       a signature, seal or key that does not hold
    │   └── LinkError         a cable peer that breaks the session rules
    └── UserError             a sentence for the person, with an exit code of its own
        ├── UsageError             2   the command line makes no sense
        ├── Refused                3   the node understood the command and will not do it
        ├── FolderMissing         10   the data folder is not there
        ├── FolderReadOnly        11   the data folder cannot be written
        ├── DiskFull              12   no room left to save
        ├── FolderTooNew          13   written by a newer pocketmesh
        ├── FolderDamaged         14   the database or the identity is damaged
        ├── FolderHeld            15   another node runs on the same folder
        ├── Locked                16   the passphrase is missing, or another
        ├── BackupUnreadable      17   the file is no whole backup
        ├── NodeUnreachable       20   no node answers and none could be started
        ├── RadioMissing          30   no radio is plugged in
        ├── RadioBusy             31   another program holds the radio's port
        ├── RadioForeign          32   what is plugged in does not speak our protocol
        └── SimulationError       40   the village cannot be started here, or the scenario not be played

Exit codes 0 (done), 1 (a bug of ours) and 130 (interrupted) complete the list.
"""


class PocketmeshError(Exception):
    """Root of the tree; `exit_code` is what the command line ends with."""

    exit_code = 1


class LocalError(PocketmeshError):
    """We called our own code wrongly: a bug, to be fixed and not to be handled."""


class RemoteError(PocketmeshError):
    """A peer sent something wrong. `reason` is one short word for counters and the debug log."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class WireError(RemoteError):
    """Bytes do not fit their layout: short, long, reserved, enum, text."""


class CryptoError(RemoteError):
    """A signature, seal or key does not hold."""


class LinkError(RemoteError):
    """The other end of the cable breaks the session rules."""


class UserError(PocketmeshError):
    """A sentence for the person holding the device, saying what to do next."""


class UsageError(UserError):
    """The command line makes no sense."""

    exit_code = 2


class Refused(UserError):
    """The node understood the command and will not do it; the sentence says why."""

    exit_code = 3


class FolderMissing(UserError):
    """The data folder is not there."""

    exit_code = 10


class FolderReadOnly(UserError):
    """The data folder cannot be written."""

    exit_code = 11


class DiskFull(UserError):
    """No room is left to save."""

    exit_code = 12


class FolderTooNew(UserError):
    """The data folder was written by a newer pocketmesh."""

    exit_code = 13


class FolderDamaged(UserError):
    """The database or the identity is damaged."""

    exit_code = 14


class FolderHeld(UserError):
    """Another node runs on the same data folder."""

    exit_code = 15


class Locked(UserError):
    """What is asked for lies behind a passphrase that was not given, or was another."""

    exit_code = 16


class BackupUnreadable(UserError):
    """The file is no whole backup."""

    exit_code = 17


class NodeUnreachable(UserError):
    """No node answers and none could be started."""

    exit_code = 20


class RadioMissing(UserError):
    """No radio is plugged in."""

    exit_code = 30


class RadioBusy(UserError):
    """Another program holds the radio's port."""

    exit_code = 31


class RadioForeign(UserError):
    """What is plugged in does not speak our protocol, or not this version of it."""

    exit_code = 32


class SimulationError(UserError):
    """The village cannot be started on this machine, or the scenario cannot be played."""

    exit_code = 40


def by_code(code: int, sentence: str) -> UserError:
    """The error that ends with this exit code, as it comes from another process; else a plain UserError."""
    kinds = {kind.exit_code: kind for kind in UserError.__subclasses__()}
    return kinds.get(code, UserError)(sentence)
