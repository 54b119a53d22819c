"""How somebody becomes known: by meeting, by his card, by the word of a common contact."""

from handheld.commands import Compare, Introduce, Unmeet
from handheld.commands import Meet as BeginMeeting
from handheld.crypto import cards, words
from handheld.errors import Refused, UsageError, WireError
from handheld.events import Card, Meeting, MeetingChanged
from handheld.node.effects import Effect, KeepIntroduction, KeepLetter, KeepMet, KeepRank, Tell
from handheld.node.letters import Kind
from handheld.node.mail import Mail
from handheld.node.meet import Meet, Stage
from handheld.node.people import People
from handheld.qr import drawn
from handheld.text import clean_name, cut
from handheld.wire.codec import decode, encode
from handheld.wire.constants import NICKNAME_MAX, LetterKind
from handheld.wire.meeting import Introduction


class Acquaintance:
    """The owner's acts and what others' devices say, to people's levels and names."""

    def __init__(self, own: bytes, nickname: str, people: People, mail: Mail, meet: Meet) -> None:
        self._own = own
        self._nickname = nickname
        self._people = people
        self._mail = mail
        self._meet = meet
        people.names.call_self(nickname)
        mail.kinds[LetterKind.INTRODUCTION] = Kind("introduction", self._shown, self._introduced)

    def radio(self, airtime_us: int) -> None:
        """A radio is there whose longest frame takes so long."""
        self._meet.radio(airtime_us)

    def begin(self, command: BeginMeeting, now: int) -> list[Effect]:
        """Meet. Refused for a number or a crowd that cannot be."""
        self._meet.begin(command.number, command.people, now)
        return self._told(now)

    def compare(self, command: Compare, now: int) -> list[Effect]:
        """The words are the same, so all who take part are met; or they are not."""
        met = [one.key for one in self._meet.answer(now, same=command.same)]
        return [*(effect for key in met for effect in self._meet_one(key, met=True)), *self._told(now)]

    def _meet_one(self, key: bytes, *, met: bool) -> list[Effect]:
        self._people.names.meet(key, met=met)
        return [KeepMet(key, met=met), KeepRank(key, self._people.standing.rank(key))]

    def meeting(self, now: int) -> Meeting:
        """The meeting as it stands."""
        meeting = self._meet.round
        if meeting is None:
            return Meeting(Stage.NONE.value)
        others = [self._people.person(one.key, now, one.nickname) for one in self._meet.revealed]
        return Meeting(
            state=meeting.stage.value,
            number=meeting.number,
            people=meeting.people,
            here=1 + len(meeting.others),
            words=" ".join(meeting.words) if meeting.stage is Stage.COMPARING else "",
            others=others,
            say=meeting.say,
        )

    def receive(self, body: bytes, now: int) -> list[Effect]:
        """The body of a meeting's frame. Raises WireError and CryptoError."""
        return self._told(now) if self._meet.receive(body, now) else []

    def tick(self, now: int) -> list[Effect]:
        """Time has come."""
        effects, changed = self._meet.tick(now)
        return [*effects, *self._told(now)] if changed else effects

    def next_deadline(self) -> int | None:
        """When `tick` is wanted."""
        return self._meet.next_deadline()

    def card(self) -> Card:
        """The own card."""
        text = cards.card_text(self._own, self._nickname)
        return Card(text, drawn(text), " ".join(cards.card_words(self._own)))

    def take_card(self, text: str) -> tuple[cards.Card, list[Effect]]:
        """Meet the holder of a card or of twelve words. Refused, in a sentence, with nothing changed."""
        try:
            card = cards.read_card(text) if cards.is_card(text) else self._of_words(text)
        except UsageError as error:
            raise Refused(str(error)) from None
        if card.key == self._own:
            raise Refused("That is your own card. Show it to somebody else; take theirs.")
        return card, self._meet_one(card.key, met=True)

    def unmeet(self, command: Unmeet) -> tuple[bytes, list[Effect]]:
        """Somebody was not met after all."""
        key = self._people.find(command.who)
        return key, self._meet_one(key, met=False)

    def introduce(self, command: Introduce, at: int) -> list[Effect]:
        """Write to one contact who another is. Refused: nobody named, oneself, or somebody to himself."""
        key, reader = self._people.find(command.who), self._people.find(command.to)
        if self._own in {key, reader} or key == reader:
            raise Refused("An introduction tells one person about another; you are neither of them.")
        self._people.standing.refuse_blocked(reader)
        petname = self._people.names.petname(key)
        if not petname:
            raise Refused(f"Give {key.hex()[:8]} a name of yours first: pocketmesh name {key.hex()[:8]} NAME")
        self._mail.outbox.room()
        body = encode(Introduction(key, cut(petname, NICKNAME_MAX)))
        return [self._mail.write(reader, LetterKind.INTRODUCTION, body, at)]

    def _told(self, now: int) -> list[Effect]:
        return [Tell(MeetingChanged(self.meeting(now)))]

    def _of_words(self, text: str) -> cards.Card:
        spoken = words.parse(text)
        if len(spoken) != cards.CARD_WORDS:
            raise UsageError(
                f"A card has {cards.CARD_WORDS} words, or a text with PM1 in front. These are {len(spoken)}."
            )
        found = [key for key in self._people.all_keys() if cards.card_words(key) == spoken]
        if not found:
            raise UsageError(
                "Nobody who was heard has these words. Stand near each other until people lists him, "
                "check the words, and enter them again."
            )
        return cards.Card(found[0], "")

    def _introduced(self, letter: KeepLetter, _now: int) -> list[Effect]:
        """An introduction is on the disk; where it counts, the name that it gives is kept as well."""
        try:
            told = decode(Introduction, letter.text)
        except WireError:
            return []  # shown as what it is
        name = clean_name(told.name)
        standing = self._people.standing
        if standing.blocked(letter.author) or not self._people.names.introduce(told.key, letter.author, name):
            return []
        return [
            KeepIntroduction(told.key, letter.author, name),
            KeepRank(told.key, standing.rank(told.key)),
        ]

    def _shown(self, body: bytes, own: bool) -> str:
        try:
            told = decode(Introduction, body)
        except WireError:
            return "An introduction that cannot be read."
        who = f"{clean_name(told.name)}, key {told.key.hex()[:8]}"
        return f"You introduced {who}." if own else f"Meet {who}: I know him under this name."
