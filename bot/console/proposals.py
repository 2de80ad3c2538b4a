"""What waits for a yes or no of the staff: that two tickets are one matter, that one needs more time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.console.access import sees
from bot.console.front import Front
from bot.console.words import STATE_WORDS
from bot.departments import StaffMember
from bot.pending import extension_asked, pending_merge
from bot.redact import mask
from bot.tickets import OPEN, PAUSED, EventKind, Ticket, TicketEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`subject` and `place` are empty where this person may not see the other ticket."""

    number: str
    state: str
    subject: str
    place: str
    by: str
    said_apart: bool  # the resident was asked and said that it is another matter
    may_merge: bool
    may_refuse: bool


def proposal(
    front: Front, member: StaffMember, events: Sequence[TicketEvent], allowed: set[EventKind]
) -> Proposal | None:
    """Core thread. None as soon as somebody decided, or the other ticket is no longer open."""
    number = pending_merge(events)
    other = front.store.tickets.find(number) if number else None
    if number is None or other is None or not other.is_open:
        return None
    made = next(e for e in reversed(events) if e.kind is EventKind.MERGE_PROPOSED)
    mine = sees(member, other)
    return Proposal(
        number=number,
        state=STATE_WORDS[other.state],
        subject=mask(other.subject) if mine else "",
        place=mask(other.location or "") if mine else "",
        by=made.actor.name,
        said_apart=made.data.get("apart") is True,
        may_merge=EventKind.MERGED in allowed and mine,
        may_refuse=EventKind.MERGE_REFUSED in allowed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreTime:
    """`until` is empty where the clock stands still: nobody knows yet when it goes on."""

    by: str
    days: int
    why: str
    until: datetime | None
    may_decide: bool


def more_time(
    front: Front, ticket: Ticket, events: Sequence[TicketEvent], allowed: set[EventKind]
) -> MoreTime | None:
    """The 延期申请 that nobody has decided on; a head must not have to look for it in the history."""
    asked = extension_asked(events)
    if asked is None or ticket.state not in OPEN:
        return None
    days, due = int(str(asked.data.get("days") or 0)), ticket.finish_by
    still = ticket.state in PAUSED or due is None or days < 1
    return MoreTime(
        by=asked.actor.name,
        days=days,
        why=mask(asked.note),
        until=None if still or due is None else front.calendar.add_days(due, days),
        may_decide=EventKind.EXTENSION_REFUSED in allowed,
    )
