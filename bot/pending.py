"""What a ticket still waits for, read off its events: a decision, an answer."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.tickets import WORKING, EventKind, Ticket, TicketEvent

E = EventKind
ENDS_A_WISH = (
    E.EXTENSION_GRANTED,
    E.EXTENSION_REFUSED,
    # with the answer nothing is left to extend, and the next unit has its own reasons
    E.REPLIED,
    E.RETURNED,
    E.TRANSFERRED,
    E.DESIGNATED,
)


def extension_asked(events: Sequence[TicketEvent]) -> TicketEvent | None:
    """The wish for more time that nobody has decided on."""
    kinds = (E.EXTENSION_ASKED, *ENDS_A_WISH)
    last = next((event for event in reversed(events) if event.kind in kinds), None)
    return last if last and last.kind is E.EXTENSION_ASKED else None


EXPLAINS = (E.EXPLAINED, E.EXTENSION_GRANTED, E.PARKED)
"""What tells the resident a reason."""


def reason_owed(events: Sequence[TicketEvent]) -> bool:
    """Whether the resident was told in this round that a date has passed, and nobody has told him why."""
    owed = False
    for at, event in enumerate(events):
        if event.kind is E.BREACHED and "promised" in event.data:
            owed = (
                extension_asked(events[:at]) is None
            )  # he has just read what the handler wrote there
        elif event.kind in (*EXPLAINS, E.REPLIED, E.REOPENED):
            owed = False
    return owed


def pending_merge(events: Sequence[TicketEvent]) -> str | None:
    """The ticket into which this one may have to go, while nobody has said yes or no."""
    decided = (E.MERGE_PROPOSED, E.MERGE_REFUSED, E.MERGED)
    last = next((event for event in reversed(events) if event.kind in decided), None)
    return str(last.data["into"]) if last and last.kind is E.MERGE_PROPOSED else None


def follow_up_open(events: Sequence[TicketEvent]) -> bool:
    """Whether the resident was asked if it held and has not said so yet."""
    turns = (E.FOLLOWED_UP, E.HELD_OR_NOT, E.REOPENED)
    last = next((event for event in reversed(events) if event.kind in turns), None)
    return last is not None and last.kind is E.FOLLOWED_UP


def called(ticket: Ticket, events: Sequence[TicketEvent], now: datetime) -> bool:
    """Whether the last call before the due that runs now has been made."""
    calls = (e for e in reversed(events) if e.kind is E.LAST_CALL)
    last = next((str(e.data["once"]) for e in calls), "")
    due = ticket.finish_by
    return (
        ticket.state in WORKING
        and due is not None
        and now < due
        and last.endswith(due.astimezone(UTC).isoformat())
    )
