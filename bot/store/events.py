"""What happened to tickets: rows that are only ever added, each chained to the one before."""

import json
from collections.abc import Sequence
from datetime import datetime

from bot.departments import Role
from bot.errors import AlreadyHappened, TicketNotFound
from bot.messages import Attachment
from bot.store.chain import STANDING, Fault, Head, Link, chained, first_break, once
from bot.store.database import Database, Row
from bot.store.filters import ENDS_A_WISH_SQL
from bot.store.rows import derived_right, from_json, standing
from bot.tickets import Actor, EventKind, TicketEvent


class Events:
    """The histories."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def append(self, event: TicketEvent) -> TicketEvent:
        """Add to the history; seq, previous and hash are filled in. AlreadyHappened leaves no trace."""
        with self._db.atomic():
            # This update also makes others wait who want to write into the same history.
            heads = self._db.query(
                """
                update tickets set last_seq = last_seq + 1 where number = :number
                returning last_seq, last_hash
                """,
                {"number": event.number},
            )
            if not heads:
                raise TicketNotFound(f"没有找到工单{event.number}，请核对一下单号。")
            (row,) = chained([event], heads[0]["last_seq"] - 1, heads[0]["last_hash"])
            self._write([row])
            self._db.execute(
                "update tickets set last_hash = :hash where number = :number",
                {"hash": row["hash"], "number": event.number},
            )
        return _link_of({**row, "erased": 0}).event

    def _write(self, rows: Sequence[Row]) -> None:
        """The rows of events; AlreadyHappened where one of them stands there by its key."""
        if self._db.execute_many(_INSERT, rows) < len(rows):
            named = ", ".join(f"{each['number']} {each['once']}" for each in rows if each["once"])
            raise AlreadyHappened(f"has happened already: {named}")

    def events(self, number: str) -> list[TicketEvent]:
        """All of a ticket's history, oldest first."""
        return [each.event for each in self._links(number)]

    def has_event(self, number: str, key: str) -> bool:
        """Whether an event with `data["once"]` equal to this key has happened."""
        return bool(
            self._db.query(
                "select 1 as one from events where number = :number and once = :key",
                {"number": number, "key": key},
            )
        )

    def extensions_asked(self, numbers: Sequence[str]) -> frozenset[str]:
        """Those of these tickets where more time was asked for and nobody has decided; one look for all."""
        names = {f"n{at}": number for at, number in enumerate(numbers)}
        if not names:
            return frozenset()
        rows = self._db.query(
            f"""
            select number, kind from events
            where number in ({", ".join(f":{name}" for name in names)})
            and kind in ('extension_asked', {ENDS_A_WISH_SQL})
            order by number, seq
            """,
            names,
        )
        last = {row["number"]: row["kind"] for row in rows}
        return frozenset(n for n, kind in last.items() if kind == EventKind.EXTENSION_ASKED.value)

    def chain_break(self, number: str) -> int | None:
        """The first event that is not as it was written; None where the history is whole."""
        fault = self.fault(number)
        return fault.seq if fault else None

    def fault(self, number: str, sealed: Head | None = None) -> Fault | None:
        """The first thing that is not as it was written, in the history or on the ticket itself.

        `sealed`: how far the history had got when that was last written down elsewhere.
        """
        ticket, rows = self._row(number), self._rows(number)
        while (again := self._row(number))["last_seq"] != ticket["last_seq"]:
            ticket, rows = again, self._rows(number)  # somebody moved it while we read
        return _fault(again, rows, sealed)

    def _row(self, number: str) -> Row:
        rows = self._db.query("select * from tickets where number = :number", {"number": number})
        if not rows:
            raise TicketNotFound(f"没有找到工单{number}，请核对一下单号。")
        return rows[0]

    def erase_person(self, number: str) -> tuple[str, ...]:
        """Delete what tells who somebody is from the events so far; the names of photos to remove.

        The chain holds by the ANONYMISED event that comes after; a trailing one is left as it is. Cards
        in the duty group that showed the matter lose their words in our transcript too.
        """
        with self._db.atomic():
            past = self._links(number)
            if past and past[-1].event.kind is EventKind.ANONYMISED:
                past.pop()
            files = [a.file for each in past for a in each.event.attachments if a.file]
            self._db.execute(
                """
                update events
                set note = '', told = '', attachments = '[]', private = '{}', salt = '', erased = 1
                where number = :number and seq <= :seq
                """,
                {"number": number, "seq": len(past)},
            )
            self._db.execute(
                "update follows set remark = '' where number = :number", {"number": number}
            )
            self._db.execute(
                """
                update lines set words = '', content = '{}', due_at = null, erased = 1
                where ticket = :number and voice = 'duty'
                """,
                {"number": number},
            )
        return tuple(dict.fromkeys(files))

    def _links(self, number: str) -> list[Link]:
        return [_link_of(row) for row in self._rows(number)]

    def _rows(self, number: str) -> list[Row]:
        return self._db.query(
            "select * from events where number = :number order by seq", {"number": number}
        )


def _fault(ticket: Row, rows: Sequence[Row], sealed: Head | None) -> Fault | None:
    number, links = str(ticket["number"]), []
    for row in rows:
        try:
            link = _link_of(row)
        except (ValueError, TypeError, KeyError, AttributeError):  # none of our programs wrote that
            link = None
        if link and row["once"] == once(link.event):
            links.append(link)
        else:
            seq = len(links) + 1
            return Fault(number=number, seq=seq, words=f"记录在第{seq}条处断裂")
    broken = first_break(links, ticket["last_seq"], ticket["last_hash"])
    if broken is not None:
        return Fault(number=number, seq=broken, words=f"记录在第{broken}条处断裂")
    if sealed and [each.event.hash for each in links[sealed.seq - 1 : sealed.seq]] != [sealed.hash]:
        seq = min(sealed.seq, len(links) + 1)
        return Fault(number=number, seq=seq, words=f"第{seq}条记录与存证不符")
    seq = len(links)
    if not _stands(ticket, links):
        return Fault(number=number, seq=seq, words=f"工单现在的内容与第{seq}条记录不符")
    return None


def _stands(ticket: Row, links: Sequence[Link]) -> bool:
    """Whether the ticket is as the last event left it."""
    left = links[-1].private.get(STANDING) if links else None  # older programs did not write it
    try:
        return left in (None, standing(ticket)) and derived_right(ticket)
    except (ValueError, TypeError):
        return False


_COLUMNS = (
    "number", "seq", "kind", "actor_role", "actor_id", "actor_name", "actor_department", "at",
    "data", "public", "once", "note", "told", "attachments", "private", "salt", "seal", "previous",
    "hash",
)  # fmt: skip
_INSERT = f"""
insert into events ({", ".join(_COLUMNS)}) values ({", ".join(f":{name}" for name in _COLUMNS)})
on conflict (number, once) where once is not null do nothing
"""


def _known(private: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in private.items() if key != STANDING}


def _link_of(row: Row) -> Link:
    private = json.loads(row["private"])
    event = TicketEvent(
        number=row["number"],
        kind=EventKind(row["kind"]),
        actor=Actor(
            role=Role(row["actor_role"]),
            id=row["actor_id"],
            name=row["actor_name"],
            department=row["actor_department"],
        ),
        at=datetime.fromisoformat(row["at"]),
        note=row["note"],
        data={**json.loads(row["data"]), **_known(private)},
        public=bool(row["public"]),
        told=row["told"],
        seq=row["seq"],
        previous=row["previous"],
        hash=row["hash"],
        attachments=from_json(tuple[Attachment, ...], row["attachments"]),
    )
    return Link(
        event=event,
        private=private,
        salt=row["salt"],
        seal=row["seal"],
        erased=bool(row["erased"]),
    )
