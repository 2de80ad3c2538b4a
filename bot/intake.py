"""Taking down a matter, from the first words to the number: fill, correct, show, file or join."""

from dataclasses import replace

from bot import amending, filling, reading
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
from intents import Understander, Understanding, asks

LONGEST_REMARK = 4  # signs: “坏了” says nothing of what
FEW_WORDS = 6  # signs
LIKELY = 0.3  # of another category than the one before


class Intake:
    """The form of one matter."""

    def __init__(self, desk: Desk, phrases: Phrases, understander: Understander) -> None:
        self.desk = desk
        self.phrases = phrases
        self.understander = understander
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
        if heard.means("privacy", "supplement") and reading.wants_anonymity(heard.text):
            return self.anonymous(heard)  # “匿名”, typed while something else is asked
        unanswered = form.missing is Field.DETAIL and heard.means("affirm", "deny", "thanks")
        if unanswered or not _says_something(heard):
            return self._next(heard, form)
        corrected = filling.correct(form, heard)
        if corrected is not None:
            if corrected.location == form.location and not heard.meaning.slots.location:
                return self._corrected(heard, corrected, corrected.detail)
            return self._next(heard, corrected, self.phrases.say("corrected"))
        showing = form.missing is Field.CONFIRM
        if showing and (said := reading.said_instead(heard.text)):
            return self._corrected(heard, form, said)
        if showing and form.wrong and heard.meaning.route == "complaint":
            return self._corrected(heard, filling.take(form, heard), heard.text.strip())
        agrees = heard.means("affirm") or reading.submits(heard.text)
        if showing and agrees and not heard.message.attachments:
            return self.file(heard, filling.take(form, heard))
        plain = showing or len(heard.text.strip()) <= LONGEST_REMARK
        if heard.means("deny") and plain and not reading.skips(heard.text):
            wrong = replace(conversation, form=replace(form, wrong=True))
            return turn(wrong, self.phrases.say("not_yet"))
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
        if form.missing is Field.DETAIL and form.category and meaning.route == "answer":
            return meaning.confidence >= filling.SURE and not meaning.slots.location
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
            return self._amend(heard, known, form)
        if pending is Field.DETAIL:
            return self._told(heard, known, form)
        if filling.only_a_phone(heard):  # noted; what was asked is still to be told
            return self._next(heard, form)
        if pending is Field.LOCATION and reading.knows_no_address(words):
            asked = self.phrases.ask(pending, known)
            hint = self.phrases.wording.say("ask_location_hint")
            return turn(heard.conversation, replace(asked, text=hint))
        form = replace(form, asked=(*form.asked, pending))
        if pending is Field.LOCATION and not filling.tells_where(heard):
            if words in known.detail or (asks(words) and len(words) <= FEW_WORDS):
                return self._next(heard, known)  # said once more, or “在哪报修”: no place yet
            return self._next(heard, replace(form, detail=f"{known.detail}。{words}"))
        return self._next(heard, filling.answered(form, known, words, pending))

    def _told(self, heard: Heard, known: Form, form: Form) -> Turn:
        """What happened. Only a place is no matter yet; a whole sentence outranks the one word before it."""
        words, meaning = heard.text.strip(), heard.meaning
        if filling.only_a_detail(heard) and known.category is None:
            place = filling.place_of(words, form.location) if meaning.slots.location else None
            return self._next(heard, replace(form, location=place or form.location))
        form = replace(form, asked=(*form.asked, Field.DETAIL))
        if filling.only_a_detail(heard):
            return self._next(heard, form)
        sure = meaning.route == "complaint" and meaning.confidence >= filling.SURE
        if known.category is None or (sure and len(words) > LONGEST_REMARK):
            return self._next(heard, replace(form, detail=words, category=self._likely(meaning, 0)))
        detail = f"{known.detail}，{words}" if known.detail else words
        return self._next(heard, replace(form, detail=detail))

    def _amend(self, heard: Heard, known: Form, form: Form) -> Turn:
        """“对，电话138…”, “嗯 靠小学那头”, or one more fact: never a second question."""
        moved = filling.moved(form, heard)
        if moved is not None:
            return self._next(heard, moved, self.phrases.say("corrected"))
        amended, files = amending.amended(known, form, heard, self._likely(heard.meaning, 0.1))
        if files:
            return self.file(heard, amended)
        return self._next(heard, amended, self.phrases.say("corrected"))

    def _corrected(self, heard: Heard, form: Form, said: str) -> Turn:
        """“不是，我要投诉的是他占道”: what is said instead decides the category too."""
        meaning = self.understander.understand(said, heard.conversation.audience)
        place = meaning.slots.location
        if place and len(said) - len(place) <= filling.MORE_THAN_THE_PLACE:
            form = replace(form, location=place, wrong=False)
            return self._next(heard, form, self.phrases.say("corrected"))
        category = self._named(said) or self._likely(meaning) or form.category
        instead = replace(heard, meaning=replace(meaning, masked=heard.text))
        form = replace(filling.take(form, instead), category=category, wrong=False)
        if said not in form.detail:
            form = replace(form, detail=f"{form.detail}。更正：{said}" if form.detail else said)
        return self._next(heard, form, self.phrases.say("corrected"))

    def _named(self, said: str) -> str | None:
        """The only category of which a few words hold a cue: of “他占道” a classifier can make nothing."""
        if len(said) > FEW_WORDS:
            return None
        categories = self.desk.directory.categories.values()
        found = [c.id for c in categories if any(cue in said for cue in c.cues)]
        return found[0] if len(found) == 1 else None

    def _likely(self, meaning: Understanding, at_least: float = LIKELY) -> str | None:
        """The complaint it is, or most probably is."""
        if meaning.route == "complaint":
            return meaning.label
        likely = next((c for c in meaning.alternatives if c.route == "complaint"), None)
        return likely.label if likely and likely.confidence >= at_least else None

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
        form = filling.take(heard.conversation.form or _nothing(), heard)
        form = replace(form, anonymous=True, contact=None)
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
                settled = replace(settled, said=form.detail, waiting=Waiting.CHOICE)
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
