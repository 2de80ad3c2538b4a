"""The promised times (承诺时限): what a class of tickets is promised. clocks.py reads them, deadlines.py counts with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.errors import ConfigError
from bot.workdays import WorkCalendar


class ClockName(StrEnum):
    """The three promises of a ticket, and the one made when the last of them was broken; each runs by itself."""

    SIGN = "sign"  # 签收
    CONTACT = "contact"  # 首次联系
    FINISH = "finish"  # 办结答复
    PROMISE = "promise"  # 超时后告诉诉求人的新时间


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A promise: `minutes` run round the clock, `days` are working days after the first."""

    minutes: int | None = None
    days: int | None = None

    def due(self, start: datetime, calendar: WorkCalendar) -> datetime:
        return self.limit(start, calendar)[0]

    def limit(self, start: datetime, calendar: WorkCalendar) -> tuple[datetime, timedelta]:
        """When it is due, and how much time that gives, as `elapsed` counts it."""
        if self.days is not None:
            return calendar.days_and_time(start, self.days)
        given = timedelta(minutes=self.minutes or 0)
        return start.astimezone(UTC) + given, given

    def elapsed(self, start: datetime, end: datetime, calendar: WorkCalendar) -> timedelta:
        """Time as this span counts it: working time for days, wall time for minutes."""
        if self.days is not None:
            return calendar.worked(start, end)
        return max(end - start, timedelta(0))

    def shorter_than(self, other: "Span") -> bool:
        """A limit in minutes is shorter than one of so many days as the minutes fill."""
        return self._rough() < other._rough()

    def _rough(self) -> int:
        return self.minutes if self.minutes is not None else (self.days or 0) * 24 * 60

    def later(self, moment: datetime, amount: timedelta, calendar: WorkCalendar) -> datetime:
        if self.days is not None:
            return calendar.add_time(moment, amount)
        return moment.astimezone(UTC) + amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A class of tickets: `name` as in events, `label` for people. Without `contact` nobody must call."""

    name: str
    label: str
    sign: Span
    contact: Span | None
    finish: Span

    def span(self, clock: ClockName) -> Span | None:
        match clock:
            case ClockName.SIGN:
                return self.sign
            case ClockName.CONTACT:
                return self.contact
            case ClockName.FINISH:
                return self.finish
            case ClockName.PROMISE:
                return None  # what is promised then stands in the event


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWait:
    """How long a question waits for the resident: reminded after `remind`, and `resume` after that the clock runs on."""

    remind: Span
    resume: Span


IN_MINUTES = (
    2  # new dates of an urgent ticket that are hours away; whoever still waits hears by day
)
MOST_DAYS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """Everything of clocks.yaml but the calendar. `extension` is (times, days each)."""

    classes: Mapping[str, Policy]
    raised: Mapping[str, str]
    warn_at: tuple[int, ...]
    last_call: int
    usual_return_days: int
    hard_return_days: int
    extension: tuple[int, int]
    usual_answer: AnswerWait
    urgent_answer: AnswerWait
    usual_after_breach: Span
    urgent_after_breach: Span
    feedback_days: int
    silence_days: int
    follow_up_days: int
    archive_days: int
    claim_minutes: int
    many_followers: int
    months_kept: int

    def return_days(self, *, hard: bool) -> int:
        return self.hard_return_days if hard else self.usual_return_days

    def answer_wait(self, name: str) -> AnswerWait:
        """A class that runs round the clock does not wait for days."""
        return self.urgent_answer if self._round_the_clock(name) else self.usual_answer

    def after_breach(self, name: str, broken_before: int = 0) -> Span:
        """The time of the new promise when one was broken, and `broken_before` others before it.

        Each is longer than the one before: rather a late date than one more that is not kept.
        """
        urgent, usual = self.urgent_after_breach.minutes or 0, self.usual_after_breach.days or 1
        if not self._round_the_clock(name):
            return Span(days=min(usual * (broken_before + 1), MOST_DAYS))
        if broken_before < IN_MINUTES:
            return Span(minutes=urgent * (broken_before + 1))
        return Span(days=min(usual * (broken_before + 1 - IN_MINUTES), MOST_DAYS))

    def _round_the_clock(self, name: str) -> bool:
        return self.policy(name).finish.minutes is not None

    def policy(self, name: str) -> Policy:
        found = self.classes.get(name)
        if found is None:
            raise ConfigError(f"a ticket runs by the class {name!r}; put it back into clocks.yaml")
        return found
