"""定期点检: once a working day, for each unit, what is due, over the line, unsigned, waiting, not yet contacted.

The clock writes the sheet at the beginning of the day and it stays as it is: the console, the duty group
and a print-out show the same figures.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.desk import Desk
from bot.store import Store, whole
from bot.store.inspections import OpenTicket
from bot.store.rows import canonical, from_json
from bot.streets import street_of
from bot.tickets import PAUSED, STATE_NAMES, State
from bot.workdays import ZONE, WorkCalendar

LISTED = 50  # tickets of a kind and unit on the sheet; the figure above them counts all
DAYS_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A ticket on the sheet, as everybody who may see the unit may read it."""

    number: str
    matter: str
    street: str
    state: str
    handler: str
    urgent: bool
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The tickets to look at for one reason, the most pressing first."""

    count: int = 0
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSheet:
    """One unit's part of the sheet. `filed` and `left` are of the days since the last working day."""

    department: str
    name: str
    open: int
    filed: int
    left: int
    overdue: Group = Group()
    due_today: Group = Group()
    unsigned: Group = Group()
    no_contact: Group = Group()
    awaiting: Group = Group()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The inspection of one day; `since` is the first of the days whose in and out it counts."""

    day: date
    since: date
    made_at: datetime
    units: tuple[UnitSheet, ...]
    code: str = ""  # 存证码: kept outside, it proves later that no history was rewritten


class Inspection:
    """Writes the sheet and tells the duty group. Core thread."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.store = desk.store

    @whole
    def daily(self, now: datetime) -> bool:
        """Once, at the beginning of a working day, in one process. True when it was made now."""
        desk, today = self.desk, self.desk.calendar.local(now).date()
        if not desk.calendar.is_open(now) or self.store.inspections.of_day(today):
            return False
        with self.store.atomic():
            sheet = self.look(now)
            if not self.store.inspections.keep(today, canonical(sheet)):
                return False
            desk.notices.to_group(words(sheet), now)
        return True

    def look(self, now: datetime) -> Sheet:
        """As it stands now."""
        desk, room = self.desk, self.store.inspections
        today = desk.calendar.local(now).date()
        since = last_workday(desk.calendar, today)
        if written := room.days(today - timedelta(days=1), 1):
            since = min(since, written[0])  # a day without a sheet, when nothing ran, is made good
        filed, left = room.filed(since, today), room.left(since, today)
        names = {member.id: member.name for member in self.store.staff.all()}
        of_unit: dict[str, list[OpenTicket]] = {}
        for ticket in room.open_tickets():
            of_unit.setdefault(ticket.department, []).append(ticket)
        units = (
            self._unit(unit, of_unit.get(unit, []), filed[unit], left[unit], names, now)
            for unit in desk.directory.departments
            if unit in of_unit or filed[unit] or left[unit]
        )
        ordered = sorted(units, key=lambda u: (-u.overdue.count, -u.due_today.count, -u.open))
        return Sheet(
            day=today, since=since, made_at=now, units=tuple(ordered), code=self.store.proof.code()
        )

    def _unit(
        self,
        unit: str,
        tickets: list[OpenTicket],
        filed: int,
        left: int,
        names: Mapping[int, str],
        now: datetime,
    ) -> UnitSheet:
        today = self.desk.calendar.local(now).date()
        tonight = datetime.combine(today + timedelta(days=1), time(), ZONE)
        running = [t for t in tickets if t.state not in PAUSED]

        def group(chosen: Iterable[OpenTicket]) -> Group:
            found = list(chosen)
            return Group(
                count=len(found), items=tuple(self._item(t, names) for t in found[:LISTED])
            )

        return UnitSheet(
            department=unit,
            name=self.desk.directory.unit_name(unit),
            open=len(tickets),
            filed=filed,
            left=left,
            overdue=group(t for t in running if t.finish_by and t.finish_by < now),
            due_today=group(t for t in running if t.finish_by and now <= t.finish_by < tonight),
            unsigned=group(t for t in tickets if t.state in (State.RECEIVED, State.DISPATCHED)),
            no_contact=group(t for t in running if t.contact_owed),
            awaiting=group(t for t in tickets if t.state is State.AWAITING),
        )

    def _item(self, ticket: OpenTicket, names: Mapping[int, str]) -> Item:
        directory = self.desk.directory
        return Item(
            number=ticket.number,
            matter=directory.category_name(ticket.category) if ticket.category else "未分类",
            street=street_of(ticket.location),
            state=STATE_NAMES[ticket.state].replace("您", "诉求人"),
            handler=names.get(ticket.handler or 0, "未定人"),
            urgent=ticket.urgent,
            due_at=ticket.finish_by,
        )


def sheet_of(store: Store, day: date) -> Sheet | None:
    """The sheet that was written on that day."""
    text = store.inspections.of_day(day)
    return from_json(Sheet, text) if text else None


def last_workday(calendar: WorkCalendar, day: date) -> date:
    """The working day before this one: on a Monday the weekend is counted with the Friday."""
    day -= timedelta(days=1)
    while not calendar.is_workday(day):
        day -= timedelta(days=1)
    return day


def words(sheet: Sheet) -> str:
    """A line a unit, for the duty group."""
    lines = [f"定期点检 {sheet.day}"]
    for unit in sheet.units:
        lines.append(
            f"{unit.name}：在办{unit.open}，今天到期{unit.due_today.count}，"
            f"超时限{unit.overdue.count}，待签收{unit.unsigned.count}，"
            f"未联系{unit.no_contact.count}，等诉求人{unit.awaiting.count}；"
            f"新收{unit.filed}，办出{unit.left}"
        )
    if not sheet.units:
        lines.append("没有在办工单。")
    if sheet.code:
        lines.append(f"存证码 {sheet.code}，请留存，日后核对办理记录用")
    return "\n".join(lines)
