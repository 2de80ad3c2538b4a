"""What the staff's pages need of the program behind them; bot.app.Bot has it all."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from bot.deadlines import Policies
from bot.departments import Directory
from bot.desk import Desk
from bot.faq import Faq
from bot.files import Files
from bot.notices import Notices
from bot.settings import Settings
from bot.store import Store
from bot.workdays import WorkCalendar

T = TypeVar("T")


class Front(Protocol):
    """The core as a door sees it. Everything but `run` and `wake` belongs to the core thread."""

    settings: Settings
    store: Store
    desk: Desk
    directory: Directory
    notices: Notices
    faq: Faq
    files: Files
    policies: Policies
    calendar: WorkCalendar

    def now(self) -> datetime: ...

    async def run(self, fn: Callable[..., T], *args: object) -> T: ...

    def wake(self) -> None: ...
