"""A resident's day in a real browser, on a phone: ask, report, go offline, hear from a person, judge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from chromium import chromium, faults, heard, say, session
from play import StoppedClock, moment
from residents import GOOD_REPLY, picture, running_bot, serving, staff_replies

from bot.app import Bot
from intents import Understander

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NUMBER = re.compile(r"DD\d{8}-\d{4,}")
PHONE = {"width": 390, "height": 844}
pytestmark = pytest.mark.filterwarnings(  # Playwright closes its loop late
    "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def bot(understander: Understander, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    clock = StoppedClock(moment("2026-11-24 10:00"))
    with running_bot(understander, clock, tmp_path_factory.mktemp("browser")) as bot:
        yield bot


@pytest.fixture(scope="module")
def address(bot: Bot) -> Iterator[str]:
    with serving(bot) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A phone that has never been here; whatever its console complains of is a failure."""
    complaints: list[str] = []
    context = browser.new_context(
        viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai", base_url=address,
        permissions=["geolocation"], geolocation={"latitude": 41.81, "longitude": 123.47},
    )  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(20000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.goto("/")
    yield page
    context.close()
    offline = ("ERR_INTERNET_DISCONNECTED", "Failed to load resource")
    assert [text for text in complaints if not any(part in text for part in offline)] == []


def complain(page: Page, place: str) -> str:
    say(page, "路灯坏了没人修")
    heard(page, "在哪儿")
    say(page, place)
    page.get_by_role("log").get_by_role("button", name="确认").click()
    heard(page, NUMBER)
    found = NUMBER.search(page.get_by_role("log").inner_text())
    assert found is not None
    return found.group()


def test_an_erasure_empties_every_open_page_at_its_next_question(page: Page) -> None:
    say(page, "我住在津桥路的一个小院")
    page.locator(".line.bot").last.wait_for()
    other = page.context.new_page()
    other.goto("/")
    heard(other, "一个小院")
    say(page, "删除我的数据")
    page.get_by_role("button", name="确定删除").click()
    for window in (page, other):
        heard(window, "已经删了")
        assert "小院" not in window.get_by_role("log").inner_text()


# -- asking and reporting -------------------------------------------------------------------------


def test_a_question_is_answered_by_a_card(page: Page) -> None:
    say(page, "新生儿怎么上户口？")
    card = page.get_by_role("article")
    card.get_by_text("带什么").wait_for()
    for heading in ("怎么办", "去哪办", "依据"):
        assert card.get_by_text(heading).count()
    page.get_by_role("button", name="有用").click()
    heard(page, "谢谢，记下了")


def test_residents_and_enterprises_have_their_own_beginning(page: Page) -> None:
    page.get_by_role("button", name="新生儿上户口").click()
    page.get_by_role("article").get_by_text("带什么").wait_for()
    page.get_by_role("button", name="我是企业").click()
    assert page.get_by_role("button", name="开办公司").is_visible()
    assert not page.get_by_role("button", name="暖气不热").is_visible()
    page.reload()
    assert page.get_by_role("button", name="开办公司").is_visible()


def test_a_report_becomes_a_ticket_with_a_timeline(page: Page) -> None:
    number = complain(page, "津桥路101号")
    page.locator("#open-mine").click()
    ticket = page.get_by_role("article").filter(has_text=number)
    ticket.wait_for()
    steps = ticket.locator(".steps .step-name").all_inner_texts()
    assert [step[:2] for step in steps] == ["受理", "派单", "签收", "办理", "答复", "评价"]
    assert ticket.get_by_text("还剩").is_visible()
    assert ticket.get_by_text("由谁办").is_visible()
    page.keyboard.press("Escape")
    assert page.get_by_label("说说您的事").is_visible()


def test_what_a_person_wrote_appears_by_itself_and_can_be_judged(page: Page, bot: Bot) -> None:
    number = complain(page, "津桥路102号")
    name = staff_replies(bot, number)
    heard(page, GOOD_REPLY[:20])
    assert page.locator(".line.staff .author", has_text=name).count()
    page.get_by_role("log").get_by_role("button", name="没办好").click()
    heard(page, "已重办")
    assert bot.call(bot.desk.ticket, number).reopenings == 1


def test_a_reload_loses_nothing(page: Page) -> None:
    number = complain(page, "津桥路103号")
    page.reload()
    heard(page, number)
    assert page.locator(".line.me", has_text="确认").count() == 1


def test_a_person_is_one_tap_away(page: Page) -> None:
    page.locator("#human").click()
    heard(page, "工作人员")


# -- a bad network ---------------------------------------------------------------------------------


def test_words_typed_offline_are_sent_later_and_once(page: Page, bot: Bot) -> None:
    say(page, "您好")
    heard(page, "马上办")
    page.context.set_offline(True)
    say(page, "新生儿怎么上户口？")
    page.get_by_text("没有网络，连上后自动发送").first.wait_for()
    page.context.set_offline(False)
    page.get_by_role("article").get_by_text("带什么").wait_for(timeout=30000)
    assert page.locator(".line.me", has_text="上户口").count() == 1
    lines = bot.call(bot.store.chats.transcript, session(page))
    assert sum(line.text == "新生儿怎么上户口？" for line in lines) == 1


def test_a_lost_answer_does_not_send_twice(page: Page, bot: Bot) -> None:
    """The server took the message, but the line broke before its answer arrived."""
    broken = []

    def lose_the_first(route: object) -> None:
        if not broken:
            broken.append(route.fetch())  # type: ignore[attr-defined]
            route.abort()  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    page.route("**/api/v1/messages", lose_the_first)
    say(page, "新生儿怎么上户口？")
    page.get_by_role("article").get_by_text("带什么").first.wait_for(timeout=30000)
    page.wait_for_function("JSON.parse(localStorage.getItem('msb-queue')).length === 0")
    lines = bot.call(bot.store.chats.transcript, session(page))
    assert [line.voice for line in lines] == ["resident", "bot"]
    assert page.locator(".line.me").count() == 1


def test_the_page_opens_without_a_network(page: Page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.reload()  # now under the service worker, which keeps what it hands out
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.reload()
    say(page, "写在没有网的地方")
    page.get_by_text("没有网络，连上后自动发送").first.wait_for()
    page.context.set_offline(False)
    page.locator(".line.me:not(.pending)", has_text="写在没有网的地方").wait_for(timeout=30000)


# -- photos and places -------------------------------------------------------------------------------


def test_a_photo_is_shown_before_it_is_sent_and_goes_to_the_ticket(
    page: Page, bot: Bot, tmp_path: Path
) -> None:
    photo = tmp_path / "街上.jpg"
    photo.write_bytes(picture(2400, 1200))
    page.locator("#file").set_input_files(str(photo))
    page.locator("#attached img").wait_for()
    number = complain(page, "津桥路104号")
    assert page.locator(".line.me .photos img[src^='blob:']").count() == 1
    events = bot.call(bot.store.tickets.events, number)
    assert len(events[0].attachments) == 1


def test_what_is_no_photo_is_refused_at_once(page: Page, tmp_path: Path) -> None:
    for name, data in (("合同.pdf", b"%PDF"), ("IMG_1.HEIC", b"x")):
        (tmp_path / name).write_bytes(data)
        page.locator("#file").set_input_files(str(tmp_path / name))
        page.locator("#state", has_text=re.compile("不是照片|HEIC")).wait_for()
    assert not page.locator("#attached img").count()


def test_the_place_is_sent_on_request(page: Page, bot: Bot) -> None:
    page.get_by_role("button", name="位置").click()
    page.locator("#attached").get_by_text("我的位置").wait_for()
    say(page, "路灯坏了没人修")
    page.get_by_role("log").get_by_role("button", name="确认").click()
    heard(page, NUMBER)
    ticket = bot.call(bot.store.tickets.of_chat, session(page))[0]
    assert ticket.spot is not None
    assert round(ticket.spot.latitude, 2) == 41.81


def test_the_whole_way_by_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.type("新生儿怎么上户口？")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="有用").wait_for()
    page.get_by_role("button", name="有用").focus()
    page.keyboard.press("Enter")
    heard(page, "谢谢，记下了")


def test_large_type_and_dark_are_kept(page: Page) -> None:
    page.get_by_role("button", name="大字").click()
    page.get_by_role("button", name="深色").click()
    page.reload()
    root = page.evaluate("({...document.documentElement.dataset})")
    assert (root["type"], root["theme"]) == ("large", "dark")
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.bubble')).fontSize)")
    assert size >= 21


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("look", ["light", "dark", "large"])
def test_axe_finds_nothing_and_nothing_runs_out_of_the_page(
    page: Page, width: int, look: str
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate(
        "([name, value]) => localStorage.setItem(name, value)",
        ["msb-type", "large"] if look == "large" else ["msb-theme", look],
    )
    page.reload()
    say(page, "新生儿怎么上户口？")
    page.get_by_role("button", name="有用").wait_for()
    complain(page, f"津桥路{width}{ord(look[0])}{ord(look[2])}号")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width < 992:
        page.locator("#open-mine").click()
    page.locator("#mine .ticket").first.wait_for()
    page.locator("#mine summary").first.click()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", ["/privacy", "/t", "/nothing"])
def test_axe_finds_nothing_on_the_plain_pages(page: Page, path: str) -> None:
    page.goto(path)
    assert faults(page) == []


def test_a_ticket_without_the_chat_is_opened_by_its_code(page: Page, bot: Bot) -> None:
    number = complain(page, "津桥路105号")
    secret = bot.call(bot.desk.ticket, number).secret
    page.goto(f"/t/{number}")
    assert faults(page) == []
    page.get_by_label("查询码").fill("WRONG234")
    page.get_by_role("button", name="查看").click()
    page.get_by_role("alert").wait_for()
    page.get_by_label("查询码").fill(secret)
    page.get_by_role("button", name="查看").click()
    page.get_by_text("办理过程").wait_for()
    assert secret not in page.url
    assert faults(page) == []
