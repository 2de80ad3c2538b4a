"""Random but plausible tickets over forty days: what residents were told against what the tickets say.

`python -m bench.forty_days` plays it at length and prints whole conversations to read; a short play is a test.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

from play import StoppedClock, moment
from what_was_told import STEP, Resident, Told

from bot.app import Bot
from bot.clockwork import Clockwork
from bot.console.access import actor_of
from bot.departments import Role, StaffMember
from bot.errors import BotError
from bot.figures import Figures
from bot.inspection import Inspection
from bot.messages import Chat, Message
from bot.settings import Settings
from bot.store import open_store
from bot.tickets import OPEN, EventKind, State, Ticket
from bot.workdays import ZONE
from intents import Understander

E = EventKind
ROOT = Path(__file__).parent.parent
START = moment("2026-09-14 08:00")  # 国庆 and 中秋 lie within
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林", "伟芳娜敏静强磊军洋勇艳杰娟涛明超霞平"
PLACES = (
    "合作街18号", "锦绣小区8号楼", "津桥路", "滂江街21号", "东站街", "和睦路小区3号楼", "大东路56号", "珠林路",
    "新生一路", "北海街108号", "草仓路", "万泉街4号", "望花街", "上园路12号楼", "老瓜堡东路",
)  # fmt: skip
MATTERS = (
    "{place}路灯不亮好几天了", "{place}烧烤摊占道，油烟很大", "{place}垃圾没人清，都发臭了", "{place}暖气冰凉，屋里只有13度",
    "{place}井盖坏了，晚上很危险", "{place}夜里工地施工吵得睡不着", "{place}停水一天了", "{place}流浪狗追人",
    "{place}下水道堵了，污水往外冒", "{place}私家车堵消防通道", "我要表扬{place}社区的小刘，帮我搬东西",
    "建议在{place}加一个垃圾桶", "我要举报{place}饭店用地沟油", "{place}闻到很重的煤气味", "转人工",
    "{place}楼道灯坏了没人修", "{place}路面塌了个大坑", "{place}广场舞太吵",
)  # fmt: skip
REPLY = "{day}已到现场查看，问题属实，依据管理规定当天处理完毕，恢复正常。经办人{name}，有事请在这里说，不满意可以点没办好，或打12345。"


class Play:
    """A district whose people do their work more or less well; whatever does not fit is noted."""

    def __init__(self, bot: Bot, clock: StoppedClock, seed: int, tickets: int, days: int) -> None:
        self.bot, self.clock, self.dice = bot, clock, random.Random(seed)
        self.days = days
        self.told = Told(bot, clock)
        self.done: Counter[EventKind] = Counter()
        self.clockwork, self.inspection = Clockwork(bot.desk), Inspection(bot.desk)
        desk = bot.desk
        self.figures = Figures(bot.store, desk.directory, desk.policies, desk.calendar)
        self.residents = [self._resident(n, days) for n in range(tickets)]
        self.told.residents = self.residents
        self.staff = self._staff()

    def _resident(self, n: int, days: int) -> Resident:
        place, minutes = self.dice.choice(PLACES), self.dice.randrange(max(1, days - 8) * 24 * 60)
        words = self.dice.choice(MATTERS).format(place=place)
        return Resident(
            chat=Chat(channel="web", id=f"resident-{n:06}"), words=words, place=place,
            files_at=START + timedelta(minutes=minutes), keen=self.dice.random(),
        )  # fmt: skip

    def _staff(self) -> list[StaffMember]:
        store, names = self.bot.store, itertools.product(SURNAMES, GIVEN)
        mixed = sorted((a + b for a, b in names), key=lambda _: self.dice.random())
        for unit in self.bot.directory.departments:
            for role in (Role.AGENT, Role.AGENT, Role.HEAD):
                store.staff.add(mixed.pop(), role, unit, "-", START)
        for role in (Role.SUPERVISOR, Role.SUPERVISOR, Role.ADMIN):
            store.staff.add(mixed.pop(), role, None, "-", START)
        return store.staff.all()

    def run(self) -> None:
        while self.clock.now < START + timedelta(days=self.days):
            self.clock.now += STEP
            now = self.clock.now
            self.clockwork.tick(now)
            self.figures.refresh(1000)
            self.inspection.daily(now)
            self._listen()
            if self.bot.calendar.is_open(now):
                self._work(now)
                self._listen()
            for resident in self.residents:
                if resident.files_at <= now:
                    self._live(resident)
            self._listen()
            self.told.look_for_slips(now)

    # -- residents --------------------------------------------------------------------------------------

    def say(self, resident: Resident, text: str, button: str | None = None) -> None:
        resident.said += 1
        resident.lines.append((self.clock.now, "居民", text))
        self.bot.receive(
            Message(chat=resident.chat, id=str(resident.said), text=text, button=button, sent_at=self.clock.now)
        )  # fmt: skip
        self._listen_to(resident)

    def press(self, resident: Resident, verb: str) -> bool:
        found = next((b for b in resident.buttons if b.data.split(":")[0] == verb), None)
        if found:
            self.say(resident, found.text, found.data)
        return found is not None

    def _live(self, resident: Resident) -> None:
        dice = self.dice
        if not resident.said:
            self.say(resident, resident.words)
            for _ in range(6):
                if self._own(resident) or not resident.buttons:
                    break
                last = resident.lines[-1][2]
                if self.press(resident, "confirm") or (
                    dice.random() < 0.7 and self.press(resident, "join")
                ):
                    continue
                if "在哪儿" in last:
                    self.say(resident, resident.place)
                elif not (self.press(resident, "apart") or self.press(resident, "pick")):
                    break
            return
        if not 7 <= self.clock.now.astimezone(ZONE).hour < 22 or dice.random() > 0.12:
            return
        for verb, chance in (
            ("solved", 0.6),
            ("unsolved", 0.2 + 0.2 * resident.keen),
            ("rate", 0.5),
            ("held", 0.6),
        ):
            if dice.random() < chance and self.press(resident, verb):
                return
        ticket = self._own(resident)
        if ticket is None:
            return
        if ticket.state is State.AWAITING and dice.random() < 0.3:
            self.say(resident, "在3单元门口，一楼左手那家")
            self.say(resident, "好了")
        elif ticket.is_open and dice.random() < 0.06 * resident.keen:
            self.say(resident, dice.choice(("催一下", "查进度", "怎么还没人来", ticket.number)))
        elif ticket.is_open and dice.random() < 0.004:
            self.say(resident, "撤回")
            self.press(resident, "confirm")

    def _own(self, resident: Resident) -> Ticket | None:
        tickets = self.bot.store.tickets.of_chat(resident.chat)
        return next((t for t in tickets if t.chat == resident.chat), None)

    # -- staff ------------------------------------------------------------------------------------------

    def _work(self, now: datetime) -> None:
        store = self.bot.store
        for number in list(store.tickets.numbers()):
            ticket = store.tickets.find(number)
            if ticket and ticket.state in (*OPEN, State.REPLIED) and self.dice.random() < 0.05:
                self._one_move(ticket, now)

    def _one_move(self, ticket: Ticket, now: datetime) -> None:
        dice = self.dice
        unit = [m for m in self.staff if m.department == ticket.department]
        head = next((m for m in unit if m.role is Role.HEAD), None)
        handler = next((m for m in self.staff if m.id == ticket.handler), head)
        chief = next(m for m in self.staff if m.role is Role.SUPERVISOR)
        lazy = sum(map(ord, ticket.number)) % 7 == 0  # some tickets nobody likes
        if handler is None or (lazy and dice.random() < 0.9):
            return
        day = f"{now.astimezone(ZONE).month}月{now.astimezone(ZONE).day}日"
        elsewhere = dice.choice(list(self.bot.directory.departments))
        later = (now.astimezone(ZONE) + timedelta(days=dice.randrange(3, 12))).date().isoformat()
        moves = {
            State.RECEIVED: [(chief, E.DESIGNATED, 3, "职责清楚", {"department": elsewhere})],
            State.DISPATCHED: [
                (handler, E.SIGNED, 12, "", {}), (handler, E.RETURNED, 1, "不归我们管", {"department": elsewhere}),
            ],
            State.SIGNED: [
                (handler, E.CONTACTED, 10, "打了电话，约好上门", {}), (head, E.TRANSFERRED, 1, "归那边管", {"department": elsewhere}),
                (handler, E.ASKED, 2, "请说一下是几单元几楼？", {}),
            ],
            State.IN_PROGRESS: [
                (handler, E.EXPLAINED, 3, "配件缺货，厂家周四才送到", {}),
                (handler, E.REPLIED, 6, REPLY.format(day=day, name=handler.name), {}),
                (handler, E.ASKED, 1, "请拍一张照片看看？", {}), (handler, E.EXTENSION_ASKED, 2, "材料要外地调货", {"days": 3}),
                (head, E.EXTENSION_GRANTED, 3, "", {}), (head, E.EXTENSION_REFUSED, 1, "抓紧办", {}),
                (chief, E.PARKED, 1, "要等审批", {"date": later}), (chief, E.SUPERVISED, 1, "盯紧", {"colour": "yellow"}),
                (head, E.SPLIT, 1, "楼上还漏水", {"category": "heating"}), (head, E.CO_UNIT_ADDED, 1, "", {"department": elsewhere}),
                (handler, E.CLAIMED, 1, "", {}), (head, E.DECLINED, 1, "不在受理范围", {"channel": "人民法院诉讼"}),
                (handler, E.CONTACTED, 1, "又去看了一次", {}), (head, E.ESCALATED, 1, "牵涉几个单位", {}),
                (head, E.MERGED, 1, "", {"into": self._twin(ticket)}),
                (head, E.RELABELLED, 1, "11月10日前会同各单位办完", {"category": ticket.category or "street-light", "clock": "hard"}),
            ],
            State.AWAITING: [(chief, E.RESUMED, 1, "", {})],
            State.PARKED: [(chief, E.RESUMED, 1, "", {})],
            State.REPLIED: [(head, E.CLOSED, 1, "多次联系没有回音", {}), (head, E.REOPENED, 1, "复查还没修好", {})],
        }[ticket.state]  # fmt: skip
        who, event, _, note, data = dice.choices(moves, [move[2] for move in moves])[0]
        if who is None:
            return
        try:
            self.bot.desk.move(ticket.number, event, actor_of(who), now, note, (), **data)  # type: ignore[arg-type]
            self.done[event] += 1
        except BotError:
            return

    def _twin(self, ticket: Ticket) -> str:
        since = self.clock.now - timedelta(days=30)
        others = self.bot.store.tickets.alike(ticket.category, since, 50)
        return next((o.number for o in others if o.number != ticket.number), ticket.number)

    def _listen(self) -> None:
        for resident in self.residents:
            if resident.said:
                self._listen_to(resident)

    def _listen_to(self, resident: Resident) -> None:
        for line in self.bot.store.chats.transcript(resident.chat, resident.heard, 500):
            resident.heard = line.id
            if line.voice == "resident" or line.reply is None:
                continue
            before = [text for _, who, text in resident.lines if who == "马上办"][-1:]
            resident.lines.append((self.clock.now, "马上办", line.text))
            resident.buttons = line.reply.buttons
            self.told.check(resident, line.text, line.reply.ticket, before)


def play(understander: Understander, folder: Path, tickets: int, days: int, seed: int) -> Play:
    """In this very thread, on a database in memory."""
    clock = StoppedClock(START)
    settings = Settings(db=":memory:", faq=ROOT / "faq.yaml", files=folder)
    bot = Bot(
        settings, open_store(":memory:"), understander, clock=clock, core=ThreadPoolExecutor(1)
    )
    played = Play(bot, clock, seed, tickets, days)
    played.run()
    return played
