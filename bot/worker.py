"""The loop that empties the outbox and winds the clock. One in every `serve` process; they share the work."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from bot.clockwork import Clockwork
from bot.desk import Desk
from bot.errors import DeliveryError, MaybeDelivered, Moved, TryLater, Undeliverable
from bot.figures import Figures
from bot.files import Files
from bot.inspection import Inspection
from bot.messages import OutboxItem
from bot.retention import Retention
from bot.ringing import Ringing
from bot.store import Store, whole
from bot.tickets import CLOCK, EventKind

log = logging.getLogger("mashangban")
T = TypeVar("T")

WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120))
"""What may have arrived waits so long after the n-th failure, and is given up after the last: it must not
come a fifth time."""
OUTAGE_WAITS = WAITS[:2]
OUTAGE = timedelta(days=2)
"""What never left waits no longer than the second of these, so that it goes soon after a broken line is mended;
a line may be down for a night."""
OUT_OF_TRIES = "试了多次都没有送出去"
IDLE_SECONDS = 1.0
TICK_SECONDS = 5.0
BATCH = 30
TICKETS_COUNTED = 100  # a tick: so that the pages of figures find little left to count


class Sender(Protocol):
    """A door that pushes."""

    name: str

    async def send(self, item: OutboxItem) -> None: ...


class Core(Protocol):
    """What the worker needs of the bot."""

    store: Store
    desk: Desk
    files: Files

    def now(self) -> datetime: ...
    async def run(self, fn: Callable[..., T], *args: Any) -> T: ...
    def on_wake(self, woken: Callable[[], None]) -> None: ...


class Worker:
    """Sends what waits and moves what is due."""

    def __init__(self, core: Core, senders: tuple[Sender, ...]) -> None:
        self.core = core
        self.store = core.store
        self.senders = senders
        self.clockwork = Clockwork(core.desk)
        self.ringing = Ringing(core.desk)
        self.inspection = Inspection(core.desk)
        self.retention = Retention(core.desk, core.files)
        desk = core.desk
        self.figures = Figures(core.store, desk.directory, desk.policies, desk.calendar)
        self._waiting = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled. Whatever goes wrong in a round, the next one comes."""
        loop = asyncio.get_running_loop()

        def woken() -> None:
            loop.call_soon_threadsafe(self._waiting.set)

        self.core.on_wake(woken)
        next_tick = 0.0
        while True:
            try:
                if loop.time() >= next_tick:
                    await self.core.run(self.tick)
                    next_tick = loop.time() + TICK_SECONDS
                await self.send_waiting()
            except Exception:
                log.exception("A round of the worker failed")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._waiting.wait(), IDLE_SECONDS)
            self._waiting.clear()

    def tick(self) -> None:
        now = self.core.now()
        self.clockwork.tick(now)
        self.ringing.ring(now)
        if self.figures.refresh(TICKETS_COUNTED):  # the sheet of the day waits for its figures
            self.inspection.daily(now)
        self._sweep_today(now)

    @whole
    def _sweep_today(self, now: datetime) -> None:
        with self.store.atomic():
            if self.clockwork.first_today("retention", now):
                self.retention.sweep(now)

    async def send_waiting(self) -> int:
        """One round: every reply that is due, in order within each chat."""
        sent = 0
        for sender in self.senders:
            while items := await self.core.run(self._claim, sender.name):
                for item in items:
                    await self._send(sender, item)
                sent += len(items)
        return sent

    def _claim(self, channel: str) -> list[OutboxItem]:
        return self.core.store.outbox.claim(self.core.now(), channel, BATCH)

    async def _send(self, sender: Sender, item: OutboxItem) -> None:
        outbox = self.core.store.outbox
        try:
            await sender.send(item)
        except Moved as error:
            await self.core.run(self.core.store.chats.move, item.chat, error.new_id)
            await self.core.run(outbox.later, item.id, self.core.now(), "the chat moved")
        except (TryLater, MaybeDelivered) as error:
            await self.core.run(self._later, item, error)
        except Undeliverable as error:
            await self.core.run(self._give_up, item, error)
        except Exception as error:
            log.exception("Sending failed on %s", sender.name)
            await self.core.run(self._later, item, TryLater(type(error).__name__))
        else:
            await self.core.run(outbox.sent, item.id, self.core.now())

    def _later(self, item: OutboxItem, error: DeliveryError) -> None:
        now = self.core.now()
        if isinstance(error, TryLater):
            waits, spent = OUTAGE_WAITS, now - item.created_at >= OUTAGE
            wish = error.retry_after
        else:
            waits, spent, wish = WAITS, item.attempts >= len(WAITS), None
        if wish is not None:  # a flood limit delays, it never drops
            wait = timedelta(seconds=wish)
        elif spent:
            self._give_up(item, error)
            return
        else:
            wait = waits[min(item.attempts, len(waits) - 1)]
        self.core.store.outbox.later(item.id, now + wait, str(error))

    @whole
    def _give_up(self, item: OutboxItem, error: DeliveryError) -> None:
        """The desk is told: a ticket's resident who cannot be reached is somebody's work."""
        now, store = self.core.now(), self.core.store
        cause = type(error.__cause__ or error).__name__
        log.error("A reply on %s is given up (%s)", item.chat.channel, cause)
        with store.atomic():
            store.outbox.give_up(item.id, str(error), now)
            number = item.reply.ticket
            ticket = store.tickets.find(number) if number else None
            if ticket and ticket.chat == item.chat:  # not a card, nor a word to somebody who joined
                note = str(error) if isinstance(error, Undeliverable) else OUT_OF_TRIES
                self.core.desk.move(ticket.number, EventKind.UNDELIVERED, CLOCK, now, note=note)
            elif ticket is None and item.voice == "duty":
                self.core.desk.notices.not_reached(item.chat, now)


@contextlib.asynccontextmanager
async def running(worker: Worker) -> AsyncIterator[None]:
    """The worker beside a server, stopped with it."""
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
