"""One ticket as a staff member may see it: the matter, the people, the deadlines, the moves he may make."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.alarms import steps
from bot.console import viewers
from bot.console.access import MOVERS, may_unmask, sees
from bot.console.auth import SESSION_HOURS, Visit
from bot.console.forms import MoveForm, form_of
from bot.console.front import Front
from bot.console.history import Happening, happenings, photos_of
from bot.console.proposals import MoreTime, Proposal, more_time, proposal
from bot.console.reply_templates import ReplyTemplate
from bot.console.timeleft import Left, step_left, time_left
from bot.console.words import CHANNEL_NAMES, STATE_WORDS
from bot.deadlines import read_clocks
from bot.departments import StaffMember
from bot.duplicates import alike
from bot.errors import NotAllowed, StoreError
from bot.pending import called, reason_owed
from bot.policies import ClockName
from bot.redact import mask
from bot.store import QueueFilter
from bot.tickets import BOT, KIND_NAMES, EventKind, State, Ticket, TicketEvent
from bot.told import COLOUR_NAMES

E = EventKind
SIMILAR = 5
NEAR = 0.5  # two places alike enough to be looked at together
LEVELS = ("经办人", "单位负责人", "督办员")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who filed it: only after a reason was given."""

    contact: str
    door: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """A step of 倒排时序."""

    name: str
    due_at: datetime
    mark: str  # done, late, next, todo


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """Another ticket of the category; `near`: at about the same place."""

    ticket: Ticket
    state: str
    subject: str
    place: str
    reply: str
    near: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A move that was not made: the sentence, and what had been typed."""

    event: str
    sentence: str
    typed: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage:
    """All that the page of a ticket shows; texts are masked unless the identity is not."""

    ticket: Ticket
    kind: str
    category: str
    state: str
    colour: str
    level: str
    urgent: str
    advice: str
    unit: str
    co_units: tuple[str, ...]
    handler: str
    checker: str
    claimed: str
    mine: bool
    left: Left
    step: tuple[str, Left] | None
    clock: str
    subject: str
    detail: str
    place: str
    photos: tuple[str, ...]
    identity: Identity | None
    unmask: MoveForm | None
    steps: tuple[StepLine, ...]
    history: tuple[Happening, ...]
    moves: tuple[MoveForm, ...]
    reply: MoveForm | None
    templates: tuple[tuple[str, str], ...]
    past: tuple[Similar, ...]
    open_alike: tuple[Similar, ...]
    proposal: Proposal | None
    more_time: MoreTime | None
    parent: str
    parts: tuple[str, ...]
    called: bool
    reason_owed: bool
    viewers: tuple[str, ...]
    refused: Refused | None


def seen_ticket(front: Front, member: StaffMember, number: str) -> Ticket:
    """The ticket, or NotAllowed where it belongs to another unit. Core thread."""
    ticket = front.desk.ticket(number)
    if not sees(member, ticket):
        raise NotAllowed("这张工单不归您的单位，您看不到它。需要协办时请主办单位把您的单位加进来。")
    return ticket


def ticket_page(
    front: Front,
    who: Visit,
    number: str,
    templates: Sequence[ReplyTemplate],
    refused: Refused | None = None,
) -> TicketPage:
    """Core thread."""
    now, directory, member = front.now(), front.directory, who.member
    ticket = seen_ticket(front, member, number)
    with suppress(StoreError):  # a full disk must not keep staff from reading
        front.store.calls.seen(member.id, number)
    events = front.store.tickets.events(number)
    urgent = directory.urgent.get(ticket.urgent or "")
    identity = _identity(ticket, events, member, now)
    shown: Callable[[str], str] = mask if identity is None else str
    forms = _forms(front, who, ticket, now, refused)
    names = {m.id: m.name for m in front.store.staff.all()}
    past, neighbours = similar(front, member, ticket, now)
    filled = {
        "person": member.name,
        "unit": directory.unit_name(ticket.department),
        "today": f"{front.calendar.local(now).month}月{front.calendar.local(now).day}日",
    }
    return TicketPage(
        ticket=ticket,
        kind=KIND_NAMES[ticket.kind],
        category=directory.category_name(ticket.category) if ticket.category else "",
        state=STATE_WORDS[ticket.state],
        colour=COLOUR_NAMES.get(ticket.colour or "", ""),
        level=LEVELS[ticket.level] if ticket.level else "",
        urgent=urgent.name if urgent else "",
        advice=urgent.advice if urgent else "",
        unit=directory.unit_name(ticket.department),
        co_units=tuple(directory.unit_name(unit) for unit in ticket.co_units),
        handler=names.get(ticket.handler or 0, "未定人"),
        checker=names.get(ticket.checker or 0, "未定人"),
        claimed=names.get(ticket.claimed_by or 0, ""),
        mine=ticket.claimed_by == member.id,
        left=time_left(ticket, now, front.policies, front.calendar),
        step=step_left(ticket, now, front.policies, front.calendar),
        clock=front.policies.policy(ticket.clock).label,
        subject=shown(ticket.subject),
        detail=shown(ticket.detail),
        place=shown(ticket.location or ""),
        photos=tuple(photo for event in events for photo in photos_of(event)),
        identity=identity,
        unmask=None if identity else next((f for f in forms if f.event is E.UNMASKED), None),
        steps=_steps(front, ticket, events, now),
        history=happenings(front, events, shown),
        moves=tuple(f for f in forms if f.event not in (E.UNMASKED, E.REPLIED, E.MERGE_REFUSED)),
        reply=next((f for f in forms if f.event is E.REPLIED), None),
        templates=tuple((t.name, t.filled(**filled)) for t in templates if ticket.kind in t.kinds),
        past=past,
        open_alike=neighbours,
        proposal=proposal(front, member, events, {form.event for form in forms}),
        more_time=more_time(front, ticket, events, {form.event for form in forms}),
        parent=next((str(e.data["parent"]) for e in events if e.data.get("parent")), ""),
        parts=tuple(str(e.data["part"]) for e in events if e.kind is E.SPLIT and "part" in e.data),
        called=called(ticket, events, now),
        reason_owed=ticket.is_open and reason_owed(events),
        viewers=viewers.see(front, number, member, now),
        refused=refused,
    )


def _identity(
    ticket: Ticket, events: Sequence[TicketEvent], member: StaffMember, now: datetime
) -> Identity | None:
    """Only for whoever gave a reason within this session's length, and may still ask."""
    since = now - timedelta(hours=SESSION_HOURS)
    asked = any(e.kind is E.UNMASKED and e.actor.id == member.id and e.at > since for e in events)
    if not asked or not may_unmask(member, ticket):
        return None
    door = CHANNEL_NAMES.get(ticket.chat.channel, ticket.chat.channel) if ticket.chat else "—"
    return Identity(
        contact=ticket.contact or "没有留联系方式",
        door=door,
        note="诉求人要求匿名，请勿外传" if ticket.confidential else "",
    )


def _forms(
    front: Front, who: Visit, ticket: Ticket, now: datetime, refused: Refused | None
) -> tuple[MoveForm, ...]:
    if who.member.role not in MOVERS:
        return ()
    allowed = front.desk.allowed(ticket, who.actor, now)
    seen: dict[EventKind, MoveForm] = {}
    for move in allowed:
        if move.event is E.UNMASKED and not may_unmask(who.member, ticket):
            continue
        if move.event is E.CLAIMED and ticket.claimed_by == who.member.id:
            continue
        typed = refused.typed if refused and refused.event == move.event.value else None
        seen.setdefault(move.event, form_of(front, move, ticket, now, typed))
    return tuple(seen.values())


def _steps(
    front: Front, ticket: Ticket, events: Sequence[TicketEvent], now: datetime
) -> tuple[StepLine, ...]:
    """倒排时序 with what is done; the first open one is next, and late when its time has passed."""
    if ticket.is_ended and ticket.state not in (State.CLOSED, State.ARCHIVED):
        return ()  # it ended without an answer: nobody did these steps
    clocks = read_clocks(events, front.policies, front.calendar)
    met = {
        "签收": ClockName.SIGN in clocks and clocks[ClockName.SIGN].met_at is not None,
        "联系": ClockName.CONTACT in clocks and clocks[ClockName.CONTACT].met_at is not None,
    }
    answered = ticket.state is State.REPLIED or not ticket.is_open
    lines, waiting = [], True
    for step in steps(clocks, front.policies, front.calendar):
        if answered or met.get(step.name, False):
            mark = "done"
        elif step.due_at <= now:
            mark, waiting = "late", False
        else:
            mark, waiting = ("next" if waiting else "todo"), False
        lines.append(StepLine(name=step.name, due_at=step.due_at, mark=mark))
    return tuple(lines)


def similar(
    front: Front, member: StaffMember, ticket: Ticket, now: datetime
) -> tuple[tuple[Similar, ...], tuple[Similar, ...]]:
    """Answered tickets of the category with their replies, and open ones that may be the same matter."""
    tickets = front.store.tickets
    if ticket.category is None:
        return (), ()
    answered = tickets.queue(
        QueueFilter(
            category=ticket.category,
            states=(State.REPLIED, State.CLOSED, State.ARCHIVED),
            limit=3 * SIMILAR,
        )
    )
    still = tickets.alike(ticket.category, now - timedelta(days=30), 3 * SIMILAR)
    past = [_similar(front, other, ticket) for other in answered if _other(other, ticket, member)]
    same = [_similar(front, other, ticket) for other in still if _other(other, ticket, member)]
    past = [line for line in past if line.reply]
    return (
        tuple(sorted(past, key=lambda line: not line.near)[:SIMILAR]),
        tuple(sorted(same, key=lambda line: not line.near)[:SIMILAR]),
    )


def _other(other: Ticket, ticket: Ticket, member: StaffMember) -> bool:
    return other.number != ticket.number and sees(member, other)


def _similar(front: Front, other: Ticket, ticket: Ticket) -> Similar:
    replies = last_reply(front, other.number) if not other.is_open else ""
    return Similar(
        ticket=other,
        state=STATE_WORDS[other.state],
        subject=mask(other.subject),
        place=mask(other.location or ""),
        reply=mask(replies),
        near=alike(ticket.location or "", other.location or "") >= NEAR,
    )


def last_reply(front: Front, number: str) -> str:
    events = reversed(front.store.tickets.events(number))
    return next((e.note for e in events if e.kind is E.REPLIED and e.actor != BOT), "")
