"""A resident and the staff in two windows of a real browser: what one does, the other must see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from chromium import chromium, faults, heard, say
from office import HASH, PASSWORD
from play import StoppedClock, moment
from residents import GOOD_REPLY, running_bot, serving, staff_replies

from bot.app import Bot
from bot.clockwork import Clockwork
from bot.departments import Role
from bot.tickets import EventKind, State
from intents import Understander

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NUMBER = re.compile(r"DD\d{8}-\d{4,}")
pytestmark = pytest.mark.filterwarnings(  # Playwright closes its loop late
    "ignore::pytest.PytestUnraisableExceptionWarning"
)
Window = Callable[..., "Page"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(moment("2026-11-24 10:00"))


@pytest.fixture
def bot(
    understander: Understander, clock: StoppedClock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bot]:
    with running_bot(understander, clock, tmp_path_factory.mktemp("both")) as bot:
        for member in bot.call(bot.store.staff.all):
            bot.call(bot.store.staff.set_password, member.id, HASH)
        yield bot


@pytest.fixture
def window(browser: Browser, bot: Bot) -> Iterator[Window]:
    """A window of its own: of a resident, or with a name of that member of the staff."""
    contexts = []
    with serving(bot) as address:

        def opened(name: str = "") -> Page:
            wide = {"width": 1366, "height": 768} if name else {"width": 390, "height": 844}
            contexts.append(browser.new_context(viewport=wide, locale="zh-CN", base_url=address))
            page = contexts[-1].new_page()
            page.set_default_timeout(15000)
            page.goto("/staff/" if name else "/")
            if name:
                page.get_by_label("姓名").fill(name)
                page.get_by_label("密码").fill(PASSWORD)
                page.keyboard.press("Enter")
                page.wait_for_url(lambda url: url.endswith("/staff/") and "login" not in url)
            return page

        yield opened
        for context in contexts:
            context.close()


def complain(page: Page, place: str, phone: str = "") -> str:
    """From the first words to the number, with a phone where one is given."""
    say(page, f"{place}的路灯坏了没人修")
    log = page.get_by_role("log")
    confirm = log.get_by_role("button", name="确认")
    confirm.or_(log.get_by_role("button", name="不是一件")).first.wait_for()
    if not confirm.count():
        log.get_by_role("button", name="不是一件").click()
    confirm.wait_for()
    if phone:
        say(page, phone)
        log.locator(".line.bot", has_text=phone[-4:]).last.wait_for()
    confirm.click()
    receipt = log.get_by_text("已受理，工单号")
    receipt.wait_for()
    return str(NUMBER.search(receipt.inner_text()).group())  # type: ignore[union-attr]


def of_unit(bot: Bot, number: str, role: Role) -> str:
    unit = bot.call(bot.desk.ticket, number).department or ""
    return next(m.name for m in bot.call(bot.store.staff.of_unit, unit) if m.role is role)


def move(page: Page, name: str, **fields: str) -> None:
    """Open the form of a move and send it; `fields` by their labels."""
    form = page.locator("details.move", has=page.locator("summary", has_text=name)).first
    if not form.is_visible():
        page.get_by_text("更多操作").click()
    form.locator("summary").click()
    for label, value in fields.items():
        field = form.get_by_label(label)
        tag = str(field.evaluate("field => field.tagName"))
        if tag == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.once("dialog", lambda dialog: dialog.accept())
    form.locator("button").last.click()


def test_the_last_digits_of_a_phone_find_the_ticket_and_a_reason_opens_it_which_the_resident_sees(
    window: Window, bot: Bot
) -> None:
    resident = window()
    number = complain(resident, "津桥路201号", "13912345678")
    staff = window(of_unit(bot, number, Role.AGENT))
    staff.keyboard.press("/")
    staff.keyboard.type("5678")
    staff.keyboard.press("Enter")
    staff.get_by_text("找到1张").wait_for()
    assert "5678" not in staff.url
    staff.locator("tr.ticket .matter a").click()
    assert "13912345678" not in staff.content()
    staff.get_by_text("查看身份", exact=True).click()
    staff.get_by_label("为什么要看").fill("打电话核对是哪一盏灯")
    staff.get_by_role("button", name="写明理由并查看").click()
    staff.locator("#identity-title + dl", has_text="13912345678").wait_for()
    say(resident, "我的信息")
    heard(resident, "打电话核对是哪一盏灯")
    resident.locator("#open-mine").click()
    resident.locator("#mine summary").first.click()
    resident.locator("#mine").get_by_text("查看了身份信息").wait_for()


def test_a_return_goes_to_the_other_unit_and_the_resident_hears_of_it(
    window: Window, bot: Bot
) -> None:
    resident = window()
    number = complain(resident, "津桥路202号")
    staff = window(of_unit(bot, number, Role.HEAD))
    staff.goto(f"/staff/t/{number}")
    staff.get_by_role("button", name="签收", exact=True).click()
    staff.get_by_text("已签收。").wait_for()
    move(staff, "退单", 建议哪个单位办="urban-management", 退单理由="是广告灯箱，由执法局管")
    staff.wait_for_load_state()
    ticket = bot.call(bot.desk.ticket, number)
    assert (ticket.department, ticket.returns) == ("urban-management", 1)
    heard(resident, "城市管理综合行政执法局")
    assert staff.locator("h1").inner_text(), "whoever returned it is not left before a bare refusal"


def test_an_extension_is_asked_by_one_and_granted_by_another(window: Window, bot: Bot) -> None:
    resident = window()
    number = complain(resident, "津桥路203号")
    before = bot.call(bot.desk.ticket, number).finish_by
    handler = window(of_unit(bot, number, Role.AGENT))
    handler.goto(f"/staff/t/{number}")
    handler.get_by_role("button", name="签收", exact=True).click()
    handler.get_by_text("已签收。").wait_for()
    move(handler, "申请延期", 延几个工作日="2", 延期理由="灯头要从外地调货")
    handler.get_by_text("已申请延期。").wait_for()
    assert not handler.get_by_role("button", name="同意延期").count(), "not by himself"
    head = window(of_unit(bot, number, Role.HEAD))
    head.goto(f"/staff/t/{number}")
    head.get_by_text("灯头要从外地调货").first.wait_for()
    head.get_by_role("button", name="同意延期").click()
    heard(resident, "灯头要从外地调货")
    after = bot.call(bot.desk.ticket, number).finish_by
    assert before is not None
    assert after is not None
    assert after > before


@pytest.mark.parametrize("accepted", [True, False])
def test_a_proposed_merge_is_accepted_or_refused(window: Window, bot: Bot, accepted: bool) -> None:
    first, second = window(), window()
    into = complain(first, "津桥路204号")
    number = complain(second, "津桥路204号")
    head = window(of_unit(bot, number, Role.HEAD))
    head.goto(f"/staff/t/{number}")
    proposal = head.get_by_role("region", name="并单建议")
    proposal.get_by_text(into).wait_for()
    proposal.get_by_text("诉求人说不是一件").wait_for()
    head.once("dialog", lambda dialog: dialog.accept())
    proposal.get_by_role("button", name="并单" if accepted else "不是同一件事").click()
    proposal.wait_for(state="detached")
    ticket = bot.call(bot.desk.ticket, number)
    assert ticket.merged_into == (into if accepted else None)
    if accepted:
        heard(second, into)


@pytest.mark.parametrize("held", [True, False])
def test_a_judgement_in_five_steps_and_a_week_later_whether_it_held(
    window: Window, bot: Bot, clock: StoppedClock, held: bool
) -> None:
    resident = window()
    number = complain(resident, "津桥路205号")
    staff_replies(bot, number)
    heard(resident, GOOD_REPLY[:20])
    log = resident.get_by_role("log")
    log.get_by_role("button", name="解决了").click()
    log.get_by_role("button", name="非常满意").wait_for()
    steps = log.locator(".choices button").all_inner_texts()
    assert steps == ["非常满意", "满意", "基本满意", "不满意", "很不满意"]
    log.get_by_role("button", name="基本满意").click()
    log.locator(".line.me:not(.pending)", has_text="基本满意").wait_for()
    assert bot.call(bot.desk.ticket, number).rating == 3
    clock.now += timedelta(days=8)
    bot.call(Clockwork(bot.desk).tick, clock.now)
    log.get_by_role("button", name="没再犯" if held else "又不行了").click()
    said = "没再犯" if held else "又不行了"
    log.locator(".line.me:not(.pending)", has_text=said).wait_for()
    ticket = bot.call(bot.desk.ticket, number)
    kinds = {event.kind for event in bot.call(bot.store.tickets.events, number)}
    assert EventKind.HELD_OR_NOT in kinds
    assert (ticket.state is State.IN_PROGRESS) is not held


# -- residents who cannot use a mouse, or see badly ------------------------------------------------


def test_a_report_by_keyboard_alone_never_falls_off_the_page(window: Window) -> None:
    page = window()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("津桥路206号的路灯坏了没人修")
    page.keyboard.press("Enter")
    page.get_by_role("log").get_by_role("button", name="确认").wait_for()
    for _ in range(9):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.innerText") == "确认":
            break
    page.keyboard.press("Enter")
    heard(page, NUMBER)
    assert page.evaluate("document.activeElement.id") == "words"


def test_at_200_percent_nothing_runs_out_of_a_phone(window: Window) -> None:
    page = window()
    page.set_viewport_size({"width": 195, "height": 422})
    complain(page, "津桥路207号")
    inside = "(item) => item.getBoundingClientRect().right <= innerWidth"
    assert page.locator("#human").evaluate(inside)
    assert page.locator("#open-mine").evaluate(inside)
    assert page.evaluate("document.documentElement.scrollWidth") <= 195
    assert faults(page) == []
