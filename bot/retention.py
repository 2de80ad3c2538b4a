"""What is kept no longer than needed (PIPL 19, 47): identities of old tickets, chats that filed nothing.

The periods stand in clocks.yaml; figures and the provable course of a ticket stay.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk import Desk
from bot.files import Files
from bot.tickets import CLOCK

CHAT_DAYS = 30  # a conversation without a ticket
DAYS_A_MONTH = 31  # rounded up: a day too long harms nobody's claim, a day too short may
BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What went, or would go."""

    tickets: int
    chats: int


class Retention:
    """The daily sweep; `mashangban retention` shows what it would take."""

    def __init__(self, desk: Desk, files: Files) -> None:
        self.desk = desk
        self.files = files

    def sweep(self, now: datetime, *, dry_run: bool = False) -> Swept:
        """One batch; called every day, so a long backlog goes in pieces."""
        store = self.desk.store
        kept = timedelta(days=self.desk.policies.months_kept * DAYS_A_MONTH)
        tickets = store.tickets.past_keeping(now - kept, BATCH)
        chats = store.chats.idle(now - timedelta(days=CHAT_DAYS), BATCH)
        if not dry_run:
            for ticket in tickets:
                self.files.forget(self.desk.anonymise(ticket.number, CLOCK, now))
            for chat in chats:
                self.files.forget_chat(chat)
                store.chats.erase(chat)
        return Swept(tickets=len(tickets), chats=len(chats))
