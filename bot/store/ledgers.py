"""Room `store.ledgers`: which tickets a ledger's rules put in. Thresholds come from bot/ledgers.py."""

from dataclasses import dataclass
from enum import StrEnum

from bot.store.database import Database
from bot.store.rows import plain
from bot.store.scope import Params, Scope


class Ledger(StrEnum):
    """The three that go to the person in charge."""

    LINGERING = "lingering"  # 久拖不决
    PASSED_ON = "passed_on"  # 推诿扯皮
    POORLY_DONE = "poorly_done"  # 办理不力


class Rule(StrEnum):
    """Why a ticket is in a ledger."""

    LONG_OVERDUE = "long_overdue"
    PARKED_AGAIN = "parked_again"
    EXTENDED_AGAIN = "extended_again"
    RETURNED_AGAIN = "returned_again"
    TRANSFERRED_AGAIN = "transferred_again"
    DESIGNATED = "designated"
    REOPENED = "reopened"
    BREACHED = "breached"
    REMINDED_OFTEN = "reminded_often"
    RATED_LOW = "rated_low"
    FALSE_CLOSING = "false_closing"


CONDITIONS: dict[Rule, str] = {
    # a clock that was stopped when its time was over hides nothing
    Rule.LONG_OVERDUE: "open = 1 and (paused = 0 or (late = 1 and reopenings = 0)) and finish_by < :overdue_line",
    Rule.PARKED_AGAIN: "open = 1 and parkings >= :parkings",
    Rule.EXTENDED_AGAIN: "open = 1 and extensions >= :extensions",
    Rule.RETURNED_AGAIN: "returns >= :returns",
    Rule.TRANSFERRED_AGAIN: "transfers >= :transfers",
    Rule.DESIGNATED: "designated = 1",
    Rule.REOPENED: "reopenings > 0",
    # nobody can call who left no way to be called
    Rule.BREACHED: "breaches <> '' and not (uncontactable = 1 and breaches = 'contact')",
    Rule.REMINDED_OFTEN: "reminders >= :reminders",
    Rule.RATED_LOW: "rating <= :low_rating",
    Rule.FALSE_CLOSING: "false_closing = 1",
}

RULES: dict[Ledger, tuple[Rule, ...]] = {
    Ledger.LINGERING: (Rule.LONG_OVERDUE, Rule.PARKED_AGAIN, Rule.EXTENDED_AGAIN),
    Ledger.PASSED_ON: (Rule.RETURNED_AGAIN, Rule.TRANSFERRED_AGAIN, Rule.DESIGNATED),
    Ledger.POORLY_DONE: (
        Rule.FALSE_CLOSING, Rule.REOPENED, Rule.BREACHED, Rule.REMINDED_OFTEN, Rule.RATED_LOW,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One ticket of a ledger, with every rule that puts it there."""

    number: str
    department: str
    rules: tuple[Rule, ...]


class Ledgers:
    """Open tickets always, others when they were filed in the period; excluded and void ones never."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def count(self, ledger: Ledger, scope: Scope, thresholds: Params) -> int:
        where, params = _where(ledger, scope)
        rows = self.db.query(
            f"select count(*) as n from ticket_facts where {where}", plain(thresholds) | params
        )
        return int(rows[0]["n"])

    def by_unit(self, ledger: Ledger, scope: Scope, thresholds: Params) -> dict[str, int]:
        where, params = _where(ledger, scope)
        rows = self.db.query(
            f"select department, count(*) as n from ticket_facts where {where} group by department",
            plain(thresholds) | params,
        )
        return {str(row["department"]): int(row["n"]) for row in rows}

    def entries(
        self, ledger: Ledger, scope: Scope, thresholds: Params, limit: int, offset: int = 0
    ) -> list[Entry]:
        """The longest overdue first."""
        where, params = _where(ledger, scope)
        flags = ", ".join(
            f"case when {CONDITIONS[rule]} then 1 else 0 end as is_{rule}" for rule in RULES[ledger]
        )
        rows = self.db.query(
            f"select number, department, {flags} from ticket_facts where {where}"
            " order by open desc, coalesce(finish_by, '9'), number limit :limit offset :offset",
            plain(thresholds) | params | {"limit": limit, "offset": offset},
        )
        return [
            Entry(
                number=str(row["number"]),
                department=str(row["department"]),
                rules=tuple(rule for rule in RULES[ledger] if row[f"is_{rule}"]),
            )
            for row in rows
        ]


def _where(ledger: Ledger, scope: Scope) -> tuple[str, Params]:
    slice_, _ = scope.slice()
    whole, params = scope.where()
    rules = " or ".join(f"({CONDITIONS[rule]})" for rule in RULES[ledger])
    live = "open = 1"
    if ledger is not Ledger.LINGERING and scope.start is None and scope.end is None:
        live = "1 = 1"
    elif ledger is not Ledger.LINGERING:
        # two looks by an index: an "or" would go through all tickets of all years
        live = f"""number in (
            select number from ticket_facts where open = 1
            union select number from ticket_facts where {whole}
        )"""
    return f"excluded = 0 and void = 0 and {live} and {slice_} and ({rules})", params
