"""After a downgrade: what a newer program wrote is left to it."""

from contextlib import closing

import pytest

from bot.errors import StoreError
from bot.store import is_postgres, open_store
from bot.store.postgres import Postgres
from bot.store.sqlite import Sqlite


def test_a_database_of_a_newer_program_is_left_alone(store_url: str) -> None:
    with closing(open_store(store_url)) as store:
        store.database.execute("insert into migrations (name) values ('0999 of next year')")
    try:
        with pytest.raises(StoreError, match=r"newer than this program.*0999 of next year"):
            open_store(store_url)
    finally:  # the tables of PostgreSQL are used again
        _forget_migration(store_url, "0999 of next year")


def _forget_migration(url: str, name: str) -> None:
    database = Postgres(url) if is_postgres(url) else Sqlite(url)
    with closing(database):
        database.execute("delete from migrations where name = :name", {"name": name})
