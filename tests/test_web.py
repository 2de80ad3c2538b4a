"""The residents' pages as the server gives them: words, headers, and what may not be in them."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from play import StoppedClock, moment
from residents import Resident, open_site, running_bot, staff_replies

from bot.app import Bot
from bot.channels.season import chips
from bot.messages import Chat, Message
from intents import Understander

BOT = Path(__file__).parent.parent / "bot"
PAGES = ("/", "/privacy", "/t", "/nothing")


@pytest.fixture(scope="module")
def bot(understander: Understander, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    clock = StoppedClock(moment("2026-11-24 10:00"))
    with running_bot(understander, clock, tmp_path_factory.mktemp("web")) as bot:
        yield bot


@pytest.fixture(scope="module")
def client(bot: Bot) -> Iterator[httpx.Client]:
    with open_site(bot) as client:
        yield client


# -- words --------------------------------------------------------------------------------------------


def test_the_chat_page_speaks_for_itself(client: httpx.Client) -> None:
    page = client.get("/").text
    for words in (
        "马上办",
        "大东区",
        "有事不用求人",
        "急事不用久等",
        "转人工",
        "我的诉求",
        "隐私说明",
    ):
        assert words in page
    noscript = re.search(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    assert noscript is not None
    assert "12345" in noscript.group(1)


@pytest.mark.parametrize(
    ("when", "audience", "shown", "hidden"),
    [
        ("2026-01-10 10:00", "citizen", "暖气不热", "小学报名"),
        ("2026-06-20 10:00", "citizen", "小学报名", "暖气不热"),
        ("2026-07-20 10:00", "citizen", "积水排不出去", "路面结冰"),
        ("2026-07-20 23:30", "citizen", "半夜施工太吵", "早市占道"),
        ("2026-05-08 10:00", "enterprise", "企业年报", "暖气不热"),
        ("2026-11-08 10:00", "enterprise", "开办公司", "企业年报"),
    ],
)
def test_chips_fit_the_season_the_hour_and_the_audience(
    when: str, audience: str, shown: str, hidden: str
) -> None:
    texts = [chip.text for chip in chips(moment(when), audience)]
    assert shown in texts
    assert hidden not in texts
    assert texts[-1] == "查进度"
    assert len(texts) <= 6


def test_every_hour_of_the_year_has_chips() -> None:
    for month in range(1, 13):
        for hour in range(24):
            local = moment(f"2026-{month:02}-15 {hour:02}:00")
            assert len(chips(local, "citizen")) == 6
            assert len(chips(local, "enterprise")) >= 5


def test_the_privacy_page_says_what_why_how_long_and_which_rights(client: httpx.Client) -> None:
    page = client.get("/privacy").text
    for words in ("不用生成式人工智能", "30天", "24个月", "导出我的信息", "删除我的信息", "12345"):
        assert words in page


def test_a_page_that_is_not_there_says_so_in_chinese(client: httpx.Client) -> None:
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text
    assert "Not Found" not in answer.text


# -- a ticket by its number and code --------------------------------------------------------------------


def test_a_number_alone_shows_category_state_and_dates(bot: Bot, client: httpx.Client) -> None:
    number = Resident(client).complain(phone="13812345678")
    name = staff_replies(bot, number)
    page = client.get(f"/t/{number}").text
    assert "路灯不亮" in page
    for private in ("津桥路", "13812345678", name, bot.call(bot.desk.ticket, number).secret):
        assert private not in page


def test_the_code_is_posted_and_opens_everything(bot: Bot, client: httpx.Client) -> None:
    number = Resident(client).complain()
    name = staff_replies(bot, number)
    secret = bot.call(bot.desk.ticket, number).secret
    answer = client.post(f"/t/{number}", data={"code": f" {secret.lower()} "})
    assert name in answer.text
    assert secret not in str(answer.url)
    wrong = client.post(f"/t/{number}", data={"code": "WRONG234"})
    assert wrong.status_code == 403
    assert "查询码不对" in wrong.text
    assert name not in wrong.text


def test_the_receipt_of_the_page_has_the_code_of_a_telegram_chat_not(
    bot: Bot, client: httpx.Client
) -> None:
    resident = Resident(client)
    number = resident.complain()
    receipt = next(line["text"] for line in reversed(resident.lines()) if line["ticket"] == number)
    assert f"查询码 {bot.call(bot.desk.ticket, number).secret}" in receipt
    chat = Chat(channel="telegram", id="7001")
    for at, text in enumerate(("津桥路9号的路灯坏了没人修", "确认")):
        message = Message(chat=chat, id=str(at), text=text, sent_at=bot.now())
        replies = bot.call(bot.receive, message)
    assert "已受理" in replies[0].text
    assert "查询码" not in replies[0].text


def test_a_wrong_number_is_told_kindly(client: httpx.Client) -> None:
    for path in ("/t/DD20261124-9999", "/t/hello", "/t/<script>", "/t?no=hello"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "没有找到这张工单" in answer.text
        assert "<script>" not in answer.text.split("<main")[1]


def test_the_form_leads_to_the_ticket(client: httpx.Client) -> None:
    number = Resident(client).complain()
    answer = client.get("/t", params={"no": number.lower()})
    assert answer.status_code == 200
    assert answer.url.path == f"/t/{number}"


# -- safety -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", [*PAGES, "/static/chat.css", "/healthz", "/api/v1/nothing", "/staff/login"]
)
def test_every_answer_carries_the_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "geolocation=(self)" in headers["permissions-policy"]


def test_a_broken_page_carries_them_too_and_tells_nothing(
    bot: Bot, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(bot.calendar, "local", broken)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "稍后再试" in answer.text
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(
    "path", sorted((BOT / "templates" / "chat").glob("*.html")), ids=lambda p: p.name
)
def test_no_template_has_inline_script_or_style_or_foreign_address(path: Path) -> None:
    source = path.read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", source)
    assert not re.search(r"<script(?![^>]*\bsrc=)", source)
    assert not re.search(r"(?:src|href)=\"https?://", source)


@pytest.mark.parametrize(
    "path", sorted((BOT / "static" / "chat").glob("*.js")), ids=lambda p: p.name
)
def test_no_script_writes_html_or_asks_elsewhere(path: Path) -> None:
    source = path.read_text("utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|https?://(?!www\.w3\.org)",
        source,
    )


def test_pages_are_not_kept_by_caches_and_static_files_are_checked_again(
    client: httpx.Client,
) -> None:
    assert client.get("/").headers["cache-control"] == "no-store"
    assert client.get("/static/chat.css").headers["cache-control"] == "no-cache"
    assert client.get("/static/../app.py").status_code == 404
