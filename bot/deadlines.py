"""When what was promised is due (时限): the clocks of a ticket, read off its events.

Nothing is counted up or stored: the same events give the same deadlines in every process. A clock
that was met is settled; what happens later, even another class, does not move its due.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from bot.policies import ClockName, Policies, Policy, Span, load_policies
from bot.tickets import OPEN, EventKind, State, Ticket, TicketEvent
from bot.workdays import ZONE, WorkCalendar

__all__ = [
    "Alarm", "ClockName", "Policies", "Policy", "Reading", "Span", "Step",
    "alarms", "load_policies", "next_alarm", "read_clocks", "steps", "with_deadlines",
]  # fmt: skip

BREACH = 100
E = EventKind


# -- reading the clocks off the events --------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One clock of a ticket. While it is paused, `due_at` is the due as the pause began."""

    clock: ClockName
    span: Span
    started_at: datetime
    due_at: datetime
    met_at: datetime | None = None
    paused_since: datetime | None = None
    paused: timedelta = timedelta(0)  # finished pauses, as the span counts; already in due_at
    changed_at: datetime | None = None  # when an extension or another class last made a new promise

    @property
    def promised_at(self) -> datetime:
        return self.changed_at or self.started_at

    def warns_at(self, moment: datetime) -> bool:
        """A new promise does not warn of a share that was used up before it was given."""
        return self.changed_at is None or moment > self.changed_at

    def at(self, percent: int, calendar: WorkCalendar) -> datetime:
        """When so much of the time is used up; time that stood still is not used."""
        if percent == BREACH:
            return self.due_at
        elapsed = self.span.elapsed(self.started_at, self.due_at, calendar)
        left = (elapsed - self.paused) * (BREACH - percent) // BREACH
        return self.span.later(self.started_at, elapsed - left, calendar)


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
}
_PAUSES = {E.ASKED: (E.ANSWERED, E.RESUMED), E.PARKED: (E.RESUMED,)}
_CLASSES = (E.FILED, E.RELABELLED, E.ESCALATED)
NEEDS_A_PHONE = (
    "report"  # 举报: to be contacted only if a phone was left; the others hear in their chat
)


def read_clocks(
    events: Sequence[TicketEvent], policies: Policies, calendar: WorkCalendar
) -> dict[ClockName, Reading]:
    """The clocks that have started; a class without a span for a clock has no such clock."""
    readings = (_read(clock, events, policies, calendar) for clock in ClockName)
    return {reading.clock: reading for reading in readings if reading}


def _read(
    clock: ClockName, events: Sequence[TicketEvent], policies: Policies, calendar: WorkCalendar
) -> Reading | None:
    starting, ending = _STARTS[clock], _ENDS[clock]
    starts = [at for at, event in enumerate(events) if event.kind in starting]
    if not starts:
        return None
    first = starts[-1]
    last = next((at for at in range(first, len(events)) if events[at].kind in ending), None)
    lived = events if last is None else events[: last + 1]
    class_name = _class_of(lived)
    span = policies.policy(class_name).span(clock)
    if span is None or (clock is ClockName.CONTACT and not _can_be_met(events[first], class_name)):
        return None
    start = events[first].at
    met_at = None if last is None else events[last].at
    due, paused, pause = span.due(start, calendar), timedelta(0), None
    changed = _last_change(lived, first)
    for at in range(first, len(lived)) if clock is ClockName.FINISH else ():
        event = lived[at]
        if event.kind is E.EXTENSION_GRANTED:
            due = calendar.add_days(due, _days_granted(lived[: at + 1]))
            changed = max(changed or start, event.at)
        elif pause is None:
            pause = event if event.kind in _PAUSES else None
        elif event.kind in _PAUSES[pause.kind] or at == last:
            if pause.at < due:  # a pause gives no time back once the time is over
                stood = span.elapsed(pause.at, event.at, calendar)
                due, paused = span.later(due, stood, calendar), paused + stood
            pause = None
    return Reading(
        clock=clock, span=span, started_at=start, due_at=due, met_at=met_at,
        paused_since=pause.at if pause else None, paused=paused, changed_at=changed,
    )  # fmt: skip


def _can_be_met(filed: TicketEvent, class_name: str) -> bool:
    """Nobody is measured by a contact that cannot be made; `reach` says how, as the ticket was filed."""
    reach = filed.data.get("reach", "phone")
    return reach == "phone" or (reach == "chat" and class_name != NEEDS_A_PHONE)


def _class_of(events: Sequence[TicketEvent]) -> str:
    classes = (event.data.get("clock") for event in reversed(events) if event.kind in _CLASSES)
    return next((str(name) for name in classes if name), "")


def _last_change(events: Sequence[TicketEvent], first: int) -> datetime | None:
    """When the class last became another one after the start of the clock."""
    name, changed = _class_of(events[: first + 1]), None
    for event in events[first + 1 :]:
        now = str(event.data.get("clock") or name) if event.kind in _CLASSES else name
        if now != name:
            name, changed = now, event.at
    return changed


def _days_granted(events: Sequence[TicketEvent]) -> int:
    """The grant may name fewer days than were asked for; when it names none, it grants what was asked."""
    asked = (event for event in reversed(events[:-1]) if event.kind is E.EXTENSION_ASKED)
    for event in (events[-1], *asked):
        days = event.data.get("days")
        if isinstance(days, int) and days > 0:
            return days
    return 1


def with_deadlines(
    ticket: Ticket, events: Sequence[TicketEvent], policies: Policies, calendar: WorkCalendar
) -> Ticket:
    """The ticket with its deadlines as the events say; the first promise is kept beside the last."""
    clocks = read_clocks(events, policies, calendar)
    by = {name: reading.due_at for name, reading in clocks.items()}
    finish = by.get(ClockName.FINISH)
    return replace(
        ticket,
        sign_by=by.get(ClockName.SIGN),
        contact_by=by.get(ClockName.CONTACT),
        finish_by=finish,
        first_finish_by=ticket.first_finish_by or finish,
        next_alarm_at=next_alarm(ticket, clocks, events, policies, calendar),
    )


# -- what is due by the clock ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A share of a clock used up; at 100 the promise is broken. `round` is when it was promised."""

    clock: ClockName
    percent: int
    at: datetime
    round: datetime

    @property
    def key(self) -> str:
        """The event's data["once"], whoever counts: a warning once a promise, a breach once a due moment."""
        return _key(self.clock, self.percent, self.at if self.percent == BREACH else self.round)


def _key(clock: ClockName, percent: int, of: datetime) -> str:
    word = "breached" if percent == BREACH else "warned"
    return f"{word}:{clock}:{percent}:{of.astimezone(UTC).isoformat()}"


def _running(readings: Mapping[ClockName, Reading]) -> list[Reading]:
    return [each for each in readings.values() if each.met_at is None and each.paused_since is None]


def alarms(
    readings: Mapping[ClockName, Reading], policies: Policies, calendar: WorkCalendar
) -> list[Alarm]:
    """All alarms of the clocks that run now, past and to come, by time."""
    found = [
        Alarm(clock=reading.clock, percent=percent, at=at, round=reading.promised_at)
        for reading in _running(readings)
        for percent in (*policies.warn_at, BREACH)
        if reading.warns_at(at := reading.at(percent, calendar)) or percent == BREACH
    ]
    return sorted(found, key=lambda alarm: (alarm.at, alarm.percent))


def next_alarm(
    ticket: Ticket,
    readings: Mapping[ClockName, Reading],
    events: Sequence[TicketEvent],
    policies: Policies,
    calendar: WorkCalendar,
) -> datetime | None:
    """The earliest thing the clock must do, and may do in this state; it may lie in the past."""
    due: list[datetime] = []
    if ticket.state in OPEN:
        once = {event.data.get("once") for event in events if event.kind in (E.WARNED, E.BREACHED)}
        due += _to_come(readings, once, policies, calendar)
    if ticket.state is State.AWAITING:
        due += [at for _, at in next_about_answer(ticket.clock, events, policies, calendar)]
    if ticket.state is State.PARKED and ticket.park_until:
        due.append(calendar.next_open(datetime.combine(ticket.park_until, time(), ZONE)))
    if ticket.claimed_by is not None and ticket.state in (*OPEN, State.REPLIED):
        claims = [event.at for event in events if event.kind is E.CLAIMED]
        due += [at + timedelta(minutes=policies.claim_minutes) for at in claims[-1:]]
    if ticket.state is State.CLOSED and ticket.closed_at:
        due.append(ticket.closed_at + timedelta(days=policies.archive_days))
        if not _followed_up(events):
            due.append(ticket.closed_at + timedelta(days=policies.follow_up_days))
    return min(due).astimezone(UTC) if due else None


def _to_come(
    readings: Mapping[ClockName, Reading],
    once: Set[object],
    policies: Policies,
    calendar: WorkCalendar,
) -> Iterator[datetime]:
    """The next alarm of each clock: a clock's alarms come in the order of their per cents."""
    for reading in _running(readings):
        for percent in (*policies.warn_at, BREACH):
            of = reading.due_at if percent == BREACH else reading.promised_at
            if _key(reading.clock, percent, of) in once:
                continue
            at = reading.at(percent, calendar)
            if percent == BREACH or reading.warns_at(at):
                yield at
                break


def next_about_answer(
    clock: str, events: Sequence[TicketEvent], policies: Policies, calendar: WorkCalendar
) -> list[tuple[EventKind, datetime]]:
    """What the clock does next about a question nobody answers: a reminder, then on with the work."""
    last = next((e for e in reversed(events) if e.kind in (E.ASKED, E.ASKED_AGAIN)), None)
    if last is None:
        return []
    wait = policies.answer_wait(clock)
    if last.kind is E.ASKED:
        return [(E.ASKED_AGAIN, wait.remind.due(last.at, calendar))]
    return [(E.RESUMED, wait.resume.due(last.at, calendar))]


def _followed_up(events: Sequence[TicketEvent]) -> bool:
    """Whether the question was asked since the last closing: a second closing earns its own."""
    turns = [event.kind for event in events if event.kind in (E.FOLLOWED_UP, E.REOPENED)]
    return turns[-1:] == [E.FOLLOWED_UP]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the countdown the console shows."""

    name: str
    due_at: datetime


_HANDLING = (("现场处置", 50), ("拟出答复", 80), ("办结答复", BREACH))


def steps(
    readings: Mapping[ClockName, Reading], policies: Policies, calendar: WorkCalendar
) -> list[Step]:
    """倒排时序: the steps counted back from the day of finishing, none later than it.

    Signing and contact of an earlier round are done and left out.
    """
    finish = readings.get(ClockName.FINISH)
    if finish is None:
        return []
    found = []
    for clock, name in ((ClockName.SIGN, "签收"), (ClockName.CONTACT, "联系")):
        reading = readings.get(clock)
        if reading and reading.started_at >= finish.started_at:
            found.append(Step(name=name, due_at=min(reading.due_at, finish.due_at)))
    return found + [Step(name=n, due_at=finish.at(share, calendar)) for n, share in _HANDLING]
