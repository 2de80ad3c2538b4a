"""Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2): the district's open matters for other programs.

Public, so nothing of a resident is in it: category, status, dates and unit. What is posted as a
description, place or contact goes to the staff and never comes out here again.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, BeforeValidator

from bot.aftermath import propose_merge
from bot.channels import Front
from bot.channels.limits import Limiter, Pace
from bot.channels.open311_words import (
    MEDIA_TYPES,
    Fault,
    Filed,
    Filing,
    Format,
    Service,
    ServiceDefinition,
    ServiceRequest,
    written,
    written_definition,
)
from bot.channels.security import address
from bot.channels.shapes import Text
from bot.departments import Category
from bot.drafts import Draft
from bot.errors import BotError
from bot.messages import Location
from bot.phrases import urgent_words
from bot.store import whole
from bot.store.published import Published
from bot.tickets import ENDED, OPEN, Kind, State, Ticket

FILING_PACE = Pace(burst=20, a_second=0.2)  # an address
READING_PACE = Pace(burst=100, a_second=5)
PAGE = 100
LARGEST_PAGE = 500
SPAN = timedelta(days=90)  # of the specification, where no dates are given
NOT_ENDED = (*OPEN, State.REPLIED)  # a reply that waits: only the resident can say that it is done


def w3c_time(text: object) -> object:
    """2026-11-24T09:30:00+08:00 and nothing else: pydantic would read a bare number as seconds."""
    if not re.match(r"^\d{4}-\d\d-\d\d[Tt ]", str(text)):
        raise ValueError("not a date and time")
    return text


Jurisdiction = Annotated[
    Text | None, Query(max_length=200, description="There is one district here: not looked at")
]
Code = Annotated[Text, Path()]
Moment = Annotated[AwareDatetime, BeforeValidator(w3c_time)]


class Refused(BotError):
    """For the other program's developer: the status and the reason."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def refusal(path: str, status: int, sentence: str) -> Response:
    """In the format that was asked for, as the specification wants it."""
    form: Format = "xml" if path.endswith(".xml") else "json"
    body = written([Fault(code=status, description=sentence)], form, "errors", "error")
    return Response(body, status, media_type=MEDIA_TYPES[form])


def router(front: Front) -> APIRouter:
    """Each call twice: .json and .xml."""
    api = APIRouter(prefix="/open311/v2", tags=["open311"])
    filing, reading = Limiter(FILING_PACE), Limiter(READING_PACE)
    for form in MEDIA_TYPES:
        _add_services(api, front, form)
        _add_requests(api, front, form, reading)
        _add_filing(api, front, form, filing)
    return api


def _documented(form: Format, model: Any, *refusals: int) -> dict[int | str, dict[str, Any]]:
    """The specification page describes JSON; XML carries the same words."""
    shown = {200: model} | dict.fromkeys(refusals, list[Fault])
    if form == "json":
        return {status: {"model": what} for status, what in shown.items()}
    return {status: {"content": {"application/xml": {}}, "description": "XML"} for status in shown}


def _answer(items: Sequence[BaseModel], form: Format, root: str, each: str) -> Response:
    return Response(written(items, form, root, each), media_type=MEDIA_TYPES[form])


# -- what can be reported ---------------------------------------------------------------------------


def _add_services(api: APIRouter, front: Front, form: Format) -> None:
    @api.get(
        f"/services.{form}",
        response_class=Response,
        responses=_documented(form, list[Service], 400),
    )
    async def services(jurisdiction_id: Jurisdiction = None) -> Response:
        """All categories."""
        known = [service(category) for category in front.directory.categories.values()]
        return _answer(known, form, "services", "service")

    @api.get(
        f"/services/{{code}}.{form}",
        response_class=Response,
        responses=_documented(form, ServiceDefinition, 400, 404),
    )
    async def definition(code: Code, jurisdiction_id: Jurisdiction = None) -> Response:
        """What a category asks for beside place and description: nothing."""
        if code not in front.directory.categories:
            raise Refused(404, f"service_code {code!r} is not known; see services.{form}")
        body = written_definition(ServiceDefinition(service_code=code), form)
        return Response(body, media_type=MEDIA_TYPES[form])


def service(category: Category) -> Service:
    return Service(
        service_code=category.id,
        service_name=category.name,
        description=f"{category.level1}：{category.name}",
        keywords=",".join(category.cues),
        group=category.level1,
    )


# -- what is being done -------------------------------------------------------------------------------


def _add_requests(api: APIRouter, front: Front, form: Format, pace: Limiter) -> None:
    @api.get(
        f"/requests.{form}",
        response_class=Response,
        responses=_documented(form, list[ServiceRequest], 400, 429),
    )
    async def requests(
        request: Request,
        jurisdiction_id: Jurisdiction = None,
        service_request_id: Annotated[Text | None, Query(max_length=2000)] = None,
        service_code: Annotated[Text | None, Query(max_length=2000)] = None,
        start_date: Moment | None = None,
        end_date: Moment | None = None,
        status: Annotated[str | None, Query(pattern=r"^(open|closed)(,(open|closed))*$")] = None,
        page: Annotated[int, Query(ge=1, le=10_000)] = 1,
        page_size: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE,
    ) -> Response:
        """Newest first. Numbers, if given, make all else be ignored; without dates the last 90 days."""
        _slow_down(front, request, pace)
        if service_request_id:
            numbers = service_request_id.split(",")[:LARGEST_PAGE]
            tickets = await front.run(_by_numbers, front, numbers)
        else:
            until = end_date or front.now()
            tickets = await front.run(
                partial(
                    Published(front.store.database).newest,
                    since=start_date or earlier(until),
                    until=until,
                    states=_states(status),
                    categories=_codes(service_code),
                    limit=page_size,
                    offset=(page - 1) * page_size,
                )
            )
        return _answer(_shown(front, tickets), form, "service_requests", "request")

    @api.get(
        f"/requests/{{number}}.{form}",
        response_class=Response,
        responses=_documented(form, list[ServiceRequest], 400, 404, 429),
    )
    async def one_request(
        request: Request, number: Code, jurisdiction_id: Jurisdiction = None
    ) -> Response:
        """One request: a list of one, as the specification has it."""
        _slow_down(front, request, pace)
        tickets = await front.run(_by_numbers, front, [number])
        if not tickets:
            raise Refused(404, f"service_request_id {number!r} is not known")
        return _answer(_shown(front, tickets), form, "service_requests", "request")


def _slow_down(front: Front, request: Request, pace: Limiter) -> None:
    place = address(request)
    if place and not pace.allows(place, front.now()):
        raise Refused(429, "too many requests from this address; wait a moment")


def earlier(until: datetime) -> datetime:
    """90 days before; the beginning of time where there are not so many."""
    first = datetime.min.replace(tzinfo=UTC)
    return until - SPAN if until - first > SPAN else first


def _states(status: str | None) -> tuple[State, ...]:
    named = set((status or "open,closed").split(","))
    return (*(NOT_ENDED if "open" in named else ()), *(ENDED if "closed" in named else ()))


def _codes(service_code: str | None) -> tuple[str, ...]:
    return tuple(code for code in (service_code or "").split(",") if code)


def _by_numbers(front: Front, numbers: Sequence[str]) -> list[Ticket]:
    found = (front.store.tickets.find(number.strip()) for number in numbers)
    return [ticket for ticket in found if ticket is not None]


def _shown(front: Front, tickets: Sequence[Ticket]) -> list[ServiceRequest]:
    return [service_request(front, ticket) for ticket in tickets]


def service_request(front: Front, ticket: Ticket) -> ServiceRequest:
    """What a stranger may see."""
    passed = [ticket.filed_at, ticket.replied_at, ticket.closed_at]
    return ServiceRequest(
        service_request_id=ticket.number,
        status="closed" if ticket.is_ended else "open",
        status_notes=front.notices.state_name(ticket.state),
        service_name=front.directory.category_name(ticket.category),
        service_code=ticket.category or "other",
        agency_responsible=front.directory.unit_name(ticket.department),
        requested_datetime=_local(front, ticket.filed_at) or "",
        updated_datetime=_local(front, max(moment for moment in passed if moment)) or "",
        expected_datetime=_local(front, ticket.answer_by),
    )


def _local(front: Front, moment: datetime | None) -> str | None:
    return front.calendar.local(moment).isoformat(timespec="seconds") if moment else None


# -- filing -------------------------------------------------------------------------------------------


def _add_filing(api: APIRouter, front: Front, form: Format, pace: Limiter) -> None:
    @api.post(
        f"/requests.{form}",
        response_class=Response,
        responses=_documented(form, list[Filed], 400, 404, 413, 429),
    )
    async def file(request: Request, filing: Annotated[Filing, Form()]) -> Response:
        """A new ticket. The code in `service_notice` opens it at /t/<number> for whoever filed it."""
        _slow_down(front, request, pace)
        if filing.service_code not in front.directory.categories:
            raise Refused(404, f"service_code {filing.service_code!r} is not known")
        if not (filing.address_string or filing.address_id) and None in (filing.lat, filing.long):
            raise Refused(400, "a place is needed: lat and long, address_string or address_id")
        filed = await front.run(_file, front, filing)
        front.wake()
        return _answer([filed], form, "service_requests", "request")


@whole
def _file(front: Front, filing: Filing) -> Filed:
    now = front.now()
    name = front.directory.category_name(filing.service_code)
    detail = filing.description.strip() or f"（经Open311接口提交，没有文字说明）{name}"
    if filing.media_url:
        detail += f"\n图片：{filing.media_url}"
    person = f"{filing.last_name}{filing.first_name}".strip()
    contact = " ".join(part for part in (person, filing.phone, filing.email) if part)
    spot = None
    if filing.lat is not None and filing.long is not None:
        spot = Location(latitude=filing.lat, longitude=filing.long)
    danger = front.directory.urgent.get(front.danger_in(filing.description) or "")
    draft = Draft(
        kind=Kind.HELP if danger else Kind.COMPLAINT,
        chat=None,
        subject=danger.name if danger else name,
        detail=detail,
        category=filing.service_code,
        location=filing.address_string or filing.address_id,
        spot=spot,
        contact=contact or None,
        model="open311",
        urgent=danger.id if danger else None,
        department=danger.department if danger else None,
    )
    with front.store.atomic():
        ticket = propose_merge(front.desk, front.desk.file(draft, now), now)
    when = front.notices.when(ticket.answer_by, now)
    notice = f"已受理，{when}前答复。查进度：/t/{ticket.number}，查询码 {ticket.secret}"
    if danger:  # the other program shows it to whoever stands there
        notice = "\n".join((*urgent_words(front.wording, danger), notice))
    return Filed(service_request_id=ticket.number, service_notice=notice)
