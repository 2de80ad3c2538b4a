"""急事: what saves people first, then a ticket whose clock runs in minutes, then the question where."""

from dataclasses import replace
from datetime import timedelta

from bot.conversation import Waiting
from bot.desk import Desk
from bot.drafts import Draft
from bot.messages import Reply
from bot.phrases import Phrases
from bot.tickets import EventKind, Kind, Ticket
from bot.turns import Heard, Turn, turn

SAME_DANGER = timedelta(hours=2)


class Dangers:
    """Works at every point of a conversation, inside a form too; a place or picture sent before is of the danger."""

    def __init__(self, desk: Desk, phrases: Phrases) -> None:
        self.desk = desk
        self.phrases = phrases

    def take(self, heard: Heard, urgent: str) -> Turn:
        kind = self.desk.directory.urgent[urgent]
        known = self._running(heard, urgent)
        if known is not None:
            return self._more(heard, known, self.phrases.danger(kind))
        slots, conversation = heard.meaning.slots, heard.conversation
        form = conversation.form if conversation.form and not conversation.form.detail else None
        label = heard.meaning.label if heard.meaning.route == "complaint" else kind.category
        ticket = self.desk.file(
            Draft(
                kind=Kind.HELP,
                chat=conversation.chat,
                subject=kind.name,
                detail=heard.text,
                category=label,
                urgent=urgent,
                location=slots.location or (form.location if form else None),
                spot=heard.message.location or (form.spot if form else None),
                contact=slots.phone or (form.contact if form else None),
                attachments=(form.attachments if form else ()) + heard.message.attachments,
                department=kind.department,
            ),
            heard.now,
        )
        advice = self.phrases.danger(kind)
        receipt = self._receipt(ticket, heard, calm=urgent == "suicide")
        settled = conversation if conversation.form else conversation.settled()
        after = replace(
            settled, waiting=Waiting.SUPPLEMENT, ticket=ticket.number, added=(), form=None
        )
        if urgent == "suicide":
            after = replace(after, waiting=None, enquiry=ticket.number)
        return turn(after, advice, receipt)

    def _running(self, heard: Heard, urgent: str) -> Ticket | None:
        """The same danger of this chat, reported a moment ago: one ticket, not ten."""
        tickets = self.desk.store.tickets.of_chat(heard.conversation.chat)
        since = heard.now - SAME_DANGER
        return next(
            (t for t in tickets if t.urgent == urgent and t.is_open and t.filed_at >= since), None
        )

    def _more(self, heard: Heard, ticket: Ticket, advice: Reply) -> Turn:
        chat = heard.conversation.chat
        place = heard.meaning.slots.location
        data: dict[str, object] = {"location": place} if place and not ticket.location else {}
        self.desk.by_resident(
            ticket.number,
            EventKind.SUPPLEMENTED,
            chat,
            heard.now,
            note=heard.text,
            attachments=heard.message.attachments,
            **data,
        )
        more = self.phrases.say("urgent_more", number=ticket.number)
        return turn(replace(heard.conversation, ticket=ticket.number), advice, more)

    def _receipt(self, ticket: Ticket, heard: Heard, *, calm: bool) -> Reply:
        """For a life in danger no form and no number game: only that a person has seen it."""
        say = self.phrases.wording.say
        values = self.desk.notices.values(ticket, heard.now)
        if calm:
            return Reply(text=say("urgent_human", **values), ticket=ticket.number)
        lines = [say("receipt_urgent", **values)]
        if not (ticket.location or ticket.spot):
            lines.append(say("urgent_place"))
        lines.append(say("urgent_wrong"))
        return Reply(text="\n".join(lines), ticket=ticket.number)
