"""Every route of the console, with every role and without a session, against the one table."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from office import HASH, Browser, Office, browser, open_office

from bot import console
from bot.console.access import ACCESS
from bot.departments import STAFF_ROLES, Role

ROWS = sorted(ACCESS)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = open_office(tmp_path_factory.mktemp("office"))
    for role in STAFF_ROLES:
        office.do(
            office.store.staff.add, f"试{role.value}", role, "urban-management", HASH, office.now()
        )
    yield office
    office.close()


@pytest.fixture(scope="module")
def visitors(office: Office) -> dict[Role, Browser]:
    known = {role: browser(office, f"试{role.value}") for role in STAFF_ROLES}
    return known | {Role.RESIDENT: browser(office)}


def ask(visitor: Browser, row: str, number: str, **fields: str) -> int:
    method, path = row.split(" ")
    path = "/staff" + path.replace("{number}", number).replace("{name}", "no.jpg").replace(
        "{id}", "999"
    )
    answer = visitor.request(method, path, data=fields or None, follow_redirects=False)
    return answer.status_code


def test_every_route_has_a_row_and_every_row_a_route(office: Office) -> None:
    routes = {
        f"{method} {route.path}"
        for route in console.router(office).routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
    assert routes == set(ROWS)


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("role", [*STAFF_ROLES, Role.RESIDENT])
def test_a_route_opens_for_the_roles_of_its_row_only(
    office: Office, visitors: dict[Role, Browser], row: str, role: Role
) -> None:
    number = office.file().number
    visitor = visitors[role]
    if row in ("POST /logout", "POST /wall") and role is not Role.RESIDENT:
        visitor = browser(office, f"试{role.value}")  # the others still need theirs
    fields = {}
    if row.startswith("POST"):
        fields["token"] = visitor.token(
            "/staff/login" if role is Role.RESIDENT else "/staff/account"
        )
    status = ask(visitor, row, number, **fields)
    if role in ACCESS[row]:
        assert status != 401
        # a photo nobody has is refused like one that is not for him
        assert status not in (303, 403) or row.endswith(
            ("{name}", "/login", "/logout", "/wall", "{id}", "/batch", "/search")
        )
    else:
        assert status == (303 if role is Role.RESIDENT else 403)


@pytest.mark.parametrize("row", [row for row in ROWS if row.startswith("POST")])
def test_a_form_without_its_token_changes_nothing(
    office: Office, visitors: dict[Role, Browser], row: str
) -> None:
    number = office.file().number
    assert ask(visitors[Role.ADMIN], row, number) == 403
    stolen = visitors[Role.HEAD].token()
    assert ask(visitors[Role.ADMIN], row, number, token=stolen) == 403


def test_a_fragment_without_a_session_says_so_instead_of_showing_a_login_page(
    office: Office,
) -> None:
    answer = browser(office).get("/staff/rows", headers={"x-fragment": "1"}, follow_redirects=False)
    assert answer.status_code == 401


def test_staff_of_another_unit_see_neither_the_ticket_nor_its_photo(
    office: Office, tmp_path: Path
) -> None:
    photo = office.photo()
    ticket = office.file(attachments=(photo,))
    stranger, own = browser(office, "王芳"), browser(office, "李娜")
    assert stranger.get(f"/staff/t/{ticket.number}").status_code == 403
    assert stranger.get(f"/staff/files/{photo.file}").status_code == 403
    assert stranger.get(f"/staff/t/{ticket.number}/pulse").status_code == 403
    assert own.get(f"/staff/t/{ticket.number}").status_code == 200
    shown = own.get(f"/staff/files/{photo.file}")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")


def test_pages_are_not_kept_by_the_browser_and_carry_nothing_inline(office: Office) -> None:
    ticket = office.file()
    visitor = browser(office, "吴管")
    for path in ("", f"t/{ticket.number}", "account", "people", "faq", "settings"):
        page = visitor.get(f"/staff/{path}")
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-store"
        assert " style=" not in page.text
        assert "<style" not in page.text
        assert "onclick" not in page.text
        assert "<script>" not in page.text
        assert "http://" not in page.text
