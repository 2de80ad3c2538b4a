"""Words to tell a ticket's story in: `event(E.ASKED, "11-24 16:00")` is that hour of 2026 in the district."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.alarms import next_alarm
from bot.deadlines import ClockName, Reading, load_policies, read_clocks
from bot.tickets import BOT, EventKind, Kind, State, Ticket, TicketEvent
from bot.workdays import ZONE

E = EventKind
SIGN, CONTACT, FINISH, PROMISE = ClockName
NUMBER = "DD20261123-0001"
policies, calendar = load_policies()


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def event(kind: EventKind, when: str | datetime, **data: object) -> TicketEvent:
    moment = at(when) if isinstance(when, str) else when
    return TicketEvent(number=NUMBER, kind=kind, actor=BOT, at=moment.astimezone(UTC), data=data)


def filed(when: str = "11-23 10:00", clock: str = "complaint") -> list[TicketEvent]:
    """Filed and dispatched at once, as the desk does; 11-23 is a Monday."""
    return [event(E.FILED, when, clock=clock), event(E.DISPATCHED, when)]


def read(events: Sequence[TicketEvent]) -> dict[ClockName, Reading]:
    return read_clocks(events, policies, calendar)


def ticket(state: State, **more: object) -> Ticket:
    base: dict[str, object] = {
        "number": NUMBER, "kind": Kind.COMPLAINT, "state": state, "chat": None, "subject": "暖气不热",
        "detail": "暖气不热", "filed_at": at("11-23 10:00"), "clock": "complaint",
    }  # fmt: skip
    return Ticket(**(base | more))  # type: ignore[arg-type]


def next_of(now: Ticket, events: Sequence[TicketEvent]) -> datetime | None:
    return next_alarm(now, read(events), events, policies, calendar)
