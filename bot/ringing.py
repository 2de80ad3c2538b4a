"""急事不用久等: the duty group is called again and again until somebody has signed an urgent ticket.

The clock's own alarms come at shares of a limit, so between them a gas leak could lie unseen for an hour.
A call is no event: nothing happened to the ticket.
"""

from datetime import datetime, timedelta

from bot.desk import Desk
from bot.store import QueueFilter, whole
from bot.tickets import State, Ticket

UNSIGNED = (State.RECEIVED, State.DISPATCHED)
EVERY = timedelta(minutes=10)
LOOKS = timedelta(minutes=1)  # a process looks no more often: calls are minutes apart


class Ringing:
    """Calls from the moment the time for signing is over; before it the warnings do."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.store = desk.store
        self._looked: datetime | None = None

    def ring(self, now: datetime) -> None:
        """May run any number of times, anywhere: each call leaves once."""
        if self.desk.notices.duty is None:
            return
        if self._looked is not None and timedelta() <= now - self._looked < LOOKS:
            return
        self._looked = now
        for ticket in self.store.tickets.queue(QueueFilter(states=UNSIGNED, urgent_only=True)):
            since = ticket.sign_by or ticket.filed_at
            if since <= now:
                self._call(ticket.number, since, now)

    @whole
    def _call(self, number: str, since: datetime, now: datetime) -> None:
        notes, key = self.store.notes, f"called {number}"
        with self.store.atomic():
            self.store.database.lock(key)
            last = notes.recall(key)
            called = max(since, datetime.fromisoformat(last)) if last else since
            ticket = self.desk.ticket(number)
            if now - called < EVERY or ticket.state not in UNSIGNED:
                return
            notes.remember(key, now.isoformat())
            self.desk.notices.to_duty(ticket, now, self._words(ticket, now - since))

    def _words(self, ticket: Ticket, late: timedelta) -> str:
        minutes = int(late.total_seconds()) // 60
        who = "、".join(self.desk.notices.in_charge(ticket))
        return f"还没有人签收，已经过了{minutes}分钟。{who}：请马上签收，没签收会一直叫"
