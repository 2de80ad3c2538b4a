"""作战图, the figures, the tickets behind each number, downloads and the assessor's sample."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot import plots
from bot.battlemap import BattleMap, look
from bot.console.access import EVERYWHERE
from bot.console.figures_view import (
    Asked,
    listing,
    presets,
    read_asked,
    tickets_link,
    units_of,
)  # fmt: skip
from bot.console.front import Front
from bot.console.pages import Console, looker, visit
from bot.console.wall import hang_up
from bot.errors import BotError
from bot.exports import EXCEL_MARK, Exports, Sample, sample_json, tickets_csv, tickets_json
from bot.figures import BOT_RATE_NAMES, DIMENSION_NAMES, Figures, Report
from bot.ledgers import rule_name
from bot.rates import CORE, KINDS, SMALL
from bot.reporting import hours, report_csv, report_json
from bot.store.rates import Measure
from bot.store.scope import Dimension, Scope
from bot.tickets import KIND_NAMES
from bot.workdays import ZONE

KEPT = timedelta(seconds=30)  # how long one look serves everybody who may see the same
KEPT_AT_ONCE = 40  # maps and reports, one a unit and slice somebody asked for
AT_ONCE = 400  # changed tickets counted before a page; the rest follow with the next ones
LARGEST_SAMPLE = 200
PORTION = 200  # lines of a download that are read at once
PLOTS = ("flow", "ages")
COLUMNS = (
    Measure.SIGN, Measure.CONTACT, Measure.FINISH, Measure.ONCE, Measure.SOLVED, Measure.SATISFIED,
    Measure.RETURNED, Measure.REOPENED, Measure.OVERDUE,
)  # fmt: skip
FORMS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


class Looks:
    """What was counted and drawn lately, so that ten people before one screen cost as much as one."""

    def __init__(self, front: Front, figures: Figures) -> None:
        self.front = front
        self.figures = figures
        self._maps: dict[tuple[str, ...], BattleMap] = {}
        self._plots: dict[tuple[tuple[str, ...], str, str], tuple[datetime, bytes]] = {}
        self._reports: dict[tuple[Scope, Dimension], Report] = {}

    def look(self, units: tuple[str, ...]) -> BattleMap:
        """Core thread."""
        now, kept = self.front.now(), self._maps.get(units)
        if kept is None or not self._fresh(kept.made_at):
            if len(self._maps) >= KEPT_AT_ONCE:
                self._maps.clear()
                self._plots.clear()
            behind = not self.figures.refresh(AT_ONCE)
            kept = self._maps[units] = look(self.figures, now, units, behind=behind)
        return kept

    async def report(self, scope: Scope, by: Dimension) -> Report:
        """Counted beside the core thread: a report of all years takes its time, and chats do not wait."""
        now, kept = self.front.now(), self._reports.get((scope, by))
        if kept is None or not self._fresh(kept.made_at):
            if len(self._reports) >= KEPT_AT_ONCE:
                self._reports.clear()
            fresh = await self.front.run(self.figures.refresh, AT_ONCE)
            kept = await asyncio.to_thread(
                self.figures.report_beside, scope, by, now, behind=not fresh
            )
            self._reports[scope, by] = kept
        return kept

    async def plot(self, units: tuple[str, ...], name: str, theme: str) -> bytes:
        """Drawn beside the core thread: a plot takes a tenth of a second."""
        seen = await self.front.run(self.look, units)
        made_at, image = self._plots.get((units, name, theme), (None, b""))
        if made_at != seen.made_at:
            image = await asyncio.to_thread(_drawn, seen, name, theme)
            self._plots[units, name, theme] = seen.made_at, image
        return image

    def _fresh(self, made_at: datetime) -> bool:
        return timedelta() <= self.front.now() - made_at < KEPT


def add(console: Console) -> None:
    """The routes of the figures."""
    front = console.front
    figures = Figures(front.store, front.directory, front.policies, front.calendar)
    looks = Looks(front, figures)
    console.env.globals["tickets_link"] = tickets_link
    console.env.filters["hours"] = hours
    console.env.filters["rule_name"] = rule_name

    @console.get("/map")
    async def battle_map(request: Request) -> Response:
        units = units_of(looker(request), request.query_params.get("unit", ""))
        seen = await front.run(looks.look, units)
        return console.page(
            request, "map.html", map=seen, hung=request.state.wall is not None,
            wall=bool(request.query_params.get("wall")) or request.state.wall is not None,
            units=units, category_name=front.directory.category_name,
            minute=int(seen.made_at.timestamp()), small=SMALL,
        )  # fmt: skip

    @console.post("/wall")
    async def wall(request: Request) -> Response:
        return await hang_up(front, request)

    @console.get("/map/{name}-{theme}.svg")
    async def plot(request: Request) -> Response:
        name, theme = request.path_params["name"], request.path_params["theme"]
        if name not in PLOTS or theme not in plots.INKS:
            return Response(status_code=404)
        units = units_of(looker(request), request.query_params.get("unit", ""))
        return Response(await looks.plot(units, name, theme), media_type="image/svg+xml")

    @console.get("/figures")
    async def figures_page(request: Request) -> Response:
        now, member = front.now(), visit(request).member
        today = now.astimezone(ZONE).date()
        asked = read_asked(dict(request.query_params), member, today)
        report = await looks.report(asked.scope, asked.by)
        return console.page(
            request, "figures.html", asked=asked, report=report, presets=presets(asked, today),
            kinds=KINDS, columns=COLUMNS, core=CORE, small=SMALL, dimensions=DIMENSION_NAMES,
            bot_rates=BOT_RATE_NAMES, everywhere=member.role in EVERYWHERE, directory=front.directory,
            classes=front.policies.classes, kind_names=KIND_NAMES,
        )  # fmt: skip

    @console.get("/figures/tickets")
    async def tickets(request: Request) -> Response:
        now, member = front.now(), visit(request).member
        today = now.astimezone(ZONE).date()
        asked = read_asked(dict(request.query_params), member, today, live=True)
        found = await front.run(listing, front, figures, asked, now)
        return console.page(
            request,
            "listing.html",
            asked=asked,
            listing=found,
            figures=figures,
            Dimension=Dimension,
        )

    @console.get("/figures/report.{form}")
    async def download_report(request: Request) -> Response:
        today = front.now().astimezone(ZONE).date()
        scope = read_asked(dict(request.query_params), visit(request).member, today).scope
        form = _form(request)
        parts = [await looks.report(scope, by) for by in Dimension]
        pieces = report_csv(parts[0], parts) if form == "csv" else (_json(parts),)
        return _download(front, form, "figures", iter(pieces))

    @console.get("/figures/tickets.{form}")
    async def download_tickets(request: Request) -> Response:
        now, form = front.now(), _form(request)
        today = now.astimezone(ZONE).date()
        scope = read_asked(dict(request.query_params), visit(request).member, today).scope
        rows = Exports(front.store, front.directory, front.calendar).rows(scope, now)
        pieces = tickets_csv(rows) if form == "csv" else tickets_json(rows)
        return _download(front, form, "tickets", pieces)

    @console.get("/sample")
    async def sample(request: Request) -> Response:
        sample, asked, seed, size = await _sample(front, request)
        return console.page(
            request, "sample.html", sample=sample, asked=asked, seed=seed, size=size,
            largest=LARGEST_SAMPLE, query=str(request.query_params), values=dict(request.query_params),
            suggestion=secrets.token_hex(3),
        )  # fmt: skip

    @console.get("/sample.json")
    async def download_sample(request: Request) -> Response:
        sample, *_ = await _sample(front, request)
        if sample is None:
            raise BotError("请先写种子再抽样。")
        return _download(front, "json", "sample", iter((sample_json(sample),)))


def _drawn(seen: BattleMap, name: str, theme: str) -> bytes:
    if name == "flow":
        return plots.flow_svg(seen.flow, theme)
    return plots.ages_svg([(age.name, age.count) for age in seen.ages], theme)


async def _sample(front: Front, request: Request) -> tuple[Sample | None, Asked, str, int]:
    values = dict(request.query_params)
    seed, size = values.get("seed", "").strip()[:60], values.get("size", "30")
    now = front.now()
    asked = read_asked(values, visit(request).member, now.astimezone(ZONE).date())
    if not size.isascii() or not size.isdigit() or not 1 <= int(size[:6]) <= LARGEST_SAMPLE:
        raise BotError(f"一次抽1到{LARGEST_SAMPLE}张。")
    if not seed:
        return None, asked, seed, int(size)
    exports = Exports(front.store, front.directory, front.calendar)
    drawn = await asyncio.to_thread(exports.sample_beside, asked.scope, seed, int(size), now)
    return drawn, asked, seed, int(size)


# -- downloads ----------------------------------------------------------------------------------------


def _form(request: Request) -> str:
    form = str(request.path_params["form"])
    if form not in FORMS:
        raise BotError("只能下载csv或json。")
    return form


def _json(parts: Sequence[Report]) -> str:
    return json.dumps(report_json(parts[0], parts), ensure_ascii=False, indent=1)


def _download(front: Front, form: str, name: str, pieces: Iterator[str]) -> Response:
    """Sent as it is read, a portion at a time, so that a long file holds up nobody."""
    day = front.now().astimezone(ZONE).date()

    async def portions() -> AsyncIterator[str]:
        if form == "csv":
            yield EXCEL_MARK
        while text := await front.run("".join, islice(pieces, PORTION)):
            yield text

    return StreamingResponse(
        portions(), media_type=FORMS[form],
        headers={"content-disposition": f'attachment; filename="{name}-{day}.{form}"'},
    )  # fmt: skip
