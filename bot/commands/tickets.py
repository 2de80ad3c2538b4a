"""tickets list, show, export, sample; report: the queue and its figures from the shell."""

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bot.app import system_clock
from bot.deadlines import load_policies
from bot.departments import Directory, load_directory
from bot.errors import BotError, TicketNotFound
from bot.exports import (
    EXCEL_MARK,
    Exports,
    sample_json,
    tickets_csv,
    tickets_json,
)  # fmt: skip
from bot.figures import DIMENSION_NAMES, Figures, Report
from bot.rates import CORE, KINDS, RATES, Share
from bot.redact import mask
from bot.reporting import hours, ledgers_json, report_csv, report_json
from bot.settings import Settings
from bot.store import QueueFilter, Store, open_store
from bot.store.scope import Dimension, Scope
from bot.tickets import KIND_NAMES, OPEN, STATE_NAMES, State
from bot.workdays import WorkCalendar

SPLITS = (Dimension.DEPARTMENT, Dimension.STREET, Dimension.CATEGORY, Dimension.CLOCK)
_day = click.DateTime(formats=["%Y-%m-%d"])


class _House:
    """What these commands work with: the store and the files of the district, no model."""

    def __init__(self) -> None:
        self.store: Store = open_store(Settings.load().db)
        self.directory: Directory = load_directory()
        self.policies, self.calendar = load_policies()
        self.now = system_clock()

    @property
    def exports(self) -> Exports:
        return Exports(self.store, self.directory, self.calendar)

    @property
    def figures(self) -> Figures:
        return Figures(self.store, self.directory, self.policies, self.calendar)


def _scope(start: datetime | None, end: datetime | None) -> Scope:
    if start and end and start >= end:
        raise BotError("--from must lie before --to; --to is the first day after the period")
    return Scope(start=start.date() if start else None, end=end.date() if end else None)


_from = click.option("--from", "start", type=_day, help="First day, YYYY-MM-DD.")
_to = click.option("--to", "end", type=_day, help="First day after the period, YYYY-MM-DD.")


@click.group()
def tickets() -> None:
    """The queue from the shell. Personal data are masked."""


@tickets.command("list")
@click.option(
    "--state",
    type=click.Choice(["open", *(s.value for s in State), "all"]),
    default="open",
    show_default=True,
)
@click.option("--department", help="An id of bot/data/departments.yaml.")
@click.option("--overdue", is_flag=True, help="Only those beyond their deadline.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
def list_(state: str, department: str | None, overdue: bool, limit: int) -> None:
    """Tickets by time left."""
    house = _House()
    if department and department not in house.directory.departments:
        raise BotError(f"there is no unit {department!r}; see bot/data/departments.yaml")
    states: tuple[State, ...] = OPEN
    if state != "open":
        states = () if state == "all" else (State(state),)
    wanted = QueueFilter(
        departments=(department,) if department else (), states=states,
        overdue_at=house.now if overdue else None, limit=limit,
    )  # fmt: skip
    table = Table("单号", "状态", "类型", "类别", "单位", "受理", "时限", box=None, pad_edge=False)
    found = house.store.tickets.queue(wanted)
    for ticket in found:
        late = ticket.is_overdue(house.now)
        table.add_row(
            ticket.number, STATE_NAMES[ticket.state], KIND_NAMES[ticket.kind],
            house.directory.category_name(ticket.category),
            house.directory.unit_name(ticket.department), _minute(house.calendar, ticket.filed_at),
            f"[red]{_minute(house.calendar, ticket.finish_by)}[/]" if late
            else _minute(house.calendar, ticket.finish_by),
        )  # fmt: skip
    _show(table)
    total = house.store.tickets.count(wanted)
    click.echo(f"共{total}张" + (f"，显示前{len(found)}张" if total > len(found) else ""))


@tickets.command()
@click.argument("number")
def show(number: str) -> None:
    """One ticket and what happened to it."""
    house = _House()
    ticket = house.store.tickets.find(number.strip().upper())
    if ticket is None:
        raise TicketNotFound(
            f"there is no ticket {number}; `mashangban tickets list` shows the open ones"
        )
    row = house.exports.row(ticket)
    handler = house.store.staff.find(ticket.handler) if ticket.handler else None
    head = Table(box=None, show_header=False, pad_edge=False)
    for name, value in (
        ("单号", row.number), ("状态", row.state), ("类型", row.kind), ("类别", row.category),
        ("事项", row.subject), ("内容", row.detail), ("街路", row.street), ("单位", row.unit),
        ("经办人", handler.name if handler else "—"), ("受理", _minute(house.calendar, ticket.filed_at)),
        ("时限", _minute(house.calendar, ticket.finish_by)),
        ("评价", "未评价" if ticket.rating is None else str(ticket.rating)),
    ):  # fmt: skip
        head.add_row(name, value)
    _show(head)
    history = Table("#", "时间", "经过", "谁", "说明", box=None, pad_edge=False)
    for line in house.exports.history(ticket):
        history.add_row(
            str(line.seq), line.at[:16].replace("T", " "), line.step, line.actor, mask(line.note)
        )
    _show(history)
    broken = house.store.tickets.chain_break(ticket.number)
    click.echo("记录完整" if broken is None else f"记录在第{broken}条处断裂")


@tickets.command()
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), required=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here.")
@_from
@_to
def export(kind: str, output: Path | None, start: datetime | None, end: datetime | None) -> None:
    """All tickets of a period, masked."""
    house = _House()
    rows = house.exports.rows(_scope(start, end), house.now)
    pieces = tickets_csv(rows) if kind == "csv" else tickets_json(rows)
    _write(pieces, output, mark=EXCEL_MARK if kind == "csv" and output else "")


@tickets.command()
@click.option("--seed", required=True, help="The assessor's own words or number.")
@click.option("--size", type=click.IntRange(1, 1000), default=30, show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here.")
@_from
@_to
def sample(
    seed: str, size: int, output: Path | None, start: datetime | None, end: datetime | None
) -> None:
    """A random sample with masked histories for an outside assessor; a seed always draws the same."""
    house = _House()
    drawn = house.exports.sample(_scope(start, end), seed, size, house.now)
    _write((sample_json(drawn), "\n"), output)


@click.command()
@click.option(
    "--json", "as_json", is_flag=True, help="Everything, with numerators and denominators."
)
@click.option("--csv", "as_csv", is_flag=True, help="The same rates, a line a slice and rate.")
@_from
@_to
def report(as_json: bool, as_csv: bool, start: datetime | None, end: datetime | None) -> None:
    """Response, resolution and satisfaction rates by department, street, category, class; the three ledgers."""
    house = _House()
    scope = _scope(start, end)
    house.figures.refresh()
    parts = [house.figures.report(scope, by, house.now) for by in SPLITS]
    if as_csv:
        _write(report_csv(parts[0], parts), None)
        return
    ledgers = ledgers_json(house.figures, scope, house.now)
    if as_json:
        found = report_json(parts[0], parts) | {"ledgers": ledgers}
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    _show(_summary(parts[0]))
    for part in parts:
        _show(_by(part))
    for ledger in ledgers.values():
        units = "，".join(f"{unit}{count}" for unit, count in ledger["by_unit"].items())
        click.echo(f"{ledger['name']}：{ledger['count']}张" + (f"（{units}）" if units else ""))


def _summary(whole: Report) -> Table:
    total = whole.total
    table = Table(
        "指标",
        "比率",
        "分子/分母",
        "剔除后",
        "覆盖率",
        title=f"工单{total.tickets}张，剔除{total.excluded}张",
    )
    for kind in KINDS:
        rate = total.rates[kind.measure]
        table.add_row(
            kind.name, words(rate.raw, mean=kind.mean), f"{rate.raw.numerator}/{rate.raw.denominator}",
            words(rate.adjusted, mean=kind.mean), _covered(rate.coverage),
        )  # fmt: skip
    if times := total.times:
        table.add_row("办理时长中位数", f"{hours(times.median)}小时", f"{times.count}张", "", "")
        table.add_row("办理时长P90", f"{hours(times.p90)}小时", f"{times.count}张", "", "")
    return table


def _covered(share: Share | None) -> str:
    return f"{words(share)} ({share.numerator}/{share.denominator})" if share else ""


def _by(part: Report) -> Table:
    assert part.by is not None
    names = [RATES[measure].name for measure in CORE]
    table = Table(DIMENSION_NAMES[part.by], "工单", *names, "评价覆盖率")
    for piece in part.slices:
        rates = [piece.rates[measure] for measure in CORE]
        table.add_row(
            piece.name, str(piece.tickets),
            *(f"{words(rate.raw)} ({rate.raw.numerator}/{rate.raw.denominator})" for rate in rates),
            words(rates[-1].coverage) if rates[-1].coverage else "",
        )  # fmt: skip
    return table


def words(share: Share, *, mean: bool = False) -> str:
    """A rate for reading; too few cases are said to be so."""
    if mean:
        return "—" if share.mean is None else f"{share.mean}"
    if share.percent is None:
        return "样本少" if share.denominator else "—"
    return f"{share.percent}%"


# -- output -------------------------------------------------------------------------------------------


def _minute(calendar: WorkCalendar, moment: datetime | None) -> str:
    return f"{calendar.local(moment):%Y-%m-%d %H:%M}" if moment else "—"


def _show(table: Table) -> None:
    wide = None if sys.stdout.isatty() else 160
    Console(width=wide).print(table)


def _write(pieces: Iterable[str], output: Path | None, mark: str = "") -> None:
    if output is None:
        for piece in pieces:
            click.echo(piece, nl=False)
        return
    with output.open("w", encoding="utf-8", newline="") as file:
        file.write(mark)
        file.writelines(pieces)


COMMANDS = (tickets, report)
