"""One ticket: the moves of the table and no other, masks, refusals that keep what was typed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from office import (
    CHAT,
    REPLY,
    Clock,
    Office,
    brought_to,
    browser,
    offered,
    office_name,
    open_office,
)

from bot.clockwork import Clockwork
from bot.console.access import actor_of
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


def told(office: Office) -> list[str]:
    return [line.text for line in office.do(office.store.chats.transcript, CHAT)]


STATES = (State.DISPATCHED, State.SIGNED, State.IN_PROGRESS, State.AWAITING, State.REPLIED)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", ["张明", "赵刚", "周督", "吴管"])
def test_the_page_offers_the_moves_the_desk_allows_and_no_other(
    office: Office, state: State, name: str
) -> None:
    ticket = brought_to(office, state)
    actor = actor_of(office.member(name))
    allowed = {m.event.value for m in office.do(office.desk.allowed, ticket, actor, office.now())}
    assert offered(browser(office, name).get(f"/staff/t/{ticket.number}").text) == allowed


@pytest.mark.parametrize("state", STATES)
def test_the_assessor_reads_and_moves_nothing(office: Office, state: State) -> None:
    ticket = brought_to(office, state)
    visitor = browser(office, "郑评")
    assert offered(visitor.get(f"/staff/t/{ticket.number}").text) == set()
    assert visitor.act(ticket, E.NOTED, office, note="我也说一句").status_code == 403


def test_a_clerks_whole_way_from_signing_to_the_reply(office: Office) -> None:
    ticket = office.file()
    name = office_name(office, ticket)
    clerk = browser(office, name)
    assert clerk.act(ticket, E.SIGNED, office).headers["location"].endswith("?done=signed")
    assert "已签收。" in clerk.get(f"/staff/t/{ticket.number}?done=signed").text
    assert clerk.act(ticket, E.CONTACTED, office, note="电话说好明早去看").status_code == 303
    assert "电话说好明早去看" in clerk.get(f"/staff/t/{ticket.number}").text
    assert clerk.act(ticket, E.REPLIED, office, note=REPLY).status_code == 303
    assert "已答复。" in clerk.get(f"/staff/t/{ticket.number}?done=replied").text
    assert office.ticket(ticket.number).state is State.REPLIED
    assert any(REPLY in line for line in told(office))
    assert office.woken == 3


def test_an_empty_reply_comes_back_with_the_reasons_and_the_text(office: Office) -> None:
    ticket = brought_to(office, State.SIGNED)
    answer = browser(office, "赵刚").act(
        ticket, E.REPLIED, office, note="我们高度重视，近期尽快解决<b>"
    )
    assert answer.status_code == 422
    assert "没写做了什么" in answer.text
    assert "我们高度重视，近期尽快解决&lt;b&gt;</textarea>" in answer.text
    assert office.ticket(ticket.number).state is State.SIGNED


def test_a_late_reply_takes_its_reason_along(office: Office, clock: Clock) -> None:
    ticket = brought_to(office, State.SIGNED)
    clock.now += timedelta(days=8)
    office.do(Clockwork(office.desk).tick, clock.now)
    late, clerk = office.ticket(ticket.number), browser(office, "赵刚")
    assert "诉求人还没听到为什么晚" in clerk.get(f"/staff/t/{ticket.number}").text
    without = clerk.act(late, E.REPLIED, office, note=REPLY)
    assert without.status_code == 422
    assert REPLY in without.text
    why = "配件缺货，厂家周四才送到"
    refused = clerk.act(late, E.REPLIED, office, note="修好了", reason_late=why)
    assert refused.status_code == 422
    assert f"{why}</textarea>" in refused.text
    assert E.EXPLAINED not in {event.kind for event in office.events(ticket.number)}
    assert clerk.act(late, E.REPLIED, office, note=REPLY, reason_late=why).status_code == 303
    lines = told(office)
    assert [why in lines[-2], REPLY in lines[-1]] == [True, True]


def test_a_reply_with_an_unfilled_gap_cannot_leave(office: Office) -> None:
    ticket = brought_to(office, State.SIGNED)
    answer = browser(office, "赵刚").act(ticket, E.REPLIED, office, note=REPLY + "电话＿＿")
    assert answer.status_code == 422
    assert "还有没填的空" in answer.text


def test_two_people_at_once_the_second_is_told_and_loses_nothing(office: Office) -> None:
    ticket = brought_to(office, State.SIGNED)
    before = ticket.version
    office.move(ticket, E.NOTED, "张明", "我刚打过电话")
    head = browser(office, "赵刚")
    answer = head.act(ticket, E.REPLIED, office, note=REPLY, version=before)
    assert answer.status_code == 409
    assert "张明刚刚做了“内部备注”" in answer.text
    assert REPLY in answer.text
    assert office.ticket(ticket.number).state is State.SIGNED
    assert head.act(ticket, E.REPLIED, office, note=REPLY).status_code == 303


def test_a_move_that_is_not_this_roles_is_refused_with_the_sentence(office: Office) -> None:
    ticket = brought_to(office, State.SIGNED)
    answer = browser(office, "张明").act(ticket, E.PARKED, office, note="等开春", date="2027-03-01")
    assert answer.status_code == 422
    assert "您的角色不能做“挂账”" in answer.text
    assert browser(office, "张明").act(ticket, E.CONFIRMED, office).status_code == 422
    version = office.ticket(ticket.number).version
    nonsense = browser(office, "张明").submit(
        f"/staff/t/{ticket.number}/move", event="explode", version=version
    )
    assert nonsense.status_code == 422


@pytest.mark.parametrize(
    ("event", "fields", "sentence"),
    [
        (E.PARKED, {"note": "等开春", "date": "2026-11-24"}, "今天以后"),
        (E.PARKED, {"note": "等开春", "date": "明年"}, "2026-11-23"),
        (E.PARKED, {"note": "等开春"}, "承诺日期"),
        (E.SUPERVISED, {"note": "盯着", "colour": "紫"}, "黄、橙或红"),
        (E.MERGED, {"into": "DD20260101-0001"}, "没有找到工单"),
        (E.RELABELLED, {"category": "nothing"}, "类别表"),
        (E.TRANSFERRED, {"department": "moon", "note": "不归我们"}, "单位名录"),
        (E.TRANSFERRED, {"department": "fire"}, "说明"),
        (E.DECLINED, {"note": "不归我们管"}, "应走的渠道"),
    ],
)
def test_a_field_that_does_not_do_is_named_and_the_others_are_kept(
    office: Office, event: EventKind, fields: dict[str, str], sentence: str
) -> None:
    ticket = brought_to(office, State.SIGNED)
    answer = browser(office, "周督").act(ticket, event, office, **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert office.ticket(ticket.number).state is State.SIGNED
    if "note" in fields:
        assert f"{fields['note']}</textarea>" in answer.text


def test_a_ticket_is_not_merged_into_itself(office: Office) -> None:
    ticket = brought_to(office, State.SIGNED)
    answer = browser(office, "周督").act(ticket, E.MERGED, office, into=ticket.number.lower())
    assert "不能并入自己" in answer.text


def test_an_extension_is_asked_by_one_and_granted_by_another(office: Office) -> None:
    ticket = brought_to(office, State.IN_PROGRESS)
    head, chief = browser(office, "赵刚"), browser(office, "周督")
    assert (
        head.act(ticket, E.EXTENSION_ASKED, office, note="要做检测", days="99").status_code == 422
    )
    assert (
        head.act(ticket, E.EXTENSION_ASKED, office, note="要做检测", days="三").status_code == 422
    )
    assert head.act(ticket, E.EXTENSION_ASKED, office, note="要做检测", days="3").status_code == 303
    page = head.get(f"/staff/t/{ticket.number}").text
    assert "extension_granted" not in offered(page)
    assert "本人不能批自己的" in page
    page = chief.get(f"/staff/t/{ticket.number}").text
    assert "</b>申请延期3个工作日，延到12月4日 周五 17:00。理由：要做检测" in page
    assert chief.act(ticket, E.EXTENSION_GRANTED, office).status_code == 303
    assert office.ticket(ticket.number).extensions == 1


def test_whoever_gives_a_ticket_away_is_led_back_to_the_list(office: Office) -> None:
    ticket = office.file()
    name = office_name(office, ticket)
    clerk = browser(office, name)
    answer = clerk.act(ticket, E.RETURNED, office, note="归交警管", department="traffic-police")
    assert answer.headers["location"] == "/staff/?done=returned"
    assert "已退单。" in clerk.get("/staff/?done=returned").text


def test_a_changed_request_type_brings_its_own_clock(office: Office) -> None:
    ticket = office.file(kind=Kind.CONSULTATION)
    answer = browser(office, "赵刚").act(
        ticket, E.RELABELLED, office, category="street-vending", kind="complaint"
    )
    assert answer.status_code == 303
    changed = office.ticket(ticket.number)
    assert (changed.kind, changed.clock) == (Kind.COMPLAINT, "complaint")
    assert changed.finish_by != ticket.finish_by


def test_closing_for_a_silent_resident_needs_his_word_by_phone_or_time(
    office: Office, clock: Clock
) -> None:
    ticket = office.file()
    office.move(ticket, E.SIGNED, "张明")
    office.move(ticket, E.REPLIED, "张明", REPLY)
    head = browser(office, "赵刚")
    early = head.act(ticket, E.CLOSED, office, note="他没回话")
    assert early.status_code == 422
    assert "诉求人还没确认" in early.text
    said = head.act(ticket, E.CLOSED, office, note="11月24日电话里说解决了", confirmed_by_phone="1")
    assert said.status_code == 303
    assert office.ticket(ticket.number).state is State.CLOSED


def test_a_split_lets_the_category_be_chosen_and_both_pages_name_each_other(
    office: Office,
) -> None:
    ticket = office.file()
    office.move(ticket, E.SIGNED, "张明")
    head = browser(office, "赵刚")
    assert "拆出那件事的类别" in head.get(f"/staff/t/{ticket.number}").text
    head.act(ticket, E.SPLIT, office, note="楼里暖气不热", category="heating")
    part = str(office.events(ticket.number)[-1].data["part"])
    assert office.ticket(part).department == "heating-utility"
    assert office.ticket(part).subject == "楼里暖气不热", "two tickets of one name look like one"
    assert f'拆出</dt><dd><a href="/staff/t/{part}"' in head.get(f"/staff/t/{ticket.number}").text
    page = browser(office, "孙伟").get(f"/staff/t/{part}").text
    assert f'拆自</dt><dd><a href="/staff/t/{ticket.number}"' in page


def test_steps_that_nobody_did_are_not_shown_as_done(office: Office) -> None:
    ticket = office.file()
    head = browser(office, "赵刚")
    assert "倒排时序" in head.get(f"/staff/t/{ticket.number}").text
    office.move(ticket, E.DECLINED, "周督", "不属受理范围", channel="人民法院诉讼")
    assert "倒排时序" not in head.get(f"/staff/t/{ticket.number}").text


def test_the_last_call_and_a_new_promise_stand_above_the_ticket(office: Office) -> None:
    ticket = office.file()
    office.move(ticket, E.SIGNED, "张明")
    for when, words in (
        ("2026-12-01 16:30", "快到期了"),
        ("2026-12-01 17:00", "已经超时，答应诉求人"),
    ):
        office.clock.now = datetime.fromisoformat(when).replace(tzinfo=office.now().tzinfo)  # type: ignore[attr-defined]
        office.do(Clockwork(office.desk).tick, office.now())
        assert words in browser(office, "张明").get(f"/staff/t/{ticket.number}").text
