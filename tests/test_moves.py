"""Every row of the move table allowed, and everything that is not a row refused."""

import pytest
from conftest import ROOT
from desks import FILLED, GOOD_REPLY, START, WAYS, Counter, counter

from bot.departments import Role
from bot.errors import IllegalMove, Incomplete, TicketError
from bot.given import OWN_UNIT_IS_NO_ANSWER
from bot.moves import MOVES, Guard, Move, moves_for
from bot.moves_page import page
from bot.tickets import EventKind, State

REACHABLE = list(WAYS)
REASON = "配件缺货，厂家周四才送到"


@pytest.fixture(scope="module")
def shared() -> Counter:
    return counter()


@pytest.fixture
def at(shared: Counter) -> Counter:
    """The same desk for all: every test files a ticket of its own."""
    shared.now = START
    return shared


def ready(at: Counter, move: Move) -> None:
    """What a guard wants to have happened before."""
    asks = {
        Guard.EXTENSION_PENDING: (EventKind.EXTENSION_ASKED, Role.AGENT),
        Guard.EXCLUSION_PENDING: (EventKind.EXCLUSION_ASKED, Role.HEAD),
    }
    for guard, (event, role) in asks.items():
        if guard in move.guards:
            at.move(at.ticket, event, role, "说明", **FILLED)
    if Guard.MERGE_PENDING in move.guards:
        other = at.file(location="别处").number
        at.move(at.ticket, EventKind.MERGE_PROPOSED, Role.AGENT, into=other)
    if Guard.FOLLOW_UP_OPEN in move.guards:
        state, at.ticket = at.ticket.state, at.at(State.CLOSED)
        at.ticket = at.move(at.ticket, EventKind.FOLLOWED_UP, Role.CLOCK)
        if state is State.ARCHIVED:
            at.ticket = at.move(at.ticket, EventKind.ARCHIVED, Role.CLOCK)
    if Guard.REASON_OWED in move.guards:
        promise = {"clock_name": "finish", "promised": "2026-12-03T17:00:00+08:00"}
        at.move(at.ticket, EventKind.BREACHED, Role.CLOCK, "办结答复时限已过", **promise)
    if Guard.CLAIM_HOLDER in move.guards:
        at.move(at.ticket, EventKind.CLAIMED, Role.AGENT)


EXTENDABLE = (State.SIGNED, State.IN_PROGRESS, State.AWAITING)
ROWS = [
    pytest.param(move, state, role, id=f"{move.event}-{move.name}-{state}-{role}")
    for move in MOVES
    if move.event is not EventKind.FILED
    for state in move.origin
    if state in REACHABLE and (Guard.EXTENSION_PENDING not in move.guards or state in EXTENDABLE)
    for role in move.who
]


@pytest.mark.parametrize(("move", "state", "role"), ROWS)
def test_a_row_of_the_table_is_allowed(move: Move, state: State, role: Role, at: Counter) -> None:
    at.ticket = at.at(state)
    ready(at, move)
    if Guard.STILL_SILENT in move.guards:
        at.later(days=8)
    filled = {**FILLED, "into": at.file().number}
    if move.event in OWN_UNIT_IS_NO_ANSWER:
        filled["department"] = "police"
    words = {Guard.REPLY_CHECK: GOOD_REPLY, Guard.REASON_OWED: REASON}
    note = next((words[guard] for guard in move.guards if guard in words), "说明")
    moved = at.move(at.ticket, move.event, role, note, **filled)
    if move.event is EventKind.RETURNED:
        assert (moved.state, moved.returns) == (State.DISPATCHED, 1)
    else:
        assert moved.state is (move.to or state)
    assert at.desk.store.tickets.chain_break(moved.number) is None


REFUSED = [
    pytest.param(event, state, role, id=f"{event}-{state}-{role}")
    for event in EventKind
    for state in REACHABLE
    for role in Role
    if not any(m.event is event and role in m.who and state in m.origin for m in MOVES)
]


def test_everything_else_is_refused_and_leaves_no_trace(at: Counter) -> None:
    tickets = {state: at.at(state) for state in REACHABLE}
    for case in REFUSED:
        event, state, role = case.values
        ticket = tickets[state]
        before = len(at.desk.store.tickets.events(ticket.number))
        with pytest.raises(TicketError):
            at.move(ticket, event, role, GOOD_REPLY, **FILLED)
        assert at.desk.ticket(ticket.number).state is state
        assert len(at.desk.store.tickets.events(ticket.number)) == before


def test_a_need_that_is_not_given_is_named(at: Counter) -> None:
    ticket = at.at(State.SIGNED)
    with pytest.raises(Incomplete, match="说明"):
        at.move(ticket, EventKind.NOTED, Role.AGENT)
    with pytest.raises(Incomplete, match="几个工作日"):
        at.move(ticket, EventKind.EXTENSION_ASKED, Role.AGENT, "等材料")


def test_another_unit_may_not_touch_a_ticket(at: Counter) -> None:
    ticket = at.at(State.SIGNED)
    stranger = at.person(Role.AGENT, "police")
    with pytest.raises(IllegalMove, match="别的单位"):
        at.desk.move(ticket.number, EventKind.REPLIED, stranger, at.now, GOOD_REPLY)


def test_the_console_offers_just_what_the_desk_would_let_through(at: Counter) -> None:
    for state in REACHABLE:
        ticket = at.at(state)
        for role in (Role.AGENT, Role.HEAD, Role.SUPERVISOR, Role.ASSESSOR):
            actor = at.person(role)
            allowed = at.desk.allowed(ticket, actor, at.now)
            assert set(allowed) <= set(moves_for(role, state))


def test_the_page_of_the_table_is_made_from_the_table() -> None:
    assert (ROOT / "docs" / "moves.md").read_text("utf-8") == page()
