"""What a resident adds to his ticket: words, pictures, a position; also the answer to a handler's question."""

from collections.abc import Iterable
from dataclasses import replace

from bot import reading
from bot.conversation import Waiting
from bot.desk import Desk
from bot.filling import place_of
from bot.messages import AttachmentKind
from bot.phrases import Phrases, button
from bot.tickets import State, Ticket
from bot.turns import Heard, Turn, turn


class Supplements:
    """Open one, take what comes, close it."""

    def __init__(self, desk: Desk, phrases: Phrases) -> None:
        self.desk = desk
        self.phrases = phrases

    def open(self, heard: Heard, number: str) -> Turn:
        """What the message already brings, or the draft it comes from, is taken at once."""
        form = heard.conversation.form
        opened = replace(heard.conversation.settled(), waiting=Waiting.SUPPLEMENT, ticket=number)
        if form is not None and form.detail:  # “补充” to the offer of one's own open ticket
            said = replace(heard.message, text=form.detail, attachments=form.attachments)
            meaning = replace(heard.meaning, masked=form.detail)
            return self.take(replace(heard, conversation=opened, message=said, meaning=meaning))
        if not heard.message.button and reading.brings(heard.text):
            return self.take(heard.within(opened))
        ticket = self.desk.ticket(number)
        done = button(self.phrases.wording.say("button_done"), "done")
        reply = self.phrases.with_buttons(
            "supplement_ask", done, number=number, subject=self.phrases.matter(ticket)
        )
        return turn(opened, reply)

    def take(self, heard: Heard) -> Turn:
        """Words, pictures or a position for the ticket that is open for it."""
        conversation, message = heard.conversation, heard.message
        number = conversation.ticket or ""
        what = describe(heard)
        data: dict[str, object] = {}
        ticket = self.desk.ticket(number)
        place = heard.meaning.slots.location
        if place and not ticket.location:  # a danger is filed before anybody asks where
            data["location"] = place_of(heard.text, place)
        if message.location:
            data["spot"] = [message.location.latitude, message.location.longitude]
        ticket, answers = self.desk.add_words(
            number, conversation.chat, heard.now, heard.text, message.attachments, **data
        )
        done = button(self.phrases.wording.say("button_done"), "done")
        reply = self.phrases.with_buttons("supplement_got", done, number=number, what=what)
        say, more = self.phrases.wording.say, []
        if answers:
            more.append(say("supplement_answered", **self.desk.notices.values(ticket, heard.now)))
        if message.location:
            more.append(say("supplement_spot"))
        reply = replace(reply, text="\n".join((reply.text, *more)))
        return turn(replace(conversation, added=(*conversation.added, what)), reply)

    def awaited(self, own: Iterable[Ticket]) -> Ticket | None:
        """The ticket whose handler asked this resident something and waits for the answer."""
        return next((t for t in own if t.state is State.AWAITING), None)

    def answer_handler(self, heard: Heard, ticket: Ticket) -> Turn:
        """Words, pictures or a position for the one who asked; more may follow."""
        opened = replace(
            heard.conversation, waiting=Waiting.SUPPLEMENT, ticket=ticket.number, added=()
        )
        return self.take(heard.within(opened))

    def done(self, heard: Heard) -> Turn:
        conversation = heard.conversation
        settled = replace(conversation.settled(), ticket=conversation.ticket)
        if not conversation.added:
            return self._nothing_added(heard, settled.ticket)
        what = "、".join(
            f"{conversation.added.count(w)}次{w}" if conversation.added.count(w) > 1 else w
            for w in dict.fromkeys(conversation.added)
        )
        return turn(
            settled, self.phrases.say("supplement_done", what=what, number=conversation.ticket)
        )

    def _nothing_added(self, heard: Heard, number: str | None) -> Turn:
        """A danger without a place is asked for again: nobody can go there."""
        ticket = self.desk.ticket(number) if number else None
        if ticket and ticket.urgent and ticket.is_open and not (ticket.location or ticket.spot):
            return turn(heard.conversation, self.phrases.say("urgent_place"))
        settled = replace(heard.conversation.settled(), ticket=number)
        key = "urgent_stays" if ticket and ticket.urgent else "supplement_nothing"
        return turn(settled, self.phrases.say(key, number=number))


def describe(heard: Heard) -> str:
    """What a message brings, in words: 1张照片、位置、文字."""
    photos = sum(a.kind is AttachmentKind.PHOTO for a in heard.message.attachments)
    parts = [f"{photos}张照片"] if photos else []
    parts += ["位置"] if heard.message.location else []
    parts += ["文字"] if heard.text.strip() else []
    return "、".join(parts) or "内容"
