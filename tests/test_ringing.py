"""The duty group is called until an urgent ticket is signed: ten minutes apart, each call once."""

from contextlib import closing
from datetime import timedelta

from at_once import at_once
from conftest import populate
from desks import START, Counter, counter, desk_on

from bot.departments import Role
from bot.ringing import Ringing
from bot.store import Store, open_store
from bot.tickets import EventKind, Ticket


def calls(store: Store) -> list[str]:
    lines = store.database.query(
        "select words from lines where voice = 'duty' and words like '%还没有人签收%' order by id"
    )
    return [line["words"] for line in lines]


def leak(at: Counter) -> Ticket:
    ticket = at.file(urgent="gas-leak", subject="燃气泄漏", department="gas-utility")
    assert ticket.sign_by == START + timedelta(minutes=15)
    return ticket


def ring_each_minute(ringing: Ringing, first: int, last: int) -> None:
    for minute in range(first, last):
        ringing.ring(START + timedelta(minutes=minute))


def test_an_unsigned_danger_is_called_every_ten_minutes_and_signing_stops_it() -> None:
    at = counter()
    ticket = leak(at)
    ringing, store = Ringing(at.desk), at.desk.store
    ring_each_minute(ringing, 0, 25)
    assert calls(store) == []  # until then the warnings of the clock
    ring_each_minute(ringing, 25, 46)
    told = [words.partition("｜")[0] for words in calls(store)]
    assert [words.partition("。")[0] for words in told] == [
        f"🔴 还没有人签收，已经过了{minutes}分钟" for minutes in (10, 20, 30)
    ]
    assert "经办燃气企业经办、负责人燃气企业负责人" in told[0]
    at.desk.move(
        ticket.number,
        EventKind.SIGNED,
        at.person(Role.SUPERVISOR),
        START + timedelta(minutes=46),
    )
    ring_each_minute(ringing, 46, 120)
    assert len(calls(store)) == 3


def test_a_calm_ticket_and_a_stop_of_hours_ring_no_row_of_calls() -> None:
    at = counter()
    at.file()
    leak(at)
    ringing = Ringing(at.desk)
    ringing.ring(START + timedelta(hours=9))
    ringing.ring(START + timedelta(hours=9, seconds=5))
    assert len(calls(at.desk.store)) == 1


def test_several_processes_call_once(store_url: str) -> None:
    with closing(open_store(store_url)) as store:
        populate(store, START)
        leak(Counter(desk_on(store)))
        now = START + timedelta(minutes=30)
        at_once(store_url, 4, lambda own: Ringing(desk_on(own)).ring(now))
        assert len(calls(store)) == 1
