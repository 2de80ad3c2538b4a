"""The page of one ticket, the moves on it, the check of a reply while it is typed, its photos."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console import viewers
from bot.console.access import may_unmask, sees
from bot.console.auth import Visit
from bot.console.forms import BLANK, read
from bot.console.front import Front
from bot.console.history import NAMES, name_of_move, photos_of
from bot.console.pages import Console, submitted, visit
from bot.console.reply_templates import load_reply_templates
from bot.console.ticket_view import Refused, last_reply, seen_ticket, similar, ticket_page
from bot.errors import IllegalMove, NotAllowed, TicketError, TicketNotFound
from bot.files import MEDIA_TYPE
from bot.moves import find_move
from bot.replies import Fault, review
from bot.store import whole
from bot.tickets import EventKind, Kind, Ticket

E = EventKind
UNCHECKED = (Kind.CONSULTATION, Kind.PRAISE)  # guards.py lets their replies go as they are


def add(console: Console) -> None:
    """The routes of a ticket."""
    front, templates = console.front, load_reply_templates()

    @console.get("/t/{number}")
    async def show(request: Request) -> Response:
        who = visit(request)
        page = await front.run(ticket_page, front, who, request.path_params["number"], templates)
        done = name_of_move(request.query_params.get("done", ""), who.member.role)
        return console.page(request, "ticket.html", page=page, done=done, blank=BLANK)

    @console.post("/t/{number}/move")
    async def move(request: Request) -> Response:
        who, number = visit(request), request.path_params["number"]
        form = await submitted(request)
        try:
            moved = await front.run(_make_move, front, who, number, form)
        except TicketNotFound:
            raise
        except TicketError as error:
            refused = Refused(event=form.get("event", ""), sentence=str(error), typed=form)
            page = await front.run(ticket_page, front, who, number, templates, refused)
            status = 409 if isinstance(error, Overtaken) else 422
            return console.page(request, "ticket.html", status, page=page, done="", blank=BLANK)
        front.wake()
        page_after = f"/staff/t/{number}" if sees(who.member, moved) else "/staff/"
        return RedirectResponse(f"{page_after}?done={form['event']}", 303)

    @console.get("/t/{number}/pulse")
    async def pulse(request: Request) -> Response:
        """Asked every 15 seconds by an open page: who else is here, and whether the ticket has moved."""
        number, member = request.path_params["number"], visit(request).member
        ticket, others = await front.run(_pulse, front, visit(request), number)
        names = await front.run(_names, front, ticket)
        return console.page(
            request, "_pulse.html", ticket=ticket, viewers=others,
            claimed=names.get(ticket.claimed_by or 0, "") if ticket.claimed_by != member.id else "",
        )  # fmt: skip

    @console.post("/check")
    async def check(request: Request) -> Response:
        form = await submitted(request)
        text, number = form.get("note", ""), form.get("number", "")
        faults = await front.run(_faults, front, visit(request), number, text)
        return console.page(request, "_check.html", faults=faults, empty=not text)

    @console.get("/files/{name}")
    async def photo(request: Request) -> Response:
        name = request.path_params["name"]
        data = await front.run(_photo, front, visit(request), name)
        if data is None:
            raise NotAllowed("没有这张照片，或者它不属于您能看的工单。")
        return Response(data, media_type=MEDIA_TYPE)


class Overtaken(IllegalMove):
    """For the staff member: the ticket has moved since the page was opened; what was typed is kept."""


@whole
def _make_move(front: Front, who: Visit, number: str, form: Mapping[str, str]) -> Ticket:
    """Core thread: all looked at and changed in one transaction."""
    with front.store.atomic():
        ticket = seen_ticket(front, who.member, number)
        if form.get("version") != str(ticket.version):
            raise Overtaken(_what_came_between(front, ticket))
        event = next((kind for kind in EventKind if kind.value == form.get("event")), None)
        if event is None:
            raise IllegalMove("没有这一步。")
        if event is E.UNMASKED and not may_unmask(who.member, ticket):
            raise NotAllowed("举报和匿名的工单，只有经办人本人能看身份。")
        now = front.now()
        row = find_move(event, who.actor.role, ticket.state)
        note, data = form.get("note", ""), dict[str, Any]()
        if row is not None:
            given = read(front, row, ticket, form, now)
            note, data = given.note, given.data
        if event is E.ANONYMISED:
            front.files.forget(front.desk.anonymise(number, who.actor, now))
            return front.desk.ticket(number)
        if event is E.REPLIED and form.get("reason_late"):  # both, or neither
            front.desk.move(number, E.EXPLAINED, who.actor, now, note=form["reason_late"])
        return front.desk.move(number, event, who.actor, now, note=note, **data)


def _what_came_between(front: Front, ticket: Ticket) -> str:
    last = front.store.tickets.events(ticket.number)[-1]
    name = NAMES.get((last.actor.role, last.kind), last.kind.value)
    return (
        f"在您填写的时候，{last.actor.name or '别人'}刚刚做了“{name}”。"
        "您写的还在，请看一眼现在的情况，再提交一次。"
    )


def _pulse(front: Front, who: Visit, number: str) -> tuple[Ticket, tuple[str, ...]]:
    ticket = seen_ticket(front, who.member, number)
    return ticket, viewers.see(front, number, who.member, front.now())


def _names(front: Front, ticket: Ticket) -> dict[int, str]:
    member = front.store.staff.find(ticket.claimed_by) if ticket.claimed_by else None
    return {member.id: member.name} if member else {}


def _faults(front: Front, who: Visit, number: str, text: str) -> list[Fault]:
    """The check the desk will make, and advice beyond it."""
    if not text:
        return []
    ticket = seen_ticket(front, who.member, number)
    past, _ = similar(front, who.member, ticket, front.now())
    faults = review(text, [last_reply(front, line.ticket.number) for line in past])
    if ticket.kind in UNCHECKED:
        faults = [
            Fault(f.code, f.sentence, blocking=f.code == "privacy" and f.blocking) for f in faults
        ]
        faults = [f for f in faults if f.code in ("vague", "privacy", "copied")]
    if BLANK in text:
        faults.insert(0, Fault("blank", f"还有没填的空（{BLANK}）"))
    return faults


def _photo(front: Front, who: Visit, name: str) -> bytes | None:
    """Only where it hangs on a ticket this person may see."""
    kept = front.store.files.find(name)
    if kept is None:
        return None
    for ticket in front.store.tickets.of_chat(kept.chat):
        events = front.store.tickets.events(ticket.number) if sees(who.member, ticket) else []
        if any(name in photos_of(event) for event in events):
            return front.files.read(name)
    return None
