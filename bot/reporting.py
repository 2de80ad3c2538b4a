"""A report as JSON and as CSV: every rate with what stands above and below the line."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from bot.exports import csv_lines
from bot.figures import BOT_RATE_NAMES, Figures, Report, Slice
from bot.ledgers import LEDGER_NAMES, THRESHOLDS, Ledger, rule_name, way_of
from bot.rates import Rate, Share
from bot.store.figures import Durations
from bot.store.scope import Dimension, Scope

LISTED = 1000  # tickets of a ledger; the count above them counts all
TIMES = ("count", "median_hours", "p90_hours", "median_working_hours", "p90_working_hours")


def report_json(total: Report, parts: Iterable[Report] = ()) -> dict[str, Any]:
    """The whole once, and each dimension's slices under its name."""
    scope = total.scope
    return {
        "from": scope.start.isoformat() if scope.start else None,
        "to": scope.end.isoformat() if scope.end else None,
        "made_at": total.made_at.isoformat(timespec="seconds"),
        "complete": not total.behind,
        "total": _slice(total.total),
        "bot": {
            key: {"name": BOT_RATE_NAMES[key][0], **_share(share)}
            for key, share in total.bot_rates.items()
        },
        "by": {str(part.by): [_slice(piece) for piece in part.slices] for part in parts if part.by},
    }


def ledgers_json(figures: Figures, scope: Scope, now: datetime) -> dict[str, Any]:
    """The three ledgers: how many by unit, and the tickets with their rules and the units they went through."""
    params, room = THRESHOLDS.params(now, figures.calendar), figures.store.ledgers
    unit_name = figures.directory.unit_name
    return {
        str(ledger): {
            "name": LEDGER_NAMES[ledger],
            "count": room.count(ledger, scope, params),
            "by_unit": {
                unit_name(unit): count
                for unit, count in room.by_unit(ledger, scope, params).items()
            },
            "tickets": [
                {
                    "number": entry.number,
                    "unit": unit_name(entry.department),
                    "rules": [rule_name(rule) for rule in entry.rules],
                    "way": [
                        unit_name(u) for u in way_of(figures.store.tickets.events(entry.number))
                    ],
                }
                for entry in room.entries(ledger, scope, params, LISTED)
            ],
        }
        for ledger in Ledger
    }


def _slice(piece: Slice) -> dict[str, Any]:
    return {
        "id": piece.id,
        "name": piece.name,
        "tickets": piece.tickets,
        "excluded": piece.excluded,
        "rates": {str(measure): _rate(rate) for measure, rate in piece.rates.items()},
        "times": _times(piece.times),
        "adjusted_times": _times(piece.adjusted_times),
    }


def _rate(rate: Rate) -> dict[str, Any]:
    found: dict[str, Any] = {"name": rate.kind.name, **_share(rate.raw, mean=rate.kind.mean)}
    found["adjusted"] = _share(rate.adjusted, mean=rate.kind.mean)
    if rate.coverage:
        found["coverage"] = _share(rate.coverage)
    return found


def _share(share: Share, *, mean: bool = False) -> dict[str, Any]:
    value = {"mean": share.mean} if mean else {"percent": share.percent}
    return {"numerator": share.numerator, "denominator": share.denominator, **value}


def hours(minutes: int) -> float:
    return round(minutes / 60, 1)


def _times(times: Durations | None) -> dict[str, Any] | None:
    if times is None:
        return None
    values = (times.count, hours(times.median), hours(times.p90), hours(times.worked_median),
              hours(times.worked_p90))  # fmt: skip
    return dict(zip(TIMES, values, strict=True))


def report_csv(total: Report, parts: Iterable[Report] = ()) -> Iterator[str]:
    """A line a slice and rate."""
    header = ("dimension", "id", "slice", "tickets", "rate", "name", "numerator", "denominator",
              "value", "adjusted_numerator", "adjusted_denominator", "adjusted_value",
              "coverage_numerator", "coverage_denominator", "coverage_value")  # fmt: skip

    def lines(dimension: Dimension | None, piece: Slice) -> Iterator[tuple[object, ...]]:
        for measure, rate in piece.rates.items():
            yield (
                str(dimension or "total"), piece.id, piece.name, piece.tickets, str(measure),
                rate.kind.name, *_cells(rate.raw, rate.kind.mean),
                *_cells(rate.adjusted, rate.kind.mean),
                *(_cells(rate.coverage, mean=False) if rate.coverage else ("", "", "")),
            )  # fmt: skip

    def all_lines() -> Iterator[tuple[object, ...]]:
        yield from lines(None, total.total)
        for part in parts:
            for piece in part.slices:
                yield from lines(part.by, piece)

    return csv_lines(header, all_lines())


def _cells(share: Share, mean: bool) -> tuple[object, ...]:
    return share.numerator, share.denominator, share.mean if mean else share.percent
