"""Brings a database up to the program: each migration of schema.py once, in its order."""

import re

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.schema import MIGRATIONS


def migrate(db: Database) -> list[str]:
    """Run what has not run yet and say what that was; several processes may start at once."""
    ran = []
    with db.atomic():
        db.lock("migrations")
        db.execute(_spoken(db, "create table if not exists migrations (name text primary key)"))
        done = {row["name"] for row in db.query("select name from migrations")}
        if newer := sorted(done - {name for name, _ in MIGRATIONS}):
            raise StoreError(
                f"the database is newer than this program (it has {newer[-1]!r}); install the newer "
                "program again, or restore a backup from before the update"
            )
        for name, sql in MIGRATIONS:
            if name in done:
                continue
            for statement in sql.split(";"):
                db.execute(_spoken(db, statement))
            db.execute("insert into migrations (name) values (:name)", {"name": name})
            ran.append(name)
    return ran


def _spoken(db: Database, sql: str) -> str:
    """The same statement in the database's own dialect."""
    if db.dialect == "sqlite":
        return sql.replace("serial_key", "integer primary key autoincrement")
    sql = sql.replace("serial_key", "bigint generated always as identity primary key")
    # The order of bytes: a language's own order would sort numbers and times by its own rules.
    return re.sub(r"\btext\b", 'text collate "C"', sql)
