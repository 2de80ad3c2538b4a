"""Figures (数据): keeps the facts of the tickets fresh and makes reports of them.

A report belongs to the period in which its tickets were filed; deadlines in it are judged as of now.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.deadlines import Policies
from bot.departments import Directory
from bot.facts import facts_of
from bot.rates import RATES, Rate, Share
from bot.store import Store, whole
from bot.store.chain import Head
from bot.store.figures import BotCounts, Bucket, Durations, Tally
from bot.store.rates import Measure, Part
from bot.store.scope import Dimension, Scope
from bot.tickets import KIND_NAMES, Kind
from bot.workdays import WorkCalendar

REPEAT_DAYS = 30  # the same resident and matter within so many days is a repetition
BATCH = 500  # tickets counted in one transaction
AUDIENCE_NAMES = {"citizen": "群众", "enterprise": "企业"}
DIMENSION_NAMES = {
    Dimension.DEPARTMENT: "单位",
    Dimension.STREET: "街路",
    Dimension.CATEGORY: "类别",
    Dimension.CLOCK: "时限类别",
    Dimension.AUDIENCE: "企业评 / 群众议",
    Dimension.KIND: "诉求类型",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """All rates of one unit, street, category …; `adjusted_times` leaves out the excluded tickets and is made of the whole only."""

    id: str
    name: str
    tickets: int
    excluded: int
    rates: dict[Measure, Rate]
    times: Durations | None
    adjusted_times: Durations | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole, its parts by one dimension, and the chat window by itself."""

    scope: Scope
    by: Dimension | None
    made_at: datetime
    total: Slice
    slices: tuple[Slice, ...]
    bot: BotCounts
    behind: bool  # some tickets changed since they were counted; the next look will have them

    @property
    def bot_rates(self) -> dict[str, Share]:
        return bot_rates(self.bot)


class Figures:
    """Reports of everything that is stored. Core thread, but for `report_beside`."""

    def __init__(
        self, store: Store, directory: Directory, policies: Policies, calendar: WorkCalendar
    ) -> None:
        self.store = store
        self.directory = directory
        self.policies = policies
        self.calendar = calendar

    # -- keeping fresh ------------------------------------------------------------------------------

    def refresh(self, limit: int | None = None) -> bool:
        """Count the tickets that changed, at most `limit`. False when some are still behind."""
        counted = 0
        while True:
            room = BATCH if limit is None else min(BATCH, limit - counted)
            if room <= 0:
                return not self.store.facts.behind(1)
            numbers = self.store.facts.behind(room)
            self._count(numbers)
            counted += len(numbers)
            if len(numbers) < room:
                return True

    @whole
    def _count(self, numbers: list[str]) -> None:
        tickets, facts, heads = self.store.tickets, [], []
        with self.store.atomic():
            for number in numbers:
                ticket = tickets.find(number)
                if ticket is None:
                    continue
                since = ticket.filed_at - timedelta(days=REPEAT_DAYS)
                repeats = self.store.facts.earlier(number, since) if ticket.chat else None
                events = tickets.events(number)
                facts.append(facts_of(ticket, events, self.policies, self.calendar, repeats))
                if events:
                    last = events[-1]
                    heads.append(Head(number=number, seq=last.seq, hash=last.hash))
            self.store.facts.keep(facts)
            self.store.proof.seal(heads)  # whoever looks at every ticket that moved is its witness

    # -- reports ------------------------------------------------------------------------------------

    def report(
        self, scope: Scope, by: Dimension | None, now: datetime, *, behind: bool = False
    ) -> Report:
        """What the facts say now; `refresh` comes first, by whoever knows how long it may take."""
        line = self.follow_line(now)
        figures = self.store.figures
        parts = figures.buckets(scope, by, now, line)
        whole = _together(parts) if by else (parts or [Bucket(name="")])[0]
        times = figures.times(scope, by)
        return Report(
            scope=scope,
            by=by,
            made_at=now,
            total=_slice(whole, "全部", times.whole, times.adjusted),
            slices=tuple(
                _slice(part, self.name(by, part.name), times.parts.get(part.name), None)
                for part in (parts if by else ())
            ),
            bot=figures.of_bot(scope),
            behind=behind,
        )

    def report_beside(
        self, scope: Scope, by: Dimension | None, now: datetime, *, behind: bool = False
    ) -> Report:
        """The same from any other thread, on a connection of its own."""
        with self.store.beside() as store:
            figures = Figures(store, self.directory, self.policies, self.calendar)
            return figures.report(scope, by, now, behind=behind)

    def follow_line(self, now: datetime) -> datetime:
        """What was closed before this should have been followed up."""
        return now - timedelta(days=self.policies.follow_up_days)

    def tickets(
        self, scope: Scope, measure: Measure, part: Part, now: datetime, limit: int, offset: int
    ) -> tuple[int, list[str]]:
        """The tickets behind a number of a report."""
        line = self.follow_line(now)
        return self.store.figures.numbers(scope, measure, part, now, line, limit, offset)

    def name(self, by: Dimension | None, value: str) -> str:
        """A value of a dimension as people call it."""
        match by:
            case Dimension.DEPARTMENT:
                return self.directory.unit_name(value)
            case Dimension.CATEGORY:
                return self.directory.category_name(value)
            case Dimension.CLOCK:
                policy = self.policies.classes.get(value)
                return policy.label if policy else value
            case Dimension.AUDIENCE:
                return AUDIENCE_NAMES.get(value, value)
            case Dimension.KIND:
                return KIND_NAMES[Kind(value)]
            case _:
                return value


def last_days(today: date, days: int) -> Scope:
    """The period of so many days that ends with today."""
    return Scope(start=today - timedelta(days=days - 1), end=today + timedelta(days=1))


def bot_rates(counts: BotCounts) -> dict[str, Share]:
    """自助解答率, 有用率, 拒答率, 转人工率 of the chat window."""
    asked = counts.answers + counts.unanswered + counts.handovers
    return {
        "self_service": Share(counts.answers, asked),
        "useful": Share(counts.useful, counts.feedback),
        "refused": Share(counts.unanswered, asked),
        "handed_over": Share(counts.handovers, asked),
    }


BOT_RATE_NAMES = {
    "self_service": ("自助解答率", "知识库直接答复", "答复、没听懂和转人工的次数"),
    "useful": ("有用率", "居民点了“有用”", "点过“有用/没用”的次数"),
    "refused": ("拒答率", "没听懂的问法，按最后一次出现的日期", "答复、没听懂和转人工的次数"),
    "handed_over": ("转人工率", "转人工咨询", "答复、没听懂和转人工的次数"),
}


def _together(parts: list[Bucket]) -> Bucket:
    def add(measure: Measure) -> Tally:
        tallies = [part.tallies[measure] for part in parts]
        return Tally(
            numerator=sum(t.numerator for t in tallies),
            denominator=sum(t.denominator for t in tallies),
            adjusted_numerator=sum(t.adjusted_numerator for t in tallies),
            adjusted_denominator=sum(t.adjusted_denominator for t in tallies),
        )

    return Bucket(
        name="",
        tickets=sum(part.tickets for part in parts),
        excluded=sum(part.excluded for part in parts),
        tallies={measure: add(measure) for measure in Measure},
    )


def _slice(bucket: Bucket, name: str, times: Durations | None, adjusted: Durations | None) -> Slice:
    def rate(measure: Measure) -> Rate:
        kind = RATES[measure]
        tally = bucket.tallies.get(measure, Tally())
        covered = bucket.tallies.get(kind.coverage, Tally()) if kind.coverage else None
        return Rate(
            kind=kind,
            raw=Share(tally.numerator, tally.denominator),
            adjusted=Share(tally.adjusted_numerator, tally.adjusted_denominator),
            coverage=Share(covered.numerator, covered.denominator) if covered else None,
        )

    return Slice(
        id=bucket.name, name=name, tickets=bucket.tickets, excluded=bucket.excluded,
        rates={measure: rate(measure) for measure in RATES}, times=times, adjusted_times=adjusted,
    )  # fmt: skip
