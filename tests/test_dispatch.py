"""定人: a named person for every ticket, the least loaded of those who are there, and another who checks."""

import pytest
from desks import START, Counter, desk_on

from bot.departments import Role, StaffMember
from bot.dispatch import checked_by_nobody, choose_checker, choose_handler
from bot.store import open_store

UNIT = "heating-utility"


def member(id: int, role: Role, *, on_duty: bool = True, unit: str | None = UNIT) -> StaffMember:
    department = None if role in (Role.SUPERVISOR, Role.ADMIN) else unit
    return StaffMember(id=id, name=f"{id}号", role=role, department=department, on_duty=on_duty)


AWAY = member(1, Role.AGENT, on_duty=False)
BUSY, FREE = member(2, Role.AGENT), member(3, Role.AGENT)
HEAD, HEAD_AWAY = member(4, Role.HEAD), member(4, Role.HEAD, on_duty=False)
OFFICER, ADMIN = member(5, Role.SUPERVISOR), member(6, Role.ADMIN)
ELSEWHERE = member(7, Role.AGENT, unit="police")


@pytest.mark.parametrize(
    ("people", "who"),
    [
        ((AWAY, BUSY, FREE, HEAD, OFFICER), FREE),
        ((AWAY, BUSY, HEAD, OFFICER), BUSY),
        ((AWAY, HEAD, OFFICER), HEAD),
        ((AWAY, HEAD_AWAY, OFFICER, ADMIN), OFFICER),
        ((AWAY, HEAD_AWAY, ADMIN), AWAY),
        ((ELSEWHERE, ADMIN), ADMIN),
    ],
)
def test_there_is_always_somebody_and_the_nearest_comes_first(
    people: tuple[StaffMember, ...], who: StaffMember
) -> None:
    assert choose_handler(people, UNIT, {2: 9, 3: 1}) is who


def test_only_a_district_without_an_account_has_nobody() -> None:
    assert choose_handler((ELSEWHERE,), UNIT, {}) is None


@pytest.mark.parametrize(
    ("people", "handler", "who"),
    [
        ((FREE, HEAD, OFFICER), FREE, HEAD),
        ((HEAD, OFFICER, ADMIN), HEAD, OFFICER),
        ((OFFICER, ADMIN), OFFICER, ADMIN),
        ((OFFICER,), OFFICER, None),
    ],
)
def test_the_checker_is_never_the_handler(
    people: tuple[StaffMember, ...], handler: StaffMember, who: StaffMember | None
) -> None:
    assert choose_checker(people, UNIT, handler) is who


def test_a_place_without_a_second_person_is_named() -> None:
    assert checked_by_nobody((FREE, HEAD), [UNIT]) == []
    assert checked_by_nobody((OFFICER,), [UNIT]) == [UNIT]
    assert checked_by_nobody((OFFICER, ADMIN), [UNIT, "police"]) == []
    assert checked_by_nobody((), [UNIT]) == [UNIT]


def test_a_district_without_people_says_so_and_names_nobody_twice() -> None:
    at = Counter(desk_on(open_store(":memory:")))
    ticket = at.file()
    receipt = at.desk.notices.receipt(ticket, at.now)
    assert (ticket.handler, ticket.checker) == (None, None)
    assert "还没定人" in receipt
    assert "还没有工作人员上岗" in receipt
    assert "值班人员" not in receipt


def test_a_district_of_one_has_a_handler_and_says_of_no_checker() -> None:
    store = open_store(":memory:")
    store.staff.add("赵一", Role.ADMIN, None, "-", START)
    at = Counter(desk_on(store))
    receipt = at.desk.notices.receipt(at.file(), at.now)
    assert "经办人赵一\n" in receipt
    assert "检查" not in receipt
