"""定期点检: one sheet a working day, the same for everybody, each unit its own part."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from office import Office, browser, open_office

from bot.console.figures_view import units_of
from bot.figures import Figures
from bot.inspection import Inspection, Sheet, UnitSheet, last_workday, sheet_of, words
from bot.store import open_store
from bot.tickets import EventKind

E = EventKind


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = open_office(tmp_path)
    yield office
    office.close()


def at(office: Office, text: str) -> None:
    office.clock.now = datetime.fromisoformat(text).replace(tzinfo=office.clock.now.tzinfo)  # type: ignore[attr-defined]


def made(office: Office) -> bool:
    figures = Figures(office.store, office.directory, office.policies, office.calendar)
    office.do(figures.refresh)
    return bool(office.do(Inspection(office.desk).daily, office.now()))


def sheet(office: Office, day: str) -> Sheet:
    found = office.do(sheet_of, office.store, date.fromisoformat(day))
    assert found is not None
    return found


def some_days(office: Office) -> None:
    """Filed on Tuesday 24 November; looked at on Tuesday 1 December, when the first three are due."""
    unsigned, signed, asked = office.file("一"), office.file("二"), office.file("三")
    for ticket in (signed, asked):
        office.move(ticket, E.SIGNED, "张明")
    office.move(asked, E.ASKED, "张明", "哪一家？")
    at(office, "2026-11-30 09:00")
    office.file("四")
    answered = office.file("五")
    office.move(answered, E.SIGNED, "张明")
    office.move(answered, E.CONTACTED, "张明")
    office.file("热", category="heating")
    at(office, "2026-12-01 09:00")
    assert unsigned.number


def test_the_sheet_says_what_is_to_be_looked_at(office: Office) -> None:
    some_days(office)
    assert made(office)
    (unit, heat) = sheet(office, "2026-12-01").units
    assert (unit.department, heat.department) == ("urban-management", "heating-utility")
    assert counts(unit) == {
        "due_today": 2,
        "overdue": 0,
        "unsigned": 2,
        "no_contact": 3,
        "awaiting": 1,
    }
    assert (unit.open, unit.filed, unit.left) == (5, 2, 0)
    assert sheet(office, "2026-12-01").since == date(2026, 11, 30)
    item = unit.due_today.items[0]
    assert (item.matter, item.street, item.handler) != ("", "", "未定人")
    text = words(sheet(office, "2026-12-01"))
    assert "今天到期2，超时限0，待签收2，未联系3，等诉求人1；新收2，办出0" in text


def counts(unit: UnitSheet) -> dict[str, int]:
    names = ("due_today", "overdue", "unsigned", "no_contact", "awaiting")
    return {name: getattr(unit, name).count for name in names}


def test_it_is_made_once_on_a_working_day_and_stays_as_it_was(office: Office) -> None:
    office.file("一")
    at(office, "2026-11-28 10:00")  # a Saturday
    assert not made(office)
    at(office, "2026-11-30 08:00")
    assert not made(office)
    at(office, "2026-11-30 08:30")
    assert made(office)
    first = sheet(office, "2026-11-30")
    office.file("二")
    at(office, "2026-11-30 14:00")
    assert not made(office)
    assert sheet(office, "2026-11-30") == first
    assert first.since == date(2026, 11, 27)


def test_what_went_in_while_no_sheet_was_written_stands_on_the_next(office: Office) -> None:
    at(office, "2026-11-23 09:00")
    assert made(office)
    office.file("周一")
    at(office, "2026-11-25 09:00")  # on Tuesday nothing ran
    assert made(office)
    first = sheet(office, "2026-11-25")
    assert first.since == date(2026, 11, 23)
    assert [unit.filed for unit in first.units] == [1]
    at(office, "2026-11-26 09:00")
    assert made(office)
    assert sheet(office, "2026-11-26").since == date(2026, 11, 25)


def test_two_processes_write_one_sheet(office: Office, tmp_path: Path) -> None:
    office.file("一")
    other = open_store(str(tmp_path / "office.sqlite3"))
    first = office.do(Inspection(office.desk).look, office.now())
    assert other.inspections.keep(first.day, "{}")
    other.close()
    assert not made(office)


def test_each_unit_sees_its_part_and_the_supervisor_the_whole(office: Office) -> None:
    some_days(office)
    for name in ("张明", "孙伟", "周督"):
        assert "还没有点检表" in browser(office, name).get("/staff/inspection").text
    made(office)
    seen = {
        name: browser(office, name).get("/staff/inspection").text
        for name in ("张明", "孙伟", "周督", "郑评")
    }
    units = [office.directory.unit_name(u) for u in ("urban-management", "heating-utility")]
    shown = {n: [f'aria-label="{unit}"' in page for unit in units] for n, page in seen.items()}
    assert shown == {
        "张明": [True, False], "孙伟": [False, True], "周督": [True, True], "郑评": [True, True],
    }  # fmt: skip
    assert "全区" in seen["周督"]
    assert "data-print" in seen["张明"]
    assert "合作街18号" not in seen["周督"]
    at(office, "2026-12-02 08:00")
    assert "今天的还没有生成" in browser(office, "周督").get("/staff/inspection").text
    old = browser(office, "周督").get("/staff/inspection?day=2026-12-01")
    assert "2026-12-01" in old.text
    assert units_of(office.member("张明"), "") == ("urban-management",)


def test_after_a_holiday_the_days_since_the_last_working_day_are_counted(office: Office) -> None:
    assert last_workday(office.calendar, date(2026, 10, 8)) == date(2026, 9, 30)
