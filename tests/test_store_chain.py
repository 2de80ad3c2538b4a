"""A ticket's history can be proved: whatever is done to its rows, the chain says where."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.departments import Role
from bot.errors import AlreadyHappened, TicketNotFound
from bot.messages import Attachment, AttachmentKind, Chat, Location, Reply
from bot.store import Store
from bot.tickets import BOT, CLOCK, RESIDENT, Actor, EventKind, Kind, State, Ticket, TicketEvent

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
NUMBER = "DD20261123-0001"
PHOTO = Attachment(kind=AttachmentKind.PHOTO, file="a.jpg")
AGENT = Actor(role=Role.AGENT, id=7, name="张三", department="urban")


def event(kind: EventKind = EventKind.NOTED, note: str = "看过了", **more: object) -> TicketEvent:
    given: dict[str, object] = {"actor": AGENT}
    return TicketEvent(number=NUMBER, kind=kind, at=NOW, note=note, **(given | more))  # type: ignore[arg-type]


TICKET = Ticket(
    number=NUMBER, kind=Kind.HELP, state=State.RECEIVED, chat=None, subject="s", detail="d",
    filed_at=NOW, clock="help",
)  # fmt: skip


@pytest.fixture
def filed(store: Store) -> Store:
    store.tickets.add(TICKET)
    return store


@pytest.fixture
def history(filed: Store) -> Store:
    spot = Location(latitude=41.8, longitude=123.5)
    filed.tickets.append(
        event(EventKind.FILED, "", actor=BOT, data={"category": "noise", "location": "合作街12号", "spot": spot},
              attachments=(PHOTO,))
    )  # fmt: skip
    filed.tickets.append(event(EventKind.SUPPLEMENTED, "我叫李四", actor=RESIDENT, public=True))
    filed.tickets.append(event(EventKind.SIGNED, "", public=True, told="张三签收了"))
    filed.tickets.append(event())
    return filed


def test_events_come_back_as_they_were_added_and_each_holds_the_hash_of_the_one_before(
    filed: Store,
) -> None:
    first = filed.tickets.append(
        event(
            EventKind.FILED,
            data={"days": 3, "contact": "139", "units": ["a"]},
            attachments=(PHOTO,),
        )
    )
    second = filed.tickets.append(event(told="好", public=True))
    assert filed.tickets.events(NUMBER) == [first, second]
    assert (first.seq, first.previous) == (1, "")
    assert (second.seq, second.previous) == (2, first.hash)
    assert first.data == {"days": 3, "contact": "139", "units": ["a"]}
    assert filed.tickets.chain_break(NUMBER) is None


def test_a_ticket_without_a_history_is_whole(filed: Store) -> None:
    assert filed.tickets.chain_break(NUMBER) is None


def test_a_ticket_that_is_not_there_has_no_history(store: Store) -> None:
    with pytest.raises(TicketNotFound):
        store.tickets.append(event())
    with pytest.raises(TicketNotFound):
        store.tickets.chain_break(NUMBER)


def test_what_happens_once_cannot_happen_twice_and_leaves_no_trace(filed: Store) -> None:
    alarm = event(EventKind.WARNED, actor=CLOCK, data={"once": "finish:50"})
    filed.tickets.append(alarm)
    with filed.atomic():
        with pytest.raises(AlreadyHappened):
            filed.tickets.append(alarm)
        filed.tickets.append(event())
    assert filed.tickets.has_event(NUMBER, "finish:50")
    assert not filed.tickets.has_event(NUMBER, "finish:80")
    assert [each.seq for each in filed.tickets.events(NUMBER)] == [1, 2]
    assert filed.tickets.chain_break(NUMBER) is None


TAMPERINGS = [
    ("update events set note = '改了' where seq = 2", 2),
    ("update events set told = '' where seq = 3", 3),
    ("update events set attachments = '[]' where seq = 1", 1),
    ("update events set private = '{}' where seq = 1", 1),
    ("update events set data = '{}' where seq = 1", 1),
    ("update events set kind = 'noted' where seq = 3", 3),
    ("update events set actor_name = '王五' where seq = 3", 3),
    ("update events set actor_id = 8 where seq = 4", 4),
    ("update events set at = '2026-11-22T01:30:00.000000+00:00' where seq = 2", 2),
    ("update events set public = 0 where seq = 2", 2),
    ("update events set seal = 'x' where seq = 2", 2),
    ("update events set hash = 'x' where seq = 4", 4),
    ("update events set note = '', salt = '', erased = 1 where seq = 2", 2),
    ("delete from events where seq = 1", 1),
    ("delete from events where seq = 2", 2),
    ("delete from events where seq = 4", 4),
    ("delete from events", 1),
    (
        "update events set seq = case seq when 2 then 13 else 12 end where seq in (2, 3);"
        "update events set seq = seq - 10 where seq > 10",
        2,
    ),
    (
        "update events set seq = 5 where seq = 4; update events set seq = 4 where seq = 3;"
        "insert into events select number, 3, kind, actor_role, actor_id, actor_name, actor_department, at,"
        " data, public, once, note, told, attachments, private, salt, seal, previous, hash, erased"
        " from events where seq = 2",
        3,
    ),
    (
        "insert into events select number, 5, kind, actor_role, actor_id, actor_name, actor_department, at,"
        " data, public, once, note, told, attachments, private, salt, seal, hash, 'x', erased"
        " from events where seq = 4",
        5,
    ),
]


def test_a_history_that_was_touched_says_where(history: Store) -> None:
    assert history.tickets.chain_break(NUMBER) is None
    for tampering, broken_at in TAMPERINGS:
        with suppress(ZeroDivisionError), history.atomic():
            for statement in tampering.split(";"):
                history.database.execute(statement)
            assert history.tickets.chain_break(NUMBER) == broken_at, tampering
            raise ZeroDivisionError  # undone, for the next one
    assert history.tickets.chain_break(NUMBER) is None


@pytest.mark.parametrize("event_first", [True, False])
def test_an_erased_person_is_gone_and_the_history_still_holds(
    history: Store, event_first: bool
) -> None:
    duty = Chat(channel="telegram", id="-1")
    history.outbox.put(duty, [Reply(text="合作街12号", ticket=NUMBER)], NOW, voice="duty")
    anonymised = event(EventKind.ANONYMISED, "", actor=RESIDENT)
    if event_first:
        history.tickets.append(anonymised)
    assert history.tickets.erase_person(NUMBER) == ("a.jpg",)
    if not event_first:
        assert history.tickets.chain_break(NUMBER) == 1, "not before it is written who wished it"
        history.tickets.append(anonymised)
    assert history.tickets.chain_break(NUMBER) is None
    past = history.tickets.events(NUMBER)[:-1]
    assert all((each.note, each.told, each.attachments) == ("", "", ()) for each in past)
    assert past[0].data == {"category": "noise"}
    assert past[3].actor == AGENT
    kept = repr(history.database.query("select * from events"))
    kept += repr(history.database.query("select * from lines"))
    assert not [words for words in ("合作街", "李四", "41.8", "张三签收") if words in kept]


def test_after_an_erasure_the_next_events_are_proved_as_before(history: Store) -> None:
    history.tickets.append(event(EventKind.ANONYMISED, "", actor=RESIDENT))
    history.tickets.erase_person(NUMBER)
    history.tickets.append(event(EventKind.SUPPLEMENTED, "新的话", actor=RESIDENT))
    assert history.tickets.chain_break(NUMBER) is None
    history.database.execute("update events set note = '', salt = '', erased = 1 where seq = 6")
    assert history.tickets.chain_break(NUMBER) == 6


def test_an_event_of_one_ticket_does_not_prove_another(history: Store) -> None:
    other = replace(event(), number="DD20261123-0002")
    found = history.tickets.find(NUMBER)
    assert found is not None
    history.tickets.add(replace(found, number=other.number))
    assert history.tickets.append(other).previous == ""
    history.database.execute("delete from events where number = :n", {"n": other.number})
    history.database.execute("update events set number = :n where seq = 1", {"n": other.number})
    assert history.tickets.chain_break(other.number) == 1
