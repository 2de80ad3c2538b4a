"""Puts the rooms together. `Bot.receive` is the main path; `Bot.now` is the only clock."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from bot.counters import count_turn
from bot.deadlines import load_policies
from bot.departments import load_directory
from bot.desk import Desk
from bot.dialogue import Dialogue
from bot.drafts import Draft
from bot.errors import ConfigError, StoreFull
from bot.faq import load_faq
from bot.files import Files
from bot.messages import Message, Reply
from bot.notices import Notices
from bot.redact import mask_secrets
from bot.settings import Settings
from bot.store import Store, open_store, whole
from bot.tickets import Kind
from bot.wording import load_wording
from intents import ModelError, Understander, load

log = logging.getLogger("mashangban")
T = TypeVar("T")


class Bot:
    """One process's worth of 马上办. Built in the core thread and used only there (see `run`)."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        understander: Understander,
        *,
        clock: Callable[[], datetime] | None = None,
        core: ThreadPoolExecutor | None = None,
    ) -> None:
        self.settings = settings
        self.store = store
        self.understander = understander
        self._clock = clock or system_clock
        self.directory = load_directory()
        self.policies, self.calendar = load_policies()
        self.wording = load_wording()
        self.faq = load_faq(settings.faq, set(self.directory.departments))
        self.files = Files(settings.files, store)
        self.notices = Notices(
            store, self.directory, self.wording, self.calendar, settings.telegram_staff_chat
        )
        self.desk = Desk(store, self.directory, self.policies, self.calendar, self.notices)
        self.desk.understood_by = f"model {understander.version[:12]}, faq {self.faq.version}"
        self.dialogue = Dialogue(self.desk, understander, self.faq, self.wording, self.files)
        self._core = core or ThreadPoolExecutor(max_workers=1, thread_name_prefix="core")
        self._woken: Callable[[], None] = lambda: None

    @classmethod
    def open(cls, settings: Settings, core: ThreadPoolExecutor | None = None) -> "Bot":
        """From settings, with every file checked; ConfigError says what to mend."""
        return cls(settings, open_store(settings.db), load_model(settings), core=core)

    @staticmethod
    def scratch_store() -> Store:
        """A store that nobody keeps, for commands that touch no database."""
        return open_store(":memory:")

    # -- the clock, the thread, the worker -----------------------------------------------------------

    def now(self) -> datetime:
        return self._clock()

    async def run(self, fn: Callable[..., T], *args: object) -> T:
        """A piece of the core from an async door: one core thread a process."""
        return await asyncio.get_running_loop().run_in_executor(self._core, fn, *args)

    def call(self, fn: Callable[..., T], *args: object) -> T:
        """The same from a plain thread."""
        return self._core.submit(fn, *args).result()

    def on_wake(self, woken: Callable[[], None]) -> None:
        self._woken = woken

    def wake(self) -> None:
        self._woken()

    def close(self) -> None:
        """Finish what the core thread is at, and close the database in it."""
        self._core.submit(self.store.close).result()
        self._core.shutdown()

    def danger_in(self, words: str) -> str | None:
        return self.understander.understand(words).urgent

    # -- the main path ---------------------------------------------------------------------------------

    def receive(self, message: Message) -> tuple[Reply, ...]:
        """One turn, saved whole or not at all; a message is never lost and never retried for ever."""
        message = replace(message, text=mask_secrets(message.text))
        try:
            return self._take_turn(message)
        except StoreFull:
            log.exception("The store cannot be written")
            return (Reply(text=self.wording.say("sorry_not_kept")),)
        except Exception:
            log.exception("A turn failed on %s", message.chat.channel)
            return self._keep_and_apologise(message)
        finally:
            self.wake()

    @whole
    def _take_turn(self, message: Message) -> tuple[Reply, ...]:
        now = self.now()
        with self.store.atomic():
            if not self.store.chats.add(message):
                return self.store.chats.replies_to(message)
            conversation = self.store.chats.conversation(message.chat)
            turn = self.dialogue.take_turn(conversation, message, now)
            self.store.chats.save(turn.conversation, now)
            self.store.outbox.put(message.chat, turn.replies, now, message.id)
        count_turn(message.chat.channel, turn.replies)
        return turn.replies

    def _keep_and_apologise(self, message: Message) -> tuple[Reply, ...]:
        """The second transaction: the words and an enquiry for a person, whatever went wrong."""
        try:
            return self._keep(message)
        except Exception:
            log.exception("Even the apology could not be stored")
            return (Reply(text=self.wording.say("sorry_not_kept")),)

    @whole
    def _keep(self, message: Message) -> tuple[Reply, ...]:
        now, sorry = self.now(), (Reply(text=self.wording.say("sorry")),)
        with self.store.atomic():
            if not self.store.chats.add(message):
                return self.store.chats.replies_to(message)
            draft = Draft(
                kind=Kind.CONSULTATION,
                chat=message.chat,
                subject="程序出错，请人工看",
                detail=message.text or "（没有文字）",
            )
            self.desk.file(draft, now)
            self.store.outbox.put(message.chat, sorry, now, message.id)
        count_turn(message.chat.channel, sorry)
        return sorry


def open_desk(settings: Settings) -> tuple[Desk, Files]:
    """The desk and the photos alone, for commands that understand nothing."""
    store = open_store(settings.db)
    directory, (policies, calendar) = load_directory(), load_policies()
    notices = Notices(store, directory, load_wording(), calendar, settings.telegram_staff_chat)
    return Desk(store, directory, policies, calendar, notices), Files(settings.files, store)


def system_clock() -> datetime:
    """The one place where the program looks at the time."""
    return datetime.now(UTC)


def load_model(settings: Settings) -> Understander:
    """The trained model, or a ConfigError with the one command that makes it."""
    try:
        return load(settings.model)
    except ModelError as error:
        raise ConfigError(str(error)) from error
