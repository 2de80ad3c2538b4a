"""What each move changes on the ticket: one small function an event, from the old ticket to the new one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import cast

from bot.guards import Attempt
from bot.messages import Location
from bot.tickets import EventKind, Kind, Ticket

Effect = Callable[[Ticket, Attempt], Ticket]


def apply(attempt: Attempt) -> Ticket:
    """The ticket after the move: its state by the table, its version one on, the rest by the event's effect."""
    ticket = attempt.ticket
    state = attempt.move.to or ticket.state
    moved = replace(ticket, state=state, version=ticket.version + 1)
    effect = EFFECTS.get(attempt.move.event)
    return effect(moved, attempt) if effect else moved


def _text(attempt: Attempt, key: str) -> str:
    return str(attempt.data.get(key, ""))


def _to_unit(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(
        ticket,
        department=_text(attempt, "department"),
        handler=cast(int | None, attempt.data.get("handler")),
        checker=cast(int | None, attempt.data.get("checker")),
        claimed_by=None,
    )


def _designated(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(_to_unit(ticket, attempt), designated=True)


def _signed(ticket: Ticket, attempt: Attempt) -> Ticket:
    same_unit = attempt.actor.department == ticket.department
    return replace(ticket, handler=attempt.actor.id if same_unit else ticket.handler)


def _returned(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(ticket, returns=ticket.returns + 1, handler=None, claimed_by=None)


def _relabelled(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(
        ticket,
        category=_text(attempt, "category"),
        clock=_text(attempt, "clock") or ticket.clock,
        kind=Kind(_text(attempt, "kind") or ticket.kind),
    )


def _co_unit(ticket: Ticket, attempt: Attempt) -> Ticket:
    unit = _text(attempt, "department")
    return ticket if unit in ticket.co_units else replace(ticket, co_units=(*ticket.co_units, unit))


def _claimed(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(ticket, claimed_by=attempt.actor.id)


def _released(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(ticket, claimed_by=None)


def _reminded(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(ticket, reminders=ticket.reminders + 1)


def _extended(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(ticket, extensions=ticket.extensions + 1)


def _parked(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(ticket, park_until=date.fromisoformat(_text(attempt, "date")))


def _resumed(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(ticket, park_until=None)


def _supervised(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(ticket, colour=_text(attempt, "colour"), level=max(ticket.level, 2))


def _escalated(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(ticket, level=min(ticket.level + 1, 2))


def _raised(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(_escalated(ticket, attempt), clock=_text(attempt, "clock") or ticket.clock)


def _replied(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(ticket, replied_at=attempt.now, claimed_by=None)


def _confirmed(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(ticket, closed_at=attempt.now, solved=True)


def _disputed(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(ticket, solved=False)


def _reopened(ticket: Ticket, attempt: Attempt) -> Ticket:
    """A level higher each time; the figures keep that the first closing did not hold."""
    return replace(
        ticket,
        reopenings=ticket.reopenings + 1,
        level=min(ticket.level + 1, 2),
        replied_at=None,
        closed_at=None,
        rating=None,
    )


def _closed(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(ticket, closed_at=attempt.now)


def _rated(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(ticket, rating=cast(int, attempt.data["rating"]))


def _ended(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(ticket, closed_at=attempt.now, claimed_by=None)


def _merged(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(_ended(ticket, attempt), merged_into=_text(attempt, "into"))


def _joined(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(ticket, followers=ticket.followers + 1)


def _excluded(ticket: Ticket, attempt: Attempt) -> Ticket:
    asked = attempt.last(EventKind.EXCLUSION_ASKED)
    return replace(ticket, excluded=str(asked.data.get("reason")) if asked else None)


def _supplemented(ticket: Ticket, attempt: Attempt) -> Ticket:
    ticket = replace(ticket, location=_text(attempt, "location") or ticket.location)
    spot = attempt.data.get("spot")
    if isinstance(spot, list):
        return replace(ticket, spot=Location(latitude=spot[0], longitude=spot[1]))
    return ticket


def _anonymised(ticket: Ticket, attempt: Attempt) -> Ticket:
    return replace(
        ticket,
        contact=None,
        chat=None,
        anonymous=True,
        spot=None,
        detail="（已按诉求人要求删除）",
        subject="（已删除）",
        location=None,
        secret="",
    )


EFFECTS: dict[EventKind, Effect] = {
    EventKind.DISPATCHED: _to_unit,
    EventKind.TRANSFERRED: _to_unit,
    EventKind.DESIGNATED: _designated,
    EventKind.SIGNED: _signed,
    EventKind.RETURNED: _returned,
    EventKind.RELABELLED: _relabelled,
    EventKind.CO_UNIT_ADDED: _co_unit,
    EventKind.CLAIMED: _claimed,
    EventKind.RELEASED: _released,
    EventKind.REMINDED: _reminded,
    EventKind.EXTENSION_GRANTED: _extended,
    EventKind.PARKED: _parked,
    EventKind.RESUMED: _resumed,
    EventKind.SUPERVISED: _supervised,
    EventKind.ESCALATED: _escalated,
    EventKind.RAISED: _raised,
    EventKind.REPLIED: _replied,
    EventKind.CONFIRMED: _confirmed,
    EventKind.DISPUTED: _disputed,
    EventKind.REOPENED: _reopened,
    EventKind.CLOSED: _closed,
    EventKind.RATED: _rated,
    EventKind.WITHDRAWN: _ended,
    EventKind.REDIRECTED: _ended,
    EventKind.DECLINED: _ended,
    EventKind.MERGED: _merged,
    EventKind.JOINED: _joined,
    EventKind.SUPPLEMENTED: _supplemented,
    EventKind.ANSWERED: _supplemented,
    EventKind.EXCLUSION_GRANTED: _excluded,
    EventKind.ANONYMISED: _anonymised,
}
