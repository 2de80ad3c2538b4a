"""A consistent copy of the database while it serves, and the way back from one."""

from pathlib import Path

from bot.store import sqlite


def backup_to(url: str, file: Path) -> None:
    """Copy the database to `file`, whole or not at all."""
    if is_postgres(url):
        from bot.store import postgres

        postgres.backup(url, file)
    else:
        sqlite.backup(Path(url), file)


def restore_from(url: str, file: Path) -> Path | None:
    """Put the database back; where the one before is kept, if there was one."""
    if is_postgres(url):
        from bot.store import postgres

        postgres.restore(url, file)
        return None
    return sqlite.restore(Path(url), file)


def is_postgres(url: str) -> bool:
    return url.startswith(("postgresql://", "postgres://"))
