"""The public list of matters, newest first: what Open311 clients page through."""

from collections.abc import Sequence
from datetime import datetime

from bot.store.database import Database, Row
from bot.store.rows import instant, ticket_of
from bot.tickets import State, Ticket


class Published:
    """Only tickets with a category: an enquiry for a person is nobody else's business."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def newest(
        self,
        *,
        since: datetime,
        until: datetime,
        states: Sequence[State] = (),
        categories: Sequence[str] = (),
        limit: int = 100,
        offset: int = 0,
    ) -> list[Ticket]:
        """Filed from `since` up to and with `until`. Empty filters do not filter."""
        params: Row = {
            "since": instant(since),
            "until": instant(until),
            "limit": limit,
            "offset": offset,
        }
        parts = ["filed_at >= :since", "filed_at <= :until", "category is not null"]
        for column, values in (("state", states), ("category", categories)):
            names = {f"{column}_{i}": str(value) for i, value in enumerate(values)}
            if names:
                parts.append(f"{column} in ({', '.join(f':{name}' for name in names)})")
                params |= names
        rows = self._db.query(
            f"""
            select * from tickets where {" and ".join(parts)}
            order by filed_at desc, number desc limit :limit offset :offset
            """,
            params,
        )
        return [ticket_of(row) for row in rows]
