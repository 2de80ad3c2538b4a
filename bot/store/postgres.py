"""PostgreSQL by psycopg: the same calls as sqlite.py, for several processes or machines on one database."""

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from bot.errors import Conflict, StoreError, StoreFull
from bot.store.database import NONE, Params, Row

Connection = psycopg.Connection[Row]
CONFLICTS = (errors.DeadlockDetected, errors.SerializationFailure)
FULL = (errors.DiskFull, errors.ReadOnlySqlTransaction, errors.OutOfMemory)


class Postgres:
    """One connection, opened again when the server has dropped it. Threads wait for each other."""

    dialect = "postgres"
    skip_locked = "for update skip locked"
    gathered = "cast(json_agg({column}) as text)"

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.RLock()
        self._depth = 0
        with _translated():
            self._connection = self._connect()

    def _connect(self) -> Connection:
        return psycopg.connect(
            self._url,
            autocommit=True,  # transactions are opened by `atomic` and by nothing else
            row_factory=dict_row,
            connect_timeout=10,
            options="-c timezone=UTC",
        )

    def query(self, sql: str, params: Params = NONE) -> list[Row]:
        return self._run(sql, params).fetchall()

    def execute(self, sql: str, params: Params = NONE) -> int:
        return self._run(sql, params).rowcount

    def execute_many(self, sql: str, rows: Sequence[Params]) -> int:
        with self._lock, _translated():
            cursor = self._live().cursor()
            cursor.executemany(_named(sql), rows)
            return cursor.rowcount

    def _run(self, sql: str, params: Params) -> psycopg.Cursor[Row]:
        with self._lock, _translated():
            return self._live().execute(_named(sql), params)

    @contextmanager
    def atomic(self) -> Iterator[None]:
        with self._lock:
            self._depth += 1
            try:
                yield from self._transaction()
            finally:
                self._depth -= 1

    def _transaction(self) -> Iterator[None]:
        """A failure of the block passes untouched; only the database's own are translated."""
        with _translated():
            transaction = self._begin()
        try:
            yield
        except BaseException as error:
            with _translated():
                transaction.__exit__(type(error), error, error.__traceback__)
            raise
        with _translated():
            transaction.__exit__(None, None, None)

    def _begin(self) -> AbstractContextManager[psycopg.Transaction]:
        transaction = self._connection.transaction()
        try:
            transaction.__enter__()
        except psycopg.OperationalError:
            if self._depth > 1 or not self._connection.closed:
                raise
            self._connection = self._connect()  # the server was restarted since the last turn
            transaction = self._connection.transaction()
            transaction.__enter__()
        return transaction

    def _live(self) -> Connection:
        """A connection that was lost is opened again, but never in the middle of a transaction."""
        if self._connection.closed and self._depth == 0:
            self._connection = self._connect()
        return self._connection

    @property
    def within(self) -> bool:
        with self._lock:
            return self._depth > 0

    def lock(self, name: str) -> None:
        self.query(
            "select pg_advisory_xact_lock(hashtextextended(:name, 0)) as held", {"name": name}
        )

    def another(self) -> "Postgres":
        return Postgres(self._url)

    def close(self) -> None:
        with self._lock:
            self._connection.close()


@cache
def _named(sql: str) -> LiteralString:
    """`:name` as psycopg writes it. Our SQL has no `::` and no colon within quotes."""
    return re.sub(r":([a-z_]\w*)", r"%(\1)s", sql.replace("%", "%%"))


def backup(url: str, file: Path) -> None:
    """By pg_dump, which must be as new as the server."""
    _client("pg_dump", url, ["--format=custom", "--no-owner", f"--file={file}"])


def restore(url: str, file: Path) -> None:
    """By pg_restore, in one transaction."""
    wishes = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"]
    _client("pg_restore", url, [*wishes, str(file)])


def _client(program: str, url: str, wishes: list[str]) -> None:
    found = shutil.which(program)
    if found is None:
        raise StoreError(f"{program} is not installed; install postgresql-client and try again")
    place = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    # Other users of the machine can read a command line, but not this.
    password = place.pop("password", None)
    environment = {"PGPASSWORD": password} if password else {}
    command = [found, f"--dbname={make_conninfo(**place)}", *wishes]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StoreError(f"{program} failed: {done.stderr.strip()}")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except CONFLICTS as error:
        raise Conflict(f"another transaction was in the way: {error}") from error
    except FULL as error:
        raise StoreFull(f"the database cannot be written: {error}") from error
    except psycopg.Error as error:
        # in one line: psycopg adds hints and positions in lines of their own
        raise StoreError(f"the database refused: {' '.join(str(error).split())}") from error
