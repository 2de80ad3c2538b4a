"""SQLite: one connection a store, the write lock taken at the beginning."""

import re
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache, lru_cache
from itertools import count
from pathlib import Path

from bot.errors import StoreError, StoreFull
from bot.store.database import NONE, Params, Row

BUSY_SECONDS = 15.0  # how long a writer waits for another one; a turn takes milliseconds
NAMED = r":([a-z_]\w*)"  # our SQL has no colon elsewhere
FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY)


class Sqlite:
    """A file, or memory. Threads may share it: each waits until the other's transaction is over."""

    dialect = "sqlite"
    skip_locked = ""  # there is one writer at a time anyway
    gathered = "json_group_array({column})"

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.RLock()
        if path != ":memory:":
            _make_private(Path(path))
        try:
            connection = sqlite3.connect(
                path,
                timeout=BUSY_SECONDS,
                isolation_level=None,  # no transaction opens behind our back
                check_same_thread=False,  # the lock above keeps threads apart
            )
            _write_ahead(connection)
            # Not "normal": a message that was confirmed to its channel must outlive a power cut.
            connection.execute("pragma synchronous = full")
            connection.execute("pragma foreign_keys = on")
            # What a resident had erased must not be left on the free pages of the file.
            connection.execute("pragma secure_delete = on")
        except sqlite3.Error as error:
            raise StoreError(f"cannot open {path} as a database: {error}") from error
        self._connection = connection
        self._depth = 0

    def query(self, sql: str, params: Params = NONE) -> list[Row]:
        with self._lock:
            try:
                cursor = self._run(sql, params)
                rows = cursor.fetchall()
            except sqlite3.Error as error:
                raise _translated_error(error) from error
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def execute(self, sql: str, params: Params = NONE) -> int:
        with self._lock:
            try:
                return self._run(sql, params).rowcount
            except sqlite3.Error as error:
                raise _translated_error(error) from error

    def execute_many(self, sql: str, rows: Sequence[Params]) -> int:
        with self._lock:
            try:
                told, names = _in_order(sql)
                values = ([row[name] for name in names] for row in rows)
                return self._connection.executemany(told, values).rowcount if rows else 0
            except sqlite3.Error as error:
                raise _translated_error(error) from error

    def _run(self, sql: str, params: Params) -> sqlite3.Cursor:
        if not params:
            return self._connection.execute(sql)
        told, names = _in_order(sql)
        return self._connection.execute(told, [params[name] for name in names])

    @contextmanager
    def atomic(self) -> Iterator[None]:
        with self._lock:
            # Immediate: a deferred transaction whose read turns into a write fails with "database is
            # locked" at once, whatever the busy timeout. Within it, savepoints, named by their depth:
            # the connection keeps the statements of names that come again.
            opens, keeps, undoes = _block(self._depth)
            self.execute(opens)
            self._depth += 1
            try:
                yield
                self.execute(keeps)
            except BaseException:
                self._undo(undoes)
                raise
            finally:
                self._depth -= 1

    def _undo(self, statements: str) -> None:
        """Where a full disk or the like has not rolled back everything already."""
        if self._connection.in_transaction:
            for statement in statements.split(";"):
                self.execute(statement)

    @property
    def within(self) -> bool:
        with self._lock:
            return self._depth > 0

    def lock(self, name: str) -> None:
        """Nothing to do: whoever is in a transaction is the only writer."""

    def another(self) -> "Sqlite":
        return self if self._path == ":memory:" else Sqlite(self._path)

    def close(self) -> None:
        with self._lock:
            self._connection.close()


@cache
def _block(depth: int) -> tuple[str, str, str]:
    """What opens, keeps and undoes a block at this depth."""
    if not depth:
        return "begin immediate", "commit", "rollback"
    level = f"level_{depth}"
    return f"savepoint {level}", f"release {level}", f"rollback to {level};release {level}"


@lru_cache(1000)
def _in_order(sql: str) -> tuple[str, tuple[str, ...]]:
    """Question marks in place of names: SQLite looks up fifty names more slowly than Python does."""
    names = re.findall(NAMED, sql)
    return re.sub(NAMED, "?", sql), tuple(names)


def _make_private(path: Path) -> None:
    """Nobody but us may read what residents wrote."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}") from error


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Readers do not wait for the writer. The first switch may meet another process doing the same."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.05)


def backup(path: Path, file: Path) -> None:
    """A consistent copy while others go on writing."""
    if not path.exists():
        raise StoreError(f"there is no database {path}")
    _copy(path, file)


def restore(path: Path, file: Path) -> Path | None:
    """Put `file` in the place of the database at `path`; StoreError while somebody uses it."""
    _must_be_ours(file)
    kept = None
    if path.exists():
        _must_be_free(path)
        kept = _unused(path)
        _copy(path, kept)
        for ending in ("-wal", "-shm"):  # of the old one: they must not be read with the new one
            path.with_name(path.name + ending).unlink(missing_ok=True)
    _copy(file, path)
    return kept


def _copy(source: Path, target: Path) -> None:
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    _make_private(part)
    with (
        _translated(),
        closing(sqlite3.connect(source)) as read,
        closing(sqlite3.connect(part)) as write,
    ):
        read.backup(write)
    part.replace(target)


def _must_be_ours(file: Path) -> None:
    with (
        _translated(),
        closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as copy,
    ):
        whole = copy.execute("pragma quick_check").fetchone()[0] == "ok"
        tables = {name for (name,) in copy.execute("select name from sqlite_schema")}
    if not whole or not {"migrations", "tickets"} <= tables:
        raise StoreError(f"{file} is not a whole copy of a database of ours")


def _must_be_free(path: Path) -> None:
    with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as connection:
        try:
            connection.execute("pragma locking_mode = exclusive")
            connection.execute("begin exclusive")
            connection.execute("rollback")
        except sqlite3.OperationalError as error:
            raise StoreError(f"{path} is in use; stop the server first") from error


def _unused(path: Path) -> Path:
    """A name beside the database for the one that goes."""
    names = (path.with_name(f"{path.name}.before-{n}") for n in count(1))
    return next(name for name in names if not name.exists())


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _translated_error(error) from error


def _translated_error(error: sqlite3.Error) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in FULL:
        return StoreFull(f"the database cannot be written: {error}")
    return StoreError(f"the database refused: {error}")
