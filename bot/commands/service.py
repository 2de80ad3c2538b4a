"""serve, chat, ask: the running program."""

import asyncio
import json
import socket
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO

import click

from bot.app import Bot, load_model, system_clock
from bot.errors import BotError
from bot.serving import serve_forever
from bot.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port; PORT or 8080 if not given.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
def serve(host: str, port: int | None, workers: int) -> None:
    """Web chat, staff console, API, SLA clock, outbox; Telegram when TELEGRAM_TOKEN is set."""
    settings = Settings.load()
    port = port or settings.port
    _refuse_taken_port(host, port)
    serve_forever(settings, host, port, workers)


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BotError(
                f"cannot listen on {host}:{port} ({error.strerror}); stop the other program "
                "or choose another port with --port or PORT"
            ) from error


@click.command()
def chat() -> None:
    """A conversation in the terminal."""
    from bot.channels.terminal import converse

    bot = Bot.open(Settings.load())
    try:
        asyncio.run(converse(bot))
    finally:
        bot.close()


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8"), default="-")
@click.option("--explain", is_flag=True, help="Add the words that spoke for the best label.")
def ask(file: IO[str], explain: bool) -> None:
    """Understand messages, one a line, plain or JSONL {"id","text"}; answers JSONL in order."""
    settings = Settings.load()
    understander = load_model(settings)
    bot = Bot(settings, Bot.scratch_store(), understander)
    now = system_clock()
    for number, (name, text) in enumerate(_messages(file), start=1):
        meaning = understander.understand(text)
        reply = bot.dialogue.first_words(text, meaning, now)
        line = {
            "id": name if name is not None else str(number),
            "text": text,
            "route": str(meaning.route),
            "label": meaning.label,
            "confidence": round(meaning.confidence, 4),
            "alternatives": [
                {"route": str(c.route), "label": c.label, "confidence": round(c.confidence, 4)}
                for c in meaning.alternatives
            ],
            "urgent": meaning.urgent,
            "slots": asdict(meaning.slots),
            "reply": reply.text,
        }
        if explain:
            line["words"] = [
                {"word": word, "label": label, "weight": round(weight, 3)}
                for word, label, weight in understander.explain(text)
            ]
        click.echo(json.dumps(line, ensure_ascii=False))


def _messages(file: IO[str]) -> Iterator[tuple[str | None, str]]:
    for line in file:
        line = line.rstrip("\r\n")
        if not line.strip():
            continue
        if line.lstrip().startswith("{"):
            try:
                row = json.loads(line)
                yield (None if row.get("id") is None else str(row["id"])), str(row["text"])
                continue
            except (ValueError, KeyError, AttributeError):
                pass  # a resident may well begin a message with a brace
        yield None, line


@click.command()
@click.option("--output", type=click.Path(path_type=Path), help="Write the page here.")
def moves(output: Path | None) -> None:
    """Print the table of moves as a page with its diagram."""
    from bot.moves_page import page

    text = page()
    if output:
        output.write_text(text, "utf-8")
    else:
        click.echo(text)


COMMANDS = (serve, chat, ask, moves)
