"""Working time of the district: frames of the day, public holidays, make-up working days (调休).

Knows days and frames only; what is promised by when stands in deadlines.py. All moments given back
are UTC, but for `local`.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chinese_calendar.constants import holidays, workdays

ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
SATURDAY = 5
# The library's tables end with the last year the State Council had announced when it was released.
LIBRARY_YEARS = range(min(holidays).year, max(holidays).year + 1)
# 全国年节及纪念日放假办法 (2025), article 2: the public holidays whose date is the same each year. Those by
# the lunar calendar and the make-up days are known only when the State Council has announced them.
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})

Frame = tuple[time, time]


class WorkCalendar:
    """Counts in working days and working time. `frames` are in order and do not overlap."""

    def __init__(
        self,
        frames: tuple[Frame, ...],
        extra_holidays: Iterable[date] = (),
        extra_workdays: Iterable[date] = (),
    ) -> None:
        self.frames = frames
        self._whole_day = sum((_length(*frame) for frame in frames), timedelta(0))
        self.extra_holidays = frozenset(extra_holidays)
        self.extra_workdays = frozenset(extra_workdays)
        self._open: dict[date, tuple[tuple[datetime, datetime], ...]] = {}
        self._ends: dict[tuple[date, int], datetime] = {}

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZONE)

    def knows(self, year: int) -> bool:
        """False: only the year's fixed holidays are known, deadlines across the others are wrong.

        A year the library lacks counts as known once the operator has written its 1 January
        into extra_holidays: whoever copies the announced list begins there.
        """
        return year in LIBRARY_YEARS or date(year, 1, 1) in self.extra_holidays

    def is_workday(self, day: date) -> bool:
        """The operator's own days win over the library, the library over the weekday."""
        if day in self.extra_holidays:
            return False
        if day in self.extra_workdays or day in workdays:
            return True
        if day.year > LIBRARY_YEARS[-1] and (day.month, day.day) in FIXED_HOLIDAYS:
            return False
        return day.weekday() < SATURDAY and day not in holidays

    def add_days(self, start: datetime, days: int) -> datetime:
        """The end of the last frame on the n-th working day after start; its own day never counts."""
        return self.days_and_time(start, days)[0]

    def days_and_time(self, start: datetime, days: int) -> tuple[datetime, timedelta]:
        """The same, and what can be worked until then: the rest of the first day counts here."""
        if days < 1:
            raise ValueError(f"a limit in working days is at least one, not {days}")
        start, day = start.astimezone(UTC), self.local(start).date()
        time_given = self._whole_day * days
        for opens, closes in self._frames_of(day):
            if closes > start:
                time_given += closes - (opens if opens > start else start)
        return self._end_of(day, days), time_given

    def _end_of(self, day: date, days: int) -> datetime:
        """The end of the n-th working day after this one."""
        found = self._ends.get((day, days))
        if found is None:
            last = day
            for _ in range(days):
                last += DAY
                while not self.is_workday(last):
                    last += DAY
            found = self._ends[day, days] = self._frames_of(last)[-1][1]
        return found

    def add_time(self, start: datetime, worked: timedelta) -> datetime:
        """The earliest moment by which so much has been worked since start."""
        start = start.astimezone(UTC)
        if worked <= timedelta(0):
            return start
        day = self.local(start).date()
        while True:  # there is always another working day
            for opens, closes in self._frames_of(day):
                if closes > start:
                    begins = opens if opens > start else start
                    if worked <= closes - begins:
                        return begins + worked
                    worked -= closes - begins
            day += DAY

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two moments; nothing when they stand the wrong way round."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        total, day = timedelta(0), self.local(start).date()
        while True:
            for opens, closes in self._frames_of(day):
                if opens >= end:
                    return total
                if closes > start:
                    total += (closes if closes < end else end) - (opens if opens > start else start)
            day += DAY

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself within a frame, else the start of the next one; a closing time is closed."""
        opens, _ = next(self._frames_from(moment))
        return max(opens, moment.astimezone(UTC))

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody is at work at this moment."""
        return self.next_open(moment) == moment.astimezone(UTC)

    def hours(self) -> str:
        """The frames in words: 工作日 08:30–11:30、13:00–17:00."""
        return "工作日 " + "、".join(f"{a:%H:%M}–{b:%H:%M}" for a, b in self.frames)

    def _frames_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The frames that end after the moment, for ever."""
        day = self.local(moment).date()
        yield from (frame for frame in self._frames_of(day) if frame[1] > moment)
        while True:
            day += DAY
            yield from self._frames_of(day)

    def _frames_of(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        found = self._open.get(day)
        if found is None:
            found = self._open[day] = tuple(
                (_utc(day, opens), _utc(day, closes))
                for opens, closes in (self.frames if self.is_workday(day) else ())
            )
        return found


def _length(opens: time, closes: time) -> timedelta:
    return datetime.combine(date.min, closes) - datetime.combine(date.min, opens)


def _utc(day: date, at: time) -> datetime:
    return datetime.combine(day, at, ZONE).astimezone(UTC)
