"""Identities and idle chats go when their time is over; what can be proven stays provable."""

from pathlib import Path

import pytest
from desks import CHAT, Counter, counter

from bot.conversation import fresh
from bot.files import Files
from bot.messages import Chat, Message
from bot.retention import Retention, Swept
from bot.tickets import State


@pytest.fixture
def at() -> Counter:
    return counter()


def test_a_ticket_loses_its_person_after_its_time_and_keeps_its_chain(
    at: Counter, tmp_path: Path
) -> None:
    ticket = at.at(State.ARCHIVED)
    sweep = Retention(at.desk, Files(tmp_path, at.desk.store)).sweep
    assert sweep(at.now) == Swept(tickets=0, chats=0)
    at.later(days=24 * 31 + 1)
    assert sweep(at.now, dry_run=True) == Swept(tickets=1, chats=0)
    assert at.desk.ticket(ticket.number).chat == CHAT
    sweep(at.now)
    kept = at.desk.ticket(ticket.number)
    assert (kept.chat, kept.contact, kept.location) == (None, None, None)
    assert kept.category == ticket.category
    assert at.desk.store.tickets.chain_break(ticket.number) is None
    assert sweep(at.now) == Swept(tickets=0, chats=0)


def test_a_chat_that_filed_nothing_is_forgotten_after_thirty_days(
    at: Counter, tmp_path: Path
) -> None:
    chats, idle = at.desk.store.chats, Chat(channel="web", id="asked-a-question-1")
    chats.add(Message(chat=idle, id="1", text="身份证丢了", sent_at=at.now))
    chats.save(fresh(idle), at.now)
    sweep = Retention(at.desk, Files(tmp_path, at.desk.store)).sweep
    at.later(days=29)
    assert sweep(at.now).chats == 0
    at.later(days=2)
    assert sweep(at.now).chats == 1
    assert chats.transcript(idle) == []
