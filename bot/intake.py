"""Taking down a matter, from the first words to the number: fill, correct, show, file or join."""

import re
from dataclasses import replace

from bot import filling, reading
from bot.aftermath import propose_merge
from bot.conversation import Waiting
from bot.desk import Desk
from bot.drafts import Draft
from bot.forms import Field, Form
from bot.joining import Joining
from bot.messages import Button, Reply
from bot.phrases import Phrases, button
from bot.redact import headline
from bot.tickets import Kind, Ticket
from bot.turns import Heard, Turn, turn
from intents import asks

SHORT_ADDITION = 24  # signs: a phone, a name, a company; more is a fact of its own
_YES = re.compile(r"^(?:对|是的?|嗯+|恩|好的?|行|中|确认|没错|可以)[\s，,。.!！啊呀吧呢的了对]*")


class Intake:
    """The form of one matter."""

    def __init__(self, desk: Desk, phrases: Phrases) -> None:
        self.desk = desk
        self.phrases = phrases
        self.joining = Joining(desk, phrases)

    # -- beginning ----------------------------------------------------------------------------------

    def start(
        self,
        heard: Heard,
        category: str | None,
        kind: Kind = Kind.COMPLAINT,
        *,
        apart: bool = False,
    ) -> Turn:
        """Everything the message already says goes into the draft; nothing of it is asked again."""
        words = heard.text.strip()
        if kind is Kind.COMPLAINT and reading.names_a_report(words):
            kind = Kind.REPORT
        second = heard.meaning.second
        form = Form(
            kind=kind,
            category=category,
            detail="" if filling.is_no_matter_yet(heard, category) else words,
            second=f"{second.route}/{second.label}" if second else None,
            apart=apart,
        )
        form = filling.take(form, heard)
        replies: list[Reply] = []
        if form.anonymous:
            replies.append(self.phrases.say("anonymous_ok"))
        conversation = replace(heard.conversation.settled(), form=form)
        return self._next(heard.within(conversation), form, *replies)

    def _next(self, heard: Heard, form: Form, *before: Reply) -> Turn:
        """Ask for what is missing, offer an open matter to join, or show the draft."""
        conversation = replace(heard.conversation, form=form, waiting=None)
        field = form.missing
        if field is Field.CONFIRM and not form.apart:
            known = self.joining.open_already(form, heard)
            if known is not None:
                waiting = replace(conversation, waiting=Waiting.JOIN, ticket=known.number)
                return turn(waiting, *before, self.joining.offer(known, heard))
        reply = self.phrases.form_question(form)
        if not conversation.notified:
            notice = self.phrases.wording.say("privacy_notice")
            reply = replace(reply, text=f"{reply.text}\n{notice}")
        return turn(replace(conversation, form=form, notified=True), *before, reply)

    def show(self, heard: Heard, form: Form) -> Turn:
        """The form after a change from outside, an edited message say."""
        return self._next(heard, form)

    # -- going on -----------------------------------------------------------------------------------

    def go_on(self, heard: Heard) -> Turn | None:
        """A message while the form is open; None when it is about something else."""
        form, conversation = heard.conversation.form, heard.conversation
        assert form is not None
        if conversation.waiting is Waiting.JOIN:
            if heard.means("deny"):
                return self.apart(heard)
            return self.joining.joined_or_not(heard)
        if heard.means("cancel", "withdraw"):
            return turn(conversation.settled(), self.phrases.say("cancelled"))
        unanswered = form.missing is Field.DETAIL and heard.means("affirm", "deny", "thanks")
        if unanswered or not _says_something(heard):
            return self._next(heard, form)
        corrected = filling.correct(form, heard)
        if corrected is not None:
            return self._next(heard, corrected, self.phrases.say("corrected"))
        showing = form.missing is Field.CONFIRM
        if showing and heard.means("affirm") and not heard.message.attachments:
            return self.file(heard, filling.take(form, heard))
        if showing and heard.means("deny"):
            return turn(conversation, self.phrases.say("not_yet"))
        if reading.goes_on(heard.text) or not heard.text.strip() or reading.skips(heard.text):
            return self._skip_or_go_on(heard, form)
        if self._is_aside(heard, form):
            return None
        return self._fill(heard, form)

    def _is_aside(self, heard: Heard, form: Form) -> bool:
        """A question or an errand of its own in the middle of the form: answered, then back."""
        meaning = heard.meaning
        if form.missing is Field.LOCATION and meaning.slots.location and not asks(heard.text):
            return False
        if meaning.route == "act":
            return meaning.label not in ("affirm", "deny", "out-of-scope", "chitchat", "supplement")
        guess = meaning.alternatives[0].route if meaning.route == "clarify" else meaning.route
        return guess == "answer" and asks(heard.text) and not meaning.slots.phone

    def _skip_or_go_on(self, heard: Heard, form: Form) -> Turn:
        form = filling.take(form, heard)
        heard = heard.within(replace(heard.conversation, form=form))
        return self.skip(heard) if reading.skips(heard.text) else self._next(heard, form)

    def _fill(self, heard: Heard, known: Form) -> Turn:
        """The answer to the pending question, or a change of the draft that is being shown."""
        words, pending = heard.text.strip(), known.missing
        form = filling.take(known, heard)
        if pending is Field.CONFIRM:
            return self._amend(heard, known, form, words)
        form = replace(form, asked=(*form.asked, pending))
        if pending is Field.DETAIL:
            category = form.category or self._category(heard)
            return self._next(heard, replace(form, detail=words, category=category))
        if pending is Field.LOCATION and not filling.tells_where(heard):
            return self._next(heard, replace(form, detail=f"{known.detail}。{words}"))
        return self._next(heard, filling.answered(form, known, words, pending))

    def _amend(self, heard: Heard, known: Form, form: Form, words: str) -> Turn:
        """“对，电话138…”, “嗯 靠小学那头”, or one more fact: never a second question."""
        agreed = _YES.match(words)
        moved = filling.moved(form, heard)
        if moved is not None:
            return self._next(heard, moved, self.phrases.say("corrected"))
        rest = words[agreed.end() :] if agreed else words
        if form != known and len(rest) <= SHORT_ADDITION and heard.meaning.route != "complaint":
            if agreed and form.contact != known.contact:
                return self.file(heard, form)
        elif agreed and rest and known.location:
            form = replace(form, location=f"{known.location}（{rest}）")
        elif rest:
            form = replace(form, detail=f"{known.detail}。{words}")
        return self._next(heard, form, self.phrases.say("corrected"))

    def _category(self, heard: Heard) -> str | None:
        meaning = heard.meaning
        if meaning.route == "complaint":
            return meaning.label
        likely = next((c for c in meaning.alternatives if c.route == "complaint"), None)
        return likely.label if likely else None

    # -- buttons ----------------------------------------------------------------------------------------

    def apart(self, heard: Heard) -> Turn:
        form = heard.conversation.form
        assert form is not None
        return self._next(heard, replace(form, apart=True))

    def skip(self, heard: Heard) -> Turn:
        """The pending question stays open and is not asked again."""
        form = heard.conversation.form or _nothing()
        pending = form.missing
        if pending in (Field.CONFIRM, Field.DETAIL):  # without a matter there is nothing to file
            return self._next(heard, form)
        before = (self.phrases.say("enterprise_skipped"),) if pending is Field.ENTERPRISE else ()
        return self._next(heard, replace(form, asked=(*form.asked, pending)), *before)

    def anonymous(self, heard: Heard) -> Turn:
        form = replace(heard.conversation.form or _nothing(), anonymous=True, contact=None)
        return self._next(heard, form, self.phrases.say("anonymous_ok"))

    # -- filing -----------------------------------------------------------------------------------------

    def file(self, heard: Heard, form: Form) -> Turn:
        conversation = heard.conversation
        detail = form.detail
        if form.enterprise:
            detail += f"（企业：{form.enterprise}）"
        if form.time:
            detail += f"（时间：{form.time}）"
        ticket = self.desk.file(
            Draft(
                kind=form.kind,
                chat=conversation.chat,
                subject=headline(form.detail) or self.phrases.subject(form),
                detail=detail,
                category=form.category,
                location=form.location,
                spot=form.spot,
                contact=None if form.anonymous else form.contact,
                anonymous=form.anonymous,
                attachments=form.attachments,
                audience=conversation.audience or ("enterprise" if form.enterprise else "citizen"),
            ),
            heard.now,
        )
        ticket = propose_merge(self.desk, ticket, heard.now, apart=form.apart)
        settled = replace(conversation.settled(), ticket=ticket.number)
        replies = [self._receipt(ticket, heard)]
        if form.second:
            offer = self._second(form.second)
            if offer:
                settled = replace(settled, said=form.detail)
                replies.append(offer)
        return turn(settled, *replies)

    def _receipt(self, ticket: Ticket, heard: Heard) -> Reply:
        text = self.desk.notices.receipt(ticket, heard.now)
        if ticket.kind is not Kind.REPORT:  # its own words have the code
            text += self.phrases.code_line(ticket)
        say = self.phrases.wording.say
        buttons = (
            button(say("button_add"), f"add:{ticket.number}"),
            button(say("button_my"), "my"),
        )
        return Reply(text=text, ticket=ticket.number, buttons=buttons)

    def _second(self, second: str) -> Reply | None:
        route, _, label = second.partition("/")
        named = self.desk.directory.categories.get(label) if route == "complaint" else None
        if named is None:
            return None
        yes: Button = button(self.phrases.wording.say("confirm_yes"), f"pick:{second}")
        no = button(self.phrases.wording.say("confirm_no"), "cancel")
        return self.phrases.with_buttons("next_matter", yes, no, title=named.name)


def _says_something(heard: Heard) -> bool:
    """“？” or “哦” neither answers nor changes anything."""
    message = heard.message
    if message.attachments or message.location:
        return True
    return any(sign.isalnum() for sign in heard.text) and not heard.means("chitchat")


def _nothing() -> Form:
    return Form(kind=Kind.COMPLAINT, category=None)
