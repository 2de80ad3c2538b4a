"""What the resident says of a result: solved, not solved and why, how well. His word closes and reopens."""

from collections.abc import Iterable
from dataclasses import replace

from bot import reading
from bot.conversation import Waiting
from bot.desk import Desk
from bot.errors import IllegalMove, TicketError
from bot.messages import Reply
from bot.pending import follow_up_open
from bot.phrases import Phrases, button
from bot.tickets import EventKind, State, Ticket
from bot.turns import Heard, Turn, turn


class Verdicts:
    """Each takes the ticket's number; who may judge is the guard's business."""

    def __init__(self, desk: Desk, phrases: Phrases) -> None:
        self.desk = desk
        self.phrases = phrases

    def solved(self, heard: Heard, number: str) -> Turn:
        if follow_up_open(self.desk.store.tickets.events(number)):
            return self.held(heard, number)
        self.desk.by_resident(number, EventKind.CONFIRMED, heard.conversation.chat, heard.now)
        return turn(replace(heard.conversation.settled(), ticket=number))

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
        ticket = self.desk.by_resident(
            number,
            EventKind.SUPPLEMENTED,
            conversation.chat,
            heard.now,
            note=heard.text,
            attachments=heard.message.attachments,
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
