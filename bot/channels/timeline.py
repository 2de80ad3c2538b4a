"""A ticket as its resident may see it: 受理→派单→签收→办理→答复→评价, with people, deadlines, time left.

Three readers: the owner (or who holds the code) sees all public steps, a follower the steps without
the owner's words, a stranger category, state and dates only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.channels import Front
from bot.departments import Role
from bot.moves import name_of
from bot.tickets import KIND_NAMES, PAUSED, EventKind, State, Ticket, TicketEvent

E = EventKind
OWNERS_ONLY = (
    E.UNMASKED, E.ASKED, E.ASKED_AGAIN, E.ANSWERED, E.SUPPLEMENTED, E.REMINDED, E.DISPUTED,
)  # fmt: skip
SHORT_NAMES = {
    E.UNMASKED: "查看了身份信息",
    E.DISPUTED: "您说没办好",
    E.REMINDED: "您催办",
    E.BREACHED: "超过时限",
}


class Reader(StrEnum):
    """Who looks, and so how much is shown."""

    OWNER = "owner"
    FOLLOWER = "follower"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One of the six steps. `progress`: done, now, todo or dropped."""

    name: str
    progress: str
    at: datetime | None = None
    due_at: datetime | None = None
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A public event in the resident's words."""

    at: datetime
    name: str
    who: str
    text: str
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Everything a page or an API answer may show, and nothing else."""

    number: str
    reader: Reader
    kind: str
    category: str
    state: State
    state_name: str
    urgent: bool
    filed_at: datetime
    finish_by: datetime | None
    promised_by: datetime | None  # the new date told once the first has passed
    closed_at: datetime | None
    left: str
    overdue: bool
    subject: str = ""
    detail: str = ""
    location: str = ""
    unit: str = ""
    person: str = ""
    checker: str = ""
    sign_by: datetime | None = None
    contact_by: datetime | None = None
    rating: int | None = None
    code: str = ""
    stages: tuple[Stage, ...] = ()
    events: tuple[Happening, ...] = ()


def read_timeline(front: Front, ticket: Ticket, reader: Reader, now: datetime) -> Timeline:
    """Runs in the core thread: it looks up events and people."""
    directory, notices = front.directory, front.notices
    left, overdue = time_left(ticket, now)
    category = ticket.category
    bare = Timeline(
        number=ticket.number,
        reader=reader,
        kind=KIND_NAMES[ticket.kind],
        category=directory.category_name(category) if category else KIND_NAMES[ticket.kind],
        state=ticket.state,
        state_name=notices.state_name(ticket.state, own=reader is Reader.OWNER),
        urgent=ticket.urgent is not None,
        filed_at=ticket.filed_at,
        finish_by=ticket.finish_by,
        promised_by=ticket.promised_by,
        closed_at=ticket.closed_at,
        left=left,
        overdue=overdue,
    )
    if reader is Reader.STRANGER:
        return bare
    mine = reader is Reader.OWNER
    events = front.store.tickets.events(ticket.number)
    unit, person = notices.unit(ticket), notices.person(ticket.handler)
    return replace(
        bare,
        subject=ticket.subject if mine else "",
        detail=ticket.detail if mine else "",
        location=(ticket.location or "") if mine else "",
        unit=unit,
        person=person,
        checker=notices.person(ticket.checker),
        sign_by=ticket.sign_by,
        contact_by=ticket.contact_by,
        rating=ticket.rating if mine else None,
        code=(ticket.secret or "") if mine else "",
        stages=stages(ticket, events, unit, person),
        events=happenings(front, events, mine),
    )


# -- time left ------------------------------------------------------------------------------------


def time_left(ticket: Ticket, now: datetime) -> tuple[str, bool]:
    """(words, past the red line). In days of the wall calendar: a resident does not count working time."""
    if not ticket.is_open or ticket.finish_by is None:
        return "", False
    if ticket.state in PAUSED:
        return "计时暂停", False
    overdue = now > ticket.finish_by
    span = span_words(abs(ticket.finish_by - now))
    return (f"已超{span}" if overdue else f"还剩{span}"), overdue


def span_words(span: timedelta) -> str:
    """3天4小时, 5小时20分钟, 8分钟: two units at most."""
    minutes = int(span.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days}天{hours}小时" if hours else f"{days}天"
    if hours:
        return f"{hours}小时{rest}分钟" if rest else f"{hours}小时"
    return f"{max(rest, 1)}分钟"


# -- the six steps ----------------------------------------------------------------------------------

CURRENT = {
    State.RECEIVED: 1,
    State.DISPATCHED: 2,
    State.SIGNED: 3,
    State.IN_PROGRESS: 3,
    State.AWAITING: 3,
    State.PARKED: 3,
    State.REPLIED: 5,
    State.CLOSED: 5,
    State.ARCHIVED: 6,
}
MARKS = (
    (E.FILED,),
    (E.DISPATCHED, E.TRANSFERRED, E.DESIGNATED),
    (E.SIGNED,),
    (E.CONTACTED, E.ASKED, E.REOPENED),
    (E.REPLIED,),
    (E.RATED, E.CONFIRMED, E.CLOSED),
)


def stages(
    ticket: Ticket, events: Sequence[TicketEvent], unit: str, person: str
) -> tuple[Stage, ...]:
    """A step is done when the ticket has passed it; after a reopening the later ones are open again."""
    at = [_last(events, kinds) for kinds in MARKS]
    current = CURRENT.get(ticket.state, -1)
    if ticket.state is State.CLOSED and ticket.rating is not None:
        current = 6
    dues = (None, None, ticket.sign_by, ticket.contact_by, ticket.finish_by, None)
    judge = "您" if current > 5 else "等您确认" if ticket.state is State.REPLIED else "请您打分"
    whos = ("马上办", unit, person, person, person, judge if current >= 5 else "")
    made = []
    for index, name in enumerate(("受理", "派单", "签收", "办理", "答复", "评价")):
        if current < 0:
            progress = "done" if at[index] else "dropped"
        else:
            progress = "done" if index < current else "now" if index == current else "todo"
        passed = progress == "done" or (progress == "now" and index in (3, 5))
        made.append(
            Stage(
                name=name,
                progress=progress,
                at=at[index] if passed else None,
                due_at=None if progress in ("done", "dropped") else dues[index],
                who=whos[index] if progress != "dropped" else "",
            )
        )
    return tuple(made)


def _last(events: Sequence[TicketEvent], kinds: tuple[EventKind, ...]) -> datetime | None:
    return next((event.at for event in reversed(events) if event.kind in kinds), None)


# -- what happened ------------------------------------------------------------------------------------


def happenings(front: Front, events: Sequence[TicketEvent], mine: bool) -> tuple[Happening, ...]:
    """Public events, newest first; the owner's own words and who looked at him only for himself."""
    seen = [
        Happening(
            at=event.at,
            name=SHORT_NAMES.get(event.kind) or name_of(event.kind),
            who=_who(front, event),
            text=_words(event, mine),
            photos=_photos(event) if mine or event.actor.id is not None else (),
        )
        for event in reversed(events)
        if event.public and (mine or event.kind not in OWNERS_ONLY)
    ]
    return tuple(seen)


def _who(front: Front, event: TicketEvent) -> str:
    if event.actor.role is Role.RESIDENT:
        return "您"
    if event.actor.id is None:
        return "马上办"
    return f"{front.directory.unit_name(event.actor.department)} {event.actor.name}"


def _words(event: TicketEvent, mine: bool) -> str:
    """What was sent to the resident; else the note, unless it is somebody else's."""
    if event.told:
        return event.told.strip()
    return event.note.strip() if mine or event.actor.id is not None else ""


def _photos(event: TicketEvent) -> tuple[str, ...]:
    return tuple(item.file for item in event.attachments if item.file)
