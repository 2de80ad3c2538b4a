"""Tickets, photos and figures over HTTP: what the owner sees, and what nobody else may see."""

import os
import re
import shutil
import subprocess
import sys
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
from bot.clockwork import Clockwork
from bot.messages import Chat, Message
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


# -- tickets ---------------------------------------------------------------------------------------------


def test_the_owner_sees_the_whole_timeline(bot: Bot, resident: Resident) -> None:
    number = resident.complain()
    name = staff_replies(bot, number)
    ticket = resident.ticket(number)
    assert ticket["reader"] == "owner"
    assert ticket["location"].startswith("津桥路")
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
    assert ticket["left"] == ""
    assert ticket["stages"][-1]["who"] == "等您确认"


def test_time_left_and_the_red_line(resident: Resident, clock: StoppedClock) -> None:
    number = resident.complain()
    assert resident.ticket(number)["left"].startswith("还剩")
    clock.now += timedelta(days=30)
    late = resident.ticket(number)
    assert late["overdue"]
    assert late["left"].startswith("已超")
    assert late["promised_by"] is None  # nobody has told a new date yet


def test_the_new_date_of_a_late_ticket_is_shown(
    bot: Bot, resident: Resident, clock: StoppedClock
) -> None:
    number = resident.complain()
    clock.now += timedelta(days=10)
    bot.call(Clockwork(bot.desk).tick, clock.now)
    late = resident.ticket(number)
    assert late["promised_by"] > clock.now.isoformat()


def test_a_stranger_sees_category_state_and_dates_only(bot: Bot, resident: Resident) -> None:
    number = resident.complain(phone="13812345678")
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
    number = resident.complain("津桥路12号")
    resident.send(text="", button=f"add:{number}")
    resident.say("三号杆，找老刘，电话13812345678")
    other = Resident(resident.client)
    other.say("路灯坏了没人修")
    other.say("津桥路12号")
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
    number = resident.complain(photos=[name])
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
    answer = resident.upload(b"MZ\x90\x00 not a picture")
    assert answer.status_code == 415
    assert "不是照片" in answer.json()["error"]


# -- operation ---------------------------------------------------------------------------------------------


def test_health_says_so_when_the_database_is_gone(bot: Bot, client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "database": "ok", "outbox": 0}
    bot.call(bot.store.close)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")


def test_metrics_count_and_name_nobody(bot: Bot, resident: Resident) -> None:
    number = resident.complain(phone="13812345678")
    text = resident.client.get("/metrics").text
    assert 'mashangban_messages_total{channel="web"}' in text
    assert 'mashangban_tickets_open{state="dispatched"} 1.0' in text
    for private in (number, resident.session, "13812345678", "津桥路"):
        assert private not in text


def test_metrics_count_the_turns_of_every_door_once(bot: Bot, resident: Resident) -> None:
    def counted(channel: str) -> float:
        text = resident.client.get("/metrics").text
        found = re.search(rf'mashangban_messages_total{{channel="{channel}"}} ([0-9.]+)', text)
        return float(found.group(1)) if found else 0.0

    for channel in ("telegram", "terminal", "web"):
        before = counted(channel)
        message = Message(
            chat=Chat(channel=channel, id="metrics-session"), id="1", text="您好", sent_at=bot.now()
        )
        for _ in range(2):  # the channel repeats itself
            bot.call(bot.receive, message)
        assert counted(channel) == before + 1


def test_the_owner_reads_his_code_and_nobody_else_does(resident: Resident) -> None:
    number = resident.complain()
    code = resident.ticket(number)["code"]
    stranger = Resident(resident.client)
    assert stranger.ticket(number)["code"] == ""
    assert stranger.ticket(number, code=code)["reader"] == "owner"


def test_the_specification_is_complete(unmoved: httpx.Client) -> None:
    paths = unmoved.get("/openapi.json").json()["paths"]
    assert set(paths) >= {
        "/api/v1/messages", "/api/v1/photos", "/api/v1/photos/{name}", "/api/v1/tickets",
        "/api/v1/tickets/{no}", "/open311/v2/services.json", "/open311/v2/requests.json",
        "/open311/v2/requests/{number}.json", "/open311/v2/requests.xml", "/healthz", "/metrics",
    }  # fmt: skip
    assert not any(path.startswith("/staff") for path in paths)


def test_the_service_keeps_to_its_specification(unmoved: httpx.Client, tmp_path: Path) -> None:
    """Schemathesis makes up requests, good and bad: no 500, no status and no shape that is not written down."""
    tool = shutil.which("schemathesis", path=f"{Path(sys.executable).parent}:{os.defpath}")
    assert tool is not None, "install the test dependencies"
    run = subprocess.run(
        [
            tool, "run", f"{unmoved.base_url}/openapi.json", "--max-examples", "4", "--no-color",
        ],
        capture_output=True, text=True, check=False, timeout=120, cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-6000:]
