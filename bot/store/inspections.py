"""Room `store.inspections`: the open tickets as the daily inspection (定期点检) looks at them, and its sheets."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from bot.store.database import Database
from bot.tickets import State


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTicket:
    """An open ticket, nothing personal in it but the place, of which only the street is shown."""

    number: str
    department: str
    state: State
    category: str
    location: str
    handler: int | None
    urgent: bool
    finish_by: datetime | None
    contact_owed: bool


class Inspections:
    """A sheet a day, written once: everybody sees the same figures."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def open_tickets(self) -> list[OpenTicket]:
        """All of them, the most pressing first. Only columns that are shown: there may be many."""
        rows = self._db.query(
            """
            select t.number, t.department, t.state, t.category, t.location, t.handler, t.urgent,
                t.finish_by, t.contact_by, f.contacted_at, f.uncontactable
            from tickets t left join ticket_facts f on f.number = t.number
            where t.is_open = 1 order by t.is_open desc, t.due_order, t.number
            """
        )
        return [
            OpenTicket(
                number=row["number"],
                department=row["department"] or "",
                state=State(row["state"]),
                category=row["category"] or "",
                location=row["location"] or "",
                handler=row["handler"],
                urgent=row["urgent"] is not None,
                finish_by=datetime.fromisoformat(row["finish_by"]) if row["finish_by"] else None,
                contact_owed=bool(row["contact_by"])
                and not row["contacted_at"]
                and not row["uncontactable"],
            )
            for row in rows
        ]

    def filed(self, since: date, until: date) -> Counter[str]:
        """How many each unit got from `since` to before `until`."""
        return self._by_unit("filed_day", since, until)

    def left(self, since: date, until: date) -> Counter[str]:
        """How many each unit answered or ended."""
        return self._by_unit("left_day", since, until)

    def _by_unit(self, column: str, since: date, until: date) -> Counter[str]:
        rows = self._db.query(
            f"""
            select department, count(*) as n from ticket_facts
            where {column} >= :since and {column} < :until group by department
            """,
            {"since": since.isoformat(), "until": until.isoformat()},
        )
        return Counter({row["department"]: int(row["n"]) for row in rows})

    # -- the sheets -----------------------------------------------------------------------------------

    def keep(self, day: date, sheet: str) -> bool:
        """False where the day has its sheet already: the first one stays."""
        return bool(
            self._db.execute(
                "insert into inspections (day, sheet) values (:day, :sheet) on conflict do nothing",
                {"day": day.isoformat(), "sheet": sheet},
            )
        )

    def of_day(self, day: date) -> str | None:
        rows = self._db.query(
            "select sheet from inspections where day = :day", {"day": day.isoformat()}
        )
        return rows[0]["sheet"] if rows else None

    def days(self, until: date, limit: int) -> list[date]:
        """The days that have one, the newest first."""
        rows = self._db.query(
            "select day from inspections where day <= :until order by day desc limit :limit",
            {"until": until.isoformat(), "limit": limit},
        )
        return [date.fromisoformat(row["day"]) for row in rows]
