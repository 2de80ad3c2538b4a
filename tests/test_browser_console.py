"""A clerk's day in a real browser: the list, the keys, a reply checked while typed, two at one ticket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from chromium import chromium, faults
from office import (
    PASSWORD,
    Clock,
    Office,
    a_busy_week,
    browser,
    office_name,
    open_office,
)
from windows import DESK, PHONE, Enter, windows

from bot.inspection import Inspection
from bot.tickets import EventKind, State

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

E = EventKind
pytestmark = [
    # Playwright's own: a loop that it closes late.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
GOOD = (
    "您反映的楼道灯，我们11月24日上午到现场查看，是开关坏了，已经更换，恢复正常。"
    "依据物业服务合同第三条。有事在这里说，联系人张明。"
)
ONE_SIGN_WIDE = """
[...document.querySelectorAll('td, th')].filter((cell) => {
  const { width, height } = cell.getBoundingClientRect();
  return cell.innerText.trim().length > 4 && width > 1 && height > 3 * width;
}).map((cell) => cell.innerText)
"""


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as chrome:
        yield chrome


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    clock = Clock("2026-11-24 10:20")
    office = open_office(tmp_path_factory.mktemp("console"), clock)
    a_busy_week(office, clock)
    assert office.do(Inspection(office.desk).daily, office.now())
    yield office
    office.close()


@pytest.fixture
def enter(chrome: Browser, office: Office) -> Iterator[Enter]:
    with windows(chrome, office) as sign_in:
        yield sign_in


def test_from_the_list_by_keys_to_the_reply(office: Office, enter: Enter) -> None:
    ticket = office.file("楼道灯坏了要摸黑", location="北海街6号")
    page = enter(office_name(office, ticket))
    rows = page.locator("tr.ticket")
    place = next(
        at
        for at in range(rows.count())
        if rows.nth(at).get_attribute("data-number") == ticket.number
    )
    for _ in range(place + 1):
        page.keyboard.press("j")
    assert page.locator("tr.here").get_attribute("data-number") == ticket.number
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/staff/t/{ticket.number}")
    page.get_by_role("button", name="签收", exact=True).click()
    page.get_by_text("已签收。").wait_for()

    page.wait_for_load_state()
    page.keyboard.press("r")
    page.keyboard.type("近期尽快解决")
    page.get_by_text("却没有日期").wait_for()
    page.get_by_role("button", name="发出答复").click()
    refusal = page.locator("#reply").get_by_text("答复还不能发出")
    refusal.wait_for()
    page.wait_for_function(
        "document.querySelector('#reply .late').getBoundingClientRect().top < 800"
    )
    assert page.get_by_text("答复还不能发出").count() == 1, "said once, where it is to be mended"
    area = page.get_by_label("答复内容")
    assert area.input_value() == "近期尽快解决"
    area.fill(GOOD)
    page.get_by_text("可以发出。").wait_for()
    page.get_by_role("button", name="发出答复").click()
    page.get_by_text("已答复。").wait_for()
    assert office.ticket(ticket.number).state is State.REPLIED
    page.wait_for_load_state()  # the keys come with the script
    page.keyboard.press("u")
    page.wait_for_url(re.compile(r"/staff/(\?.*)?$"))


def test_a_template_is_filled_gap_by_gap_and_the_draft_outlives_a_reload(
    office: Office, enter: Enter
) -> None:
    ticket = office.file("井盖松动")
    office.move(ticket, E.SIGNED, "赵刚")
    page = enter("赵刚")
    page.goto(f"/staff/t/{ticket.number}")
    page.get_by_role("button", name="已经办好").click()
    page.get_by_text("还有没填的空").wait_for()
    page.keyboard.type("两处井盖松动")
    page.keyboard.press("Tab")
    page.keyboard.type("加固")
    area = page.get_by_label("答复内容")
    assert "两处井盖松动（查到的情况）" in area.input_value()
    assert "已经加固（做了什么）" in area.input_value()
    page.reload()
    assert "两处井盖松动" in area.input_value()


def has_value(page: Page, label: str, value: str) -> None:
    """Waits for it."""
    from playwright.sync_api import expect

    expect(page.get_by_label(label)).to_have_value(value)


def test_what_is_half_written_outlives_another_move_and_an_ended_session(
    office: Office, enter: Enter
) -> None:
    ticket = office.file("楼前积水结冰")
    office.move(ticket, E.SIGNED, "赵刚")
    page = enter("赵刚")
    page.goto("/staff/?scope=unit")
    page.goto(f"/staff/t/{ticket.number}", referer=f"{office.address}/staff/?scope=unit")
    page.get_by_label("答复内容").fill("查到是雨水井堵了")
    page.locator("summary", has_text="请诉求人补充").click()
    page.get_by_label("请诉求人补充什么").fill("积水有多深")
    page.locator("summary", has_text="已联系诉求人").click()
    page.get_by_label("联系的情况").fill("上午电话里说好下午去")
    page.locator("details.move[open] button").click()
    page.get_by_text("已联系诉求人。").wait_for()
    has_value(page, "答复内容", "查到是雨水井堵了")  # the drafts come with the script
    assert page.get_by_label("请诉求人补充什么").input_value() == "积水有多深"
    assert page.get_by_label("联系的情况").input_value() == "", "what was sent is no draft"
    page.context.clear_cookies()
    page.get_by_role("button", name="请诉求人补充").click()
    page.get_by_label("姓名").fill("赵刚")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/staff/t/{ticket.number}")
    has_value(page, "答复内容", "查到是雨水井堵了")
    assert page.get_by_label("请诉求人补充什么").input_value() == "积水有多深"
    page.get_by_role("button", name="请诉求人补充").click()
    page.get_by_text("已请诉求人补充。").wait_for()
    page.wait_for_url(lambda url: "done=" not in url)
    page.keyboard.press("u")
    page.wait_for_url("**/staff/?scope=unit")


def test_the_list_refreshes_by_itself_and_keeps_what_was_chosen(
    office: Office, enter: Enter
) -> None:
    page = enter("周督")
    page.clock.install()
    page.reload()
    first = page.locator("tr.ticket").nth(2)
    number = first.get_attribute("data-number")
    first.locator("input[type=checkbox]").check()
    page.get_by_text("已选1张").wait_for()
    fresh = office.file("刚刚进来的一件")
    page.clock.fast_forward(11_000)
    page.locator(f'tr[data-number="{fresh.number}"]').wait_for()
    assert page.locator(f'tr[data-number="{number}"] input').is_checked()
    assert page.get_by_text("已选1张").is_visible()


def test_many_are_signed_at_once(office: Office, enter: Enter) -> None:
    tickets = [office.file(f"乱贴广告第{at}处", category="shop-signs") for at in (1, 2)]
    page = enter("赵刚")
    page.goto("/staff/?scope=unit&group=unsigned&category=shop-signs")
    page.get_by_label("全选本页").check()
    page.get_by_text("已选2张").wait_for()
    page.get_by_role("button", name="签收", exact=True).click()
    page.get_by_text("签收2张").wait_for()
    page.wait_for_url("**/staff/?*")  # a reload must not send the batch again
    assert {office.ticket(t.number).state for t in tickets} == {State.SIGNED}


def test_slash_searches_and_the_address_tells_nothing(office: Office, enter: Enter) -> None:
    page = enter("周督")
    page.keyboard.press("/")
    page.keyboard.type("东塔街5号")
    page.keyboard.press("Enter")
    page.get_by_text("找到1张").wait_for()
    assert page.url.endswith("/staff/search")
    page.wait_for_load_state()  # the keys work once the page's script has run
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()


def test_two_at_one_ticket_know_of_each_other(office: Office, enter: Enter) -> None:
    ticket = office.file("路口占道停车")
    office.move(ticket, E.SIGNED, "赵刚")
    one = enter("赵刚")
    one.clock.install()
    one.goto(f"/staff/t/{ticket.number}")
    two = enter("李娜")
    two.goto(f"/staff/t/{ticket.number}")
    two.get_by_text("赵刚也在看这张工单").wait_for()
    two.get_by_role("button", name="认领").click()
    two.get_by_text("已认领。").wait_for()
    one.clock.fast_forward(16_000)
    one.get_by_text("李娜已认领").wait_for()
    one.get_by_text("这张工单刚有变化").wait_for()


def test_a_form_out_of_the_many_says_which_move_it_is(office: Office, enter: Enter) -> None:
    ticket = office.file("要转走的一件")
    page = enter("周督")
    page.goto(f"/staff/t/{ticket.number}")
    page.get_by_text("更多操作").click()
    page.locator("summary", has_text="转办").click()
    assert page.locator("details.move[open] > summary").is_visible()


def test_grave_moves_ask_once_more(office: Office, enter: Enter) -> None:
    ticket = office.file("想退掉的一件")
    office.move(ticket, E.SIGNED, "赵刚")
    page = enter("赵刚")
    page.goto(f"/staff/t/{ticket.number}")
    page.get_by_text("更多操作").click()
    page.locator("summary", has_text="退单").click()
    page.get_by_label("建议哪个单位办").select_option("fire")
    page.get_by_label("退单理由").fill("属消防管")
    asked: list[str] = []

    def refuse(dialog: object) -> None:
        asked.append(dialog.message)  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    page.once("dialog", refuse)
    page.get_by_role("button", name="退单").click()
    assert asked == ["确定要“退单”吗？"]
    assert office.ticket(ticket.number).state is State.SIGNED


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(DESK, "light"), (PHONE, "light"), (DESK, "dark")]
)
def test_axe_finds_nothing_and_no_page_is_wider_than_the_window(
    office: Office, enter: Enter, viewport: dict[str, int], scheme: str
) -> None:
    ticket = office.file("看一眼页面")
    office.move(ticket, E.SIGNED, "赵刚")
    page = enter("吴管", viewport, scheme, axe=True)
    paths = (
        "", f"t/{ticket.number}", "account", "people", "faq", "settings", "inspection", "map",
        "map?wall=1", "figures", "figures/tickets?show=spot:open", "sample",
    )  # fmt: skip
    for path in paths:
        page.goto(f"/staff/{path}")
        assert faults(page) == [], path
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= viewport["width"], path
        assert page.evaluate(ONE_SIGN_WIDE) == [], path


@pytest.mark.parametrize("name", ["张明", "赵刚", "周督", "郑评"])
def test_axe_finds_nothing_on_the_pages_of_any_role(
    office: Office, enter: Enter, name: str
) -> None:
    page = enter(name, axe=True)
    places = "[...document.querySelectorAll('nav.places a')].map((place) => place.pathname)"
    ticket = page.locator("tr.ticket .matter a").first.get_attribute("href")
    for path in (*page.evaluate(places), ticket):
        page.goto(path)
        assert faults(page) == [], path


def test_a_browser_without_scripts_can_do_the_work_too(chrome: Browser, office: Office) -> None:
    ticket = office.file("没有脚本也能办")
    name = office_name(office, ticket)
    context = chrome.new_context(java_script_enabled=False, base_url=office.address)
    page = context.new_page()
    page.goto("/staff/")
    page.get_by_label("姓名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_text("没有脚本也能办").click()
    page.get_by_role("button", name="签收", exact=True).click()
    page.get_by_text("已签收。").wait_for()
    context.close()
    assert browser(office, name).get(f"/staff/t/{ticket.number}").status_code == 200
