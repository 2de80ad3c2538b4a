"""The operator's pages: accounts, the FAQ's condition, what is in force."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from office import PASSWORD, Clock, Office, browser, open_office

from bot.departments import Role
from bot.messages import Button, Card, Chat, Reply
from bot.settings import Secret

NEW = "four plain words here"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = open_office(tmp_path, Clock(), telegram_token=Secret("123:very-secret"))
    yield office
    office.close()


def test_a_new_account_can_sign_in(office: Office) -> None:
    admin = browser(office, "吴管")
    page = admin.submit("/staff/people", name="钱进", role="agent", department="fire", password=NEW)
    assert "已添加钱进" in page.text
    assert browser(office).enter("钱进", NEW).status_code == 303
    assert office.member("钱进").department == "fire"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "张明"}, "已经有叫张明的账号"),
        ({"name": ""}, "请写姓名"),
        ({"role": "king"}, "请选角色"),
        ({"department": ""}, "要有单位"),
        ({"department": "moon"}, "单位名录"),
        ({"password": "short"}, "至少10位"),
    ],
)
def test_an_account_that_does_not_do_is_refused_with_the_reason(
    office: Office, fields: dict[str, str], sentence: str
) -> None:
    usual = {"name": "钱进", "role": "agent", "department": "fire", "password": NEW}
    answer = browser(office, "吴管").submit("/staff/people", **(usual | fields))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert NEW not in answer.text


def test_role_unit_duty_and_telegram_are_changed(office: Office) -> None:
    member = office.member("李娜")
    page = browser(office, "吴管").submit(
        f"/staff/people/{member.id}", role="head", department="fire", telegram="424242", active="1"
    )
    assert "李娜的资料已改好" in page.text
    changed = office.member("李娜")
    assert (changed.role, changed.department, changed.on_duty) == (Role.HEAD, "fire", False)
    assert changed.telegram_id == 424242


def test_a_telegram_id_belongs_to_one_person(office: Office) -> None:
    admin, first, second = browser(office, "吴管"), office.member("张明"), office.member("李娜")
    fields = {"role": "agent", "department": "urban-management", "telegram": "77", "active": "1"}
    admin.submit(f"/staff/people/{first.id}", **fields)
    assert "已经是张明的" in admin.submit(f"/staff/people/{second.id}", **fields).text
    wrong = admin.submit(f"/staff/people/{second.id}", **(fields | {"telegram": "@lina"}))
    assert "一串数字" in wrong.text


def test_an_account_switched_off_is_out_at_once(office: Office) -> None:
    clerk = browser(office, "李娜")
    fields = {"role": "agent", "department": "urban-management"}
    browser(office, "吴管").submit(f"/staff/people/{office.member('李娜').id}", **fields)
    assert clerk.get("/staff/").url.path == "/staff/login"
    assert browser(office).enter("李娜").status_code == 403


def test_nobody_takes_away_his_own_keys(office: Office) -> None:
    me = office.member("吴管").id
    admin = browser(office, "吴管")
    assert (
        "自己的管理员身份"
        in admin.submit(f"/staff/people/{me}", role="supervisor", active="1").text
    )
    assert "自己的管理员身份" in admin.submit(f"/staff/people/{me}", role="admin").text
    assert office.member("吴管").role is Role.ADMIN


def test_a_reset_password_ends_the_sessions_and_the_two_steps(office: Office) -> None:
    member = office.member("李娜")
    clerk = browser(office, "李娜")
    office.do(office.store.staff.set_totp_secret, member.id, "JBSWY3DPEHPK3PXP")
    browser(office, "吴管").submit(f"/staff/people/{member.id}/password", password=NEW)
    assert clerk.get("/staff/").url.path == "/staff/login"
    assert browser(office).enter("李娜", PASSWORD).status_code == 403
    assert browser(office).enter("李娜", NEW).status_code == 303


@pytest.mark.parametrize("id_", ["999", "x", "99999999999999999999"])
def test_nobody_by_that_number_is_a_sentence(office: Office, id_: str) -> None:
    admin = browser(office, "吴管")
    assert "没有这个人" in admin.submit(f"/staff/people/{id_}", role="admin", active="1").text
    assert "没有这个人" in admin.submit(f"/staff/people/{id_}/password", password=NEW).text


def test_the_faq_page_shows_votes_and_groups_what_was_not_answered(office: Office) -> None:
    entry = next(iter(office.faq.entries.values()))
    notes, now = office.store.notes, office.now()
    office.do(notes.feedback, entry.id, False, Chat(channel="web", id="a" * 8), now)
    for words in ("户口咋迁", "孩子户口", "孩子户口"):
        office.do(notes.unanswered, words, (f"answer/{entry.id}",), now)
    office.do(notes.unanswered, "打13912345678", (), now)
    resident = Chat(channel="web", id="b" * 8)
    useful = Button(text="有用", data=f"useful:{entry.id}:1")
    reply = Reply(text="答案", card=Card(title=entry.title, lead="答案"), buttons=(useful,))
    for _ in range(7):
        office.do(office.store.outbox.put, resident, (reply,), now)
    page = browser(office, "吴管").get("/staff/faq").text
    assert '<td class="figure">7</td>' in page, "how often it was given"
    entries = page[page.index('id="entries"') :]
    assert entries.index(entry.title) < entries.index('class="figure bad">1')
    group = page[page.index('id="unanswered"') : page.index('id="due"')]
    assert entry.title in group
    assert "3次" in group
    assert "“孩子户口”" in group
    assert "完全没听懂的" in group
    assert "13912345678" not in page


def test_the_settings_page_tells_no_secret(office: Office) -> None:
    page = browser(office, "吴管").get("/staff/settings").text
    assert "very-secret" not in page
    assert "a secret of the tests" not in page
    assert "已设置（不显示）" in page
    assert "08:30–11:30" in page
    assert "<b>2026</b>节假日已知" in page


def test_the_model_card_is_in_the_operators_words(office: Office) -> None:
    page = browser(office, "吴管").get("/staff/settings").text
    card = page[page.index("理解模型 <small>") :]
    assert "前三个里有" in card
    assert "听出危险的" in card
    assert "%</b>" in card
    assert not re.search(r"alarm_threshold|answer/|calibration", card)
    assert not re.search(r"<dt>[a-z_]+</dt>", page), "settings have Chinese names"
