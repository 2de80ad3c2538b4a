"""Small things to remember: offsets, votes on answers, questions without one, cards in the duty group."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messages import Chat, Reply
from bot.store.database import Database
from bot.store.figures import ANSWERS
from bot.store.rows import canonical, chat_row, clean, from_json, instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A question nobody could answer, as often as it was asked in the same words."""

    text: str
    candidates: tuple[str, ...]
    times: int
    last_at: datetime


class Notes:
    """The desk drawer."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def remember(self, key: str, value: str) -> None:
        self._db.execute(
            """
            insert into notes (key, value) values (:key, :value)
            on conflict (key) do update set value = excluded.value
            """,
            {"key": clean(key), "value": clean(value)},
        )

    def recall(self, key: str) -> str | None:
        rows = self._db.query("select value from notes where key = :key", {"key": clean(key)})
        return rows[0]["value"] if rows else None

    def forget(self, key: str) -> bool:
        """False if there was nothing: a code that may be used once is used by whoever gets True."""
        return bool(self._db.execute("delete from notes where key = :key", {"key": clean(key)}))

    # -- answers --------------------------------------------------------------------------------------

    def feedback(self, entry: str, useful: bool, chat: Chat, now: datetime) -> None:
        """One vote a chat and entry; the last one counts."""
        self._db.execute(
            """
            insert into feedback (entry, channel, chat_id, useful, at)
            values (:entry, :channel, :chat_id, :useful, :now)
            on conflict (entry, channel, chat_id)
            do update set useful = excluded.useful, at = excluded.at
            """,
            {**chat_row(chat), "entry": clean(entry), "useful": int(useful), "now": instant(now)},
        )

    def feedback_counts(self) -> dict[str, tuple[int, int]]:
        """For each entry how many found it useful and how many did not."""
        rows = self._db.query(
            """
            select entry, sum(useful) as useful, count(*) as votes from feedback
            group by entry order by entry
            """
        )
        return {
            row["entry"]: (int(row["useful"]), int(row["votes"]) - int(row["useful"]))
            for row in rows
        }

    def answers_given(self, since: datetime) -> dict[str, int]:
        """How often each entry was answered. Equal answers are equal texts, so few of them are read."""
        rows = self._db.query(
            f"""
            select content, count(*) as times from lines
            where {ANSWERS} and at >= :since group by content
            """,
            {"since": instant(since)},
        )
        given: Counter[str] = Counter()
        for row in rows:
            for button in from_json(Reply, row["content"]).buttons:
                verb, _, rest = button.data.partition(":")
                if verb == "useful" and rest.endswith(":1"):
                    given[rest.removesuffix(":1")] += int(row["times"])
        return dict(given)

    def unanswered(self, text: str, candidates: Sequence[str], now: datetime) -> None:
        """`text` comes masked; `candidates` are the guesses, best first."""
        self._db.execute(
            """
            insert into unanswered (words, candidates, times, last_at)
            values (:words, :candidates, 1, :now)
            on conflict (words) do update set times = unanswered.times + 1,
                candidates = excluded.candidates, last_at = excluded.last_at
            """,
            {"words": clean(text), "candidates": canonical(tuple(candidates)), "now": instant(now)},
        )

    def unanswered_list(self, limit: int = 200) -> list[Unanswered]:
        """Most often asked first."""
        rows = self._db.query(
            "select * from unanswered order by times desc, last_at desc, id limit :limit",
            {"limit": limit},
        )
        return [
            Unanswered(
                text=row["words"],
                candidates=from_json(tuple[str, ...], row["candidates"]),
                times=row["times"],
                last_at=datetime.fromisoformat(row["last_at"]),
            )
            for row in rows
        ]

    def answered(self, text: str) -> None:
        """Somebody saw to it: it leaves the list."""
        self._db.execute("delete from unanswered where words = :words", {"words": clean(text)})

    # -- cards in the duty group ----------------------------------------------------------------------

    def remember_card(self, number: str, chat_id: str | int, message_id: str | int) -> None:
        """A message of the duty group is about this ticket. A ticket may have several."""
        self._db.execute(
            """
            insert into cards (chat_id, message_id, number, at_turn)
            values (:chat_id, :message_id, :number, (select count(*) from cards where number = :number))
            on conflict (chat_id, message_id) do update set number = excluded.number
            """,
            {"chat_id": str(chat_id), "message_id": str(message_id), "number": number},
        )

    def card_of(self, number: str) -> tuple[str, str] | None:
        """Chat id and message id of the newest card about a ticket."""
        rows = self._db.query(
            """
            select chat_id, message_id from cards where number = :number
            order by at_turn desc limit 1
            """,
            {"number": number},
        )
        return (rows[0]["chat_id"], rows[0]["message_id"]) if rows else None

    def number_of_card(self, chat_id: str | int, message_id: str | int) -> str | None:
        rows = self._db.query(
            "select number from cards where chat_id = :chat_id and message_id = :message_id",
            {"chat_id": str(chat_id), "message_id": str(message_id)},
        )
        return rows[0]["number"] if rows else None
