"""转人工: the enquiry stands in the staff's queue with the conversation so far, and later words join it."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.conversation import Conversation
from bot.desk import Desk
from bot.drafts import Draft
from bot.messages import Reply
from bot.phrases import Phrases, button
from bot.redact import mask_secrets
from bot.tickets import Kind, State
from bot.turns import Heard, Turn, turn

LINES_HANDED_OVER = 12
STILL_TALKING = timedelta(hours=2)


class Handover:
    """To a person, at any turn, without a condition."""

    def __init__(self, desk: Desk, phrases: Phrases) -> None:
        self.desk = desk
        self.phrases = phrases

    def take(self, heard: Heard, *before: Reply) -> Turn:
        """A consultation ticket with a named person; asked for twice it stays one."""
        conversation = heard.conversation
        if conversation.enquiry and self._open(conversation.enquiry):
            ticket = self.desk.ticket(conversation.enquiry)
            values = self.desk.notices.values(ticket, heard.now)
            waiting = self._reply("human_waiting", **values)
            return turn(conversation, *before, waiting, self._online(heard))
        told = self._so_far(heard)
        form = conversation.form
        ticket = self.desk.file(
            Draft(
                kind=Kind.CONSULTATION,
                chat=conversation.chat,
                subject="转人工咨询",
                detail=told,
                category=form.category if form else None,
                location=form.location if form else None,
                contact=form.contact if form else None,
                attachments=(form.attachments if form else ()) + heard.message.attachments,
            ),
            heard.now,
        )
        settled = replace(conversation.settled(), enquiry=ticket.number, ticket=ticket.number)
        receipt = Reply(
            text=self.desk.notices.receipt(ticket, heard.now) + self.phrases.code_line(ticket),
            ticket=ticket.number,
            buttons=(button(self.phrases.wording.say("button_back"), "back"),),
        )
        first = () if told.strip() else (self.phrases.say("human_first"),)
        return turn(settled, *before, self._online(heard), *first, receipt)

    def add(self, heard: Heard) -> Turn:
        """Words for the person who will answer; the bot does not talk over his head."""
        conversation = heard.conversation
        number = conversation.enquiry or ""
        ticket, answers = self.desk.add_words(
            number, conversation.chat, heard.now, heard.text, heard.message.attachments
        )
        key = "human_answered" if answers else "human_added"
        return turn(conversation, self._reply(key, **self.desk.notices.values(ticket, heard.now)))

    def is_waiting(self, conversation: Conversation, now: datetime) -> bool:
        """Whether words go to a person: until he answered, and a while longer for the next sentence."""
        if not conversation.enquiry:
            return False
        ticket = self.desk.ticket(conversation.enquiry)
        return ticket.is_open or bool(
            ticket.state is State.REPLIED
            and ticket.replied_at
            and now < ticket.replied_at + STILL_TALKING
        )

    def _open(self, number: str) -> bool:
        return self.desk.ticket(number).is_open

    def _reply(self, key: str, **values: object) -> Reply:
        return self.phrases.with_buttons(
            key, button(self.phrases.wording.say("button_back"), "back"), **values
        )

    def _online(self, heard: Heard) -> Reply:
        calendar = self.desk.calendar
        if calendar.is_open(heard.now):
            return self.phrases.say("human_open")
        return self.phrases.say("human_closed", hours=calendar.hours())

    def _so_far(self, heard: Heard) -> str:
        """What the resident said lately, oldest first, this message last."""
        lines = self.desk.store.chats.transcript(heard.conversation.chat)
        said = [line.text for line in lines if line.voice == "resident" and line.text.strip()]
        if heard.text.strip() and not heard.message.button and heard.text not in said[-1:]:
            said.append(heard.text)
        told = [text for text in said if not text.startswith("/")]  # /start is no matter
        return "\n".join(mask_secrets(text) for text in told[-LINES_HANDED_OVER:])
