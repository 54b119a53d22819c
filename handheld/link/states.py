"""The state table of the cable's session, host's end: every state with every input.

A session is used once: it opens, is up, is over. What comes back to life is another session.
"""

from enum import Enum, auto


class State(Enum):
    """Where a session stands."""

    OPENING = auto()
    """We say hello and wait for the radio's hello with our nonce."""
    UP = auto()
    OVER = auto()


class Input(Enum):
    """What can happen to a session: frames that are whole and make sense, silence, the owner's wish."""

    ANSWER = auto()
    """A hello with our nonce, from the boot that we know or the first one."""
    RESTART = auto()
    """A hello with nonce 0: the radio has started, or knows of no session. Or our nonce from another boot."""
    STALE = auto()
    """A hello that answers an earlier opening."""
    FOREIGN = auto()
    """A hello of another protocol version or schema, or one that leaves no room for a frame."""
    NUMBERED = auto()
    ACK = auto()
    STATUS = auto()
    BYE = auto()
    STRANGE = auto()
    """A whole frame that is of another session, or that no radio sends."""
    UNANSWERED = auto()
    """No answer for as long as a start of the radio can take."""
    SILENCE = auto()
    """Nothing was heard for so long that the other end must be gone."""
    CLOSE = auto()
    """The owner is done with it."""


class Action(Enum):
    """What a session does about it."""

    OPEN = auto()
    GREET = auto()
    """Say hello now, without waiting for the next turn."""
    TAKE = auto()
    """Hand it up if it is the next one; acknowledge in any case."""
    CONFIRM = auto()
    """Let go of what is acknowledged, send again what was missed."""
    COUNT = auto()
    """Hand up the radio's counters."""
    DROP = auto()
    """Count it, name it in the debug log."""
    IGNORE = auto()
    END = auto()
    """Say why, and that is all."""
    PART = auto()
    """Say goodbye to the radio, then end."""


TABLE: dict[State, dict[Input, tuple[Action, State]]] = {
    State.OPENING: {
        Input.ANSWER: (Action.OPEN, State.UP),
        Input.RESTART: (Action.GREET, State.OPENING),
        Input.STALE: (Action.DROP, State.OPENING),
        Input.FOREIGN: (Action.END, State.OVER),
        Input.NUMBERED: (Action.DROP, State.OPENING),
        Input.ACK: (Action.DROP, State.OPENING),
        Input.STATUS: (Action.DROP, State.OPENING),
        Input.BYE: (Action.DROP, State.OPENING),
        Input.STRANGE: (Action.DROP, State.OPENING),
        Input.UNANSWERED: (Action.END, State.OVER),
        Input.SILENCE: (Action.IGNORE, State.OPENING),
        Input.CLOSE: (Action.END, State.OVER),
    },
    State.UP: {
        Input.ANSWER: (Action.IGNORE, State.UP),
        Input.RESTART: (Action.END, State.OVER),
        Input.STALE: (Action.DROP, State.UP),
        Input.FOREIGN: (Action.END, State.OVER),
        Input.NUMBERED: (Action.TAKE, State.UP),
        Input.ACK: (Action.CONFIRM, State.UP),
        Input.STATUS: (Action.COUNT, State.UP),
        Input.BYE: (Action.END, State.OVER),
        Input.STRANGE: (Action.DROP, State.UP),
        Input.UNANSWERED: (Action.IGNORE, State.UP),
        Input.SILENCE: (Action.END, State.OVER),
        Input.CLOSE: (Action.PART, State.OVER),
    },
    State.OVER: dict.fromkeys(Input, (Action.IGNORE, State.OVER)),
}

REASONS = {
    Input.RESTART: "The radio has started anew.",
    Input.BYE: "The radio said goodbye.",
    Input.SILENCE: "The radio fell silent.",
    Input.CLOSE: "The cable was closed.",
}
"""Why a session ends, where the cause itself does not say it."""
