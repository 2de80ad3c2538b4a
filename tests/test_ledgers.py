"""The three ledgers name the tickets and the rule that put each one in."""

from datetime import date

import pytest
from town import NOW, Town, moment

from bot.deadlines import load_policies
from bot.ledgers import (
    LEDGER_NAMES,
    RULES,
    THRESHOLDS,
    Ledger,
    Rule,
    overdue_line,
    rule_name,
    way_of,
)
from bot.store import Store
from bot.store.scope import Scope
from bot.tickets import EventKind, Kind

ALL = Scope()
E = EventKind


def entries(
    town: Town, ledger: Ledger, scope: Scope = ALL, at: str = ""
) -> dict[str, tuple[Rule, ...]]:
    names = {number: name for name, number in town.no.items()}
    params = THRESHOLDS.params(moment(at) if at else NOW, town.calendar)
    found = town.store.ledgers.entries(ledger, scope, params, 100)
    assert town.store.ledgers.count(ledger, scope, params) == len(found)
    assert sum(town.store.ledgers.by_unit(ledger, scope, params).values()) == len(found)
    return {names[entry.number]: entry.rules for entry in found}


def test_the_towns_ledgers_are_what_was_read_off_by_hand(town: Town) -> None:
    assert entries(town, Ledger.LINGERING) == {"eight": (Rule.LONG_OVERDUE,)}
    assert entries(town, Ledger.PASSED_ON) == {"four": (Rule.RETURNED_AGAIN,)}
    assert entries(town, Ledger.POORLY_DONE) == {
        "three": (Rule.FALSE_CLOSING, Rule.REOPENED),
        "two": (Rule.BREACHED, Rule.RATED_LOW),
        "eight": (Rule.BREACHED,),
    }


def test_an_excluded_ticket_is_in_no_ledger(town: Town) -> None:
    assert all("seven" not in entries(town, ledger) for ledger in Ledger)


def test_a_period_leaves_out_what_is_done_but_never_what_is_open(town: Town) -> None:
    late = Scope(start=date(2026, 11, 20), end=date(2026, 11, 24))
    assert set(entries(town, Ledger.POORLY_DONE, late)) == {"three", "eight"}
    assert set(entries(town, Ledger.LINGERING, late)) == {"eight"}


def test_a_unit_sees_its_own(town: Town) -> None:
    fire = Scope(departments=("fire",))
    assert set(entries(town, Ledger.LINGERING, fire)) == {"eight"}
    assert entries(town, Ledger.PASSED_ON, fire) == {}


def test_five_working_days_over_are_not_yet_more_than_five(town: Town) -> None:
    # eight was due on Monday 9 November at 17:00; the fifth working day after ends on Monday the 16th
    assert entries(town, Ledger.LINGERING, at="2026-11-16 17:00") == {}
    assert set(entries(town, Ledger.LINGERING, at="2026-11-16 17:01")) == {"eight"}


@pytest.mark.parametrize(
    ("now", "oldest_not_in"),
    [
        (
            "2026-11-23 10:00",
            "2026-11-16",
        ),  # five working days after Monday the 16th end today at 17:00
        ("2026-11-23 17:01", "2026-11-17"),
        (
            "2026-10-09 10:00",
            "2026-09-24",
        ),  # neither the Mid-Autumn holidays nor those of October count
    ],
)
def test_the_line_is_drawn_in_working_days(now: str, oldest_not_in: str) -> None:
    _, calendar = load_policies()
    line = overdue_line(moment(now), THRESHOLDS.overdue_days, calendar)
    assert calendar.local(line).date().isoformat() == oldest_not_in


def test_parked_twice_extended_twice_transferred_twice_reminded_three_times(store: Store) -> None:
    from bot.departments import Role

    town = Town(store)
    town.file("hard", "2026-11-02 09:00", Kind.COMPLAINT, "garbage", None)
    for hour, unit in (("09:10", "housing"), ("09:20", "urban-management")):
        town.staff(
            "hard", f"2026-11-02 {hour}", E.TRANSFERRED, "归口", Role.SUPERVISOR, department=unit
        )
    for day in ("03", "03", "04"):
        town.resident("hard", f"2026-11-{day} 09:00", E.REMINDED)
    for day in ("05", "06"):
        town.staff(
            "hard", f"2026-11-{day} 09:00", E.PARKED, "等材料", Role.SUPERVISOR, date="2026-11-30"
        )
        town.staff("hard", f"2026-11-{day} 10:00", E.RESUMED, role=Role.SUPERVISOR)
    for day in ("06", "09"):
        town.staff("hard", f"2026-11-{day} 11:00", E.EXTENSION_ASKED, "等配件", days=5)
        town.staff("hard", f"2026-11-{day} 12:00", E.EXTENSION_GRANTED, role=Role.HEAD)
    town.file("told", "2026-11-02 09:00", Kind.COMPLAINT, "garbage", None)
    town.staff(
        "told", "2026-11-02 10:00", E.DESIGNATED, "由你办", Role.SUPERVISOR, department="housing"
    )
    town.figures.refresh()
    now = "2026-11-12 10:00"
    assert entries(town, Ledger.LINGERING, at=now) == {
        "hard": (Rule.PARKED_AGAIN, Rule.EXTENDED_AGAIN)
    }
    assert entries(town, Ledger.PASSED_ON, at=now) == {
        "hard": (Rule.TRANSFERRED_AGAIN,), "told": (Rule.DESIGNATED,),
    }  # fmt: skip
    assert entries(town, Ledger.POORLY_DONE, at=now) == {"hard": (Rule.REMINDED_OFTEN,)}


def test_a_matter_parked_when_it_was_late_already_still_lingers(store: Store) -> None:
    from bot.departments import Role

    town = Town(store)
    for name in ("late", "in-time"):
        town.file(name, "2026-11-02 09:00", Kind.COMPLAINT, "garbage", None)
    for name, at in (("in-time", "2026-11-09 16:00"), ("late", "2026-11-10 09:00")):
        town.staff(name, at, E.PARKED, "等材料", Role.SUPERVISOR, date="2026-12-30")
    town.figures.refresh()
    assert set(entries(town, Ledger.LINGERING)) == {"late"}


def test_every_rule_has_words_and_a_ledger() -> None:
    assert sorted(rule for rules in RULES.values() for rule in rules) == sorted(Rule)
    assert all(rule_name(rule) for rule in Rule)
    assert set(LEDGER_NAMES) == set(Ledger)


def test_the_way_of_a_ticket_names_who_had_it_before(town: Town) -> None:
    events = town.store.tickets.events(town.no["four"])
    assert way_of(events) == ("urban-management", "housing", "subdistrict")
