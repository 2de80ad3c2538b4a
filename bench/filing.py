"""Tickets filed a second by the desk, against bare inserts of the very same rows. Target: at least half."""

import sqlite3
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.deadlines import load_policies
from bot.departments import Role, load_directory
from bot.desk import Desk
from bot.drafts import Draft
from bot.messages import Chat
from bot.notices import Notices
from bot.store import open_store
from bot.tickets import Kind
from bot.wording import load_wording

GROUPS = 60  # filed and put back in turn, so that whatever else the disk does meets both
TICKETS = 50  # of a group
# with the column that holds the ticket's number
TABLES = {"tickets": "number", "events": "number", "lines": "ticket"}
COUNTER = """
insert into counters (day, last) values ('20261124', 1)
on conflict (day) do update set last = last + 1
"""
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)


def desk_on(path: Path) -> Desk:
    store = open_store(str(path))
    directory, (policies, calendar) = load_directory(), load_policies()
    for unit in directory.departments.values():
        store.staff.add(f"{unit.name}经办", Role.AGENT, unit.id, "-", NOW)
        store.staff.add(f"{unit.name}负责人", Role.HEAD, unit.id, "-", NOW)
    notices = Notices(store, directory, load_wording(), calendar)
    return Desk(store, directory, policies, calendar, notices)


def file_tickets(desk: Desk, first: int) -> float:
    """Seconds a ticket, each in a transaction of its own as a resident's turn is."""
    categories = list(desk.directory.categories)
    started = time.perf_counter()
    for i in range(first, first + TICKETS):
        desk.file(
            Draft(
                kind=Kind.COMPLAINT,
                chat=Chat(channel="web", id=f"session-{i:08d}"),
                subject="路灯不亮",
                detail="津桥路中段路灯灭了三盏，晚上黑得看不见道，老人走路都害怕",
                category=categories[i % len(categories)],
                location=f"津桥路{i}号",
            ),
            NOW + timedelta(seconds=i),
        )
    return (time.perf_counter() - started) / TICKETS


class Bare:
    """The reference: the rows that filing wrote, put back by sqlite3 alone, a transaction a ticket.

    Ticket, events and lines as filing left them behind, and the day's counter, which each filing writes.
    The same tables, indexes and pragmas: each commit waits for the disk, as ours do.
    """

    def __init__(self, source: Path, target: Path) -> None:
        self.read = sqlite3.connect(source)
        self.write = sqlite3.connect(target, isolation_level=None)
        for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on",
                       "secure_delete = on"):  # fmt: skip
            self.write.execute(f"pragma {pragma}")
        for (sql,) in self.read.execute(
            "select sql from sqlite_master where sql is not null and name not like 'sqlite_%'"
        ):
            self.write.execute(sql)
        self.done = {table: 0 for table in TABLES}

    def insert(self) -> float:
        """Seconds a ticket for what was filed since the last time."""
        rows = self._new_rows()
        started = time.perf_counter()
        for group in rows.values():
            self.write.execute("begin immediate")
            self.write.execute(COUNTER)
            for sql, row in group:
                self.write.execute(sql, row)
            self.write.execute("commit")
        return (time.perf_counter() - started) / len(rows)

    def _new_rows(self) -> dict[str, list[tuple[str, tuple[object, ...]]]]:
        rows: dict[str, list[tuple[str, tuple[object, ...]]]] = {}
        for table, key in TABLES.items():
            found = self.read.execute(
                f"select rowid, {key}, * from {table} where rowid > ? order by rowid",
                (self.done[table],),
            ).fetchall()
            for rowid, number, *row in found:
                sql = f"insert into {table} values ({', '.join('?' * len(row))})"
                rows.setdefault(number, []).append((sql, tuple(row)))
                self.done[table] = rowid
        return rows


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ours.db"
        desk, ours, bare = desk_on(path), [], []
        reference = Bare(path, Path(folder) / "bare.db")
        for at in range(GROUPS):
            ours.append(file_tickets(desk, at * TICKETS))
            bare.append(reference.insert())
        tickets = desk.store.tickets
        assert all(tickets.chain_break(number) is None for number in tickets.numbers())
    ratio = statistics.median(b / a for a, b in zip(ours, bare, strict=True))
    print(
        f"{GROUPS} groups of {TICKETS}: filed {1 / statistics.median(ours):,.0f}/s,"
        f" bare inserts of the same rows {1 / statistics.median(bare):,.0f}/s"
    )
    print(f"median ratio of a group: {ratio:.2f} (target ≥ 0.50)")


if __name__ == "__main__":
    main()
