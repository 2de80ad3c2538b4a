"""Who else hears of a ticket: those who said “我也一样”."""

from datetime import datetime

from bot.messages import Chat
from bot.store.database import Database
from bot.store.rows import chat_row, clean, instant


class Follows:
    """Residents on somebody else's ticket."""

    _db: Database

    def follow(self, number: str, chat: Chat, now: datetime, remark: str = "") -> bool:
        """One more resident hears of this ticket; False if he does already or it is his own."""
        return bool(
            self._db.execute(
                """
                insert into follows (number, channel, chat_id, at, remark)
                select number, :channel, :chat_id, :now, :remark from tickets
                where number = :number
                    and not (channel is not null and channel = :channel and chat_id = :chat_id)
                on conflict do nothing
                """,
                {**chat_row(chat), "number": number, "now": instant(now), "remark": clean(remark)},
            )
        )

    def remark(self, number: str, chat: Chat) -> str:
        """What one resident said when he joined."""
        rows = self._db.query(
            "select remark from follows where number = :number and channel = :channel and chat_id = :chat_id",
            {**chat_row(chat), "number": number},
        )
        return next((str(row["remark"]) for row in rows), "")

    def followers(self, number: str) -> list[Chat]:
        """In one order for all processes: who writes into their chats locks these one by one."""
        rows = self._db.query(
            "select channel, chat_id from follows where number = :number order by channel, chat_id",
            {"number": number},
        )
        return [Chat(channel=row["channel"], id=row["chat_id"]) for row in rows]
