"""What leaves the house is masked, opens harmlessly in a spreadsheet, and a sample can be drawn again."""

import csv
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from click.testing import CliRunner
from office import Browser, Clock, Office, browser, open_office
from town import NOW, PHONE, Town, lively

from bot.cli import cli
from bot.exports import HIDDEN, Exports, csv_lines, sample_json, tickets_csv, tickets_json
from bot.reporting import report_csv, report_json
from bot.store import Store, open_store
from bot.store.scope import Dimension, Scope
from bot.tickets import EventKind, Kind

ALL = Scope()


def exports(town: Town) -> Exports:
    return Exports(town.store, town.directory, town.calendar)


def test_an_export_has_every_ticket_and_no_phone(town: Town) -> None:
    text = "".join(tickets_csv(exports(town).rows(ALL, NOW)))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["number"] for row in rows} == set(town.no.values())
    assert PHONE not in text
    assert "138****5678" in text
    assert "12号" not in "".join(row["street"] for row in rows)
    assert json.loads("".join(tickets_json(exports(town).rows(ALL, NOW))))[0]["street"] == "合作街"


def test_an_anonymous_ticket_is_exported_without_its_words(town: Town) -> None:
    rows = {row.number: row for row in exports(town).rows(ALL, NOW)}
    three = rows[town.no["three"]]
    assert (three.subject, three.detail) == (HIDDEN, HIDDEN)
    assert three.street == "小河沿路"


def test_an_export_keeps_to_its_period_and_slice(town: Town) -> None:
    def numbers(scope: Scope) -> set[str]:
        return {row.number for row in exports(town).rows(scope, NOW)}

    assert len(numbers(Scope(start=date(2026, 11, 20), end=date(2026, 11, 21)))) == 3
    assert numbers(Scope(departments=("fire",))) == {town.no["eight"]}
    assert len(numbers(Scope(street="合作街", audience="citizen"))) == 3
    assert json.loads("".join(tickets_json(exports(town).rows(Scope(street="无此街"), NOW)))) == []


def test_a_cell_cannot_run_in_a_spreadsheet() -> None:
    lines = "".join(csv_lines(["a", "b", "c"], [["=1+1", True, None], ["-2", 3, "好"]]))
    assert list(csv.reader(io.StringIO(lines))) == [
        ["a", "b", "c"],
        ["'=1+1", "是", ""],
        ["'-2", "3", "好"],
    ]


def test_the_same_seed_draws_the_same_tickets(town: Town) -> None:
    room = exports(town)
    first = room.sample(ALL, "福彩3D 417", 4, NOW)
    assert first == room.sample(ALL, "福彩3D 417", 4, NOW)
    assert (first.size, first.drawn_from) == (4, 8)
    others = {
        tuple(t.ticket.number for t in room.sample(ALL, str(n), 4, NOW).tickets) for n in range(9)
    }
    assert len(others) > 1
    assert room.sample(ALL, "x", 100, NOW).size == 8


def test_a_sample_drawn_beside_the_core_is_the_same(town: Town) -> None:
    room = exports(town)
    with ThreadPoolExecutor(1) as other:
        beside = other.submit(room.sample_beside, ALL, "417", 4, NOW).result()
    assert beside == room.sample(ALL, "417", 4, NOW)


def test_a_sampled_history_is_masked_and_proved(town: Town) -> None:
    sample = exports(town).sample(ALL, "1", 8, NOW)
    assert all(drawn.chain_intact for drawn in sample.tickets)
    text = sample_json(sample)
    assert PHONE not in text
    three = next(drawn for drawn in sample.tickets if drawn.ticket.number == town.no["three"])
    disputed = next(line for line in three.history if line.actor == "诉求人" and line.note)
    assert disputed.note == HIDDEN
    assert all(line.hash for line in three.history)


def test_what_staff_write_of_a_confidential_ticket_stays_inside_too(store: Store) -> None:
    town = Town(store)
    town.file("told", "2026-11-02 09:00", Kind.REPORT, "garbage", "合作街15号")
    town.staff("told", "2026-11-02 10:00", EventKind.SIGNED)
    town.staff("told", "2026-11-02 10:10", EventKind.NOTED, "举报人李四说后厨用地沟油")
    text = sample_json(exports(town).sample(ALL, "1", 1, NOW))
    assert "内部备注" in text
    assert not [words for words in ("李四", "地沟油", "told的事") if words in text]


def test_a_report_in_json_and_csv_says_the_same(town: Town) -> None:
    parts = [town.figures.report(ALL, by, NOW) for by in (Dimension.DEPARTMENT, Dimension.AUDIENCE)]
    report = report_json(parts[0], parts)
    sign = report["total"]["rates"]["sign_on_time"]
    assert (sign["numerator"], sign["denominator"], sign["percent"]) == (4, 6, 66.7)
    assert sign["adjusted"] == {"numerator": 4, "denominator": 5, "percent": 80.0}
    assert report["total"]["rates"]["satisfied"]["coverage"]["denominator"] == 3
    assert report["total"]["times"]["median_working_hours"] == 36.0
    assert [piece["name"] for piece in report["by"]["audience"]] == ["群众", "企业"]
    rows = list(csv.DictReader(io.StringIO("".join(report_csv(parts[0], parts)))))
    total = next(r for r in rows if r["dimension"] == "total" and r["rate"] == "sign_on_time")
    assert (total["numerator"], total["denominator"], total["value"]) == ("4", "6", "66.7")
    json.dumps(report)


# -- downloads and the assessor's page --------------------------------------------------------------------


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = open_office(tmp_path_factory.mktemp("exports"), Clock("2026-11-23 10:00"))
    office.do(lively, office.store)
    yield office
    office.close()


def test_downloads_are_files_with_a_day_in_their_name(office: Office) -> None:
    visitor: Browser = browser(office, "周督")
    answer = visitor.get("/staff/figures/tickets.csv?whole=1")
    assert answer.headers["content-disposition"] == 'attachment; filename="tickets-2026-11-23.csv"'
    assert answer.text.startswith("\ufeffnumber,")
    assert len(answer.text.splitlines()) == 9
    assert PHONE not in answer.text
    assert len(visitor.get("/staff/figures/tickets.json?whole=1").json()) == 8
    assert visitor.get("/staff/figures/report.json?whole=1").json()["total"]["tickets"] == 8
    assert "及时签收率" in visitor.get("/staff/figures/report.csv?whole=1").text
    assert visitor.get("/staff/figures/tickets.exe").status_code == 422


def test_a_head_downloads_his_units_tickets_only(office: Office) -> None:
    rows = browser(office, "赵刚").get("/staff/figures/tickets.json?whole=1&unit=fire").json()
    assert {row["unit"] for row in rows} == {"城市管理综合行政执法局"}


def test_the_assessor_draws_by_his_own_seed(office: Office) -> None:
    visitor = browser(office, "郑评")
    assert "抽几张" in visitor.get("/staff/sample").text
    page = visitor.get("/staff/sample?seed=417&size=3&from=2026-11-01&to=2026-12-01").text
    assert "从8张中抽出3张" in page
    assert PHONE not in page
    drawn = visitor.get("/staff/sample.json?seed=417&size=3&from=2026-11-01&to=2026-12-01").json()
    assert all(ticket["ticket"]["number"] in page for ticket in drawn["tickets"])
    assert visitor.get("/staff/sample.json").status_code == 422
    assert visitor.get("/staff/sample?seed=1&size=999").status_code == 422
    assert browser(office, "赵刚").get("/staff/sample").status_code == 403


# -- the shell ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = str(tmp_path_factory.mktemp("shell") / "town.sqlite3")
    store = open_store(path)
    lively(store)
    store.close()
    return path


@pytest.fixture
def run(database: str, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("MASHANGBAN_DB", database)

    def run(*words: str):  # type: ignore[no-untyped-def]
        return CliRunner().invoke(cli, words)

    return run


def test_tickets_are_listed_and_shown(run, database: str) -> None:  # type: ignore[no-untyped-def]
    listed = run("tickets", "list")
    assert listed.exit_code == 0
    assert "共4张" in listed.output
    assert "共1张" in run("tickets", "list", "--department", "fire", "--overdue").output
    assert "共8张" in run("tickets", "list", "--state", "all").output
    shown = run("tickets", "show", "DD20261102-0001")
    assert "记录完整" in shown.output
    assert "诉求人确认解决" in shown.output
    assert PHONE not in shown.output
    assert run("tickets", "show", "DD20000101-0001").exit_code == 1
    assert run("tickets", "list", "--department", "moon").exit_code == 1


def test_tickets_are_exported_from_the_shell(run, tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert len(json.loads(run("tickets", "export", "--format", "json").output)) == 8
    file = tmp_path / "tickets.csv"
    run("tickets", "export", "--format", "csv", "--from", "2026-11-20", "--output", str(file))
    assert len(file.read_text("utf-8-sig").splitlines()) == 4
    assert json.loads(run("tickets", "sample", "--seed", "1", "--size", "2").output)["size"] == 2
    assert run("tickets", "export", "--format", "xls").exit_code == 2


def test_a_report_is_printed_and_written_as_json(run) -> None:  # type: ignore[no-untyped-def]
    printed = run("report", "--from", "2026-11-01", "--to", "2026-12-01").output
    for words in ("响应率", "解决率", "满意率", "合作街", "消防救援大队", "样本少"):
        assert words in printed
    report = json.loads(run("report", "--json").output)
    assert report["total"]["rates"]["solved"]["numerator"] == 2
    assert set(report["by"]) == {"department", "street", "category", "clock"}
    assert "推诿扯皮：1张" in printed
    passed_on = report["ledgers"]["passed_on"]
    assert passed_on["count"] == sum(passed_on["by_unit"].values()) == 1
    (ticket,) = passed_on["tickets"]
    assert ticket["rules"] == ["退单2次及以上"]
    assert len(ticket["way"]) == 3, "the unit that has it now is the last of them"
    assert ticket["way"][-1] == ticket["unit"]
    lines = list(csv.DictReader(io.StringIO(run("report", "--csv").output)))
    assert next(line["numerator"] for line in lines if line["rate"] == "solved") == "2"
    assert run("report", "--from", "2026-12-01", "--to", "2026-11-01").exit_code == 1


def test_verify_finds_the_ticket_that_was_tampered_with(run, database: str) -> None:  # type: ignore[no-untyped-def]
    assert run("verify").exit_code == 0
    store = open_store(database)
    number = next(iter(store.tickets.numbers()))
    kind = EventKind.SIGNED.value
    tamper = (
        "update events set at = '2026-11-01T00:00:00.000000+00:00' where number = :n and kind = :k"
    )
    before = store.database.query(
        "select at from events where number = :n and kind = :k", {"n": number, "k": kind}
    )
    store.database.execute(tamper, {"n": number, "k": kind})
    found = run("verify")
    assert found.exit_code == 1
    assert number in found.output
    store.database.execute(
        "update events set at = :at where number = :n and kind = :k",
        {"at": before[0]["at"], "n": number, "k": kind},
    )
    assert run("verify").exit_code == 0
    store.close()
