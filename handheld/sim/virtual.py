"""Radios in virtual time: the real firmware, in processes that sleep while it is not their turn.

A scheduler gives each radio its turns: the time, what it hears, the cable's bytes. The radio's process runs
until its firmware waits for something, and says what it transmitted and when it wants to be woken. Nothing in
it sees another clock or another chance than these.

line, to a radio:     now us 8 | size of the rest 2 | what it sensed 1: busy 1, free 0, not asked -1 |
                      for each frame heard: MAC 6, RSSI 1, length 1, frame
line, from a radio:   wake us 8, -1: never | us to sense 4, -1: no | size of the rest 2 |
                      for each frame transmitted: length 1, frame
"""

import contextlib
import socket
import struct
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from handheld.errors import SimulationError
from handheld.sim import firmware, radio
from handheld.sim.child import Children, interruptible, undisturbed

BOARD = "Generic ESP32 module with ESP32"
"""What the radios are: a board with a UART, which the firmware reads in blocks."""

TICKS = (1 << 30) - 7_000
"""Where their clocks start, in milliseconds: they go round at 2^30 soon after."""

PATIENCE_S = 30.0
"""Seconds of real time after which a radio that does not give its turn back hangs."""

_TURN = struct.Struct(">qHb")
_DONE = struct.Struct(">qiH")
_RECEPTION = struct.Struct(">6sbB")
_BLOCK = 65_536
_NEVER = -1


class Reception(NamedTuple):
    """A frame that a radio hears: whose, how strong in dBm, and what."""

    mac: bytes
    rssi: int
    frame: bytes


class Turn(NamedTuple):
    """What a radio did in its turn: frames it transmits from now on, one after the other, and bytes it wrote.

    `cad_us`: it listens for so long, and wants its next turn then, with what it sensed. `wake_us`: when it
    wants its next turn, if nothing happens before; None: never.
    """

    transmit: list[bytes]
    cable: bytes
    cad_us: int | None
    wake_us: int | None


@dataclass(frozen=True)
class Make:
    """A radio to be: its name for people, its MAC on the air, the seed of its chance, the board it is.

    `files`: what flashing left in its file system.
    """

    name: str
    mac: bytes
    seed: str
    board: str = BOARD
    ticks: int = TICKS
    heap_kib: int = 320
    files: Mapping[str, bytes] = field(default_factory=dict)


class VirtualRadio:
    """One radio. `on` until its firmware came to its end, as it does when the host asks for SERVICE."""

    def __init__(self, make: Make, folder: Path, children: Children) -> None:
        self.make = make
        self.on = True
        self._children = children
        self._flash = folder / f"radio of {make.name}"
        if not self._flash.exists():
            self._flash.mkdir()
            for name, data in make.files.items():
                (self._flash / name).write_bytes(data)
        self._cable, cable_end = socket.socketpair()
        self._line, line_end = socket.socketpair()
        self._line.settimeout(PATIENCE_S)
        self._cable.setblocking(False)
        with cable_end, line_end:
            ends = [cable_end.fileno(), line_end.fileno()]
            work = partial(_live, make, self._flash, *ends)
            children.fork(make.name, folder / f"radio of {make.name}.log", work, keep=ends)
        self._started = False

    def turn(
        self,
        now_us: int,
        heard: Sequence[Reception] = (),
        cable: bytes = b"",
        sensed: bool | None = None,
    ) -> Turn:
        """Let it live at this time, which never goes back, with what comes to it.

        SimulationError with what it said last if it falls, or does not give the turn back.
        """
        if not self._started:
            # It reports for duty by itself.
            self._started = True
            self._answer(now_us)
        if not self.on:
            return Turn([], b"", None, None)
        if cable:
            self._cable.send(cable)
        rest = b"".join(_RECEPTION.pack(mac, rssi, len(frame)) + frame for mac, rssi, frame in heard)
        self._line.sendall(_TURN.pack(now_us, len(rest), _NEVER if sensed is None else sensed) + rest)
        return self._answer(now_us)

    def close(self) -> None:
        """Cut its power: what is in its flash stays."""
        if self.on:
            self.on = False
            self._children.kill(self.make.name)
        self._cable.close()
        self._line.close()

    def _answer(self, now_us: int) -> Turn:
        data = self._read(now_us)
        if not data:
            return self._ended(now_us)
        wake_us, cad_us, size = _DONE.unpack_from(data)
        while len(data) < _DONE.size + size:
            data += self._line.recv(_BLOCK)
        return Turn(
            transmit=_frames(data) if size else [],
            cable=self._written(),
            cad_us=None if cad_us == _NEVER else cad_us,
            wake_us=None if wake_us == _NEVER else max(wake_us, now_us),
        )

    def _read(self, now_us: int) -> bytes:
        try:
            return self._line.recv(_BLOCK)
        except TimeoutError:
            raise SimulationError(
                f"At {now_us / 1e6:.6f} s {self.make.name} hung: it worked on for {PATIENCE_S:g} s."
            ) from None
        except ConnectionResetError:
            return b""

    def _written(self) -> bytes:
        with contextlib.suppress(BlockingIOError):
            return self._cable.recv(_BLOCK)
        return b""

    def _ended(self, now_us: int) -> Turn:
        self.on = False
        child = self._children.wait_for(self.make.name)
        written = self._written()
        if child.code:
            # What the interpreter itself says of an exception is on the cable.
            said = child.last_words() or written.decode(errors="replace").strip()
            raise SimulationError(f"At {now_us / 1e6:.6f} s {child.name} fell. It said:\n{said}")
        return Turn([], written, None, None)


def _frames(data: bytes) -> list[bytes]:
    frames = []
    at = _DONE.size
    while at < len(data):
        end = at + 1 + data[at]
        frames.append(data[at + 1 : end])
        at = end
    return frames


def _live(make: Make, flash: Path, cable: int, line: int) -> None:
    radio.run(
        radio.Radio(
            make.mac, cable, 0, flash, make.board, make.ticks, make.heap_kib, line=line, seed=make.seed
        )
    )


class Fleet:
    """The processes and files of virtual radios, as a context: at its end none is left."""

    def __init__(self) -> None:
        firmware.search_path(firmware.find_interpreter(), virtual=True)
        self._children = Children()
        self._folder = tempfile.TemporaryDirectory(prefix="pocketmesh-")
        self._radios: list[VirtualRadio] = []
        self._signals = interruptible()

    def __enter__(self) -> Self:
        self._signals.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with undisturbed():
            self._children.end()
            for made in self._radios:
                made.on = False
                made.close()
            self._folder.cleanup()
        self._signals.__exit__(kind, error, trace)

    def switch_on(self, make: Make) -> VirtualRadio:
        """Give a radio power; one of the same name has left it its flash. Its first turn is its start."""
        made = VirtualRadio(make, Path(self._folder.name), self._children)
        self._radios.append(made)
        return made
