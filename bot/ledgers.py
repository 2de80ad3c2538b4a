"""Three ledgers for the person in charge (久拖不决、推诿扯皮、办理不力), each entry with the rule that put it in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.store.ledgers import RULES, Entry, Ledger, Rule
from bot.tickets import EventKind, TicketEvent
from bot.workdays import ZONE, WorkCalendar

__all__ = [
    "LEDGER_NAMES",
    "RULES",
    "THRESHOLDS",
    "Entry",
    "Ledger",
    "Rule",
    "Thresholds",
    "rule_name",
    "way_of",
]

LEDGER_NAMES = {
    Ledger.LINGERING: "久拖不决",
    Ledger.PASSED_ON: "推诿扯皮",
    Ledger.POORLY_DONE: "办理不力",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From how many on a thing puts a ticket into a ledger. All of them stand here."""

    overdue_days: int = 5  # open so many working days beyond the deadline
    parkings: int = 2
    extensions: int = 2
    returns: int = 2
    transfers: int = 2
    reminders: int = 3
    low_rating: int = 2  # this or less, of five

    def params(self, now: datetime, calendar: WorkCalendar) -> dict[str, object]:
        """For the store: the counts, and the moment before which a deadline is long past."""
        return {
            "overdue_line": overdue_line(now, self.overdue_days, calendar),
            "parkings": self.parkings,
            "extensions": self.extensions,
            "returns": self.returns,
            "transfers": self.transfers,
            "reminders": self.reminders,
            "low_rating": self.low_rating,
        }


THRESHOLDS = Thresholds()
_GIVEN = (EventKind.DISPATCHED, EventKind.TRANSFERRED, EventKind.DESIGNATED)


def overdue_line(now: datetime, days: int, calendar: WorkCalendar) -> datetime:
    """Deadlines before this moment are more than `days` working days old.

    A deadline of the n-th working day counts from the next one, as all limits do: so the line is
    the end of the last day D for which the end of D + `days` working days has passed.
    """
    day = calendar.local(now).date()
    while calendar.add_days(_noon(day), days) >= now:
        day -= timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time(), ZONE)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZONE)


def way_of(events: Iterable[TicketEvent]) -> tuple[str, ...]:
    """The units a ticket was given to, one after the other: who pushed it on stands before the last."""
    return tuple(str(event.data["department"]) for event in events if event.kind in _GIVEN)


def rule_name(rule: Rule, thresholds: Thresholds = THRESHOLDS) -> str:
    """The rule in the words of the page."""
    limits = thresholds
    return {
        Rule.LONG_OVERDUE: f"超过时限{limits.overdue_days}个工作日以上仍未办结",
        Rule.PARKED_AGAIN: f"挂账{limits.parkings}次及以上",
        Rule.EXTENDED_AGAIN: f"延期{limits.extensions}次仍未办结",
        Rule.RETURNED_AGAIN: f"退单{limits.returns}次及以上",
        Rule.TRANSFERRED_AGAIN: f"转办{limits.transfers}次及以上",
        Rule.DESIGNATED: "由督办员指定办理",
        Rule.REOPENED: "重办",
        Rule.BREACHED: "超过时限",
        Rule.REMINDED_OFTEN: f"催办{limits.reminders}次及以上",
        Rule.RATED_LOW: f"评价{limits.low_rating}分及以下",
        Rule.FALSE_CLOSING: "假办结",
    }[rule]
