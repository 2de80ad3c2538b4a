"""When what was promised is due (时限): the clocks of a ticket, read off its events.

Nothing is counted up or stored: the same events give the same deadlines in every process. A clock
that was met is settled; what happens later, even another class, does not move its due.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clocks import load_policies
from bot.policies import ClockName, Policies, Policy, Span
from bot.tickets import EventKind, TicketEvent
from bot.workdays import WorkCalendar

__all__ = ["ClockName", "Policies", "Policy", "Reading", "Span", "load_policies", "read_clocks"]

BREACH = 100
HOUR = timedelta(hours=1)
LAST_CALL_FROM = (
    75  # per cent: what is told earlier comes before a last call, see Reading.last_call
)
E = EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One clock of a ticket. While it is paused, `due_at` is the due as the pause began."""

    clock: ClockName
    span: Span
    started_at: datetime
    due_at: datetime
    given: timedelta  # from the start to the due, as the span counts, without finished pauses
    met_at: datetime | None = None
    paused_since: datetime | None = None
    paused: timedelta = timedelta(0)  # finished pauses, as the span counts; already in due_at
    changed_at: datetime | None = None  # when an extension or another class last made a new promise
    raised_at: datetime | None = None  # from when a class that it was raised to is counted

    @property
    def promised_at(self) -> datetime:
        return self.changed_at or self.started_at

    @property
    def runs(self) -> bool:
        return self.met_at is None and self.paused_since is None

    def warns_at(self, moment: datetime) -> bool:
        """A new promise does not warn of a share that was used up before it was given."""
        return self.changed_at is None or moment > self.changed_at

    def at(self, percent: int, calendar: WorkCalendar) -> datetime:
        """When so much of the time is used up; time that stood still is not used."""
        if percent == BREACH:
            return self.due_at
        return self._before_due(self.given * (BREACH - percent) // BREACH, calendar)

    def last_call(self, percent: int, calendar: WorkCalendar) -> datetime | None:
        """When it is high time: at that share, and an hour before the due (a quarter of a short limit).

        After a new promise only if that still lies ahead: who has just heard a new date is not told
        at once that it may not hold.
        """
        shortest = min(HOUR, self.given * (BREACH - LAST_CALL_FROM) // BREACH)
        for left in (max(self.given * (BREACH - percent) // BREACH, shortest), shortest):
            at = self._before_due(left, calendar)
            if self.warns_at(at):
                return at
        return None

    def _before_due(self, left: timedelta, calendar: WorkCalendar) -> datetime:
        counted_from = self.raised_at or self.started_at
        return self.span.later(counted_from, self.given + self.paused - left, calendar)


# Each clock starts anew at the latest of its starts and stops at the first of its ends after that.
_ENDING = (E.WITHDRAWN, E.MERGED, E.REDIRECTED, E.DECLINED, E.CLOSED, E.CONFIRMED)
_STARTS = {
    ClockName.SIGN: (E.DISPATCHED, E.TRANSFERRED, E.DESIGNATED),
    ClockName.CONTACT: (E.FILED,),
    ClockName.FINISH: (E.FILED, E.REOPENED),
}
_ENDS = {
    # whoever handles a ticket has accepted it; a claim or a note has not: they cost nothing
    ClockName.SIGN: (E.SIGNED, E.CONTACTED, E.ASKED, E.REPLIED, E.RETURNED, E.PARKED, *_ENDING),
    ClockName.CONTACT: (E.CONTACTED, E.ASKED, E.REPLIED, *_ENDING),
    ClockName.FINISH: (E.REPLIED, *_ENDING),
    ClockName.PROMISE: (E.REPLIED, E.EXTENSION_GRANTED, *_ENDING),
}
_PAUSES = {E.ASKED: (E.ANSWERED, E.RESUMED), E.PARKED: (E.RESUMED,)}
_CLASSES = (E.FILED, E.RELABELLED)
NEEDS_A_PHONE = (
    "report"  # 举报: to be contacted only if a phone was left; the others hear in their chat
)


def read_clocks(
    events: Sequence[TicketEvent], policies: Policies, calendar: WorkCalendar
) -> dict[ClockName, Reading]:
    """The clocks that have started; a class without a span for a clock has no such clock."""
    readings = [_read(clock, events, policies, calendar) for clock in _STARTS]
    readings.append(_read_promise(events, policies, calendar))
    return {reading.clock: reading for reading in readings if reading}


def _read(
    clock: ClockName, events: Sequence[TicketEvent], policies: Policies, calendar: WorkCalendar
) -> Reading | None:
    """The earlier of two promises holds: the class's own, and the one a raising has made since."""
    first = _last(events, _STARTS[clock])
    if first is None:
        return None
    lived = _lived(clock, events, first)
    class_name = _class_of(lived)
    span = policies.policy(class_name).span(clock)
    if span is None or (clock is ClockName.CONTACT and not _can_be_met(events[first], class_name)):
        return None
    limit, changed = span.limit(events[first].at, calendar), _last_change(lived, first)
    found = [_walk(clock, span, limit, lived, first, first, changed, calendar)]
    for at, event in enumerate(lived):
        if event.kind is E.RAISED and (name := event.data.get("clock")):
            since = max(at, first)
            if raised := policies.policy(str(name)).span(clock):
                limit = raised.limit(events[since].at, calendar)
                changed = events[since].at if since > first else None
                found.append(_walk(clock, raised, limit, lived, first, since, changed, calendar))
    return min(found, key=lambda reading: reading.due_at)


def _read_promise(
    events: Sequence[TicketEvent], policies: Policies, calendar: WorkCalendar
) -> Reading | None:
    """The new date that the resident was told at the last breach; an extension gives him another."""
    told = [at for at, e in enumerate(events) if e.kind is E.BREACHED and e.data.get("promised")]
    if not told:
        return None
    first, clock = told[-1], ClockName.PROMISE
    lived = _lived(clock, events, first)
    span = policies.after_breach(_class_of(events[:first]), broken_promises(events[:first]))
    due = datetime.fromisoformat(str(events[first].data["promised"]))
    limit = due, span.elapsed(events[first].at, due, calendar)
    return _walk(clock, span, limit, lived, first, first, None, calendar)


def broken_promises(events: Sequence[TicketEvent]) -> int:
    """How many dates the resident was told in this round that nobody kept."""
    first = _last(events, _STARTS[ClockName.FINISH]) or 0
    return sum(e.kind is E.BREACHED and "promised" in e.data for e in events[first:])


def _lived(clock: ClockName, events: Sequence[TicketEvent], first: int) -> Sequence[TicketEvent]:
    """The events up to the one that meets the clock."""
    ends = _ENDS[clock]
    for at in range(first, len(events)):
        if events[at].kind in ends:
            return events[: at + 1]
    return events


def _last(events: Sequence[TicketEvent], kinds: Collection[EventKind]) -> int | None:
    for at in range(len(events) - 1, -1, -1):
        if events[at].kind in kinds:
            return at
    return None


def _walk(
    clock: ClockName,
    span: Span,
    limit: tuple[datetime, timedelta],
    lived: Sequence[TicketEvent],
    first: int,
    since: int,
    changed: datetime | None,
    calendar: WorkCalendar,
) -> Reading:
    """Pauses and extensions on the way from the start of the clock to its end; those after `since` count."""
    start, counted = lived[first].at, lived[since].at
    due, given = limit
    met = lived[-1].kind in _ENDS[clock]
    paused, pause = timedelta(0), None
    for at in range(first, len(lived)) if clock is not ClockName.SIGN else ():
        event, last = lived[at], met and at == len(lived) - 1
        if event.kind is E.EXTENSION_GRANTED and clock is ClockName.FINISH:
            if at > since:
                later = calendar.add_days(due, _days_granted(lived[: at + 1]))
                due, given = later, given + span.elapsed(due, later, calendar)
                changed = max(changed or start, event.at)
        elif pause is None:  # a question to the resident meets the contact and pauses the rest
            pause = event if event.kind in _PAUSES and not last else None
        elif event.kind in _PAUSES[pause.kind] or last:
            stands_from = max(pause.at, counted)
            # a pause gives no time back once the time is over
            if stands_from < due and event.at > stands_from:
                stood = span.elapsed(stands_from, event.at, calendar)
                due, paused = span.later(due, stood, calendar), paused + stood
            pause = None
    return Reading(
        clock=clock, span=span, started_at=start, due_at=due, given=given,
        met_at=lived[-1].at if met else None,
        paused_since=pause.at if pause else None, paused=paused, changed_at=changed,
        raised_at=counted if since != first else None,
    )  # fmt: skip


def _can_be_met(filed: TicketEvent, class_name: str) -> bool:
    """Nobody is measured by a contact that cannot be made; `reach` says how, as the ticket was filed."""
    reach = filed.data.get("reach", "phone")
    return reach == "phone" or (reach == "chat" and class_name != NEEDS_A_PHONE)


def _class_of(events: Sequence[TicketEvent]) -> str:
    for event in reversed(events):
        if event.kind in _CLASSES and (name := event.data.get("clock")):
            return str(name)
    return ""


def _last_change(events: Sequence[TicketEvent], first: int) -> datetime | None:
    """When the class last became another one after the start of the clock."""
    name, changed = "", None
    for at in range(first + 1, len(events)):
        if events[at].kind in _CLASSES and (now := str(events[at].data.get("clock") or "")):
            if now != (name or _class_of(events[:at])):
                changed = events[at].at
            name = now
    return changed


def _days_granted(events: Sequence[TicketEvent]) -> int:
    """The grant may name fewer days than were asked for; when it names none, it grants what was asked."""
    asked = (event for event in reversed(events[:-1]) if event.kind is E.EXTENSION_ASKED)
    for event in (events[-1], *asked):
        days = event.data.get("days")
        if isinstance(days, int) and days > 0:
            return days
    return 1
