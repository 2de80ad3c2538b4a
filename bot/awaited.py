"""The answer to what the bot's last sentence asked for, outside a form."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot import reading
from bot.conversation import Conversation, Waiting
from bot.tickets import State
from bot.turns import Heard, Turn, turn
from intents import asks

if TYPE_CHECKING:
    from bot.dialogue import Dialogue

SHORT_ANSWER = 8  # signs
ERRAND_ACTS = ("track", "urge", "withdraw", "privacy", "thanks", "goodbye")
OF_A_TICKET = (Waiting.SUPPLEMENT, Waiting.WHY_NOT_SOLVED, Waiting.RATING)
LEFT_OPEN = timedelta(hours=12)  # the next day a message stands by itself
NO_REASON = (*ERRAND_ACTS, "greet", "capabilities")


class Awaited:
    """None where the words are something else: then they stand by themselves."""

    def __init__(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self.errands = dialogue.errands
        self.phrases = dialogue.phrases

    def still(self, conversation: Conversation, now: datetime) -> Conversation:
        """Without what is no longer waited for: yesterday's supplement, the why of what was answered since."""
        about, since = conversation.waiting, conversation.updated_at
        if about not in OF_A_TICKET or since is None:
            return conversation
        ticket = self.dialogue.desk.store.tickets.find(conversation.ticket or "")
        over = now - since > LEFT_OPEN or ticket is None
        if ticket is not None and about is not Waiting.RATING:
            answered = ticket.state is State.REPLIED and ticket.replied_at
            over = over or ticket.is_ended or bool(answered and answered >= since)
            # the handler has asked something else meanwhile: the words are for him
            over = over or (about is Waiting.WHY_NOT_SOLVED and ticket.state is State.AWAITING)
        return replace(conversation, waiting=None, added=()) if over else conversation

    def answered(self, heard: Heard, waiting: Waiting) -> Turn | None:
        match waiting:
            case Waiting.SUPPLEMENT:
                return self._while_supplementing(heard)
            case Waiting.WHY_NOT_SOLVED:
                if reading.asks_what_if_again(heard.text):
                    return self.errands.verdicts.next_way(heard, heard.conversation.ticket or "")
                errand = heard.means(*NO_REASON) or reading.ticket_number(heard.text)
                return None if errand else self.errands.verdicts.why_not_solved(heard)
            case Waiting.PRIVACY:
                if reading.wants_erasure(heard.text) or reading.wants_export(heard.text):
                    return self.dialogue.rights.begin(heard)
            case Waiting.ERASE:
                return self._erase_or_not(heard)
            case Waiting.WITHDRAW:
                return self._withdraw_or_not(heard)
            case Waiting.TICKET:
                return self.errands.chosen(heard)
            case Waiting.CHOICE:
                return self.dialogue.buttons.choose_by_words(heard)
            case Waiting.JOIN | Waiting.RATING:
                return None
        return None

    def _erase_or_not(self, heard: Heard) -> Turn:
        no = heard.means("deny", "cancel") or reading.keeps(heard.text)
        if not no and (heard.means("affirm") or reading.wants_erasure(heard.text)):
            return self.dialogue.rights.erase(heard)
        return turn(heard.conversation.settled(), self.phrases.say("erase_kept"))

    def _withdraw_or_not(self, heard: Heard) -> Turn | None:
        if heard.means("deny", "cancel") or reading.keeps(heard.text):
            return turn(heard.conversation.settled(), self.phrases.say("withdraw_kept"))
        if heard.means("affirm", "withdraw"):
            return self.errands.withdraw_now(heard)
        if reading.asks_progress(heard.text):  # “路灯的”: another one is meant
            return self.errands.of(heard, "withdraw", lambda ticket: not ticket.is_ended)
        return None

    def _while_supplementing(self, heard: Heard) -> Turn | None:
        """Material for the ticket, unless the words are an errand: nobody is held in a supplement."""
        number = heard.conversation.ticket or ""
        short = len(heard.text.strip()) <= SHORT_ANSWER
        if reading.is_done(heard.text) or heard.means("thanks", "goodbye"):
            return self.errands.supplements.done(heard)
        if short and heard.means("affirm"):
            return self.errands.supplements.done(heard)
        if heard.means("withdraw", "cancel") or (short and heard.means("deny")):
            return self.errands.withdraw(heard, number)
        if heard.means("urge"):
            return self.errands.urge(heard, number)
        if heard.means("track", "privacy", "capabilities") or self._is_another_matter(heard):
            return None
        return self.errands.supplements.take(heard)

    def _is_another_matter(self, heard: Heard) -> bool:
        """A question of its own, or something else that is wrong somewhere else."""
        meaning = heard.meaning
        if meaning.route == "answer":
            return asks(heard.text)
        ticket = self.dialogue.desk.ticket(heard.conversation.ticket or "")
        if meaning.route != "complaint" or meaning.label == ticket.category:
            return False
        elsewhere = bool(meaning.slots.location and (ticket.location or ticket.spot))
        return elsewhere or reading.begins_another(heard.text)
