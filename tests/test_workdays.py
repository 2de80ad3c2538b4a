"""Working days and working time: the days China announced, the edges of the frames, and a slow reference."""

from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter

import pytest
import reference_clock as reference
from chinese_calendar.constants import holidays, workdays
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.workdays import FIXED_HOLIDAYS, LIBRARY_YEARS, ZONE, WorkCalendar

FRAMES = ((time(8, 30), time(11, 30)), (time(13), time(17)))
calendar = WorkCalendar(FRAMES, (), ())
FIRST_KNOWN = datetime(2004, 1, 1, tzinfo=UTC)
minutes_of_2026 = st.integers(min_value=0, max_value=340 * 1440)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2024-02-10", "2024-02-17"), ("2025-01-28", "2025-02-04"), ("2026-02-15", "2026-02-23"),
        ("2024-10-01", "2024-10-07"), ("2025-10-01", "2025-10-08"), ("2026-10-01", "2026-10-07"),
    ],
)  # fmt: skip
def test_spring_festival_and_national_day_are_free_to_the_last_day(first: str, last: str) -> None:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    assert not any(calendar.is_workday(day) for day in days)
    assert calendar.is_workday(end + timedelta(days=1))


@pytest.mark.parametrize(
    "day",
    ["2024-02-04", "2024-02-18", "2024-09-29", "2024-10-12", "2025-01-26", "2025-02-08",
     "2025-09-28", "2025-10-11", "2026-01-04", "2026-02-14", "2026-02-28", "2026-10-10"],
)  # fmt: skip
def test_a_make_up_weekend_day_is_worked(day: str) -> None:
    assert date.fromisoformat(day).weekday() >= 5
    assert calendar.is_workday(date.fromisoformat(day))


@pytest.mark.parametrize("year", LIBRARY_YEARS)
def test_every_known_year_has_its_holidays_and_make_up_days(year: int) -> None:
    assert calendar.knows(year)
    assert not any(calendar.is_workday(date(year, 10, day)) for day in (1, 2, 3))
    assert not any(calendar.is_workday(day) for day in holidays if day.year == year)
    assert all(calendar.is_workday(day) for day in workdays if day.year == year)


def test_a_year_not_announced_yet_has_the_holidays_that_never_move_and_says_so() -> None:
    """Whoever files on 30 December is not promised an answer on New Year's Day."""
    year = LIBRARY_YEARS[-1] + 1
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    fixed = {date(year, month, day) for month, day in FIXED_HOLIDAYS}
    assert not calendar.knows(year)
    assert not calendar.knows(LIBRARY_YEARS[0] - 1)
    assert all(calendar.is_workday(day) == (day.weekday() < 5 and day not in fixed) for day in days)


def test_the_fixed_holidays_are_those_of_the_announced_years_too() -> None:
    """The second of May is one since the law of 2025."""
    announced = [date(LIBRARY_YEARS[-1], month, day) for month, day in FIXED_HOLIDAYS]
    assert not any(calendar.is_workday(day) for day in announced)


def test_the_operator_can_write_down_a_year_the_library_lacks() -> None:
    year = LIBRARY_YEARS[-1] + 1
    told = WorkCalendar(FRAMES, (date(year, 1, 1),), ())
    assert told.knows(year)
    assert not told.is_workday(date(year, 1, 1))


def test_the_operators_days_win_over_the_library() -> None:
    told = WorkCalendar(FRAMES, (date(2026, 2, 14),), (date(2026, 10, 3),))
    assert not told.is_workday(date(2026, 2, 14))
    assert told.is_workday(date(2026, 10, 3))


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-23 00:00", 1, "2026-11-24 17:00"),
        ("2026-11-23 08:29", 1, "2026-11-24 17:00"),
        ("2026-11-23 23:59", 1, "2026-11-24 17:00"),
        ("2026-11-24 00:00", 1, "2026-11-25 17:00"),
        ("2026-11-27 17:00", 1, "2026-11-30 17:00"),
        ("2026-11-28 10:00", 1, "2026-11-30 17:00"),  # Saturday
        ("2026-02-13 16:00", 1, "2026-02-14 17:00"),  # the Saturday before 春节 is worked
        ("2026-02-14 16:00", 1, "2026-02-24 17:00"),
        ("2026-02-12 16:00", 5, "2026-02-26 17:00"),
        ("2026-09-30 16:00", 5, "2026-10-13 17:00"),  # over 国庆, with Saturday the 10th
    ],
)
def test_the_first_day_is_not_counted(start: str, days: int, due: str) -> None:
    assert calendar.add_days(at(start), days) == at(due)


def test_midnight_is_the_districts_and_not_that_of_greenwich() -> None:
    assert calendar.add_days(datetime(2026, 11, 23, 15, 59, tzinfo=UTC), 1) == at(
        "2026-11-24 17:00"
    )
    assert calendar.add_days(datetime(2026, 11, 23, 16, 0, tzinfo=UTC), 1) == at("2026-11-25 17:00")
    assert (
        calendar.local(datetime(2026, 11, 23, 16, tzinfo=UTC)).isoformat()
        == "2026-11-24T00:00:00+08:00"
    )


def test_a_limit_of_no_days_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        calendar.add_days(at("2026-11-23 10:00"), 0)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-23 07:00", "2026-11-23 08:30", 0),
        ("2026-11-23 07:00", "2026-11-23 09:30", 1),
        ("2026-11-23 11:00", "2026-11-23 13:30", 1),  # lunch between
        ("2026-11-23 11:30", "2026-11-23 13:00", 0),
        ("2026-11-23 16:30", "2026-11-23 23:59", 0.5),
        ("2026-11-23 16:30", "2026-11-24 09:00", 1),
        ("2026-11-27 16:00", "2026-11-30 09:30", 2),
        ("2026-02-13 00:00", "2026-02-25 00:00", 21),  # 13, 14 and 24 February
        ("2026-11-24 10:00", "2026-11-23 10:00", 0),
        ("2026-11-23 10:00", "2026-11-23 10:00", 0),
    ],
)
def test_only_the_frames_count_as_work(start: str, end: str, expected: float) -> None:
    assert calendar.worked(at(start), at(end)) == hours(expected)


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        (
            "2026-11-23 10:30",
            1,
            "2026-11-23 11:30",
        ),  # the end of a frame, not the start of the next
        ("2026-11-23 10:30", 1.5, "2026-11-23 13:30"),
        ("2026-11-23 08:30", 7, "2026-11-23 17:00"),
        ("2026-11-23 16:59", 0.5, "2026-11-24 08:59"),
        ("2026-11-23 17:00", 0.5, "2026-11-24 09:00"),
        ("2026-11-23 12:00", 1, "2026-11-23 14:00"),
        ("2026-11-28 12:00", 0, "2026-11-28 12:00"),
        ("2026-09-30 16:00", 2, "2026-10-08 09:30"),
    ],
)
def test_time_is_added_within_the_frames(start: str, amount: float, end: str) -> None:
    assert calendar.add_time(at(start), hours(amount)) == at(end)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-23 08:29", "2026-11-23 08:30"),
        ("2026-11-23 08:30", "2026-11-23 08:30"),
        ("2026-11-23 09:10", "2026-11-23 09:10"),
        ("2026-11-23 11:30", "2026-11-23 13:00"),
        ("2026-11-23 17:00", "2026-11-24 08:30"),
        ("2026-11-27 23:59", "2026-11-30 08:30"),
        ("2026-10-01 00:00", "2026-10-08 08:30"),
    ],
)
def test_the_next_opening(moment: str, opens: str) -> None:
    assert calendar.next_open(at(moment)) == at(opens)
    assert calendar.is_open(at(moment)) == (moment == opens)


def test_the_hours_are_written_for_a_resident() -> None:
    assert calendar.hours() == "工作日 08:30–11:30、13:00–17:00"


def test_moments_come_back_in_utc() -> None:
    start = at("2026-11-23 09:10")
    for moment in (
        calendar.add_days(start, 1), calendar.add_time(start, hours(0)),
        calendar.add_time(start, hours(9)), calendar.next_open(start),
    ):  # fmt: skip
        assert moment.tzinfo is UTC


def test_counting_over_years_takes_no_time() -> None:
    begun = perf_counter()
    for _ in range(20):
        calendar.worked(at("2020-01-01 00:00"), at("2026-01-01 00:00"))
    assert perf_counter() - begun < 2


@given(start=minutes_of_2026, days=st.integers(1, 12), length=st.integers(0, 12 * 1440))
@settings(max_examples=150, deadline=None)
def test_a_minute_by_minute_count_agrees(start: int, days: int, length: int) -> None:
    moment, end = reference.moment_of(start), reference.moment_of(start + length)
    work = reference.worked(start, start + length)
    assert calendar.worked(moment, end) == timedelta(minutes=work)
    assert calendar.add_days(moment, days) == reference.moment_of(reference.after_days(start, days))
    assert calendar.next_open(moment) == reference.moment_of(reference.next_open(start))
    amount = min(work, length) or length % 900
    later = reference.moment_of(reference.after_work(start, amount))
    assert calendar.add_time(moment, timedelta(minutes=amount)) == later


@given(
    start=st.timedeltas(timedelta(0), timedelta(days=9_500)).map(lambda age: FIRST_KNOWN + age),
    amount=st.timedeltas(timedelta(microseconds=1), timedelta(hours=200)),
)
@settings(max_examples=150, deadline=None)
def test_adding_and_counting_undo_each_other(start: datetime, amount: timedelta) -> None:
    end = calendar.add_time(start, amount)
    assert calendar.worked(start, end) == amount
    assert calendar.worked(start, end - timedelta(microseconds=1)) < amount
