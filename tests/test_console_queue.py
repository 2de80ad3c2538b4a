"""The list: whose tickets, in which order, where the red line runs, search, many at once."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from office import Clock, Office, browser, open_office

from bot.console.queue_view import read_asked
from bot.console.timeleft import time_left
from bot.tickets import EventKind, Kind, State

E = EventKind


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    office = open_office(tmp_path, clock)
    yield office
    office.close()


def numbers(html: str) -> list[str]:
    return re.findall(r'data-number="(DD[0-9-]+)"', html)


def test_the_list_is_sorted_by_time_left_with_the_red_line_between(
    office: Office, clock: Clock
) -> None:
    now = clock.now
    clock.now = now - timedelta(days=10)
    late = office.file("早就该办的")
    clock.now = now
    fresh = office.file("刚刚说的")
    page = browser(office, "周督").get("/staff/").text
    assert numbers(page) == [late.number, fresh.number]
    assert page.index("早就该办的") < page.index('class="red-line"') < page.index("刚刚说的")
    assert re.search(r"<b>超\d", page)
    assert "<b>还剩5个工作日</b>" in page


def test_my_list_my_units_and_the_whole_district(office: Office) -> None:
    first, second = office.file("第一件"), office.file("第二件")
    warm = office.file("暖气不热", category="heating")
    handler = office.do(office.store.staff.find, first.handler).name
    mine = browser(office, handler)
    assert numbers(mine.get("/staff/").text) == [first.number]
    assert set(numbers(mine.get("/staff/?scope=unit").text)) == {first.number, second.number}
    assert warm.number not in mine.get("/staff/?scope=all").text
    assert warm.number not in mine.get("/staff/?scope=unit&unit=heating-utility").text
    assert set(numbers(browser(office, "郑评").get("/staff/").text)) == {
        first.number, second.number, warm.number,
    }  # fmt: skip
    assert numbers(browser(office, "周督").get("/staff/?unit=heating-utility").text) == [
        warm.number
    ]


def test_filters_by_state_category_urgency_and_delay(office: Office, clock: Clock) -> None:
    now = clock.now
    clock.now = now - timedelta(days=10)
    late = office.file("超时的")
    clock.now = now
    urgent = office.file("井盖没了", category="manhole", urgent=next(iter(office.directory.urgent)))
    signed = office.file("签了的")
    office.move(signed, E.SIGNED, "赵刚")
    chief = browser(office, "周督")
    assert numbers(chief.get("/staff/?late=1").text) == [late.number]
    assert numbers(chief.get("/staff/?urgent=1").text) == [urgent.number]
    assert numbers(chief.get("/staff/?category=manhole").text) == [urgent.number]
    assert numbers(chief.get("/staff/?group=working").text) == [signed.number]
    assert set(numbers(chief.get("/staff/?group=unsigned").text)) == {late.number, urgent.number}
    assert numbers(chief.get("/staff/?group=ended").text) == []


def test_an_address_of_nonsense_shows_the_usual_list(office: Office) -> None:
    member = office.member("张明")
    asked = read_asked(
        {"scope": "all", "group": "x", "page": "-3", "unit": "fire", "category": "'"},
        office,
        member,
    )
    assert (asked.scope, asked.group, asked.page, asked.unit, asked.category) == (
        "mine",
        "open",
        1,
        "",
        "",
    )
    assert browser(office, "张明").get("/staff/?page=99999999999&scope=%00").status_code == 200


def test_long_lists_have_pages(office: Office) -> None:
    for at in range(53):
        office.file(f"第{at}件")
    chief = browser(office, "周督")
    first, second = chief.get("/staff/").text, chief.get("/staff/?page=2").text
    assert (len(numbers(first)), len(numbers(second))) == (50, 3)
    assert not set(numbers(first)) & set(numbers(second))
    assert "page=2" in first
    assert "下一页" not in second


@pytest.mark.parametrize(
    "words",
    [
        "5678",
        "12345678",
        "139 1234 5678",
        "139-1234-5678",
        "５６７８",
        "烧烤摊",
        "合作街18号",
        "-0001",
    ],
)
def test_search_finds_by_phone_words_place_and_number(office: Office, words: str) -> None:
    ticket = office.file()
    office.file("别的事", location="东塔街", contact=None, category="garbage")
    found = browser(office, "周督").submit("/staff/search", words=words)
    assert numbers(found.text) == [ticket.number]
    assert words not in str(found.url)


def test_a_phone_comes_before_the_days_whose_numbers_hold_its_digits(office: Office) -> None:
    office.file("早的一件")
    called = office.file("打来电话的", contact="13800001124")
    found = numbers(browser(office, "周督").submit("/staff/search", words="1124").text)
    assert len(found) == 2
    assert found[0] == called.number


def test_a_unit_that_helps_finds_what_it_helps_with(office: Office) -> None:
    ticket = office.file()
    clerk = browser(office, "王芳")
    assert numbers(clerk.get("/staff/?scope=co").text) == []
    office.move(ticket, EventKind.CO_UNIT_ADDED, "赵刚", department="heating-utility")
    assert numbers(clerk.get("/staff/?scope=co").text) == [ticket.number]
    for words in ("烧烤摊", "5678", "-0001"):
        assert numbers(clerk.submit("/staff/search", words=words).text) == [ticket.number]
    assert clerk.get(f"/staff/t/{ticket.number}").status_code == 200


def test_a_wish_for_more_time_is_seen_in_the_list_by_who_decides(office: Office) -> None:
    ticket, other = office.file("等配件"), office.file("不等什么")
    for each in (ticket, other):
        office.move(each, EventKind.SIGNED, "张明")
    office.move(ticket, EventKind.EXTENSION_ASKED, "张明", "等配件", days=2)
    head = browser(office, "赵刚")
    assert head.get("/staff/").text.count("延期待批") == 1
    assert numbers(head.get("/staff/?extension=1").text) == [ticket.number]
    assert "待批延期" not in browser(office, "张明").get("/staff/").text
    office.move(ticket, EventKind.EXTENSION_GRANTED, "赵刚")
    assert numbers(head.get("/staff/?extension=1").text) == []
    assert "延期待批" not in head.get("/staff/").text


def test_an_urgent_line_says_its_kind_and_the_residents_words(office: Office) -> None:
    office.file(
        "路面或房屋塌陷、墙体坠物", urgent="collapse", detail="东塔街塌了个大坑，电动车差点掉进去"
    )
    page = browser(office, "周督").get("/staff/").text
    assert "特急 · " in page
    assert "东塔街塌了个大坑，电动车差点掉进去</a>" in page


def test_a_whole_number_leads_straight_to_the_ticket(office: Office) -> None:
    ticket = office.file()
    answer = browser(office, "周督").submit("/staff/search", words=ticket.number.lower())
    assert answer.headers["location"] == f"/staff/t/{ticket.number}"


def test_search_finds_nothing_of_another_unit_and_no_reporter_by_phone(office: Office) -> None:
    office.file("暖气不热", category="heating", contact="13900005678")
    office.file(
        "偷偷举报", kind=Kind.REPORT, detail="电话13812345678，别说出去", contact="13812345678"
    )
    assert numbers(browser(office, "张明").submit("/staff/search", words="暖气").text) == []
    assert numbers(browser(office, "张明").submit("/staff/search", words="12345678").text) == []


def test_phones_in_the_residents_words_do_not_show_in_the_list(office: Office) -> None:
    office.file("打13912345678找我")
    page = browser(office, "周督").get("/staff/").text
    assert "13912345678" not in page
    assert "139****5678" in page


def test_many_tickets_are_signed_at_once_and_each_refusal_is_told(office: Office) -> None:
    first, second, warm = (
        office.file("一"),
        office.file("二"),
        office.file("三", category="heating"),
    )
    office.move(second, E.SIGNED, "赵刚")
    page = browser(office, "赵刚").submit(
        "/staff/batch",
        event="signed",
        number=[first.number, second.number, warm.number],
        scope="unit",
    )
    assert "签收1张" in page.text
    assert "2张没有成功" in page.text
    assert "现在是“已签收”" in page.text
    assert "不归您的单位" in page.text
    assert office.ticket(first.number).state is State.SIGNED
    assert office.ticket(warm.number).state is State.DISPATCHED
    assert office.woken


def test_after_a_batch_the_list_is_as_narrow_as_before(office: Office) -> None:
    plain, urgent = office.file("平常的"), office.file("急的", urgent="flood")
    head = browser(office, "赵刚")
    assert '<input type="hidden" name="urgent" value="1">' in head.get("/staff/?urgent=1").text
    page = head.submit("/staff/batch", event="claimed", number=[urgent.number], urgent="1").text
    assert urgent.number in numbers(page)
    assert plain.number not in numbers(page)


def test_a_batch_takes_only_the_moves_that_are_harmless_in_numbers(office: Office) -> None:
    ticket = office.file()
    answer = browser(office, "周督").submit(
        "/staff/batch", event="declined", number=ticket.number, note="不办"
    )
    assert answer.status_code == 403
    assert office.ticket(ticket.number).state is State.DISPATCHED


def test_the_fragment_is_the_list_alone(office: Office) -> None:
    ticket = office.file()
    html = browser(office, "周督").get("/staff/rows").text
    assert numbers(html) == [ticket.number]
    assert "<html" not in html


def test_time_left_counts_working_time_and_stands_while_the_resident_is_asked(
    office: Office, clock: Clock
) -> None:
    ticket = office.file()  # Tuesday 10:00, due on Tuesday next 17:00

    def words() -> str:
        fresh = office.ticket(ticket.number)
        return time_left(fresh, clock.now, office.policies, office.calendar).words

    assert words() == "还剩5个工作日"
    clock.now += timedelta(days=7)  # a week later, one lunch break before the end
    assert words() == "还剩5小时"
    clock.now += timedelta(hours=6, minutes=40)
    assert words() == "还剩20分钟"
    clock.now += timedelta(hours=1)
    assert words() == "超不到1分钟"
    clock.now += timedelta(days=1)
    assert words().startswith("超")
    office.move(ticket, E.SIGNED, "赵刚")
    office.move(ticket, E.ASKED, "赵刚", "是哪一侧？")
    assert "暂停" in words()


def test_a_round_the_clock_limit_counts_nights(office: Office, clock: Clock) -> None:
    clock.now = Clock("2026-11-24 23:00").now
    urgent = next(kind for kind in office.directory.urgent.values() if kind.clock == "danger")
    ticket = office.file("煤气味", urgent=urgent.id)
    clock.now += timedelta(minutes=100)
    left = time_left(office.ticket(ticket.number), clock.now, office.policies, office.calendar)
    assert (left.words, left.tone) == ("还剩20分钟", "soon")
