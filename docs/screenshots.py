"""Makes the pictures of the README from the running program: `make screenshots`.

Starts the whole site on a database of its own, lets residents and staff live through a month there, by the
bot's own conversation, desk and clock, and photographs what they see.
"""

import heapq
import itertools
import random
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from bot.app import Bot, load_model
from bot.clockwork import Clockwork
from bot.console.access import actor_of
from bot.console.auth import hash_password
from bot.departments import Role
from bot.figures import Figures
from bot.messages import Button, Chat, Message
from bot.settings import Secret, Settings
from bot.site import create_site
from bot.store import open_store
from bot.tickets import EventKind, Ticket
from bot.workdays import ZONE

E = EventKind
PICTURES = Path(__file__).parent / "pictures"
PASSWORD = "a password for pictures"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
NOW = datetime(2026, 11, 24, 10, 40, tzinfo=ZONE)
DAYS = 29
STEP = timedelta(minutes=20)
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林", "伟芳静强磊军洋勇艳杰娟涛明超霞平"
PLACES = ("津桥路", "合作街", "北海街", "滂江街", "东站街", "望花街", "长安路", "工农路")
MATTERS = (
    "{place}{no}号门口路灯灭了三盏，晚上黑得看不见道", "{place}{no}号楼道里堆满旧家具，消防通道都堵死了",
    "{place}{no}号门前人行道地砖碎了一大片，绊倒好几个人", "{place}{no}号旁边垃圾箱满了好几天没人收，臭得不行",
    "{place}{no}号菜站门口天天晚上有烧烤摊占道", "{place}{no}号下水道返水，污水流了一地",
    "{place}{no}号工地半夜两点还在打桩，吵得睡不着", "{place}{no}号暖气冰凉，屋里才14度",
)  # fmt: skip
TODAY = (  # what stands in the queue: filed when, and how far it got
    ("11-12 09:20", "上园路5号老房改造外墙保温层掉了，墙皮一块块翘着", 2),
    ("11-13 15:10", "小北街公厕门锁了半个月，进不去", 2),
    ("11-16 09:00", "和睦路21号工地半夜两点还在打桩，吵得睡不着", 2),
    ("11-17 08:50", "望花街36号2单元楼道里堆满旧家具，消防通道都堵死了", 2),
    ("11-17 14:30", "工农路12号门前人行道地砖碎了一大片，绊倒好几个人", 2),
    ("11-18 10:00", "滂江街8号门前井盖一过车就咣当响", 2),
    ("11-20 11:00", "北海街17号旁边垃圾箱满了好几天没人收，臭得不行", 1),
    ("11-23 16:30", "锦绣小区8号楼暖气冰凉，屋里才14度", 1),
    ("11-24 08:40", "东塔街5号3单元暖气不热，老人在家冻着", 0),
    ("11-24 09:10", "东塔街7号暖气冰凉，屋里才13度", 0),
    ("11-24 09:40", "东塔街12号一楼暖气不热，打电话没人管", 0),
)
REPLY = "{day}已到现场查看，情况属实，依据管理规定当天处理完毕，恢复正常。经办人{name}，有事请在这里说，没办好点“没办好”，或打12345。"


class Story:
    """A month of a district. Everything happens in the core thread, at its time."""

    def __init__(self, bot: Bot) -> None:
        self.bot, self.dice = bot, random.Random(7)
        self.now = NOW - timedelta(days=DAYS)
        self.coming: list[tuple[datetime, int, Callable[[], None]]] = []
        self.order = itertools.count()
        self.clockwork = Clockwork(bot.desk)

    def at(self, moment: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self.coming, (moment, next(self.order), act))

    def begin(self) -> None:
        store, shown = self.bot.store, hash_password(PASSWORD)
        names = [a + b for a in SURNAMES for b in GIVEN]
        self.dice.shuffle(names)
        with store.atomic():
            for unit in self.bot.directory.departments.values():
                for role in (Role.AGENT, Role.AGENT, Role.HEAD):
                    store.staff.add(names.pop(), role, unit.id, shown, self.now)
            store.staff.add("王敏", Role.SUPERVISOR, None, shown, self.now)

    def live(self) -> None:
        self.begin()
        for day in range(DAYS - 1):
            for _ in range(self.dice.choice((1, 2, 2, 3, 4))):
                place, matter = self.dice.choice(PLACES[: 3 + day % 6]), self.dice.choice(MATTERS)
                words = matter.format(place=place, no=self.dice.randrange(3, 99))
                start = (NOW - timedelta(days=DAYS - day)).replace(hour=8)
                moment = start + timedelta(minutes=self.dice.randrange(600))
                if moment < NOW - timedelta(days=2):
                    self.at(moment, lambda words=words: self.matter(words, 3))
        for when, words, far in TODAY:
            moment = datetime.strptime(f"2026-{when}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
            self.at(moment, lambda words=words, far=far: self.matter(words, far))
        self.at(NOW - timedelta(hours=25), self.of_the_phone)
        while self.now < NOW:
            self.now = min(self.now + STEP, NOW)
            self.clockwork.tick(self.now)
            while self.coming and self.coming[0][0] <= self.now:
                heapq.heappop(self.coming)[2]()
        desk = self.bot.desk
        Figures(self.bot.store, desk.directory, desk.policies, desk.calendar).refresh()

    # -- residents and staff ------------------------------------------------------------------------

    def matter(self, words: str, far: int) -> None:
        """Told, then done as far as: 0 filed, 1 signed, 2 contacted, 3 answered and judged."""
        chat = Chat(channel="web", id=f"picture-session-{next(self.order):04d}")
        number = self.tell(chat, words)
        late = far == 3 and self.dice.random() < 0.15
        hours = (26, 50, 24 * 8) if late else (1, 3, self.dice.choice((9, 24, 30, 50, 74)))
        for event, wait in zip((E.SIGNED, E.CONTACTED, E.REPLIED)[:far], hours, strict=False):
            self.at(self.open_after(wait), lambda event=event: self.work(number, event))
        if far == 3 and self.dice.random() < 0.9:
            good = self.dice.random() < 0.85
            stars = self.dice.choice((4, 5, 5, 5)) if good else 2
            moment = self.open_after(hours[2]) + timedelta(hours=3)
            self.at(moment, lambda: self.judge(chat, number, stars))

    def of_the_phone(self) -> None:
        """The one whose phone is photographed: reported yesterday, answered this morning."""
        chat = Chat(channel="web", id="the-phone-in-the-pictures")
        number = self.tell(chat, "新生一路幼儿园门口的路灯坏了，接孩子看不见道")
        for event, hours in ((E.SIGNED, 1), (E.CONTACTED, 3), (E.REPLIED, 24)):
            self.at(self.open_after(hours), lambda event=event: self.work(number, event))

    def open_after(self, hours: float) -> datetime:
        return self.bot.calendar.next_open(self.now + timedelta(hours=hours))

    def say(self, chat: Chat, text: str, button: Button | None = None) -> tuple[Button, ...]:
        data, key = (button.data if button else None), str(next(self.order))
        message = Message(chat=chat, id=key, text=text, button=data, sent_at=self.now)
        replies = self.bot.receive(message)
        return replies[-1].buttons if replies else ()

    def tell(self, chat: Chat, words: str) -> str:
        """To the number; what is like another matter is said to be apart."""
        buttons = self.say(chat, words)
        for _ in range(4):
            tickets = self.bot.store.tickets.of_chat(chat)
            if tickets:
                return tickets[0].number
            pressed = [b for b in buttons if b.data in ("confirm", "apart", "skip")]
            assert pressed, f"{words}: {buttons}"
            buttons = self.say(chat, "", pressed[0])
        raise AssertionError(f"no ticket: {words}")

    def work(self, number: str, event: EventKind) -> None:
        ticket: Ticket = self.bot.desk.ticket(number)
        handler = self.bot.store.staff.find(ticket.handler or 0)
        assert handler is not None, number
        local = self.now.astimezone(ZONE)
        note = {
            E.CONTACTED: "电话联系，约好当天到现场看",
            E.REPLIED: REPLY.format(day=f"{local.month}月{local.day}日", name=handler.name),
        }.get(event, "")
        self.bot.desk.move(number, event, actor_of(handler), self.now, note=note)

    def judge(self, chat: Chat, number: str, stars: int) -> None:
        if stars == 2 and self.dice.random() < 0.5:
            self.say(chat, "", Button(text="没办好", data=f"unsolved:{number}"))
            self.at(self.open_after(9), lambda: self.work(number, E.REPLIED))
            if self.dice.random() < 0.5:
                self.at(self.open_after(12), lambda: self.judge(chat, number, 4))
            return
        self.say(chat, "", Button(text="解决了", data=f"solved:{number}"))
        self.say(chat, "", Button(text="", data=f"rate:{number}:{stars}"))


def build(folder: Path, core: ThreadPoolExecutor) -> tuple[Bot, Story]:
    usual, db = Settings.load(), str(folder / "pictures.db")
    settings = replace(Settings(), db=db, files=folder / "files", secret=Secret("pictures"))
    stories: list[Story] = []
    bot = Bot(
        settings, open_store(db), load_model(usual), clock=lambda: stories[0].now, core=core
    )  # fmt: skip
    stories.append(Story(bot))
    stories[0].live()
    return bot, stories[0]


def serve(bot: Bot) -> str:
    server = uvicorn.Server(
        uvicorn.Config(create_site(bot), port=0, log_level="error", access_log=False)
    )
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"


def window(browser: Browser, wide: int, high: int, scheme: str = "light", scale: float = 1) -> Page:
    context = browser.new_context(
        viewport={"width": wide, "height": high}, device_scale_factor=scale, locale="zh-CN",
        timezone_id="Asia/Shanghai", color_scheme=scheme,
    )  # fmt: skip
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    return page


def resident(browser: Browser, base: str) -> None:
    page = window(browser, 390, 844, scale=2)
    page.goto(base)
    page.fill("textarea", "新生儿怎么上户口？")
    page.keyboard.press("Enter")
    page.get_by_role("article").get_by_text("带什么").wait_for()
    page.wait_for_timeout(600)
    page.screenshot(path=PICTURES / "chat.png")
    page = window(browser, 390, 844, "dark", scale=2)
    page.add_init_script("localStorage.setItem('msb-session', 'the-phone-in-the-pictures')")
    page.goto(base)
    page.locator("#open-mine").click()
    page.locator("#mine .ticket").first.wait_for()
    page.wait_for_timeout(600)
    page.screenshot(path=PICTURES / "mine.png")


def staff(browser: Browser, base: str) -> None:
    page = window(browser, 1280, 844)
    page.goto(f"{base}/staff/login")
    page.fill("input[name=name]", "王敏")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.locator("tr.ticket").first.wait_for()
    page.screenshot(path=PICTURES / "queue.png")
    page.set_viewport_size({"width": 1440, "height": 1130})
    page.goto(f"{base}/staff/map", wait_until="networkidle")
    page.screenshot(path=PICTURES / "map.png")


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    core = ThreadPoolExecutor(max_workers=1)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        bot, _ = core.submit(build, Path(folder), core).result()
        base = serve(bot)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        resident(browser, base)
        staff(browser, base)
        browser.close()


if __name__ == "__main__":
    main()
