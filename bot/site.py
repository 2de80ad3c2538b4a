"""One site of all that speaks HTTP: residents' chat, API, Open311, console, health."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.routing import Match

from bot import __version__, console
from bot.channels import Front, api, open311, ops, web
from bot.channels.limits import Doorman
from bot.channels.security import HEADERS, TOO_LARGE, Guard
from bot.errors import BotError, StoreFull, TicketNotFound

log = logging.getLogger("mashangban.site")
PROGRAMS = ("/api/", "/open311/", "/healthz", "/metrics", "/openapi.json")
DESCRIPTION = "Residents' chat, tickets and Open311 of 马上办. Refusals carry one Chinese sentence."
UNREADABLE = "请求的格式不对：{where}。"
BAD_SESSION = "session要8到128个字母、数字、下划线或连字符，由您的程序随机生成。"
BROKEN = "我们这边出了点问题，已经记下来了。请稍后再试，急事请打12345。"

Background = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class WebhookDoor(Protocol):
    """A door that is called from outside, instead of asking there; no path where it asks."""

    webhook_path: str

    async def receive_webhook(self, body: dict[str, Any], secret: str | None) -> int:
        """The status to answer with."""
        ...


@asynccontextmanager
async def nothing(site: FastAPI) -> AsyncIterator[None]:
    """No work beside the site: for tests."""
    yield


def create_site(
    front: Front, background: Background = nothing, telegram: WebhookDoor | None = None
) -> FastAPI:
    """`background` runs beside the site (the worker); `telegram` gets its updates here if it has a webhook."""
    site = FastAPI(
        title="马上办", version=__version__, description=DESCRIPTION, lifespan=background,
        docs_url=None, redoc_url=None,
    )  # fmt: skip
    doorman, pages = Doorman(), web.Pages(front)
    webhook = telegram.webhook_path if telegram else ""
    https = front.settings.base_url.startswith("https://")
    site.add_middleware(Guard, webhook=webhook, https=https)
    rooms = (
        api.router(front, doorman),
        open311.router(front),
        ops.router(front),
        web.router(front, pages, doorman),
    )
    for room in rooms:
        site.include_router(room)
    site.include_router(console.router(front), prefix="/staff", include_in_schema=False)
    if telegram is not None and webhook:
        _add_webhook(site, telegram)
    site.mount("/static", StaticFiles(directory=web.STATIC), name="static")
    programs = (*PROGRAMS, webhook) if webhook else PROGRAMS
    _add_refusals(site, pages, rooms, programs)
    return site


def _add_webhook(site: FastAPI, door: WebhookDoor) -> None:
    @site.post(door.webhook_path, include_in_schema=False)
    async def update(request: Request) -> Response:
        """An update of Telegram; its secret header is checked by the channel."""
        secret = request.headers.get("x-telegram-bot-api-secret-token")
        try:
            sent = await request.json()
        except ValueError:
            return JSONResponse({"error": "an update is JSON"}, 400)
        return Response(status_code=await door.receive_webhook(sent, secret))


# -- refusals -------------------------------------------------------------------------------------


def _add_refusals(
    site: FastAPI, pages: web.Pages, rooms: Sequence[APIRouter], programs: tuple[str, ...]
) -> None:
    def refuse(request: Request, status: int, sentence: str) -> Response:
        path = request.url.path
        if path.startswith("/open311/"):
            return open311.refusal(path, status, sentence)
        if path.startswith(programs):
            return JSONResponse({"error": sentence}, status)
        return pages.refusal(request, status, sentence if _chinese(sentence) else "")

    @site.exception_handler(StarletteHTTPException)
    async def http(request: Request, error: StarletteHTTPException) -> Response:
        if error.status_code == 400 and request.url.path.startswith("/api/"):  # not even UTF-8
            return refuse(request, 422, UNREADABLE.format(where="正文"))
        known = web.SENTENCES.get(error.status_code, "")
        sentence = error.detail if _chinese(error.detail) else known or error.detail
        if 300 <= error.status_code < 400:  # a redirect raised by a guard of the console
            return Response(status_code=error.status_code, headers=error.headers)
        answer = refuse(request, error.status_code, sentence)
        answer.headers.update(error.headers or {})
        if error.status_code == 405 and (methods := _methods(rooms, request)):
            answer.headers["allow"] = ", ".join(sorted(methods))
        return answer

    @site.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        status = 400 if request.url.path.startswith("/open311/") else 422
        return refuse(request, status, _what_is_wrong(error))

    @site.exception_handler(open311.Refused)
    async def refused(request: Request, error: open311.Refused) -> Response:
        return open311.refusal(request.url.path, error.status, str(error))

    @site.exception_handler(BotError)
    async def ours(request: Request, error: BotError) -> Response:
        status = (
            404
            if isinstance(error, TicketNotFound)
            else 503
            if isinstance(error, StoreFull)
            else 409
        )
        return refuse(request, status, str(error))

    @site.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        log.error("A request failed: %s %s", request.method, type(error).__name__)
        answer = refuse(request, 500, BROKEN)
        answer.headers.update(HEADERS)  # this handler stands outside of Guard
        return answer


def _methods(rooms: Sequence[APIRouter], request: Request) -> set[str]:
    """All that the address can do: several routes may share it, and each knows only its own."""
    return {
        method
        for room in rooms
        for route in room.routes
        if route.matches(request.scope)[0] is not Match.NONE
        for method in getattr(route, "methods", None) or ()
    }


def _chinese(sentence: str) -> bool:
    return any("一" <= sign <= "龥" for sign in sentence)


def _what_is_wrong(error: RequestValidationError) -> str:
    """Names the field, never what was in it."""
    if any(
        fault["type"] == "string_too_long" and "text" in fault["loc"] for fault in error.errors()
    ):
        return TOO_LARGE
    # after the field come its parts and the names of its types; a body that is no JSON has a position
    places = [
        "".join(part for part in fault["loc"][1:2] if isinstance(part, str))
        for fault in error.errors()
    ]
    if "session" in places or "x-session" in places:
        return BAD_SESSION
    return UNREADABLE.format(where="、".join(dict.fromkeys(place or "正文" for place in places)))
