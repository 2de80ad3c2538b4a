"""backup, restore, retention, verify, doctor: keeping the program well, and what it wrote."""

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from bot.app import load_model, open_desk, system_clock
from bot.deadlines import load_policies
from bot.departments import Role, load_directory
from bot.dispatch import checked_by_nobody
from bot.errors import BotError, ConfigError, StoreError
from bot.faq import load_faq
from bot.retention import Retention
from bot.settings import Secret, Settings
from bot.store import backup_to, is_postgres, open_store, restore_from
from bot.wording import load_wording

LEAST_FREE_MIB = 200


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """A consistent copy of the database in FILE, while serving."""
    settings = Settings.load()
    if file.exists():
        raise BotError(f"{file} exists already; name a new file")
    backup_to(settings.db, file)
    click.echo(f"{file}: {file.stat().st_size // 1024} KiB")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, yes: bool) -> None:
    """Put the database back from FILE; stop `serve` first."""
    settings = Settings.load()
    if not yes:
        click.confirm(f"Replace {_without_password(settings.db)} by {file}?", abort=True)
    kept = restore_from(settings.db, file)
    click.echo(f"restored from {file}" + (f"; the old one is kept as {kept}" if kept else ""))


@click.command()
@click.option("--yes", is_flag=True, help="Remove it; without this it is only counted.")
def retention(yes: bool) -> None:
    """Count (or remove) what is past its time: identities of old tickets, chats that filed nothing."""
    settings = Settings.load()
    desk, files = open_desk(settings)
    swept = Retention(desk, files).sweep(system_clock(), dry_run=not yes)
    word = "removed" if yes else "would be removed (run with --yes)"
    click.echo(f"{swept.tickets} tickets' identities and {swept.chats} chats {word}")


@click.command()
@click.argument("code", required=False)
def verify(code: str | None) -> None:
    """Check every history, ticket, number and seal; names what was changed, taken away or put in.

    CODE is a 存证码 that somebody kept, from a daily inspection or an earlier run: it must be known.
    """
    store = open_store(Settings.load().db)
    broken, numbers = [], list(store.tickets.numbers())
    walked: Iterable[str] = numbers
    if sys.stderr.isatty():
        walked = track(numbers, "核对记录", console=Console(stderr=True), transient=True)
    for fault in store.proof.faults(walked):
        broken.append(fault.number or "seals")
        click.echo(f"{fault.number}：{fault.words}" if fault.number else fault.words)
    if code and not store.proof.knows(code):
        broken.append(code)
        click.echo(f"没有存证码{code}：记录被重写过，或换成了更早的备份。")
    if broken:
        raise BotError(
            f"{len(broken)} thing(s) are not as they were written, first {broken[0]};"
            f" {len(numbers)} tickets were checked"
        )
    click.echo(f"核对了{len(numbers)}张工单，记录全部完整。存证码 {store.proof.code() or '还没有'}")


@click.command()
def doctor() -> None:
    """Check settings, answers, model, database, calendar, staff, disk and Telegram; say how to mend them."""
    settings = Settings.load()
    console = Console()
    console.print(_settings_table(settings))
    faults = 0
    for name, check in CHECKS.items():
        try:
            _say(console, "[green]ok[/]   ", name, check(settings))
        except Warning as warning:
            _say(console, "[yellow]warn[/] ", name, str(warning))
        except BotError as error:
            faults += 1
            _say(console, "[red]wrong[/]", name, str(error))
    if faults:
        raise BotError(f"{faults} thing(s) to mend, see above")


def _say(console: Console, verdict: str, name: str, found: str) -> None:
    """In one line, however long: a path or a command that is broken in two cannot be copied."""
    console.print(f"{verdict} {name}: {escape(found)}", highlight=False, soft_wrap=True)


def _settings_table(settings: Settings) -> Table:
    table = Table(title="Settings in force", show_header=False)
    for item in fields(settings):
        value = getattr(settings, item.name)
        if isinstance(value, Secret):
            shown = "(set)" if value else "(not set)"
        else:
            shown = _without_password(str(value)) if value not in (None, "") else "(not set)"
        table.add_row(item.name, shown)
    return table


def _without_password(url: str) -> str:
    scheme, found, rest = url.partition("://")
    if not found or "@" not in rest:
        return url
    return f"{scheme}://***@{rest.rpartition('@')[2]}"


def _answers(settings: Settings) -> str:
    faq = load_faq(settings.faq, set(load_directory().departments))
    due = faq.due_for_review(system_clock().date())
    if due:
        raise Warning(f"{len(due)} answers are due for review, the first: {due[0].id}")
    return f"{len(faq.entries)} answers"


def _words(_: Settings) -> str:
    directory, wording = load_directory(), load_wording()
    return f"{len(directory.categories)} categories, {len(wording.keys())} sentences"


def _model(settings: Settings) -> str:
    load_model(settings).understand("你好")
    return str(settings.model)


def _database(settings: Settings) -> str:
    store = open_store(settings.db)
    waiting = store.outbox.waiting(system_clock())
    if waiting > 100:
        raise Warning(f"{waiting} replies wait to be sent; is `serve` running?")
    return f"{_without_password(settings.db)}, {waiting} replies waiting"


def _calendar(_: Settings) -> str:
    calendar = load_policies()[1]
    now = system_clock()
    wanted = [now.year] + ([now.year + 1] if now.month >= 11 else [])
    missing = [str(year) for year in wanted if not calendar.knows(year)]
    if missing:
        raise Warning(
            f"the holidays of {', '.join(missing)} are not known: update chinesecalendar, or write them "
            "into extra_holidays and extra_workdays of bot/data/clocks.yaml"
        )
    return f"holidays known for {', '.join(map(str, wanted))}"


def _people(settings: Settings) -> str:
    try:
        staff = [member for member in open_store(settings.db).staff.all() if member.active]
    except StoreError as error:
        raise Warning("not looked at, for the database does not open") from error
    if not staff:
        raise ConfigError("nobody has an account: run `mashangban staff add NAME --role admin`")
    if not any(member.role in (Role.SUPERVISOR, Role.ADMIN) for member in staff):
        raise Warning("no supervisor or admin: add one, or third returns wait for nobody")
    alone = checked_by_nobody(staff, load_directory().departments)
    if alone:
        raise Warning(
            f"{len(alone)} units have nobody who could check what the handler does, the first: {alone[0]}; "
            "add a head there, or a second supervisor or admin"
        )
    return f"{len(staff)} accounts"


def _disk(settings: Settings) -> str:
    """Where the photos lie, and the database where it is a file."""
    places = [settings.files] + ([] if is_postgres(settings.db) else [Path(settings.db).parent])
    least = min(_free(_existing(place)) for place in places)
    return f"{least} MiB free"


def _existing(folder: Path) -> Path:
    folder = folder.absolute()
    while not folder.exists():
        folder = folder.parent
    return folder


def _free(folder: Path) -> int:
    if not os.access(folder, os.W_OK):
        raise ConfigError(
            f"{folder} cannot be written; give this account the right to, or choose another"
        )
    free = shutil.disk_usage(folder).free // 2**20
    if free < LEAST_FREE_MIB:
        raise ConfigError(f"only {free} MiB free at {folder}; make room")
    return free


def _telegram(settings: Settings) -> str:
    if not settings.telegram_token:
        return "not connected (TELEGRAM_TOKEN is not set)"
    from bot.channels.telegram import who_am_i

    if settings.telegram_webhook_url.startswith("http://") and not settings.telegram_api_url:
        raise ConfigError("Telegram sends only to https:// addresses; mend TELEGRAM_WEBHOOK_URL")
    name = asyncio.run(who_am_i(settings))
    if settings.telegram_staff_chat is None:
        raise Warning(f"@{name}; no duty group: set TELEGRAM_STAFF_CHAT")
    return f"@{name}"


CHECKS: dict[str, Callable[[Settings], str]] = {
    "answers": _answers,
    "words": _words,
    "model": _model,
    "database": _database,
    "calendar": _calendar,
    "staff": _people,
    "disk": _disk,
    "telegram": _telegram,
}


COMMANDS = (backup, restore, retention, verify, doctor)
