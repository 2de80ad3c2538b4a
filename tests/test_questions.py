"""Questions to the resident that may go unanswered: what the handler asks, and whether it held a week later."""

from datetime import timedelta

import pytest
from clock_words import at as moment
from clock_words import calendar, policies
from desks import CHAT, GOOD_REPLY, Counter, counter

from bot.clockwork import Clockwork
from bot.departments import Role
from bot.errors import IllegalMove
from bot.facts import facts_of
from bot.messages import Chat
from bot.store import QueueFilter
from bot.tickets import EventKind, State, Ticket

E = EventKind


@pytest.fixture
def at() -> Counter:
    return counter()


def kinds(at: Counter, ticket: Ticket) -> list[EventKind]:
    return [event.kind for event in at.desk.store.tickets.events(ticket.number)]


def tick(at: Counter, when: str) -> None:
    at.now = moment(when)
    Clockwork(at.desk).tick(at.now)


# -- what the handler asks ----------------------------------------------------------------------------


def test_a_question_nobody_answers_is_asked_once_more_and_then_the_clock_runs_on(
    at: Counter,
) -> None:
    ticket = at.at(State.AWAITING)  # asked on Tuesday 24 November at 10:00
    tick(at, "11-27 16:59")
    assert E.ASKED_AGAIN not in kinds(at, ticket)
    for _ in range(3):
        tick(at, "11-27 17:00")
    assert kinds(at, ticket).count(E.ASKED_AGAIN) == 1
    assert "几号楼？" in at.desk.store.tickets.events(ticket.number)[-1].told
    tick(at, "12-01 16:59")
    assert at.desk.ticket(ticket.number).state is State.AWAITING
    tick(at, "12-01 17:00")
    resumed = at.desk.ticket(ticket.number)
    last = at.desk.store.tickets.events(ticket.number)[-1]
    assert (resumed.state, last.kind, last.actor.role) == (
        State.IN_PROGRESS, E.RESUMED, Role.CLOCK,
    )  # fmt: skip
    # from Tuesday 10:00 to the next Tuesday 17:00 nothing was counted: five days and five and a half hours
    assert resumed.finish_by == moment("12-09 15:30")
    told_the_duty = at.desk.store.chats.transcript(Chat(channel="telegram", id="-1001"))
    assert "恢复办理，时限接着走" in told_the_duty[-1].text


def test_after_a_long_stop_of_the_program_the_resident_still_gets_his_time(at: Counter) -> None:
    ticket = at.at(State.AWAITING)
    tick(at, "12-10 09:00")
    assert at.desk.ticket(ticket.number).state is State.AWAITING
    tick(at, "12-14 17:00")
    assert at.desk.ticket(ticket.number).state is State.IN_PROGRESS


def test_an_answer_in_time_stops_the_reminding_and_a_second_question_has_its_own(
    at: Counter,
) -> None:
    ticket = at.at(State.AWAITING)
    at.desk.by_resident(ticket.number, E.ANSWERED, CHAT, at.now, note="8号楼")
    tick(at, "11-27 17:00")
    assert E.ASKED_AGAIN not in kinds(at, ticket)
    at.move(ticket, E.ASKED, Role.AGENT, "几单元？")
    tick(at, "12-02 17:00")
    assert kinds(at, ticket).count(E.ASKED_AGAIN) == 1


def test_where_minutes_count_nobody_waits_for_days(at: Counter) -> None:
    ticket = at.file(urgent="gas-leak")
    assert ticket.clock == "danger"
    at.move(ticket, E.SIGNED, Role.SUPERVISOR)
    at.move(ticket, E.ASKED, Role.SUPERVISOR, "几楼？")
    tick(at, "11-24 10:30")
    assert kinds(at, ticket)[-1] is E.ASKED_AGAIN
    tick(at, "11-24 11:30")
    assert at.desk.ticket(ticket.number).state is State.IN_PROGRESS


def test_while_the_clock_stands_nothing_is_late_anywhere(at: Counter) -> None:
    asked, parked, late = at.at(State.AWAITING), at.at(State.PARKED), at.file(location="别处")
    at.now += timedelta(days=12)
    tickets = at.desk.store.tickets
    overdue = QueueFilter(overdue_at=at.now)
    assert [t.number for t in tickets.queue(overdue)] == [late.number]
    assert tickets.count(overdue) == 1
    assert [at.desk.ticket(t.number).is_overdue(at.now) for t in (asked, parked, late)] == [
        False, False, True,
    ]  # fmt: skip
    assert tickets.queue(QueueFilter())[0].number == late.number
    at.move(parked, E.RESUMED, Role.SUPERVISOR)
    back = at.desk.ticket(parked.number)
    assert back.finish_by is not None
    assert [t.number for t in tickets.queue(QueueFilter(overdue_at=back.finish_by))] == [
        late.number
    ]


def test_a_pause_begun_after_the_deadline_gives_nothing_back(at: Counter) -> None:
    ticket = at.at(State.IN_PROGRESS)
    due = at.desk.ticket(ticket.number).finish_by
    tick(at, "12-02 09:00")
    at.move(ticket, E.EXPLAINED, Role.AGENT, "配件缺货，厂家周四才送到")
    at.move(ticket, E.ASKED, Role.AGENT, "几号楼？")
    at.now += timedelta(days=1)
    at.desk.by_resident(ticket.number, E.ANSWERED, CHAT, at.now, note="8号楼")
    assert at.desk.ticket(ticket.number).finish_by == due
    tick(at, "12-04 09:00")
    finishes = [
        e for e in at.desk.store.tickets.events(ticket.number)
        if e.kind is E.BREACHED and e.data["clock_name"] == "finish"
    ]  # fmt: skip
    assert len(finishes) == 1


# -- whether it held ------------------------------------------------------------------------------------


def asked_a_week_later(at: Counter) -> Ticket:
    ticket = at.at(State.CLOSED)
    tick(at, "12-01 10:00")
    assert kinds(at, ticket)[-1] is E.FOLLOWED_UP
    return at.desk.ticket(ticket.number)


def held(at: Counter, ticket: Ticket) -> bool | None:
    events = at.desk.store.tickets.events(ticket.number)
    return facts_of(at.desk.ticket(ticket.number), events, policies, calendar).held


@pytest.mark.parametrize("said", [True, False])
def test_what_the_resident_says_is_kept_once(at: Counter, said: bool) -> None:
    ticket = asked_a_week_later(at)
    assert held(at, ticket) is None
    at.desk.by_resident(ticket.number, E.HELD_OR_NOT, CHAT, at.now, held=said)
    assert held(at, ticket) is said
    with pytest.raises(IllegalMove, match="已经记下"):
        at.desk.by_resident(ticket.number, E.HELD_OR_NOT, CHAT, at.now, held=not said)


def test_nobody_answers_for_him_nor_before_he_was_asked(at: Counter) -> None:
    early = at.at(State.CLOSED)
    with pytest.raises(IllegalMove):
        at.desk.by_resident(early.number, E.HELD_OR_NOT, CHAT, at.now, held=True)
    ticket = asked_a_week_later(at)
    stranger = Chat(channel="web", id="somebody-else-0001")
    with pytest.raises(IllegalMove, match="本人"):
        at.desk.by_resident(ticket.number, E.HELD_OR_NOT, stranger, at.now, held=True)


def test_after_a_second_round_he_is_asked_again_and_the_last_word_counts(at: Counter) -> None:
    ticket = asked_a_week_later(at)
    at.desk.by_resident(ticket.number, E.HELD_OR_NOT, CHAT, at.now, held=False)
    at.desk.by_resident(ticket.number, E.REOPENED, CHAT, at.now)
    at.move(ticket, E.REPLIED, Role.AGENT, GOOD_REPLY)
    at.desk.by_resident(ticket.number, E.CONFIRMED, CHAT, at.now)
    tick(at, "12-08 10:00")
    at.desk.by_resident(ticket.number, E.HELD_OR_NOT, CHAT, at.now, held=True)
    assert held(at, ticket) is True
