"""作战图: everything a supervisor looks at in the morning, read in one go and kept for a minute.

Every number has a `Spot`, a rate or a ledger behind it, so that the page can open its tickets.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.figures import Figures, last_days
from bot.ledgers import LEDGER_NAMES, THRESHOLDS, Entry, Ledger
from bot.rates import CORE, Rate
from bot.store.overview import Flow, UnitStand
from bot.store.scope import Dimension, Scope
from bot.streets import UNKNOWN_STREET
from bot.workdays import ZONE

DAYS = 30  # what the map looks back on
USUAL_DAYS = 7  # a hot matter of today is compared with so many days before
HOT_FROM = 3  # fewer cases in a day are chance
STREETS, CATEGORIES, HOT, LISTED = 10, 10, 6, 4
SHADES = 5
AGES = (
    ("当天", 0, 0),
    ("1–3天", 1, 3),
    ("4–7天", 4, 7),
    ("8–15天", 8, 15),
    ("16–30天", 16, 30),
    ("30天以上", 31, None),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """`light`: red over the line, yellow due today, green the rest."""

    name: str
    stand: UnitStand
    light: str

    @property
    def easy(self) -> int:
        """Open, with time left beyond today."""
        stand = self.stand
        return stand.open - stand.overdue - stand.due_today - stand.paused


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """Open tickets filed on the days [start, end); without a start: any day before."""

    name: str
    count: int
    start: date | None
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatCell:
    """`shade` 0 … SHADES: nothing … the most of the table."""

    category: str
    count: int
    shade: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatRow:
    """One street."""

    street: str
    total: int
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HotMatter:
    """More of one matter at one place today than on twice a usual day."""

    street: str
    category: str
    name: str
    today: int
    before: int

    @property
    def usual(self) -> float:
        return round(self.before / USUAL_DAYS, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerCard:
    """One ledger: how many, and the first of them."""

    ledger: Ledger
    name: str
    count: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BattleMap:
    """One look. `scope` is the period looked back on, with the unit of whoever may see only his own."""

    made_at: datetime
    scope: Scope
    units: tuple[UnitLine, ...]
    idle_units: int
    ages: tuple[Age, ...]
    flow: tuple[Flow, ...]
    heat: tuple[HeatRow, ...]
    heat_categories: tuple[tuple[str, str], ...]
    hot: tuple[HotMatter, ...]
    rates: tuple[Rate, ...]
    ledgers: tuple[LedgerCard, ...]
    behind: bool

    def total(self, field: str) -> int:
        """Over all units: open, unsigned, due_today, overdue, paused."""
        return sum(getattr(line.stand, field) for line in self.units)

    @property
    def today(self) -> Flow:
        return self.flow[-1]


def tonight(now: datetime) -> datetime:
    """The district's next midnight."""
    day = now.astimezone(ZONE).date() + timedelta(days=1)
    return datetime.combine(day, time(), ZONE)


def look(
    figures: Figures, now: datetime, departments: tuple[str, ...], *, behind: bool
) -> BattleMap:
    """Draw the map of these units, of all when none is named. Core thread."""
    overview = figures.store.overview
    today = now.astimezone(ZONE).date()
    recent = last_days(today, DAYS)
    scope = Scope(start=recent.start, end=recent.end, departments=departments)
    stands = overview.units(scope, now, tonight(now))
    report = figures.report(scope, None, now)
    heat, columns = _heat(figures, scope)
    known = departments or tuple(figures.directory.departments)
    busy = {stand.department for stand in stands}
    return BattleMap(
        made_at=now,
        scope=scope,
        units=tuple(
            UnitLine(name=figures.name(Dimension.DEPARTMENT, s.department), stand=s, light=_light(s))
            for s in stands
        ),
        idle_units=len(set(known) - busy),
        ages=_ages(overview.open_by_day(scope), today),
        flow=tuple(overview.flow(scope)),
        heat=heat,
        heat_categories=columns,
        hot=tuple(
            HotMatter(
                street=rise.street, category=rise.category, today=rise.today, before=rise.before,
                name=figures.name(Dimension.CATEGORY, rise.category),
            )
            for rise in overview.rising(scope, today, USUAL_DAYS, HOT_FROM)[:HOT]
        ),
        rates=tuple(report.total.rates[measure] for measure in CORE),
        ledgers=_ledgers(figures, scope, now),
        behind=behind,
    )  # fmt: skip


def _light(stand: UnitStand) -> str:
    if stand.overdue:
        return "red"
    return "yellow" if stand.due_today or stand.unsigned > stand.open // 2 else "green"


def _ages(by_day: dict[date, int], today: date) -> tuple[Age, ...]:
    found = []
    for name, young, old in AGES:
        start = None if old is None else today - timedelta(days=old)
        end = today - timedelta(days=young) + timedelta(days=1)
        count = sum(n for day, n in by_day.items() if (start is None or day >= start) and day < end)
        found.append(Age(name=name, count=count, start=start, end=end))
    return tuple(found)


def _heat(
    figures: Figures, scope: Scope
) -> tuple[tuple[HeatRow, ...], tuple[tuple[str, str], ...]]:
    """The streets and categories with the most tickets; who named no street comes last."""
    cells = figures.store.overview.heat(scope)
    by_street, by_category = dict[str, int](), dict[str, int]()
    for cell in cells:
        by_street[cell.street] = by_street.get(cell.street, 0) + cell.count
        by_category[cell.category] = by_category.get(cell.category, 0) + cell.count
    streets = sorted(by_street, key=lambda s: (s == UNKNOWN_STREET, -by_street[s], s))[:STREETS]
    categories = sorted(by_category, key=lambda c: (-by_category[c], c))[:CATEGORIES]
    counts = {(cell.street, cell.category): cell.count for cell in cells}
    most = max((counts.get((s, c), 0) for s in streets for c in categories), default=0)

    def cell_of(street: str, category: str) -> HeatCell:
        count = counts.get((street, category), 0)
        return HeatCell(
            category=category, count=count, shade=-(-SHADES * count // most) if count else 0
        )

    rows = tuple(
        HeatRow(street=s, total=by_street[s], cells=tuple(cell_of(s, c) for c in categories))
        for s in streets
    )
    return rows, tuple((c, _short(figures.name(Dimension.CATEGORY, c))) for c in categories)


def _short(name: str) -> str:
    """道路破损 for 道路破损、背街小巷不平: a column has little room."""
    return name.split("、")[0].split("（")[0]


def _ledgers(figures: Figures, scope: Scope, now: datetime) -> tuple[LedgerCard, ...]:
    params = THRESHOLDS.params(now, figures.calendar)
    room = figures.store.ledgers
    return tuple(
        LedgerCard(
            ledger=ledger,
            name=LEDGER_NAMES[ledger],
            count=room.count(ledger, scope, params),
            entries=tuple(room.entries(ledger, scope, params, LISTED)),
        )
        for ledger in Ledger
    )
