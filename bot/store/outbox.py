"""Replies waiting to be sent. At least once: after a crash between sending and marking, one may go twice."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.messages import Chat, OutboxItem, Reply
from bot.store.database import Database, Row
from bot.store.rows import canonical, chat_row, clean, from_json, instant

CLAIM_LASTS = timedelta(seconds=120)  # a sender that died gives its claim back after this
PULLED = ("web", "api", "terminal")
"""Channels whose page asks for its lines: a reply has arrived when it is stored."""


class Outbox:
    """The lines of chats.py that have not left yet: those with a `due_at`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(
        self,
        chat: Chat,
        replies: Sequence[Reply],
        now: datetime,
        message_id: str | None = None,
        voice: str = "bot",
    ) -> None:
        """Keep replies in the transcript and send them; `message_id` is the message they answer."""
        pulled = chat.channel in PULLED
        if pulled and replies:
            # Lines of a chat become visible in the order of their ids: a page that asked for what
            # came after line n must not miss a line that another process was still writing.
            self._db.lock(f"lines {chat.channel} {chat.id}")
        for reply in replies:
            self._db.execute(
                """
                insert into lines
                    (channel, chat_id, voice, words, at, content, ticket, due_at, sent_at, answers)
                values
                    (:channel, :chat_id, :voice, :words, :now, :content, :ticket, :due_at, :sent_at, (
                        select max(id) from lines
                        where channel = :channel and chat_id = :chat_id and voice = 'resident'
                            and message_id = :message_id
                    ))
                """,
                {
                    **chat_row(chat),
                    "voice": voice,
                    "words": clean(reply.text),
                    "now": instant(now),
                    "content": canonical(reply),
                    "ticket": reply.ticket,
                    "due_at": None if pulled else instant(now),
                    "sent_at": instant(now) if pulled else None,
                    "message_id": None if message_id is None else clean(message_id),
                },
            )

    def claim(self, now: datetime, channel: str, limit: int) -> list[OutboxItem]:
        """Take what is due, each for one claimant. A chat gives only its first unsent reply: order is kept."""
        rows = self._db.query(
            f"""
            update lines set claimed_until = :until where id in (
                select id from lines as line
                where channel = :channel and due_at is not null and due_at <= :now
                    and (claimed_until is null or claimed_until <= :now)
                    and not exists (
                        select 1 from lines as earlier
                        where earlier.channel = line.channel and earlier.chat_id = line.chat_id
                            and earlier.due_at is not null and earlier.id < line.id
                    )
                order by id limit :limit {self._db.skip_locked}
            )
            returning *
            """,
            {
                "now": instant(now),
                "until": instant(now + CLAIM_LASTS),
                "channel": channel,
                "limit": limit,
            },
        )
        return [_item(row) for row in sorted(rows, key=lambda row: row["id"])]

    def sent(self, id: int, now: datetime) -> None:
        self._db.execute(
            """
            update lines set due_at = null, claimed_until = null, sent_at = :now, error = null
            where id = :id
            """,
            {"id": id, "now": instant(now)},
        )

    def part_sent(self, id: int, n: int) -> None:
        """`n` parts of a long reply have left: a second attempt begins after them."""
        self._db.execute("update lines set parts_sent = :n where id = :id", {"id": id, "n": n})

    def later(self, id: int, due_at: datetime, error: str) -> None:
        """One more attempt failed; the next not before `due_at`."""
        self._db.execute(
            """
            update lines
            set due_at = :due_at, claimed_until = null, attempts = attempts + 1, error = :error
            where id = :id and due_at is not null
            """,
            {"id": id, "due_at": instant(due_at), "error": clean(error)},
        )

    def give_up(self, id: int, error: str, now: datetime) -> None:
        """It will not be sent; the transcript keeps it."""
        self._db.execute(
            """
            update lines
            set due_at = null, claimed_until = null, attempts = attempts + 1, error = :error
            where id = :id and due_at is not null
            """,
            {"id": id, "error": clean(error)},
        )

    def waiting(self, now: datetime) -> int:
        """Replies that are due and have not left."""
        rows = self._db.query(
            "select count(*) as count from lines where due_at is not null and due_at <= :now",
            {"now": instant(now)},
        )
        return int(rows[0]["count"])


def _item(row: Row) -> OutboxItem:
    return OutboxItem(
        id=row["id"],
        chat=Chat(channel=row["channel"], id=row["chat_id"]),
        reply=from_json(Reply, row["content"]),
        attempts=row["attempts"],
        created_at=datetime.fromisoformat(row["at"]),
        parts_sent=row["parts_sent"],
        voice=row["voice"],
    )
