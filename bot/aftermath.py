"""What else follows a move: the next dispatch, the followers of a merged ticket, the second ticket of a split."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.departments import Role
from bot.dispatch import checker_beside, officers_for, people_for
from bot.drafts import Draft
from bot.duplicates import LOOKED_AT, OPEN_FOR_DAYS, twin_of
from bot.errors import IllegalMove, Incomplete
from bot.guards import Attempt
from bot.redact import headline
from bot.tickets import BOT, CLOCK, EventKind, Kind, Ticket

if TYPE_CHECKING:
    from bot.desk import Desk

MOST_RETURNS = 3  # the third waits for a supervisor, who designates


def follow(desk: Desk, ticket: Ticket, attempt: Attempt) -> Ticket:
    """Called inside the transaction of the move; gives the ticket as it stands in the end."""
    after = AFTER.get(attempt.move.event)
    return after(desk, ticket, attempt) if after else ticket


def prepare(desk: Desk, attempt: Attempt) -> None:
    """What the guards cannot look at: other tickets, the table of categories, the number of a part."""
    ticket, data = attempt.ticket, attempt.data
    match attempt.move.event:
        case EventKind.SIGNED if ticket.checker is not None and attempt.actor.id == ticket.checker:
            unit = ticket.department or ""
            data["checker"] = checker_beside(desk.store, unit, ticket.checker)
        case EventKind.HANDED_ON:
            _hand_on(desk, ticket, data)
        case EventKind.RETURNED:
            third = ticket.returns + 1 >= MOST_RETURNS
            nobody_yet = {"handler": None, "checker": None}  # the dispatch that follows names them
            data.update(officers_for(desk.store) if third else nobody_yet)
        case EventKind.MERGED:
            main = target(desk, ticket, str(data["into"]))
            if attempt.actor.role is Role.HEAD and ticket.department not in (
                main.department,
                *main.co_units,
            ):  # it would be a return without a window and without a reason
                raise IllegalMove("那张工单由别的单位办，并过去由督办员决定。")
            if ticket.answer_by and main.answer_by and main.answer_by > ticket.answer_by:
                raise IllegalMove(
                    f"{main.number}答复得更晚，先报的人会多等；请反过来，把它并进这一张。"
                )
        case EventKind.MERGE_PROPOSED:
            target(desk, ticket, str(data["into"]))
        case EventKind.RELABELLED | EventKind.SPLIT:
            category = data.get("category")
            if category and category not in desk.directory.categories:
                raise Incomplete("请从类别表里选一个类别。")
    if attempt.move.event is EventKind.SPLIT:
        today = desk.calendar.local(attempt.now).date()
        data["part"] = desk.store.tickets.next_number(today)


def _hand_on(desk: Desk, ticket: Ticket, data: dict[str, object]) -> None:
    """To somebody else of the unit; who only checks is replaced without troubling the handler."""
    store, unit = desk.store, ticket.department or ""
    if data.get("checker_only") and ticket.handler is not None:
        data["checker"] = checker_beside(store, unit, ticket.handler)
        return
    data.update(people_for(store, unit, without=ticket.handler))
    if data["handler"] is None:
        raise IllegalMove("没有别的人可以接这张工单。")


def target(desk: Desk, ticket: Ticket, into: str) -> Ticket:
    """The open ticket that another is merged into; refused where the chain would bite its tail."""
    main = desk.ticket(into)
    if main.number == ticket.number:
        raise IllegalMove("不能并入自己。")
    if not main.is_open:
        raise IllegalMove(f"主单{into}已经不在办理中，不能并入。")
    return main


def propose_merge(desk: Desk, ticket: Ticket, now: datetime, *, apart: bool = False) -> Ticket:
    """Point the staff to the open ticket that is most probably the same matter. They decide.

    `apart`: the resident was asked and said that it is another one.
    """
    if ticket.category is None or not ticket.location:
        return ticket
    since = now - timedelta(days=OPEN_FOR_DAYS)
    twin = twin_of(ticket, desk.store.tickets.alike(ticket.category, since, LOOKED_AT))
    if twin is None:
        return ticket
    return desk.move(
        ticket.number, EventKind.MERGE_PROPOSED, BOT, now, into=twin.number, apart=apart
    )


def raise_class(desk: Desk, ticket: Ticket, now: datetime) -> Ticket:
    """Many residents with one matter: a level up, a shorter class where there is one, and a supervisor hears of it."""
    many = f"{ticket.followers}位居民也反映了这件事"
    higher = desk.policies.raised.get(ticket.clock)
    data = {"clock": higher} if higher else {}
    ticket = desk.move(ticket.number, EventKind.RAISED, CLOCK, now, many, (), **data)
    desk.notices.to_supervisors(ticket, many, now)
    return ticket


def _returned(desk: Desk, ticket: Ticket, attempt: Attempt) -> Ticket:
    """Under three returns the proposed unit gets it at once."""
    if ticket.returns < MOST_RETURNS:
        return desk.dispatch(ticket.number, attempt.now, str(attempt.data["department"]))
    desk.notices.to_supervisors(ticket, "已被退回三次，请指定办理单位", attempt.now)
    return ticket


def _relabelled(desk: Desk, ticket: Ticket, attempt: Attempt) -> Ticket:
    """A chief's new category takes the ticket to its unit; an agent's corrects the label only."""
    unit, role = desk.directory.unit_of(ticket.category), attempt.actor.role
    stays = role is Role.AGENT or (role is Role.HEAD and ticket.designated)
    if not ticket.is_open or unit == ticket.department or stays:
        return ticket
    note = f"类别改为{desk.directory.category_name(ticket.category)}"
    return desk.move(
        ticket.number, EventKind.TRANSFERRED, attempt.actor, attempt.now, note, department=unit
    )


def _merged(desk: Desk, ticket: Ticket, attempt: Attempt) -> Ticket:
    """Everybody who waited for the merged ticket now hears of the main one."""
    main = target(desk, ticket, str(attempt.data["into"]))
    chats = [attempt.ticket.chat, *desk.store.tickets.followers(ticket.number)]
    for chat in chats:
        if chat is not None:
            desk.join(main.number, chat, attempt.now)
    return ticket


def _split(desk: Desk, ticket: Ticket, attempt: Attempt) -> Ticket:
    """One problem, one ticket: what the note says becomes a ticket of its own for the same resident.

    Another category brings its own unit; without one the part stays where it is.
    """
    category = str(attempt.data.get("category") or "") or ticket.category
    part = desk.file(
        Draft(
            kind=Kind.HELP if ticket.kind is Kind.PRAISE else ticket.kind,
            chat=ticket.chat,
            subject=headline(attempt.note),
            detail=f"{attempt.note}（由{ticket.number}拆出）",
            category=category,
            location=ticket.location,
            contact=ticket.contact,
            anonymous=ticket.anonymous,
            department=ticket.department if category == ticket.category else None,
            number=str(attempt.data["part"]),
            parent=ticket.number,
            audience=ticket.audience,
        ),
        attempt.now,
        attempt.actor,
    )
    desk.notices.tell(part, desk.notices.receipt_of_part(part, ticket, attempt.now), attempt.now)
    return ticket


AFTER = {
    EventKind.RETURNED: _returned,
    EventKind.RELABELLED: _relabelled,
    EventKind.MERGED: _merged,
    EventKind.SPLIT: _split,
}
