"""/api/v1 by a real client: what is answered, what is refused, and what nobody else may see."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from play import StoppedClock, moment
from residents import GOOD_REPLY, Resident, open_site, running_bot, staff_replies

from bot.app import Bot
from bot.messages import Chat
from intents import Understander


@pytest.fixture
def bot(understander: Understander, clock: StoppedClock, tmp_path: Path) -> Iterator[Bot]:
    with running_bot(understander, clock, tmp_path) as bot:
        yield bot


@pytest.fixture
def client(bot: Bot) -> Iterator[httpx.Client]:
    with open_site(bot) as client:
        yield client


@pytest.fixture
def resident(client: httpx.Client) -> Resident:
    return Resident(client)


@pytest.fixture(scope="module")
def unmoved(
    understander: Understander, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """One site for all the tests that leave nothing behind."""
    clock = StoppedClock(moment("2026-11-24 10:00"))
    with (
        running_bot(understander, clock, tmp_path_factory.mktemp("unmoved")) as bot,
        open_site(bot) as client,
    ):
        yield client


# -- talking ----------------------------------------------------------------------------------------


def test_a_question_is_answered_at_once_with_a_card_and_its_source(resident: Resident) -> None:
    reply = resident.say("新生儿怎么上户口？")["replies"][0]
    assert reply["card"]["title"].startswith("新生儿")
    assert {row["name"] for row in reply["card"]["rows"]} >= {"带什么", "怎么办", "去哪办"}
    assert any("依据" in note for note in reply["card"]["footnotes"])
    assert any(button["data"].startswith("useful:") for button in reply["buttons"])


def test_a_complaint_becomes_a_numbered_ticket(resident: Resident) -> None:
    number = resident.complain()
    assert re.fullmatch(r"DD20261124-\d{4,}", number)


def test_a_message_sent_twice_counts_once(resident: Resident) -> None:
    first = resident.say("新生儿怎么上户口？", id="once-1")
    again = resident.say("新生儿怎么上户口？", id="once-1")
    assert [r["text"] for r in again["replies"]] == [r["text"] for r in first["replies"]]
    assert sum(line["voice"] == "resident" for line in resident.lines()) == 1


def test_a_repeated_confirmation_files_one_ticket(resident: Resident) -> None:
    resident.say("路灯坏了没人修")
    resident.say("津桥路12号")
    numbers = {resident.send(button="confirm", id="c-1").json()["ticket"] for _ in range(3)}
    assert len(numbers) == 1
    listed = resident.client.get("/api/v1/tickets", params={"session": resident.session}).json()
    assert len(listed["tickets"]) == 1


def test_replies_carry_the_ids_of_the_transcript(resident: Resident) -> None:
    replies = resident.say("您好")["replies"] + resident.say("新生儿怎么上户口？")["replies"]
    spoken = [line["id"] for line in resident.lines() if line["voice"] != "resident"]
    assert [reply["id"] for reply in replies] == spoken


def test_only_what_is_new_is_told(resident: Resident) -> None:
    resident.say("您好")
    last = resident.lines()[-1]["id"]
    assert resident.lines(last) == []
    resident.say("新生儿怎么上户口？")
    assert [line["voice"] for line in resident.lines(last)] == ["resident", "bot"]


def test_a_staff_reply_comes_with_the_name_of_who_wrote_it(bot: Bot, resident: Resident) -> None:
    number = resident.complain()
    last = resident.lines()[-1]["id"]
    name = staff_replies(bot, number)
    line = next(line for line in resident.lines(last) if GOOD_REPLY in line["text"])
    assert line["author"] == name
    assert {button["data"] for button in line["buttons"]} == {
        f"solved:{number}",
        f"unsolved:{number}",
    }


def test_a_pressed_button_and_a_place_are_in_the_transcript(resident: Resident) -> None:
    resident.say("路灯坏了没人修")
    resident.send(location={"latitude": 41.8, "longitude": 123.4})
    resident.press("confirm")
    said = [line for line in resident.lines() if line["voice"] == "resident"]
    assert said[1]["location"] == {"latitude": 41.8, "longitude": 123.4}
    assert said[2]["button"] == "confirm"


def test_the_audience_is_remembered(bot: Bot, resident: Resident) -> None:
    resident.say("您好", audience="enterprise")
    chat = Chat(channel="web", id=resident.session)
    assert bot.call(bot.store.chats.conversation, chat).audience == "enterprise"


def test_two_sessions_do_not_hear_each_other(client: httpx.Client, resident: Resident) -> None:
    resident.complain()
    stranger = Resident(client)
    assert stranger.lines() == []
    assert client.get("/api/v1/tickets", params={"session": stranger.session}).json() == {
        "tickets": []
    }


# -- what is refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "session", ["", "short", "x" * 129, "with space1", "引号引号引号引号", "a\nbcdefgh1"]
)
def test_a_session_that_is_none_is_refused_in_chinese(unmoved: httpx.Client, session: str) -> None:
    said = unmoved.post("/api/v1/messages", json={"session": session, "text": "您好"})
    asked = unmoved.get("/api/v1/messages", params={"session": session})
    for answer in (said, asked):
        assert answer.status_code == 422
        assert answer.json()["error"].startswith("session要8到128个")


@pytest.mark.parametrize(
    "body",
    [
        "{}", "[]", "null", "", "{", '"text"',
        '{"session": "resident-0001", "text": 5}',
        '{"session": "resident-0001", "location": {"latitude": NaN, "longitude": 1}}',
        '{"session": "resident-0001", "location": {"latitude": 91, "longitude": 1}}',
        '{"session": "resident-0001", "photos": ["../../etc/passwd"]}',
        '{"session": "resident-0001", "unknown": 1}',
    ],
)  # fmt: skip
def test_what_is_not_understood_is_422_with_one_sentence(unmoved: httpx.Client, body: str) -> None:
    answer = unmoved.post(
        "/api/v1/messages", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422
    assert set(answer.json()) == {"error"}


@pytest.mark.parametrize(
    ("body", "where"),
    [("{bad", "正文"), ('{"session": "resident-0001", "location": 5}', "location")],
)
def test_a_refusal_names_the_field_and_nothing_inside(
    unmoved: httpx.Client, body: str, where: str
) -> None:
    answer = unmoved.post(
        "/api/v1/messages", content=body, headers={"content-type": "application/json"}
    )
    assert answer.json() == {"error": f"请求的格式不对：{where}。"}


def test_half_signs_and_nul_do_no_harm(unmoved: httpx.Client) -> None:
    session = Resident(unmoved).session
    for text in ("\\ud83d", "a\\u0000b", "\\u202e您好\\u200b"):
        body = f'{{"session": "{session}", "text": "{text}"}}'
        answer = unmoved.post(
            "/api/v1/messages", content=body, headers={"content-type": "application/json"}
        )
        assert answer.status_code in (200, 422)


def test_more_than_five_thousand_signs_are_answered_however_they_are_escaped(
    unmoved: httpx.Client,
) -> None:
    resident = Resident(unmoved)
    body = json.dumps({"session": resident.session, "text": "吵" * 5001})
    answer = resident.client.post(
        "/api/v1/messages", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 200
    assert "看不完" in answer.json()["replies"][0]["text"]


@pytest.mark.parametrize(("signs", "status"), [(7000, 422), (100_000, 413)])
def test_a_message_of_many_pages_is_too_much(
    unmoved: httpx.Client, signs: int, status: int
) -> None:
    answer = Resident(unmoved).send(text="吵" * signs)
    assert answer.status_code == status
    assert "太大" in answer.json()["error"]


def test_a_body_that_hides_its_length_is_counted_too(unmoved: httpx.Client) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(200):
            yield b"x" * 1000

    answer = unmoved.post(
        "/api/v1/messages", content=pieces(), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 413


def test_a_flood_is_slowed_down_and_goes_on_later(resident: Resident, clock: StoppedClock) -> None:
    statuses = [resident.send(text="您好").status_code for _ in range(25)]
    assert statuses[:20] == [200] * 20
    assert set(statuses[20:]) == {429}
    assert "太快" in resident.send(text="您好").json()["error"]
    clock.now += timedelta(seconds=30)
    assert resident.send(text="您好").status_code == 200


def test_errors_of_the_api_are_json(unmoved: httpx.Client) -> None:
    assert unmoved.get("/api/v1/nothing").json()["error"].startswith("没有")
    assert unmoved.delete("/api/v1/messages").status_code == 405
    assert "error" in unmoved.delete("/api/v1/messages").json()


# -- an erasure -------------------------------------------------------------------------------------


def test_a_page_that_holds_erased_lines_is_told_to_forget_them(resident: Resident) -> None:
    resident.say("您好，我住在津桥路")
    last = resident.lines()[-1]["id"]
    params = {"session": resident.session, "after": last}
    assert resident.client.get("/api/v1/messages", params=params).json()["erased"] is False
    resident.say("删除我的数据")
    resident.press("confirm")
    page = resident.client.get("/api/v1/messages", params=params).json()
    assert page["erased"] is True
    kept = resident.lines()
    assert len(kept) == 1
    again = resident.client.get("/api/v1/messages", params=params | {"after": kept[0]["id"]})
    assert again.json() == {"messages": [], "more": False, "erased": False}
