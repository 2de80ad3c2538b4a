"""Signing in and out, lock-out, two steps, one's own password."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from office import PASSWORD, Clock, Office, browser, open_office

from bot.console.auth import hash_password
from bot.errors import NotAllowed


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    office = open_office(tmp_path, clock)
    yield office
    office.close()


def test_the_right_password_opens_the_list_and_signing_out_closes_it(office: Office) -> None:
    visitor = browser(office)
    answer = visitor.enter("张明")
    assert answer.headers["location"] == "/staff/"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert visitor.get("/staff/").status_code == 200
    kept = visitor.cookies["staff"]
    assert visitor.submit("/staff/logout").headers["location"] == "/staff/login"
    visitor.cookies.set("staff", kept, path="/staff")
    assert "/staff/login" in str(visitor.get("/staff/").url)


def test_the_cookie_is_secure_where_the_site_is(tmp_path: Path, clock: Clock) -> None:
    office = open_office(tmp_path, clock, base_url="https://mashangban.example")
    assert "secure" in browser(office).get("/staff/login").headers["set-cookie"].lower()
    office.close()


def test_the_store_holds_no_token_a_thief_could_use(office: Office) -> None:
    visitor = browser(office, "张明")
    rows = office.do(office.store.database.query, "select * from sessions", {})
    assert visitor.cookies["staff"] not in str(rows)


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(office: Office) -> None:
    visitor = browser(office)
    wrong, unknown = (
        visitor.enter("张明", "wrong password"),
        visitor.enter("没有这人", "wrong password"),
    )
    assert wrong.status_code == unknown.status_code == 403
    sentence = "姓名、密码或验证码不对"
    assert sentence in wrong.text
    assert sentence in unknown.text
    assert 'value="张明"' in wrong.text


def test_after_five_failures_even_the_right_password_waits_a_quarter_of_an_hour(
    office: Office, clock: Clock
) -> None:
    visitor = browser(office)
    for _ in range(5):
        assert visitor.enter("张明", "wrong password").status_code == 403
    locked = visitor.enter("张明")
    assert locked.status_code == 403
    assert "15分钟" in locked.text
    assert visitor.enter("李娜").status_code == 303, "another name is not locked"
    clock.now += timedelta(minutes=16)
    assert browser(office).enter("张明").status_code == 303


def test_a_session_ends_after_twelve_hours(office: Office, clock: Clock) -> None:
    visitor = browser(office, "张明")
    for _ in range(23):
        clock.now += timedelta(minutes=31)
        assert visitor.get("/staff/").url.path == "/staff/"
    clock.now += timedelta(minutes=8)
    assert visitor.get("/staff/").url.path == "/staff/login"


def test_after_signing_in_one_is_where_one_wanted_to_be_and_nowhere_else(office: Office) -> None:
    ticket = office.file()
    visitor = browser(office)
    door = visitor.get(f"/staff/t/{ticket.number}")
    assert f'value="/staff/t/{ticket.number}"' in door.text
    for bad in ("https://evil.example/", "//evil.example", "/staff//evil.example", "/other"):
        assert (
            'name="next" value="/staff/"' in visitor.get("/staff/login", params={"next": bad}).text
        )


def test_the_first_visitor_is_told_how_to_make_an_account(tmp_path: Path, clock: Clock) -> None:
    office = Office(tmp_path, clock)
    assert "mashangban staff add" in browser(office).get("/staff/login").text
    office.engage()
    assert "mashangban staff add" not in browser(office).get("/staff/login").text
    office.close()


def test_two_steps_are_set_up_asked_for_and_good_only_once(office: Office, clock: Clock) -> None:
    visitor = browser(office, "张明")
    fresh = re.search(r'name="fresh" value="([A-Z2-7]+)"', visitor.get("/staff/account").text)
    assert fresh
    secret = fresh.group(1)
    page = visitor.get("/staff/account").text
    assert '<svg viewBox="0 0 ' in page, "to be scanned by the phone"
    assert "style=" not in page, "the policy of the site forbids it"
    assert visitor.submit("/staff/account/code", fresh=secret, code="000000").status_code == 422
    done = visitor.submit(
        "/staff/account/code", fresh=secret, code=pyotp.TOTP(secret).at(clock.now)
    )
    assert "已开启" in done.text

    clock.now += timedelta(minutes=5)
    code = pyotp.TOTP(secret).at(clock.now)
    assert "验证码也填上" in browser(office).enter("张明").text
    assert browser(office).enter("张明", code="123456").status_code == 403
    assert browser(office).enter("张明", code=code).status_code == 303
    assert browser(office).enter("张明", code=code).status_code == 403, "the same code again"


def test_a_broken_secret_in_the_form_is_a_wrong_code_not_an_error(office: Office) -> None:
    visitor = browser(office, "张明")
    assert visitor.submit("/staff/account/code", fresh="!!!", code="123456").status_code == 422


def test_a_new_password_signs_out_everywhere_else(office: Office) -> None:
    here, elsewhere = browser(office, "张明"), browser(office, "张明")
    new = "a longer sentence as a password"
    assert here.submit("/staff/account/password", old="nope", new=new, again=new).status_code == 422
    assert (
        here.submit("/staff/account/password", old=PASSWORD, new=new, again="x" * 12).status_code
        == 422
    )
    assert (
        here.submit("/staff/account/password", old=PASSWORD, new="short", again="short").status_code
        == 422
    )
    assert (
        here.submit("/staff/account/password", old=PASSWORD, new=new, again=new).status_code == 303
    )
    assert here.get("/staff/").url.path == "/staff/"
    assert elsewhere.get("/staff/").url.path == "/staff/login"
    assert browser(office).enter("张明", new).status_code == 303


def test_a_password_too_short_is_refused_with_the_reason() -> None:
    with pytest.raises(NotAllowed, match="至少10位"):
        hash_password("123456")


def test_the_login_page_itself_needs_the_token_of_its_own_cookie(office: Office) -> None:
    token = browser(office).token("/staff/login")
    other = browser(office)
    other.get("/staff/login")
    form = {"token": token, "name": "张明", "password": PASSWORD}
    assert other.post("/staff/login", data=form, follow_redirects=False).status_code == 403


def test_who_does_nothing_for_an_hour_is_signed_out_and_told_why(
    office: Office, clock: Clock
) -> None:
    ticket = office.file()
    visitor = browser(office, "赵刚")
    for _ in range(3):
        clock.now += timedelta(minutes=50)
        assert visitor.get("/staff/").url.path == "/staff/", "who works stays"
    clock.now += timedelta(minutes=61)
    door = visitor.get(f"/staff/t/{ticket.number}")
    assert door.url.path == "/staff/login"
    assert "您有一阵子没有操作" in door.text
    assert f'value="/staff/t/{ticket.number}"' in door.text, "back to where he was"
    assert visitor.enter("赵刚").status_code == 303
    assert "您有一阵子没有操作" not in visitor.get("/staff/").text


def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(office: Office, clock: Clock) -> None:
    visitor = browser(office, "赵刚")
    for _ in range(3):
        clock.now += timedelta(minutes=21)
        answer = visitor.get("/staff/rows", headers={"x-fragment": "1"}, follow_redirects=False)
    assert answer.status_code == 401


def test_a_form_sent_too_late_leads_back_to_its_ticket(office: Office, clock: Clock) -> None:
    ticket = office.file()
    visitor = browser(office, "赵刚")
    token = visitor.token()
    clock.now += timedelta(minutes=61)
    form = {"token": token, "event": "signed", "version": ticket.version}
    door = visitor.post(f"/staff/t/{ticket.number}/move", data=form)
    assert f'value="/staff/t/{ticket.number}"' in door.text
    assert office.ticket(ticket.number).version == ticket.version


def test_the_hour_is_a_setting(tmp_path: Path, clock: Clock) -> None:
    office = open_office(tmp_path, clock, staff_idle_minutes=10)
    visitor = browser(office, "赵刚")
    assert "10分钟没有操作" in browser(office).get("/staff/login").text
    clock.now += timedelta(minutes=11)
    assert visitor.get("/staff/").url.path == "/staff/login"
    office.close()


def test_a_wall_shows_the_map_for_weeks_and_opens_nothing_else(
    tmp_path: Path, clock: Clock
) -> None:
    office = open_office(tmp_path, clock)
    ticket = office.file()
    wall, chief = browser(office, "周督"), office.member("周督")
    assert wall.submit("/staff/wall").headers["location"] == "/staff/map?wall=1"
    clock.now += timedelta(days=3)
    page = wall.get("/staff/map?wall=1")
    assert page.url.path == "/staff/map"
    assert "各单位战况" in page.text
    assert "周督" not in page.text
    assert wall.get("/staff/map/flow-light.svg").status_code == 200
    for path in ("", f"t/{ticket.number}", "figures", "figures/tickets?show=spot:open", "account"):
        assert wall.get(f"/staff/{path}").url.path == "/staff/login", path
    office.do(office.store.staff.set_password, chief.id, hash_password("another long password"))
    assert wall.get("/staff/map").url.path == "/staff/login"
    office.close()


def test_a_clerk_hangs_no_wall_and_a_forged_one_shows_nothing(office: Office) -> None:
    assert browser(office, "张明").submit("/staff/wall").status_code == 403
    stranger = browser(office)
    stranger.cookies.set("staff_wall", '[1, "x"].abc.def', path="/staff/map")
    assert stranger.get("/staff/map").url.path == "/staff/login"


def test_a_form_of_an_ended_session_leads_back_to_its_ticket(office: Office) -> None:
    ticket = office.file()
    answer = browser(office, "赵刚").post(
        f"/staff/t/{ticket.number}/move", data={"token": "old", "event": "signed", "version": "1"}
    )
    assert answer.status_code == 403
    assert "写的内容还留着" in answer.text
    assert f'href="/staff/t/{ticket.number}">回到这张工单' in answer.text
