"""What the figures need of a ticket, boiled down from its events once a change (工单事实).

The deadlines come from the same `read_clocks` as everywhere else: a rate and a red line cannot
disagree. Nothing here points at a person, so the facts outlive the personal data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.deadlines import ClockName, Policies, Reading, read_clocks
from bot.departments import Role
from bot.streets import street_of
from bot.tickets import PAUSED, EventKind, State, Ticket, TicketEvent
from bot.workdays import WorkCalendar

E = EventKind
VOID = (
    State.WITHDRAWN,
    State.MERGED,
)  # ended by the resident or inside another ticket: nobody's merit
CLOSED = (State.CLOSED, State.ARCHIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One row of figures a ticket. Days are the district's; a moment is None where it never came."""

    number: str
    version: int  # of the ticket when this was counted
    erased: bool  # personal data are gone: street, contact and repetition stay as they were counted
    filed_at: datetime
    filed_day: date
    kind: str
    category: str
    clock: str
    department: str
    street: str
    audience: str
    excluded: bool
    open: bool
    paused: bool
    void: bool
    closed: bool
    sign_by: datetime | None
    signed_at: datetime | None
    contact_by: datetime | None
    contacted_at: datetime | None
    uncontactable: bool
    finish_by: datetime | None
    finished_at: datetime | None  # of the present round
    late: bool  # the limit was missed in a round before 重办, or before the clock was stopped
    first_finish_by: datetime | None
    first_finished_at: datetime | None
    left_day: date | None  # when it left the desk, whichever way
    closed_at: datetime | None
    minutes: int | None  # from filing to the last finish, round the clock
    worked_minutes: int | None  # the same in working time
    dispatched: bool
    first_fit: bool | None  # the first unit took it and kept it; None while that is open
    returns: int
    transfers: int
    designated: bool
    extensions: int
    parkings: int
    reminders: int
    reopenings: int
    breaches: str  # the clocks that ran out, by name: "contact,finish"
    false_closing: bool
    replied: bool
    solved: bool | None
    rating: int | None
    followed_up: bool
    held: bool | None  # the last answer to the weekly question: it held, it came back, nothing said
    repeats: str | None  # the earlier ticket this one repeats or was merged into


def facts_of(
    ticket: Ticket,
    events: Sequence[TicketEvent],
    policies: Policies,
    calendar: WorkCalendar,
    repeats: str | None = None,
) -> Facts:
    """Count one ticket. `repeats` is the earlier ticket of the same resident about the same matter."""
    clocks = read_clocks(events, policies, calendar)
    sign, contact = clocks.get(ClockName.SIGN), clocks.get(ClockName.CONTACT)
    finish = clocks.get(ClockName.FINISH)
    void = ticket.state in VOID
    ended_at = events[-1].at if void and events else None
    left_at = finish.met_at if finish else None
    finished_at = None if void else left_at
    first_finished_at = None if void else _first(events, *_FINISHES)
    kinds = [event.kind for event in events]
    return Facts(
        number=ticket.number,
        version=ticket.version,
        erased=E.ANONYMISED in kinds,
        filed_at=ticket.filed_at,
        filed_day=calendar.local(ticket.filed_at).date(),
        kind=ticket.kind,
        category=ticket.category or "",
        clock=ticket.clock,
        department=ticket.department or "",
        street=street_of(ticket.location),
        audience=ticket.audience,
        excluded=ticket.excluded is not None,
        open=ticket.is_open,
        paused=ticket.state in PAUSED,
        void=void,
        closed=ticket.state in CLOSED,
        sign_by=_due(sign, void),
        signed_at=_met(sign, ended_at),
        contact_by=_due(contact, void),
        contacted_at=_met(contact, ended_at),
        uncontactable=_uncontactable(ticket, contact, policies),
        finish_by=finish.due_at if finish else None,
        finished_at=finished_at,
        late=_late_before(events, finish, policies, calendar),
        first_finish_by=ticket.first_finish_by,
        first_finished_at=first_finished_at,
        left_day=calendar.local(left_at).date() if left_at else None,
        closed_at=ticket.closed_at,
        minutes=_minutes(finished_at - ticket.filed_at) if finished_at else None,
        worked_minutes=(
            _minutes(calendar.worked(ticket.filed_at, finished_at)) if finished_at else None
        ),
        dispatched=E.DISPATCHED in kinds,
        first_fit=_first_unit_kept_it(kinds),
        returns=kinds.count(E.RETURNED),
        transfers=kinds.count(E.TRANSFERRED),
        designated=ticket.designated,
        extensions=kinds.count(E.EXTENSION_GRANTED),
        parkings=kinds.count(E.PARKED),
        reminders=kinds.count(E.REMINDED),
        reopenings=kinds.count(E.REOPENED),
        breaches=",".join(_breaches(events)),
        false_closing=_closed_falsely(events),
        replied=E.REPLIED in kinds,
        solved=ticket.solved,
        rating=ticket.rating,
        followed_up=E.FOLLOWED_UP in kinds,
        held=_held(events),
        repeats=ticket.merged_into or repeats,
    )


_FINISHES = (E.REPLIED, E.CONFIRMED, E.CLOSED, E.REDIRECTED, E.DECLINED)
_TAKEN = (E.SIGNED, E.CONTACTED, E.ASKED, E.REPLIED)
_SENT_ON = (E.RETURNED, E.TRANSFERRED, E.DESIGNATED)


def _first(events: Sequence[TicketEvent], *kinds: EventKind) -> datetime | None:
    return next((event.at for event in events if event.kind in kinds), None)


def _due(reading: Reading | None, void: bool) -> datetime | None:
    """A ticket that was taken back owes a signature only if the limit had passed by then."""
    if reading is None:
        return None
    taken_back_in_time = void and (reading.met_at is None or reading.met_at <= reading.due_at)
    return None if taken_back_in_time else reading.due_at


def _late_before(
    events: Sequence[TicketEvent],
    finish: Reading | None,
    policies: Policies,
    calendar: WorkCalendar,
) -> bool:
    """Neither doing it again nor stopping the clock makes a missed limit a kept one."""
    if finish and finish.paused_since and finish.due_at <= finish.paused_since:
        return True
    reopened = [at for at, event in enumerate(events) if event.kind is E.REOPENED]
    rounds = (read_clocks(events[:at], policies, calendar)[ClockName.FINISH] for at in reopened)
    return any(each.met_at is not None and each.met_at > each.due_at for each in rounds)


def _met(reading: Reading | None, ended_at: datetime | None) -> datetime | None:
    """When the unit met it; taking back a ticket meets nothing."""
    met_at = reading.met_at if reading else None
    return None if met_at is not None and met_at == ended_at else met_at


def _minutes(span: timedelta) -> int:
    return round(span.total_seconds() / 60)


def _first_unit_kept_it(kinds: Sequence[EventKind]) -> bool | None:
    sent = kinds.index(E.DISPATCHED) if E.DISPATCHED in kinds else len(kinds)
    after = kinds[sent:]
    if any(kind in _SENT_ON for kind in after):
        return False
    return True if any(kind in _TAKEN for kind in after) else None


def _held(events: Sequence[TicketEvent]) -> bool | None:
    answers = (e.data.get("held") is True for e in reversed(events) if e.kind is E.HELD_OR_NOT)
    return next(answers, None)


def _uncontactable(ticket: Ticket, contact: Reading | None, policies: Policies) -> bool:
    """Anonymous, or a report without a phone, where others of the class have to be contacted."""
    wanted = policies.policy(ticket.clock).contact is not None
    return wanted and (ticket.anonymous or contact is None)


def _breaches(events: Sequence[TicketEvent]) -> list[str]:
    return sorted({str(e.data.get("clock_name", "")) for e in events if e.kind is E.BREACHED})


def _closed_falsely(events: Sequence[TicketEvent]) -> bool:
    """假办结: a checker sent a reply back, or staff closed without the resident's word and he denied it."""
    closed_by_staff = False
    for event in events:
        if event.kind is E.REOPENED and event.actor.role is not Role.RESIDENT:
            return True
        if event.kind is E.CLOSED:
            closed_by_staff = True
        elif event.kind is E.DISPUTED and closed_by_staff:
            return True
        elif event.kind in (E.CONFIRMED, E.REOPENED):
            closed_by_staff = False
    return False
