"""The table of facts: one narrow row a ticket, made again whenever the ticket has changed."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

from bot.facts import Facts
from bot.store.database import Database
from bot.store.rows import instant, plain

COLUMNS = tuple(field.name for field in fields(Facts))
# what an erased ticket can no longer tell is kept as it was counted before
_OUTLIVES = ("street", "uncontactable", "repeats")


class FactTable:
    """Room `store.facts`: keeps facts, knows which are behind."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def behind(self, limit: int) -> list[str]:
        """Tickets that changed since they were counted, in the order of their numbers."""
        rows = self.db.query(
            "select number from tickets where counted <> version order by number limit :limit",
            {"limit": limit},
        )
        return [str(row["number"]) for row in rows]

    def keep(self, facts: Sequence[Facts]) -> None:
        """Write rows anew. Call within atomic() and in the order of numbers: two processes may count."""
        rows = [{name: _cell(getattr(fact, name)) for name in COLUMNS} for fact in facts]
        self.db.execute_many(_UPSERT, rows)
        repeated = sorted({fact.repeats for fact in facts if fact.repeats})
        self.db.execute_many(
            "update ticket_facts set repeated = 1 where number = :number and repeated = 0",
            [{"number": number} for number in repeated],
        )
        self.db.execute_many("update tickets set counted = :version where number = :number", rows)

    def earlier(self, number: str, since: datetime) -> str | None:
        """The latest ticket of the same chat and category before this one, open, or filed or closed since then."""
        rows = self.db.query(_EARLIER, {"number": number, "since": instant(since)})
        return str(rows[0]["number"]) if rows else None


_UPSERT = (
    f"insert into ticket_facts ({', '.join(COLUMNS)}) values ({', '.join(f':{c}' for c in COLUMNS)})"
    " on conflict (number) do update set "
    + ", ".join(
        f"{c} = case when excluded.erased = 1 then ticket_facts.{c} else excluded.{c} end"
        if c in _OUTLIVES
        else f"{c} = excluded.{c}"
        for c in COLUMNS[1:]
    )
)

_EARLIER = """
select e.number from tickets t
join tickets e on e.channel = t.channel and e.chat_id = t.chat_id
where t.number = :number and e.number < t.number and e.category = t.category
  and e.state <> 'withdrawn' and (e.is_open = 1 or coalesce(e.closed_at, e.filed_at) >= :since)
order by e.number desc limit 1
"""


def _cell(value: object) -> object:
    value = plain(value)
    return int(value) if isinstance(value, bool) else value
