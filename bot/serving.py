"""serve: one process with the site, the worker and Telegram; or several that share one database."""

import contextlib
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import uvicorn
from fastapi import FastAPI

from bot.app import Bot
from bot.channels.telegram import TelegramDoor
from bot.errors import ConfigError
from bot.settings import Settings
from bot.site import create_site
from bot.worker import Worker, running

log = logging.getLogger("mashangban")

FACTORY = "bot.serving:site"


def serve_forever(settings: Settings, host: str, port: int, workers: int) -> None:
    """Block until a signal. Everything is checked before the port is opened."""
    if workers > 1 and settings.telegram_token and not settings.telegram_webhook_url:
        raise ConfigError(
            "several workers cannot poll Telegram together; set TELEGRAM_WEBHOOK_URL or use --workers 1"
        )
    options = {
        "host": host,
        "port": port,
        "access_log": False,
        "server_header": False,
        "timeout_graceful_shutdown": 5,
        "log_level": "info",
    }
    log.info("马上办 on http://%s:%s (staff: /staff/)", host, port)
    if workers > 1:
        uvicorn.run(FACTORY, factory=True, workers=workers, **options)  # type: ignore[arg-type]
    else:
        uvicorn.run(site(settings), **options)  # type: ignore[arg-type]


def site(settings: Settings | None = None) -> FastAPI:
    """The whole site of one process. Built before the port is opened, so that errors are said at once."""
    bot = open_bot(settings or Settings.load())
    telegram = TelegramDoor(bot) if bot.settings.telegram_token else None

    @contextlib.asynccontextmanager
    async def background(_: FastAPI) -> AsyncIterator[None]:
        worker = Worker(bot, (telegram,) if telegram else ())
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(running(worker))
            if telegram:
                await stack.enter_async_context(telegram.running())
            yield
        bot.close()

    return create_site(bot, background, telegram)


def open_bot(settings: Settings) -> Bot:
    """The bot with its connection made in the thread that will use it."""
    core = ThreadPoolExecutor(max_workers=1, thread_name_prefix="core")
    return core.submit(Bot.open, settings, core).result()
