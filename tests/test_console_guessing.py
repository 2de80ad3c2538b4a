"""Guessing passwords: locked for one place, slowed for many, and never in a colleague's way."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from office import PASSWORD, PEOPLE, Clock, Office, browser, open_office

from bot.console.sign_in import LOCKED, NAME_FAILURES, PLACE_FAILURES, SLOWED, WRONG, SignIn
from bot.errors import NotAllowed


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    office = open_office(tmp_path, clock)
    yield office
    office.close()


class Door:
    """The check behind the login page, from any address."""

    def __init__(self, office: Office) -> None:
        self.sign_in = SignIn(office)
        self.device = ""

    def enter(
        self, name: str, address: str, password: str = "wrong password", device: str = ""
    ) -> str:
        """The refusal; empty when one is in."""
        try:
            entered = asyncio.run(self.sign_in(name, password, "", address, device))
        except NotAllowed as refusal:
            return str(refusal)
        self.device = entered.device
        return ""


def test_one_name_guessed_from_many_addresses_is_slowed_and_not_locked(
    office: Office, clock: Clock
) -> None:
    door = Door(office)
    said = [door.enter("张明", f"10.0.0.{at}") for at in range(NAME_FAILURES + 5)]
    assert said == [WRONG] * NAME_FAILURES + [SLOWED] * 5
    assert door.enter("张明", "10.1.0.1", PASSWORD) == SLOWED, "a right guess says nothing"
    assert door.enter("李娜", "10.1.0.1", PASSWORD) == "", "another name is not slowed"
    clock.now += timedelta(seconds=21)
    assert door.enter("张明", "10.1.0.1", PASSWORD) == ""


def test_many_names_guessed_from_one_address_are_slowed(office: Office, clock: Clock) -> None:
    door = Door(office)
    names = [*PEOPLE, *(f"猜的{at}" for at in range(PLACE_FAILURES))]
    said = [door.enter(name, "10.0.0.9") for name in names[: PLACE_FAILURES + 3]]
    assert said == [WRONG] * PLACE_FAILURES + [SLOWED] * 3
    assert door.enter("张明", "10.0.0.10", PASSWORD) == "", "another address is not slowed"
    clock.now += timedelta(seconds=21)
    assert door.enter("李娜", "10.0.0.9", PASSWORD) == ""


def test_a_stranger_who_goes_on_guessing_never_keeps_a_colleague_from_his_own_browser(
    office: Office, clock: Clock
) -> None:
    door = Door(office)
    assert door.enter("张明", "10.0.0.1", PASSWORD) == ""
    own = door.device
    for hour in range(24):
        clock.now += timedelta(hours=1)
        for at in range(NAME_FAILURES + 5):
            door.enter("张明", f"10.{hour}.0.{at}")
        for _ in range(6):
            door.enter("张明", "10.0.0.1")  # even from the colleague's own address
        assert door.enter("张明", "10.0.0.1", PASSWORD) in (LOCKED, SLOWED)
        assert door.enter("张明", "10.0.0.1", PASSWORD, own) == ""


def test_a_known_browser_is_locked_too_and_known_for_its_own_people_only(office: Office) -> None:
    door = Door(office)
    door.enter("张明", "10.0.0.1", PASSWORD)
    own = door.device
    for at in range(NAME_FAILURES):
        door.enter("李娜", f"10.0.1.{at}")
    assert door.enter("李娜", "10.0.0.1", PASSWORD, own) == SLOWED
    assert [door.enter("张明", f"10.0.2.{at}", device=own) for at in range(6)][4:] == [
        WRONG,
        LOCKED,
    ]
    assert door.enter("张明", "10.0.0.1", PASSWORD, own[::-1]) == "", "a forged mark is none"


def test_the_browser_keeps_its_mark_when_it_signs_out(office: Office) -> None:
    visitor = browser(office, "张明")
    visitor.submit("/staff/logout")
    assert "staff_device" in visitor.cookies
    assert "staff" not in visitor.cookies
    assert "张明" not in visitor.cookies["staff_device"]


def test_a_new_password_from_the_operator_ends_the_lock(office: Office) -> None:
    visitor = browser(office)
    for _ in range(5):
        visitor.enter("张明", "wrong password")
    assert visitor.enter("张明").status_code == 403
    fresh = "a fresh password for him"
    operator = browser(office, "吴管")
    operator.submit(
        f"/staff/people/{office.member('张明').id}/password", password=fresh, again=fresh
    )
    assert visitor.enter("张明", fresh).status_code == 303
