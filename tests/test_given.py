"""What a move is given: looked at by the desk itself, and what a split makes of it."""

import pytest
from desks import CHAT, UNIT, Counter, counter

from bot.departments import Role
from bot.errors import IllegalMove, Incomplete, TicketError
from bot.messages import Chat
from bot.tickets import EventKind, Kind, State


@pytest.fixture
def at() -> Counter:
    return counter()


def test_a_split_gives_the_second_problem_a_ticket_of_its_own(at: Counter) -> None:
    ticket = at.at(State.SIGNED)
    before = len(at.desk.store.tickets.of_chat(CHAT))
    at.move(ticket, EventKind.SPLIT, Role.HEAD, "另有井盖松动")
    assert len(at.desk.store.tickets.of_chat(CHAT)) == before + 1


def test_a_part_names_its_parent_and_goes_to_the_unit_of_its_category(at: Counter) -> None:
    chat = Chat(channel="web", id="two-matters-0001")
    ticket = at.move(at.file(chat=chat), EventKind.SIGNED, Role.AGENT)
    at.move(ticket, EventKind.SPLIT, Role.HEAD, "楼上还漏水", category="heating")
    number = at.desk.store.tickets.events(ticket.number)[-1].data["part"]
    part = at.desk.ticket(str(number))
    assert at.desk.store.tickets.events(part.number)[0].data["parent"] == ticket.number
    assert (part.category, part.department) == ("heating", at.desk.directory.unit_of("heating"))
    told = at.desk.store.chats.transcript(chat)[-1].text
    assert told.startswith(f"工单{ticket.number}里说的不止一件事")
    assert part.number in told
    with pytest.raises(Incomplete, match="类别"):
        at.move(ticket, EventKind.SPLIT, Role.HEAD, "楼上还漏水", category="no-such")
    at.move(ticket, EventKind.SPLIT, Role.HEAD, "同类的另一件")
    same = str(at.desk.store.tickets.events(ticket.number)[-1].data["part"])
    assert at.desk.ticket(same).department == ticket.department


def test_what_is_split_off_a_praise_is_something_to_be_done(at: Counter) -> None:
    ticket = at.move(at.file(kind=Kind.PRAISE), EventKind.SIGNED, Role.AGENT)
    at.move(ticket, EventKind.SPLIT, Role.HEAD, "楼道灯还没修", category="street-light")
    part = at.desk.ticket(str(at.desk.store.tickets.events(ticket.number)[-1].data["part"]))
    assert part.kind is Kind.HELP


def test_nobody_waits_longer_because_he_was_merged(at: Counter) -> None:
    older = at.file(location="一处")
    at.later(days=2)
    younger = at.file(location="一处", chat=Chat(channel="web", id="later-one-0001"))
    with pytest.raises(IllegalMove, match="反过来"):
        at.move(older, EventKind.MERGED, Role.HEAD, into=younger.number)
    at.move(younger, EventKind.MERGED, Role.HEAD, into=older.number)
    told = at.desk.store.tickets.events(younger.number)[-1].told
    assert "12月1日（周二）17:00前答复" in told


REFUSED_BY_THE_DESK = [
    (EventKind.SUPERVISED, Role.SUPERVISOR, "黄、橙", {"colour": "green"}),
    (EventKind.PARKED, Role.SUPERVISOR, "今天以后", {"date": "2026-11-24"}),
    (EventKind.PARKED, Role.SUPERVISOR, "样子", {"date": "下周三"}),
    (EventKind.RETURNED, Role.AGENT, "自己单位", {"department": UNIT}),
    (EventKind.RELABELLED, Role.HEAD, "类别表", {"category": "no-such"}),
]


@pytest.mark.parametrize(("event", "role", "why", "given"), REFUSED_BY_THE_DESK)
def test_the_desk_itself_looks_at_what_it_is_given(
    at: Counter, event: EventKind, role: Role, why: str, given: dict[str, object]
) -> None:
    """Whoever asks: the console is not the only door."""
    ticket = at.at(State.SIGNED)
    with pytest.raises(TicketError, match=why):
        at.move(ticket, event, role, "说明", **given)
    assert at.desk.ticket(ticket.number) == ticket
