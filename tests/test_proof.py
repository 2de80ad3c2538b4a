"""`mashangban verify` misses nothing: whatever is done to the tables, something says so."""

import hashlib
from contextlib import suppress
from datetime import timedelta

import pytest
from town import NOW, Town, lively

from bot.app import Bot
from bot.inspection import Inspection, words
from bot.messages import Chat, Message
from bot.store import Store
from bot.store.rows import canonical
from bot.tickets import RESIDENT, EventKind


@pytest.fixture
def living(store: Store) -> Town:
    town = lively(store)
    town.figures.refresh()
    return town


def faults(town: Town) -> list[tuple[str, str]]:
    proof, numbers = town.store.proof, town.store.tickets.numbers()
    return [(fault.number, fault.words) for fault in proof.faults(numbers)]


FIRST, LAST, OF_LAST_DAY = "DD20261102-0001", "DD20261120-0003", "20261120"
WITHOUT_LAST = f"""
    delete from events where number = '{LAST}'; delete from ticket_facts where number = '{LAST}';
    delete from tickets where number = '{LAST}'
"""
ATTACKS = {
    "the words of a move": f"update events set note = 'x' where number = '{FIRST}' and seq = 3",
    "a move in the middle": f"delete from events where number = '{FIRST}' and seq = 3",
    "the end of a history": f"delete from events where number = '{FIRST}' and seq = 9",
    "the end, and the ticket made to fit": f"""
        delete from events where number = '{FIRST}' and seq = 9;
        update tickets set last_seq = 8, last_hash = (
            select hash from events where number = '{FIRST}' and seq = 8
        ) where number = '{FIRST}'""",
    "a whole history": f"""
        delete from events where number = '{FIRST}';
        update tickets set last_seq = 0, last_hash = '' where number = '{FIRST}'""",
    "a whole ticket": WITHOUT_LAST,
    "a whole ticket and its seal": f"{WITHOUT_LAST}; delete from seals",
    "the last ticket and its count": f"""
        {WITHOUT_LAST}; update counters set last = last - 1 where day = '{OF_LAST_DAY}'""",
    "a number that was not given": f"update counters set last = 2 where day = '{OF_LAST_DAY}'",
    "an event of no such kind": f"update events set kind = 'x' where number = '{FIRST}' and seq = 2",
    "a time that is none": f"update events set at = 'x' where number = '{FIRST}' and seq = 2",
    "a key that stops an alarm": f"update events set once = 'x' where number = '{FIRST}' and seq = 2",
    "what the resident wrote": f"update tickets set detail = '都好' where number = '{FIRST}'",
    "how to reach him": f"update tickets set contact = '13900000000' where number = '{FIRST}'",
    "a deadline": f"update tickets set finish_by = '2030-01-01T00:00:00.000000+00:00' where number = '{LAST}'",
    "a rating": "update tickets set rating = 5 where rating = 2",
    "an exclusion": f"update tickets set excluded = 'x' where number = '{LAST}'",
    "a state": f"update tickets set state = 'closed', is_open = 0 where number = '{LAST}'",
    "a state that is none": f"update tickets set state = 'x' where number = '{LAST}'",
    "a place outside the queue": f"update tickets set is_open = 0 where number = '{LAST}'",
    "what was sent": f"update lines set words = 'x' where ticket = '{FIRST}'",
    "a rating in the figures": "update ticket_facts set rating = 5 where rating = 2",
    "a ticket out of the figures": f"delete from ticket_facts where number = '{FIRST}'",
    "a seal": "update seals set heads = '[]'",
}


def test_whatever_is_changed_taken_away_or_put_in_is_found(living: Town) -> None:
    assert faults(living) == []
    for name, attack in ATTACKS.items():
        with suppress(ZeroDivisionError), living.store.atomic():
            for statement in attack.split(";"):
                living.store.database.execute(statement)
            assert faults(living), name
            raise ZeroDivisionError  # undone, for the next one
    assert faults(living) == []


def test_a_history_written_anew_from_one_end_to_the_other_is_found_by_its_seal(
    living: Town,
) -> None:
    """Our hashes have no key: who knows how, can make a chain that fits. Not one that was sealed before."""
    store = living.store
    ticket, past = store.tickets.find(FIRST), store.tickets.events(FIRST)
    assert ticket is not None
    store.database.execute("delete from events where number = :n", {"n": FIRST})
    store.database.execute("delete from follows where number = :n", {"n": FIRST})
    store.database.execute("delete from tickets where number = :n", {"n": FIRST})
    store.tickets.add(ticket, past[:-1])
    assert store.tickets.chain_break(FIRST) is None
    assert (FIRST, "第9条记录与存证不符") in faults(living)


def test_who_keeps_a_code_can_show_that_everything_was_written_anew(living: Town) -> None:
    proof, database = living.store.proof, living.store.database
    code = proof.code()
    assert len(code) == 16
    living.staff("six", "2026-11-23 09:00", EventKind.SIGNED)
    living.figures.refresh()
    assert proof.code() != code
    assert proof.knows(code)
    assert proof.knows(f" {code.upper()}\n")
    heads = canonical([])
    database.execute("delete from seals")
    database.execute(
        "insert into seals (heads, previous, hash) values (:heads, '', :hash)",
        {"heads": heads, "hash": hashlib.sha256(f"\n{heads}".encode()).hexdigest()},
    )
    assert faults(living) == []
    assert not proof.knows(code)


def test_the_daily_inspection_carries_the_code_and_is_held_to_it(living: Town) -> None:
    assert Inspection(living.desk).daily(NOW)
    code = living.store.proof.code()
    text = living.store.inspections.of_day(NOW.date())
    assert text is not None
    assert code in text
    assert code in words(Inspection(living.desk).look(NOW))
    assert faults(living) == []
    living.store.database.execute("delete from seals")
    assert faults(living) == [("", f"2026-11-23点检表上的存证码{code}，存证里没有")]


def test_nothing_that_happens_by_rights_is_called_a_fault(living: Town) -> None:
    desk, store = living.desk, living.store
    desk.put_off(FIRST, NOW + timedelta(hours=1))
    desk.anonymise(living.no["two"], RESIDENT, NOW)
    store.chats.move(Chat(channel="web", id="one"), "elsewhere")
    assert faults(living) == []
    living.figures.refresh()
    assert faults(living) == []


def test_a_ticket_filed_while_everything_is_looked_through_is_not_lost(living: Town) -> None:
    numbers = list(living.store.tickets.numbers())[:-1]
    assert list(living.store.proof.faults(numbers)) == []


def test_a_history_of_an_older_program_has_no_standing_and_is_whole(store: Store) -> None:
    town = lively(store)
    ticket, past = store.tickets.find(FIRST), store.tickets.events(FIRST)
    assert ticket is not None
    for table in ("follows", "events", "tickets"):
        store.database.execute(f"delete from {table} where number = :n", {"n": FIRST})
    store.tickets.add(ticket)
    for event in past:
        store.tickets.append(event)
    assert faults(town) == []


def test_an_answer_is_kept_with_the_model_and_the_faq_that_gave_it(bot: Bot) -> None:
    chat = Chat(channel="web", id="asks")
    bot.receive(Message(chat=chat, id="1", text="身份证丢了怎么补办", sent_at=bot.now()))
    (answer,) = [
        line.reply for line in bot.store.chats.transcript(chat) if line.reply and line.reply.card
    ]
    assert answer.source == bot.desk.understood_by
    assert answer.source.startswith("model ")
    assert ", faq " in answer.source
