"""The map shows where the battle stands, opens its tickets behind every number, and each role sees its own."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from office import Browser, Clock, Office, browser, open_office
from town import NOW, Town, lively, moment

from bot import plots
from bot.battlemap import BattleMap, look
from bot.store import Store
from bot.store.overview import Flow
from bot.tickets import Kind

LINK = re.compile(r'<a class="n[^"]*" href="([^"]+)"[^>]*>(\d+)</a>')
TOTAL = re.compile(r"<h1>[^<]*<small>(\d+)张</small>")


def seen(town: Town, *departments: str) -> BattleMap:
    return look(town.figures, NOW, departments, behind=False)


def test_units_are_lit_by_what_is_over_the_line(town: Town) -> None:
    lights = {line.stand.department: line.light for line in seen(town).units}
    assert lights == {
        "fire": "red", "heating-utility": "green", "subdistrict": "green", "urban-management": "yellow",
    }  # fmt: skip


def test_the_numbers_at_the_top_are_those_of_the_town(town: Town) -> None:
    map_ = seen(town)
    found = {
        name: map_.total(name) for name in ("open", "overdue", "unsigned", "due_today", "paused")
    }
    assert found == {"open": 4, "overdue": 1, "unsigned": 1, "due_today": 0, "paused": 0}
    assert [age.count for age in map_.ages] == [
        0,
        2,
        0,
        0,
        2,
        0,
    ]  # filed 3 days and about 3 weeks ago


def test_inflow_and_outflow_are_counted_by_day(town: Town) -> None:
    days = {(flow.day.month, flow.day.day): (flow.filed, flow.left) for flow in seen(town).flow}
    assert len(days) == 30
    assert days[11, 2] == (3, 0)
    assert days[11, 3] == (1, 1)
    assert days[11, 20] == (3, 1)  # `five` was withdrawn; `three` came back and has not left
    assert sum(filed for filed, _ in days.values()) == 8


def test_the_heat_is_of_streets_and_matters(town: Town) -> None:
    map_ = seen(town)
    garbage = [category for category, _ in map_.heat_categories].index("garbage")
    rows = {row.street: row for row in map_.heat}
    assert (rows["合作街"].total, rows["合作街"].cells[garbage].count) == (4, 4)
    assert rows["合作街"].cells[garbage].shade == 5
    assert map_.heat[-1].street == "未说明"


def test_a_matter_is_hot_when_today_has_more_than_twice_a_usual_day(store: Store) -> None:
    town = Town(store)
    for day in range(16, 23):
        town.file(f"old {day}", f"2026-11-{day} 09:00", Kind.COMPLAINT, "parking", "津桥路1号")
    for n in range(3):
        town.file(f"hot {n}", "2026-11-23 09:00", Kind.COMPLAINT, "garbage", "合作街1号")
        town.file(f"usual {n}", "2026-11-23 09:00", Kind.COMPLAINT, "parking", "津桥路1号")
    town.file("single", "2026-11-23 09:00", Kind.COMPLAINT, "heating", "北海街1号")
    for n in range(2):
        town.file(f"before {n}", "2026-11-20 09:00", Kind.COMPLAINT, "garbage", "合作街1号")
    town.figures.refresh()
    hot = seen(town).hot
    assert [(m.street, m.category, m.today, m.before) for m in hot] == [
        ("合作街", "garbage", 3, 2), ("津桥路", "parking", 3, 7),
    ]  # fmt: skip
    town.file("usual again", "2026-11-22 09:00", Kind.COMPLAINT, "parking", "津桥路1号")
    for n in range(4):
        town.file(f"more {n}", "2026-11-21 09:00", Kind.COMPLAINT, "parking", "津桥路1号")
    town.figures.refresh()
    assert [m.category for m in seen(town).hot] == ["garbage"]


def test_one_unit_sees_only_itself(town: Town) -> None:
    map_ = seen(town, "fire")
    assert [line.stand.department for line in map_.units] == ["fire"]
    assert sum(flow.filed for flow in map_.flow) == 1
    assert {row.street for row in map_.heat} == {"北海街"}
    assert [card.count for card in map_.ledgers] == [1, 0, 1]


# -- pages ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = open_office(tmp_path_factory.mktemp("map"), Clock("2026-11-23 10:00"))
    town = office.do(lively, office.store)
    office.do(town.figures.refresh)
    yield office
    office.close()


@pytest.fixture(scope="module")
def supervisor(office: Office) -> Browser:
    return browser(office, "周督")


@pytest.fixture(scope="module")
def head(office: Office) -> Browser:
    return browser(office, "赵刚")


def test_every_number_of_the_map_opens_so_many_tickets(supervisor: Browser) -> None:
    page = supervisor.get("/staff/map").text
    links = {(unescape(link), int(number)) for link, number in LINK.findall(page)}
    assert len(links) > 60
    for link, number in sorted(links):
        listed = supervisor.get(link)
        assert listed.status_code == 200
        total = TOTAL.search(listed.text)
        assert total, link
        assert int(total[1]) == number, link


def test_every_number_of_the_figures_opens_so_many_tickets(supervisor: Browser) -> None:
    page = supervisor.get("/staff/figures?whole=1&by=category").text
    links = {(unescape(link), int(number)) for link, number in LINK.findall(page)}
    assert len(links) > 60
    for link, number in sorted(links):
        if "moved_on" not in link:  # counts moves, lists tickets
            total = TOTAL.search(supervisor.get(link).text)
            assert total, link
            assert int(total[1]) == number, link


def test_a_head_asking_for_another_unit_gets_his_own(head: Browser, supervisor: Browser) -> None:
    for path in ("/staff/map?unit=fire", "/staff/figures?unit=fire&whole=1"):
        assert "消防救援大队" not in head.get(path).text
        assert "消防救援大队" in supervisor.get(path).text
    listed = head.get("/staff/figures/tickets?show=spot:open&unit=fire").text
    assert "北海街" not in listed
    assert "合作街" in listed


def test_a_ledger_lists_its_tickets_with_the_rule(supervisor: Browser) -> None:
    listed = supervisor.get("/staff/figures/tickets?show=ledger:poorly_done").text
    assert "假办结" in listed
    assert "评价2分及以下" in listed
    passed_on = supervisor.get("/staff/figures/tickets?show=ledger:passed_on").text
    assert "经过：城市管理综合行政执法局 → 房产局 → " in passed_on


def test_the_words_of_an_anonymous_ticket_do_not_stand_in_a_list(supervisor: Browser) -> None:
    listed = supervisor.get("/staff/figures/tickets?show=spot:open&street=小河沿路").text
    assert "供暖不热" in listed
    assert "three的事" not in listed


@pytest.mark.parametrize(
    "query", ["show=nothing", "show=rate:x:y", "show=spot:open&from=yesterday", "show=spot:open&kind=x",
              "show=spot:open&from=2026-11-02&to=2026-11-02"],
)  # fmt: skip
def test_a_wrong_address_is_refused_in_words(supervisor: Browser, query: str) -> None:
    answer = supervisor.get(f"/staff/figures/tickets?{query}")
    assert answer.status_code == 422
    assert "。" in answer.text


def test_plots_come_as_images_in_light_and_dark(supervisor: Browser) -> None:
    for name in ("flow", "ages"):
        light, dark = (
            supervisor.get(f"/staff/map/{name}-{theme}.svg") for theme in ("light", "dark")
        )
        assert light.headers["content-type"].startswith("image/svg+xml")
        assert light.content.startswith(b"<?xml")
        assert light.content != dark.content
    assert supervisor.get("/staff/map/secrets-light.svg").status_code == 404


def test_the_map_is_drawn_anew_when_time_has_passed(office: Office, supervisor: Browser) -> None:
    def opened() -> str:
        found = re.search(r'spot%3Aopen"><b>(\d+)</b>', supervisor.get("/staff/map").text)
        assert found
        return found[1]

    before = opened()
    office.file("再来一张")
    assert opened() == before
    office.clock.now += timedelta(seconds=31)  # type: ignore[attr-defined]
    assert int(opened()) == int(before) + 1


def test_an_empty_district_has_a_map_too(tmp_path: Path) -> None:
    office = open_office(tmp_path)
    try:
        visitor = browser(office, "周督")
        assert "近30天没有新收的工单" in visitor.get("/staff/map").text
        assert visitor.get("/staff/map/ages-light.svg").status_code == 200
        assert "这个时段没有工单" in visitor.get("/staff/figures").text
        assert "这个时段没有工单" in visitor.get("/staff/sample?seed=1").text
    finally:
        office.close()


def test_a_plot_needs_no_chinese_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plots, "chinese_font", lambda: None)
    flow = [Flow(day=date(2026, 11, day), filed=day, left=1) for day in range(1, 8)]
    assert "新收".encode() in plots.flow_svg(flow, "light")


def test_looking_at_the_map_tells_no_secret(supervisor: Browser) -> None:
    assert moment("2026-11-23 10:00") == NOW
    for path in ("/staff/map", "/staff/figures?whole=1", "/staff/figures/tickets?show=spot:filed"):
        assert "13812345678" not in supervisor.get(path).text
