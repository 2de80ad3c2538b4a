"""Random lives of a ticket: whatever people and clocks try, the table holds, no event is lost, no clock disagrees."""

from contextlib import closing
from datetime import timedelta

import pytest
from at_once import at_once
from conftest import populate
from desks import CHAT, GOOD_REPLY, START, Counter, counter, desk_on
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from play import moment

from bot.clockwork import Clockwork
from bot.deadlines import ClockName, read_clocks
from bot.departments import Role
from bot.errors import IllegalMove, Incomplete, TicketError
from bot.messages import Chat
from bot.moves import MOVES
from bot.store import open_store
from bot.tickets import EventKind, State, Ticket

TRIED = [
    (move.event, role) for move in MOVES if move.event is not EventKind.FILED for role in move.who
]
DATA: dict[str, object] = {
    "department": "urban-construction",
    "category": "street-light",
    "days": 3,
    "date": "2026-12-15",
    "colour": "red",
    "into": "DD20261124-9999",
    "channel": "法院",
    "reason": "policy",
    "rating": 4,
    "held": False,
}
ARROWS = {(origin, move.to or origin) for move in MOVES for origin in move.origin} | {
    (State.DISPATCHED, State.DISPATCHED),  # a return below the third is dispatched again at once
    (State.SIGNED, State.DISPATCHED),
}
steps = st.lists(
    st.tuples(st.sampled_from(TRIED), st.integers(min_value=0, max_value=60 * 24 * 4)), max_size=14
)


@pytest.fixture(scope="module")
def at() -> Counter:
    return counter()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(life=steps)
def test_no_life_leaves_the_table_or_loses_an_event(at: Counter, life: list) -> None:  # type: ignore[type-arg]
    at.now = START
    desk = at.desk
    ticket = at.file()
    happened = len(desk.store.tickets.events(ticket.number))
    for (event, role), minutes in life:
        at.now += timedelta(minutes=minutes)
        before = desk.ticket(ticket.number)
        try:
            after = at.move(before, event, role, GOOD_REPLY, **DATA)
        except TicketError:
            assert desk.ticket(ticket.number) == before
        else:
            assert (before.state, after.state) in ARROWS
        events = desk.store.tickets.events(ticket.number)
        assert len(events) >= happened
        happened = len(events)
        assert [e.seq for e in events] == list(range(1, happened + 1))
        now = desk.ticket(ticket.number)
        clocks = read_clocks(events, desk.policies, desk.calendar)
        assert now.finish_by == clocks[ClockName.FINISH].due_at
    assert desk.store.tickets.chain_break(ticket.number) is None


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(stops=st.lists(st.integers(min_value=1, max_value=60 * 24 * 3), max_size=8))
def test_the_clock_says_the_same_however_often_it_ticks(at: Counter, stops: list[int]) -> None:
    """One tick after a long stop records what many small ticks record, each once.

    Left out is what hangs on the hour at which the resident was told: a new date is given from then on, and
    nobody is warned of what has passed.
    """
    at.now = START
    often, seldom = at.file(), at.file(location="别处")
    clockwork = Clockwork(at.desk)
    end = START + timedelta(days=25)
    moments = sorted({START + timedelta(minutes=sum(stops[:i])) for i in range(len(stops) + 1)})
    for stop in (*(m for m in moments if m < end), end):
        for _ in range(2):
            clockwork._catch_up(often.number, stop)
    clockwork._catch_up(seldom.number, end)
    alarms = [
        [
            e.data["once"]
            for e in at.desk.store.tickets.events(n)
            if e.kind in (EventKind.WARNED, EventKind.BREACHED)
            and e.data["clock_name"] != "promise"
        ]
        for n in (often.number, seldom.number)
    ]
    assert alarms[0] == alarms[1]
    assert len(set(alarms[0])) == len(alarms[0])


def test_a_breach_goes_a_level_up_and_the_resident_hears_a_new_date(at: Counter) -> None:
    at.now = START
    ticket = at.file(location="又一处")
    at.move(ticket, EventKind.SIGNED, Role.AGENT)
    at.later(days=10)
    Clockwork(at.desk)._catch_up(ticket.number, at.now)
    events = at.desk.store.tickets.events(ticket.number)
    breach = next(
        e for e in events if e.kind is EventKind.BREACHED and e.data["clock_name"] == "finish"
    )
    assert "新的时间" in breach.told
    assert at.desk.ticket(ticket.number).level == 2


# -- before and after the day of the answer ------------------------------------------------------------


def told(at: Counter, ticket: Ticket, kind: EventKind) -> list[str]:
    return [e.told for e in at.desk.store.tickets.events(ticket.number) if e.kind is kind]


def ticked(at: Counter, ticket: Ticket, when: str) -> None:
    at.now = moment(when)
    Clockwork(at.desk)._catch_up(ticket.number, at.now)


def test_the_resident_is_told_before_the_day_slips_once_and_not_after_it(at: Counter) -> None:
    at.now = START
    ticket = at.file(location="一处")
    at.move(ticket, EventKind.SIGNED, Role.AGENT)
    ticked(at, ticket, "2026-12-01 11:00")
    assert told(at, ticket, EventKind.LAST_CALL) == []
    ticked(at, ticket, "2026-12-01 16:00")
    ticked(at, ticket, "2026-12-01 16:30")
    (call,) = told(at, ticket, EventKind.LAST_CALL)
    assert "今天17:00" in call
    assert "已经接手" in call
    ticked(at, ticket, "2026-12-01 17:00")
    assert len(told(at, ticket, EventKind.LAST_CALL)) == 1
    assert len([e for e in told(at, ticket, EventKind.BREACHED) if e]) == 1


def test_a_last_call_that_comes_too_late_is_not_made(at: Counter) -> None:
    at.now = START
    ticket = at.file(location="另一处")
    ticked(at, ticket, "2026-12-01 17:00")
    assert told(at, ticket, EventKind.LAST_CALL) == []
    assert told(at, ticket, EventKind.BREACHED)


def test_a_danger_gets_its_last_call_half_an_hour_before(at: Counter) -> None:
    at.now = START
    ticket = at.file(location="第三处", urgent="gas-leak")
    ticked(at, ticket, "2026-11-24 11:29")
    assert told(at, ticket, EventKind.LAST_CALL) == []
    ticked(at, ticket, "2026-11-24 11:30")
    assert len(told(at, ticket, EventKind.LAST_CALL)) == 1


def test_handler_head_and_checker_are_called_by_name_for_what_can_still_be_done(
    at: Counter,
) -> None:
    at.now = START
    ticket = at.file(location="第四处")
    at.move(ticket, EventKind.SIGNED, Role.AGENT)
    at.now = moment("2026-12-01 09:00")
    at.move(ticket, EventKind.EXTENSION_ASKED, Role.AGENT, "等材料到货", days=2)
    ticked(at, ticket, "2026-12-01 16:00")
    cards = at.desk.store.chats.transcript(Chat(channel="telegram", id="-1001"), 0, 10_000)
    card = next(c.text for c in reversed(cards) if ticket.number in c.text and "最后提醒" in c.text)
    assert [
        "经办城乡建设局经办" in card or "经办" in card,
        "负责人" in card,
        "延期申请在等批准" in card,
    ] == [True] * 3
    assert "等材料到货" in told(at, ticket, EventKind.LAST_CALL)[0]
    at.move(ticket, EventKind.EXTENSION_GRANTED, Role.HEAD)
    ticked(at, ticket, "2026-12-02 17:00")
    assert len(told(at, ticket, EventKind.LAST_CALL)) == 1
    ticked(at, ticket, "2026-12-03 16:30")  # another due, another call
    assert len(told(at, ticket, EventKind.LAST_CALL)) == 2


def test_the_new_date_after_a_breach_is_watched_like_the_first(at: Counter) -> None:
    at.now = START
    ticket = at.file(location="第五处")
    at.move(ticket, EventKind.SIGNED, Role.AGENT)
    ticked(at, ticket, "2026-12-01 17:00")
    late = at.desk.ticket(ticket.number)
    assert late.promised_by == moment("2026-12-02 17:00")
    assert "明天17:00" in told(at, ticket, EventKind.BREACHED)[-1]
    ticked(at, ticket, "2026-12-02 16:00")
    warned = [
        e.data["percent"]
        for e in at.desk.store.tickets.events(ticket.number)
        if e.kind is EventKind.WARNED and e.data["clock_name"] == "promise"
    ]
    assert warned == [50, 80]
    ticked(at, ticket, "2026-12-02 17:00")
    again = told(at, ticket, EventKind.BREACHED)[-1]
    assert "又没按说好的时间" in again
    assert at.desk.ticket(ticket.number).promised_by == moment("2026-12-04 17:00")
    at.move(ticket, EventKind.EXPLAINED, Role.AGENT, "配件缺货，厂家周四才送到")
    at.move(ticket, EventKind.REPLIED, Role.AGENT, GOOD_REPLY)
    assert at.desk.ticket(ticket.number).promised_by is None


def test_whoever_was_put_off_hears_why_before_he_gets_the_answer(at: Counter) -> None:
    at.now = START
    ticket = at.file(location="第五处半")
    at.move(ticket, EventKind.SIGNED, Role.AGENT)
    with pytest.raises(IllegalMove, match="不欠原因"):
        at.move(ticket, EventKind.EXPLAINED, Role.AGENT, "配件缺货，厂家周四才送到")
    ticked(at, ticket, "2026-12-01 17:00")
    assert "写了马上告诉您" in told(at, ticket, EventKind.BREACHED)[-1]
    for event, words in ((EventKind.REPLIED, GOOD_REPLY), (EventKind.ASKED, "几号楼？")):
        with pytest.raises(IllegalMove, match="还没听到原因"):
            at.move(ticket, event, Role.AGENT, words)
    with pytest.raises(Incomplete, match="近期"):
        at.move(ticket, EventKind.EXPLAINED, Role.AGENT, "人手紧张，近期尽快处理")
    ticked(at, ticket, "2026-12-02 14:00")
    warned = [e for e in at.desk.store.tickets.events(ticket.number) if e.kind is EventKind.WARNED]
    assert "还没听到超时原因" in warned[-1].note
    at.move(ticket, EventKind.EXPLAINED, Role.AGENT, "配件缺货，厂家周四才送到")
    assert "配件缺货，厂家周四才送到。今天17:00前答复您" in told(at, ticket, EventKind.EXPLAINED)[0]
    ticked(at, ticket, "2026-12-02 17:00")  # a second date missed wants a second reason
    with pytest.raises(IllegalMove, match="还没听到原因"):
        at.move(ticket, EventKind.REPLIED, Role.AGENT, GOOD_REPLY)
    ticked(at, ticket, "2026-12-04 17:00")
    assert "上次为什么晚，也还没写明" in told(at, ticket, EventKind.BREACHED)[-1]
    at.move(ticket, EventKind.EXPLAINED, Role.HEAD, "厂家又晚到两天，今天已经装上")
    at.move(ticket, EventKind.REPLIED, Role.AGENT, GOOD_REPLY)


def test_more_time_that_comes_too_late_is_not_granted(at: Counter) -> None:
    at.now = START
    ticket = at.file(location="第六处")
    at.move(ticket, EventKind.SIGNED, Role.AGENT)
    at.move(ticket, EventKind.EXTENSION_ASKED, Role.AGENT, "等材料", days=1)
    ticked(at, ticket, "2026-12-01 17:00")
    with pytest.raises(IllegalMove, match="批得太晚"):
        at.move(ticket, EventKind.EXTENSION_GRANTED, Role.HEAD)
    with pytest.raises(IllegalMove, match="时限已到"):
        at.move(ticket, EventKind.EXTENSION_ASKED, Role.HEAD, "等材料", days=5)
    granted = at.move(ticket, EventKind.EXTENSION_GRANTED, Role.HEAD, days=4)
    assert (granted.finish_by, granted.promised_by) == (moment("2026-12-07 17:00"), None)


def test_ten_neighbours_bring_the_date_forward_and_all_hear_it(at: Counter) -> None:
    at.now = START
    ticket = at.file(location="第七处")
    before = ticket.finish_by
    chats = [Chat(channel="web", id=f"neighbour-{n:04}") for n in range(10)]
    at.later(hours=3)
    for chat in chats:
        ticket = at.desk.join(ticket.number, chat, at.now)
    assert before is not None
    assert ticket.finish_by == at.desk.calendar.add_days(at.now, 3) < before
    assert (ticket.clock, ticket.level) == ("shared", 1)
    for chat in (CHAT, *chats):
        last = at.desk.store.chats.transcript(chat)[-1].text
        assert "11月27日" in last
        assert "11位居民" in last


def test_two_processes_make_one_last_call(store_url: str) -> None:
    with closing(open_store(store_url)) as store:
        populate(store, START)
        ticket = Counter(desk_on(store)).file()
        late = moment("2026-12-01 16:30")
        at_once(store_url, 2, lambda own: Clockwork(desk_on(own)).tick(late))
        kinds = [e.kind for e in store.tickets.events(ticket.number)]
        assert kinds.count(EventKind.LAST_CALL) == 1
        assert store.tickets.chain_break(ticket.number) is None
