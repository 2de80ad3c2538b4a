"""今日点检: the sheet of the day as its people may see it, on paper too."""

from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import EVERYWHERE
from bot.console.front import Front
from bot.console.pages import Console, visit
from bot.departments import StaffMember
from bot.inspection import DAYS_SHOWN, Group, Sheet, UnitSheet, sheet_of


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionPage:
    """`total` only for who sees more than one unit; `today`: the sheet is of this very day."""

    sheet: Sheet | None
    units: tuple[UnitSheet, ...]
    whole: bool
    today: bool
    days: tuple[date, ...]

    @property
    def total(self) -> dict[str, int]:
        counts = dict.fromkeys((*PLAIN, *GROUPS), 0)
        for unit in self.units:
            for name in PLAIN:
                counts[name] += getattr(unit, name)
            for name in GROUPS:
                counts[name] += getattr(unit, name).count
        return counts


PLAIN = ("open", "filed", "left")
GROUPS = {
    "overdue": "超时限",
    "due_today": "今天到期",
    "unsigned": "待签收",
    "no_contact": "还没联系诉求人",
    "awaiting": "等诉求人补充",
}


def add(console: Console) -> None:
    """The route of the sheet."""
    front = console.front

    @console.get("/inspection")
    async def inspection(request: Request) -> Response:
        wanted = request.query_params.get("day", "")
        page = await front.run(_page, front, visit(request).member, wanted)
        return console.page(
            request, "inspection.html", page=page, groups=GROUPS, part=_part, plain=PLAIN
        )


def _page(front: Front, member: StaffMember, wanted: str) -> InspectionPage:
    """Core thread. Anything that is no day with a sheet falls back to the newest one."""
    today = front.calendar.local(front.now()).date()
    days = front.store.inspections.days(today, DAYS_SHOWN)
    chosen = next((day for day in days if day.isoformat() == wanted), days[0] if days else None)
    sheet = sheet_of(front.store, chosen) if chosen else None
    whole = member.role in EVERYWHERE
    units = tuple(
        u for u in (sheet.units if sheet else ()) if whole or u.department == member.department
    )
    return InspectionPage(
        sheet=sheet, units=units, whole=whole, today=chosen == today, days=tuple(days)
    )


def _part(unit: UnitSheet, name: str) -> Group:
    group: Group = getattr(unit, name)
    return group
