"""The list: my tickets and my unit's by time left, search, moves on many at once."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.access import LEADERS, MOVERS, may_open, sees
from bot.console.auth import Visit
from bot.console.front import Front
from bot.console.history import name_of_move
from bot.console.pages import Console, submitted, visit
from bot.console.queue_view import (
    FOUND,
    GROUPS,
    QueuePage,
    queue_page,
    read_asked,
    scopes_of,
    search,
)  # fmt: skip
from bot.errors import BotError, NotAllowed
from bot.tickets import EventKind

BATCH_MOVES = {
    EventKind.SIGNED: "签收",
    EventKind.CLAIMED: "认领",
    EventKind.RELEASED: "释放",
    EventKind.NOTED: "内部备注",
}
MOST_AT_ONCE = 100


def add(console: Console) -> None:
    """The routes of the list."""
    front = console.front

    def context(request: Request, page: QueuePage) -> dict[str, Any]:
        member = visit(request).member
        return {
            "page": page,
            "scopes": scopes_of(member),
            "groups": {key: name for key, (name, _) in GROUPS.items()},
            "units": front.directory.departments.values() if "all" in scopes_of(member) else (),
            "categories": front.directory.categories.values(),
            "batch_moves": BATCH_MOVES if may_open("POST /batch", member.role) else {},
            "decides": member.role in LEADERS & MOVERS,
            "outcome": None,
            "words": "",
            "done": name_of_move(request.query_params.get("done", ""), member.role),
        }

    async def current(request: Request, values: dict[str, str]) -> QueuePage:
        member = visit(request).member
        asked = read_asked(values, front, member)
        return await front.run(queue_page, front, member, asked, front.now())

    @console.get("/")
    async def queue(request: Request) -> Response:
        page = await current(request, dict(request.query_params))
        return console.page(request, "queue.html", **context(request, page))

    @console.get("/rows")
    async def rows(request: Request) -> Response:
        """The list alone, for the live refresh."""
        page = await current(request, dict(request.query_params))
        return console.page(request, "_rows.html", **context(request, page))

    @console.post("/search")
    async def find(request: Request) -> Response:
        """By POST: what is searched for may be a name or a phone, and must not stand in an address."""
        words = (await submitted(request)).get("words", "")[:60]
        member = visit(request).member
        if not words:
            return RedirectResponse("/staff/", 303)
        found = await front.run(search, front, member, words, front.now())
        numbers = [row.ticket.number for row in found.rows]
        if numbers == [words.upper()]:
            return RedirectResponse(f"/staff/t/{numbers[0]}", 303)
        return console.page(
            request, "search.html", words=words, rows=found.rows, since=found.since, most=FOUND
        )

    @console.post("/batch")
    async def batch(request: Request) -> Response:
        form = await request.form()
        numbers = [str(number) for number in form.getlist("number")][:MOST_AT_ONCE]
        values = await submitted(request)
        outcome = await front.run(
            _move_many,
            front,
            visit(request),
            numbers,
            values.get("event", ""),
            values.get("note", ""),
        )
        front.wake()
        page = await current(request, values)
        return console.page(
            request, "queue.html", **(context(request, page) | {"outcome": outcome})
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a batch did: which tickets moved, and why the others did not."""

    name: str
    done: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def _move_many(front: Front, who: Visit, numbers: list[str], event: str, note: str) -> Outcome:
    """Core thread. Each ticket is a transaction of its own: one refusal does not undo the others."""
    kind = next((kind for kind in BATCH_MOVES if kind.value == event), None)
    if kind is None:
        raise NotAllowed("这一步不能成批做，请打开工单再办。")
    done, refused = [], []
    for number in dict.fromkeys(numbers):
        try:
            if not sees(who.member, front.desk.ticket(number)):
                raise NotAllowed("这张工单不归您的单位。")
            front.desk.move(number, kind, who.actor, front.now(), note=note)
            done.append(number)
        except BotError as error:
            refused.append((number, str(error)))
    return Outcome(name=BATCH_MOVES[kind], done=tuple(done), refused=tuple(refused))
