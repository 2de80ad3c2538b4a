"""Dialogue acts: what a message does when it neither asks for a service nor reports a matter."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot import reading
from bot.faq import answer_text, part_of
from bot.forms import Form
from bot.messages import Reply
from bot.tickets import Kind, Ticket
from bot.turns import Heard, Turn, turn
from intents import Understanding

if TYPE_CHECKING:
    from bot.dialogue import Dialogue

COMMANDS = {
    "/start": "greet",
    "/help": "capabilities",
    "/my": "track",
    "/human": "human",
    "/privacy": "privacy",
    "/cancel": "cancel",
}
"""Telegram's menu; the same words work at every door."""
A_MATTER, A_MATTER_SOMEWHERE = 0.1, 0.01  # of a complaint beside an errand
_ORDER = re.compile(r"/[A-Za-z_]{1,32}")


def order(words: str) -> str | None:
    """The act of a /word; one that we do not know is a question for what we can do."""
    return COMMANDS.get(words, "capabilities") if _ORDER.fullmatch(words) else None


class Acts:
    """One small method an act."""

    def __init__(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self.phrases = dialogue.phrases
        self._table: dict[str, Callable[[Heard], Turn]] = {
            "human": dialogue.handover.take,
            "track": self._track,
            "urge": self._urge,
            "supplement": self._supplement,
            "withdraw": self._withdraw,
            "cancel": self._cancel,
            "dissatisfied": self._dissatisfied,
            "satisfied": dialogue.results.solved,
            "privacy": self._privacy,
            "suggest": lambda heard: dialogue.intake.start(heard, None, Kind.SUGGESTION),
            "praise": lambda heard: dialogue.intake.start(heard, None, Kind.PRAISE),
            "out-of-scope": self._out_of_scope,
        }

    def take(self, heard: Heard, act: str) -> Turn:
        if act in self._table:
            return self._table[act](heard)
        return turn(
            replace(heard.conversation, lost=0),
            Reply(text=self.phrases.wording.say(self.key(act, heard.conversation.audience))),
        )

    def key(self, act: str, audience: str | None = None) -> str:
        """The wording of an act that only wants a friendly sentence."""
        special = {
            "affirm": "affirm_nothing",
            "deny": "deny_nothing",
            "cancel": "nothing_to_cancel",
        }
        if act == "greet" and audience == "enterprise":
            return "greet_enterprise"
        return special.get(act, act)

    def _track(self, heard: Heard) -> Turn:
        if heard.meaning.slots.phone:
            shown = self.dialogue.errands.listed(heard)
            return replace(shown, replies=(self.phrases.say("track_no_phone"), *shown.replies))
        return self._first_of_all(heard) or self.dialogue.errands.listed(heard)

    def _matter(self, heard: Heard) -> str | None:
        """The complaint that the words hold beside their errand: more surely so where they name a place."""
        likely = next((c for c in heard.meaning.alternatives if c.route == "complaint"), None)
        least = A_MATTER_SOMEWHERE if heard.meaning.slots.location else A_MATTER
        return likely.label if likely and likely.confidence >= least else None

    def _first_of_all(self, heard: Heard) -> Turn | None:
        """“报了三遍了垃圾还没人清”: nothing was reported here, so it is taken down now."""
        matter = self._matter(heard)
        if matter is None or self.dialogue.errands.mine(heard):
            return None
        return self.dialogue.intake.start(heard, matter)

    def _urge(self, heard: Heard) -> Turn:
        begun = self._first_of_all(heard)
        return begun or self.dialogue.errands.of(heard, "urge", lambda t: t.is_open)

    def secret_report(self, heard: Heard) -> Turn | None:
        """“举报…，别让人知道是我” is a report first of all, whatever else is guessed of it."""
        meaning = heard.meaning
        if not (reading.names_a_report(heard.text) and reading.wants_anonymity(heard.text)):
            return None
        if meaning.route == "complaint":
            return None
        likely = next((c for c in meaning.alternatives if c.route == "complaint"), None)
        return self.dialogue.intake.start(heard, likely.label if likely else None)

    def _privacy(self, heard: Heard) -> Turn:
        """“别告诉他们是我” after filing wants a promise, not a list."""
        if reading.wants_anonymity(heard.text) and self.dialogue.errands.own(heard):
            return turn(heard.conversation, self.phrases.say("kept_secret"))
        return self.dialogue.rights.begin(heard)

    def _supplement(self, heard: Heard) -> Turn:
        matter = self._matter(heard)
        if matter is not None and reading.begins_another(heard.text):
            return self.dialogue.intake.start(heard, matter)
        begun = self._first_of_all(heard)
        return begun or self.dialogue.errands.of(heard, "add", lambda t: t.is_open)

    def _cancel(self, heard: Heard) -> Turn:
        """Nothing is being filled in: what was filed last may be meant."""
        errands = self.dialogue.errands
        if reading.takes_back(heard.text) or any(
            t.number == heard.conversation.ticket and not t.is_ended for t in errands.own(heard)
        ):
            return errands.of(heard, "withdraw", lambda t: not t.is_ended)
        return turn(heard.conversation, self.phrases.say("nothing_to_cancel"))

    def _dissatisfied(self, heard: Heard) -> Turn:
        """Who joined another's ticket and is not helped gets one of his own, as he was promised."""
        errands = self.dialogue.errands
        joined = next((t for t in errands.mine(heard) if not self._owns(t, heard)), None)
        if joined is None or errands.own(heard) or reading.ticket_number(heard.text):
            return self.dialogue.results.unsolved(heard)
        chat = heard.conversation.chat
        remark = self.dialogue.desk.store.tickets.remark(joined.number, chat)
        words = f"{remark}。{heard.text}" if remark else heard.text
        said = replace(heard.message, text=words)
        meaning = self.dialogue.understander.understand(words, heard.conversation.audience)
        his_own = replace(heard, message=said, meaning=replace(meaning, second=None))
        return self.dialogue.intake.start(his_own, joined.category, apart=True)

    def _owns(self, ticket: Ticket, heard: Heard) -> bool:
        return self.dialogue.desk.owns(ticket, heard.conversation.chat)

    def _withdraw(self, heard: Heard) -> Turn:
        if reading.keeps(heard.text):  # “别撤”, “先不撤”: the verb alone would say the opposite
            return turn(heard.conversation, self.phrases.say("withdraw_kept"))
        return self.dialogue.errands.of(heard, "withdraw", lambda t: not t.is_ended)

    def _out_of_scope(self, heard: Heard) -> Turn:
        if reading.asks_who_reported(heard.text):
            return turn(heard.conversation, self.phrases.say("others_private"))
        return turn(heard.conversation, self.outside(heard.text))

    def outside(self, text: str) -> Reply:
        """Another district or city gets its way named; everything else one friendly sentence."""
        if place := reading.other_district(text):
            return self.phrases.say("out_of_scope_place", place=place)
        if place := reading.far_place(text):
            return self.phrases.say("out_of_scope_outside", place=place)
        return self.phrases.say("out_of_scope")

    def part(self, heard: Heard, heading: str) -> Turn:
        """“多少钱” after an answer: the row of that answer, or a plain word that nobody filled it in."""
        entry = self.phrases.faq.entry(heard.conversation.explained)
        if entry is None:
            return self.dialogue.not_understood(heard)
        values = {"title": entry.title, "heading": heading}
        items = "；".join(part_of(entry, heading))
        key = "answer_part" if items else "answer_part_missing"
        reply = self.phrases.with_buttons(key, self.phrases.human_button, items=items, **values)
        return turn(replace(heard.conversation, lost=0), reply)

    def first_words(self, text: str, meaning: Understanding, today: date) -> Reply:
        """The first reply of a fresh chat, with nothing looked up and nothing filed."""
        if meaning.urgent:
            return self.phrases.danger(self.dialogue.desk.directory.urgent[meaning.urgent])
        match meaning.route:
            case "answer":
                entry = self.phrases.faq.entry(meaning.label)
                return (
                    Reply(text=answer_text(entry, today))
                    if entry
                    else self.phrases.say("answer_stale")
                )
            case "complaint":
                form = Form(
                    kind=Kind.COMPLAINT,
                    category=meaning.label,
                    detail=meaning.masked,
                    location=meaning.slots.location,
                    time=meaning.slots.time,
                    contact=meaning.slots.phone,
                )
                return self.phrases.form_question(form)
            case "clarify":
                options = (self.phrases.option(c) for c in meaning.alternatives[:3])
                return self.phrases.question_back(tuple(o for o in options if o))
            case "act":
                return self._first_of_act(text, meaning.label or "")
            case _:
                return self.phrases.say("rephrase")

    def _first_of_act(self, text: str, act: str) -> Reply:
        if act == "out-of-scope":
            return self.outside(text)
        if act in ("suggest", "praise"):
            kind = Kind.SUGGESTION if act == "suggest" else Kind.PRAISE
            return self.phrases.form_question(Form(kind=kind, category=None, detail=text))
        nothing_yet = {
            "human": "human_first",
            "track": "track_none",
            "urge": "track_none",
            "supplement": "track_none",
            "withdraw": "track_none",
            "dissatisfied": "dissatisfied_none",
            "satisfied": "satisfied_nothing",
            "privacy": "privacy_empty",
        }
        return self.phrases.say(nothing_yet.get(act, self.key(act)))
