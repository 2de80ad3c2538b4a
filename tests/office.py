"""A real front for the console's tests: store, desk and files, without the model that no page needs."""

import asyncio
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from httpx import Client, Response
from PIL import Image

from bot import console
from bot.channels.security import Guard
from bot.console.access import actor_of
from bot.deadlines import load_policies
from bot.departments import Role, StaffMember, load_directory
from bot.desk import Desk
from bot.drafts import Draft
from bot.faq import Faq, load_faq
from bot.files import Files
from bot.messages import Chat
from bot.notices import Notices
from bot.settings import Secret, Settings
from bot.store import Store, open_store
from bot.tickets import EventKind, Kind, State, Ticket
from bot.wording import load_wording

T = TypeVar("T")
E = EventKind
ROOT = Path(__file__).parent.parent
PASSWORD = "correct horse battery"
HASH = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
CHAT = Chat(channel="web", id="resident-session-0001")
PEOPLE = {  # name: role and unit
    "张明": (Role.AGENT, "urban-management"),
    "李娜": (Role.AGENT, "urban-management"),
    "赵刚": (Role.HEAD, "urban-management"),
    "王芳": (Role.AGENT, "heating-utility"),
    "孙伟": (Role.HEAD, "heating-utility"),
    "周督": (Role.SUPERVISOR, None),
    "吴管": (Role.ADMIN, None),
    "郑评": (Role.ASSESSOR, None),
}


class Clock:
    """The only clock of a test: it moves when the test says so."""

    def __init__(self, now: str = "2026-11-24 10:00") -> None:
        self.now = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo("Asia/Shanghai"))

    def __call__(self) -> datetime:
        return self.now


@cache
def the_faq() -> Faq:
    return load_faq(ROOT / "faq.yaml")


class Office:
    """Has all that `bot.console.Front` asks for; `do` runs a piece of the core from a test."""

    def __init__(self, folder: Path, clock: Callable[[], datetime], **settings: Any) -> None:
        self.clock = clock
        self.woken = 0
        self.browsers: list[Browser] = []
        self.core = ThreadPoolExecutor(max_workers=1)
        self.settings = replace(
            Settings(faq=ROOT / "faq.yaml", files=folder / "files", model=ROOT / "var" / "model"),
            secret=Secret("a secret of the tests"), **settings,
        )  # fmt: skip
        self.store: Store = self.core.submit(open_store, str(folder / "office.sqlite3")).result()
        self.directory = load_directory()
        self.policies, self.calendar = load_policies()
        self.faq = the_faq()
        self.files = Files(self.settings.files, self.store)
        self.notices = Notices(self.store, self.directory, load_wording(), self.calendar)
        self.desk = Desk(self.store, self.directory, self.policies, self.calendar, self.notices)

    def now(self) -> datetime:
        return self.clock()

    async def run(self, fn: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.core, fn, *args)

    def wake(self) -> None:
        self.woken += 1

    def do(self, fn: Callable[..., T], *args: Any, **more: Any) -> T:
        return self.core.submit(fn, *args, **more).result()

    @cached_property
    def address(self) -> str:
        """Where the console is served, from the first time somebody asks."""
        config = uvicorn.Config(
            site_of(self), host="127.0.0.1", port=0, access_log=False, log_level="critical", ws="none",
            lifespan="off", timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the console did not start"
            time.sleep(0.005)
        return f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"

    def close(self) -> None:
        for client in self.browsers:
            client.close()
        if "address" in self.__dict__:
            self._server.should_exit = True
            self._thread.join()
        self.do(self.store.close)
        self.core.shutdown()

    # -- people and tickets ---------------------------------------------------------------------------

    def engage(self) -> None:
        for name, (role, unit) in PEOPLE.items():
            self.do(self.store.staff.add, name, role, unit, HASH, self.now())

    def member(self, name: str) -> StaffMember:
        found = self.do(self.store.staff.by_name, name)
        assert found is not None
        return found

    def file(self, subject: str = "合作街烧烤摊占道", **more: Any) -> Ticket:
        usual: dict[str, Any] = {
            "kind": Kind.COMPLAINT, "chat": CHAT, "detail": f"{subject}，天天晚上占道，请管一管",
            "category": "street-vending", "location": "合作街18号", "contact": "13912345678",
        }  # fmt: skip
        return self.do(self.desk.file, Draft(subject=subject, **(usual | more)), self.now())

    def move(
        self, ticket: Ticket, event: EventKind, name: str, note: str = "", **data: Any
    ) -> Ticket:
        actor = actor_of(self.member(name))
        return self.do(self.desk.move, ticket.number, event, actor, self.now(), note=note, **data)

    def photo(self) -> Any:
        picture = BytesIO()
        Image.new("RGB", (640, 480), (150, 110, 70)).save(picture, "JPEG")
        return self.do(self.files.keep_photo, picture.getvalue(), CHAT, self.now())

    def ticket(self, number: str) -> Ticket:
        return self.do(self.desk.ticket, number)

    def events(self, number: str) -> list[Any]:
        return list(self.do(self.store.tickets.events, number))


class Browser(Client):
    """Speaks to the console as a browser does: keeps cookies, sends back the token of the page."""

    def enter(self, name: str, password: str = PASSWORD, code: str = "") -> Response:
        form = {
            "token": self.token("/staff/login"),
            "name": name,
            "password": password,
            "code": code,
        }
        return self.post("/staff/login", data=form, follow_redirects=False)

    def token(self, path: str = "/staff/account") -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.get(path).text)
        assert found, f"no form on {path}"
        return found.group(1)

    def submit(self, path: str, **fields: Any) -> Response:
        return self.post(path, data={"token": self.token(), **fields}, follow_redirects=False)

    def act(self, ticket: Ticket, event: EventKind, office: "Office", **fields: Any) -> Response:
        """A move, made from a page as fresh as can be."""
        version = fields.pop("version", None) or office.ticket(ticket.number).version
        path = f"/staff/t/{ticket.number}/move"
        return self.submit(path, event=event.value, version=version, **fields)


def browser(office: "Office", name: str = "") -> Browser:
    client = Browser(base_url=office.address, follow_redirects=True, trust_env=False)
    office.browsers.append(client)
    if name:
        assert client.enter(name).status_code == 303
    return client


REPLY = (
    "您反映的事，11月24日晚上我们到合作街现场查看，两家烧烤摊确实占道经营。"
    "依据《沈阳市城市管理条例》责令整改，已经清理完毕，道路恢复正常。"
    "如再出现请在本对话直接回复，联系人张明，电话024-88888888。"
)


def site_of(office: Office) -> FastAPI:
    """The console alone, where the whole site is not the matter."""
    site = FastAPI()
    site.add_middleware(Guard)
    site.include_router(console.router(office), prefix="/staff", include_in_schema=False)
    site.mount("/static", StaticFiles(directory=ROOT / "bot" / "static"))
    return site


def brought_to(office: Office, state: State) -> Ticket:
    """A ticket in one of the states of the main line."""
    ticket = office.file()
    way = {
        State.SIGNED: ((E.SIGNED, ""),),
        State.IN_PROGRESS: ((E.SIGNED, ""), (E.CONTACTED, "")),
        State.AWAITING: ((E.SIGNED, ""), (E.ASKED, "是哪一侧？")),
        State.REPLIED: ((E.SIGNED, ""), (E.REPLIED, REPLY)),
    }.get(state, ())
    for event, note in way:
        office.move(ticket, event, "赵刚", note)
    return office.ticket(ticket.number)


def offered(html: str) -> set[str]:
    return set(re.findall(r'name="event" value="([a-z_]+)"', html))


def a_busy_week(office: Office, clock: Clock) -> None:
    """Tickets in many states, for looking at: overdue, near the line, paused, answered."""
    now = clock.now
    photo = office.photo()
    urban = {"category": "street-vending", "audience": "citizen"}
    heat = {"category": "heating"}

    def at(days: float, subject: str, **more: Any) -> Ticket:
        clock.now = now - timedelta(days=days)
        return office.file(subject, **more)

    old = at(12, "小区垃圾箱一周没人收，味道很大", category="garbage", location="东站街23号楼")
    office.move(old, E.SIGNED, office_name(office, old))
    done = at(11, "合作街烧烤摊每晚占道", location="合作街18号", **urban)
    done = office.move(done, E.SIGNED, office_name(office, done))
    office.move(done, E.REPLIED, office_name(office, done), REPLY)
    late = at(9, "楼上半夜装修打电钻", category="construction-noise", location="望花中街9号")
    office.move(late, E.SIGNED, office_name(office, late))
    office.move(late, E.SUPERVISED, "周督", "今天必须到现场", colour="orange")
    soon = at(6.8, "暖气片不热，室内只有14度", location="东塔街5号3单元", **heat)
    office.move(soon, E.SIGNED, office_name(office, soon))
    office.move(soon, E.CONTACTED, office_name(office, soon))
    asked = at(5, "早市污水流到人行道上", category="garbage", location="长安路早市")
    office.move(asked, E.SIGNED, office_name(office, asked))
    office.move(
        asked, E.ASKED, office_name(office, asked), "请问是哪一侧的摊位？方便的话拍张照片。"
    )
    report = at(
        3,
        "有人在小区里私自加盖房屋",
        kind=Kind.REPORT,
        category="illegal-construction",
        location="津桥路",
    )
    office.move(report, E.SIGNED, office_name(office, report))
    at(2, "锅炉房冒黑烟", category="heating", location="劳动路")
    at(1.2, "合作街又有摊位占了盲道", location="合作街20号", attachments=(photo,), **urban)
    fresh = at(0.9, "供热站说明天才来，老人在家冻着", location="东塔街7号", **heat)
    clock.now = now
    office.do(office.desk.by_resident, fresh.number, E.REMINDED, CHAT, clock.now)
    office.file(
        "问一下占道经营许可怎么办",
        kind=Kind.CONSULTATION,
        category=None,
        location=None,
        department="urban-management",
    )
    office.file("下水井往外冒水，路面结冰", category="snow-ice", urgent=None, location="联合路")
    office.file("卷帘门店外堆放杂物", location="合作街31号", **urban)


def office_name(office: Office, ticket: Ticket) -> str:
    """The name of the handler the desk chose."""
    found = office.do(office.store.staff.find, office.ticket(ticket.number).handler)
    assert found is not None
    return found.name


def open_office(folder: Path, clock: Clock | None = None, **settings: Any) -> Office:
    office = Office(folder, clock or Clock(), **settings)
    office.engage()
    return office
