"""Fixtures: the store on every database. `store` is one; `store_url` is for those who open several.

PostgreSQL is the server of MASHANGBAN_TEST_POSTGRES (a URL whose user may create databases), or one that is
started here. Where there is neither, its tests are skipped aloud; with CI set they fail.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from postgres_server import NoPostgres, running_server

from bot.store import Store, open_store

SERVER = os.environ.get("MASHANGBAN_TEST_POSTGRES", "")
IN_CI = bool(os.environ.get("CI"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    if SERVER:
        yield SERVER
        return
    try:
        with running_server() as url:
            yield url
    except NoPostgres as reason:
        if IN_CI:
            pytest.fail(f"PostgreSQL must be tested here: {reason}")
        pytest.skip(f"no PostgreSQL: {reason}")


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str) -> Iterator[str]:
    """The URL of a database with our tables, of this session alone."""
    name = f"mashangban_test_{os.getpid()}"
    with closing(psycopg.connect(postgres_server, autocommit=True)) as server:
        server.execute(f"create database {name}")
        try:
            url = _database(postgres_server, name)
            open_store(url).close()
            yield url
        finally:
            server.execute(f"drop database if exists {name} with (force)")


@pytest.fixture
def postgres_url(postgres_database: str) -> str:
    """The same, empty."""
    with closing(psycopg.connect(postgres_database, autocommit=True)) as server:
        found = server.execute(
            "select tablename from pg_tables where schemaname = 'public' and tablename <> 'migrations'"
        )
        tables = ", ".join(name for (name,) in found)
        server.execute(f"truncate {tables} restart identity")
    return postgres_database


@pytest.fixture
def fast_path(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: hundreds of commits need not wait for a disk."""
    if not os.access("/dev/shm", os.W_OK):
        yield tmp_path
        return
    with TemporaryDirectory(dir="/dev/shm", prefix="mashangban-") as folder:
        yield Path(folder)


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest, fast_path: Path) -> str:
    """A database that several stores can open at once."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return str(fast_path / "store.sqlite3")


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, fast_path: Path) -> Iterator[Store]:
    urls = {"memory": ":memory:", "sqlite": str(fast_path / "store.sqlite3")}
    url = urls.get(request.param) or str(request.getfixturevalue("postgres_url"))
    opened = open_store(url)
    yield opened
    opened.close()


def _database(server: str, name: str) -> str:
    """The same server's URL with another database; as a URL, since `open_store` knows it by that."""
    scheme, _, rest = server.partition("://")
    place, _, query = rest.partition("?")
    address = place.partition("/")[0]
    return f"{scheme}://{address}/{name}" + (f"?{query}" if query else "")
