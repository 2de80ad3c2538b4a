"""Tickets as they stand now, and who else hears of them. Their histories are in events.py."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from bot.messages import Chat
from bot.store.chain import chained
from bot.store.database import Row
from bot.store.events import Events
from bot.store.filters import QueueFilter, order, texts, where
from bot.store.follows import Follows
from bot.store.rows import (
    NEVER,
    TICKET_COLUMNS,
    chat_row,
    clean,
    instant,
    standing,
    ticket_of,
    ticket_row,
)  # fmt: skip
from bot.tickets import Ticket, TicketEvent

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another when read out
SECRET_LENGTH = 8
PAGE = 500

_VALUES = ", ".join(f":{name}" for name in TICKET_COLUMNS)
_SET = ", ".join(f"{name} = :{name}" for name in TICKET_COLUMNS if name != "number")


_NEXT = "update counters set last = last + 1 where day = :day returning last"
_FIRST = """
insert into counters (day, last) values (:day, 1)
on conflict (day) do update set last = counters.last + 1 returning last
"""
_ADD = f"""
insert into tickets ({", ".join(TICKET_COLUMNS)}, last_seq, last_hash)
values ({_VALUES}, :last_seq, :last_hash)
"""
_CHANGE = f"update tickets set {_SET} where number = :number and version = :old_version"
_RECORD = f"""
update tickets set {_SET}, last_seq = :last_seq, last_hash = :last_hash
where number = :number and version = :old_version and last_hash = :read_hash
"""
ALIKE = """
where category = :category and is_open = 1 and filed_at >= :since
order by filed_at desc, number desc limit :limit
"""


class Tickets(Events, Follows):
    """The filing cabinet."""

    def next_number(self, day: date) -> str:
        """The next free number of a day, never given twice. Held until the transaction ends."""
        digits = day.isoformat().replace("-", "")
        rows = self._db.query(_NEXT, {"day": digits}) or self._db.query(_FIRST, {"day": digits})
        return f"DD{digits}-{rows[0]['last']:04d}"

    def new_secret(self) -> str:
        """A code to read an anonymous ticket with from another device."""
        drawn, signs = secrets.randbelow(len(SIGNS) ** SECRET_LENGTH), ""
        for _ in range(SECRET_LENGTH):
            drawn, at = divmod(drawn, len(SIGNS))
            signs += SIGNS[at]
        return signs

    def add(self, ticket: Ticket, events: Sequence[TicketEvent] = ()) -> None:
        """A new ticket, with the beginning of its history."""
        row = ticket_row(ticket)
        happened = chained(events, standing=standing(row))
        self._db.execute(_ADD, row | _head(happened))
        self._write(happened)

    def change(self, old: Ticket, new: Ticket) -> bool:
        """Write `new` where `old` still stands; False when someone was faster."""
        return bool(self._db.execute(_CHANGE, _changed(old, new)))

    def record(
        self, old: Ticket, new: Ticket, events: Sequence[TicketEvent], event: TicketEvent
    ) -> bool:
        """The same, and `event` behind the `events` that were read; AlreadyHappened leaves no trace.

        The ticket comes first: whoever else writes into this history waits for its row.
        """
        seq, previous = (events[-1].seq, events[-1].hash) if events else (0, "")
        row = _changed(old, new)
        happened = chained([event], seq, previous, standing(row))
        row |= _head(happened) | {"read_hash": previous}
        with self._db.atomic():
            if not self._db.execute(_RECORD, row):
                return False
            self._write(happened)
        return True

    def find(self, number: str) -> Ticket | None:
        found = self._tickets("where number = :number", {"number": clean(number)})
        return found[0] if found else None

    # -- lists ------------------------------------------------------------------------------------

    def queue(self, wanted: QueueFilter) -> list[Ticket]:
        """A page of tickets, open ones first, each by its time left."""
        given, conditions, params = self._conditions(wanted)
        rows = self._db.query(
            f"""
            {given} select * from tickets where {conditions}
            order by {order(wanted)} limit :limit offset :offset
            """,
            {**params, "limit": wanted.limit, "offset": wanted.offset},
        )
        return [ticket_of(row) for row in rows]

    def count(self, wanted: QueueFilter) -> int:
        """How many there are on all pages together."""
        given, conditions, params = self._conditions(wanted)
        rows = self._db.query(
            f"{given} select count(*) as count from tickets where {conditions}", params
        )
        return int(rows[0]["count"])

    def reach(self, wanted: QueueFilter) -> datetime | None:
        """Tickets that were filed before this and have ended are not looked through for texts.

        None where all are. Who wants to look further back gives an end, `filed_to`.
        """
        if not texts(wanted)[0]:
            return None
        end = "where filed_at < :end" if wanted.filed_to else ""
        rows = self._db.query(
            f"select filed_at from tickets {end} order by filed_at desc limit 1 offset :reach",
            {"end": instant(wanted.filed_to) if wanted.filed_to else "", "reach": wanted.reach},
        )
        return datetime.fromisoformat(rows[0]["filed_at"]) if rows else None

    def _conditions(self, wanted: QueueFilter) -> tuple[str, str, Row]:
        """What comes before a select, its conditions, and their parameters.

        Texts are looked for first, newest tickets and no index for them: a word that nobody ever
        wrote would otherwise be looked for in every ticket there is.
        """
        conditions, params = where(wanted)
        holds, more = texts(wanted)
        if not holds:
            return "", conditions, params
        since = self.reach(wanted)
        bounds = {"reached": instant(since) if since else "", "until": NEVER}
        if wanted.filed_to is not None:
            bounds["until"] = instant(wanted.filed_to)
        given = f"""
        with near as materialized (
            select number from tickets where is_open = 1 and {holds}
            union
            select number from tickets
            where filed_at > :reached and filed_at < :until and {holds}
        )
        """
        return (
            given,
            f"{conditions} and number in (select number from near)",
            {**params, **more, **bounds},
        )

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

    def held_by_nobody(self, limit: int) -> list[str]:
        """Open tickets without a handler, where there is somebody by now who may take them."""
        rows = self._db.query(
            """
            select number from tickets
            where handler is null and is_open = 1 and exists (
                select 1 from staff where active = 1 and (role in ('supervisor', 'admin')
                    or (role in ('agent', 'head') and department = tickets.department))
            )
            order by due_order, number limit :limit
            """,
            {"limit": limit},
        )
        return [row["number"] for row in rows]

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
            ALIKE,
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


def _changed(old: Ticket, new: Ticket) -> Row:
    row = ticket_row(new)
    row["number"] = old.number
    row["version"], row["old_version"] = old.version + 1, old.version
    return row


def _head(happened: Sequence[Row]) -> Row:
    """What the ticket itself remembers of its history: a lost end shows."""
    last = happened[-1] if happened else {"seq": 0, "hash": ""}
    return {"last_seq": last["seq"], "last_hash": last["hash"]}
