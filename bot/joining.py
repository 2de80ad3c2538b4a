"""The same matter is open already: one more resident on it, or one’s own ticket again."""

from datetime import timedelta

from bot import reading
from bot.desk import Desk
from bot.duplicates import LOOKED_AT, OPEN_FOR_DAYS, same_matter
from bot.forms import Form
from bot.messages import Reply
from bot.phrases import Phrases, button
from bot.tickets import Kind, Ticket
from bot.turns import Heard, Turn, turn

ONLY_A_YES = 3  # signs: “是”, “要” tell the staff nothing


class Joining:
    """Offered before a draft is shown; the resident decides."""

    def __init__(self, desk: Desk, phrases: Phrases) -> None:
        self.desk = desk
        self.phrases = phrases

    def open_already(self, form: Form, heard: Heard) -> Ticket | None:
        if form.kind not in (Kind.COMPLAINT, Kind.HELP) or form.anonymous or not form.category:
            return None
        since = heard.now - timedelta(days=OPEN_FOR_DAYS)
        return same_matter(form, self.desk.store.tickets.alike(form.category, since, LOOKED_AT))

    def offer(self, known: Ticket, heard: Heard) -> Reply:
        notices, number = self.desk.notices, known.number
        apart = button(self.phrases.wording.say("button_apart"), "apart")
        if self.desk.owns(known, heard.conversation.chat):
            urge = button(self.phrases.wording.say("button_urge"), f"urge:{number}")
            add = button(self.phrases.wording.say("button_add"), f"add:{number}")
            values = notices.values(known, heard.now)
            return self.phrases.with_buttons("duplicate_own", urge, add, apart, **values)
        if heard.conversation.chat in self.desk.store.tickets.followers(number):
            values = notices.values(known, heard.now)
            values["answer"] = notices.answer(known, heard.now, own=False)
            return self.phrases.with_buttons("duplicate_joined", apart, **values)
        return self.phrases.with_buttons(
            "duplicate",
            button(self.phrases.wording.say("button_join"), f"join:{number}"),
            apart,
            category=self.desk.directory.category_name(known.category),
            state=notices.state_name(known.state, own=False),
            filed=notices.when(known.filed_at, heard.now),
            answer=notices.answer(known, heard.now, own=False),
        )

    def joined_or_not(self, heard: Heard) -> Turn | None:
        if heard.means("cancel"):
            return turn(heard.conversation.settled(), self.phrases.say("cancelled"))
        if heard.means("affirm") or reading.joins(heard.text):
            return self.join(heard, remark=heard.text)
        return None

    def join(self, heard: Heard, remark: str = "") -> Turn:
        """One more resident on an open ticket; his own words reach the staff only."""
        conversation = heard.conversation
        number, form = conversation.ticket or "", conversation.form
        remark = "" if len(remark.strip()) <= ONLY_A_YES else remark
        if form is not None and form.detail:
            remark = f"{form.detail}。{remark}" if remark else form.detail
        photos = form.attachments if form is not None else ()
        ticket = self.desk.join(number, conversation.chat, heard.now, remark, photos)
        text = self.phrases.wording.say("joined", number=number, count=ticket.followers + 1)
        if remark:
            text += self.phrases.wording.say("joined_remark")
        return turn(conversation.settled(), Reply(text=text, ticket=number))
