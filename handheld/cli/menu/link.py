"""The menus' two connections to the node: one that asks, one that hears what arrives."""

from __future__ import annotations

from _thread import start_new_thread

from handheld.api import thin
from handheld.errors import NodeUnreachable, UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Heard = Callable[[str, Any], None]

GONE = "The node has ended. It is started again with your next choice."


class Link:
    """Asks the node of a folder; one that has ended is started again for the next question."""

    def __init__(self, folder: str, explicit: bool, heard: Heard, lost: Callable[[str], None]) -> None:
        """`heard` gets each event, `lost` a sentence when they end; both in another thread."""
        self.folder, self.explicit = folder, explicit
        self._heard, self._lost = heard, lost
        self._asking: thin.Connection | None = None

    def ask(self, verb: str, **arguments: object) -> Any:
        """The answer as JSON has it; UserError says why there is none. Nothing is asked twice."""
        connection = self._asking or self._open()
        try:
            return connection.ask(verb, arguments)
        except NodeUnreachable:
            self.close()
            raise

    def close(self) -> None:
        """Hang up; the next question calls again."""
        if self._asking is not None:
            self._asking.close()
        self._asking = None

    def _open(self) -> thin.Connection:
        asking = thin.ensure_node(self.folder, self.explicit)
        watching = thin.connect(self.folder)
        # Before anything is asked: what comes after an answer that does not have it yet is an event then.
        watching.ask("watch")
        self._asking = asking
        start_new_thread(self._listen, (asking, watching))
        return asking

    def _listen(self, asking: thin.Connection, watching: thin.Connection) -> None:
        try:
            with watching:
                for name, value in watching.events():
                    self._heard(name, value)
        except UserError:
            # Whoever hung up himself knows it.
            if self._asking is asking:
                self._lost(GONE)
