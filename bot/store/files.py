"""What is known of kept photos; the bytes lie in a folder of their own."""

from dataclasses import dataclass
from datetime import datetime

from bot.messages import Chat
from bot.store.database import Database, Row
from bot.store.rows import chat_row, instant


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """`chat` is where it came from: who may see it again."""

    name: str
    media_type: str
    size: int
    sha256: str
    chat: Chat
    kept_at: datetime


class KeptFiles:
    """The list of photos."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(
        self, name: str, media_type: str, size: int, sha256: str, chat: Chat, now: datetime
    ) -> None:
        self._db.execute(
            """
            insert into files (name, media_type, size, sha256, channel, chat_id, kept_at)
            values (:name, :media_type, :size, :sha256, :channel, :chat_id, :now)
            """,
            {
                **chat_row(chat),
                "name": name,
                "media_type": media_type,
                "size": size,
                "sha256": sha256,
                "now": instant(now),
            },
        )

    def find(self, name: str) -> KeptFile | None:
        rows = self._db.query("select * from files where name = :name", {"name": name})
        return _file(rows[0]) if rows else None

    def of_chat(self, chat: Chat) -> list[KeptFile]:
        rows = self._db.query(
            """
            select * from files where channel = :channel and chat_id = :chat_id
            order by kept_at, name
            """,
            chat_row(chat),
        )
        return [_file(row) for row in rows]

    def forget(self, name: str) -> None:
        """The photo was removed."""
        self._db.execute("delete from files where name = :name", {"name": name})


def _file(row: Row) -> KeptFile:
    return KeptFile(
        name=row["name"],
        media_type=row["media_type"],
        size=row["size"],
        sha256=row["sha256"],
        chat=Chat(channel=row["channel"], id=row["chat_id"]),
        kept_at=datetime.fromisoformat(row["kept_at"]),
    )
