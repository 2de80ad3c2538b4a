"""Room `store.figures`: the sums behind the rates, the times, and the tickets behind each number."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from bot.store.database import Database, Row
from bot.store.rates import MEASURES, Measure, Part, part_of
from bot.store.rows import instant
from bot.store.scope import Dimension, Params, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Raw and adjusted: the adjusted pair leaves out what two people agreed to exclude."""

    numerator: int = 0
    denominator: int = 0
    adjusted_numerator: int = 0
    adjusted_denominator: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One slice's sums. `name` is the value of the dimension, "" where there is none."""

    name: str
    tickets: int = 0
    excluded: int = 0
    tallies: dict[Measure, Tally] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """Nearest-rank percentiles in minutes of `count` finished tickets."""

    count: int
    median: int
    p90: int
    worked_median: int
    worked_p90: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BotCounts:
    """What the chat window did by itself, as far as it is stored."""

    answers: int  # answers given from the knowledge base
    unanswered: int  # questions not understood, by the day they were last heard
    handovers: int  # enquiries handed to a person
    useful: int
    feedback: int


class Figures:
    """Reads ticket_facts only; `store.facts` keeps that table up to date."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def buckets(
        self, scope: Scope, by: Dimension | None, now: datetime, follow_line: datetime
    ) -> list[Bucket]:
        """All sums in one pass; the whole as one bucket when `by` is None. Biggest first."""
        where, params = scope.where()
        params |= {"now": instant(now), "follow_line": instant(follow_line)}
        name, group = (by.value, f"{by.value}, excluded") if by else ("''", "excluded")
        rows = self.db.query(
            f"select {name} as bucket, excluded, count(*) as tickets, {_SUMS}"
            f" from ticket_facts where {where} group by {group}",
            params,
        )
        parts: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            parts[str(row["bucket"])].append(row)
        found = [_bucket(name, rows) for name, rows in parts.items()]
        return sorted(found, key=lambda bucket: (-bucket.tickets, bucket.name))

    def durations(
        self, scope: Scope, by: Dimension | None, *, adjusted: bool = False
    ) -> dict[str, Durations]:
        """By bucket name; a bucket without a finished ticket is missing."""
        where, params = scope.where()
        if adjusted:
            where += " and excluded = 0"
        rows = self.db.query(_DURATIONS.format(name=by.value if by else "''", where=where), params)
        return {
            str(row["bucket"]): Durations(
                count=int(row["n"]), median=int(row["median"]), p90=int(row["p90"]),
                worked_median=int(row["worked_median"]), worked_p90=int(row["worked_p90"]),
            )
            for row in rows
        }  # fmt: skip

    def numbers(
        self, scope: Scope, measure: Measure, part: Part, now: datetime, follow_line: datetime,
        limit: int, offset: int = 0, *, adjusted: bool = False,
    ) -> tuple[int, list[str]]:  # fmt: skip
        """How many tickets a number stands for, and a page of them, newest first."""
        where, params = scope.where()
        condition = f"{where} and {part_of(measure, part)}" + (
            " and excluded = 0" if adjusted else ""
        )
        params |= {"now": instant(now), "follow_line": instant(follow_line)}
        return self.page(condition, params, limit, offset)

    def page(
        self, condition: str, params: Params, limit: int, offset: int = 0
    ) -> tuple[int, list[str]]:
        """A count and a page of numbers for a condition of the store's own rooms."""
        count = self.db.query(f"select count(*) as n from ticket_facts where {condition}", params)
        rows = self.db.query(
            f"select number from ticket_facts where {condition} order by number desc"
            " limit :limit offset :offset",
            params | {"limit": limit, "offset": offset},
        )
        return int(count[0]["n"]), [str(row["number"]) for row in rows]

    def of_bot(self, scope: Scope) -> BotCounts:
        """Only the period counts: what was asked in a chat has no unit and no street."""
        between, params = scope.moments()
        params["card"] = '%"card":{%'
        handed, days = Scope(start=scope.start, end=scope.end, kind="consultation").where()

        def count(table: str, condition: str) -> int:
            rows = self.db.query(
                f"select count(*) as n from {table} where {condition}", params | days
            )
            return int(rows[0]["n"])

        at = between.format(column="at")
        return BotCounts(
            answers=count("lines", f"voice = 'bot' and {at} and content like :card"),
            unanswered=count("unanswered", between.format(column="last_at")),
            handovers=count("ticket_facts", handed),
            useful=count("feedback", f"useful = 1 and {at}"),
            feedback=count("feedback", at),
        )


_SUMS = ", ".join(
    f"sum(case when {sums.counted} then {sums.value} else 0 end) as n_{measure},"
    f" sum(case when {sums.denominator} then 1 else 0 end) as d_{measure}"
    for measure, sums in MEASURES.items()
)

_DURATIONS = """
select bucket, max(n) as n,
  max(case when place = (n + 1) / 2 then minutes end) as median,
  max(case when place = (9 * n + 9) / 10 then minutes end) as p90,
  max(case when worked_place = (n + 1) / 2 then worked_minutes end) as worked_median,
  max(case when worked_place = (9 * n + 9) / 10 then worked_minutes end) as worked_p90
from (
  select {name} as bucket, minutes, worked_minutes,
    row_number() over (partition by {name} order by minutes) as place,
    row_number() over (partition by {name} order by worked_minutes) as worked_place,
    count(*) over (partition by {name}) as n
  from ticket_facts where minutes is not null and {where}
) ranked group by bucket
"""


def _bucket(name: str, rows: list[Row]) -> Bucket:
    kept = [row for row in rows if not row["excluded"]]

    def total(rows: list[Row], column: str) -> int:
        return sum(int(row[column]) for row in rows)

    return Bucket(
        name=name,
        tickets=total(rows, "tickets"),
        excluded=total(rows, "tickets") - total(kept, "tickets"),
        tallies={
            measure: Tally(
                numerator=total(rows, f"n_{measure}"),
                denominator=total(rows, f"d_{measure}"),
                adjusted_numerator=total(kept, f"n_{measure}"),
                adjusted_denominator=total(kept, f"d_{measure}"),
            )
            for measure in MEASURES
        },
    )
