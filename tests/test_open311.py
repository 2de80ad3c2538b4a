"""Open311 GeoReport v2: the shapes of the specification, and nothing of a resident in them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from play import StoppedClock
from residents import Resident, open_site, running_bot, staff_replies

from bot.app import Bot
from intents import Understander

ROOT = "/open311/v2"


@pytest.fixture
def bot(understander: Understander, clock: StoppedClock, tmp_path: Path) -> Iterator[Bot]:
    with running_bot(understander, clock, tmp_path) as bot:
        yield bot


@pytest.fixture
def client(bot: Bot) -> Iterator[httpx.Client]:
    with open_site(bot) as client:
        yield client


def file(client: httpx.Client, **more: Any) -> Any:
    form = {
        "jurisdiction_id": "dadong.shenyang", "service_code": "street-light", "api_key": "",
        "address_string": "北海街10号", "description": "路灯不亮，找张三13812345678", "phone": "13812345678",
    }  # fmt: skip
    return client.post(f"{ROOT}/requests.json", data={**form, **more})


def requests(client: httpx.Client, **params: Any) -> list[dict[str, Any]]:
    answer = client.get(f"{ROOT}/requests.json", params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def test_services_are_the_complaint_categories(bot: Bot, client: httpx.Client) -> None:
    services = client.get(f"{ROOT}/services.json", params={"jurisdiction_id": "x"}).json()
    assert {service["service_code"] for service in services} == set(bot.directory.categories)
    assert services[0]["metadata"] is False
    tree = ElementTree.fromstring(client.get(f"{ROOT}/services.xml").content)
    assert tree.tag == "services"
    assert len(tree.findall("service/service_code")) == len(services)


def test_a_service_definition_has_its_own_root(client: httpx.Client) -> None:
    assert client.get(f"{ROOT}/services/heating.json").json() == {
        "service_code": "heating", "attributes": [],
    }  # fmt: skip
    tree = ElementTree.fromstring(client.get(f"{ROOT}/services/heating.xml").content)
    assert (tree.tag, tree.findtext("service_code")) == ("service_definition", "heating")


def test_danger_is_heard_in_a_posted_request_too(bot: Bot, client: httpx.Client) -> None:
    posted = file(client, service_code="garbage", description="楼里燃气泄漏，闻到很大的煤气味")
    filed = posted.json()[0]
    ticket = bot.call(bot.desk.ticket, filed["service_request_id"])
    assert (ticket.urgent, ticket.clock, ticket.department) == ("gas-leak", "danger", "gas-utility")
    assert filed["service_notice"].startswith("请马上打：119、110\n先别开关任何电器")
    calm = file(client, description="以前燃气泄漏过，已经修好了，谢谢").json()[0]
    assert bot.call(bot.desk.ticket, calm["service_request_id"]).urgent is None


def test_a_filed_request_is_a_ticket_with_a_unit_and_a_deadline(
    bot: Bot, client: httpx.Client
) -> None:
    filed = file(client).json()
    assert len(filed) == 1
    number = filed[0]["service_request_id"]
    ticket = bot.call(bot.desk.ticket, number)
    assert (ticket.category, ticket.location) == ("street-light", "北海街10号")
    assert "路灯不亮" in ticket.detail
    assert ticket.secret in filed[0]["service_notice"]
    shown = client.get(f"{ROOT}/requests/{number}.json").json()
    assert isinstance(shown, list)
    assert shown[0]["status"] == "open"
    assert shown[0]["agency_responsible"] == "城乡建设局"
    assert shown[0]["expected_datetime"].endswith("+08:00")


def test_nothing_personal_comes_out(client: httpx.Client) -> None:
    number = file(client, first_name="三", last_name="张", email="zhang@example.com").json()[0][
        "service_request_id"
    ]
    for path in ("requests", f"requests/{number}"):
        for form in ("json", "xml"):
            text = client.get(f"{ROOT}/{path}.{form}").text
            assert number in text
            for private in ("13812345678", "张三", "北海街", "zhang@", "路灯不亮，"):
                assert private not in text


def test_a_spot_is_enough_of_a_place(bot: Bot, client: httpx.Client) -> None:
    answer = file(client, address_string="", lat="41.8", long="123.45")
    ticket = bot.call(bot.desk.ticket, answer.json()[0]["service_request_id"])
    assert ticket.spot is not None
    assert (ticket.spot.latitude, ticket.spot.longitude) == (41.8, 123.45)


def test_requests_are_filtered_by_status_code_number_and_date(
    bot: Bot, client: httpx.Client, clock: StoppedClock
) -> None:
    first = file(client, service_code="garbage").json()[0]["service_request_id"]
    clock.now += timedelta(days=2)
    second = file(client, service_code="heating").json()[0]["service_request_id"]
    resident = Resident(client)
    third = resident.complain()
    staff_replies(bot, third)
    resident.press(f"solved:{third}")

    def numbers(**params: Any) -> list[str]:
        return [request["service_request_id"] for request in requests(client, **params)]

    assert numbers() == [third, second, first]
    assert numbers(status="closed") == [third]
    assert numbers(status="open") == [second, first]
    assert numbers(service_code="heating,garbage") == [second, first]
    assert numbers(service_request_id=f"{first},{third}", status="open") == [first, third]
    assert numbers(end_date="2026-11-25T00:00:00Z") == [first]
    assert numbers(start_date="2026-11-25T00:00:00+08:00", page_size=1, page=2) == [second]


def test_an_enquiry_for_a_person_is_nobody_elses_business(client: httpx.Client) -> None:
    Resident(client).press("human")
    assert requests(client) == []


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ("/requests/DD20261124-9999", 404),
        ("/services/nothing", 404),
        ("/requests", 400),
    ],
)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_refusals_have_the_shape_of_the_specification(
    client: httpx.Client, call: str, status: int, form: str
) -> None:
    answer = client.get(
        f"{ROOT}{call}.{form}", params={"status": "neither"} if status == 400 else None
    )
    assert answer.status_code == status
    if form == "json":
        assert answer.json()[0]["code"] == status
    else:
        assert ElementTree.fromstring(answer.content).findtext("error/code") == str(status)


def test_a_request_without_a_place_or_with_an_unknown_code_is_refused(client: httpx.Client) -> None:
    assert file(client, address_string="").status_code == 400
    assert file(client, service_code="").status_code == 400
    assert file(client, service_code="nothing").status_code == 404
