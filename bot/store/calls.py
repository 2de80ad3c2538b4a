"""Room `store.calls`: what a member of staff is called to look at, one line a person and ticket."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.store.database import Database
from bot.store.rows import clean, instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Why somebody is to look at this ticket, and since when."""

    number: str
    words: str
    at: datetime


class Calls:
    """Kept until he opens the ticket, or the ticket is answered. Nothing personal stands in one."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, staff_ids: Iterable[int], number: str, words: str, now: datetime) -> None:
        """The newest word about a ticket takes the place of the one before."""
        for staff_id in sorted(set(staff_ids)):
            self._db.execute(
                """
                insert into calls (staff_id, number, words, at)
                values (:staff_id, :number, :words, :now)
                on conflict (staff_id, number)
                do update set words = excluded.words, at = excluded.at
                """,
                {
                    "staff_id": staff_id,
                    "number": number,
                    "words": clean(words),
                    "now": instant(now),
                },
            )

    def of(self, staff_id: int, limit: int) -> list[Call]:
        """The newest first."""
        rows = self._db.query(
            """
            select number, words, at from calls where staff_id = :staff_id
            order by at desc, number limit :limit
            """,
            {"staff_id": staff_id, "limit": limit},
        )
        return [
            Call(number=row["number"], words=row["words"], at=datetime.fromisoformat(row["at"]))
            for row in rows
        ]

    def seen(self, staff_id: int, number: str) -> None:
        self._db.execute(
            "delete from calls where staff_id = :staff_id and number = :number",
            {"staff_id": staff_id, "number": number},
        )

    def settled(self, number: str) -> None:
        """Nobody needs to look any more."""
        self._db.execute("delete from calls where number = :number", {"number": number})
