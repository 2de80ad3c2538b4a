"""What all pages of the console share: the door in front of each, the frame around each."""

import logging
import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.console.access import ACCESS, may_open
from bot.console.auth import SignedOut, Visit, form_token, form_token_fits, visit_of
from bot.console.front import Front
from bot.console.wall import WALL_COOKIE, WALL_ROWS, wall_member
from bot.console.words import ROLE_NAMES, day_and_time, paragraphs
from bot.departments import Role, StaffMember
from bot.errors import BotError, NotAllowed, StoreError, TicketNotFound

log = logging.getLogger("mashangban.console")
TEMPLATES = Path(__file__).parent.parent / "templates"
COOKIE = "staff"
DEVICE_COOKIE = "staff_device"  # who has signed in in this browser before
DOOR_COOKIE = "staff_door"  # the login page's own, before there is a session
ROOT = "/staff"
UNSAVED = "没有存上，内容没有改变。请过一会儿再试；还不行请找管理员。"
STALE = "这一页放得太久，或是中间重新登录过，所以没有提交。请打开原来那一页再交一次；在工单上写的内容还留着。"

Endpoint = Callable[..., Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation."""

    row: str
    path: str
    name: str


PLACES = (
    Place("GET /", "/staff/", "工单"),
    Place("GET /inspection", "/staff/inspection", "今日点检"),
    Place("GET /map", "/staff/map", "作战图"),
    Place("GET /figures", "/staff/figures", "数据"),
    Place("GET /faq", "/staff/faq", "知识库"),
    Place("GET /people", "/staff/people", "人员"),
    Place("GET /settings", "/staff/settings", "设置"),
)


class Console:
    """Builds routes and pages. A page module has one function `add(console)`."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.routes = APIRouter(
            route_class=_route_class(self),
            include_in_schema=False,
            default_response_class=HTMLResponse,
        )
        self.env = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self.env.filters["when"] = partial(day_and_time, front.calendar)
        self.env.filters["paragraphs"] = paragraphs
        self.env.globals["role_names"] = ROLE_NAMES

    # -- routes ---------------------------------------------------------------------------------------

    def get(self, path: str) -> Callable[[Endpoint], Endpoint]:
        return self._route("GET", path)

    def post(self, path: str) -> Callable[[Endpoint], Endpoint]:
        return self._route("POST", path)

    def _route(self, method: str, path: str) -> Callable[[Endpoint], Endpoint]:
        row = f"{method} {path}"
        if row not in ACCESS:
            raise LookupError(f"{row} has no row in access.py")

        def keep(endpoint: Endpoint) -> Endpoint:
            endpoint.__dict__["row"] = row
            self.routes.add_api_route(
                path, endpoint, methods=[method], response_model=None, name=f"staff {row}"
            )
            return endpoint

        return keep

    async def enter(self, request: Request, row: str) -> None:
        """Before every page: who is it, may he, and was a form made for this session."""
        token = request.cookies.get(COOKIE, "")
        front = self.front
        by_hand = request.method == "POST" or "x-fragment" not in request.headers
        visit = await front.run(visit_of, front, token, front.now(), by_hand) if token else None
        request.state.visit = visit
        request.state.wall = None
        if visit is None and row in WALL_ROWS:
            hung = request.cookies.get(WALL_COOKIE, "")
            request.state.wall = await front.run(wall_member, front, hung, row) if hung else None
            if request.state.wall:
                return
        if not may_open(row, visit.member.role if visit else Role.RESIDENT):
            if visit is None:
                raise SignedOut
            raise NotAllowed(f"您的角色是{ROLE_NAMES[visit.member.role]}，不能打开这一页。")
        if request.method == "POST":
            key = visit.token if visit else request.cookies.get(DOOR_COOKIE, "")
            if row == "POST /login":
                key = request.cookies.get(DOOR_COOKIE, "")
            form = await request.form()
            if not form_token_fits(front.settings.secret, key, str(form.get("token", ""))):
                raise NotAllowed(STALE)

    # -- pages ----------------------------------------------------------------------------------------

    def page(
        self, request: Request, template: str, /, status: int = 200, **context: object
    ) -> HTMLResponse:
        """A whole page with navigation, or a fragment (templates named `_….html`)."""
        visit: Visit | None = request.state.visit
        role = visit.member.role if visit else Role.RESIDENT
        frame: dict[str, object] = {
            "visit": visit,
            "places": [place for place in PLACES if may_open(place.row, role)],
            "here": request.url.path,
            "token": form_token(self.front.settings.secret, visit.token) if visit else "",
            "now": self.front.now(),
            "unit_name": self.front.directory.unit_name,
        }
        html = self.env.get_template(f"staff/{template}").render(frame | context)
        return HTMLResponse(html, status)

    def refusal(self, request: Request, sentence: str, status: int) -> HTMLResponse:
        if not hasattr(request.state, "visit"):
            request.state.visit = None
        where = _page_of(request.url.path) if sentence == STALE else f"{ROOT}/"
        return self.page(request, "refusal.html", status, sentence=sentence, where=where)


def visit(request: Request) -> Visit:
    """The signed-in person; `Console.enter` has made sure that there is one."""
    found: Visit = request.state.visit
    return found


def looker(request: Request) -> StaffMember:
    """Who looks at the map: the signed-in person, or whoever hung this wall screen up."""
    member: StaffMember = request.state.wall or visit(request).member
    return member


async def submitted(request: Request) -> dict[str, str]:
    """The text fields of a form, without the carriage returns browsers put in; files are ignored."""
    form = await request.form()
    return {
        key: value.replace("\r\n", "\n").strip()
        for key, value in form.items()
        if isinstance(value, str)
    }


def address(request: Request) -> str | None:
    """Where it comes from; None for the machine itself, behind which a whole city may stand (a proxy
    that does not say for whom it asks)."""
    host = request.client.host if request.client else ""
    return None if host in ("", "127.0.0.1", "::1") else host


def _page_of(path: str) -> str:
    """Where the form of a ticket was, so that a kept draft is found again; else the list."""
    ticket = re.match(rf"{ROOT}/t/[A-Z0-9-]+(?=/)", path)
    return ticket.group() if ticket else f"{ROOT}/"


def _route_class(console: Console) -> type[APIRoute]:
    class StaffRoute(APIRoute):
        """Asks the table before the page is built; turns our errors into pages."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            inner = super().get_route_handler()
            row: str = self.endpoint.__dict__["row"]

            async def handler(request: Request) -> Response:
                response = await _answer(console, inner, row, request)
                response.headers["cache-control"] = "no-store"
                return response

            return handler

    return StaffRoute


async def _answer(
    console: Console,
    inner: Callable[[Request], Coroutine[Any, Any, Response]],
    row: str,
    request: Request,
) -> Response:
    try:
        await console.enter(request, row)
        return await inner(request)
    except SignedOut:
        if request.headers.get("x-fragment"):
            return Response("请重新登录", 401)
        back = request.url.path if request.method == "GET" else _page_of(request.url.path)
        return RedirectResponse(f"{ROOT}/login?next={quote(back)}", 303)
    except TicketNotFound as error:
        return console.refusal(request, str(error), 404)
    except NotAllowed as error:
        return console.refusal(request, str(error), 403)
    except StoreError:
        log.exception("A page of the staff could not use the store")
        return console.refusal(request, UNSAVED, 503)
    except BotError as error:
        return console.refusal(request, str(error), 422)
