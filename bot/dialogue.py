"""One turn: what was meant, and what to say. Every way through ends in an answer, a ticket or a person."""

from dataclasses import replace
from datetime import datetime

from bot import filling, opinions, reading
from bot.acts import Acts, order
from bot.awaited import ERRAND_ACTS, SHORT_ANSWER, Awaited
from bot.buttons import Buttons
from bot.conversation import Conversation, Waiting
from bot.dangers import Dangers
from bot.desk import Desk
from bot.errands import Errands
from bot.errors import TicketError
from bot.faq import Faq
from bot.files import Files
from bot.handover import Handover
from bot.intake import Intake
from bot.materials import Materials
from bot.messages import Message, Reply
from bot.phrases import Phrases
from bot.results import Results
from bot.rights import Rights
from bot.turns import Heard, Turn, turn
from bot.wording import Wording
from intents import Route, Understander, Understanding, asks

LONGEST = 5000  # signs of one message that are read at once
A_TROUBLE = 0.01  # of a complaint beside an answer: “楼上漏水” has some, “老年证怎么办” none
LONGEST_CALM = 16  # signs that call a danger off and ring no other
GIVE_UP = 2  # not understood so many times in a row: a person


class Dialogue:
    """The rooms of a conversation, and the order in which a message passes them."""

    def __init__(
        self, desk: Desk, understander: Understander, faq: Faq, wording: Wording, files: Files
    ) -> None:
        self.desk = desk
        self.understander = understander
        self.phrases = Phrases(wording, faq, desk.directory, desk.understood_by)
        self.handover = Handover(desk, self.phrases)
        self.errands = Errands(desk, self.phrases)
        self.results = Results(self.errands)
        self.intake = Intake(desk, self.phrases, understander)
        self.rights = Rights(desk, self.phrases, files)
        self.dangers = Dangers(desk, self.phrases)
        self.acts = Acts(self)
        self.awaited = Awaited(self)
        self.buttons = Buttons(self)
        self.materials = Materials(self)

    def take_turn(self, conversation: Conversation, message: Message, now: datetime) -> Turn:
        if not self.handover.is_waiting(conversation, now):
            conversation = replace(conversation, enquiry=None)
        conversation = self.awaited.still(conversation, now)
        words = readable(message.text)
        meaning = self.understander.understand(words, conversation.audience)
        if act := order(words):  # not a sentence to be guessed at
            meaning = replace(meaning, route=Route.ACT, label=act, second=None)
        heard = Heard(conversation=conversation, message=message, meaning=meaning, now=now)
        try:
            result = self._turn(heard, words)
        except TicketError as error:  # the ticket moved on since the question was asked
            result = turn(conversation.settled(), Reply(text=str(error)))
        offered = tuple(button for reply in result.replies for button in reply.buttons)
        conversation = replace(result.conversation, offered=offered, updated_at=now)
        return replace(result, conversation=conversation)

    def _turn(self, heard: Heard, words: str) -> Turn:
        message = heard.message
        if pressed := message.button or self.buttons.typed(heard):
            return self.buttons.press(heard, pressed)
        if message.edit:
            return self.materials.edited(heard)
        if message.attachments or message.location:
            return self.materials.take(heard)
        if len(message.text) > LONGEST:
            return turn(heard.conversation, self.phrases.say("too_long", limit=LONGEST))
        if not words:
            key = "empty" if not message.text.strip() else "unreadable"
            return turn(heard.conversation, self.phrases.say(key))
        return self.words(heard)

    def words(self, heard: Heard) -> Turn:
        """Danger first, then what was asked for, then what the words mean by themselves."""
        meaning = heard.meaning
        if told := self.results.told(heard):
            return told
        calm = not meaning.urgent or len(heard.text) <= LONGEST_CALM
        if calm and reading.calls_off(heard.text) and (alarm := self.errands.alarm(heard)):
            return self.errands.withdraw(heard, alarm)  # “找到了，没事了” would ring once more
        if meaning.urgent and not self._is_awaited(heard):
            return self.dangers.take(heard, meaning.urgent)
        return self._pending(heard) or self.fresh_words(heard)

    def _is_awaited(self, heard: Heard) -> bool:
        """A short answer to what was just asked is never an alarm: “全删了”, “好了”, “不是”."""
        text, waiting = heard.text.strip(), heard.conversation.waiting
        if filling.only_where(heard):
            return True  # an address is no danger, whatever was asked
        if opinions.says_solved(text) or opinions.still_waits(text):
            return True
        if len(text) > SHORT_ANSWER or waiting is None:
            return False
        erasing = reading.wants_erasure(text) or reading.wants_export(text)
        if erasing and waiting in (Waiting.PRIVACY, Waiting.ERASE):
            return True
        return reading.keeps(text) or reading.is_done(text) or reading.skips(text)

    def _pending(self, heard: Heard) -> Turn | None:
        """A message that answers what the bot (or a person) is waiting for."""
        conversation = heard.conversation
        if order(heard.text) in ("greet", "capabilities"):  # no answer, and no word for a person
            return self._aside(heard) if conversation.form else self.fresh_words(heard)
        if heard.means("human") and not self._is_awaited(heard):
            return self.handover.take(heard)
        if conversation.waiting is not None:
            answered = self.awaited.answered(heard, conversation.waiting)
            if answered is not None:
                return answered
        if conversation.form is not None:
            return self.intake.go_on(heard) or self._aside(heard)
        if conversation.enquiry and not heard.means(*LEAVES_THE_QUEUE):
            return self.handover.add(heard)
        own = self.errands.own(heard)
        if verdict := self.errands.verdicts.follow_up(heard, own):
            return verdict
        awaited = self.errands.supplements.awaited(own)
        if awaited is not None and not self._is_of_its_own(heard):
            return self.errands.supplements.answer_handler(heard, awaited)
        return None

    def _is_of_its_own(self, heard: Heard) -> bool:
        """An errand or a question, though a handler waits for an answer of this resident."""
        if heard.meaning.route == "answer":
            return asks(heard.text)
        return heard.meaning.route == "act" and heard.meaning.label not in ANSWERS_TOO

    def _aside(self, heard: Heard) -> Turn:
        """A question in the middle of a form: answered, then back to where we were."""
        form = heard.conversation.form
        assert form is not None
        set_aside = replace(heard.conversation, form=None, waiting=None)
        aside = self.fresh_words(heard.within(set_aside))
        if aside.conversation.form is not None or aside.conversation.enquiry:
            return aside
        again = self.phrases.form_question(form)
        pending = self.phrases.wording.say("pending", subject=self.phrases.subject(form))
        back = replace(again, text=f"{pending}\n{again.text}")
        kept = replace(aside.conversation, form=form, waiting=heard.conversation.waiting)
        return Turn(conversation=kept, replies=(*aside.replies, back))

    def fresh_words(self, heard: Heard) -> Turn:
        """A message that stands by itself."""
        meaning, conversation = heard.meaning, heard.conversation
        number = reading.ticket_number(heard.text)
        if number and meaning.label not in (
            "urge",
            "supplement",
            "withdraw",
            "dissatisfied",
            "satisfied",
        ):
            return self.errands.show(heard, number)
        if known := self._of_what_is_open(heard):
            return known
        if secret := self.acts.secret_report(heard):
            return secret
        if reading.bare_complaint(heard.text):
            return self.intake.start(heard, None)
        if conversation.ticket and reading.asks_what_if_again(heard.text):
            return self.errands.verdicts.next_way(heard, conversation.ticket)
        if meaning.route != "complaint" and reading.asks_who_reported(heard.text):
            return turn(conversation, self.phrases.say("others_private"))
        if meaning.route != "complaint" and filling.only_a_detail(heard):
            return self._where_it_is(heard)
        if conversation.explained and (part := reading.asks_about(heard.text)):
            return self.acts.part(heard, part)
        exact = self.phrases.faq.asked_word_for_word(heard.text)
        if exact:
            return self.answer(heard, exact)
        match meaning.route:
            case "answer":
                return self.answer(heard, meaning.label or "")
            case "complaint":
                return self.intake.start(heard, meaning.label)
            case "act":
                return self.acts.take(heard, meaning.label or "")
            case "clarify":
                return self.ask_back(heard)
            case _:
                return self.not_understood(heard)

    def _of_what_is_open(self, heard: Heard) -> Turn | None:
        """Words about one's own tickets that sound like a new matter."""
        if number := self.errands.progress(heard):
            return number
        if "查询码" in heard.text and not reading.ticket_number(heard.text):
            if reading.code(heard.text) is None and self.errands.own(heard):
                return self.errands.of(heard, "show", lambda t: True)
            return turn(heard.conversation, self.phrases.say("code_needs_number"))
        calm = reading.is_in_no_hurry(heard.text) and heard.meaning.route != "complaint"
        errands = (
            ("withdraw", reading.leaves_it),
            ("add", reading.has_material),
            ("show", reading.asks_when),
            ("show", reading.asks_who),
        )
        named = next((errand for errand, means in errands if means(heard.text)), None)
        if heard.meaning.slots.location or not (calm or named):
            return None
        if not any(t.is_open for t in self.errands.own(heard)):
            return None
        if named is None:
            return turn(heard.conversation, self.phrases.say("no_hurry"))
        return self.errands.of(heard, named, lambda t: t.is_open)

    def _where_it_is(self, heard: Heard) -> Turn:
        """Only an address: of the trouble that was answered a moment ago, or of one still to be told."""
        conversation = heard.conversation
        if not (conversation.explained and conversation.said):
            return self.intake.start(heard, None)
        meaning = self.understander.understand(conversation.said, conversation.audience)
        trouble = next((c for c in meaning.alternatives if c.route == "complaint"), None)
        if trouble is None or trouble.confidence < A_TROUBLE:
            return self.intake.start(heard, None)
        slots = replace(heard.meaning.slots, time=meaning.slots.time)
        if slots.location:
            slots = replace(slots, location=filling.place_of(heard.text, slots.location))
        told = replace(heard, meaning=replace(meaning, slots=slots, second=None))
        return self.intake.start(told, trouble.label)

    def answer(self, heard: Heard, label: str) -> Turn:
        """The entry, if it is fresh; else a person, never an old rule."""
        entry = self.phrases.faq.entry(label)
        today = self.desk.calendar.local(heard.now).date()
        if entry is None or not self.phrases.faq.is_fresh(entry, today):
            return self.handover.take(heard, self.phrases.say("answer_stale"))
        conversation = replace(heard.conversation, lost=0, said=heard.text, explained=label)
        answered = turn(conversation, self.phrases.answer(entry, today))
        return self._with_second(heard.meaning, answered)

    def _with_second(self, meaning: Understanding, done: Turn) -> Turn:
        if meaning.second is None or meaning.second.route == "act":
            return done
        option = self.phrases.option(meaning.second)
        title = self.phrases.title(meaning.second)
        if option is None:
            return done
        asked = replace(done.conversation, waiting=Waiting.CHOICE)
        return replace(done, conversation=asked).also(
            self.phrases.with_buttons("also", option, title=title)
        )

    def ask_back(self, heard: Heard) -> Turn:
        """Two or three buttons; the second time in a row a person."""
        options = tuple(
            option
            for candidate in heard.meaning.alternatives[:3]
            if (option := self.phrases.option(candidate)) is not None
        )
        if not options or heard.conversation.lost >= GIVE_UP:
            return self.not_understood(heard)
        self._keep_unanswered(heard)
        conversation = replace(
            heard.conversation.settled(),
            waiting=Waiting.CHOICE,
            said=heard.text,
            lost=heard.conversation.lost + 1,
        )
        return turn(conversation, self.phrases.question_back(options))

    def not_understood(self, heard: Heard) -> Turn:
        """One rephrase, then a person: never a dead end."""
        lost = heard.conversation.lost + 1
        self._keep_unanswered(heard)
        if lost >= GIVE_UP:
            return self.handover.take(heard, self.phrases.say("lost"))
        conversation = replace(heard.conversation, waiting=None, lost=lost)
        return turn(conversation, self.phrases.with_buttons("rephrase", self.phrases.human_button))

    def _keep_unanswered(self, heard: Heard) -> None:
        guesses = tuple(f"{c.route}/{c.label}" for c in heard.meaning.alternatives[:3])
        self.desk.store.notes.unanswered(heard.text, guesses, heard.now)

    def first_words(self, text: str, meaning: Understanding, now: datetime) -> Reply:
        """What `mashangban ask` shows: the first reply of a fresh chat, with nothing filed."""
        return self.acts.first_words(text, meaning, self.desk.calendar.local(now).date())


ANSWERS_TOO = ("affirm", "deny", "supplement", "out-of-scope", "chitchat")
LEAVES_THE_QUEUE = (*ERRAND_ACTS, "cancel", "satisfied", "dissatisfied")


def readable(text: str) -> str:
    """Without control and zero-width signs; '' where nothing is left to read."""
    kept = "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")
    return kept.replace("\ufffd", "").strip()[:LONGEST]
