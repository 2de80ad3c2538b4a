"""并单: the bot points to what may be the same matter, staff say yes or no, and a no stays a no."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import CHAT, Counter, counter
from office import Office, browser, offered, open_office
from play import StoppedClock

from bot.aftermath import propose_merge
from bot.app import Bot
from bot.departments import Role
from bot.drafts import Draft
from bot.errors import IllegalMove
from bot.messages import Chat, Message
from bot.pending import pending_merge
from bot.tickets import BOT, EventKind, Kind, State, Ticket

E = EventKind
THEIRS = Chat(channel="web", id="somebody-else-0001")


@pytest.fixture
def at() -> Counter:
    return counter()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = open_office(tmp_path)
    yield office
    office.close()


def proposed(at: Counter, ticket: Ticket) -> str | None:
    propose_merge(at.desk, ticket, at.now)
    return pending_merge(at.desk.store.tickets.events(ticket.number))


@pytest.mark.parametrize(
    ("place", "kind", "same"),
    [
        ("锦绣小区8号楼", Kind.COMPLAINT, True),
        ("大东区锦绣小区8号楼门口", Kind.HELP, True),
        ("锦绣小区9号楼", Kind.COMPLAINT, False),
        ("合作街18号", Kind.COMPLAINT, False),
        (None, Kind.COMPLAINT, False),
        ("锦绣小区8号楼", Kind.REPORT, False),
        ("锦绣小区8号楼", Kind.SUGGESTION, False),
    ],
)
def test_only_the_same_matter_at_the_same_place_is_proposed(
    at: Counter, place: str | None, kind: Kind, same: bool
) -> None:
    older = at.file(location="锦绣小区8号楼", chat=THEIRS)
    younger = at.file(location=place, kind=kind)
    assert proposed(at, younger) == (older.number if same else None)


def test_another_category_or_a_ticket_that_is_done_is_not_proposed(at: Counter) -> None:
    done = at.file(location="锦绣小区8号楼", chat=THEIRS)
    at.desk.by_resident(done.number, E.WITHDRAWN, THEIRS, at.now)
    at.file(location="锦绣小区8号楼", category="heating", chat=THEIRS)
    assert proposed(at, at.file(location="锦绣小区8号楼")) is None


def test_the_proposal_changes_nothing_but_the_history(at: Counter) -> None:
    at.file(location="锦绣小区8号楼", chat=THEIRS)
    younger = at.file(location="锦绣小区8号楼")
    after = propose_merge(at.desk, younger, at.now)
    last = at.desk.store.tickets.events(younger.number)[-1]
    assert (last.kind, last.actor, last.public, last.told) == (E.MERGE_PROPOSED, BOT, False, "")
    assert (after.state, after.finish_by) == (younger.state, younger.finish_by)


def test_what_staff_refused_is_not_proposed_again_but_another_ticket_may_be(at: Counter) -> None:
    older = at.file(location="锦绣小区8号楼", chat=THEIRS)
    younger = at.file(location="锦绣小区8号楼")
    assert proposed(at, younger) == older.number
    at.move(younger, E.MERGE_REFUSED, Role.AGENT)
    assert pending_merge(at.desk.store.tickets.events(younger.number)) is None
    with pytest.raises(IllegalMove, match="不是同一件事"):
        propose_merge(at.desk, at.desk.ticket(younger.number), at.now)
    with pytest.raises(IllegalMove, match="没有等待决定"):
        at.move(younger, E.MERGE_REFUSED, Role.HEAD)
    third = at.file(location="别处", chat=THEIRS)
    at.move(younger, E.MERGE_PROPOSED, Role.AGENT, into=third.number)
    assert pending_merge(at.desk.store.tickets.events(younger.number)) == third.number


def test_nothing_is_proposed_that_could_not_be_merged(at: Counter) -> None:
    ticket = at.file()
    with pytest.raises(IllegalMove, match="并入自己"):
        at.move(ticket, E.MERGE_PROPOSED, Role.AGENT, into=ticket.number)


def test_neighbours_hear_how_it_went_and_are_asked_for_nothing(at: Counter) -> None:
    ticket = at.file()
    at.desk.join(ticket.number, THEIRS, at.now)
    at.move(ticket, E.SIGNED, Role.AGENT)
    at.move(ticket, E.ASKED, Role.AGENT, "您家几号楼？")
    at.desk.by_resident(ticket.number, E.WITHDRAWN, CHAT, at.now)
    lines = at.desk.store.chats.transcript(THEIRS)
    assert ["已签收" in lines[0].text, "撤回" in lines[1].text, len(lines)] == [True, True, 2]
    assert "另立一单" in lines[1].text
    assert all(line.reply and not line.reply.buttons for line in lines)


def test_who_says_that_it_is_another_matter_files_his_own_and_staff_see_it(
    bot: Bot, clock: StoppedClock
) -> None:
    numbers = []
    for chat, said in ((THEIRS, ()), (CHAT, ("不是",))):
        for text in ("锦绣小区8号楼暖气冰凉，屋里13度", *said, "确认"):
            message = Message(chat=chat, id=f"{text}", text=text, sent_at=clock.now)
            bot.call(bot.receive, message)
        (ticket,) = bot.call(bot.store.tickets.of_chat, chat)
        numbers.append(ticket.number)
    made = bot.call(bot.store.tickets.events, numbers[1])[-1]
    assert (made.kind, made.data) == (E.MERGE_PROPOSED, {"into": numbers[0], "apart": True})


def test_that_somebody_reported_an_illegal_act_is_told_to_nobody(
    bot: Bot, clock: StoppedClock
) -> None:
    draft = Draft(
        kind=Kind.REPORT, chat=THEIRS, subject="暖气", detail="偷停暖气", category="heating",
        location="锦绣小区8号楼",
    )  # fmt: skip
    bot.call(bot.desk.file, draft, clock.now)
    message = Message(chat=CHAT, id="1", text="锦绣小区8号楼暖气冰凉，屋里13度", sent_at=clock.now)
    assert all("已经有人反映" not in reply.text for reply in bot.call(bot.receive, message))


# -- in the console ---------------------------------------------------------------------------------


def twins(office: Office) -> tuple[Ticket, Ticket]:
    older = office.file("合作街烧烤摊占道", chat=THEIRS)
    younger = office.file("烧烤摊又占道")
    office.do(propose_merge, office.desk, younger, office.now(), apart=True)
    return older, office.ticket(younger.number)


def test_the_page_shows_the_proposal_and_a_head_merges_with_one_click(office: Office) -> None:
    older, younger = twins(office)
    head = browser(office, "赵刚")
    page = head.get(f"/staff/t/{younger.number}").text
    assert "可能与" in page
    assert f'value="{older.number}"' in page
    assert "诉求人说不是一件" in page
    assert head.act(younger, E.MERGED, office, into=older.number).status_code == 303
    assert office.ticket(younger.number).state is State.MERGED
    assert "可能与" not in head.get(f"/staff/t/{younger.number}").text


def test_a_clerk_may_say_no_and_leaves_the_merging_to_his_head(office: Office) -> None:
    _, younger = twins(office)
    clerk = browser(office, "张明")
    page = clerk.get(f"/staff/t/{younger.number}").text
    assert {"merge_refused"} == offered(page) & {"merge_refused", "merged"}
    assert "由单位负责人或督办员决定" in page
    assert clerk.act(younger, E.MERGE_REFUSED, office).status_code == 303
    after = clerk.get(f"/staff/t/{younger.number}").text
    assert "可能与" not in after
    assert "不是同一件事" in after


def test_the_proposal_goes_away_with_the_other_ticket(office: Office) -> None:
    older, younger = twins(office)
    office.do(office.desk.by_resident, older.number, E.WITHDRAWN, THEIRS, office.now())
    assert "可能与" not in browser(office, "赵刚").get(f"/staff/t/{younger.number}").text


def test_a_head_does_not_merge_his_work_away_to_another_unit(at: Counter) -> None:
    theirs = at.file(category="heating", location="锦绣小区8号楼", chat=THEIRS)
    mine = at.file(location="锦绣小区8号楼")
    assert theirs.department != mine.department
    with pytest.raises(IllegalMove, match="督办员"):
        at.move(mine, E.MERGED, Role.HEAD, into=theirs.number)
    merged = at.move(mine, E.MERGED, Role.SUPERVISOR, into=theirs.number)
    assert merged.merged_into == theirs.number
