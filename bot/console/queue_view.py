"""The list of tickets as a page shows it: what was asked for, what is found, how it stands."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from bot.console.access import EVERYWHERE
from bot.console.front import Front
from bot.console.timeleft import Left, step_left, time_left
from bot.console.words import STATE_WORDS
from bot.departments import Role, StaffMember
from bot.dispatch import checked_by_nobody
from bot.redact import headline, mask
from bot.store import Call, QueueFilter
from bot.tickets import ENDED, KIND_NAMES, OPEN, State, Ticket
from bot.told import COLOUR_NAMES
from bot.workdays import ZONE

PAGE = 50
CALLS_SHOWN = 10
FOUND = 100  # tickets a search shows at most

GROUPS: dict[str, tuple[str, tuple[State, ...]]] = {
    "open": ("在办", OPEN),
    "unsigned": ("待签收", (State.RECEIVED, State.DISPATCHED)),
    "working": ("办理中", (State.SIGNED, State.IN_PROGRESS)),
    "awaiting": ("等补充", (State.AWAITING,)),
    "parked": ("挂账", (State.PARKED,)),
    "replied": ("待确认", (State.REPLIED,)),
    "ended": ("已结", ENDED),
}
SCOPES = {"mine": "我的", "unit": "本单位", "co": "协办", "all": "全区"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The filters of a list. Only harmless words: it stands in the page's address."""

    scope: str
    group: str = "open"
    category: str = ""
    unit: str = ""
    urgent: bool = False
    late: bool = False
    extension: bool = False  # only where more time was asked for and nobody has decided
    page: int = 1

    def query(self, **changes: object) -> str:
        """This list's address with something else chosen; back on page one unless a page is chosen."""
        asked = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]
        values = {
            "scope": asked.scope,
            "group": asked.group if asked.group != "open" else "",
            "category": asked.category,
            "unit": asked.unit,
            "urgent": "1" if asked.urgent else "",
            "late": "1" if asked.late else "",
            "extension": "1" if asked.extension else "",
            "page": str(asked.page) if asked.page > 1 else "",
        }
        return "?" + urlencode({key: value for key, value in values.items() if value})

    @property
    def here(self) -> str:
        return self.query(page=self.page)

    @property
    def narrowed(self) -> bool:
        return bool(self.category or self.unit or self.urgent or self.late or self.extension)


def scopes_of(member: StaffMember) -> dict[str, str]:
    """The lists this person has; the first is where he begins."""
    names: tuple[str, ...]
    if member.role in EVERYWHERE:
        names = ("all",) if member.role is Role.ASSESSOR else ("all", "mine")
    elif member.department is None:
        names = ("mine",)
    else:
        names = ("unit", "mine", "co") if member.role is Role.HEAD else ("mine", "unit", "co")
    return {name: SCOPES[name] for name in names}


def read_asked(values: Mapping[str, str], front: Front, member: StaffMember) -> Asked:
    """Anything unknown falls back to the usual: an old address must not end in an error."""
    scopes = scopes_of(member)
    scope, group, page = values.get("scope", ""), values.get("group", ""), values.get("page", "")
    category, unit = values.get("category", ""), values.get("unit", "")
    return Asked(
        scope=scope if scope in scopes else next(iter(scopes)),
        group=group if group in GROUPS else "open",
        category=category if category in front.directory.categories else "",
        unit=unit if unit in front.directory.departments and "all" in scopes else "",
        urgent=values.get("urgent") == "1",
        late=values.get("late") == "1",
        extension=values.get("extension") == "1",
        page=int(page) if page.isascii() and page.isdigit() and 0 < int(page) <= 20_000 else 1,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A ticket as a line of the list; texts are masked."""

    ticket: Ticket
    left: Left
    step: tuple[str, Left] | None
    kind: str
    category: str
    state: str
    unit: str
    handler: str
    claimed: str
    colour: str
    extension: bool  # more time was asked for, and nobody has decided
    danger: str
    subject: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The four figures above the list; each opens its tickets."""

    open: int
    unsigned: int
    late: int
    replied: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """A page of the list."""

    asked: Asked
    rows: tuple[Row, ...]
    tally: Tally
    calls: tuple[Call, ...]
    unchecked: tuple[
        str, ...
    ]  # units where nobody could check the handler; for those who can mend it
    more: bool

    @property
    def red_line(self) -> int | None:
        """After how many rows the red line runs; None when nothing is overdue here."""
        late = [at for at, row in enumerate(self.rows, start=1) if row.left.late]
        return late[-1] if late else None


def queue_page(front: Front, member: StaffMember, asked: Asked, now: datetime) -> QueuePage:
    """Core thread."""
    tickets = front.store.tickets
    wanted = _filter(asked, member, now)
    found = tickets.queue(replace(wanted, limit=PAGE + 1, offset=(asked.page - 1) * PAGE))
    scope = _scope(asked, member)
    return QueuePage(
        asked=asked,
        rows=rows_of(front, found[:PAGE], now),
        tally=Tally(
            open=tickets.count(replace(scope, states=OPEN)),
            unsigned=tickets.count(replace(scope, states=GROUPS["unsigned"][1])),
            late=tickets.count(replace(scope, states=OPEN, overdue_at=now)),
            replied=tickets.count(replace(scope, states=(State.REPLIED,))),
        ),
        calls=tuple(front.store.calls.of(member.id, CALLS_SHOWN)),
        unchecked=_unchecked(front) if member.role in (Role.SUPERVISOR, Role.ADMIN) else (),
        more=len(found) > PAGE,
    )


def _unchecked(front: Front) -> tuple[str, ...]:
    people = [member for member in front.store.staff.all() if member.active]
    units = checked_by_nobody(people, front.directory.departments)
    return tuple(front.directory.unit_name(unit) for unit in units)


def _scope(asked: Asked, member: StaffMember) -> QueueFilter:
    if asked.scope == "mine":
        return QueueFilter(handler=member.id)
    if asked.scope == "co":
        return QueueFilter(co_unit=member.department or "")
    if asked.scope == "all":
        return QueueFilter(departments=(asked.unit,) if asked.unit else ())
    return own_tickets(member)


def own_tickets(member: StaffMember) -> QueueFilter:
    """The widest list this person may look through."""
    if member.role in EVERYWHERE:
        return QueueFilter()
    if member.department is None:
        return QueueFilter(handler=member.id)
    return QueueFilter(departments=(member.department,))


def _filter(asked: Asked, member: StaffMember, now: datetime) -> QueueFilter:
    return replace(
        _scope(asked, member),
        states=GROUPS[asked.group][1],
        category=asked.category or None,
        urgent_only=asked.urgent,
        overdue_at=now if asked.late else None,
        extension_asked=asked.extension,
    )


def rows_of(front: Front, tickets: list[Ticket], now: datetime) -> tuple[Row, ...]:
    names = {member.id: member.name for member in front.store.staff.all()}
    going = [ticket.number for ticket in tickets if ticket.is_open]
    asked = front.store.tickets.extensions_asked(going)
    return tuple(_row(front, ticket, names, now, ticket.number in asked) for ticket in tickets)


def _row(
    front: Front, ticket: Ticket, names: dict[int, str], now: datetime, extension: bool
) -> Row:
    directory = front.directory
    return Row(
        ticket=ticket,
        left=time_left(ticket, now, front.policies, front.calendar),
        step=step_left(ticket, now, front.policies, front.calendar),
        kind=KIND_NAMES[ticket.kind],
        category=directory.category_name(ticket.category) if ticket.category else "",
        state=STATE_WORDS[ticket.state],
        unit=directory.unit_name(ticket.department),
        handler=names.get(ticket.handler or 0, "未定人"),
        claimed=names.get(ticket.claimed_by or 0, ""),
        colour=COLOUR_NAMES.get(ticket.colour or "", ""),
        extension=extension,
        # what is urgent is named by its kind: beside it stand the words, or ten lines look the same
        subject=mask((ticket.urgent and headline(ticket.detail)) or ticket.subject),
        danger=directory.urgent[ticket.urgent].name if ticket.urgent in directory.urgent else "",
        place=mask(ticket.location or ""),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found; `since` is the day back to which ended tickets were looked through, "" for all."""

    rows: tuple[Row, ...]
    since: str


def search(front: Front, member: StaffMember, words: str, now: datetime) -> Found:
    """By number, words, place or the last digits of the phone, within what this person may see.

    Phones are read out and typed in pieces, and a Chinese keyboard writes wide digits.
    """
    tickets = front.store.tickets
    words = unicodedata.normalize("NFKC", words).strip()
    phone = re.sub(r"[\s-]", "", words).removeprefix("+86")
    digits = phone.isascii() and phone.isdigit() and 4 <= len(phone) <= 11
    number = re.fullmatch(r"(?i)(?:DD)?[\d-]{4,}", words, re.ASCII) is not None
    looks: list[dict[str, Any]] = []
    if digits:  # not among the words: a phone typed into a 举报 must not be found either
        looks.append({"phone_tail": phone})
    if number:  # after it: four digits stand in the number of every ticket of some day
        looks.append({"number": words})
    if not looks:
        looks.append({"words": words})
    places = [own_tickets(member)]
    if member.department is not None and member.role not in EVERYWHERE:
        places.append(QueueFilter(co_unit=member.department))
    wanted = [replace(place, limit=FOUND, **look) for look in looks for place in places]
    found = {ticket.number: ticket for each in wanted for ticket in tickets.queue(each)}
    since = next(filter(None, map(tickets.reach, wanted)), None)
    return Found(
        rows=rows_of(front, list(found.values())[:FOUND], now),
        since=f"{since.astimezone(ZONE):%Y-%m-%d}" if since else "",
    )
