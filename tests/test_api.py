"""/api/v1 by a real client: what is answered, what is refused, and what nobody else may see."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image
from play import StoppedClock, moment
from residents import GOOD_REPLY, Resident, open_site, picture, running_bot, staff_replies

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
    resident.say("津桥路12号楼下烧烤摊占道经营，天天没人管")
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
    resident.say("路灯不亮")
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


def test_half_signs_and_nul_do_no_harm(unmoved: httpx.Client) -> None:
    session = Resident(unmoved).session
    for text in ("\\ud83d", "a\\u0000b", "\\u202e您好\\u200b"):
        body = f'{{"session": "{session}", "text": "{text}"}}'
        answer = unmoved.post(
            "/api/v1/messages", content=body, headers={"content-type": "application/json"}
        )
        assert answer.status_code in (200, 422)


def test_five_thousand_signs_are_answered_however_they_are_escaped(unmoved: httpx.Client) -> None:
    resident = Resident(unmoved)
    body = json.dumps({"session": resident.session, "text": "吵" * 5000})
    answer = resident.client.post(
        "/api/v1/messages", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 200
    assert "看不完" in answer.json()["replies"][0]["text"]


def test_twenty_kilobytes_are_too_much(unmoved: httpx.Client) -> None:
    resident = Resident(unmoved)
    answer = resident.send(text="吵" * 7000)
    assert answer.status_code == 413
    assert "太大" in answer.json()["error"]


def test_a_body_that_hides_its_length_is_counted_too(unmoved: httpx.Client) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(100):
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


# -- tickets ---------------------------------------------------------------------------------------------


def test_the_owner_sees_the_whole_timeline(bot: Bot, resident: Resident) -> None:
    number = resident.complain()
    name = staff_replies(bot, number)
    ticket = resident.ticket(number)
    assert ticket["reader"] == "owner"
    assert "津桥路" in ticket["detail"]
    assert [stage["name"] for stage in ticket["stages"]] == [
        "受理",
        "派单",
        "签收",
        "办理",
        "答复",
        "评价",
    ]
    assert [stage["progress"] for stage in ticket["stages"]] == ["done"] * 5 + ["now"]
    replied = next(event for event in ticket["events"] if event["name"] == "答复")
    assert name in replied["who"]
    assert GOOD_REPLY in replied["text"]
    assert ticket["left"] == "等您确认"


def test_time_left_and_the_red_line(resident: Resident, clock: StoppedClock) -> None:
    number = resident.complain()
    assert resident.ticket(number)["left"].startswith("还剩")
    clock.now += timedelta(days=30)
    late = resident.ticket(number)
    assert late["overdue"]
    assert late["left"].startswith("已超")


def test_a_stranger_sees_category_state_and_dates_only(bot: Bot, resident: Resident) -> None:
    number = resident.complain("津桥路12号楼下烧烤摊占道经营，我电话13812345678")
    staff_replies(bot, number)
    stranger = Resident(resident.client).ticket(number)
    assert stranger["reader"] == "stranger"
    seen = {name for name, value in stranger.items() if value not in ("", None, [], False)}
    assert seen <= {
        "number", "reader", "kind", "category", "state", "state_name", "filed_at", "finish_by", "left",
    }  # fmt: skip
    assert "津桥路" not in str(stranger)


def test_the_code_opens_the_ticket_from_another_device(bot: Bot, resident: Resident) -> None:
    number = resident.complain()
    secret = bot.call(bot.desk.ticket, number).secret
    stranger = Resident(resident.client)
    assert stranger.ticket(number, code=secret.lower())["reader"] == "owner"
    assert stranger.ticket(number, code="WRONG234")["reader"] == "stranger"


def test_a_code_cannot_be_guessed_in_a_hurry(resident: Resident, clock: StoppedClock) -> None:
    number = resident.complain()
    stranger = Resident(resident.client)
    for attempt in range(10):
        assert stranger.ticket(number, code=f"GUESS{attempt:03}")["reader"] == "stranger"
    assert "试错太多" in stranger.ticket(number, code="GUESS999")["error"]
    clock.now += timedelta(hours=1)
    assert stranger.ticket(number, code="GUESS999")["reader"] == "stranger"


def test_a_follower_does_not_read_the_owners_words(resident: Resident) -> None:
    number = resident.complain()
    resident.send(text="", button=f"add:{number}")
    resident.say("摊主姓刘，电话13812345678")
    other = Resident(resident.client)
    other.say("津桥路12号楼下烧烤摊占道经营没人管")
    assert other.press(f"join:{number}")["ticket"] == number
    ticket = other.ticket(number)
    assert ticket["reader"] == "follower"
    assert ticket["unit"]
    assert "刘" not in str(ticket)
    assert "津桥路" not in str(ticket)


def test_a_number_that_is_not_there_is_404(resident: Resident) -> None:
    assert resident.ticket("DD20261124-9999") == {"error": "没有找到这张工单，请核对一下单号。"}


# -- photos ----------------------------------------------------------------------------------------------


def test_a_photo_goes_with_the_complaint_and_only_its_chat_can_see_it(resident: Resident) -> None:
    name = resident.upload(picture(2000, 1000)).json()["name"]
    resident.say("津桥路12号楼下烧烤摊占道经营，天天没人管", photos=[name])
    number = resident.press("confirm")["ticket"]
    assert resident.ticket(number)["events"][-1]["photos"] == [name]
    own = resident.client.get(f"/api/v1/photos/{name}", params={"session": resident.session})
    assert own.headers["content-type"] == "image/jpeg"
    assert Image.open(BytesIO(own.content)).size == (1600, 800)
    other = resident.client.get(f"/api/v1/photos/{name}", params={"session": "a-stranger-0001"})
    assert other.status_code == 404


def test_somebody_elses_photo_cannot_be_sent(resident: Resident) -> None:
    name = resident.upload(picture()).json()["name"]
    answer = Resident(resident.client).send(text="看", photos=[name])
    assert answer.status_code == 404
    assert "照片" in answer.json()["error"]


def test_what_is_no_photo_is_refused(unmoved: httpx.Client) -> None:
    resident = Resident(unmoved)
    answer = resident.upload(b"MZ\x90\x00 not a picture", "photo.jpg")
    assert answer.status_code == 415
    assert "不是照片" in answer.json()["error"]


# -- operation ---------------------------------------------------------------------------------------------


def test_health_says_so_when_the_database_is_gone(bot: Bot, client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "database": "ok", "outbox": 0}
    bot.call(bot.store.close)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")


def test_metrics_count_and_name_nobody(bot: Bot, resident: Resident) -> None:
    number = resident.complain("津桥路12号楼下烧烤摊占道经营，我电话13812345678")
    text = resident.client.get("/metrics").text
    assert 'mashangban_messages_total{channel="web"}' in text
    assert 'mashangban_tickets_open{state="dispatched"} 1.0' in text
    for private in (number, resident.session, "13812345678", "津桥路"):
        assert private not in text


def test_the_specification_is_complete(unmoved: httpx.Client) -> None:
    paths = unmoved.get("/openapi.json").json()["paths"]
    assert set(paths) >= {
        "/api/v1/messages", "/api/v1/photos", "/api/v1/photos/{name}", "/api/v1/tickets",
        "/api/v1/tickets/{no}", "/open311/v2/services.json", "/open311/v2/requests.json",
        "/open311/v2/requests/{number}.json", "/open311/v2/requests.xml", "/healthz", "/metrics",
    }  # fmt: skip
    assert not any(path.startswith("/staff") for path in paths)
