"""Makes the pictures of the README from the running program: `make screenshots`.

Starts the whole site on a database of its own, lets residents and staff do what they do, and photographs them.
"""

import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from playwright.sync_api import Page, sync_playwright

from bot.app import Bot, load_model
from bot.console.auth import hash_password
from bot.departments import Role
from bot.messages import Chat, Message
from bot.settings import Secret, Settings
from bot.site import create_site
from bot.store import open_store
from bot.tickets import Actor, EventKind

PICTURES = Path(__file__).parent / "pictures"
PASSWORD = "a password for pictures"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
COMPLAINTS = (
    "津桥路中段路灯灭了三盏，晚上黑得看不见道",
    "望花街36号2单元楼道里堆满旧家具，消防通道都堵死了",
    "工农路人行道地砖碎了一大片，绊倒好几个人",
    "北海街垃圾箱满了好几天没人收，臭得不行",
    "锦绣小区8号楼暖气冰凉，屋里才14度",
    "合作街菜站门口天天晚上有烧烤摊占道",
    "长安路下水道返水，污水流了一地",
    "和睦路工地半夜两点还在打桩，吵死人",
    "东站街家门口停了台僵尸车，占道大半年了",
    "小北街公厕门锁了半个月，进不去",
    "滂江街井盖一过车就咣当响",
    "上园路老房改造外墙保温层掉了，墙皮一块块翘着",
)


class Clock:
    """Goes along with the story, and stands at now in the end."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC) - timedelta(days=6)

    def __call__(self) -> datetime:
        return self.now


def build(folder: Path, clock: Clock, core: ThreadPoolExecutor) -> Bot:
    settings = Settings(
        db=str(folder / "pictures.db"), files=folder / "files", secret=Secret("pictures")
    )
    store = open_store(settings.db)
    bot = Bot(settings, store, load_model(Settings()), clock=clock, core=core)
    shown = hash_password(PASSWORD)
    for unit in bot.directory.departments.values():
        store.staff.add(f"{unit.name}经办", Role.AGENT, unit.id, shown, clock.now)
        store.staff.add(f"{unit.name}负责人", Role.HEAD, unit.id, shown, clock.now)
    store.staff.add("王敏", Role.SUPERVISOR, None, shown, clock.now)
    return bot


def live(bot: Bot, clock: Clock) -> None:
    """A few days of a district."""
    for day, words in enumerate(COMPLAINTS):
        clock.now += timedelta(hours=11)
        chat = Chat(channel="web", id=f"picture-session-{day:04d}")
        for i, text in enumerate((words, "确认")):
            bot.receive(Message(chat=chat, id=str(i), text=text, sent_at=clock.now))
        for ticket in bot.store.tickets.of_chat(chat):
            if day % 3:
                handler = bot.store.staff.find(ticket.handler or 0)
                assert handler is not None
                actor = Actor(
                    role=handler.role,
                    id=handler.id,
                    name=handler.name,
                    department=handler.department,
                )
                bot.desk.move(
                    ticket.number, EventKind.SIGNED, actor, clock.now + timedelta(minutes=20)
                )
    clock.now = datetime.now(UTC)


def serve(bot: Bot) -> str:
    server = uvicorn.Server(
        uvicorn.Config(create_site(bot), port=0, log_level="error", access_log=False)
    )
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"


def resident(page: Page, base: str) -> None:
    page.goto(base)
    for words in ("新津街幼儿园门口路灯不亮，接孩子看不见道", "确认"):
        page.fill("textarea", words)
        page.keyboard.press("Enter")
        page.wait_for_timeout(1500)
    page.screenshot(path=PICTURES / "chat.png")


def staff(page: Page, base: str) -> None:
    page.goto(f"{base}/staff/login")
    page.fill("input[name=name]", "王敏")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_timeout(1500)
    page.screenshot(path=PICTURES / "queue.png")
    page.goto(f"{base}/staff/map")
    page.wait_for_timeout(1500)
    page.screenshot(path=PICTURES / "map.png")


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    clock, core = Clock(), ThreadPoolExecutor(max_workers=1)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        bot = core.submit(build, Path(folder), clock, core).result()
        core.submit(live, bot, clock).result()
        base = serve(bot)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        phone = browser.new_context(
            viewport={"width": 390, "height": 844}, device_scale_factor=2, locale="zh-CN"
        )
        resident(phone.new_page(), base)
        desk = browser.new_context(viewport={"width": 1280, "height": 844}, locale="zh-CN")
        staff(desk.new_page(), base)
        browser.close()


if __name__ == "__main__":
    main()
