"""Random lives of a ticket: whatever people and clocks try, the table holds, no event is lost, no clock disagrees."""

from datetime import timedelta

import pytest
from desks import GOOD_REPLY, START, Counter, counter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clockwork import Clockwork
from bot.deadlines import ClockName, read_clocks
from bot.departments import Role
from bot.errors import TicketError
from bot.moves import MOVES
from bot.tickets import EventKind, State

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
    """One tick after a long stop records what many small ticks record, each once."""
    at.now = START
    often, seldom = at.file(), at.file(location="别处")
    clockwork = Clockwork(at.desk)
    end = START + timedelta(days=25)
    moments = sorted({START + timedelta(minutes=sum(stops[:i])) for i in range(len(stops) + 1)})
    for moment in (*(m for m in moments if m < end), end):
        for _ in range(2):
            clockwork._catch_up(often.number, moment)
    clockwork._catch_up(seldom.number, end)
    alarms = [
        [
            e.data["once"]
            for e in at.desk.store.tickets.events(n)
            if e.kind in (EventKind.WARNED, EventKind.BREACHED)
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
