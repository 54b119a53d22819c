"""What a running node is made of: built by wiring.py, held together by service.py."""

import socket
from collections.abc import Callable
from pathlib import Path

from handheld.clock import Clock
from handheld.daemon.bearers import RadioOnly, Submit
from handheld.daemon.cable import Held
from handheld.daemon.radio_view import RadioView
from handheld.events import Event
from handheld.link.port import Port
from handheld.node.node import Node
from handheld.store.database import Database
from handheld.values import dataclass

Publish = Callable[[Event], None]


@dataclass()
class Parts:
    """`held`: what was heard while the keys were locked. `lock_ms`: how long nobody may read or write until
    they are locked; 0 for ever, None where there is no passphrase. `disk`: the database. `notice`: what a box
    says on #here. `tells_read`: the owner lets people know what he has seen. `place`: a program that tells
    where we are, or "". `telling` makes what publishes events tell the owner, too. `listener`: of the door of
    the phase before.
    """

    folder: Path
    nickname: str
    clock: Clock
    node: Node
    database: Database
    radio: RadioView
    port: Port | None
    child: bool
    held: list[Held]
    destroy_keys: Callable[[], None]
    lock_ms: int | None
    keep_keys: Callable[[bytes], None]
    bearers: Callable[[Submit], RadioOnly]
    disk: Path
    telling: Callable[[Publish], Publish]
    notice: str = ""
    tells_read: bool = False
    place: str = ""
    listener: socket.socket | None = None
