"""What was said in a chat, and where it has got to.

Residents' messages and our replies are lines of one table, so that one number orders both; the outbox
sends from the same table.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.conversation import Conversation, fresh
from bot.messages import Attachment, Chat, Location, Message, Reply, Spoken
from bot.store.database import Database, Row
from bot.store.rows import canonical, chat_row, clean, from_json, instant

_OF_CHAT = "channel = :channel and chat_id = :chat_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """What a resident's line holds beside its words."""

    button: str | None = None
    attachments: tuple[Attachment, ...] = ()
    location: Location | None = None
    album: str | None = None


class Chats:
    """Messages, transcripts and conversations."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, message: Message) -> bool:
        """Keep a message; False if we have it already (channels repeat themselves).

        Begins a turn: within a transaction no other process takes a turn of this chat until it ends.
        """
        self._db.lock(f"turn {message.chat.channel} {message.chat.id}")
        content = _Content(
            button=message.button,
            attachments=message.attachments,
            location=message.location,
            album=message.album,
        )
        return bool(
            self._db.execute(
                """
                insert into lines (channel, chat_id, voice, words, at, message_id, edit, content)
                values (:channel, :chat_id, 'resident', :words, :at, :message_id, :edit, :content)
                on conflict do nothing
                """,
                {
                    **chat_row(message.chat),
                    "words": clean(message.text),
                    "at": instant(message.sent_at),
                    "message_id": clean(message.id),
                    "edit": message.edit,
                    "content": canonical(content),
                },
            )
        )

    def replies_to(self, message: Message) -> tuple[Reply, ...]:
        """What the turn of this message answered."""
        rows = self._db.query(
            """
            select content from lines
            where erased = 0 and answers = (
                select id from lines
                where channel = :channel and chat_id = :chat_id and voice = 'resident'
                    and message_id = :message_id and edit = :edit
            )
            order by id
            """,
            {**chat_row(message.chat), "message_id": clean(message.id), "edit": message.edit},
        )
        return tuple(from_json(Reply, row["content"]) for row in rows)

    def conversation(self, chat: Chat) -> Conversation:
        """Where the chat has got to; a fresh one if it never spoke."""
        rows = self._db.query(f"select content from conversations where {_OF_CHAT}", chat_row(chat))
        return from_json(Conversation, rows[0]["content"]) if rows else fresh(chat)

    def save(self, conversation: Conversation, now: datetime) -> None:
        self._db.execute(
            """
            insert into conversations (channel, chat_id, content, updated_at)
            values (:channel, :chat_id, :content, :now)
            on conflict (channel, chat_id)
            do update set content = excluded.content, updated_at = excluded.updated_at
            """,
            {
                **chat_row(conversation.chat),
                "content": canonical(conversation),
                "now": instant(now),
            },
        )

    def transcript(self, chat: Chat, after: int = 0, limit: int = 200) -> list[Spoken]:
        """What was said after line `after`, in order; without `after` the last lines."""
        order = "asc" if after > 0 else "desc"
        rows = self._db.query(
            f"""
            select id, voice, words, at, content from lines
            where {_OF_CHAT} and id > :after and erased = 0 order by id {order} limit :limit
            """,
            {**chat_row(chat), "after": after, "limit": limit},
        )
        return [_spoken(row) for row in sorted(rows, key=lambda row: row["id"])]

    def last_line(self, chat: Chat) -> int:
        """The id of the newest line; 0 if there is none."""
        rows = self._db.query(f"select max(id) as id from lines where {_OF_CHAT}", chat_row(chat))
        return rows[0]["id"] or 0

    def count_since(self, chat: Chat, moment: datetime) -> int:
        """How many messages the resident has sent since."""
        rows = self._db.query(
            f"""
            select count(*) as count from lines
            where {_OF_CHAT} and voice = 'resident' and at > :moment
            """,
            {**chat_row(chat), "moment": instant(moment)},
        )
        return int(rows[0]["count"])

    def erase(self, chat: Chat) -> int:
        """Delete every word of the chat, unsent replies too; the number of the resident's messages.

        The bare lines stay: a repeat of an erased message is still a repeat.
        """
        with self._db.atomic():
            spoken = self._db.query(
                f"""
                select count(*) as count from lines
                where {_OF_CHAT} and voice = 'resident' and erased = 0
                """,
                chat_row(chat),
            )[0]["count"]
            self._db.execute(
                f"""
                update lines set words = '', content = '{{}}', error = null, due_at = null, erased = 1
                where {_OF_CHAT}
                """,
                chat_row(chat),
            )
            self._db.execute(f"delete from conversations where {_OF_CHAT}", chat_row(chat))
            self._db.execute(f"delete from feedback where {_OF_CHAT}", chat_row(chat))
            self._db.execute(f"update follows set remark = '' where {_OF_CHAT}", chat_row(chat))
        return int(spoken)

    def idle(self, before: datetime, limit: int) -> list[Chat]:
        """Chats silent since before then that never filed or followed a ticket."""
        rows = self._db.query(
            """
            select channel, chat_id from conversations c
            where updated_at < :before
                and not exists (select 1 from tickets t
                    where t.channel = c.channel and t.chat_id = c.chat_id)
                and not exists (select 1 from follows f
                    where f.channel = c.channel and f.chat_id = c.chat_id)
            order by updated_at limit :limit
            """,
            {"before": instant(before), "limit": limit},
        )
        return [Chat(channel=row["channel"], id=row["chat_id"]) for row in rows]

    def move(self, chat: Chat, new_id: str) -> None:
        """The channel gave the chat another id: all that was said and filed there goes along."""
        ids = {**chat_row(chat), "new_id": clean(new_id)}
        with self._db.atomic():
            # Message numbers begin again in the new chat; the old ones must not stand in their way.
            self._db.execute(
                f"""
                update lines set message_id = chat_id || ' ' || message_id, chat_id = :new_id
                where {_OF_CHAT}
                """,
                ids,
            )
            conversation = self.conversation(chat)
            self._db.execute(f"delete from conversations where {_OF_CHAT}", ids)
            for table in ("follows", "feedback"):
                self._keep_one(table, ids)
            for table in ("tickets", "files", "follows", "feedback"):
                self._db.execute(f"update {table} set chat_id = :new_id where {_OF_CHAT}", ids)
            moved = Chat(channel=chat.channel, id=new_id)
            if conversation.updated_at and not self.conversation(moved).updated_at:
                self.save(replace(conversation, chat=moved), conversation.updated_at)

    def _keep_one(self, table: str, ids: Row) -> None:
        """Where the new chat has the same row already, the old one goes."""
        key = {"follows": "number", "feedback": "entry"}[table]
        self._db.execute(
            f"""
            delete from {table} where {_OF_CHAT} and {key} in (
                select {key} from {table} where channel = :channel and chat_id = :new_id
            )
            """,
            ids,
        )


def _spoken(row: Row) -> Spoken:
    common = {"id": row["id"], "voice": row["voice"], "text": row["words"]}
    at = datetime.fromisoformat(row["at"])
    if row["voice"] == "resident":
        content = from_json(_Content, row["content"])
        return Spoken(
            **common,
            at=at,
            attachments=content.attachments,
            button=content.button,
            location=content.location,
        )
    return Spoken(**common, at=at, reply=from_json(Reply, row["content"]))
