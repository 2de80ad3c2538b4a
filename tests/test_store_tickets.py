"""The contract of the store, on every database: tickets, their lists and who follows them."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.messages import Chat, Location
from bot.store import QueueFilter, Store, open_store
from bot.store.filters import order, where
from bot.store.tickets import ALIKE
from bot.tickets import BOT, OPEN, EventKind, Kind, State, Ticket, TicketEvent

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
CHAT = Chat(channel="telegram", id="4711")
OTHER = Chat(channel="web", id="s3cret")


def ticket(n: int = 1, **more: object) -> Ticket:
    given: dict[str, object] = {
        "number": f"DD20261123-{n:04d}", "kind": Kind.COMPLAINT, "state": State.RECEIVED, "chat": CHAT,
        "subject": "路灯不亮", "detail": "合作街12号路灯三天不亮", "filed_at": NOW + timedelta(seconds=n),
        "clock": "complaint",
    }  # fmt: skip
    return Ticket(**(given | more))  # type: ignore[arg-type]


def numbers(tickets: list[Ticket]) -> list[int]:
    return [int(each.number[-4:]) for each in tickets]


def test_numbers_run_through_a_day(store: Store) -> None:
    days = [date(2026, 11, 23)] * 2 + [date(2026, 11, 24)]
    given = [store.tickets.next_number(day) for day in days]
    assert given == ["DD20261123-0001", "DD20261123-0002", "DD20261124-0001"]


def test_a_secret_has_eight_signs_that_cannot_be_mistaken(store: Store) -> None:
    secrets = {store.tickets.new_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert all(len(secret) == 8 and not set(secret) & set("01ILO") for secret in secrets)


def test_a_ticket_comes_back_as_it_was_filed(store: Store) -> None:
    full = ticket(
        category="street-light", urgent="electric-hazard", location="合作街12号",
        spot=Location(latitude=41.8, longitude=123.5), contact="13912345678", anonymous=True,
        department="urban", co_units=("power", "road"), handler=1, checker=2, claimed_by=1, level=1,
        colour="red", returns=2, designated=True, extensions=1, reminders=3, followers=4, reopenings=1,
        merged_into="DD20261122-0001", sign_by=NOW, contact_by=NOW, finish_by=NOW, first_finish_by=NOW,
        next_alarm_at=NOW, park_until=date(2026, 12, 1), replied_at=NOW, closed_at=NOW, solved=False,
        rating=2, excluded="weather", secret="ABCD2345", audience="enterprise",
    )  # fmt: skip
    store.tickets.add(full)
    store.tickets.add(ticket(2, chat=None))
    assert store.tickets.find(full.number) == full
    assert store.tickets.find("DD20261123-0002") == ticket(2, chat=None)
    assert store.tickets.find("DD20261123-9999") is None


def test_two_people_cannot_change_one_ticket_at_once(store: Store) -> None:
    read_by_both = ticket()
    store.tickets.add(read_by_both)
    assert store.tickets.change(read_by_both, replace(read_by_both, state=State.DISPATCHED))
    assert not store.tickets.change(read_by_both, replace(read_by_both, state=State.WITHDRAWN))
    kept = store.tickets.find(read_by_both.number)
    assert kept == replace(read_by_both, state=State.DISPATCHED, version=1)
    assert store.tickets.change(kept, replace(kept, state=State.SIGNED))


def test_the_queue_is_sorted_by_time_left_and_open_tickets_come_first(store: Store) -> None:
    store.tickets.add(ticket(1, finish_by=NOW + timedelta(days=2)))
    store.tickets.add(ticket(2, finish_by=NOW + timedelta(days=1)))
    store.tickets.add(ticket(3))
    store.tickets.add(ticket(4, finish_by=NOW, state=State.CLOSED))
    assert numbers(store.tickets.queue(QueueFilter())) == [2, 1, 3, 4]
    assert numbers(store.tickets.queue(QueueFilter(limit=2, offset=1))) == [1, 3]
    assert numbers(store.tickets.queue(QueueFilter(newest_first=True))) == [4, 3, 2, 1]
    assert store.tickets.count(QueueFilter(limit=2)) == 4


FILTERS: list[tuple[QueueFilter, list[int]]] = [
    (QueueFilter(states=OPEN), [1, 2, 5]),
    (QueueFilter(states=(State.RECEIVED,)), [1, 5]),
    (QueueFilter(states=(State.SIGNED, State.CLOSED)), [2, 3]),
    (QueueFilter(states=(State.CLOSED, State.ARCHIVED)), [3, 4]),
    (QueueFilter(departments=("urban",)), [2, 3]),
    (QueueFilter(departments=("urban", "road")), [2, 3, 4]),
    (QueueFilter(handler=7), [2]),
    (QueueFilter(category="noise"), [3]),
    (QueueFilter(categories=("noise", "parking")), [3, 4]),
    (QueueFilter(kinds=(Kind.REPORT, Kind.HELP)), [4, 5]),
    (QueueFilter(colour="red"), [5]),
    (QueueFilter(urgent_only=True), [1]),
    (QueueFilter(overdue_at=NOW), [2]),
    (QueueFilter(overdue_at=NOW, states=(State.RECEIVED,)), []),
    (QueueFilter(words="三天 合作街"), [1, 2, 3, 5]),
    (QueueFilter(words="100%"), [4]),
    (QueueFilter(words="ABC公司"), [4]),
    (QueueFilter(place="12号"), [2]),
    (QueueFilter(number="dd20261123-0003"), [3]),
    (QueueFilter(number="20261123"), [1, 2, 3, 4, 5]),
    (QueueFilter(number="0004"), [4]),
    (QueueFilter(phone_tail="5678"), [2]),
    (QueueFilter(phone_tail="345678"), [2]),
    (QueueFilter(phone_tail="78"), [2]),
    (QueueFilter(phone_tail="995678"), []),
    (
        QueueFilter(filed_from=NOW + timedelta(seconds=2), filed_to=NOW + timedelta(seconds=4)),
        [2, 3],
    ),
    (QueueFilter(departments=("urban",), states=OPEN, words="路灯", overdue_at=NOW), [2]),
]


def test_the_queue_shows_what_was_asked_for(store: Store) -> None:
    for each in (
        ticket(1, urgent="fire"),
        ticket(
            2, state=State.SIGNED, department="urban", handler=7, location="合作街12号",
            contact="139 1234 5678", finish_by=NOW - timedelta(days=1),
        ),
        ticket(3, state=State.CLOSED, department="urban", category="noise", finish_by=NOW - timedelta(days=1)),
        ticket(
            4, state=State.ARCHIVED, department="road", kind=Kind.REPORT, category="parking",
            contact="13912345678", detail="abc公司漏税100%", subject="举报",
        ),
        ticket(5, kind=Kind.HELP, colour="red", contact="13912345678", anonymous=True),
    ):  # fmt: skip
        store.tickets.add(each)
    for wanted, found in FILTERS:
        assert sorted(numbers(store.tickets.queue(wanted))) == found, wanted
        assert store.tickets.count(wanted) == len(found), wanted


@pytest.mark.parametrize(
    "wanted",
    [
        QueueFilter(),
        QueueFilter(states=OPEN),
        QueueFilter(states=(State.CLOSED,)),
        QueueFilter(departments=("urban",)),
        QueueFilter(departments=("urban",), states=OPEN, overdue_at=NOW),
        QueueFilter(handler=1, states=OPEN),
        QueueFilter(category="noise"),
        QueueFilter(newest_first=True, filed_from=NOW),
        QueueFilter(number="DD20261123"),
    ],
    ids=repr,
)
def test_a_page_of_the_queue_is_read_off_an_index(wanted: QueueFilter) -> None:
    """However many tickets there are: nothing is sorted, and no table is read through."""
    conditions, params = where(wanted)
    sql = f"select * from tickets where {conditions} order by {order(wanted)} limit 50"
    with closing(open_store(":memory:")) as store:
        rows = store.database.query(f"explain query plan {sql}", params)
    plan = " / ".join(row["detail"] for row in rows)
    assert "USING INDEX" in plan, plan
    if not wanted.number:
        assert "B-TREE" not in plan, plan


def test_open_neighbours_of_a_matter_are_read_off_an_index(store: Store) -> None:
    """On both databases, newest first, however many open tickets the category has."""
    for n in range(1, 300):
        category, state = (
            ("noise", "heating", "water")[n % 3],
            State.CLOSED if n % 5 else State.SIGNED,
        )
        store.tickets.add(ticket(n, category=category, state=state))
    if store.database.dialect == "postgres":
        store.database.execute("analyze tickets")
        plan = _plan(store, "explain select * from tickets", "QUERY PLAN")
        assert "Index Scan using tickets_alike" in plan, plan
        assert "Sort" not in plan, plan
    else:
        plan = _plan(store, "explain query plan select * from tickets", "detail")
        assert "USING INDEX tickets_alike" in plan, plan
        assert "B-TREE" not in plan, plan
    found = store.tickets.alike("noise", NOW - timedelta(days=1), 5)
    assert {t.category for t in found} == {"noise"}
    assert [t.filed_at for t in found] == sorted((t.filed_at for t in found), reverse=True)


def _plan(store: Store, select: str, column: str) -> str:
    params = {"category": "noise", "since": "2026-11-20", "limit": 5}
    return " / ".join(row[column] for row in store.database.query(f"{select} {ALIKE}", params))


def test_who_helps_and_who_waits_for_more_time_is_found(store: Store) -> None:
    for n in range(1, 5):
        store.tickets.add(ticket(n, co_units=("power", "road") if n == 2 else ("powerhouse",)))
    history = {1: ["asked"], 2: ["asked", "granted", "asked"], 3: ["asked", "refused"], 4: []}
    for n, happened in history.items():
        for word in happened:
            store.tickets.append(
                TicketEvent(
                    number=f"DD20261123-{n:04d}",
                    kind=EventKind(f"extension_{word}"),
                    actor=BOT,
                    at=NOW,
                )
            )
    assert numbers(store.tickets.queue(QueueFilter(co_unit="power"))) == [2]
    assert numbers(store.tickets.queue(QueueFilter(extension_asked=True))) == [1, 2]
    every = [f"DD20261123-{n:04d}" for n in history]
    assert store.tickets.extensions_asked(every) == frozenset(every[:2])
    assert store.tickets.extensions_asked([]) == frozenset()


def test_a_chat_sees_its_own_and_followed_tickets_newest_first(store: Store) -> None:
    store.tickets.add(ticket(1))
    store.tickets.add(ticket(2, chat=OTHER))
    store.tickets.add(ticket(3))
    store.tickets.add(ticket(4, chat=OTHER))
    store.tickets.follow("DD20261123-0002", CHAT, NOW, "我家也是")
    assert numbers(store.tickets.of_chat(CHAT)) == [3, 2, 1]


def test_a_resident_follows_a_ticket_once_and_never_his_own(store: Store) -> None:
    store.tickets.add(ticket(1, chat=OTHER))
    store.tickets.add(ticket(2, chat=None))
    assert store.tickets.follow("DD20261123-0001", CHAT, NOW)
    assert not store.tickets.follow("DD20261123-0001", CHAT, NOW)
    assert not store.tickets.follow("DD20261123-0001", OTHER, NOW)
    assert store.tickets.follow("DD20261123-0002", OTHER, NOW)
    assert not store.tickets.follow("DD20261123-0009", OTHER, NOW)
    assert store.tickets.followers("DD20261123-0001") == [CHAT]


def test_what_is_due_comes_earliest_first(store: Store) -> None:
    for n, minutes in ((1, 5), (2, -5), (3, 0)):
        store.tickets.add(ticket(n, next_alarm_at=NOW + timedelta(minutes=minutes)))
    store.tickets.add(ticket(4))
    assert numbers(store.tickets.due(NOW, 9)) == [2, 3]
    assert numbers(store.tickets.due(NOW, 1)) == [2]


def test_open_tickets_of_a_category_are_found(store: Store) -> None:
    store.tickets.add(ticket(1, category="noise"))
    store.tickets.add(ticket(2, category="noise", state=State.CLOSED))
    store.tickets.add(ticket(3, category="noise"))
    store.tickets.add(ticket(4, category="parking"))
    assert numbers(store.tickets.alike("noise", NOW, 9)) == [3, 1]
    assert numbers(store.tickets.alike("noise", NOW + timedelta(seconds=2), 9)) == [3]
    assert store.tickets.alike(None, NOW, 9) == []


def test_the_load_of_a_unit_is_counted_by_person(store: Store) -> None:
    for n, handler, state in ((1, 7, State.SIGNED), (2, 7, State.SIGNED), (3, 8, State.PARKED),
                              (4, 8, State.CLOSED), (5, None, State.RECEIVED)):  # fmt: skip
        store.tickets.add(ticket(n, department="urban", handler=handler, state=state))
    assert store.tickets.open_load("urban") == {7: 2, 8: 1}
    assert store.tickets.open_load("road") == {}


def test_every_number_is_walked_through_page_by_page(store: Store) -> None:
    with store.atomic():
        for n in range(1203):
            store.tickets.add(ticket(n, filed_at=NOW))
    every = [f"DD20261123-{n:04d}" for n in range(1203)]
    assert list(store.tickets.numbers()) == every
    filed = store.tickets.filed_between(NOW, NOW + timedelta(seconds=1))
    assert [each.number for each in filed] == every
    assert list(store.tickets.filed_between(NOW - timedelta(days=1), NOW)) == []


def test_words_are_looked_for_in_open_tickets_and_in_the_newest_others(store: Store) -> None:
    """The clear bound: a word that nobody wrote is not looked for in a million tickets."""
    for n, state in enumerate([State.SIGNED, *[State.CLOSED] * 5], start=1):
        store.tickets.add(ticket(n, state=state, filed_at=NOW + timedelta(minutes=n)))
    for wanted in (QueueFilter(words="路灯", reach=3), QueueFilter(number="-000", reach=3)):
        assert sorted(numbers(store.tickets.queue(wanted))) == [1, 4, 5, 6]
        assert store.tickets.count(wanted) == 4
        assert store.tickets.reach(wanted) == NOW + timedelta(minutes=3)
    earlier = QueueFilter(words="路灯", reach=3, filed_to=NOW + timedelta(minutes=4))
    assert sorted(numbers(store.tickets.queue(earlier))) == [1, 2, 3]
    assert store.tickets.reach(earlier) is None
    assert store.tickets.reach(QueueFilter(words="路灯", reach=6)) is None
    assert store.tickets.reach(QueueFilter(reach=3)) is None
    assert len(store.tickets.queue(QueueFilter(reach=3))) == 6
