"""Random stories of a ticket, read by deadlines.py and by a person with a stop-watch: no disagreement."""

from datetime import timedelta

import reference_clock as reference
from clock_words import E, calendar, event, policies, read
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alarms import alarms
from bot.moves import MOVES
from bot.tickets import EventKind, State, TicketEvent
from bot.workdays import ZONE

SPANS: reference.Spans = {
    "danger": {"sign": ("minutes", 15), "contact": ("minutes", 30), "finish": ("minutes", 120)},
    "utilities": {
        "sign": ("minutes", 30),
        "contact": ("minutes", 120),
        "finish": ("minutes", 1440),
    },
    "consultation": {"sign": ("days", 1), "contact": None, "finish": ("days", 3)},
    "complaint": {"sign": ("days", 1), "contact": ("days", 1), "finish": ("days", 5)},
    "report": {"sign": ("days", 1), "contact": ("days", 1), "finish": ("days", 15)},
    "hard": {"sign": ("days", 1), "contact": ("days", 1), "finish": ("days", 15)},
}
# as much after filing as keeps every due within 2026, the year the reference knows
starts = st.one_of(
    st.integers(0, 230 * 1440),
    st.integers(40 * 1440, 56 * 1440),
    st.integers(225 * 1440, 230 * 1440),
)
gaps = st.one_of(st.just(0), st.integers(1, 59), st.integers(60, 3 * 1440))
LABELS = (None, None, *SPANS)
# half of what happens starts or ends a pause: with every kind as likely, one pause after another is rare
PAUSING = (E.ASKED, E.ANSWERED, E.PARKED, E.RESUMED)
KINDS = st.one_of(st.sampled_from(PAUSING), st.sampled_from(sorted(set(E) - {E.FILED})))


def _data(draw: st.DrawFn, kind: EventKind, minute: int) -> dict[str, object]:
    if kind in (E.RELABELLED, E.RAISED):
        return {"clock": draw(st.sampled_from(LABELS))}
    if kind is E.BREACHED and draw(st.booleans()):
        promised = reference.moment_of(minute + draw(st.integers(1, 4 * 1440)))
        return {"promised": promised.isoformat()}
    if kind is E.EXTENSION_ASKED:
        return {"days": draw(st.integers(1, 5))}
    return (
        {"days": draw(st.integers(1, 5))}
        if kind is E.EXTENSION_GRANTED and draw(st.booleans())
        else {}
    )


@st.composite
def stories(draw: st.DrawFn, legal: bool) -> list[TicketEvent]:
    """Filed and what followed; legal: only moves the table allows from state to state."""
    minute, state, extensions = draw(starts), State.RECEIVED, 0
    clock = draw(st.sampled_from(sorted(SPANS)))
    reach = draw(st.sampled_from(("phone", "chat", "none")))
    events = [event(E.FILED, reference.moment_of(minute), clock=clock, reach=reach)]
    for _ in range(draw(st.integers(0, 14))):
        rows = [row for row in MOVES if state in row.origin and (row.to or row.event in TELLING)]
        if not rows:
            break
        pausing = [row for row in rows if row.event in PAUSING]
        row = draw(st.sampled_from(pausing if pausing and draw(st.booleans()) else rows))
        kind = row.event if legal else draw(KINDS)
        extensions += kind is E.EXTENSION_GRANTED
        if kind is E.EXTENSION_GRANTED and extensions > 2:
            continue
        state = (row.to or state) if legal else state
        minute += draw(gaps)
        events.append(event(kind, reference.moment_of(minute), **_data(draw, kind, minute)))
    return events


TELLING = (E.RELABELLED, E.RAISED, E.BREACHED, E.EXTENSION_ASKED, E.EXTENSION_GRANTED, E.CLAIMED)


@given(events=st.one_of(stories(legal=True), stories(legal=False)))
@settings(max_examples=250, deadline=None)
def test_a_person_with_a_stop_watch_comes_to_the_same_dues(events: list[TicketEvent]) -> None:
    plain = reference.clocks(events, SPANS)
    readings = read(events)
    assert {
        name.value: (r.started_at, r.due_at, r.met_at, r.paused_since, r.paused, r.changed_at)
        for name, r in readings.items()
    } == {
        name: (
            reference.moment_of(c.started if c.began is None else c.began), reference.moment_of(c.due),
            None if c.met is None else reference.moment_of(c.met),
            None if c.paused_since is None else reference.moment_of(c.paused_since),
            timedelta(minutes=c.stood), None if c.changed is None else reference.moment_of(c.changed),
        )
        for name, c in plain.items()
    }  # fmt: skip
    ringing = {
        (
            alarm.clock.value,
            alarm.percent,
            -((reference.NEW_YEAR - alarm.at) // timedelta(minutes=1)),
        )
        for alarm in alarms(readings, policies, calendar)
    }
    assert ringing == {
        (name, percent, at)
        for name, c in plain.items()
        if c.met is None and c.paused_since is None
        for percent in (50, 80, 100)
        if (at := c.share_used_at(percent)) > (c.changed or 0)
        or percent == 100
        or c.changed is None
    }


@given(events=stories(legal=True), wait=st.integers(0, 20 * 1440))
@settings(max_examples=80, deadline=None)
def test_each_due_moment_that_goes_by_is_recorded_once(
    events: list[TicketEvent], wait: int
) -> None:
    """Whatever extensions, classes and pauses come after it: a new due is a new promise to keep."""
    end = reference.minute_of(events[-1].at) + wait
    recorded: dict[str, tuple[str, int]] = {}
    for known in range(1, len(events) + 1):
        until = events[known].at if known < len(events) else reference.moment_of(end)
        for alarm in alarms(read(events[:known]), policies, calendar):
            if alarm.percent == 100 and alarm.at < until:
                recorded[alarm.key] = (alarm.clock.value, reference.minute_of(alarm.at))
    assert len(set(recorded.values())) == len(recorded)
    assert set(recorded.values()) == reference.passed(events, SPANS, end)


@given(events=stories(legal=True))
@settings(max_examples=60, deadline=None)
def test_the_same_events_in_another_zone_give_the_same_readings(events: list[TicketEvent]) -> None:
    local = [event(each.kind, each.at.astimezone(ZONE), **each.data) for each in events]
    assert read(local) == read(events)
    assert alarms(read(local), policies, calendar) == alarms(read(events), policies, calendar)
