"""Room `store.proof`: whether anything ever written was changed, taken away, put in or set back.

Three places remember the histories, each filled at another time: the ticket's own row, the counter of its
day, and the seals: now and then the newest event of every ticket that moved is written down, each seal with
the hash of the one before. A seal's hash (存证码) leaves the house with the daily inspection; whoever keeps
it can show later that nothing older was touched, even by somebody who may write every table here.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence

from bot.errors import TicketNotFound
from bot.store.chain import Fault, Head
from bot.store.database import Database
from bot.store.rows import canonical
from bot.store.tickets import Tickets

PAGE = 200
CODE_LENGTH = 16  # signs of a seal's hash that people copy
_SAME = {
    "filed_at": "t.filed_at", "kind": "t.kind", "category": "coalesce(t.category, '')",
    "clock": "t.clock", "department": "coalesce(t.department, '')", "audience": "t.audience",
    "excluded": "case when t.excluded is null then 0 else 1 end", "open": "t.is_open",
    "closed_at": "t.closed_at", "designated": "t.designated", "solved": "t.solved",
    "rating": "t.rating", "first_finish_by": "t.first_finish_by",
}  # fmt: skip
"""Columns of the figures that are taken over from the ticket as they are, whatever the clocks are set to."""
_DIFFER = " or ".join(f"f.{name} is distinct from {value}" for name, value in _SAME.items())


class Proof:
    """Seals, and the walk over everything that `mashangban verify` takes."""

    def __init__(self, db: Database, tickets: Tickets) -> None:
        self._db = db
        self._tickets = tickets

    # -- seals ------------------------------------------------------------------------------------------

    def seal(self, heads: Sequence[Head]) -> None:
        """Write down how far these histories have got. Call within atomic()."""
        if not heads:
            return
        self._db.lock("seals")
        last = self._db.query("select hash from seals order by id desc limit 1")
        previous = str(last[0]["hash"]) if last else ""
        text = canonical([[head.number, head.seq, head.hash] for head in heads])
        self._db.execute(
            "insert into seals (heads, previous, hash) values (:heads, :previous, :hash)",
            {"heads": text, "previous": previous, "hash": _hash(previous, text)},
        )

    def code(self) -> str:
        """存证码 of all that is sealed so far; "" where nothing is."""
        last = self._db.query("select hash from seals order by id desc limit 1")
        return str(last[0]["hash"])[:CODE_LENGTH] if last else ""

    def knows(self, code: str) -> bool:
        """Whether a code that somebody kept is one of ours; the seals themselves are proved by `faults`."""
        return bool(
            self._db.query(
                f"select 1 as one from seals where substr(hash, 1, {CODE_LENGTH}) = :code limit 1",
                {"code": code.strip().lower()[:CODE_LENGTH]},
            )
        )

    # -- looking ----------------------------------------------------------------------------------------

    def faults(self, numbers: Iterable[str]) -> Iterator[Fault]:
        """All that is wrong; `numbers` are those of all tickets, as they are walked over."""
        sealed: dict[str, Head] = {}
        yield from self._read_seals(sealed)
        lost = set()
        for number in numbers:
            fault = self._tickets.fault(number, sealed.pop(number, None))
            if fault:
                yield fault
        for number, head in sealed.items():
            try:
                fault = self._tickets.fault(number, head)  # filed since the numbers were taken
            except TicketNotFound:
                lost.add(number)
                fault = Fault(number=number, words="整张工单不见了，存证里有它")
            if fault:
                yield fault
        yield from self._not_as_counted(lost)
        yield from self._without_ticket()
        yield from self._not_as_told()
        yield from self._not_as_in_the_figures()
        yield from self._older_than_their_sheets()

    def _read_seals(self, sealed: dict[str, Head]) -> Iterator[Fault]:
        """Fills in the newest sealed head of each ticket: by the chain it proves all before it."""
        last, previous, n = 0, "", 0
        while True:
            rows = self._db.query(
                "select * from seals where id > :last order by id limit :limit",
                {"last": last, "limit": PAGE},
            )
            for row in rows:
                n += 1
                whole = row["previous"] == previous
                if not whole or row["hash"] != _hash(previous, row["heads"]):
                    yield Fault(words=f"第{n}次存证被改过，或它前面的一次不见了")
                else:
                    for number, seq, hash in json.loads(row["heads"]):
                        if number not in sealed or sealed[number].seq < seq:
                            sealed[number] = Head(number=number, seq=seq, hash=hash)
                last, previous = row["id"], row["hash"]
            if len(rows) < PAGE:
                return

    def _not_as_counted(self, lost: set[str]) -> Iterator[Fault]:
        """Numbers are given one after the other: a gap was a ticket once."""
        # Counters first: what is filed meanwhile is no gap.
        lasts = {r["day"]: r["last"] for r in self._db.query("select day, last from counters")}
        days = self._db.query("select distinct substr(number, 3, 8) as day from tickets")
        for day in sorted({*lasts, *(row["day"] for row in days)}):
            rows = self._db.query(
                "select number from tickets where number > :start and number < :end",
                {"start": f"DD{day}-", "end": f"DD{day}."},
            )
            there = {row["number"] for row in rows}
            given = {f"DD{day}-{n:04d}" for n in range(1, lasts.get(day, 0) + 1)}
            for number in sorted(given - there - lost):
                yield Fault(number=number, words="整张工单不见了，这个号编出去过")
            for number in sorted(there - given):
                if not self._counted(day, number):
                    yield Fault(number=number, words="这个号没有编过，或当天的编号被改小了")

    def _counted(self, day: str, number: str) -> bool:
        """Whether the counter has come so far: asked again, since somebody may file while we look."""
        rows = self._db.query("select last from counters where day = :day", {"day": day})
        return bool(rows) and number in {f"DD{day}-{n:04d}" for n in range(1, rows[0]["last"] + 1)}

    def _without_ticket(self) -> Iterator[Fault]:
        rows = self._db.query(
            """
            select distinct number from events
            where number not in (select number from tickets) order by number
            """
        )
        for row in rows:
            yield Fault(number=row["number"], words="有办理记录，没有工单")

    def _not_as_told(self) -> Iterator[Fault]:
        """What a resident was sent stands in his transcript and, sealed, in the history: word for word."""
        rows = self._db.query(
            """
            select e.number, e.seq from events e
            join tickets t on t.number = e.number and t.channel is not null
            where e.told <> '' and not exists (
                select 1 from lines l
                where l.ticket = e.number and l.words = e.told
                    and l.channel = t.channel and l.chat_id = t.chat_id
            ) order by e.number, e.seq
            """
        )
        for row in rows:
            number, seq = row["number"], row["seq"]
            yield Fault(number=number, seq=seq, words=f"发给诉求人的话与第{seq}条记录不符")

    def _not_as_in_the_figures(self) -> Iterator[Fault]:
        """A ticket that is counted stands in the figures as it is; no figure stands without a ticket."""
        rows = self._db.query(
            f"""
            select t.number from tickets t left join ticket_facts f on f.number = t.number
            where t.counted = t.version and (f.number is null or {_DIFFER})
            union
            select number from ticket_facts where number not in (select number from tickets)
            order by 1
            """
        )
        for row in rows:
            yield Fault(number=row["number"], words="数据页里的这一行与工单不符")

    def _older_than_their_sheets(self) -> Iterator[Fault]:
        """The codes that the daily inspections carried must be known: else the last seals were taken away."""
        for row in self._db.query("select day, sheet from inspections order by day"):
            code = str(json.loads(row["sheet"]).get("code") or "")
            if code and not self.knows(code):
                yield Fault(words=f"{row['day']}点检表上的存证码{code}，存证里没有")


def _hash(previous: str, heads: str) -> str:
    return hashlib.sha256(f"{previous}\n{heads}".encode()).hexdigest()
