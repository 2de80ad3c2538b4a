"""Several at once: threads and processes on one database, and what a crash leaves behind."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event, Lock

from at_once import at_once, processes

from bot.errors import AlreadyHappened
from bot.messages import Chat, Message, Reply
from bot.store import Store, open_store
from bot.tickets import BOT, CLOCK, EventKind, Kind, State, Ticket, TicketEvent

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
NUMBER = "DD20261123-0001"
TICKET = Ticket(
    number=NUMBER, kind=Kind.HELP, state=State.RECEIVED, chat=None, subject="s", detail="d",
    filed_at=NOW, clock="help",
)  # fmt: skip


def test_six_senders_take_two_hundred_replies_once_each(store_url: str) -> None:
    with closing(open_store(store_url)) as store, store.atomic():
        for n in range(200):
            store.outbox.put(Chat(channel="telegram", id=str(n)), [Reply(text=str(n))], NOW)

    def send(store: Store) -> list[str]:
        taken = []
        while items := store.outbox.claim(NOW, "telegram", 7):
            taken += [item.reply.text for item in items]
            for item in items:
                store.outbox.sent(item.id, NOW)
        return taken

    taken = [text for each in at_once(store_url, 6, send) for text in each]  # type: ignore[attr-defined]
    assert Counter(taken) == Counter(str(n) for n in range(200))


def test_senders_keep_the_order_of_a_chat(store_url: str) -> None:
    chat = Chat(channel="telegram", id="1")
    with closing(open_store(store_url)) as store:
        store.outbox.put(chat, [Reply(text=str(n)) for n in range(40)], NOW)
    arrived: list[str] = []
    lock = Lock()

    def send(store: Store) -> None:
        while store.outbox.waiting(NOW):
            for item in store.outbox.claim(NOW, "telegram", 5):
                with lock:
                    arrived.append(item.reply.text)
                store.outbox.sent(item.id, NOW)

    at_once(store_url, 3, send)
    assert arrived == [str(n) for n in range(40)]


def test_four_writers_finish_all_their_turns(store_url: str) -> None:
    open_store(store_url).close()

    def talk(store: Store) -> int:
        done = 0
        for n in range(200):
            with store.atomic():
                before = (
                    int(store.notes.recall("turns") or 0)
                    if store.database.dialect == "sqlite"
                    else 0
                )
                assert store.chats.add(
                    Message(
                        chat=Chat(channel="web", id=str(id(store))),
                        id=str(n),
                        text="x",
                        sent_at=NOW,
                    )
                )
                store.notes.remember("turns", str(before + 1))
                done += 1
        return done

    assert at_once(store_url, 4, talk) == [200] * 4
    with closing(open_store(store_url)) as store:
        if store.database.dialect == "sqlite":  # the write lock was held from the first read on
            assert store.notes.recall("turns") == "800"


def test_a_number_is_never_given_twice(store_url: str) -> None:
    open_store(store_url).close()
    program = (
        "from datetime import date\n"
        "for _ in range(75):\n"
        "    print(store.tickets.next_number(date(2026, 11, 23)))\n"
        "store.close()"
    )
    given = "".join(done.stdout for done in processes(store_url, 2, program)).split()
    assert sorted(given) == [f"DD20261123-{n:04d}" for n in range(1, 151)]


def test_a_number_waits_for_the_turn_that_may_still_give_it_back(store_url: str) -> None:
    open_store(store_url).close()
    day = date(2026, 11, 23)

    def file(store: Store) -> list[str]:
        kept = []
        for n in range(25):
            try:
                with store.atomic():
                    number = store.tickets.next_number(day)
                    store.tickets.add(replace(TICKET, number=number))
                    if n % 5 == 0:
                        raise ZeroDivisionError
                    kept.append(number)
            except ZeroDivisionError:
                pass
        return kept

    numbers = [number for each in at_once(store_url, 4, file) for number in each]  # type: ignore[attr-defined]
    assert sorted(numbers) == [f"DD20261123-{n:04d}" for n in range(1, 81)]


def test_of_two_who_change_a_ticket_one_is_told(store_url: str) -> None:
    with closing(open_store(store_url)) as store:
        store.tickets.add(TICKET)

    def remind(store: Store) -> int:
        won = 0
        for _ in range(20):
            with store.atomic():
                read = store.tickets.find(NUMBER)
                assert read is not None
                won += store.tickets.change(read, replace(read, reminders=read.reminders + 1))
        return won

    won = at_once(store_url, 4, remind)
    with closing(open_store(store_url)) as store:
        kept = store.tickets.find(NUMBER)
        assert kept is not None
        assert kept.reminders == kept.version == sum(won)  # type: ignore[arg-type]


def test_a_history_written_by_many_is_one_chain(store_url: str) -> None:
    with closing(open_store(store_url)) as store:
        store.tickets.add(TICKET)

    def write(store: Store) -> int:
        alarms = 0
        for n in range(25):
            store.tickets.append(
                TicketEvent(number=NUMBER, kind=EventKind.NOTED, actor=BOT, at=NOW)
            )
            try:
                store.tickets.append(
                    TicketEvent(
                        number=NUMBER, kind=EventKind.WARNED, actor=CLOCK, at=NOW, data={"once": n}
                    )
                )
                alarms += 1
            except AlreadyHappened:
                pass
        return alarms

    assert sum(at_once(store_url, 4, write)) == 25  # type: ignore[arg-type]
    with closing(open_store(store_url)) as store:
        assert [each.seq for each in store.tickets.events(NUMBER)] == list(range(1, 126))
        assert store.tickets.chain_break(NUMBER) is None


def test_a_page_that_asks_for_new_lines_misses_none(store_url: str) -> None:
    """Two processes write to one chat: a line must not appear behind one that was read already."""
    open_store(store_url).close()
    chat, writers = Chat(channel="web", id="1"), 3
    done = Event()

    def write(store: Store) -> None:
        for _ in range(30):
            with store.atomic():
                store.notes.recall("x")
                store.outbox.put(chat, [Reply(text="a"), Reply(text="b")], NOW)

    def read() -> int:
        seen = last = 0
        with closing(open_store(store_url)) as store:
            while True:
                finished = done.is_set()
                lines = store.chats.transcript(chat, after=last)
                seen += len(lines)
                last = lines[-1].id if lines else last
                if finished and not lines:
                    return seen

    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(read)
        at_once(store_url, writers, write)
        done.set()
        assert reader.result(30) == writers * 60


def test_two_turns_of_one_chat_come_one_after_the_other(store_url: str) -> None:
    open_store(store_url).close()
    chat = Chat(channel="telegram", id="1")

    def talk(store: Store) -> None:
        for n in range(20):
            with store.atomic():
                store.chats.add(Message(chat=chat, id=f"{id(store)} {n}", text="x", sent_at=NOW))
                before = store.chats.conversation(chat)
                store.chats.save(replace(before, lost=before.lost + 1), NOW)

    at_once(store_url, 4, talk)
    with closing(open_store(store_url)) as store:
        assert store.chats.conversation(chat).lost == 80


def test_several_processes_can_make_the_tables_at_once(tmp_path: Path) -> None:
    url = str(tmp_path / "new.sqlite3")
    done = processes(url, 3, "store.close()")
    assert [(each.returncode, each.stderr) for each in done] == [(0, "")] * 3


def test_a_process_that_dies_in_the_middle_of_a_turn_leaves_nothing(store_url: str) -> None:
    open_store(store_url).close()
    program = (
        "import os\nfrom datetime import date\n"
        "with store.atomic():\n"
        "    print(store.tickets.next_number(date(2026, 11, 23)), flush=True)\n"
        "    store.notes.remember('half', 'done')\n"
        "    os._exit(9)"
    )
    (died,) = processes(store_url, 1, program)
    assert (died.returncode, died.stdout) == (9, f"{NUMBER}\n")
    with closing(open_store(store_url)) as store:
        assert store.notes.recall("half") is None
        assert store.tickets.next_number(date(2026, 11, 23)) == NUMBER


def test_what_a_dead_sender_had_claimed_is_sent_by_another(store_url: str) -> None:
    with closing(open_store(store_url)) as store:
        store.outbox.put(Chat(channel="telegram", id="1"), [Reply(text="好的")], NOW)
    program = (
        "import os\nfrom datetime import datetime\n"
        f"assert store.outbox.claim(datetime.fromisoformat('{NOW.isoformat()}'), 'telegram', 9)\n"
        "os._exit(9)"
    )
    (died,) = processes(store_url, 1, program)
    assert died.returncode == 9, died.stderr
    with closing(open_store(store_url)) as store:
        assert store.outbox.claim(NOW, "telegram", 9) == []
        assert store.outbox.claim(NOW + timedelta(seconds=121), "telegram", 9)


def test_threads_may_share_one_store(store: Store) -> None:
    chat = Chat(channel="web", id="1")

    def talk(worker: int) -> None:
        for n in range(25):
            with store.atomic():
                store.chats.add(Message(chat=chat, id=f"{worker} {n}", text="x", sent_at=NOW))
                before = store.chats.conversation(chat)
                store.chats.save(replace(before, lost=before.lost + 1), NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(talk, range(4)))
    assert store.chats.conversation(chat).lost == 100


def test_due_tickets_are_shared_out_while_a_transaction_holds_them(
    postgres_url: str,
) -> None:
    with closing(open_store(postgres_url)) as first, closing(open_store(postgres_url)) as second:
        for n in range(4):
            first.tickets.add(replace(TICKET, number=f"DD20261123-{n:04d}", next_alarm_at=NOW))
        with first.atomic(), second.atomic():
            mine, theirs = first.tickets.due(NOW, 3), second.tickets.due(NOW, 3)
        assert (len(mine), len(theirs)) == (3, 1)
