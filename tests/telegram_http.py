"""The HTTP half of the Telegram emulator: what the library sends becomes a method and its parameters."""

from __future__ import annotations

import json
from contextlib import suppress
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from telegram_server import BotApi

TOKEN = "123456:EMULATOR-of-telegram"
JSON_FIELDS = ("reply_markup", "allowed_updates", "reply_parameters", "commands", "scope")


def refusal(
    status: int, description: str, parameters: dict[str, Any] | None = None
) -> dict[str, Any]:
    more = {"parameters": parameters} if parameters else {}
    return {"ok": False, "error_code": status, "description": description, **more}


def handler_of(emulator: BotApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # unbuffered, each call would cost 45 ms of delayed acknowledgements
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            params = self._params(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            params |= {key: json.loads(params[key]) for key in JSON_FIELDS if key in params}
            token, _, method = self.path.removeprefix("/bot").partition("/")
            if token != TOKEN:
                self._send(401, refusal(401, "Unauthorized"))
                return
            status, answer = emulator.answer(method, params)
            if status == 0:
                self.close_connection = True  # the line breaks: no answer at all
                return
            self._send(status, answer)

        def _params(self, body: bytes) -> dict[str, Any]:
            kind = self.headers.get("Content-Type", "")
            if not kind.startswith("multipart/"):
                return {key: values[0] for key, values in parse_qs(body.decode()).items()}
            whole = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
            params: dict[str, Any] = {}
            for part in whole.get_payload():
                data = part.get_payload(decode=True)
                named = part.get_param("name", header="content-disposition")
                params[named] = data if part.get_filename() else data.decode()
            return params

        def do_GET(self) -> None:
            emulator.calls.append(("download", {"path": self.path}))
            name = unquote(urlsplit(self.path).path).removeprefix(f"/file/bot{TOKEN}/")
            data = emulator.files.get(name)
            if data is None:
                self._send(404, refusal(404, "Not Found"))
            else:
                self._send(200, data)

        def _send(self, status: int, answer: dict[str, Any] | bytes) -> None:
            data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def handle(self) -> None:
            with suppress(ConnectionError):  # the bot hung up in the middle of a poll
                super().handle()

        def log_message(self, *_: object) -> None:
            pass

    return Handler
