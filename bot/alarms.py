"""What is due by the clock: warnings, last calls, broken promises, and whatever else a ticket waits for."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.deadlines import BREACH, LAST_CALL_FROM, ClockName, Policies, Reading, read_clocks
from bot.tickets import OPEN, EventKind, State, Ticket, TicketEvent, changed
from bot.workdays import ZONE, WorkCalendar

E = EventKind
Readings = Mapping[ClockName, Reading]


def with_deadlines(
    ticket: Ticket, events: Sequence[TicketEvent], policies: Policies, calendar: WorkCalendar
) -> Ticket:
    """The ticket with its deadlines as the events say; the first promise is kept beside the last."""
    clocks = read_clocks(events, policies, calendar)
    by = {name: reading.due_at for name, reading in clocks.items()}
    finish, promise = by.get(ClockName.FINISH), clocks.get(ClockName.PROMISE)
    return changed(
        ticket,
        sign_by=by.get(ClockName.SIGN),
        contact_by=by.get(ClockName.CONTACT),
        finish_by=finish,
        first_finish_by=ticket.first_finish_by or finish,
        promised_by=promise.due_at if promise and promise.met_at is None else None,
        next_alarm_at=next_alarm(ticket, clocks, events, policies, calendar),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A share of a clock used up; at 100 the promise is broken. `round` is when it was promised.

    `last`: the last call before the due `round`; it does not come after that any more.
    """

    clock: ClockName
    percent: int
    at: datetime
    round: datetime
    last: bool = False

    @property
    def key(self) -> str:
        """The event's data["once"], whoever counts: a warning once a promise, a last call and a breach once a due moment."""
        if self.last:
            return _last_call_key(self.clock, self.round)
        return _key(self.clock, self.percent, self.at if self.percent == BREACH else self.round)


def _key(clock: ClockName, percent: int, of: datetime) -> str:
    word = "breached" if percent == BREACH else "warned"
    return f"{word}:{clock}:{percent}:{of.astimezone(UTC).isoformat()}"


def _last_call_key(clock: ClockName, due: datetime) -> str:
    return f"last_call:{clock}:{due.astimezone(UTC).isoformat()}"


def _running(readings: Readings) -> list[Reading]:
    return [each for each in readings.values() if each.runs]


def last_call(readings: Readings, policies: Policies, calendar: WorkCalendar) -> Alarm | None:
    """Before the day of the answer slips: the staff are called, the resident is told. None where there is no time for it."""
    finish = readings.get(ClockName.FINISH)
    at = finish.last_call(policies.last_call, calendar) if finish and finish.runs else None
    if finish is None or at is None:
        return None
    return Alarm(
        clock=finish.clock, percent=policies.last_call, at=at, round=finish.due_at, last=True
    )


def alarms(readings: Readings, policies: Policies, calendar: WorkCalendar) -> list[Alarm]:
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
    readings: Readings,
    events: Sequence[TicketEvent],
    policies: Policies,
    calendar: WorkCalendar,
) -> datetime | None:
    """The earliest thing the clock must do, and may do in this state; it may lie in the past."""
    due: list[datetime] = []
    if ticket.state in OPEN:
        once = {event.data.get("once") for event in events if event.kind in _ALARMS}
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


_ALARMS = (E.WARNED, E.LAST_CALL, E.BREACHED)


def _to_come(
    readings: Readings,
    once: Set[object],
    policies: Policies,
    calendar: WorkCalendar,
) -> Iterator[datetime]:
    """The next alarm of each clock: a clock's alarms come in the order of their per cents."""
    calls_from = min(policies.last_call, LAST_CALL_FROM)
    for reading in _running(readings):
        for percent in (*policies.warn_at, BREACH):
            of = reading.due_at if percent == BREACH else reading.promised_at
            if once and _key(reading.clock, percent, of) in once:
                continue
            at = reading.at(percent, calendar)
            if percent == BREACH or reading.warns_at(at):
                yield at
                break
        if reading.clock is ClockName.FINISH and percent > calls_from:
            call = last_call(readings, policies, calendar)
            if call and not (once and {call.key, _key(call.clock, BREACH, call.round)} & once):
                yield call.at


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


def steps(readings: Readings, policies: Policies, calendar: WorkCalendar) -> list[Step]:
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
