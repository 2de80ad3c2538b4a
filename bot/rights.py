"""个人信息: what is kept about a chat, a copy of it, and its removal (PIPL 44–47)."""

from dataclasses import replace

from bot import reading
from bot.conversation import Waiting, fresh
from bot.desk import Desk
from bot.files import Files
from bot.messages import Reply
from bot.phrases import Phrases, button
from bot.redact import mask_phones
from bot.tickets import RESIDENT, EventKind, Ticket
from bot.turns import Heard, Turn, turn

LONGEST_EXPORT = 200  # lines: what fits a chat; the rest is for the desk on request
LOOKS_SHOWN = 5


class Rights:
    """View, export, erase: always of this chat, never by a phone number somebody types."""

    def __init__(self, desk: Desk, phrases: Phrases, files: Files) -> None:
        self.desk = desk
        self.phrases = phrases
        self.files = files

    def begin(self, heard: Heard) -> Turn:
        """Straight to what was asked for, or a look at what is kept."""
        if reading.wants_export(heard.text):
            return self.export(heard)
        if reading.wants_erasure(heard.text):
            return self.ask_erase(heard)
        return self.view(heard)

    def _tickets(self, heard: Heard) -> list[Ticket]:
        chat = heard.conversation.chat
        return [t for t in self.desk.store.tickets.of_chat(chat) if t.chat == chat]

    def view(self, heard: Heard) -> Turn:
        tickets = self._tickets(heard)
        lines = self.desk.store.chats.transcript(heard.conversation.chat)
        spoken = sum(line.voice == "resident" for line in lines)
        phones = sorted({mask_phones(t.contact) for t in tickets if t.contact})
        say = self.phrases.wording.say
        text = say(
            "privacy_view",
            messages=spoken,
            tickets=len(tickets),
            ticket_list=f"（{'、'.join(t.number for t in tickets[:5])}）" if tickets else "",
            phones="、".join(phones) or "没有",
            months=self.desk.policies.months_kept,
        )
        for moment, who, why in self._looks(tickets):
            text += "\n" + say("privacy_seen", when=moment, who=who, why=why)
        buttons = (button(say("button_export"), "export"), button(say("button_delete"), "erase"))
        conversation = replace(heard.conversation.settled(), waiting=Waiting.PRIVACY)
        return turn(conversation, Reply(text=text, buttons=buttons))

    def _looks(self, tickets: list[Ticket]) -> list[tuple[str, str, str]]:
        """When, who and why somebody looked at the name and phone behind a ticket: the last ones."""
        events = self.desk.store.tickets.events
        looks = [e for t in tickets for e in events(t.number) if e.kind is EventKind.UNMASKED]
        latest = sorted(looks, key=lambda event: event.at)[-LOOKS_SHOWN:]
        return [(self.desk.notices.when(e.at), e.actor.name, e.note) for e in latest]

    def export(self, heard: Heard) -> Turn:
        lines = [
            f"{self.desk.notices.when(line.at)} "
            f"{ {'resident': '您'}.get(line.voice, '马上办') }：{line.text}"
            for line in self.desk.store.chats.transcript(
                heard.conversation.chat, limit=LONGEST_EXPORT
            )
        ]
        for t in self._tickets(heard):
            state = self.desk.notices.state_name(t.state)
            parts = [t.number, state, t.detail, t.location or "", t.contact or ""]
            lines.append("工单 " + "｜".join(part for part in parts if part))
        text = self.phrases.wording.say("export", lines="\n".join(lines))
        return turn(heard.conversation.settled(), Reply(text=text))

    def ask_erase(self, heard: Heard) -> Turn:
        still = sum(t.is_open for t in self._tickets(heard))
        say = self.phrases.wording.say
        text = say("erase_ask", open=say("erase_open", count=still) if still else "")
        buttons = (button(say("button_erase"), "confirm"), button(say("confirm_no"), "cancel"))
        conversation = replace(heard.conversation.settled(), waiting=Waiting.ERASE)
        return turn(conversation, Reply(text=text, buttons=buttons))

    def erase(self, heard: Heard) -> Turn:
        """Names, phones and words go; the chain of events stays provable."""
        chat = heard.conversation.chat
        tickets = self._tickets(heard)
        for ticket in tickets:
            self.files.forget(self.desk.anonymise(ticket.number, RESIDENT, heard.now))
        self.files.forget_chat(chat)
        messages = self.desk.store.chats.erase(chat)
        reply = self.phrases.say("erase_done", messages=messages, tickets=len(tickets))
        return turn(replace(fresh(chat), notified=True), reply)
