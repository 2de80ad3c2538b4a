"""A tap means what its label says. A button of yesterday gets one clear sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import reading
from bot.conversation import Waiting
from bot.errors import TicketError
from bot.messages import Reply
from bot.tickets import Kind
from bot.turns import Heard, Turn, turn
from intents import Route

if TYPE_CHECKING:
    from bot.dialogue import Dialogue

ALWAYS = (
    "human",
    "my",
    "show",
    "urge",
    "add",
    "withdraw",
    "solved",
    "unsolved",
    "rate",
    "held",
    "useful",
)
"""Good at any time: what they do depends on the ticket's state, not on the last sentence."""


class Buttons:
    """From button data to the room that serves it."""

    def __init__(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self.phrases = dialogue.phrases
        self._plain: dict[str, Callable[[Heard], Turn]] = {
            "human": dialogue.handover.take,
            "my": dialogue.errands.listed,
            "confirm": self._confirm,
            "cancel": self._cancel,
            "skip": dialogue.intake.skip,
            "anonymous": dialogue.intake.anonymous,
            "apart": dialogue.intake.apart,
            "done": dialogue.errands.supplements.done,
            "none": self._none,
            "back": self._back,
            "export": dialogue.rights.export,
            "erase": dialogue.rights.ask_erase,
        }

    def press(self, heard: Heard, data: str) -> Turn:
        name, _, rest = data.partition(":")
        conversation = heard.conversation
        if name not in ALWAYS and data not in {b.data for b in conversation.offered}:
            return self._late(heard, name)
        try:
            if name in self._plain:
                return self._plain[name](heard)
            return self._with_argument(heard, name, rest)
        except TicketError as error:
            return turn(conversation, Reply(text=str(error)))

    def _with_argument(self, heard: Heard, name: str, rest: str) -> Turn:
        errands = self.dialogue.errands
        if name == "pick":
            return self._pick(heard, rest)
        if name == "join":
            return self.dialogue.intake.joining.join(heard)
        if name == "useful":
            return self._useful(heard, rest)
        if name == "rate":
            number, _, score = rest.partition(":")
            return (
                errands.verdicts.rate(heard, number, int(score))
                if score.isdigit()
                else self._old(heard)
            )
        if name == "held":
            return errands.verdicts.held(heard, rest)
        if name in ("show", "urge", "add", "withdraw", "solved", "unsolved"):
            return errands.run(heard, name, rest)
        return self._old(heard)

    def _late(self, heard: Heard, name: str) -> Turn:
        """The second tap on “确认” of what is filed already, or a button of yesterday."""
        conversation = heard.conversation
        ticket = self.dialogue.desk.store.tickets.find(conversation.ticket or "")
        if name == "confirm" and ticket and ticket.is_open and ticket.chat == conversation.chat:
            return turn(conversation, self.phrases.say("filed_already", number=ticket.number))
        return self._old(heard)

    def _old(self, heard: Heard) -> Turn:
        return turn(heard.conversation, self.phrases.say("old_button"))

    def _confirm(self, heard: Heard) -> Turn:
        conversation = heard.conversation
        if conversation.waiting is Waiting.ERASE:
            return self.dialogue.rights.erase(heard)
        if conversation.waiting is Waiting.WITHDRAW:
            return self.dialogue.errands.withdraw_now(heard)
        if conversation.form is not None:
            return self.dialogue.intake.file(heard, conversation.form)
        return self._old(heard)

    def _cancel(self, heard: Heard) -> Turn:
        kept = {Waiting.ERASE: "erase_kept", Waiting.WITHDRAW: "withdraw_kept"}
        nothing = "cancelled" if heard.conversation.form else "no_second"
        key = kept.get(heard.conversation.waiting or Waiting.CHOICE, nothing)
        return turn(heard.conversation.settled(), self.phrases.say(key))

    def _none(self, heard: Heard) -> Turn:
        """None of the guesses: one rephrase, then a person."""
        conversation = heard.conversation
        if conversation.lost >= 2:
            return self.dialogue.handover.take(heard, self.phrases.say("lost"))
        kept = replace(conversation, waiting=None, offered=())
        return turn(kept, self.phrases.with_buttons("rephrase", self.phrases.human_button))

    def _back(self, heard: Heard) -> Turn:
        return turn(replace(heard.conversation, enquiry=None), self.phrases.say("back"))

    def _pick(self, heard: Heard, choice: str) -> Turn:
        """The chosen reading of the words that were not understood at first."""
        route, _, label = choice.partition("/")
        conversation = heard.conversation
        meaning = self.dialogue.understander.understand(conversation.said, conversation.audience)
        meaning = replace(meaning, route=Route(route), label=label, second=None)
        said = replace(heard.message, text=conversation.said, button=None)
        settled = conversation.settled()
        chosen = replace(heard, conversation=settled, meaning=meaning, message=said)
        if route == "answer":
            return self.dialogue.answer(chosen, label)
        if route == "complaint":
            return self.dialogue.intake.start(chosen, label, Kind.COMPLAINT)
        return self.dialogue.acts.take(chosen, label)

    def typed(self, heard: Heard) -> str | None:
        """The data of an offered button whose very words were typed instead of tapped."""
        text = heard.text.strip("。.!！ ")
        return next((b.data for b in heard.conversation.offered if b.text == text), None)

    def choose_by_words(self, heard: Heard) -> Turn | None:
        """“第一个”, “都不是”, a plain yes to the only guess; anything else is a new message."""
        text = heard.text.strip("。.!！ ")
        picks = [b.data for b in heard.conversation.offered if b.data.startswith("pick:")]
        ordinal = reading.ordinal(text)
        if ordinal is not None and ordinal < len(picks):
            return self._pick(heard, picks[ordinal].removeprefix("pick:"))
        if heard.means("deny") or text == "没有" or reading.skips(text):
            guesses = any(b.data == "none" for b in heard.conversation.offered)
            return self._none(heard) if guesses else self._cancel(heard)
        if heard.means("affirm") and len(picks) == 1:
            return self._pick(heard, picks[0].removeprefix("pick:"))
        if heard.means("affirm"):  # a yes to two guesses: still which
            again = Reply(
                text=self.phrases.wording.say("which_one"), buttons=heard.conversation.offered
            )
            return turn(heard.conversation, again)
        return None

    def _useful(self, heard: Heard, rest: str) -> Turn:
        entry, _, useful = rest.rpartition(":")
        conversation = heard.conversation
        good = useful == "1"
        self.dialogue.desk.store.notes.feedback(entry, good, conversation.chat, heard.now)
        if good:
            return turn(conversation, self.phrases.say("useful_yes"))
        return turn(conversation, self.phrases.with_buttons("useful_no", self.phrases.human_button))
