"""Figures can be trusted: every rate of the town was counted by hand, on every database."""

from datetime import date

import pytest
from town import GOOD_REPLY, NOW, Town, lively, moment

from bot.departments import Role
from bot.drafts import Draft
from bot.facts import facts_of
from bot.figures import last_days
from bot.messages import Chat
from bot.rates import KINDS, SMALL, Share
from bot.store import Store
from bot.store.rates import MEASURES, Measure, Part
from bot.store.scope import Dimension, Scope
from bot.streets import street_of
from bot.tickets import EventKind, Kind

ALL = Scope()
# measure: numerator, denominator, and the same without the excluded ticket `seven`
BY_HAND = {
    Measure.SIGN: (4, 6, 4, 5),
    Measure.CONTACT: (2, 3, 2, 3),
    Measure.FINISH: (1, 4, 1, 3),
    Measure.FIRST_FINISH: (1, 5, 1, 4),
    Measure.ONCE: (2, 4, 1, 3),
    Measure.SOLVED: (2, 3, 2, 3),
    Measure.SOLVED_COVERAGE: (3, 4, 3, 3),
    Measure.SATISFIED: (1, 2, 1, 2),
    Measure.RATED: (2, 3, 2, 2),
    Measure.FOLLOWED_UP: (1, 3, 1, 2),
    Measure.HELD: (1, 1, 1, 1),
    Measure.HELD_COVERAGE: (1, 1, 1, 1),
    Measure.RETURNED: (1, 8, 1, 7),
    Measure.MOVED_ON: (2, 8, 2, 7),
    Measure.EXTENDED: (1, 7, 1, 6),
    Measure.REOPENED: (1, 4, 1, 3),
    Measure.REPEATED: (1, 8, 1, 7),
    Measure.OVERDUE: (3, 4, 2, 3),
    Measure.FALSE_CLOSING: (1, 4, 1, 3),
    Measure.DISPATCH: (5, 6, 4, 5),
    Measure.UNCONTACTABLE: (1, 6, 1, 6),
}


@pytest.fixture
def own_town(store: Store) -> Town:
    """One for a test that changes it."""
    town = lively(store)
    town.figures.refresh()
    return town


def test_every_rate_of_the_town_is_what_was_counted_by_hand(town: Town) -> None:
    (whole,) = town.store.figures.buckets(ALL, None, NOW, town.figures.follow_line(NOW))
    found = {
        measure: (t.numerator, t.denominator, t.adjusted_numerator, t.adjusted_denominator)
        for measure, t in whole.tallies.items()
    }
    assert found == BY_HAND
    assert (whole.tickets, whole.excluded) == (8, 1)


def test_handling_times_are_nearest_ranks_in_hours_and_in_working_hours(town: Town) -> None:
    total = town.figures.report(ALL, None, NOW).total
    assert total.times is not None
    assert total.adjusted_times is not None
    # one 25 h, seven 169 h, two 192 h; in working time 8 h, 36 h, 42 h
    assert (total.times.count, total.times.median, total.times.p90) == (3, 169 * 60, 192 * 60)
    assert (total.times.worked_median, total.times.worked_p90) == (36 * 60, 42 * 60)
    assert (total.adjusted_times.count, total.adjusted_times.median) == (2, 25 * 60)


def test_a_report_splits_by_unit_and_its_parts_add_up_to_the_whole(town: Town) -> None:
    report = town.figures.report(ALL, Dimension.DEPARTMENT, NOW)
    assert [(s.id, s.tickets) for s in report.slices][:2] == [
        ("urban-management", 3), ("business-environment", 1),
    ]  # fmt: skip
    for measure in BY_HAND:
        if measure in report.total.rates:
            parts = [piece.rates[measure].raw for piece in report.slices]
            assert sum(share.denominator for share in parts) == BY_HAND[measure][1]
    assert report.total.times == town.figures.report(ALL, None, NOW).total.times


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (Dimension.STREET, {"合作街": 4, "未说明": 2, "北海街": 1, "小河沿路": 1}),
        (Dimension.AUDIENCE, {"群众": 7, "企业": 1}),
        (Dimension.KIND, {"投诉": 6, "求助": 1, "咨询": 1}),
        (Dimension.CLOCK, {"投诉": 6, "求助": 1, "咨询": 1}),
    ],
)
def test_a_report_splits_by(town: Town, by: Dimension, expected: dict[str, int]) -> None:
    slices = town.figures.report(ALL, by, NOW).slices
    assert {piece.name: piece.tickets for piece in slices} == expected


def test_a_period_is_of_shanghai_days_and_its_end_is_not_in_it(town: Town) -> None:
    def tickets(start: str, end: str) -> int:
        scope = Scope(start=date.fromisoformat(start), end=date.fromisoformat(end))
        return town.figures.report(scope, None, NOW).total.tickets

    assert tickets("2026-11-02", "2026-11-03") == 3
    assert tickets("2026-11-03", "2026-11-05") == 1
    assert tickets("2026-11-20", "2026-11-21") == 3
    assert tickets("2027-01-01", "2027-02-01") == 0


def test_the_evening_before_midnight_in_shanghai_is_the_same_day(store: Store) -> None:
    town = Town(store)
    town.file("late", "2026-11-02 23:59", Kind.COMPLAINT, "garbage", None)
    town.file("early", "2026-11-03 00:01", Kind.COMPLAINT, "garbage", None)
    town.figures.refresh()
    days = {
        flow.day.day: flow.filed for flow in store.overview.flow(last_days(date(2026, 11, 3), 2))
    }
    assert days == {2: 1, 3: 1}


def test_the_tickets_behind_a_number_are_as_many_as_the_number_says(town: Town) -> None:
    def count(measure: Measure, part: Part) -> int:
        total, numbers = town.figures.tickets(ALL, measure, part, NOW, 100, 0)
        assert len(numbers) == total
        return total

    for measure, (numerator, denominator, *_) in BY_HAND.items():
        assert count(measure, Part.ALL) == denominator
        if measure is Measure.MOVED_ON:
            assert count(measure, Part.COUNTED) == 1  # one ticket, moved on twice
        else:
            assert count(measure, Part.COUNTED) == numerator
            assert count(measure, Part.MISSED) == denominator - numerator


def test_facts_follow_a_ticket_that_changes(own_town: Town) -> None:
    assert own_town.store.facts.behind(10) == []
    own_town.staff("six", "2026-11-23 09:00", EventKind.SIGNED)
    assert own_town.store.facts.behind(10) == [own_town.no["six"]]
    assert own_town.figures.refresh()
    _, signed = own_town.figures.tickets(ALL, Measure.SIGN, Part.COUNTED, NOW, 100, 0)
    assert own_town.no["six"] in signed


def test_a_refresh_stops_at_its_limit_and_says_that_some_are_behind(store: Store) -> None:
    town = lively(store)
    assert not town.figures.refresh(limit=3)
    assert len(store.facts.behind(100)) == 5
    assert town.figures.refresh(limit=5)


def test_figures_outlive_the_personal_data(own_town: Town) -> None:
    own_town.resident("three", "2026-11-22 09:00", EventKind.ANONYMISED)
    own_town.resident("six", "2026-11-22 09:00", EventKind.ANONYMISED)
    own_town.figures.refresh()
    (whole,) = own_town.store.figures.buckets(ALL, None, NOW, own_town.figures.follow_line(NOW))
    repeated, anonymous = whole.tallies[Measure.REPEATED], whole.tallies[Measure.UNCONTACTABLE]
    assert (repeated.numerator, anonymous.numerator) == (1, 1)
    streets = own_town.figures.report(ALL, Dimension.STREET, NOW).slices
    assert {s.name: s.tickets for s in streets}["合作街"] == 4


def test_no_per_cent_is_made_of_fewer_than_five_cases() -> None:
    assert Share(SMALL - 1, SMALL - 1).percent is None
    assert Share(2, SMALL).percent == 40.0
    assert Share(0, 0).percent is None


def test_unrated_is_not_satisfied_and_the_coverage_stands_beside_it(town: Town) -> None:
    rate = town.figures.report(ALL, None, NOW).total.rates[Measure.SATISFIED]
    assert rate.raw == Share(1, 2)
    assert rate.coverage == Share(2, 3)


def test_what_the_chat_window_did_is_counted_as_far_as_it_is_stored(store: Store) -> None:
    from bot.messages import Card, Reply

    town = Town(store)
    chat, now = Chat(channel="web", id="somebody-1"), moment("2026-11-20 10:00")
    card = Reply(text="带身份证", card=Card(title="身份证", lead="带上"))
    with store.atomic():
        store.outbox.put(chat, (card, Reply(text="还有别的吗")), now)
        store.outbox.put(chat, (card,), moment("2026-12-20 10:00"))
        store.notes.unanswered("天上有几颗星", (), now)
        store.notes.feedback("idcard", True, chat, now)
        store.notes.feedback("hukou", False, chat, now)
    town.file("human", "2026-11-20 11:00", Kind.CONSULTATION, None, None)
    town.figures.refresh()
    rates = town.figures.report(last_days(date(2026, 11, 23), 30), None, NOW).bot_rates
    assert rates == {
        "self_service": Share(1, 3), "useful": Share(1, 2), "refused": Share(1, 3),
        "handed_over": Share(1, 3),
    }  # fmt: skip


def test_every_measure_has_words_or_is_the_coverage_of_another() -> None:
    named = {kind.measure for kind in KINDS} | {kind.coverage for kind in KINDS if kind.coverage}
    assert named == set(Measure) == set(MEASURES)


@pytest.mark.parametrize(
    ("place", "street"),
    [
        ("沈阳市大东区小河沿路12号", "小河沿路"),
        ("东北大马路与小北街路口", "东北大马路"),
        ("北海街道新光社区", "北海街道"),
        ("大东路小东街道办事处", "小东街道"),
        ("津桥路6-3号楼下", "津桥路"),
        ("广宜街路灯不亮", "广宜街"),
        ("我家门口的路灯", "未说明"),
        ("门前马路上", "未说明"),
        ("背街小巷", "未说明"),
        ("高速公路", "未说明"),
        ("", "未说明"),
        (None, "未说明"),
    ],
)
def test_the_street_is_cut_from_what_the_resident_wrote(place: str | None, street: str) -> None:
    assert street_of(place) == street


def test_a_ticket_taken_back_owes_nothing_unless_the_limit_had_passed(store: Store) -> None:
    town = Town(store)
    town.file("soon", "2026-11-02 09:00", Kind.COMPLAINT, "parking", None)
    town.file("late", "2026-11-02 09:00", Kind.COMPLAINT, "parking", None)
    town.resident("soon", "2026-11-02 10:00", EventKind.WITHDRAWN)
    town.resident("late", "2026-11-05 10:00", EventKind.WITHDRAWN)

    def facts(name: str):  # type: ignore[no-untyped-def]
        events = store.tickets.events(town.no[name])
        return facts_of(town.desk.ticket(town.no[name]), events, town.policies, town.calendar)

    assert facts("soon").sign_by is None
    assert facts("late").sign_by is not None
    assert facts("late").signed_at is None
    assert facts("late").finished_at is None


def test_a_report_without_a_phone_is_counted_apart_from_the_contacts(store: Store) -> None:
    town = Town(store)
    for name, phone in (("called", "13812345678"), ("silent", None)):
        draft = Draft(
            kind=Kind.REPORT, chat=Chat(channel="web", id=name), subject="无证作坊", detail="无证作坊",
            category="garbage", contact=phone,
        )  # fmt: skip
        town.no[name] = town.desk.file(draft, moment("2026-11-02 09:00")).number
    town.tick("2026-11-04 09:00")
    town.figures.refresh()
    rates = town.figures.report(ALL, None, NOW).total.rates
    assert rates[Measure.CONTACT].raw == Share(0, 1)
    assert rates[Measure.UNCONTACTABLE].raw == Share(1, 2)
    assert town.desk.ticket(town.no["silent"]).contact_by is None
    signed = town.staff("silent", "2026-11-04 10:00", EventKind.SIGNED)
    told = town.store.tickets.events(signed.number)[-1].told
    assert "联系" not in told
    assert "前答复您" in told


def test_neither_doing_it_again_nor_stopping_the_clock_makes_a_missed_limit_a_kept_one(
    store: Store,
) -> None:
    town = Town(store)
    for name in ("again", "parked", "asked"):
        town.file(name, "2026-11-02 09:00", Kind.COMPLAINT, "garbage", None)
        town.staff(name, "2026-11-02 10:00", EventKind.SIGNED)
        town.staff(name, "2026-11-02 11:00", EventKind.CONTACTED)
    # the limit of all three was Monday 9 November, 17:00; `asked` waited for its resident before
    town.staff("asked", "2026-11-09 16:00", EventKind.ASKED, "哪一户？")
    town.staff(
        "parked", "2026-11-10 10:00", EventKind.PARKED, "等审批", Role.SUPERVISOR, date="2026-12-30"
    )
    town.staff("again", "2026-11-10 10:00", EventKind.REPLIED, GOOD_REPLY)
    town.resident("again", "2026-11-10 11:00", EventKind.DISPUTED, "没修")
    town.resident("again", "2026-11-10 11:00", EventKind.REOPENED, "没修")

    def share(measure: Measure) -> Share:
        town.figures.refresh()
        return town.figures.report(ALL, None, moment("2026-11-12 10:00")).total.rates[measure].raw

    assert share(Measure.OVERDUE) == Share(2, 2), "the second round runs, the first was missed"
    town.staff("again", "2026-11-11 10:00", EventKind.REPLIED, GOOD_REPLY)
    assert share(Measure.OVERDUE) == Share(2, 2)
    assert share(Measure.FINISH) == Share(0, 2)
    assert share(Measure.FIRST_FINISH) == Share(0, 3), "the first promise knows no pause"
    late = {name for name, no in town.no.items() if no in _late(town)}
    assert late == {"again", "parked"}


def _late(town: Town) -> list[str]:
    at = moment("2026-11-12 10:00")
    return town.figures.tickets(ALL, Measure.OVERDUE, Part.COUNTED, at, 10, 0)[1]
