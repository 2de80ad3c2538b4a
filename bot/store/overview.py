"""Room `store.overview`: where the battle stands (作战图): by unit, by day, by street and matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.store.database import Database
from bot.store.figures import Figures
from bot.store.rows import instant
from bot.store.scope import Params, Scope


class Spot(StrEnum):
    """A set of tickets that a number on the map stands for."""

    FILED = "filed"
    LEFT = "left"
    OPEN = "open"
    UNSIGNED = "unsigned"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    PAUSED = "paused"


_LIVE = {
    Spot.OPEN: "open = 1",
    Spot.UNSIGNED: "open = 1 and sign_by is not null and signed_at is null",
    Spot.DUE_TODAY: "open = 1 and paused = 0 and finish_by >= :now and finish_by < :tonight",
    Spot.OVERDUE: "open = 1 and paused = 0 and finish_by < :now",
    Spot.PAUSED: "open = 1 and paused = 1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitStand:
    """One unit's open tickets."""

    department: str
    open: int
    unsigned: int
    due_today: int
    overdue: int
    paused: int
    oldest_due: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One day."""

    day: date
    filed: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Tickets of one street and category."""

    street: str
    category: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """One matter at one place: today against the days before."""

    street: str
    category: str
    today: int
    before: int


class Overview:
    """Reads ticket_facts; every sum has a Spot or a Scope that lists its tickets."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def units(self, scope: Scope, now: datetime, tonight: datetime) -> list[UnitStand]:
        """Units with open tickets, the reddest first."""
        where, params = scope.slice()
        sums = ", ".join(
            f"sum(case when {condition} then 1 else 0 end) as n_{spot}"
            for spot, condition in _LIVE.items()
        )
        rows = self.db.query(
            f"select department, {sums},"
            " min(case when paused = 0 then finish_by end) as oldest"
            f" from ticket_facts where open = 1 and {where} group by department",
            params | _moments(now, tonight),
        )
        found = [
            UnitStand(
                department=str(row["department"]),
                open=int(row["n_open"]),
                unsigned=int(row["n_unsigned"]),
                due_today=int(row["n_due_today"]),
                overdue=int(row["n_overdue"]),
                paused=int(row["n_paused"]),
                oldest_due=datetime.fromisoformat(row["oldest"]) if row["oldest"] else None,
            )
            for row in rows
        ]
        return sorted(found, key=lambda u: (-u.overdue, -u.due_today, -u.open, u.department))

    def open_by_day(self, scope: Scope) -> dict[date, int]:
        """Open tickets by the day they were filed."""
        where, params = scope.slice()
        return self._by_day("filed_day", f"open = 1 and {where}", params)

    def flow(self, scope: Scope) -> list[Flow]:
        """Every day of the scope's period, days without tickets too."""
        assert scope.start is not None
        assert scope.end is not None
        where, params = scope.slice()
        params |= {"start": scope.start.isoformat(), "end": scope.end.isoformat()}
        filed = self._by_day(
            "filed_day", f"filed_day >= :start and filed_day < :end and {where}", params
        )
        left = self._by_day(
            "left_day", f"left_day >= :start and left_day < :end and {where}", params
        )
        days = [scope.start + timedelta(days=n) for n in range((scope.end - scope.start).days)]
        return [Flow(day=day, filed=filed.get(day, 0), left=left.get(day, 0)) for day in days]

    def heat(self, scope: Scope) -> list[Cell]:
        where, params = scope.where()
        rows = self.db.query(
            "select street, category, count(*) as n from ticket_facts"
            f" where {where} group by street, category order by n desc, street, category",
            params,
        )
        return [
            Cell(street=str(row["street"]), category=str(row["category"]), count=int(row["n"]))
            for row in rows
        ]

    def rising(self, scope: Scope, today: date, days_before: int, at_least: int) -> list[Rise]:
        """Places and matters with more today than twice a usual day; the steepest first."""
        where, params = scope.slice()
        params |= {
            "today": today.isoformat(),
            "tomorrow": (today + timedelta(days=1)).isoformat(),
            "since": (today - timedelta(days=days_before)).isoformat(),
            "at_least": at_least,
            "days": days_before,
        }
        rows = self.db.query(
            "select street, category, today_n, before_n from ("
            " select street, category,"
            " sum(case when filed_day >= :today then 1 else 0 end) as today_n,"
            " sum(case when filed_day < :today then 1 else 0 end) as before_n"
            " from ticket_facts where filed_day >= :since and filed_day < :tomorrow"
            f" and category <> '' and {where} group by street, category) counted"
            " where today_n >= :at_least and today_n * :days > 2 * before_n"
            " order by today_n * :days - before_n desc, street, category",
            params,
        )
        return [
            Rise(
                street=str(row["street"]), category=str(row["category"]),
                today=int(row["today_n"]), before=int(row["before_n"]),
            )
            for row in rows
        ]  # fmt: skip

    def numbers(
        self,
        spot: Spot,
        scope: Scope,
        now: datetime,
        tonight: datetime,
        limit: int,
        offset: int = 0,
    ) -> tuple[int, list[str]]:
        """How many tickets a number of the map stands for, and a page of them, newest first."""
        if spot is Spot.LEFT:
            where, params = scope.where()
            condition = where.replace("filed_day", "left_day") + " and left_day is not null"
        else:
            where, params = scope.where()
            condition = f"{where} and {_LIVE.get(spot, '1 = 1')}"
        return Figures(self.db).page(condition, params | _moments(now, tonight), limit, offset)

    def _by_day(self, column: str, where: str, params: Params) -> dict[date, int]:
        rows: Sequence[dict[str, object]] = self.db.query(
            f"select {column} as day, count(*) as n from ticket_facts where {where} group by {column}",
            params,
        )
        return {date.fromisoformat(str(row["day"])): int(str(row["n"])) for row in rows}


def _moments(now: datetime, tonight: datetime) -> Params:
    return {"now": instant(now), "tonight": instant(tonight)}
