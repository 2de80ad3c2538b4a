"""Tickets for people outside the house: masked, as CSV or JSON, and a random sample for an assessor.

Never a phone, a name of a resident, a house number or the words of a 举报. The same seed draws the
same sample from the same period, so an assessor can prove that nobody chose for him.
"""

import csv
import io
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from bot.departments import Directory, Role
from bot.moves import MOVES
from bot.redact import mask_for_outside, names_in
from bot.store import Store
from bot.store.scope import Scope
from bot.streets import street_of
from bot.tickets import KIND_NAMES, STATE_NAMES, Ticket, TicketEvent
from bot.workdays import WorkCalendar

HIDDEN = "（保密）"
EXCEL_MARK = "\ufeff"  # without it a spreadsheet reads our Chinese as something else
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SAFE_DATA = (
    "clock", "category", "department", "days", "date", "colour", "channel", "into", "reason",
    "rating", "percent", "clock_name", "new_date", "model", "part", "parent",
)  # fmt: skip
_STEP_NAMES = {move.event: move.name for move in reversed(MOVES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRow:
    """One ticket as the outside may see it. Times are the district's, ISO 8601."""

    number: str
    kind: str
    category: str
    unit: str
    street: str
    state: str
    subject: str
    detail: str
    audience: str
    clock: str
    filed_at: str
    sign_by: str
    contact_by: str
    finish_by: str
    first_finish_by: str
    replied_at: str
    closed_at: str
    returns: int
    extensions: int
    reminders: int
    followers: int
    reopenings: int
    level: int
    colour: str
    solved: bool | None
    rating: int | None
    excluded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One event, masked; `hash` ties it to the chain that `mashangban verify` checks."""

    seq: int
    step: str
    role: str
    actor: str
    unit: str
    at: str
    public: bool
    note: str
    told: str
    data: dict[str, object]
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """A drawn ticket with its history; `chain_intact` says whether the proof holds."""

    ticket: TicketRow
    chain_intact: bool
    history: tuple[HistoryLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What was drawn from how many, so that the draw can be repeated."""

    seed: str
    size: int
    drawn_from: int
    start: str
    end: str
    tickets: tuple[Sampled, ...]


class Exports:
    """Core thread, but for `sample_beside`."""

    def __init__(self, store: Store, directory: Directory, calendar: WorkCalendar) -> None:
        self.store = store
        self.directory = directory
        self.calendar = calendar

    def rows(self, scope: Scope, now: datetime) -> Iterator[TicketRow]:
        """The tickets filed in the scope's period and slice, oldest first."""
        return (self.row(ticket) for ticket in self._tickets(scope, now))

    def sample(self, scope: Scope, seed: str, size: int, now: datetime) -> Sample:
        """Draw `size` tickets without putting back."""
        numbers = sorted(ticket.number for ticket in self._tickets(scope, now))
        drawn = random.Random(seed).sample(numbers, min(size, len(numbers)))
        return Sample(
            seed=seed,
            size=len(drawn),
            drawn_from=len(numbers),
            start=scope.start.isoformat() if scope.start else "",
            end=scope.end.isoformat() if scope.end else "",
            tickets=tuple(self._sampled(number) for number in sorted(drawn)),
        )

    def sample_beside(self, scope: Scope, seed: str, size: int, now: datetime) -> Sample:
        """The same from any other thread, on a connection of its own: it looks at every ticket of the period."""
        with self.store.beside() as store:
            return Exports(store, self.directory, self.calendar).sample(scope, seed, size, now)

    def _sampled(self, number: str) -> Sampled:
        ticket = self.store.tickets.find(number)
        assert ticket is not None
        return Sampled(
            ticket=self.row(ticket),
            chain_intact=self.store.tickets.chain_break(number) is None,
            history=self.history(ticket),
        )

    def history(self, ticket: Ticket) -> tuple[HistoryLine, ...]:
        """What happened, masked."""
        events = self.store.tickets.events(ticket.number)
        names = names_in((ticket.detail, *(event.note for event in events)), ticket.contact)
        return tuple(self._line(ticket, event, names) for event in events)

    def _tickets(self, scope: Scope, now: datetime) -> Iterator[Ticket]:
        since, until = scope.instants(now)
        for ticket in self.store.tickets.filed_between(since, until):
            if scope.holds(ticket, street_of(ticket.location)):
                yield ticket

    def row(self, ticket: Ticket) -> TicketRow:
        secret, names = ticket.confidential, names_in((ticket.detail,), ticket.contact)
        return TicketRow(
            number=ticket.number,
            kind=KIND_NAMES[ticket.kind],
            category=self.directory.category_name(ticket.category),
            unit=self.directory.unit_name(ticket.department),
            street=street_of(ticket.location),
            state=STATE_NAMES[ticket.state].replace("您", "诉求人"),
            subject=HIDDEN if secret else mask_for_outside(ticket.subject, names),
            detail=HIDDEN if secret else mask_for_outside(ticket.detail, names),
            audience="企业" if ticket.audience == "enterprise" else "群众",
            clock=ticket.clock,
            filed_at=self._at(ticket.filed_at),
            sign_by=self._at(ticket.sign_by),
            contact_by=self._at(ticket.contact_by),
            finish_by=self._at(ticket.finish_by),
            first_finish_by=self._at(ticket.first_finish_by),
            replied_at=self._at(ticket.replied_at),
            closed_at=self._at(ticket.closed_at),
            returns=ticket.returns,
            extensions=ticket.extensions,
            reminders=ticket.reminders,
            followers=ticket.followers,
            reopenings=ticket.reopenings,
            level=ticket.level,
            colour=ticket.colour or "",
            solved=ticket.solved,
            rating=ticket.rating,
            excluded=ticket.excluded or "",
        )

    def _line(self, ticket: Ticket, event: TicketEvent, names: frozenset[str]) -> HistoryLine:
        by_resident = event.actor.role is Role.RESIDENT
        hide = ticket.confidential  # what staff wrote of it as well: a note may name who reported
        return HistoryLine(
            seq=event.seq,
            step=_STEP_NAMES.get(event.kind, event.kind.value),
            role=event.actor.role.value,
            actor="诉求人" if by_resident else event.actor.name,
            unit=self.directory.unit_name(event.actor.department) if event.actor.department else "",
            at=self._at(event.at),
            public=event.public,
            note=HIDDEN if hide and event.note else mask_for_outside(event.note, names),
            told=HIDDEN if hide and event.told else mask_for_outside(event.told, names),
            data={key: event.data[key] for key in _SAFE_DATA if key in event.data},
            hash=event.hash,
        )

    def _at(self, moment: datetime | None) -> str:
        return self.calendar.local(moment).isoformat(timespec="seconds") if moment else ""


# -- formats ------------------------------------------------------------------------------------------


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Lines of CSV that a spreadsheet opens without running anything."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(header)
    yield buffer.getvalue()
    for values in rows:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([_harmless(value) for value in values])
        yield buffer.getvalue()


def tickets_csv(rows: Iterable[TicketRow]) -> Iterator[str]:
    names = [field.name for field in fields(TicketRow)]
    return csv_lines(names, ([getattr(row, name) for name in names] for row in rows))


def tickets_json(rows: Iterable[TicketRow]) -> Iterator[str]:
    """A JSON array, one ticket a line, written as it is read."""
    before = "[\n"
    for row in rows:
        yield before + json.dumps(asdict(row), ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def sample_json(sample: Sample) -> str:
    return json.dumps(asdict(sample), ensure_ascii=False, indent=1)


def _harmless(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
