"""What the page of a ticket shows beside the moves: the mask, the history, the check, who else is there."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from office import (
    CHAT,
    REPLY,
    Clock,
    Office,
    brought_to,
    browser,
    offered,
    office_name,
    open_office,
)

from bot.departments import Role
from bot.tickets import EventKind, Kind, State

E = EventKind


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    office = open_office(tmp_path, clock)
    yield office
    office.close()


# -- who filed it -------------------------------------------------------------------------------------


def test_the_identity_shows_only_after_a_reason_which_the_resident_can_see(
    office: Office, clock: Clock
) -> None:
    ticket = office.file("烧烤摊占道，打13912345678找我")
    head = browser(office, "赵刚")
    page = f"/staff/t/{ticket.number}"
    assert "13912345678" not in head.get(page).text
    assert head.act(ticket, E.UNMASKED, office, note="").status_code == 422
    assert head.act(ticket, E.UNMASKED, office, note="打电话核实位置").status_code == 303
    shown = head.get(page).text
    assert shown.count("13912345678") >= 2
    assert CHAT.id not in shown
    event = office.events(ticket.number)[-1]
    assert (event.kind, event.public, event.note) == (E.UNMASKED, True, "打电话核实位置")
    assert "13912345678" not in browser(office, "周督").get(page).text, "only for who asked"
    clock.now += timedelta(hours=11)
    office.do(office.store.staff.close_sessions, office.member("赵刚").id)
    clock.now += timedelta(hours=2)
    assert "13912345678" not in browser(office, "赵刚").get(page).text, "only for a while"


def test_the_reporter_is_shown_to_the_handler_alone(office: Office) -> None:
    ticket = office.file(kind=Kind.REPORT)
    handler = office_name(office, ticket)
    for name in ("赵刚", "周督", "吴管"):
        other = browser(office, name)
        assert "unmasked" not in offered(other.get(f"/staff/t/{ticket.number}").text)
        assert other.act(ticket, E.UNMASKED, office, note="想看看").status_code == 403
    own = browser(office, handler)
    assert own.act(ticket, E.UNMASKED, office, note="核实举报内容").status_code == 303
    assert "13912345678" in own.get(f"/staff/t/{ticket.number}").text


def test_erasing_a_person_leaves_a_chain_that_holds(office: Office) -> None:
    ticket = office.file()
    assert browser(office, "吴管").act(ticket, E.ANONYMISED, office).status_code == 303
    assert office.ticket(ticket.number).contact is None
    assert office.do(office.store.tickets.chain_break, ticket.number) is None
    assert browser(office, "吴管").get(f"/staff/t/{ticket.number}").status_code == 200


# -- beside the moves ---------------------------------------------------------------------------------


def test_the_history_shows_every_event_and_marks_the_internal_ones(office: Office) -> None:
    ticket = brought_to(office, State.SIGNED)
    office.move(ticket, E.NOTED, "张明", "摊主姓刘")
    page = browser(office, "赵刚").get(f"/staff/t/{ticket.number}").text
    history = page[page.index('class="history"') :]
    history = history[: history.index("</section>")]
    assert history.count("<li") == len(office.events(ticket.number))
    note = history[history.index("内部备注") :]
    assert note.index("内部</span>") < note.index("摊主姓刘")


def test_the_check_says_while_typing_what_the_desk_would_say(office: Office) -> None:
    ticket = brought_to(office, State.SIGNED)
    head = browser(office, "赵刚")

    def check(text: str) -> str:
        return head.submit("/staff/check", number=ticket.number, note=text).text

    assert "要改" in check("近期解决")
    assert "可以发出" in check(REPLY)
    assert "没填的空" in check(REPLY + "＿＿")
    assert "写的时候" in check("")


def test_a_reply_copied_from_another_ticket_is_shown_as_that(office: Office) -> None:
    brought_to(office, State.REPLIED)
    ticket = brought_to(office, State.SIGNED)
    head = browser(office, "赵刚")
    assert (
        "和以前的答复几乎一样" in head.submit("/staff/check", number=ticket.number, note=REPLY).text
    )


def test_a_past_ticket_of_the_matter_stands_there_with_its_reply(office: Office) -> None:
    past, ticket = brought_to(office, State.REPLIED), brought_to(office, State.SIGNED)
    page = browser(office, "赵刚").get(f"/staff/t/{ticket.number}").text
    assert "以前怎么办的" in page
    assert f"/staff/t/{past.number}" in page
    assert "两家烧烤摊确实占道经营" in page


def test_whoever_else_looks_at_the_ticket_is_named_for_a_minute(
    office: Office, clock: Clock
) -> None:
    ticket = office.file()
    path = f"/staff/t/{ticket.number}"
    first, second = browser(office, "赵刚"), browser(office, "张明")
    assert "也在看" not in first.get(path).text
    assert "<b>赵刚</b>也在看" in second.get(path).text
    assert "<b>张明</b>也在看" in first.get(f"{path}/pulse").text
    clock.now += timedelta(seconds=90)
    assert "也在看" not in first.get(f"{path}/pulse").text


def test_the_pulse_carries_the_version_and_who_has_claimed_it(office: Office) -> None:
    ticket = brought_to(office, State.SIGNED)
    office.move(ticket, E.CLAIMED, "张明")
    pulse = browser(office, "赵刚").get(f"/staff/t/{ticket.number}/pulse").text
    assert f'data-version="{office.ticket(ticket.number).version}"' in pulse
    assert "<b>张明</b>已认领" in pulse


def test_templates_are_filled_with_unit_and_person_but_not_with_facts(office: Office) -> None:
    ticket = brought_to(office, State.SIGNED)
    page = browser(office, "赵刚").get(f"/staff/t/{ticket.number}").text
    template = re.search(r'data-template="([^"]+)">已经办好', page)
    assert template
    assert "赵刚" in template.group(1)
    assert "11月24日" in template.group(1)
    assert "＿＿" in template.group(1)


def test_words_of_a_resident_cannot_become_markup(office: Office) -> None:
    ticket = office.file("<script>alert(1)</script>", location='"><img src=x>')
    for path in (f"/staff/t/{ticket.number}", "/staff/"):
        page = browser(office, "周督").get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_an_unknown_number_is_a_page_that_says_so(office: Office) -> None:
    answer = browser(office, "周督").get("/staff/t/DD20200101-0001")
    assert answer.status_code == 404
    assert "没有找到工单" in answer.text
    assert office.member("周督").role is Role.SUPERVISOR
