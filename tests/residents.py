"""A resident at the HTTP door, for the tests of the API and the pages."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from PIL import Image
from play import StoppedClock

from bot.app import Bot
from bot.departments import Role
from bot.settings import Settings
from bot.site import create_site
from bot.store import open_store
from bot.tickets import Actor, EventKind, Ticket
from intents import Understander

ROOT = Path(__file__).parent.parent

GOOD_REPLY = (
    "11月24日上午养护人员到现场查看，灯头烧坏，已当天更换灯头和镇流器，路灯恢复正常。"
    "依据《城市道路照明设施管理规定》。还有问题请直接回复，或拨12345。"
)


@contextmanager
def running_bot(understander: Understander, clock: StoppedClock, folder: Path) -> Iterator[Bot]:
    """A bot with two people in every unit, on a database in memory."""
    core = ThreadPoolExecutor(max_workers=1)
    settings = Settings(db=":memory:", faq=short_faq(folder), files=folder / "files")

    def build() -> Bot:
        store = open_store(settings.db)
        bot = Bot(settings, store, understander, clock=clock, core=core)
        with store.atomic():
            for unit in bot.directory.departments.values():
                store.staff.add(f"{unit.name}经办", Role.AGENT, unit.id, "-", clock.now)
                store.staff.add(f"{unit.name}负责人", Role.HEAD, unit.id, "-", clock.now)
            store.staff.add("督办员", Role.SUPERVISOR, None, "-", clock.now)
        return bot

    bot = core.submit(build).result()
    try:
        yield bot
    finally:
        core.submit(bot.store.close).result()
        core.shutdown()


def short_faq(folder: Path) -> Path:
    """The first entries of faq.yaml: reading all of them takes longer than most of these tests."""
    first, *entries = (ROOT / "faq.yaml").read_text("utf-8").split("\n- id:")
    path = folder / "faq.yaml"
    path.write_text("\n- id:".join([first, *entries[:3]]), "utf-8")
    return path


@contextmanager
def serving(bot: Bot) -> Iterator[str]:
    """The site on a real port, as `serve` runs it; its address."""
    config = uvicorn.Config(
        create_site(bot), host="127.0.0.1", port=0, access_log=False, log_level="critical",
        ws="none", lifespan="on", timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="site")
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the site did not start"
            time.sleep(0.005)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def open_site(bot: Bot) -> Iterator[httpx.Client]:
    """A client of the served site."""
    with (
        serving(bot) as address,
        httpx.Client(base_url=address, follow_redirects=True, trust_env=False) as client,
    ):
        yield client


class Resident:
    """One session of the page; a new one each time."""

    numbers = itertools.count(1)

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.session = f"resident-{next(self.numbers):06}"

    def send(self, **message: Any) -> Any:
        return self.client.post("/api/v1/messages", json={"session": self.session, **message})

    def say(self, text: str, **more: Any) -> Any:
        answer = self.send(text=text, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def press(self, data: str) -> Any:
        return self.send(button=data).json()

    def complain(self, place: str = "", phone: str = "", photos: list[str] | None = None) -> str:
        """From the first words to the number, in words that leave the classifier no doubt."""
        self.say("路灯坏了没人修", photos=photos or [])
        self.say(place or f"津桥路{self.session[-4:]}号")
        if phone:
            self.say(phone)
        number = self.press("confirm")["ticket"]
        assert number is not None
        return str(number)

    def lines(self, after: int = 0) -> list[dict[str, Any]]:
        params: dict[str, str | int] = {"session": self.session, "after": after}
        return list(self.client.get("/api/v1/messages", params=params).json()["messages"])

    def ticket(self, number: str, **more: str) -> Any:
        return self.client.get(
            f"/api/v1/tickets/{number}", params={"session": self.session, **more}
        ).json()

    def upload(self, data: bytes, form: str = "jpeg") -> Any:
        headers = {"x-session": self.session, "content-type": f"image/{form}"}
        return self.client.post("/api/v1/photos", content=data, headers=headers)


def handler_of(bot: Bot, ticket: Ticket) -> Actor:
    """The staff member the ticket names."""
    member = bot.store.staff.find(ticket.handler or 0)
    assert member is not None
    return Actor(role=Role.AGENT, id=member.id, name=member.name, department=member.department)


def staff_replies(bot: Bot, number: str, words: str = GOOD_REPLY) -> str:
    """签收, 联系, 答复; the name of who did it."""

    def reply() -> str:
        actor = handler_of(bot, bot.desk.ticket(number))
        for event, note in (
            (EventKind.SIGNED, ""), (EventKind.CONTACTED, "已联系"), (EventKind.REPLIED, words),
        ):  # fmt: skip
            bot.desk.move(number, event, actor, bot.now(), note=note)
        return actor.name

    return bot.call(reply)


def picture(width: int = 60, height: int = 40, form: str = "JPEG", **more: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "#cc3322").save(out, form, **more)
    return out.getvalue()
