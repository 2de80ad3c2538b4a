"""Who is named hears it himself: on his page of the console and in private, up the ladder, and nobody else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desks import GOOD_REPLY, UNIT, Counter, counter, desk_on
from office import Clock, browser, open_office
from play import moment
from telegram_emulator import TelegramEmulator
from telegram_running import Running

from bot.app import Bot
from bot.clockwork import Clockwork
from bot.departments import Role
from bot.messages import Chat
from bot.store import open_store
from bot.tickets import EventKind, Ticket

PRIVATE = 4001


@pytest.fixture
def at() -> Counter:
    return counter()


def called(at: Counter, role: Role) -> list[str]:
    return [call.words for call in at.desk.store.calls.of(at.person(role).id or 0, 10)]


def ticked(at: Counter, ticket: Ticket, when: str) -> None:
    at.now = moment(when)
    Clockwork(at.desk)._catch_up(ticket.number, at.now)


def test_the_clock_calls_the_handler_then_the_head_then_the_supervisor(at: Counter) -> None:
    ticket = at.file(contact="13800000000")
    at.move(ticket, EventKind.SIGNED, Role.AGENT)
    at.move(ticket, EventKind.CONTACTED, Role.AGENT)
    ticked(at, ticket, "2026-11-27 10:00")
    assert called(at, Role.AGENT) == ["办结答复时限已用50%"]
    assert called(at, Role.HEAD) == []
    ticked(at, ticket, "2026-12-01 16:30")
    assert all("最后提醒" in called(at, role)[0] for role in (Role.AGENT, Role.HEAD))
    assert called(at, Role.SUPERVISOR) == []
    ticked(at, ticket, "2026-12-01 17:00")
    assert all("已过" in called(at, role)[0] for role in (Role.AGENT, Role.HEAD))
    assert called(at, Role.SUPERVISOR) == []
    ticked(at, ticket, "2026-12-02 17:00")
    assert "已过" in called(at, Role.SUPERVISOR)[0]


def test_whom_the_resident_urged_hears_it_and_an_answer_settles_it(at: Counter) -> None:
    ticket = at.file()
    at.move(ticket, EventKind.SIGNED, Role.AGENT)
    at.move(ticket, EventKind.REMINDED, Role.RESIDENT)
    assert called(at, Role.AGENT) == ["诉求人催办"]
    at.move(ticket, EventKind.REPLIED, Role.AGENT, GOOD_REPLY)
    assert called(at, Role.AGENT) == []


def test_a_bound_account_hears_it_in_private_and_nothing_personal(at: Counter) -> None:
    agent = at.person(Role.AGENT)
    staff = at.desk.store.staff
    staff.change(replace(staff.find(agent.id or 0), telegram_id=PRIVATE))  # type: ignore[type-var]
    ticket = at.file(contact="13800000000", detail="我叫李小四，电话13800000000，路灯不亮")
    ticked(at, ticket, "2026-11-25 15:00")
    heard = at.desk.store.chats.transcript(Chat(channel="telegram", id=str(PRIVATE)))
    assert ticket.number in heard[0].text
    assert all(word not in line.text for line in heard for word in ("李小四", "1380", "津桥路"))


def test_the_console_shows_it_until_the_ticket_is_opened(tmp_path: Path) -> None:
    clock = Clock()
    office = open_office(tmp_path, clock)
    try:
        ticket = office.file("路灯不亮")
        name = office.do(office.store.staff.find, ticket.handler).name
        clock.now += timedelta(days=4)
        office.do(Clockwork(office.desk).tick, clock.now)
        page = browser(office, name)
        assert "给我的提醒" in page.get("/staff/").text
        page.get(f"/staff/t/{ticket.number}")
        assert "给我的提醒" not in page.get("/staff/").text
    finally:
        office.close()


@pytest.fixture
def line(bot: Bot) -> Iterator[tuple[Running, TelegramEmulator]]:
    with TelegramEmulator() as emulator, Running(bot, emulator) as running:
        yield running, emulator


def test_the_group_hears_when_a_person_cannot_be_reached(
    bot: Bot, line: tuple[Running, TelegramEmulator]
) -> None:
    running, emulator = line
    member = bot.call(bot.store.staff.of_unit, "urban-construction")[0]
    bot.call(bot.store.staff.change, replace(member, telegram_id=PRIVATE))
    emulator.blocked.add(PRIVATE)
    bot.call(_call, bot, member.id)
    running.settle()
    running.settle()
    assert "先私下给我发一句" in emulator.last(-1001).text
    ticket = bot.call(bot.desk.ticket, "DD20261124-0001")
    kinds = [e.kind for e in bot.call(bot.store.tickets.events, ticket.number)]
    assert EventKind.UNDELIVERED not in kinds


def _call(bot: Bot, staff_id: int) -> None:
    at = Counter(bot.desk, bot.now())
    ticket = at.file()
    member = bot.store.staff.find(staff_id)
    assert member is not None
    bot.notices.to_people(ticket, [member], "请看", bot.now())


# -- nobody is left without a person ----------------------------------------------------------------


def test_a_ticket_filed_before_anybody_was_there_gets_its_person() -> None:
    store = open_store(":memory:")
    at = Counter(desk_on(store))
    ticket = at.file()
    Clockwork(at.desk).tick(at.now)
    assert at.desk.ticket(ticket.number).handler is None
    first = store.staff.add("赵一", Role.AGENT, UNIT, "-", at.now)
    Clockwork(at.desk).tick(at.now)
    Clockwork(at.desk).tick(at.now)
    held = at.desk.ticket(ticket.number)
    assert (held.handler, held.checker) == (first.id, None)
    events = store.tickets.events(ticket.number)
    assert [e.kind for e in events].count(EventKind.HANDED_ON) == 1
    assert "现在由城乡建设局的赵一办" in events[-1].told
    assert [call.words for call in store.calls.of(first.id, 5)] == ["换由您经办"]


def test_a_head_gives_a_ticket_to_another_of_his_unit(at: Counter) -> None:
    ticket = at.file()
    second = at.desk.store.staff.add("钱二", Role.AGENT, UNIT, "-", at.now)
    moved = at.move(ticket, EventKind.HANDED_ON, Role.HEAD)
    assert moved.handler == second.id
    assert moved.sign_by == ticket.sign_by  # nobody wins time by it


def test_who_leaves_his_place_leaves_no_ticket_without_a_person(tmp_path: Path) -> None:
    office = open_office(tmp_path)
    try:
        ticket = office.file("路灯不亮")
        leaving = office.do(office.store.staff.find, ticket.handler)
        page = browser(office, "吴管")
        page.submit(f"/staff/people/{leaving.id}", role="agent", department=leaving.department)
        now = office.ticket(ticket.number)
        assert now.handler not in (None, leaving.id)
        assert now.checker not in (now.handler, leaving.id)
    finally:
        office.close()
