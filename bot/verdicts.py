"""What the resident says of a result: solved, not solved and why, how well. His word closes and reopens."""

from collections.abc import Iterable
from dataclasses import replace

from bot import opinions, reading
from bot.conversation import Conversation, Waiting
from bot.desk import Desk
from bot.errors import IllegalMove, TicketError
from bot.messages import Reply
from bot.pending import follow_up_open
from bot.phrases import Phrases, button
from bot.taps import rating_buttons
from bot.tickets import EventKind, State, Ticket
from bot.turns import Heard, Turn, turn

GOOD_POINTS = 4  # of 5


class Verdicts:
    """Each takes the ticket's number; who may judge is the guard's business."""

    def __init__(self, desk: Desk, phrases: Phrases) -> None:
        self.desk = desk
        self.phrases = phrases

    def awaited(self, ticket: Ticket) -> bool:
        """Whether the resident was asked how it went."""
        return ticket.state is State.REPLIED or self.asked_if_held(ticket)

    def just_asked(self, ticket: Ticket, conversation: Conversation) -> bool:
        """Whether nothing was said since the answer came: a plain yes or no is about it."""
        since = conversation.updated_at
        return ticket.replied_at is not None and (since is None or ticket.replied_at >= since)

    def ask(self, heard: Heard, ticket: Ticket) -> Turn:
        say = self.phrases.wording.say
        reply = self.phrases.with_buttons(
            "solved_ask",
            button(say("button_solved"), f"solved:{ticket.number}"),
            button(say("button_unsolved"), f"unsolved:{ticket.number}"),
            number=ticket.number,
            category=self.phrases.matter(ticket),
        )
        return turn(replace(heard.conversation, ticket=ticket.number), reply)

    def solved(self, heard: Heard, number: str) -> Turn:
        """Closed by the resident's word, and a rating asked for; a second tap does no harm."""
        settled = replace(heard.conversation.settled(), ticket=number)
        if follow_up_open(self.desk.store.tickets.events(number)):
            return self.held(heard, number)
        ticket = self.desk.ticket(number)
        if ticket.state in (State.CLOSED, State.ARCHIVED):
            unrated = ticket.state is State.CLOSED and ticket.rating is None
            buttons = rating_buttons(number) if unrated else ()
            text = self.phrases.wording.say("solved_already", number=number)
            return turn(settled, Reply(text=text, buttons=buttons))
        self.desk.by_resident(number, EventKind.CONFIRMED, heard.conversation.chat, heard.now)
        return turn(replace(settled, waiting=Waiting.RATING))

    def rated_in_words(self, heard: Heard, own: Iterable[Ticket]) -> Turn | None:
        """“给5分”, or “不错” to “打个分吧”. Good points to a fresh answer say that it is solved."""
        conversation, score = heard.conversation, opinions.points(heard.text)
        if conversation.waiting is Waiting.RATING and conversation.ticket:
            score = opinions.rating(heard.text)
            return self.rate(heard, conversation.ticket, score) if score else None
        if score is None:
            return None
        own = tuple(own)
        if replied := next((t for t in own if t.state is State.REPLIED), None):
            if score < GOOD_POINTS:
                return self.ask(heard, replied)
            closed = self.solved(heard, replied.number)
            return self.rate(heard.within(closed.conversation), replied.number, score)
        done = next((t for t in own if t.state is State.CLOSED and t.rating is None), None)
        return self.rate(heard, done.number, score) if done else None

    def not_solved(self, heard: Heard, number: str) -> Turn:
        """One tap reopens; what is still wrong may follow or not."""
        ticket = self.desk.ticket(number)
        if ticket.is_open:
            return self.still_open(heard, ticket)
        chat = heard.conversation.chat
        said = "" if heard.message.button else heard.text
        asked = follow_up_open(self.desk.store.tickets.events(number))
        if asked:
            self._answer_follow_up(heard, number, held=False)
        try:
            self.desk.by_resident(number, EventKind.DISPUTED, chat, heard.now, note=said)
            self.desk.by_resident(number, EventKind.REOPENED, chat, heard.now, note=said)
        except IllegalMove:
            if not asked:
                raise
            settled = replace(heard.conversation.settled(), ticket=number)
            return turn(settled, self.phrases.say("again_late"))
        conversation = replace(
            heard.conversation.settled(), waiting=Waiting.WHY_NOT_SOLVED, ticket=number
        )
        return turn(conversation)

    def held(self, heard: Heard, number: str) -> Turn:
        """The answer to the weekly question: what was done holds."""
        self._answer_follow_up(heard, number, held=True)
        return turn(replace(heard.conversation.settled(), ticket=number), self.phrases.say("held"))

    def follow_up(self, heard: Heard, mine: Iterable[Ticket]) -> Turn | None:
        """“没再犯”, “又来了”: a few words after the weekly question answer it."""
        said = reading.says_it_held(heard.text)
        if said is None:
            return None
        asked = next((ticket for ticket in mine if self.asked_if_held(ticket)), None)
        if asked is None:
            return None
        return self.held(heard, asked.number) if said else self.not_solved(heard, asked.number)

    def asked_if_held(self, ticket: Ticket) -> bool:
        """Whether the weekly question waits for an answer."""
        if ticket.state not in (State.CLOSED, State.ARCHIVED):
            return False
        return follow_up_open(self.desk.store.tickets.events(ticket.number))

    def _answer_follow_up(self, heard: Heard, number: str, *, held: bool) -> None:
        self.desk.by_resident(
            number, EventKind.HELD_OR_NOT, heard.conversation.chat, heard.now, held=held
        )

    def still_open(self, heard: Heard, ticket: Ticket) -> Turn:
        """Angry before there was a reply: passed on, and counted as a reminder."""
        chat = heard.conversation.chat
        ticket = self.desk.by_resident(
            ticket.number, EventKind.REMINDED, chat, heard.now, note=heard.text
        )
        values = self.desk.notices.values(ticket, heard.now)
        reply = self.phrases.say("dissatisfied_open", **values)
        return turn(replace(heard.conversation, ticket=ticket.number), reply)

    def why_not_solved(self, heard: Heard) -> Turn:
        conversation = heard.conversation
        number = conversation.ticket or ""
        if reading.skips(heard.text) or heard.means("deny"):
            return turn(conversation.settled(), self.phrases.say("skip_nothing"))
        ticket, _ = self.desk.add_words(
            number, conversation.chat, heard.now, heard.text, heard.message.attachments
        )
        reply = self.phrases.say("reopened_more", **self.desk.notices.values(ticket, heard.now))
        return turn(replace(conversation.settled(), ticket=number), reply)

    def next_way(self, heard: Heard, number: str) -> Turn:
        values = self.desk.notices.values(self.desk.ticket(number), heard.now)
        return turn(heard.conversation, self.phrases.say("next_way", **values))

    def rate(self, heard: Heard, number: str, score: int) -> Turn:
        chat = heard.conversation.chat
        try:
            self.desk.by_resident(number, EventKind.RATED, chat, heard.now, rating=score)
        except TicketError as error:
            return turn(heard.conversation, Reply(text=str(error)))
        if score <= 2:
            no = button(self.phrases.wording.say("button_unsolved"), f"unsolved:{number}")
            return turn(heard.conversation.settled(), self.phrases.with_buttons("rated_low", no))
        return turn(heard.conversation.settled(), self.phrases.say("rated"))
