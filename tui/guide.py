"""What help says."""

from handheld.text import STATE_MEANINGS

_STATES = "\n".join(f"{word}: {meaning}" for word, meaning in STATE_MEANINGS.items())

HELP = f"""\
Boards, such as #here, are public: everybody near reads them. What you write to one person is sealed: \
only that person can read it. Rooms have & before them: only those who hold the key of the room can read \
them. In Chats r makes or joins one, i lets somebody in, k shows its card.

Before a name:
= you have met
~ introduced by somebody you know
? unknown

Names in quotes are what people call themselves, and anybody can take any name. The two words beside \
are made of the key: they tell one from another. Give your own names to those you know: n, in People.

Beside that mark, in People:
+ followed: kept and carried first (l)
- muted: no notice, folded (u)
x blocked: nothing is shown or carried (x)
The same key again takes it back. Nobody is told.

To meet, stand together: m, in People. One says a number of two digits, all type it, and the same four \
words must stand on all screens. k shows your card for a camera, and your twelve words.

After what you wrote:
{_STATES}

On a screen of 100 columns and more the chats stand beside what is open, and Tab goes to and fro; from 140 \
on people stand there, too.

Where you write, a line that begins with / is a command: /find WORDS, /follow bo, /quit. On other pages : \
asks for one and lists them. All that a command line can do is there; Tab completes names and options.

Keys:
Up, Down   choose, or scroll
Enter      open, or send
Escape     back
Tab        the next place, or the next chat with something new
n          in Chats: to the next chat with something new
PgUp PgDn  scroll by a page
Letters    as the lowest line says
f          files: what is here, what comes, and sharing one
:          any command, on every page
/          search, from Home, Chats and People
a, Ctrl-A  alerts: who calls for help, and how to
Ctrl-E     in a chat: pick a message, to answer, change, delete or send it again
Ctrl-F     in a chat: find in it
Ctrl-N     in a chat: to what was new
Ctrl-T     on a board: write a need, an offer, an event
Ctrl-D     on a board: delete your lowest post there
Ctrl-L     lock: needs a passphrase
Ctrl-X     twice: destroy your keys and all that is here
s          on Home: your name, quiet hours, colours
i          on Home: short texts to read: range, distress signals, the alphabet
k          on Home: your card
r          on Home: what the radio does
q          on Home: quit; the node goes on where it runs by itself"""
