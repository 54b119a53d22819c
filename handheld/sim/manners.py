"""What people of the valley say to a guest: a greeting, and answers to what he writes. Pure.

Every text fits a post and a private message, whatever the names are.
"""

from dataclasses import dataclass

GREETING = "Good to have you here, {guest}! I am {me} at {place}, and I hear you {hops}. Write something."
PRIVATE_GREETING = "Hello {guest}, {me} here. Only you can read this. Write back, and see it delivered."

REACTIONS = (
    (
        ("help", "sos", "emergency", "danger", "hurt", "injured"),
        "I hear you, {guest}. Say where you are and what you need; I come from {place}.",
    ),
    (("thanks", "thank", "thx"), "You are welcome, {guest}."),
    (
        ("bye", "goodbye", "night"),
        "Good night, {guest}. Leave your radio on: it hands on what others say.",
    ),
    (
        ("hello", "hi", "hey", "moin", "hallo", "servus", "morning", "evening"),
        "Hello {guest}! {me} here, at {place}. I hear you {hops}.",
    ),
    (
        ("test", "testing", "works", "working"),
        "It works, {guest}: I read you at {place}, {hops}.",
    ),
    (("who",), "{me}, {guest}. I live at {place}."),
    (("where",), "I am at {place}, {guest}. I hear you {hops}."),
)
"""(words, answer): the first that has one of the guest's words."""

QUESTION = (
    "Good question, {guest}. At {place} nobody knows.",
    "I would ask the others, {guest}. The church knows most things.",
)
POSTED = (
    "I read you at {place}, {guest}, {hops}.",
    "Thank you, {guest}. I hand it on to whoever comes by.",
    "Good to know, {guest}. All dry at {place}, by the way.",
    "I told it to the neighbours, {guest}. They nod.",
)
PRIVATE_QUESTION = (
    "Let me think about it, {guest}. I write to you, and only to you.",
    "I would say yes, {guest}, but do not tell the others.",
)
PRIVATE = (
    "Got it, {guest}. Not even the radios between us can read this.",
    "I keep it to myself, {guest}. Your line should say delivered by now.",
    "Understood. Come to {place} when you like, there is tea.",
    "Thank you for telling me and nobody else, {guest}.",
)


@dataclass(frozen=True)
class Meeting:
    """Who speaks to whom: names, the speaker's place, and how many hops he last heard the guest over."""

    me: str
    place: str
    guest: str
    hops: int | None

    def greeting(self) -> str:
        """A greeting on the board."""
        return self._said(GREETING)

    def private_greeting(self) -> str:
        """A greeting for nobody but the guest."""
        return self._said(PRIVATE_GREETING)

    def answer(self, text: str, private: bool, turn: int) -> str:
        """What to say to what the guest wrote; `turn` counts, so that nobody says the same twice running."""
        words = {word.strip(".,;:!?\"'()") for word in text.lower().split()}
        for known, reaction in REACTIONS:
            if words.intersection(known):
                return self._said(reaction)
        asks = text.rstrip().endswith("?")
        choice = ((POSTED, QUESTION), (PRIVATE, PRIVATE_QUESTION))[private][asks]
        return self._said(choice[turn % len(choice)])

    def _said(self, text: str) -> str:
        hops = {None: "well", 1: "directly"}.get(self.hops, f"over {self.hops} hops")
        return text.format(me=self.me, place=self.place, guest=self.guest, hops=hops)
