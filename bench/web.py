"""The page and an API answer a second, against a bare FastAPI page on the same machine. Target: at least half."""

import asyncio
import contextlib
import itertools
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from bot.serving import site
from bot.settings import Settings

REQUESTS = 600
AT_ONCE = 8


def bare() -> FastAPI:
    app = FastAPI()

    @app.get("/", response_class=HTMLResponse)
    async def page() -> str:
        return "<!doctype html><title>bare</title>" + "<p>text</p>" * 400

    return app


@contextlib.contextmanager
def served(app: FastAPI) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def per_second(base: str, path: str) -> float:
    """Answers a second; {visitor} in the path is somebody else each time, as the limits of a session want."""
    visitors = itertools.count()

    async def run() -> float:
        async with httpx.AsyncClient(base_url=base) as client:
            await client.get(path.format(visitor=next(visitors)))
            started = time.perf_counter()

            async def one() -> None:
                for _ in range(REQUESTS // AT_ONCE):
                    (await client.get(path.format(visitor=next(visitors)))).raise_for_status()

            await asyncio.gather(*(one() for _ in range(AT_ONCE)))
            return REQUESTS / (time.perf_counter() - started)

    return asyncio.run(run())


def main() -> None:
    with served(bare()) as base:
        reference = per_second(base, "/")
    print(f"bare FastAPI page: {reference:,.0f}/s")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(db=str(Path(folder) / "web.db"), files=Path(folder) / "files")
        with served(site(settings)) as base:
            for name, path in {
                "residents' page": "/",
                "API: what was said": "/api/v1/messages?session=benchmark-{visitor}&after=0",
                "health": "/healthz",
            }.items():
                ours = per_second(base, path)
                print(f"{name:20} {ours:7,.0f}/s: {ours / reference:.2f} (target ≥ 0.50)")


if __name__ == "__main__":
    main()
