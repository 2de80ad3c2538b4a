"""What a ticket still waits for, read off its events: a decision, an answer."""

from collections.abc import Sequence

from bot.tickets import EventKind, TicketEvent

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
