"""Pictures, positions, voices, stickers, albums and edited words: attached where they belong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.conversation import Waiting
from bot.messages import AttachmentKind
from bot.tickets import EventKind
from bot.turns import Heard, Turn, turn

if TYPE_CHECKING:
    from bot.dialogue import Dialogue

UNREAD = {
    AttachmentKind.VOICE: "voice",
    AttachmentKind.STICKER: "sticker",
    AttachmentKind.VIDEO: "video",
    AttachmentKind.DOCUMENT: "document",
}


class Materials:
    """What comes in beside words."""

    def __init__(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self.desk = dialogue.desk
        self.phrases = dialogue.phrases

    def take(self, heard: Heard) -> Turn:
        message, conversation = heard.message, heard.conversation
        unread = next((UNREAD[a.kind] for a in message.attachments if a.kind in UNREAD), None)
        if unread and not heard.text.strip():
            return turn(conversation, self.phrases.say(unread))
        if message.album and message.album == conversation.album:
            return self._another_part(heard)
        conversation = replace(conversation, album=message.album)
        heard = heard.within(conversation)
        if heard.text.strip() and heard.meaning.urgent:
            return self.dialogue.words(heard)
        return self._kept(heard)

    def _kept(self, heard: Heard) -> Turn:
        conversation = heard.conversation
        errands, intake = self.dialogue.errands, self.dialogue.intake
        if conversation.waiting is Waiting.SUPPLEMENT:
            return errands.supplements.take(heard)
        if conversation.waiting is Waiting.WHY_NOT_SOLVED:
            return errands.verdicts.why_not_solved(heard)
        if conversation.form is not None:
            went_on = intake.go_on(heard)
            return went_on or self.dialogue.words(heard)
        if self.dialogue.handover.is_waiting(conversation, heard.now):
            return self.dialogue.handover.add(heard)
        if heard.text.strip():
            return self.dialogue.words(heard)
        awaited = errands.supplements.awaited(errands.own(heard))
        return errands.supplements.answer_handler(heard, awaited) if awaited else self._alone(heard)

    def _alone(self, heard: Heard) -> Turn:
        """A picture without a word: for the ticket just spoken of, or the beginning of a new matter."""
        conversation = heard.conversation
        ticket = self.desk.store.tickets.find(conversation.ticket or "")
        if ticket is not None and ticket.is_open and ticket.chat == conversation.chat:
            opened = replace(conversation, waiting=Waiting.SUPPLEMENT, added=())
            return self.dialogue.errands.supplements.take(heard.within(opened))
        begun = self.dialogue.intake.start(heard, None)
        key = "photo_alone" if heard.message.attachments else "location_alone"
        return replace(begun, replies=(self.phrases.say(key),))

    def _another_part(self, heard: Heard) -> Turn:
        """The next picture of an album: kept without another word."""
        conversation = heard.conversation
        photos = heard.message.attachments
        if conversation.form is not None:
            form = conversation.form
            grown = replace(form, attachments=(*form.attachments, *photos))
            return turn(replace(conversation, form=grown))
        number = conversation.enquiry or conversation.ticket
        ticket = self.desk.store.tickets.find(number or "")
        if ticket is not None and ticket.chat == conversation.chat and not ticket.is_ended:
            self.desk.by_resident(
                ticket.number,
                EventKind.SUPPLEMENTED,
                conversation.chat,
                heard.now,
                note=heard.text,
                attachments=photos,
            )
        return turn(conversation)

    def edited(self, heard: Heard) -> Turn:
        """The new version is kept beside the old; in a form it counts, on a ticket it is added."""
        conversation = heard.conversation
        if conversation.form is not None:
            form = replace(conversation.form, detail=heard.text)
            place = heard.meaning.slots.location
            form = replace(form, location=place or form.location)
            return self.dialogue.intake.show(heard, form)
        ticket = self.desk.store.tickets.find(conversation.ticket or "")
        if ticket is not None and ticket.is_open and ticket.chat == conversation.chat:
            self.desk.by_resident(
                ticket.number,
                EventKind.SUPPLEMENTED,
                conversation.chat,
                heard.now,
                note=f"（修改后）{heard.text}",
            )
            return turn(conversation, self.phrases.say("edited_ticket", number=ticket.number))
        if heard.text.strip():
            return self.dialogue.words(heard)
        return turn(conversation, self.phrases.say("edited"))
