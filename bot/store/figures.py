"""Room `store.figures`: the sums behind the rates, the times, and the tickets behind each number."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from bot.store.database import Database, Row
from bot.store.rates import MEASURES, Measure, Part, part_of
from bot.store.rows import instant
from bot.store.scope import Dimension, Params, Scope

ANSWERS = """voice = 'bot' and content like '%"card":{%'"""  # in these words an index has them


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
class Times:
    """None where no ticket was finished."""

    whole: Durations | None
    adjusted: Durations | None
    parts: dict[str, Durations | None]


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

    def times(self, scope: Scope, by: Dimension | None) -> Times:
        """How long the finished tickets took: of all, of those not excluded, and by bucket name."""
        where, params = scope.where()
        name, group = (by.value, f"{by.value}, excluded") if by else ("''", "excluded")
        minutes, worked = (
            self.db.gathered.format(column=column) for column in ("minutes", "worked_minutes")
        )
        rows = self.db.query(
            f"select {name} as bucket, excluded, {minutes} as minutes, {worked} as worked"
            f" from ticket_facts where minutes is not null and {where} group by {group}",
            params,
        )
        taken = [
            (
                str(row["bucket"]),
                row["excluded"],
                json.loads(row["minutes"]),
                json.loads(row["worked"]),
            )
            for row in rows
        ]
        parts: dict[str, list[_Taken]] = defaultdict(list)
        for bucket, _, *lists in taken:
            parts[bucket].append((lists[0], lists[1]))
        return Times(
            whole=_durations([(lists[0], lists[1]) for _, _, *lists in taken]),
            adjusted=_durations([(lists[0], lists[1]) for _, out, *lists in taken if not out]),
            parts={bucket: _durations(lists) for bucket, lists in parts.items()} if by else {},
        )

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
        handed, days = Scope(start=scope.start, end=scope.end, kind="consultation").where()

        def count(table: str, condition: str) -> int:
            rows = self.db.query(
                f"select count(*) as n from {table} where {condition}", params | days
            )
            return int(rows[0]["n"])

        at = between.format(column="at")
        return BotCounts(
            answers=count("lines", f"{ANSWERS} and {at}"),
            unanswered=count("unanswered", between.format(column="last_at")),
            handovers=count("ticket_facts", handed),
            useful=count("feedback", f"useful = 1 and {at}"),
            feedback=count("feedback", at),
        )


_SUMS = ", ".join(
    f"coalesce(sum({sums.value}) filter (where {sums.counted}), 0) as n_{measure},"
    f" count(*) filter (where {sums.denominator}) as d_{measure}"
    for measure, sums in MEASURES.items()
)

_Taken = tuple[list[int], list[int]]  # minutes round the clock, and in working time


def _durations(taken: list[_Taken]) -> Durations | None:
    """Each of the lists by itself in order: the median by the clock is not the one by working time."""
    minutes = sorted(chain.from_iterable(by_clock for by_clock, _ in taken))
    worked = sorted(chain.from_iterable(by_work for _, by_work in taken))
    if not minutes:
        return None
    median, p90 = (len(minutes) + 1) // 2 - 1, (9 * len(minutes) + 9) // 10 - 1
    return Durations(
        count=len(minutes), median=minutes[median], p90=minutes[p90],
        worked_median=worked[median], worked_p90=worked[p90],
    )  # fmt: skip


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
