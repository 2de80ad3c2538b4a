"""The clocks of a ticket: what starts, stops, pauses and moves them."""

from datetime import timedelta

import pytest
from clock_words import CONTACT, FINISH, SIGN, E, at, calendar, event, filed, policies, read

from bot.alarms import alarms
from bot.deadlines import Reading, Span
from bot.errors import ConfigError
from bot.tickets import EventKind

# -- starts and dues --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "sign", "contact", "finish"),
    [
        ("danger", "11-23 10:15", "11-23 10:30", "11-23 12:00"),
        ("utilities", "11-23 10:30", "11-23 12:00", "11-24 10:00"),
        ("consultation", "11-24 17:00", None, "11-26 17:00"),
        ("complaint", "11-24 17:00", "11-24 17:00", "11-30 17:00"),
        ("report", "11-24 17:00", "11-24 17:00", "12-14 17:00"),
    ],
)
def test_each_class_has_its_own_dues(
    clock: str, sign: str, contact: str | None, finish: str
) -> None:
    readings = read(filed(clock=clock))
    assert readings[SIGN].due_at == at(sign)
    assert readings[FINISH].due_at == at(finish)
    assert (readings[CONTACT].due_at if CONTACT in readings else None) == (contact and at(contact))


@pytest.mark.parametrize("when", ["11-23 23:59", "11-23 00:01", "11-23 08:29", "11-23 12:10"])
def test_the_hour_of_filing_does_not_matter_for_day_limits(when: str) -> None:
    assert read(filed(when))[FINISH].due_at == at("11-30 17:00")


def test_a_danger_at_night_is_due_in_the_night() -> None:
    assert read(filed("11-28 23:50", "danger"))[SIGN].due_at == at("11-29 00:05")


def test_a_ticket_filed_before_spring_festival_is_due_after_it() -> None:
    assert read(filed("02-13 16:00"))[FINISH].due_at == at("02-27 17:00")


def test_before_anything_happened_no_clock_runs() -> None:
    assert read([]) == {}
    assert SIGN not in read(filed()[:1])


def test_a_relabelled_ticket_is_counted_anew_from_the_same_start() -> None:
    events = [*filed(), event(E.RELABELLED, "11-25 10:00", category="x", clock="report")]
    assert read(events)[FINISH].due_at == at("12-14 17:00")
    assert read(events)[FINISH].started_at == at("11-23 10:00")


def test_a_relabelling_or_an_escalation_without_a_class_changes_no_due() -> None:
    events = [
        *filed(),
        event(E.RELABELLED, "11-25 10:00", category="x"),
        event(E.ESCALATED, "11-25 10:00"),
    ]
    assert read(events) == read(filed())


def test_a_raised_class_counts_from_the_moment_of_raising() -> None:
    events = [*filed("11-23 08:30"), event(E.RAISED, "11-24 10:00", clock="shared")]
    finish = read(events)[FINISH]
    assert (finish.due_at, finish.changed_at) == (at("11-27 17:00"), at("11-24 10:00"))
    assert finish.started_at == at("11-23 08:30")
    rings = [a for a in alarms(read(events), policies, calendar) if a.clock is FINISH]
    assert all(a.at > at("11-24 10:00") for a in rings)
    assert len(rings) == 3


def test_a_raising_never_gives_a_later_date_and_never_breaches_at_once() -> None:
    late = [*filed("11-23 08:30"), event(E.RAISED, "11-30 10:00", clock="shared")]
    assert read(late) == read(filed("11-23 08:30"))
    at_once = [*filed("11-23 08:30", "hard"), event(E.RAISED, "12-10 10:00", clock="danger")]
    assert read(at_once)[FINISH].due_at == at("12-10 12:00")


def test_a_raised_class_holds_for_the_rest_of_the_way() -> None:
    raised = [*filed("11-23 08:30"), event(E.RAISED, "11-24 10:00", clock="shared")]
    relabelled = [*raised, event(E.RELABELLED, "11-25 10:00", category="x", clock="hard")]
    assert read(relabelled)[FINISH].due_at == at("11-27 17:00")
    extended = [*relabelled, event(E.EXTENSION_GRANTED, "11-26 10:00", days=2)]
    assert read(extended)[FINISH].due_at == at("12-01 17:00")
    again = [
        *extended, event(E.REPLIED, "11-27 10:00"), event(E.REOPENED, "11-30 10:00"),
    ]  # fmt: skip
    assert read(again)[FINISH].due_at == at("12-03 17:00")


def test_raised_while_the_clock_stands_only_the_rest_of_the_pause_counts() -> None:
    events = [
        *filed("11-23 08:30"), event(E.ASKED, "11-23 09:00"),
        event(E.RAISED, "11-24 08:30", clock="shared"), event(E.ANSWERED, "11-24 10:30"),
    ]  # fmt: skip
    finish = read(events)[FINISH]
    assert (finish.due_at, finish.paused.total_seconds()) == (at("11-30 10:30"), 2 * 3600)


def test_a_clock_once_met_keeps_the_due_it_was_met_under() -> None:
    events = [
        *filed(), event(E.SIGNED, "11-24 09:00"), event(E.CONTACTED, "11-24 10:00"),
        event(E.RAISED, "11-24 11:00", clock="danger"),
    ]  # fmt: skip
    readings = read(events)
    assert readings[SIGN].due_at == readings[CONTACT].due_at == at("11-24 17:00")
    assert readings[FINISH].due_at == at("11-24 13:00")


def test_a_late_reply_cannot_be_made_punctual_by_a_longer_class() -> None:
    late = [*filed(), event(E.REPLIED, "12-02 10:00")]
    relabelled = [*late, event(E.RELABELLED, "12-03 10:00", category="x", clock="hard")]
    assert read(relabelled)[FINISH].due_at == at("11-30 17:00")
    reopened = [*relabelled, event(E.REOPENED, "12-04 10:00")]
    assert read(reopened)[FINISH].due_at == at("12-25 17:00")


def test_a_class_that_was_taken_out_of_the_file_is_named() -> None:
    with pytest.raises(ConfigError, match=r"'gone'.*clocks\.yaml"):
        read(filed(clock="gone"))


@pytest.mark.parametrize(
    ("clock", "reach", "due"),
    [
        ("report", "phone", True), ("report", "chat", False), ("report", "none", False),
        ("complaint", "chat", True), ("complaint", "none", False), ("danger", "chat", True),
    ],
)  # fmt: skip
def test_nobody_has_to_make_a_contact_that_cannot_be_made(
    clock: str, reach: str, due: bool
) -> None:
    events = [event(E.FILED, "11-23 10:00", clock=clock, reach=reach)]
    assert (CONTACT in read(events)) is due


def test_a_report_that_becomes_a_complaint_is_owed_a_contact() -> None:
    events = [
        event(E.FILED, "11-23 10:00", clock="report", reach="chat"),
        event(E.RELABELLED, "11-23 11:00", category="x", clock="complaint"),
    ]
    assert read(events)[CONTACT].due_at == at("11-24 17:00")


# -- stops ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [E.SIGNED, E.CONTACTED, E.ASKED, E.REPLIED, E.RETURNED, E.PARKED])
def test_who_handles_a_ticket_has_signed_for_it(kind: EventKind) -> None:
    assert read([*filed(), event(kind, "11-23 15:00")])[SIGN].met_at == at("11-23 15:00")


@pytest.mark.parametrize(
    "kind", [E.CLAIMED, E.NOTED, E.UNMASKED, E.REMINDED, E.WARNED, E.ESCALATED]
)
def test_a_claim_or_a_note_stops_no_clock(kind: EventKind) -> None:
    readings = read([*filed(), event(kind, "11-23 15:00")])
    assert [reading.met_at for reading in readings.values()] == [None, None, None]


@pytest.mark.parametrize("kind", [E.TRANSFERRED, E.DESIGNATED, E.DISPATCHED])
def test_the_next_unit_has_its_own_time_to_sign(kind: EventKind) -> None:
    events = [*filed(), event(E.SIGNED, "11-23 15:00"), event(kind, "11-25 09:00")]
    sign = read(events)[SIGN]
    assert (sign.started_at, sign.due_at, sign.met_at) == (
        at("11-25 09:00"), at("11-26 17:00"), None,
    )  # fmt: skip


@pytest.mark.parametrize("kind", [E.CONTACTED, E.ASKED, E.REPLIED])
def test_the_first_word_to_the_resident_meets_the_contact_clock(kind: EventKind) -> None:
    events = [*filed(), event(kind, "11-23 15:00"), event(E.CONTACTED, "11-26 15:00")]
    assert read(events)[CONTACT].met_at == at("11-23 15:00")


@pytest.mark.parametrize(
    "kind", [E.WITHDRAWN, E.MERGED, E.REDIRECTED, E.DECLINED, E.CLOSED, E.CONFIRMED]
)
def test_an_ending_stops_every_clock(kind: EventKind) -> None:
    readings = read([*filed(), event(kind, "11-24 09:00")])
    assert {reading.met_at for reading in readings.values()} == {at("11-24 09:00")}
    assert alarms(readings, policies, calendar) == []


def test_the_reply_counts_and_not_the_closing_after_it() -> None:
    events = [*filed(), event(E.REPLIED, "11-26 09:00"), event(E.CONFIRMED, "12-10 09:00")]
    assert read(events)[FINISH].met_at == at("11-26 09:00")


def test_reopening_starts_the_finish_clock_afresh() -> None:
    events = [
        *filed(), event(E.ASKED, "11-24 09:00"), event(E.ANSWERED, "11-26 09:00"),
        event(E.REPLIED, "11-27 09:00"), event(E.REOPENED, "12-01 09:00"),
    ]  # fmt: skip
    finish = read(events)[FINISH]
    assert finish == Reading(
        clock=FINISH,
        span=Span(days=5),
        started_at=at("12-01 09:00"),
        due_at=at("12-08 17:00"),
        given=timedelta(hours=6.5 + 5 * 7),  # what was left of the first day, and five whole ones
    )
    assert read(events)[CONTACT].met_at == at("11-24 09:00")


# -- pauses and extensions --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begins", "ends"), [(E.ASKED, E.ANSWERED), (E.ASKED, E.RESUMED), (E.PARKED, E.RESUMED)]
)
def test_the_due_moves_by_the_working_time_that_stood_still(
    begins: EventKind, ends: EventKind
) -> None:
    waiting = [*filed(), event(begins, "11-24 16:00")]
    assert read(waiting)[FINISH].due_at == at("11-30 17:00")
    assert read(waiting)[FINISH].paused_since == at("11-24 16:00")
    resumed = [*waiting, event(ends, "11-25 09:30")]  # an hour each day
    assert read(resumed)[FINISH].due_at == at("12-01 10:30")
    assert read(resumed)[FINISH].paused_since is None


def test_a_pause_over_a_weekend_night_moves_no_day_limit() -> None:
    events = [*filed(), event(E.ASKED, "11-27 17:00"), event(E.ANSWERED, "11-30 08:30")]
    assert read(events)[FINISH].due_at == at("11-30 17:00")


def test_a_pause_moves_a_minute_limit_by_wall_time() -> None:
    events = [
        *filed("11-27 16:00", "utilities"), event(E.ASKED, "11-27 18:00"),
        event(E.ANSWERED, "11-28 06:00"),
    ]  # fmt: skip
    assert read(events)[FINISH].due_at == at("11-29 04:00")


def test_an_answer_does_not_end_a_parking() -> None:
    events = [*filed(), event(E.PARKED, "11-24 09:00"), event(E.ANSWERED, "11-25 09:00")]
    assert read(events)[FINISH].paused_since == at("11-24 09:00")


def test_a_withdrawal_during_a_pause_is_not_late() -> None:
    events = [*filed(), event(E.ASKED, "11-30 16:00"), event(E.WITHDRAWN, "12-20 09:00")]
    finish = read(events)[FINISH]
    assert finish.met_at is not None
    assert finish.met_at <= finish.due_at
    assert finish.paused_since is None


def test_nobody_owes_a_contact_while_the_ticket_is_parked() -> None:
    """From there no contact can be recorded: the unit would be late for what it may not do."""
    parked = [*filed(), event(E.PARKED, "11-23 11:00")]
    assert not read(parked)[CONTACT].runs
    assert read([*parked, event(E.RESUMED, "11-24 11:00")])[CONTACT].due_at == at("11-25 17:00")


def test_a_question_meets_the_contact_and_does_not_pause_it() -> None:
    contact = read([*filed(), event(E.ASKED, "11-23 11:00")])[CONTACT]
    assert (contact.met_at, contact.paused_since) == (at("11-23 11:00"), None)


@pytest.mark.parametrize(
    ("clock", "due"), [("complaint", "12-03 17:00"), ("utilities", "11-27 17:00")]
)
def test_an_extension_adds_working_days_to_the_due(clock: str, due: str) -> None:
    events = [*filed(clock=clock), event(E.EXTENSION_GRANTED, "11-24 09:00", days=3)]
    assert read(events)[FINISH].due_at == at(due)


def test_a_grant_without_a_number_grants_what_was_asked_for() -> None:
    asked = [*filed(), event(E.EXTENSION_ASKED, "11-24 09:00", days=2)]
    assert read(asked)[FINISH].due_at == at("11-30 17:00")
    granted = [*asked, event(E.EXTENSION_GRANTED, "11-24 10:00")]
    assert read(granted)[FINISH].due_at == at("12-02 17:00")


def test_an_extension_is_followed_by_a_pause() -> None:
    events = [
        *filed(), event(E.EXTENSION_GRANTED, "11-24 09:00", days=1), event(E.ASKED, "11-25 09:00"),
        event(E.ANSWERED, "11-25 10:00"),
    ]  # fmt: skip
    assert read(events)[FINISH].due_at == at("12-02 09:30")
