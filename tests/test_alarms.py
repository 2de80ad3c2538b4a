"""What is due by the clock: warnings, breaches, wake-ups, claims, follow-ups, and the countdown of steps."""

from datetime import date, timedelta

import pytest
from clock_words import FINISH, SIGN, E, at, calendar, event, filed, next_of, policies, read, ticket

from bot.alarms import Alarm, alarms, last_call, steps
from bot.tickets import State


def test_alarms_are_counted_in_working_time() -> None:
    ringing = [
        a for a in alarms(read(filed("11-23 08:30")), policies, calendar) if a.clock is FINISH
    ]
    # 42 working hours from Monday 8:30 to the next Monday 17:00
    assert [(a.percent, a.at) for a in ringing] == [
        (50, at("11-25 17:00")), (80, at("11-27 14:06") + timedelta(minutes=90)), (100, at("11-30 17:00")),
    ]  # fmt: skip


def test_alarms_of_a_danger_run_by_the_wall() -> None:
    ringing = [
        a.at for a in alarms(read(filed(clock="danger")), policies, calendar) if a.clock is FINISH
    ]
    assert ringing == [at("11-23 11:00"), at("11-23 11:36"), at("11-23 12:00")]


def test_a_key_names_clock_percent_and_round() -> None:
    first = Alarm(clock=FINISH, percent=80, at=at("11-24 09:00"), round=at("11-23 10:00"))
    breach = Alarm(clock=SIGN, percent=100, at=at("11-24 09:00"), round=at("11-23 10:00"))
    assert first.key == "warned:finish:80:2026-11-23T02:00:00+00:00"
    assert breach.key == "breached:sign:100:2026-11-24T01:00:00+00:00"


def test_a_paused_clock_rings_no_alarm_and_time_that_stood_still_is_not_used_up() -> None:
    asked = [*filed("11-23 08:30"), event(E.ASKED, "11-24 08:30")]
    assert alarms(read(asked), policies, calendar) == []
    answered = [*asked, event(E.ANSWERED, "11-26 08:30")]  # two days stood still
    ringing = alarms(read(answered), policies, calendar)
    assert [(a.percent, a.at) for a in ringing if a.percent != 80] == [
        (50, at("11-27 17:00")), (100, at("12-02 17:00")),
    ]  # fmt: skip


def test_the_next_alarm_is_the_earliest_that_was_not_recorded() -> None:
    events = filed(clock="danger")
    assert next_of(ticket(State.DISPATCHED), events) == at("11-23 10:07") + timedelta(seconds=30)
    for ring in alarms(read(events), policies, calendar):
        kind = E.BREACHED if ring.percent == 100 else E.WARNED
        call = last_call(read(events), policies, calendar)
        assert call
        events = [*events, event(E.LAST_CALL, call.at, once=call.key)]
        assert next_of(ticket(State.DISPATCHED), events) == ring.at
        events = [*events, event(kind, ring.at, once=ring.key)]
    assert next_of(ticket(State.DISPATCHED), events) is None


def test_a_new_round_warns_again() -> None:
    events = filed(clock="danger")
    for ring in alarms(read(events), policies, calendar):
        events.append(event(E.WARNED, ring.at, once=ring.key))
    events += [event(E.REPLIED, "11-23 13:00"), event(E.REOPENED, "11-24 13:00")]
    assert next_of(ticket(State.IN_PROGRESS), events) == at("11-24 14:00")


def test_a_new_promise_warns_anew_but_not_of_what_was_used_up_before() -> None:
    events = filed("11-23 08:30")
    for ring in alarms(read(events), policies, calendar):
        if ring.percent < 100:
            events.append(event(E.WARNED, ring.at, once=ring.key))
    extended = [*events, event(E.EXTENSION_GRANTED, "11-30 09:00", days=3)]
    ringing = [a for a in alarms(read(extended), policies, calendar) if a.clock is FINISH]
    assert [(a.percent, a.at > at("11-30 09:00")) for a in ringing] == [(80, True), (100, True)]
    told = {each.data.get("once") for each in events}
    assert not told & {alarm.key for alarm in ringing}
    assert ringing[-1].at == at("12-03 17:00")


def test_another_class_is_another_promise_and_the_same_class_is_not() -> None:
    before = alarms(read(filed()), policies, calendar)
    same = [*filed(), event(E.RELABELLED, "11-24 10:00", category="x", clock="complaint")]
    assert [a.key for a in alarms(read(same), policies, calendar)] == [a.key for a in before]
    other = [*filed(), event(E.RELABELLED, "12-02 10:00", category="x", clock="hard")]
    breach = alarms(read(other), policies, calendar)[-1]
    assert (breach.clock, breach.at) == (FINISH, at("12-14 17:00"))
    assert breach.key not in {alarm.key for alarm in before}


@pytest.mark.parametrize(
    ("until", "rings"), [("2026-12-05", "12-07 08:30"), ("2026-12-03", "12-03 08:30")]
)
def test_a_parked_ticket_wakes_when_that_working_day_begins(until: str, rings: str) -> None:
    events = [
        *filed(),
        event(E.CONTACTED, "11-23 10:30"),
        event(E.PARKED, "11-23 11:00", date=until),
    ]
    parked = ticket(State.PARKED, park_until=date.fromisoformat(until))
    assert next_of(parked, events) == at(rings)
    merged = [*events, event(E.MERGED, "11-24 09:00")]
    assert next_of(ticket(State.MERGED, park_until=parked.park_until), merged) is None


def test_a_claim_runs_out_but_only_while_it_is_held() -> None:
    events = [
        *filed(),
        event(E.REPLIED, "11-24 09:00"),
        event(E.CLAIMED, "11-24 10:00"),
        event(E.CLAIMED, "11-24 11:00"),
    ]
    assert next_of(ticket(State.REPLIED, claimed_by=7), events) == at("11-24 12:00")
    assert next_of(ticket(State.REPLIED), events) is None


def test_a_closed_ticket_is_asked_about_once_and_then_archived() -> None:
    events = [
        *filed(),
        event(E.REPLIED, "11-24 09:00"),
        event(E.CLAIMED, "11-24 09:30"),
        event(E.CONFIRMED, "11-24 10:00"),
    ]
    closed = ticket(State.CLOSED, closed_at=at("11-24 10:00"), claimed_by=7)
    assert next_of(closed, events) == at("12-01 10:00")
    events.append(event(E.FOLLOWED_UP, "12-01 10:00"))
    assert next_of(closed, events) == at("12-24 10:00")
    again = [
        *events,
        event(E.REOPENED, "12-02 10:00"),
        event(E.REPLIED, "12-03 10:00"),
        event(E.CONFIRMED, "12-03 11:00"),
    ]
    assert next_of(ticket(State.CLOSED, closed_at=at("12-03 11:00")), again) == at("12-10 11:00")
    assert next_of(ticket(State.ARCHIVED, closed_at=at("11-24 10:00")), events) is None


def test_the_steps_are_counted_back_from_the_finish() -> None:
    plan = steps(read(filed("11-23 08:30")), policies, calendar)
    assert [(step.name, step.due_at) for step in plan] == [
        ("签收", at("11-24 17:00")), ("联系", at("11-24 17:00")), ("现场处置", at("11-25 17:00")),
        ("拟出答复", at("11-27 15:36")), ("办结答复", at("11-30 17:00")),
    ]  # fmt: skip


def test_no_step_is_later_than_the_finish_and_earlier_rounds_are_left_out() -> None:
    late = [*filed(), event(E.TRANSFERRED, "11-30 16:00")]
    assert max(step.due_at for step in steps(read(late), policies, calendar)) == at("11-30 17:00")
    reopened = [*filed(), event(E.REPLIED, "11-24 09:00"), event(E.REOPENED, "11-25 09:00")]
    names = [step.name for step in steps(read(reopened), policies, calendar)]
    assert names == ["现场处置", "拟出答复", "办结答复"]
    assert steps({}, policies, calendar) == []
