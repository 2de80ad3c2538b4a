"""The residents' pages: chat, a ticket by number and code, what is kept, and refusals in plain words."""

import hashlib
import re
from datetime import datetime
from pathlib import Path as Folder
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from bot.channels import Front
from bot.channels.api import NO_TICKET, TOO_MANY_GUESSES, one_ticket
from bot.channels.limits import Doorman
from bot.channels.season import chips
from bot.channels.security import address
from bot.channels.shapes import NUMBER
from bot.channels.timeline import Reader

HERE = Folder(__file__).parent.parent
STATIC = HERE / "static"
SENTENCES = {
    403: "这个页面您没有权限看。",
    404: "没有这个页面，可能网址输错了。",
    405: "这个页面不能这样打开。",
    413: "发来的内容太大了。",
    422: "填写的内容不对，请检查后再试。",
    429: "打开得太快了，请稍等几秒再试。",
    500: "我们这边出了点问题，已经记下来了。请稍后再试。",
}


class Pages:
    """The templates, with what every page needs."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.templates = Jinja2Templates(directory=HERE / "templates")
        self.templates.env.globals["version"] = _version()
        self.templates.env.filters["when"] = self._when

    def _when(self, moment: datetime | None) -> str:
        return self.front.notices.when(moment, self.front.now()) if moment else ""

    def page(self, request: Request, name: str, status: int = 200, **values: object) -> Response:
        return self.templates.TemplateResponse(request, f"chat/{name}.html", values, status)

    def refusal(self, request: Request, status: int, sentence: str = "") -> Response:
        """An error page; never a word of English for a resident."""
        said = sentence or SENTENCES.get(status, SENTENCES[500])
        return self.page(request, "error", status, code=status, sentence=said)


def _version() -> str:
    """Changes with the static files, so that a page never meets yesterday's script."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def router(front: Front, pages: Pages, doorman: Doorman) -> APIRouter:
    """Pages are no part of the specification: programs use /api/v1."""
    web = APIRouter(include_in_schema=False)

    @web.get("/")
    async def chat(request: Request) -> Response:
        local = front.calendar.local(front.now())
        return pages.page(
            request, "index",
            citizen_chips=chips(local, "citizen"), enterprise_chips=chips(local, "enterprise"),
            greeting=front.wording.say("greet"), greeting_enterprise=front.wording.say("greet_enterprise"),
        )  # fmt: skip

    @web.get("/privacy")
    async def privacy(request: Request) -> Response:
        return pages.page(request, "privacy", months=front.policies.months_kept)

    @web.get("/t")
    async def look_up(request: Request, no: str = "") -> Response:
        """The form without a number; with one, on to its page."""
        number = no.strip().upper()
        if number:
            return (
                RedirectResponse(f"/t/{number}", 303)
                if _is_number(number)
                else pages.page(request, "lookup", 404, number=number[:40], sentence=NO_TICKET)
            )
        return pages.page(request, "lookup", number="", sentence="")

    @web.get("/t/{no}")
    async def ticket(request: Request, no: Annotated[str, Path(max_length=40)]) -> Response:
        return await _ticket_page(request, no, None)

    @web.post("/t/{no}")
    async def ticket_by_code(
        request: Request,
        no: Annotated[str, Path(max_length=40)],
        code: Annotated[str, Form(max_length=32)] = "",
    ) -> Response:
        return await _ticket_page(request, no, code)

    async def _ticket_page(request: Request, no: str, code: str | None) -> Response:
        number, now, place = no.strip().upper(), front.now(), address(request)
        if place and not doorman.reading_place.allows(place, now):
            return pages.refusal(request, 429)
        if code and doorman.guesses.exhausted(number, now):
            return pages.refusal(request, 429, TOO_MANY_GUESSES)
        found = (
            await front.run(one_ticket, front, number, None, code) if _is_number(number) else None
        )
        if found is None:
            return pages.page(request, "lookup", 404, number=number, sentence=NO_TICKET)
        wrong = code is not None and found.reader is Reader.STRANGER
        if code and wrong:
            doorman.guesses.allows(number, now)
        return pages.page(request, "ticket", 403 if wrong else 200, ticket=found, wrong=wrong)

    @web.get("/sw.js")
    async def service_worker() -> Response:
        """At the root, so that it may serve the page itself when there is no network."""
        return FileResponse(
            STATIC / "chat" / "sw.js",
            media_type="text/javascript",
            headers={"cache-control": "no-cache"},
        )

    @web.get("/favicon.ico")
    async def icon() -> Response:
        return FileResponse(STATIC / "chat" / "icon.svg", media_type="image/svg+xml")

    return web


def _is_number(text: str) -> bool:
    return re.fullmatch(NUMBER.strip("^$"), text) is not None
