"""What a page of figures was asked for, and the links that lead from a number to its tickets."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from bot.battlemap import DAYS, tonight
from bot.console.access import EVERYWHERE
from bot.console.front import Front
from bot.console.words import STATE_WORDS
from bot.departments import StaffMember
from bot.errors import BotError
from bot.figures import Figures, last_days
from bot.ledgers import LEDGER_NAMES, THRESHOLDS, Ledger, rule_name, way_of
from bot.rates import RATES
from bot.store.overview import Spot
from bot.store.rates import Measure, Part
from bot.store.scope import Dimension, Scope
from bot.streets import street_of
from bot.tickets import Kind

PAGE = 50
NOTHING = "-"  # in an address: without a category, without a unit
SPOT_NAMES = {
    Spot.FILED: "新收",
    Spot.LEFT: "办出",
    Spot.OPEN: "在办",
    Spot.UNSIGNED: "待签收",
    Spot.DUE_TODAY: "今天到期",
    Spot.OVERDUE: "超过红线",
    Spot.PAUSED: "暂停计时",
}
PART_NAMES = {Part.COUNTED: "计入", Part.MISSED: "未计入", Part.ALL: "全部"}
_SLICES = ("street", "category", "clock", "audience", "kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The query of a page: a scope, how to split it, what to list."""

    scope: Scope
    by: Dimension
    show: str = ""
    page: int = 1

    def query(self, **change: object) -> str:
        """The same with something changed, for a link."""
        values: dict[str, object] = {**scope_values(self.scope), "by": self.by.value}
        if self.show:
            values |= {"show": self.show, "page": self.page}
        values |= {k: v if v != "" else NOTHING for k, v in change.items()}
        return "?" + urlencode({k: v for k, v in values.items() if v not in (None, "", 1)})


def read_asked(
    values: dict[str, str], member: StaffMember, today: date, *, live: bool = False
) -> Asked:
    """From the address; heads stay within their unit. `live`: without days it means any day."""
    usual = Scope() if live or values.get("whole") else last_days(today, DAYS)
    dated = "from" in values or "to" in values
    scope = Scope(
        start=_day(values.get("from")) if dated else usual.start,
        end=_day(values.get("to")) if dated else usual.end,
        departments=units_of(member, values.get("unit", "")),
        **{name: _given(values[name]) for name in _SLICES if values.get(name)},
    )
    if scope.start and scope.end and scope.start >= scope.end:
        raise BotError("起始日期要早于截止日期。")
    if scope.kind is not None and scope.kind not in set(Kind):
        raise BotError("没有这种诉求类型。")
    by = values.get("by", "")
    page = values.get("page", "1")
    return Asked(
        scope=scope,
        by=Dimension(by) if by in set(Dimension) else Dimension.DEPARTMENT,
        show=values.get("show", ""),
        page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
    )


def units_of(member: StaffMember, wanted: str) -> tuple[str, ...]:
    """The units whose figures this person sees; () is all of them."""
    if member.role not in EVERYWHERE:
        return (member.department or "nowhere",)
    return (_given(wanted),) if wanted else ()


def _given(value: str) -> str:
    return "" if value == NOTHING else value


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BotError("日期请写成2026-11-24这样。") from None


def scope_values(scope: Scope) -> dict[str, object]:
    return {
        "from": scope.start,
        "to": scope.end,
        "unit": (scope.departments[0] or NOTHING) if scope.departments else None,
        **{name: NOTHING if (v := getattr(scope, name)) == "" else v for name in _SLICES},
    }


def tickets_link(show: str, scope: Scope | None = None, **slice_: object) -> str:
    """The list of the tickets behind a number."""
    values = {**scope_values(scope or Scope()), **slice_, "show": show}
    given = {k: v if v != "" else NOTHING for k, v in values.items() if v is not None}
    return "/staff/figures/tickets?" + urlencode(given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A ticket in such a list. No word of a confidential one but its category."""

    number: str
    subject: str
    category: str
    unit: str
    street: str
    state: str
    filed_at: datetime
    finish_by: datetime | None
    late: bool
    urgent: bool
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of the tickets behind a number."""

    title: str
    hint: str
    total: int
    lines: tuple[Line, ...]
    more: bool


def listing(front: Front, figures: Figures, asked: Asked, now: datetime) -> Listing:
    """Core thread."""
    kind, _, rest = asked.show.partition(":")
    offset = (asked.page - 1) * PAGE
    why: dict[str, tuple[str, ...]] = {}
    if kind == "ledger" and rest in set(Ledger):
        ledger, params = Ledger(rest), THRESHOLDS.params(now, front.calendar)
        room = front.store.ledgers
        total = room.count(ledger, asked.scope, params)
        entries = room.entries(ledger, asked.scope, params, PAGE, offset)
        why = {entry.number: tuple(map(rule_name, entry.rules)) for entry in entries}
        if ledger is Ledger.PASSED_ON:
            why = {number: (*rules, _way(front, number)) for number, rules in why.items()}
        numbers, title, hint = (
            list(why),
            f"台账：{LEDGER_NAMES[ledger]}",
            "在办的全部列出，办结的按所选时段。",
        )
    elif kind == "spot" and rest in set(Spot):
        spot = Spot(rest)
        total, numbers = front.store.overview.numbers(
            spot, asked.scope, now, tonight(now), PAGE, offset
        )
        title, hint = SPOT_NAMES[spot], ""
    elif kind == "rate":
        total, numbers, title, hint = _behind_rate(figures, asked, rest, now, offset)
    else:
        raise BotError("没有这张清单，请从作战图或数据页点数字进来。")
    found = (front.store.tickets.find(number) for number in numbers)
    return Listing(
        title=title, hint=hint, total=total, more=total > offset + len(numbers),
        lines=tuple(_line(front, t.number, now, why.get(t.number, ())) for t in found if t),
    )  # fmt: skip


def _way(front: Front, number: str) -> str:
    """It stands under the unit that has it now, who need not be the one that pushed it on."""
    units = way_of(front.store.tickets.events(number))
    return "经过：" + " → ".join(map(front.directory.unit_name, units))


def _behind_rate(
    figures: Figures, asked: Asked, rest: str, now: datetime, offset: int
) -> tuple[int, list[str], str, str]:
    measure, _, part = rest.partition(":")
    if measure not in set(Measure) or part not in set(Part):
        raise BotError("没有这个指标。")
    found = figures.tickets(asked.scope, Measure(measure), Part(part), now, PAGE, offset)
    rate = RATES.get(Measure(measure))
    if rate is None:  # a coverage goes by the name of its rate
        rate = next(kind for kind in RATES.values() if kind.coverage == measure)
        title = f"{rate.name}的覆盖率 · {PART_NAMES[Part(part)]}"
        return *found, title, f"分母：{rate.covers}。"
    return (
        *found,
        f"{rate.name} · {PART_NAMES[Part(part)]}",
        f"分子：{rate.counts}。分母：{rate.among}。",
    )


def _line(front: Front, number: str, now: datetime, why: tuple[str, ...]) -> Line:
    ticket = front.desk.ticket(number)
    category = front.directory.category_name(ticket.category)
    return Line(
        number=number,
        subject=category if ticket.confidential else ticket.subject,
        category=category,
        unit=front.notices.unit(ticket),
        street=street_of(ticket.location),
        state=STATE_WORDS[ticket.state],
        filed_at=ticket.filed_at,
        finish_by=ticket.finish_by,
        late=ticket.is_overdue(now),
        urgent=ticket.urgent is not None,
        why=why,
    )


@dataclass(frozen=True, slots=True)
class Preset:
    """A period to choose with one click."""

    name: str
    query: str
    chosen: bool


def presets(asked: Asked, today: date) -> tuple[Preset, ...]:
    first = today.replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    periods = (
        ("今天", last_days(today, 1)), ("近7天", last_days(today, 7)), ("近30天", last_days(today, DAYS)),
        ("本月", Scope(start=first, end=today + timedelta(days=1))), ("上月", Scope(start=before, end=first)),
        ("全部", Scope()),
    )  # fmt: skip
    found, taken = [], False
    for name, period in periods:
        chosen = not taken and (period.start, period.end) == (asked.scope.start, asked.scope.end)
        taken = taken or chosen
        scope = replace(asked.scope, start=period.start, end=period.end)
        query = replace(asked, scope=scope, show="").query()
        found.append(Preset(name, query if period.start else f"{query}&whole=1", chosen))
    return tuple(found)
