"""The contract of the store, on every database: transactions, migrations, people, files and notes."""

import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.departments import Role
from bot.errors import StoreError, StoreFull
from bot.messages import Chat, Message, Reply
from bot.store import Store, Unanswered, backup_to, open_store, restore_from
from bot.store.migrating import migrate

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
CHAT = Chat(channel="telegram", id="4711")
MESSAGE = Message(chat=CHAT, id="1", text="路灯不亮", sent_at=NOW)


# -- transactions -----------------------------------------------------------------------------------


def test_nothing_is_kept_of_a_turn_that_fails(store: Store) -> None:
    with suppress(ZeroDivisionError), store.atomic():
        store.chats.add(MESSAGE)
        store.outbox.put(CHAT, [Reply(text="好的")], NOW, "1")
        store.tickets.next_number(date(2026, 11, 23))
        raise ZeroDivisionError
    assert store.chats.transcript(CHAT) == []
    assert store.chats.add(MESSAGE)
    assert store.tickets.next_number(date(2026, 11, 23)) == "DD20261123-0001"


def test_a_block_within_a_block_is_lost_with_the_outer_one(store: Store) -> None:
    with suppress(ZeroDivisionError), store.atomic():
        with store.atomic():
            store.chats.add(MESSAGE)
        raise ZeroDivisionError
    assert store.chats.transcript(CHAT) == []


def test_an_inner_block_that_fails_is_undone_by_itself(store: Store) -> None:
    with store.atomic():
        store.chats.add(MESSAGE)
        with suppress(ZeroDivisionError), store.atomic():
            store.outbox.put(CHAT, [Reply(text="不算")], NOW)
            raise ZeroDivisionError
        store.outbox.put(CHAT, [Reply(text="算")], NOW)
    assert [line.text for line in store.chats.transcript(CHAT)] == ["路灯不亮", "算"]


def test_after_a_refused_statement_the_store_goes_on(store: Store) -> None:
    def misspelt() -> None:
        with store.atomic():
            store.chats.add(MESSAGE)
            store.database.execute("insert into nothing values (1)")

    with pytest.raises(StoreError):
        misspelt()
    with pytest.raises(StoreError):
        store.database.query("select nothing")
    assert store.chats.add(MESSAGE)


# -- opening ----------------------------------------------------------------------------------------


def test_migrations_run_once(store: Store) -> None:
    store.chats.add(MESSAGE)
    assert migrate(store.database) == []
    assert len(store.chats.transcript(CHAT)) == 1


def test_what_was_kept_is_there_when_the_store_is_opened_again(store_url: str) -> None:
    with closing(open_store(store_url)) as first:
        first.chats.add(MESSAGE)
    with closing(open_store(store_url)) as second:
        assert len(second.chats.transcript(CHAT)) == 1


def test_a_database_file_is_for_our_eyes_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "store.sqlite3"
    with closing(open_store(str(path))):
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"no database " * 100, None])
def test_what_is_no_database_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "store.sqlite3"
    path.write_bytes(content) if content else path.mkdir()
    with pytest.raises(StoreError, match=r"store\.sqlite3|not a database"):
        open_store(str(path))


def test_a_postgres_that_is_not_there_is_a_store_error() -> None:
    with pytest.raises(StoreError) as refused:
        open_store("postgresql://nobody@127.0.0.1:9/none")
    assert "\n" not in str(refused.value)


def test_a_full_disk_is_told_apart(tmp_path: Path) -> None:
    with closing(open_store(str(tmp_path / "store.sqlite3"))) as store:
        pages = store.database.query("pragma page_count")[0]["page_count"]
        store.database.query(f"pragma max_page_count = {pages}")

        def fill() -> None:
            with store.atomic():
                for n in range(200):
                    store.chats.add(replace(MESSAGE, id=str(n), text="满" * 500))

        with pytest.raises(StoreFull):
            fill()
        assert store.chats.transcript(CHAT) == []
        store.database.query(f"pragma max_page_count = {pages + 1000}")
        assert store.chats.add(MESSAGE)


def test_a_dropped_connection_is_opened_again(postgres_url: str) -> None:
    with closing(open_store(postgres_url)) as store, closing(open_store(postgres_url)) as other:
        for again in range(2):
            other.database.query(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
            with pytest.raises(StoreError):
                store.chats.add(MESSAGE)  # notices it
            if again:
                with store.atomic():
                    assert store.chats.add(MESSAGE)
            else:
                assert store.chats.last_line(CHAT) == 0


# -- copies -----------------------------------------------------------------------------------------


def test_a_copy_is_whole_and_can_be_put_back(store_url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    with closing(open_store(store_url)) as store:
        store.chats.add(MESSAGE)
        backup_to(store_url, copy)  # while it serves
        store.chats.add(replace(MESSAGE, id="2"))
    kept = restore_from(store_url, copy)
    with closing(open_store(store_url)) as store:
        assert len(store.chats.transcript(CHAT)) == 1
    if kept is not None:
        with closing(open_store(str(kept))) as before:
            assert len(before.chats.transcript(CHAT)) == 2


def test_a_database_in_use_is_not_replaced(tmp_path: Path) -> None:
    url, copy = str(tmp_path / "store.sqlite3"), tmp_path / "copy"
    with closing(open_store(url)):
        backup_to(url, copy)
        with pytest.raises(StoreError, match="in use"):
            restore_from(url, copy)


def test_only_a_copy_of_ours_is_put_back(tmp_path: Path) -> None:
    url, foreign = str(tmp_path / "store.sqlite3"), tmp_path / "foreign"
    open_store(url).close()
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("create table migrations (name text)")
    with pytest.raises(StoreError, match="not a whole copy"):
        restore_from(url, foreign)
    with pytest.raises(StoreError, match="no database"):
        backup_to(str(tmp_path / "missing"), tmp_path / "copy")


# -- people -----------------------------------------------------------------------------------------


def test_a_person_is_found_by_id_name_unit_and_telegram_account(store: Store) -> None:
    added = store.staff.add("张三", Role.AGENT, "urban", "hash", NOW)
    store.staff.add("李四", Role.SUPERVISOR, None, "hash", NOW)
    linked = replace(added, telegram_id=7_000_000_000, on_duty=False)
    store.staff.change(linked)
    assert store.staff.find(added.id) == linked
    assert store.staff.by_name("张三") == linked
    assert store.staff.by_telegram(7_000_000_000) == linked
    assert store.staff.of_unit("urban") == [linked]
    assert [member.name for member in store.staff.all()] == ["张三", "李四"]
    assert store.staff.find(99) is None
    assert store.staff.by_name("王五") is None


def test_two_accounts_cannot_have_one_name(store: Store) -> None:
    store.staff.add("张三", Role.AGENT, "urban", "hash", NOW)
    with pytest.raises(StoreError, match="already"):
        store.staff.add("张三", Role.HEAD, "road", "hash", NOW)


def test_a_telegram_account_belongs_to_one_person(store: Store) -> None:
    first = store.staff.add("张三", Role.AGENT, "urban", "hash", NOW)
    second = store.staff.add("李四", Role.AGENT, "urban", "hash", NOW)
    store.staff.change(replace(first, telegram_id=7))
    store.staff.change(replace(second, telegram_id=7))
    assert store.staff.by_telegram(7) == replace(second, telegram_id=7)
    assert store.staff.find(first.id) == first


def test_passwords_and_secrets_are_changed_apart_from_the_rest(store: Store) -> None:
    member = store.staff.add("张三", Role.AGENT, "urban", "old", NOW)
    store.staff.set_password(member.id, "new")
    store.staff.set_totp_secret(member.id, "JBSW")
    store.staff.change(replace(member, role=Role.HEAD))
    assert store.staff.password_hash(member.id) == "new"
    assert store.staff.totp_secret(member.id) == "JBSW"
    store.staff.set_totp_secret(member.id, None)
    assert store.staff.totp_secret(member.id) is None
    assert store.staff.password_hash(99) is None


def test_failed_sign_ins_are_counted_by_name_and_address(store: Store) -> None:
    for minute in range(3):
        store.staff.failed("张三", "10.0.0.1", NOW + timedelta(minutes=minute))
    store.staff.failed("张三", "10.0.0.2", NOW)
    assert store.staff.failures_since("张三", "10.0.0.1", NOW) == 2
    store.staff.failed("李四", "10.0.0.1", NOW + timedelta(days=2))
    assert store.staff.failures_since("张三", "10.0.0.1", NOW - timedelta(days=1)) == 0
    store.staff.forget_failures("李四", "10.0.0.1")
    assert store.staff.failures_since("李四", "10.0.0.1", NOW) == 0


def test_a_session_lasts_until_it_ends(store: Store) -> None:
    member = store.staff.add("张三", Role.AGENT, "urban", "hash", NOW)
    until = NOW + timedelta(hours=12)
    for token in ("a", "b", "c"):
        store.staff.open_session(member.id, token, NOW, until)
    assert store.staff.session("a", NOW) == member
    assert store.staff.session("a", until) is None
    assert store.staff.session("z", NOW) is None
    store.staff.close_session("a")
    assert store.staff.session("a", NOW) is None
    store.staff.change(replace(member, active=False))
    assert store.staff.session("b", NOW) is None
    store.staff.change(member)
    store.staff.close_sessions(member.id)
    assert store.staff.session("c", NOW) is None


# -- files and notes ----------------------------------------------------------------------------------


def test_a_photo_is_known_by_its_name_and_its_chat(store: Store) -> None:
    store.files.keep("a.jpg", "image/jpeg", 12, "ff", CHAT, NOW)
    kept = store.files.find("a.jpg")
    assert kept is not None
    assert (kept.media_type, kept.size, kept.sha256, kept.chat, kept.kept_at) == (
        "image/jpeg", 12, "ff", CHAT, NOW,
    )  # fmt: skip
    assert store.files.of_chat(CHAT) == [kept]
    store.files.forget("a.jpg")
    assert store.files.find("a.jpg") is None


def test_a_note_is_remembered_until_it_is_overwritten_or_forgotten(store: Store) -> None:
    assert store.notes.recall("offset") is None
    store.notes.remember("offset", "1")
    store.notes.remember("offset", "2")
    assert store.notes.recall("offset") == "2"
    assert store.notes.forget("offset")
    assert not store.notes.forget("offset"), "only one of two gets to use it"


def test_one_chat_has_one_vote_for_an_answer(store: Store) -> None:
    store.notes.feedback("si.card", True, CHAT, NOW)
    store.notes.feedback("si.card", False, CHAT, NOW)
    store.notes.feedback("si.card", True, Chat(channel="web", id="1"), NOW)
    store.notes.feedback("hf.loan", True, CHAT, NOW)
    assert store.notes.feedback_counts() == {"hf.loan": (1, 0), "si.card": (1, 1)}


def test_questions_without_an_answer_are_listed_most_asked_first(store: Store) -> None:
    store.notes.unanswered("怎么养猫", (), NOW)
    store.notes.unanswered("能不能养鸡", ("answer/dog",), NOW)
    store.notes.unanswered("能不能养鸡", ("answer/dog", "complaint/noise"), NOW)
    often = Unanswered(
        text="能不能养鸡", candidates=("answer/dog", "complaint/noise"), times=2, last_at=NOW
    )
    assert store.notes.unanswered_list()[0] == often
    store.notes.answered("能不能养鸡")
    assert [each.text for each in store.notes.unanswered_list()] == ["怎么养猫"]


def test_a_card_of_the_duty_group_leads_to_its_ticket_and_back(store: Store) -> None:
    for message_id in (99, 100, 101):
        store.notes.remember_card("DD20261123-0001", -1001, message_id)
    store.notes.remember_card("DD20261123-0002", -1001, 9)
    assert store.notes.number_of_card("-1001", "99") == "DD20261123-0001"
    assert store.notes.card_of("DD20261123-0001") == ("-1001", "101")
    assert store.notes.number_of_card(-1001, 1) is None
    assert store.notes.card_of("DD20261123-0003") is None
