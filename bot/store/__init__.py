"""Everything that is remembered. One class, `Store`, of small rooms over one database.

The only folder with SQL in it; sqlite.py and postgres.py alone know a database library.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from bot.store.backups import backup_to, is_postgres, restore_from
from bot.store.calls import Call, Calls
from bot.store.chats import Chats
from bot.store.database import Database
from bot.store.facts import FactTable
from bot.store.figures import Figures
from bot.store.files import KeptFile, KeptFiles
from bot.store.filters import QueueFilter
from bot.store.inspections import Inspections
from bot.store.ledgers import Ledgers
from bot.store.migrating import migrate
from bot.store.notes import Notes, Unanswered
from bot.store.outbox import Outbox
from bot.store.overview import Overview
from bot.store.proof import Proof
from bot.store.sqlite import Sqlite
from bot.store.staff import Staff
from bot.store.tickets import Tickets
from bot.store.whole import whole

__all__ = [
    "Call",
    "KeptFile",
    "QueueFilter",
    "Store",
    "Unanswered",
    "backup_to",
    "is_postgres",
    "open_store",
    "restore_from",
    "whole",
]


class Store:
    """The rooms share one database, so that one `atomic` holds them all together."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.chats = Chats(database)
        self.outbox = Outbox(database)
        self.tickets = Tickets(database)
        self.proof = Proof(database, self.tickets)
        self.staff = Staff(database)
        self.files = KeptFiles(database)
        self.notes = Notes(database)
        self.calls = Calls(database)
        self.facts = FactTable(database)
        self.figures = Figures(database)
        self.ledgers = Ledgers(database)
        self.overview = Overview(database)
        self.inspections = Inspections(database)

    def atomic(self) -> AbstractContextManager[None]:
        """All or nothing; nested blocks are kept or lost with the outer one."""
        return self.database.atomic()

    @contextmanager
    def beside(self) -> Iterator["Store"]:
        """The same in another thread, for a long look at which nobody has to wait."""
        database = self.database.another()
        try:
            yield Store(database)
        finally:
            if database is not self.database:
                database.close()

    def close(self) -> None:
        self.database.close()


def open_store(url: str) -> Store:
    """ ":memory:", a path, or postgresql://…, brought up to date."""
    database = _open(url)
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return Store(database)


def _open(url: str) -> Database:
    if is_postgres(url):
        from bot.store.postgres import Postgres  # takes a while to load, and most do not need it

        opened: Database = Postgres(url)
        return opened
    return Sqlite(url)
