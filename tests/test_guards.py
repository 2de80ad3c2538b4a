"""The conditions of the table, one by one: who may not, when not any more, and what is told instead."""

import pytest
from desks import CHAT, FILLED, GOOD_REPLY, START, UNIT, Counter, counter

from bot.departments import Role
from bot.errors import IllegalMove, Incomplete
from bot.messages import Chat
from bot.tickets import EventKind, Kind, State


@pytest.fixture
def at() -> Counter:
    return counter()


def test_a_co_unit_works_along_and_leaves_the_ticket_to_the_lead_unit(at: Counter) -> None:
    ticket = at.at(State.SIGNED)
    at.move(ticket, EventKind.CO_UNIT_ADDED, Role.HEAD, department="police")
    agent, head = at.person(Role.AGENT, "police"), at.person(Role.HEAD, "police")
    at.desk.move(ticket.number, EventKind.CONTACTED, agent, at.now, "打过电话")
    for event in (EventKind.DECLINED, EventKind.REDIRECTED, EventKind.TRANSFERRED, EventKind.SPLIT):
        with pytest.raises(IllegalMove, match="别的单位"):
            at.desk.move(
                ticket.number, event, head, at.now, "说明", (), **FILLED | {"department": "fire"}
            )
    with pytest.raises(IllegalMove, match="别的单位"):
        at.desk.reply(ticket.number, agent, at.now, GOOD_REPLY)
    names = {move.event for move in at.desk.allowed(at.desk.ticket(ticket.number), head, at.now)}
    assert EventKind.CONTACTED in names
    assert not names & {EventKind.DECLINED, EventKind.RETURNED, EventKind.EXTENSION_GRANTED}


def test_only_the_resident_himself_closes_and_reopens(at: Counter) -> None:
    ticket = at.at(State.REPLIED)
    other = Chat(channel="web", id="somebody-else")
    with pytest.raises(IllegalMove, match="本人"):
        at.desk.by_resident(ticket.number, EventKind.CONFIRMED, other, at.now)
    assert at.desk.by_resident(ticket.number, EventKind.CONFIRMED, CHAT, at.now).solved is True


def test_staff_cannot_close_behind_the_residents_back(at: Counter) -> None:
    ticket = at.at(State.REPLIED)
    with pytest.raises(IllegalMove, match="还没确认"):
        at.move(ticket, EventKind.CLOSED, Role.HEAD, "办完了")
    at.later(days=8)
    closed = at.move(ticket, EventKind.CLOSED, Role.HEAD, "八天没有回音")
    assert (closed.state, closed.solved) == (State.CLOSED, None)


def test_the_one_who_replied_does_not_close(at: Counter) -> None:
    ticket = at.at(State.SIGNED)
    head = at.person(Role.HEAD)
    at.desk.move(ticket.number, EventKind.REPLIED, head, at.now, GOOD_REPLY)
    at.later(days=8)
    with pytest.raises(IllegalMove, match="另一个人"):
        at.desk.move(ticket.number, EventKind.CLOSED, head, at.now, "没有回音")


def test_a_return_comes_in_time_or_not_at_all(at: Counter) -> None:
    ticket = at.at(State.DISPATCHED)
    at.later(days=3)
    with pytest.raises(IllegalMove, match="工作日内"):
        at.move(ticket, EventKind.RETURNED, Role.AGENT, "不归我们", department="police")


def test_the_third_return_waits_for_a_supervisor_and_cannot_be_returned_again(at: Counter) -> None:
    ticket = at.at(State.DISPATCHED)
    for unit in ("police", "housing", "ecology"):
        actor = at.person(Role.AGENT, ticket.department)
        ticket = at.desk.move(
            ticket.number, EventKind.RETURNED, actor, at.now, "不归我们", department=unit
        )
    assert (ticket.state, ticket.returns) == (State.RECEIVED, 3)
    officer, admin = at.person(Role.SUPERVISOR), at.person(Role.ADMIN)
    assert (ticket.handler, ticket.checker) == (officer.id, admin.id)  # somebody holds it even now
    ticket = at.move(ticket, EventKind.DESIGNATED, Role.SUPERVISOR, "由你们办", department="police")
    assert ticket.designated
    actor = at.person(Role.AGENT, "police")
    with pytest.raises(IllegalMove, match="指定办理"):
        at.desk.move(
            ticket.number, EventKind.RETURNED, actor, at.now, "还是不归我们", department="housing"
        )


def test_nobody_grants_his_own_extension(at: Counter) -> None:
    ticket = at.at(State.SIGNED)
    head = at.person(Role.HEAD)
    at.desk.move(ticket.number, EventKind.EXTENSION_ASKED, head, at.now, "等材料", days=3)
    with pytest.raises(IllegalMove, match="另一个人"):
        at.desk.move(ticket.number, EventKind.EXTENSION_GRANTED, head, at.now)
    due = at.desk.ticket(ticket.number).finish_by
    granted = at.move(ticket, EventKind.EXTENSION_GRANTED, Role.SUPERVISOR)
    assert due is not None
    assert granted.finish_by == at.desk.calendar.add_days(due, 3)


def test_a_wish_for_more_time_ends_with_the_answer_and_with_the_unit(at: Counter) -> None:
    answered, given_away = at.at(State.SIGNED), at.at(State.SIGNED)
    for ticket in (answered, given_away):
        at.move(ticket, EventKind.EXTENSION_ASKED, Role.AGENT, "等材料", days=2)
    at.move(answered, EventKind.REPLIED, Role.AGENT, GOOD_REPLY)
    at.move(answered, EventKind.REOPENED, Role.RESIDENT)
    at.move(given_away, EventKind.TRANSFERRED, Role.HEAD, "归他们管", department="police")
    for ticket in (answered, given_away):
        with pytest.raises(IllegalMove, match="没有等待审批"):
            at.move(ticket, EventKind.EXTENSION_GRANTED, Role.SUPERVISOR)
    at.move(answered, EventKind.EXTENSION_ASKED, Role.AGENT, "又要等", days=2)


def test_two_people_cannot_answer_one_ticket(at: Counter) -> None:
    ticket = at.at(State.SIGNED)
    at.move(ticket, EventKind.CLAIMED, Role.AGENT)
    with pytest.raises(IllegalMove, match="认领"):
        at.move(ticket, EventKind.REPLIED, Role.HEAD, GOOD_REPLY)


def test_whoever_waited_for_a_merged_ticket_hears_of_the_main_one(at: Counter) -> None:
    main, twin = at.file(chat=Chat(channel="web", id="the-first-0001")), at.at(State.DISPATCHED)
    at.move(twin, EventKind.MERGED, Role.HEAD, into=main.number)
    assert CHAT in at.desk.store.tickets.followers(main.number)
    with pytest.raises(IllegalMove, match="并入自己"):
        at.move(main, EventKind.MERGED, Role.HEAD, into=main.number)


def test_every_ticket_has_a_person_and_another_who_checks(at: Counter) -> None:
    ticket = at.file()
    assert ticket.handler is not None
    assert ticket.checker not in (None, ticket.handler)
    assert ticket.sign_by
    assert ticket.finish_by


def test_a_head_who_takes_a_ticket_himself_does_not_check_it(at: Counter) -> None:
    ticket = at.file()
    head = at.person(Role.HEAD)
    assert ticket.checker == head.id
    signed = at.move(ticket, EventKind.SIGNED, Role.HEAD)
    assert (signed.handler, signed.checker) == (head.id, at.person(Role.SUPERVISOR).id)


def test_what_a_supervisor_designated_only_a_supervisor_takes_away(at: Counter) -> None:
    ticket = at.at(State.DISPATCHED)
    at.move(ticket, EventKind.DESIGNATED, Role.SUPERVISOR, "由你们办", department=UNIT)
    with pytest.raises(IllegalMove, match="督办员"):
        at.move(ticket, EventKind.TRANSFERRED, Role.HEAD, "不归我们", department="police")
    kept = at.move(ticket, EventKind.RELABELLED, Role.HEAD, category="heating")
    assert kept.department == UNIT
    moved = at.move(ticket, EventKind.TRANSFERRED, Role.SUPERVISOR, "归公安", department="police")
    assert moved.department == "police"


def test_a_handler_does_not_give_himself_more_time_by_another_type(at: Counter) -> None:
    ticket = at.at(State.SIGNED)
    longer = {"category": "street-light", "kind": "report", "clock": "report"}
    with pytest.raises(IllegalMove, match="负责人"):
        at.move(ticket, EventKind.RELABELLED, Role.AGENT, **longer)
    assert at.move(ticket, EventKind.RELABELLED, Role.HEAD, **longer).clock == "report"


def test_a_report_stays_secret_whatever_it_is_called_later(at: Counter) -> None:
    ticket = at.file(kind=Kind.REPORT, contact="13800000000")
    as_complaint = {**FILLED, "kind": "complaint", "clock": "complaint"}
    with pytest.raises(IllegalMove, match="只有经办人"):
        at.move(ticket, EventKind.RELABELLED, Role.HEAD, **as_complaint)
    assert at.move(ticket, EventKind.RELABELLED, Role.HEAD, category="street-light").confidential
    relabelled = at.move(ticket, EventKind.RELABELLED, Role.AGENT, **as_complaint)
    assert relabelled.kind is Kind.COMPLAINT
    with pytest.raises(IllegalMove, match="只有经办人"):
        at.move(ticket, EventKind.UNMASKED, Role.HEAD, "打电话核实")


def test_a_transfer_to_ones_own_unit_opens_no_new_window_to_return(at: Counter) -> None:
    ticket = at.at(State.SIGNED)
    with pytest.raises(IllegalMove, match="已经在这个单位"):
        at.move(ticket, EventKind.TRANSFERRED, Role.HEAD, "换人", department=UNIT)
    with pytest.raises(IllegalMove, match="主办单位"):
        at.move(ticket, EventKind.CO_UNIT_ADDED, Role.HEAD, department=UNIT)


def test_a_hard_matter_needs_a_plan_with_dates(at: Counter) -> None:
    ticket = at.at(State.SIGNED)
    hard = {"category": "street-light", "clock": "hard"}
    with pytest.raises(Incomplete, match="计划"):
        at.move(ticket, EventKind.RELABELLED, Role.HEAD, "和几个单位商量", **hard)
    plan = "11月27日前会同供电现场核对，12月10日前换线"
    moved = at.move(ticket, EventKind.RELABELLED, Role.HEAD, plan, **hard)
    assert moved.finish_by == at.desk.calendar.add_days(START, 15)


def test_the_resident_is_told_the_dates_that_the_move_has_made(at: Counter) -> None:
    ticket = at.at(State.SIGNED)
    at.move(ticket, EventKind.EXTENSION_ASKED, Role.AGENT, "等材料", days=5)
    at.move(ticket, EventKind.EXTENSION_GRANTED, Role.HEAD)
    assert "12月8日" in at.desk.store.tickets.events(ticket.number)[-1].told
    at.move(ticket, EventKind.REPLIED, Role.AGENT, GOOD_REPLY)
    at.later(days=7)
    at.move(ticket, EventKind.REOPENED, Role.RESIDENT)
    assert "12月8日" in at.desk.store.tickets.events(ticket.number)[-1].told


def test_the_resident_hears_of_every_unit_that_gets_his_ticket(at: Counter) -> None:
    chat = Chat(channel="web", id="hears-of-units-01")
    ticket = at.file(chat=chat)
    at.move(ticket, EventKind.RETURNED, Role.AGENT, "不归我们", department="housing")
    at.move(ticket, EventKind.DESIGNATED, Role.SUPERVISOR, "由你们办", department="police")
    at.move(ticket, EventKind.CO_UNIT_ADDED, Role.SUPERVISOR, department="fire")
    told = [line.text for line in at.desk.store.chats.transcript(chat)]
    names = [at.desk.directory.unit_name(unit) for unit in ("housing", "police", "fire")]
    assert [name in text for name, text in zip(names, told, strict=True)] == [True, True, True]
