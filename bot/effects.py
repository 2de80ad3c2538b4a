"""What each move changes on the ticket: one small function an event gives the fields that become others."""

from collections.abc import Callable
from datetime import date
from typing import Any

from bot.guards import Attempt
from bot.messages import Location
from bot.tickets import EventKind, Kind, Ticket, changed

Changes = dict[str, Any]  # of a Ticket's fields
Effect = Callable[[Ticket, Attempt], Changes]


def apply(attempt: Attempt) -> Ticket:
    """The ticket after the move: its state by the table, its version one on, the rest by the event's effect."""
    ticket, effect = attempt.ticket, EFFECTS.get(attempt.move.event)
    changes = effect(ticket, attempt) if effect else {}
    state = attempt.move.to or ticket.state
    return changed(ticket, state=state, version=ticket.version + 1, **changes)


def _text(attempt: Attempt, key: str) -> str:
    return str(attempt.data.get(key, ""))


def _to_unit(ticket: Ticket, attempt: Attempt) -> Changes:
    return dict(
        department=_text(attempt, "department"),
        handler=attempt.data.get("handler"),
        checker=attempt.data.get("checker"),
        claimed_by=None,
    )


def _designated(ticket: Ticket, attempt: Attempt) -> Changes:
    return _to_unit(ticket, attempt) | dict(designated=True)


def _signed(ticket: Ticket, attempt: Attempt) -> Changes:
    """Who signs for his unit handles it; where he was to check it, the data names another checker."""
    if attempt.actor.department != ticket.department:
        return {}
    checker = attempt.data.get("checker", ticket.checker)
    return dict(handler=attempt.actor.id, checker=checker)


def _handed_on(ticket: Ticket, attempt: Attempt) -> Changes:
    handler = attempt.data.get("handler", ticket.handler)
    claimed = ticket.claimed_by if handler == ticket.handler else None
    return dict(handler=handler, checker=attempt.data.get("checker"), claimed_by=claimed)


def _returned(ticket: Ticket, attempt: Attempt) -> Changes:
    return dict(
        returns=ticket.returns + 1,
        handler=attempt.data.get("handler"),
        checker=attempt.data.get("checker"),
        claimed_by=None,
    )


def _relabelled(ticket: Ticket, attempt: Attempt) -> Changes:
    """Who reported under the promise of secrecy keeps it, whatever his matter is called later."""
    kind = Kind(_text(attempt, "kind") or ticket.kind)
    return dict(
        category=_text(attempt, "category"),
        clock=_text(attempt, "clock") or ticket.clock,
        kind=kind,
        anonymous=ticket.anonymous or (ticket.kind is Kind.REPORT and kind is not Kind.REPORT),
    )


def _co_unit(ticket: Ticket, attempt: Attempt) -> Changes:
    unit = _text(attempt, "department")
    return {} if unit in ticket.co_units else dict(co_units=(*ticket.co_units, unit))


def _claimed(ticket: Ticket, attempt: Attempt) -> Changes:
    return dict(claimed_by=attempt.actor.id)


def _released(ticket: Ticket, attempt: Attempt) -> Changes:
    return dict(claimed_by=None)


def _reminded(ticket: Ticket, attempt: Attempt) -> Changes:
    return dict(reminders=ticket.reminders + 1)


def _extended(ticket: Ticket, attempt: Attempt) -> Changes:
    return dict(extensions=ticket.extensions + 1)


def _parked(ticket: Ticket, attempt: Attempt) -> Changes:
    return dict(park_until=date.fromisoformat(_text(attempt, "date")))


def _resumed(ticket: Ticket, attempt: Attempt) -> Changes:
    return dict(park_until=None)


def _supervised(ticket: Ticket, attempt: Attempt) -> Changes:
    return dict(colour=_text(attempt, "colour"), level=max(ticket.level, 2))


def _escalated(ticket: Ticket, attempt: Attempt) -> Changes:
    return dict(level=min(ticket.level + 1, 2))


def _raised(ticket: Ticket, attempt: Attempt) -> Changes:
    return _escalated(ticket, attempt) | dict(clock=_text(attempt, "clock") or ticket.clock)


def _replied(ticket: Ticket, attempt: Attempt) -> Changes:
    return dict(replied_at=attempt.now, claimed_by=None)


def _confirmed(ticket: Ticket, attempt: Attempt) -> Changes:
    return dict(closed_at=attempt.now, solved=True)


def _disputed(ticket: Ticket, attempt: Attempt) -> Changes:
    return dict(solved=False)


def _reopened(ticket: Ticket, attempt: Attempt) -> Changes:
    """A level higher each time; the figures keep that the first closing did not hold."""
    return dict(
        reopenings=ticket.reopenings + 1,
        level=min(ticket.level + 1, 2),
        replied_at=None,
        closed_at=None,
        rating=None,
    )


def _closed(ticket: Ticket, attempt: Attempt) -> Changes:
    return dict(closed_at=attempt.now)


def _rated(ticket: Ticket, attempt: Attempt) -> Changes:
    return dict(rating=attempt.data["rating"])


def _ended(ticket: Ticket, attempt: Attempt) -> Changes:
    return dict(closed_at=attempt.now, claimed_by=None)


def _merged(ticket: Ticket, attempt: Attempt) -> Changes:
    return _ended(ticket, attempt) | dict(merged_into=_text(attempt, "into"))


def _joined(ticket: Ticket, attempt: Attempt) -> Changes:
    return dict(followers=ticket.followers + 1)


def _excluded(ticket: Ticket, attempt: Attempt) -> Changes:
    asked = attempt.last(EventKind.EXCLUSION_ASKED)
    return dict(excluded=str(asked.data.get("reason")) if asked else None)


def _supplemented(ticket: Ticket, attempt: Attempt) -> Changes:
    changes: Changes = dict(location=_text(attempt, "location") or ticket.location)
    spot = attempt.data.get("spot")
    if isinstance(spot, list):
        changes["spot"] = Location(latitude=spot[0], longitude=spot[1])
    return changes


def _anonymised(ticket: Ticket, attempt: Attempt) -> Changes:
    return dict(
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
    EventKind.HANDED_ON: _handed_on,
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
