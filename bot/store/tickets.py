"""Tickets as they stand now, and who else hears of them. Their histories are in events.py."""

import secrets
from collections.abc import Iterator
from datetime import date, datetime

from bot.messages import Chat
from bot.store.database import Row
from bot.store.events import Events
from bot.store.filters import QueueFilter, order, where
from bot.store.rows import TICKET_COLUMNS, chat_row, clean, instant, ticket_of, ticket_row
from bot.tickets import Ticket

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another when read out
SECRET_LENGTH = 8
PAGE = 500

_VALUES = ", ".join(f":{name}" for name in TICKET_COLUMNS)
_SET = ", ".join(f"{name} = :{name}" for name in TICKET_COLUMNS if name != "number")


class Tickets(Events):
    """The filing cabinet."""

    def next_number(self, day: date) -> str:
        """The next free number of a day, never given twice. Held until the transaction ends."""
        rows = self._db.query(
            """
            insert into counters (day, last) values (:day, 1)
            on conflict (day) do update set last = counters.last + 1
            returning last
            """,
            {"day": f"{day:%Y%m%d}"},
        )
        return f"DD{day:%Y%m%d}-{rows[0]['last']:04d}"

    def new_secret(self) -> str:
        """A code to read an anonymous ticket with from another device."""
        return "".join(secrets.choice(SIGNS) for _ in range(SECRET_LENGTH))

    def add(self, ticket: Ticket) -> None:
        self._db.execute(
            f"insert into tickets ({', '.join(TICKET_COLUMNS)}) values ({_VALUES})",
            ticket_row(ticket),
        )

    def change(self, old: Ticket, new: Ticket) -> bool:
        """Write `new` where `old` still stands; False when someone was faster."""
        row = ticket_row(new) | {
            "number": old.number,
            "version": old.version + 1,
            "old_version": old.version,
        }
        return bool(
            self._db.execute(
                f"update tickets set {_SET} where number = :number and version = :old_version", row
            )
        )

    def find(self, number: str) -> Ticket | None:
        found = self._tickets("where number = :number", {"number": clean(number)})
        return found[0] if found else None

    # -- lists ------------------------------------------------------------------------------------

    def queue(self, wanted: QueueFilter) -> list[Ticket]:
        """A page of tickets, open ones first, each by its time left."""
        conditions, params = where(wanted)
        return self._tickets(
            f"""
            where {conditions}
            order by {order(wanted)} limit :limit offset :offset
            """,
            {**params, "limit": wanted.limit, "offset": wanted.offset},
        )

    def count(self, wanted: QueueFilter) -> int:
        """How many there are on all pages together."""
        conditions, params = where(wanted)
        rows = self._db.query(f"select count(*) as count from tickets where {conditions}", params)
        return int(rows[0]["count"])

    def of_chat(self, chat: Chat) -> list[Ticket]:
        """Filed or followed from this chat, newest first."""
        return self._tickets(
            """
            where number in (
                select number from tickets where channel = :channel and chat_id = :chat_id
                union
                select number from follows where channel = :channel and chat_id = :chat_id
            )
            order by filed_at desc, number desc
            """,
            chat_row(chat),
        )

    def due(self, now: datetime, limit: int) -> list[Ticket]:
        """Tickets whose alarm has come; within a transaction nobody else is given the same ones."""
        return self._tickets(
            f"""
            where next_alarm_at is not null and next_alarm_at <= :now
            order by next_alarm_at limit :limit {self._db.skip_locked}
            """,
            {"now": instant(now), "limit": limit},
        )

    def alike(self, category: str | None, since: datetime, limit: int) -> list[Ticket]:
        """Open tickets of a category filed since, newest first."""
        return self._tickets(
            """
            where category = :category and is_open = 1 and filed_at >= :since
            order by filed_at desc, number desc limit :limit
            """,
            {"category": category, "since": instant(since), "limit": limit},
        )

    def filed_between(self, since: datetime, until: datetime) -> Iterator[Ticket]:
        """All filed from `since` to before `until`, oldest first, read page by page."""
        at, number = instant(since), ""
        while True:
            page = self._tickets(
                """
                where (filed_at > :at or (filed_at = :at and number > :number))
                    and filed_at >= :at and filed_at < :until
                order by filed_at, number limit :limit
                """,
                {"at": at, "number": number, "until": instant(until), "limit": PAGE},
            )
            yield from page
            if len(page) < PAGE:
                return
            at, number = instant(page[-1].filed_at), page[-1].number

    def past_keeping(self, before: datetime, limit: int) -> list[Ticket]:
        """Ended before then, and still with something that points at a person."""
        return self._tickets(
            """
            where is_open = 0 and closed_at < :before and (chat_id is not null or contact is not null)
            order by closed_at limit :limit
            """,
            {"before": instant(before), "limit": limit},
        )

    def numbers(self) -> Iterator[str]:
        """Every number, read page by page."""
        last = ""
        while True:
            rows = self._db.query(
                "select number from tickets where number > :last order by number limit :limit",
                {"last": last, "limit": PAGE},
            )
            yield from (row["number"] for row in rows)
            if len(rows) < PAGE:
                return
            last = rows[-1]["number"]

    def open_load(self, department: str) -> dict[int, int]:
        """Open tickets of a unit by the staff member who handles them."""
        rows = self._db.query(
            """
            select handler, count(*) as count from tickets
            where department = :department and is_open = 1 and handler is not null
            group by handler
            """,
            {"department": department},
        )
        return {row["handler"]: row["count"] for row in rows}

    def _tickets(self, rest: str, params: Row) -> list[Ticket]:
        return [ticket_of(row) for row in self._db.query(f"select * from tickets {rest}", params)]

    # -- followers ----------------------------------------------------------------------------------

    def follow(self, number: str, chat: Chat, now: datetime, remark: str = "") -> bool:
        """One more resident hears of this ticket; False if he does already or it is his own."""
        return bool(
            self._db.execute(
                """
                insert into follows (number, channel, chat_id, at, remark)
                select number, :channel, :chat_id, :now, :remark from tickets
                where number = :number
                    and not (channel is not null and channel = :channel and chat_id = :chat_id)
                on conflict do nothing
                """,
                {**chat_row(chat), "number": number, "now": instant(now), "remark": clean(remark)},
            )
        )

    def followers(self, number: str) -> list[Chat]:
        rows = self._db.query(
            "select channel, chat_id from follows where number = :number order by at, channel, chat_id",
            {"number": number},
        )
        return [Chat(channel=row["channel"], id=row["chat_id"]) for row in rows]
