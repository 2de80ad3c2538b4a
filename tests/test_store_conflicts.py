"""Transactions that wait for each other in a ring: one is undone, begins again, and nothing is lost or doubled."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier, BrokenBarrierError

import pytest
from at_once import at_once

from bot.deadlines import load_policies
from bot.departments import Role, load_directory
from bot.desk import Desk
from bot.drafts import Draft
from bot.errors import BotError, Conflict
from bot.messages import Chat, Reply
from bot.notices import Notices
from bot.store import Store, open_store, whole
from bot.tickets import Actor, EventKind, Kind, State
from bot.wording import load_wording

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
CHATS = (Chat(channel="web", id="first-session"), Chat(channel="web", id="second-session"))
CHIEF = Actor(role=Role.SUPERVISOR, id=1, name="督办员")


class Turn:
    """Tickets and chats touched in an order of its own; `met` makes sure that both have begun."""

    def __init__(self, store: Store, met: Barrier) -> None:
        self.store = store
        self.met = met
        self.tries = 0

    @whole
    def touch(self, numbers: list[str], chats: list[Chat]) -> None:
        self.tries += 1
        with self.store.atomic():
            for number, chat in zip(numbers, chats, strict=True):
                with self.store.atomic():
                    ticket = self.store.tickets.find(number)
                    assert ticket is not None
                    changed = replace(ticket, reminders=ticket.reminders + 1)
                    if not self.store.tickets.change(ticket, changed):
                        raise Conflict  # the other turn had it first and has ended meanwhile
                    self.store.outbox.put(chat, [Reply(text=number)], NOW)
                _wait(self.met)


def _wait(met: Barrier) -> None:
    """Both hold their first lock; who comes again finds the gate broken and goes on."""
    try:
        met.wait(0.5)
    except BrokenBarrierError:
        met.abort()


def desk_on(store: Store) -> Desk:
    directory, (policies, calendar) = load_directory(), load_policies()
    notices = Notices(store, directory, load_wording(), calendar)
    return Desk(store, directory, policies, calendar, notices)


def filed(store: Store) -> list[str]:
    store.staff.add("督办员", Role.SUPERVISOR, None, "-", NOW)
    return [
        desk_on(store).file(
            Draft(kind=Kind.COMPLAINT, chat=chat, subject="路灯", detail="路灯不亮", category="street-light"),
            NOW,
        ).number
        for chat in CHATS
    ]  # fmt: skip


@pytest.mark.parametrize("chats_crossed", [True, False])
def test_two_turns_that_want_the_same_things_the_other_way_round_both_end(
    store_url: str, chats_crossed: bool
) -> None:
    with closing(open_store(store_url)) as store:
        numbers = filed(store)
    ways = [(numbers, list(CHATS)), (numbers[::-1], list(CHATS[:: -1 if chats_crossed else 1]))]
    met, tries = Barrier(2), []

    def run(way: tuple[list[str], list[Chat]]) -> None:
        with closing(open_store(store_url)) as store:
            turn = Turn(store, met)
            turn.touch(*way)
            tries.append(turn.tries)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, ways))
    with closing(open_store(store_url)) as store:
        found = [store.tickets.find(number) for number in numbers]
        assert [ticket.reminders for ticket in found if ticket] == [2, 2]
        said = [len(store.chats.transcript(chat)) for chat in CHATS]
        assert said == [2, 2]
        if store.database.dialect == "postgres":
            assert max(tries) > 1, "they never met"


def test_without_a_second_try_a_ring_is_a_conflict_and_leaves_nothing(postgres_url: str) -> None:
    with closing(open_store(postgres_url)) as store:
        numbers = filed(store)
    met = Barrier(2)
    once = Turn.touch.__wrapped__  # type: ignore[attr-defined]

    def run(order: list[str]) -> str:
        with closing(open_store(postgres_url)) as store:
            try:
                once(Turn(store, met), order, list(CHATS))
            except Conflict:
                assert not store.database.within
                return "conflict"
            return "done"

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(run, [numbers, numbers[::-1]]))
    assert sorted(ended) == ["conflict", "done"]
    with closing(open_store(postgres_url)) as store:
        found = [store.tickets.find(number) for number in numbers]
        assert [ticket.reminders for ticket in found if ticket] == [1, 1]


def test_a_part_leaves_the_second_try_to_the_whole(store: Store) -> None:
    class Parts:
        def __init__(self) -> None:
            self.store = store
            self.calls: list[str] = []

        @whole
        def all(self) -> None:
            self.calls.append("all")
            with self.store.atomic():
                self.part()

        @whole
        def part(self) -> None:
            self.calls.append("part")
            if len(self.calls) < 5:
                raise Conflict

    parts = Parts()
    parts.all()
    assert parts.calls == ["all", "part"] * 3


def test_who_never_gets_through_says_so(store: Store) -> None:
    class Stuck:
        def __init__(self) -> None:
            self.store = store
            self.tries = 0

        @whole
        def turn(self) -> None:
            self.tries += 1
            raise Conflict

    stuck = Stuck()
    with pytest.raises(Conflict):
        stuck.turn()
    assert stuck.tries == 5


def test_tickets_merged_into_each_other_from_two_desks_end_with_one_open(store_url: str) -> None:
    """Each merge writes both tickets and both chats, in opposite order."""
    for _ in range(6):
        with closing(open_store(store_url)) as store:
            for member in store.staff.all():
                store.staff.change(replace(member, name=f"{member.name}·{member.id}"))
            numbers = filed(store)
        orders = [numbers, numbers[::-1]]

        def merge(store: Store, orders: list[list[str]] = orders) -> str:
            desk = desk_on(store)
            first, second = orders.pop()
            try:
                desk.move(first, EventKind.MERGED, CHIEF, NOW, into=second)
            except Conflict:
                raise
            except BotError:
                return "refused"
            return "merged"

        assert sorted(map(str, at_once(store_url, 2, merge))) == ["merged", "refused"]
        with closing(open_store(store_url)) as store:
            found = [store.tickets.find(number) for number in numbers]
            states = sorted(ticket.state for ticket in found if ticket)
            assert states == sorted([State.MERGED, State.DISPATCHED])
            assert [store.tickets.chain_break(number) for number in numbers] == [None, None]
