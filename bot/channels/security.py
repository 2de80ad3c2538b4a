"""What stands before every page: headers, the size of a body, and refusals in plain words.

Sessions stand in the query of some API calls, so requests are never logged here, and the server
runs without an access log.
"""

import json
import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("mashangban.site")

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' blob: data:",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "geolocation=(self), camera=(), microphone=(), payment=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")  # where the site is https
_RAW_HEADERS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
SMALL = 128 * 1024  # of JSON in which every sign may be six bytes, \uXXXX, or twelve
UPLOAD = 11 * 1024 * 1024
UPDATE = 1024 * 1024  # a webhook's update: text, the text it replies to, entities, all as \uXXXX
LARGE_PATHS = ("/api/v1/photos", "/staff/")
TOO_LARGE = "发来的内容太大了。文字请分几次发，照片每张不超过10 MB。"


class Guard:
    """ASGI middleware around the whole site."""

    def __init__(self, app: ASGIApp, webhook: str = "", *, https: bool = False) -> None:
        self.app = app
        self.webhook = webhook
        self.headers = [*_RAW_HEADERS, *([STRICT_TRANSPORT] if https else [])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        cached = b"no-cache" if scope["path"].startswith("/static/") else b"no-store"
        answer = _Answer(send, [*self.headers, (b"cache-control", cached)])
        if _declared(scope) > limit:
            if scope["path"] == self.webhook:
                log.error("An update at the webhook is refused: more than %d bytes", limit)
            await _refuse(answer)
            return
        await self.app(scope, _Body(receive, limit).receive, answer.send)

    def _limit(self, path: str) -> int:
        if path.startswith(LARGE_PATHS):
            return UPLOAD
        return UPDATE if self.webhook and path == self.webhook else SMALL


class _Body:
    """Counts what arrives: a chunked body declares no length."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise HTTPException(413, TOO_LARGE)  # FastAPI lets this one through
        return message


class _Answer:
    """Adds the headers a page did not set itself."""

    def __init__(self, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        self._send = send
        self._headers = headers

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = message.setdefault("headers", [])
            own = {name.lower() for name, _ in headers}
            headers += [header for header in self._headers if header[0] not in own]
        await self._send(message)


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


async def _refuse(answer: _Answer) -> None:
    body = json.dumps({"error": TOO_LARGE}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    await answer.send({"type": "http.response.start", "status": 413, "headers": headers})
    await answer.send({"type": "http.response.body", "body": body})


def address(request: Request) -> str | None:
    """Whom to slow down; None for the machine itself.

    Behind a proxy that does not say for whom it asks, all residents come from the loopback address:
    one bucket for all of them would stop everybody, so there only the session is counted.
    """
    host = request.client.host if request.client else ""
    return None if host in ("", "127.0.0.1", "::1", "testclient") else host
