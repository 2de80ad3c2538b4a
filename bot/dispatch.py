"""定责、定人: which unit gets a ticket, which person of the unit gets a ticket, and who checks it. Nobody is never the answer."""

from collections.abc import Iterable, Mapping, Sequence

from bot.departments import Directory, Role, StaffMember
from bot.errors import IllegalMove
from bot.store import Store
from bot.tickets import Ticket


def people_for(store: Store, department: str, without: int | None = None) -> dict[str, object]:
    """What a move to a unit carries: the handler and the checker, by id. `without`: who gives it away."""
    loads = [(m, n) for m, n in store.staff.who_may_take(department) if m.id != without]
    people = [member for member, _ in loads]
    handler = choose_handler(people, department, {member.id: load for member, load in loads})
    checker = choose_checker(people, department, handler)
    return {
        "handler": handler.id if handler else None,
        "checker": checker.id if checker else None,
    }


def officers_for(store: Store) -> dict[str, object]:
    """Who holds a ticket that belongs to no unit for now: a supervisor, another one or an admin beside him."""
    return people_for(store, "")


def checker_beside(store: Store, department: str, handler: int) -> int | None:
    """Somebody else than whoever has taken the ticket."""
    checker = choose_checker(
        [each for each, _ in store.staff.who_may_take(department)],
        department,
        store.staff.find(handler),
    )
    return checker.id if checker else None


def unit_for(directory: Directory, ticket: Ticket, department: str | None = None) -> str:
    """定责: the unit that was named, else the one of the danger, else the one of the category."""
    urgent = directory.urgent.get(ticket.urgent or "")
    unit = department or (urgent.department if urgent and not ticket.category else None)
    return unit or directory.unit_of(ticket.category)


def unit_named(directory: Directory, data: Mapping[str, object]) -> str:
    """The unit that a move names; refused where there is no such unit."""
    department = str(data.get("department") or "")
    if department not in directory.departments:
        raise IllegalMove("请从单位名录里选一个单位。")
    return department


def checked_by_nobody(people: Sequence[StaffMember], units: Iterable[str]) -> list[str]:
    """The units where whoever handles a ticket has no other to check it. `people`: those with an open account."""
    lone = []
    for unit in units:
        there = [
            m for m in people if m.department == unit or m.role in (Role.SUPERVISOR, Role.ADMIN)
        ]
        if choose_checker(there, unit, choose_handler(there, unit, {})) is None:
            lone.append(unit)
    return lone


def choose_handler(
    people: Sequence[StaffMember], department: str, load: Mapping[int, int]
) -> StaffMember | None:
    """The least loaded agent on duty; else the head; else the duty officer; else whoever is there, on duty or not.

    None only where the district has not one account: `mashangban doctor` says so.
    """
    unit = [member for member in people if member.department == department]
    tiers = (
        [m for m in unit if m.role is Role.AGENT and m.on_duty],
        [m for m in unit if m.role is Role.HEAD and m.on_duty],
        [m for m in people if m.role is Role.SUPERVISOR and m.on_duty],
        [m for m in unit if m.role in (Role.AGENT, Role.HEAD)],
        [m for m in people if m.role in (Role.SUPERVISOR, Role.ADMIN)],
    )
    for tier in tiers:
        if tier:
            return min(tier, key=lambda member: (load.get(member.id, 0), member.id))
    return None


def choose_checker(
    people: Sequence[StaffMember], department: str, handler: StaffMember | None
) -> StaffMember | None:
    """Somebody else than the handler: the unit's head, else a supervisor, else an admin."""
    others = [m for m in people if handler is None or m.id != handler.id]
    tiers = (
        [m for m in others if m.role is Role.HEAD and m.department == department],
        [m for m in others if m.role is Role.SUPERVISOR],
        [m for m in others if m.role is Role.ADMIN],
    )
    return next((min(tier, key=lambda m: m.id) for tier in tiers if tier), None)
