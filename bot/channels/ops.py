"""For the operator's machines: /healthz and /metrics. Numbers only; nothing that names a resident."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pydantic import BaseModel

from bot.channels import Front
from bot.counters import REGISTRY
from bot.errors import StoreError
from bot.store import QueueFilter
from bot.tickets import OPEN, State

log = logging.getLogger("mashangban.ops")
FRESH = timedelta(seconds=10)  # figures of the store are counted at most this often


class Health(BaseModel):
    """`outbox` counts replies that are due and have not left yet."""

    status: Literal["ok", "failing"]
    database: Literal["ok", "unreachable"]
    outbox: int | None


class StoreFigures(Collector):
    """Gauges read from the store in the core thread beforehand: the collector itself only hands them out."""

    def __init__(self) -> None:
        self.read_at: datetime | None = None
        self.outbox = 0
        self.overdue = 0
        self.urgent = 0
        self.filed = 0
        self.by_state: dict[State, int] = {}

    def read(self, front: Front) -> None:
        """Runs in the core thread."""
        now = front.now()
        if self.read_at is not None and now - self.read_at < FRESH:
            return
        tickets = front.store.tickets
        self.outbox = front.store.outbox.waiting(now)
        self.overdue = tickets.count(QueueFilter(overdue_at=now))
        self.urgent = tickets.count(QueueFilter(states=OPEN, urgent_only=True))
        self.filed = tickets.count(QueueFilter())
        self.by_state = {
            state: tickets.count(QueueFilter(states=(state,))) for state in (*OPEN, State.REPLIED)
        }
        self.read_at = now

    def collect(self) -> Iterator[Metric]:
        for name, says, value in (
            ("mashangban_outbox_waiting", "Replies due that have not left yet", self.outbox),
            ("mashangban_tickets_breached", "Open tickets past their deadline", self.overdue),
            ("mashangban_tickets_urgent", "Open urgent tickets", self.urgent),
            ("mashangban_tickets_filed", "All tickets ever filed", self.filed),
        ):
            yield GaugeMetricFamily(name, says, value=value)
        states = GaugeMetricFamily("mashangban_tickets_open", "Open tickets", labels=["state"])
        for state, count in self.by_state.items():
            states.add_metric([state.value], count)
        yield states


def router(front: Front) -> APIRouter:
    """Liveness and figures."""
    ops = APIRouter(tags=["operation"])
    figures = StoreFigures()
    registry = CollectorRegistry()
    registry.register(figures)

    @ops.get("/healthz", responses={503: {"model": Health, "description": "No database"}})
    async def health(response: Response) -> Health:
        """200 while the database answers."""
        try:
            waiting = await front.run(_waiting, front)
        except StoreError:
            log.exception("The database does not answer")
            response.status_code = 503
            return Health(status="failing", database="unreachable", outbox=None)
        return Health(status="ok", database="ok", outbox=waiting)

    @ops.get(
        "/metrics",
        response_class=Response,
        responses={200: {"content": {"text/plain": {}}, "description": "Prometheus text"}},
    )
    async def metrics() -> Response:
        """Prometheus text."""
        try:
            await front.run(figures.read, front)
        except StoreError:
            log.exception("No figures of the store")
        body = generate_latest(REGISTRY) + generate_latest(registry)
        return Response(body, media_type=CONTENT_TYPE_LATEST)

    return ops


def _waiting(front: Front) -> int:
    return front.store.outbox.waiting(front.now())
