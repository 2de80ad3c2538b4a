"""并单建议: the notice that this ticket may be the same matter as another one. Staff say yes or no."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.console.access import sees
from bot.console.front import Front
from bot.console.words import STATE_WORDS
from bot.departments import StaffMember
from bot.pending import pending_merge
from bot.redact import mask
from bot.tickets import EventKind, TicketEvent


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
        may_merge=EventKind.MERGED in allowed,
        may_refuse=EventKind.MERGE_REFUSED in allowed,
    )
