"""Which tickets a figure speaks of: a period of Shanghai days and a slice."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from bot.store.rows import instant
from bot.tickets import Ticket
from bot.workdays import ZONE

Params = dict[str, object]


class Dimension(StrEnum):
    """By what figures are split; the value is the column."""

    DEPARTMENT = "department"
    STREET = "street"
    CATEGORY = "category"
    CLOCK = "clock"
    AUDIENCE = "audience"
    KIND = "kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Tickets filed in [start, end); an empty field does not narrow."""

    start: date | None = None
    end: date | None = None
    departments: tuple[str, ...] = ()
    street: str | None = None
    category: str | None = None
    clock: str | None = None
    audience: str | None = None
    kind: str | None = None

    def where(self) -> tuple[str, Params]:
        """SQL over ticket_facts, always at least one condition."""
        conditions, params = ["1 = 1"], Params()
        if self.start is not None:
            conditions.append("filed_day >= :start")
            params["start"] = self.start.isoformat()
        if self.end is not None:
            conditions.append("filed_day < :end")
            params["end"] = self.end.isoformat()
        slice_, more = self.slice()
        return " and ".join([*conditions, slice_]), params | more

    def slice(self) -> tuple[str, Params]:
        """The same without the period."""
        conditions, params = ["1 = 1"], Params()
        if self.departments:
            names = [f"unit_{at}" for at in range(len(self.departments))]
            conditions.append(f"department in ({', '.join(f':{name}' for name in names)})")
            params |= dict(zip(names, self.departments, strict=True))
        for dimension in Dimension:
            if dimension is Dimension.DEPARTMENT:
                continue
            value = getattr(self, dimension.value)
            if value is not None:
                conditions.append(f"{dimension.value} = :{dimension.value}")
                params[dimension.value] = value
        return " and ".join(conditions), params

    def instants(self, now: datetime) -> tuple[datetime, datetime]:
        """The period as two moments; without an end it ends after now."""
        since = _midnight(self.start) if self.start else datetime(1970, 1, 1, tzinfo=UTC)
        return since, _midnight(self.end) if self.end else now + timedelta(days=1)

    def moments(self) -> tuple[str, Params]:
        """The period for a column of moments: a pattern with `{column}`, always a condition."""
        conditions, params = ["{column} is not null"], Params()
        if self.start is not None:
            conditions.append("{column} >= :starts_at")
            params["starts_at"] = instant(_midnight(self.start))
        if self.end is not None:
            conditions.append("{column} < :ends_at")
            params["ends_at"] = instant(_midnight(self.end))
        return " and ".join(conditions), params

    def holds(self, ticket: Ticket, street: str) -> bool:
        """The slice, asked of one ticket; the period is not looked at."""
        wanted = (
            (self.street, street),
            (self.category, ticket.category or ""),
            (self.clock, ticket.clock),
            (self.audience, ticket.audience),
            (self.kind, ticket.kind.value),
        )
        if self.departments and ticket.department not in self.departments:
            return False
        return all(value in (None, found) for value, found in wanted)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
