"""What help says."""

from collections.abc import Mapping

from handheld.text import STATE_MEANINGS

_STATES = "\n".join(f"{word}: {meaning}" for word, meaning in STATE_MEANINGS.items())

_TEXT = f"""\
Boards, such as #here, are public: everybody near reads them. What you write to one person is sealed: \
only that person can read it. Rooms have & before them: only those who hold the key of the room can read \
them. In Chats {{room}} makes or joins one, {{invite}} lets somebody in, {{room_card}} shows its card.

Before a name:
= you have met
~ introduced by somebody you know
? unknown

Names in quotes are what people call themselves, and anybody can take any name. The two words beside \
are made of the key: they tell one from another. Give your own names to those you know: {{name}}, in People.

Beside that mark, in People:
+ followed: kept and carried first ({{follow}})
- muted: no notice, folded ({{mute}})
x blocked: nothing is shown or carried ({{block}})
The same key again takes it back. Nobody is told.

To meet, stand together: {{meet}}, in People. One says a number of two digits, all type it, and the same \
four words must stand on all screens. {{card}} shows your card for a camera, and your twelve words.

After what you wrote:
{_STATES}

On a screen of 100 columns and more the chats stand beside what is open, and {{next}} goes to and fro; \
from 140 on people stand there, too.

Where you write, a line that begins with / is a command: /find WORDS, /follow bo, /quit. On other pages \
{{commands}} asks for one and lists them. All that a command line can do is there; Tab completes names \
and options.
Your own keys: [keys] in config.toml, such as follow = "o".\
"""

KEYS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("up", "down"), "choose, or scroll"),
    (("open",), "open, or send"),
    (("back",), "back"),
    (("next",), "the next place, or the next chat with something new"),
    (("next-new",), "in Chats: to the next chat with something new"),
    (("page-up", "page-down"), "scroll by a page"),
    (("jump",), "in lists: letters stand beside the rows, and go there"),
    (("home", "chats", "people"), "go there, from every page"),
    (("files",), "files: what is here, what comes, and sharing one"),
    (("commands",), "any command, on every page"),
    (("search",), "search in all that was written; here: in the help"),
    (("alerts", "alerts-now"), "alerts: who calls for help, and how to"),
    (("pick",), "in a chat: pick a message, to answer, change, delete or send it again"),
    (("find",), "in a chat: find in it"),
    (("to-new",), "in a chat: to what was new"),
    (("kind",), "on a board: write a need, an offer, an event"),
    (("delete",), "on a board: delete your lowest post there"),
    (("lock",), "lock: needs a passphrase"),
    (("settings",), "on Home: your name, quiet hours, colours"),
    (("read",), "on Home: short texts to read: range, distress signals, the alphabet"),
    (("card",), "on Home: your card"),
    (("radio",), "on Home: what the radio does"),
    (("quit",), "on Home: quit; the node goes on where it runs by itself"),
)
"""Actions, and what they do."""


def text(keys: Mapping[str, str]) -> str:
    """The help above the keys; `keys`: action -> its key, as it stands on the screen."""
    return _TEXT.format(**{action.replace("-", "_"): key for action, key in keys.items()})
