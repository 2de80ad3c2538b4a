"""What a door sees of the program behind it; what one that pushes must do stands in worker.py."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from bot.deadlines import Policies
from bot.departments import Directory
from bot.desk import Desk
from bot.faq import Faq
from bot.files import Files
from bot.messages import Message, Reply
from bot.notices import Notices
from bot.settings import Settings
from bot.store import Store
from bot.wording import Wording
from bot.workdays import WorkCalendar

T = TypeVar("T")


class Front(Protocol):
    """The core as a door sees it; bot.app.Bot has it all. Only `run` and `wake` may be called outside the core thread."""

    settings: Settings
    store: Store
    desk: Desk
    directory: Directory
    notices: Notices
    wording: Wording
    faq: Faq
    policies: Policies
    calendar: WorkCalendar
    files: Files

    def now(self) -> datetime: ...

    def receive(self, message: Message) -> tuple[Reply, ...]:
        """One turn. A repeat of a message answers what was answered before."""
        ...

    def danger_in(self, words: str) -> str | None:
        """The kind of danger that words speak of which come by a form and not in a conversation."""
        ...

    async def run(self, fn: Callable[..., T], *args: object) -> T:
        """A piece of the core, in the core thread."""
        ...

    def wake(self) -> None:
        """Tells the worker that the outbox has something."""
        ...
